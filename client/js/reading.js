/** Reading a backup file, as a part of a page. */
import { BackupFault, isSealed, openFile } from "./backup.js";
import { input, wordsField } from "./backups.js";
import { GUEST } from "./db.js";
import { h } from "./dom.js";
import { adopt, isOf, takeIn } from "./restoring.js";
import { t } from "./texts.js";
import { Vault } from "./vault.js";

/**
 * Return the part of a page that reads a file.
 * @param {Vault} vault
 * @returns {HTMLFormElement}
 */
export function restoreForm(vault) {
  const said = h("p", { role: "status" });
  const say = (/** @type {string} */ words, wrong = false) => {
    said.className = wrong ? "error" : "";
    said.textContent = words;
  };
  const read = h("button", { class: "button second", "data-action": "backup-read" }, t("do.backup_read"));
  const form = h("form", { class: "backup", novalidate: true, onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const file = input(form, "backup-file").files?.[0];
    if (!file) return say(t("backup.choose"), true);
    read.disabled = true;
    say(t("backup.reading"));
    try {
      say(await readIn(vault, new Uint8Array(await file.arrayBuffer()), input(form, "backup-open").value));
    } catch (fault) {
      if (!(fault instanceof BackupFault)) throw fault;
      say(t(fault.message), true);
    } finally {
      read.disabled = false;
    }
  } },
  h("div", { class: "field" }, h("label", { for: "backup-file" }, t("backup.file")), h("input", { id: "backup-file", type: "file" })),
  wordsField("backup-open", t("backup.words"), "off"), read, said);
  return form;
}

/** @param {Vault} vault @param {Uint8Array<ArrayBuffer>} bytes @param {string} words @returns {Promise<string>} what became of it */
async function readIn(vault, bytes, words) {
  if (isSealed(bytes) && !words) throw new BackupFault("backup.words_missing");
  const content = await openFile(bytes, words);
  const { owner } = content;
  if (owner && isOf(vault, owner)) return told(await takeIn(vault, content), "backup.read");
  const other = owner ? await adopt(owner) : await Vault.open(GUEST);
  if (!other) return t("backup.other_owner", { name: owner?.name || t("backup.somebody") });
  try {
    return told(await takeIn(other, content), owner ? "backup.read_other" : "backup.read_nobody", owner?.name);
  } finally {
    other.close();
  }
}

/** @param {{came: number, known: number, copies: number}} result @param {string} key @param {string} [name] */
function told({ came, known, copies }, key, name) {
  const said = came ? t(key, { n: came, known, name }) : t("backup.known", { n: known });
  return copies ? `${said} ${t("backup.copies", { n: copies })}` : said;
}
