/** The last page before sending: everything as label and answer, what is missing, what is asked about, and "Gửi". */
import { communeOptions } from "./addresses.js";
import { linesOf } from "./answers.js";
import { askBlock, openAsks } from "./asks.js";
import { standing } from "./conditions.js";
import { h, one } from "./dom.js";
import { answersOf, faultsOf, hiddenOf, rowsOf, unitOf } from "./drafts.js";
import { showFaults, toField, UNIT } from "./faults.js";
import { today } from "./moments.js";
import { submit } from "./outbox.js";
import { labelOf, t } from "./texts.js";

/** @typedef {import("./forms.js").FormPage} FormPage */

/** @param {FormPage} page */
export function review(page) {
  const { form, draft, lists } = page;
  const { hidden, figures } = standing(form, answersOf(draft), today());
  const unit = communeOptions(lists.communes ?? []).find((each) => each.value === unitOf(form, draft));
  const faults = allFaults(page);
  const button = h("button", { type: "button", class: "button", "data-action": "submit", onclick: () => send(page) }, t(navigator.onLine === false ? "do.send_later" : "do.send"));
  const asks = openAsks(form, draft).map((ask) => askBlock(page, ask, { edit: (event) => toField(page, event, ask.path), settled: () => button.focus() }));
  page.page(
    t("form.review"),
    h("a", { class: "back", href: "#" }, t("form.parts")),
    page.line(),
    h("div", { id: "faults" }),
    h("h1", {}, t("form.review")),
    page.standing ? null : h("p", {}, t("form.review_say")),
    draft.on_behalf ? h("section", { id: "helped" }) : null,
    faults.length ? h("p", { class: "notice" }, t("form.missing", { n: faults.length })) : null,
    ...asks,
    reviewPart(page, t("form.unit"), UNIT, [[t("form.unit"), unit?.words ?? ""]]),
    ...form.sections.filter((/** @type {any} */ section) => !hidden.has(section.key)).map((/** @type {any} */ section) => reviewSection(page, section, hidden, figures)),
    page.papers(),
    h("p", { class: "hint" }, t("consent.duty")),
    page.standing ? null : button, // nothing is left to be sent
    h("a", { class: "button second", href: "#" }, t("do.leave")),
  );
  if (draft.on_behalf) void import("./field/part.js").then((part) => part.helpedView(page));
}

/** @param {FormPage} page */
function allFaults(page) {
  const faults = faultsOf(page.form, page.draft, page.lists);
  return unitOf(page.form, page.draft) ? faults : [{ path: UNIT, key: "err.unit", args: {} }, ...faults];
}

/** @param {FormPage} page @param {string} title @param {string} key @param {[string, string][]} lines */
function reviewPart(page, title, key, lines) {
  const answers = lines.flatMap(([label, text]) => [h("dt", {}, label), h("dd", { class: text ? null : "none" }, text || t("form.not_given"))]);
  const edit = h("a", { class: "action", href: `#s/${key}`, "data-section": key, onclick: () => (page.returnTo = "review") }, t("do.change_part", { part: title.toLowerCase() }));
  return h("section", { class: "part-review" }, h("h2", {}, title), lines.length ? h("dl", {}, ...answers) : h("p", { class: "hint" }, t("form.not_given")), edit);
}

/** @param {FormPage} page @param {any} section @param {Set<string>} hidden @param {Record<string, any>} figures */
function reviewSection(page, section, hidden, figures) {
  const { draft, lists } = page;
  const values = { ...draft.values, ...figures };
  const starts = section.rows ? rowsOf(draft, section.key).map((row) => `${section.key}/${row}/`) : [`${section.key}.`];
  const lines = starts.flatMap((start) => linesOf(section, start, values, lists, hidden, draft.typed));
  return reviewPart(page, labelOf(section.title), section.key, lines);
}

/** The paths of a draft that are not asked, and therefore not sent. @param {any} form @param {any} draft @returns {Set<string>} */
export function closedPaths(form, draft) {
  const hidden = hiddenOf(form, draft);
  return new Set(Object.keys(draft.values).filter((path) => hidden.has(path) || hidden.has(path.split(/[./]/)[0])));
}

/** Check everything, and only then send. @param {FormPage} page */
async function send(page) {
  const button = /** @type {HTMLButtonElement} */ (one("[data-action=submit]"));
  if (page.slots && !(await page.slots.made(button))) return;
  if (!(await page.autosave.flush())) return;
  const { draft, form } = page;
  const faults = allFaults(page);
  if (faults.length) return showFaults(page, faults, t("form.review"));
  button.disabled = true;
  try {
    page.sending = submit(page.vault, { ...draft, unit: unitOf(form, draft), saved_ms: Date.now() }, closedPaths(form, draft));
    page.draft = await page.sending;
  } catch (fault) {
    page.sending = null;
    page.autosave.changed += 1;
    button.disabled = false;
    return page.tellSaved("unsaved", fault);
  }
  page.autosave.kept = page.autosave.changed;
  location.replace(`/cua-toi?d=${draft.id}`); // Back leads to the answers, not to a page that says "Chưa gửi"
}
