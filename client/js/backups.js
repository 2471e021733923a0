/** Making a backup file and reading one, as parts of a page. */
import { BackupFault, isSealed, LETTERS_MIN, openFile, sealFile } from "./backup.js";
import { h } from "./dom.js";
import { GUEST } from "./db.js";
import { today } from "./moments.js";
import { adopt, contentOf, isOf, takeIn } from "./restoring.js";
import { canSeal } from "./seal.js";
import { t } from "./texts.js";
import { Vault } from "./vault.js";


/** @param {string} id @param {string} label @param {string} auto */
const wordsField = (id, label, auto) => h("div", { class: "field" }, h("label", { for: id }, label),
  h("input", { id, name: id, type: "password", autocomplete: auto, autocapitalize: "none", spellcheck: "false" }));

/** @param {ParentNode} form @param {string} id @returns {HTMLInputElement} */
const input = (form, id) => /** @type {HTMLInputElement} */ (form.querySelector(`#${id}`));

/** A file of today, without a name in its name. @param {Blob} file */
function download(file) {
  const link = h("a", { href: URL.createObjectURL(file), download: `mot-cua-${today()}.motcua` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Return the part of a page that makes a file.
 * @param {Vault} vault
 * @param {() => any} [open] the draft that is open on the page
 * @returns {HTMLFormElement}
 */
export function backupForm(vault, open = () => undefined) {
  const said = h("p", { role: "status" });
  const say = (/** @type {string} */ words, wrong = false) => {
    said.className = wrong ? "error" : "";
    said.textContent = words;
  };
  const make = h("button", { class: "button second", "data-action": "backup-make" }, t("do.backup_make"));
  const asked = canSeal()
    ? [h("p", { class: "hint" }, t("backup.words_why", { n: LETTERS_MIN })), wordsField("backup-words", t("backup.words"), "new-password"), wordsField("backup-again", t("backup.again"), "new-password")]
    : [h("p", { class: "notice" }, t("backup.plain"))];
  const form = h("form", { class: "backup", novalidate: true, onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const words = canSeal() ? input(form, "backup-words").value : "";
    if (canSeal() && [...words.normalize("NFC")].length < LETTERS_MIN) return say(t("backup.words_short", { n: LETTERS_MIN }), true);
    if (canSeal() && words.normalize("NFC") !== input(form, "backup-again").value.normalize("NFC")) return say(t("backup.words_differ"), true);
    make.disabled = true;
    say(t("backup.making"));
    try {
      download(await sealFile(await contentOf(vault, open()), words, Date.now()));
      say(t("backup.made"));
    } finally {
      make.disabled = false;
    }
  } }, ...asked, make, said);
  return form;
}

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
