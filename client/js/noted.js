/** What the office wrote beside a dossier: what is in dispute, its notes, and why it chose what stands there now. */
import { answerText } from "./answers.js";
import { h } from "./dom.js";
import { t } from "./texts.js";
import { fieldAt } from "./values.js";

/** @param {any} copy @param {(path: string) => string} labelOfPath @param {any} form @param {Record<string, any[]>} lists */
export function conflictWords(copy, labelOfPath, form, lists) {
  return (copy?.conflicts ?? []).map((/** @type {any} */ conflict) => {
    const field = form && fieldAt(form, conflict.path)?.field;
    const shown = conflict.siblings.map((/** @type {any} */ each) => (field ? answerText(field, each.value, lists) : String(each.value)));
    return h("p", { class: "notice" }, t("conflict.told", { item: labelOfPath(conflict.path), a: shown[0] ?? "", b: shown[1] ?? "" }));
  });
}

/**
 * What the office says: notes, and why it wrote a field, with what stands there now.
 * @param {(item: string) => any} objecting @param {any[]} notes @param {Record<string, any>} values @param {(path: string) => string} labelOfPath @param {any} form @param {Record<string, any[]>} lists
 */
export function notesView(objecting, notes, values, labelOfPath, form, lists) {
  // What stands now can be called wrong, where the office last spoke of it: an earlier choice is no longer there.
  const last = new Map(notes.flatMap((note) => (note.role === "applicant" ? [] : (note.paths ?? []).map((/** @type {string} */ path) => [path, note]))));
  const lines = notes.flatMap((note) => (note.paths ?? [null]).map((/** @type {string|null} */ path) => {
    if (path === null) return h("p", {}, note.role === "applicant" ? t("notes.own", { text: note.text }) : note.text);
    const field = form && fieldAt(form, path)?.field;
    const value = field && answerText(field, values[path], lists);
    const said = { item: labelOfPath(path), value: value ?? "", reason: note.text };
    const words = h("p", { "data-settled": path }, value ? t("conflict.done", said) : t("conflict.done_row", said));
    return last.get(path) === note ? [words, objecting(said.item)] : words;
  }));
  return lines.length ? h("section", {}, h("h2", {}, t("dossier.notes")), ...lines.flat()) : null;
}
