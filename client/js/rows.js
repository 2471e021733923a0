/** Repeated rows: cards with a line each, every row on its own page; what was removed can be had back (ux.md §5). */
import { answerText } from "./answers.js";
import { h } from "./dom.js";
import { goneRowsOf, rowsOf } from "./drafts.js";
import { newId } from "./ids.js";
import { t } from "./texts.js";

/** @typedef {import("./forms.js").FormPage} FormPage */

const UNDO_MS = 10_000;
const SUMMARY_PARTS = 3;

/** Whether a row is a person. @param {any} section */
const isOfPeople = (section) => section.fields.some((/** @type {any} */ field) => field.kind === "name");

/** @param {FormPage} page @param {any} section */
export function rowList(page, section) {
  const body = h("div", { id: "rows" });
  const undo = h("div", { role: "status" });
  /** @type {any} */
  let timer = null;
  const set = (/** @type {string} */ row, /** @type {"here"|"gone"} */ value) => {
    setRow(page, section, row, value);
    draw();
  };
  const remove = (/** @type {string} */ row, /** @type {string} */ summary) => {
    set(row, "gone");
    clearTimeout(timer);
    const back = h("button", { type: "button", class: "link", "data-action": "undo-row", onclick: () => {
      undo.replaceChildren();
      bring(row);
    } }, t("do.undo"));
    undo.replaceChildren(h("p", { class: "notice" }, t("row.removed", { item: summary }), " ", back));
    back.focus();
    timer = setTimeout(() => {
      if (undo.contains(document.activeElement)) /** @type {HTMLElement|null} */ (body.querySelector("button, a"))?.focus();
      undo.replaceChildren();
    }, UNDO_MS);
  };
  const bring = (/** @type {string} */ row) => {
    set(row, "here");
    /** @type {HTMLElement|null} */ (body.querySelector(`[href$="${row}"]`))?.focus();
  };
  const draw = () => body.replaceChildren(...listOf(page, section, remove, bring));
  draw();
  page.sectionPage(section, [h("div", { class: "field", "data-field": section.key }, h("p", { class: "error", id: `e-${section.key}`, hidden: true }), body), undo]);
}

/** @param {FormPage} page @param {any} section @param {(row: string, summary: string) => void} remove @param {(row: string) => void} bring */
function listOf(page, section, remove, bring) {
  const rows = rowsOf(page.draft, section.key);
  const gone = goneRowsOf(page.draft, section.key);
  const { min = 0, max } = section.rows;
  const cards = rows.map((row) => {
    const summary = summaryOf(page, section, row);
    return h("li", { class: "row" },
      h("a", { class: "card grow", href: `#s/${section.key}/${row}` }, h("span", { class: "grow" }, summary)),
      h("button", { type: "button", class: "quiet", "data-action": "remove-row", "aria-label": `${t("do.remove_row")}: ${summary}`, onclick: () => remove(row, summary) }, t("do.remove_row")));
  });
  const people = isOfPeople(section);
  return [
    rows.length ? h("ul", { class: "cards" }, ...cards) : h("p", { class: "hint" }, t("form.no_rows")),
    max && rows.length >= max
      ? h("p", { class: "hint" }, t("rows.full", { n: max }))
      : h("button", { type: "button", class: "button second", "data-action": "add-row", onclick: () => addRow(page, section) }, t(people ? "do.add_person" : "do.add_row")),
    rows.length || min ? null : noneBox(page, section, t(people ? "rows.nobody" : "rows.none")),
    gone.length ? h("details", { class: "gone" }, h("summary", {}, t("rows.removed", { n: gone.length })),
      h("ul", { class: "plain" }, ...gone.map((row) => h("li", { class: "row" }, h("span", { class: "grow" }, summaryOf(page, section, row)),
        h("button", { type: "button", class: "quiet", "data-action": "bring-row", onclick: () => bring(row) }, t("do.undo")))))) : null,
  ].filter(Boolean);
}

/** "Nobody" is an answer of its own. @param {FormPage} page @param {any} section @param {string} words */
function noneBox(page, section, words) {
  return h("label", { class: "option" }, h("input", {
    type: "checkbox", "data-action": "no-rows", checked: page.draft.none?.[section.key] === true,
    onchange: (/** @type {any} */ event) => {
      page.draft.none = { ...page.draft.none, [section.key]: event.target.checked };
      page.autosave.touch();
    },
  }), h("span", {}, words));
}

/** One line that tells a row from the others; what is sensitive stays inside. @param {FormPage} page @param {any} section @param {string} row */
export function summaryOf(page, section, row) {
  const start = `${section.key}/${row}/`;
  const { values, typed } = page.draft;
  const words = section.fields.filter((/** @type {any} */ field) => !field.sensitive && field.kind !== "choices")
    .map((/** @type {any} */ field) => answerText(field, values[start + field.key], page.lists) || (typeof typed[start + field.key] === "string" ? typed[start + field.key] : ""));
  return words.filter(Boolean).slice(0, SUMMARY_PARTS).join(" · ") || t("form.row_empty");
}

/** @param {FormPage} page @param {any} section @param {string} row @param {"here"|"gone"} value */
function setRow(page, section, row, value) {
  page.draft.values[`${section.key}/${row}`] = value;
  if (value === "here" && page.draft.none) delete page.draft.none[section.key];
  page.autosave.touch();
}

/** @param {FormPage} page @param {any} section */
function addRow(page, section) {
  const row = newId(Date.now());
  setRow(page, section, row, "here");
  void page.go(`s/${section.key}/${row}`);
}
