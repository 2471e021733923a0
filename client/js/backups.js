/** Making a backup file, as a part of a page. */
import { LETTERS_MIN, sealFile } from "./backup.js";
import { contentOf } from "./contents.js";
import { h } from "./dom.js";
import { today } from "./moments.js";
import { canSeal } from "./seal.js";
import { t } from "./texts.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {string} id @param {string} label @param {string} auto */
export const wordsField = (id, label, auto) => h("div", { class: "field" }, h("label", { for: id }, label),
  h("input", { id, name: id, type: "password", autocomplete: auto, autocapitalize: "none", spellcheck: "false" }));

/** @param {ParentNode} form @param {string} id @returns {HTMLInputElement} */
export const input = (form, id) => /** @type {HTMLInputElement} */ (form.querySelector(`#${id}`));

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
