/**
 * Warnings ask and never block: at the field, on "Tiếp tục", once. Who says that it is right is not asked again as long
 * as the answers stay as they are; the review lists what was left open.
 */
import { warnings } from "./conditions.js";
import { h } from "./dom.js";
import { answersOf } from "./drafts.js";
import { faultText } from "./faults.js";
import { today } from "./moments.js";
import { t } from "./texts.js";

/** @typedef {import("./faults.js").Fault} Fault */
/** @typedef {Fault & {id: string, seal: string, paths: string[]}} Ask `seal`: the answers it is about */

const CENTURIES = 1900;

/** The warnings that nobody has answered for these values. @param {any} form @param {any} draft @returns {Ask[]} */
export function openAsks(form, draft) {
  const values = answersOf(draft);
  const found = warnings(form, values, today()).map((fault) => {
    const rule = form.rules.find((/** @type {any} */ each) => each.id === fault.rule);
    const row = fault.path.includes("/") ? fault.path.slice(0, fault.path.lastIndexOf("/") + 1) : "";
    const paths = [fault.path, ...(rule.fields ?? []).map((/** @type {string} */ path) => (row.startsWith(`${path.split(/[./]/)[0]}/`) ? row + path.split(/[./]/)[1] : path))];
    return { ...fault, paths: [...new Set(paths)], id: `${fault.rule} ${fault.path}`, seal: JSON.stringify(paths.map((path) => values[path] ?? null)) };
  });
  return found.filter((ask) => draft.sure?.[ask.id] !== ask.seal);
}

/** @param {any} draft @param {Ask} ask */
export function sayRight(draft, ask) {
  draft.sure = { ...draft.sure, [ask.id]: ask.seal };
}

/** @param {any} form @param {any} draft @param {Ask} ask */
export function askText(form, draft, ask) {
  const check = fitOf(form.rules.find((/** @type {any} */ each) => each.id === ask.rule)?.check);
  const [citizen, born] = [draft.values[check?.id_fits], draft.values[check?.born]];
  if (typeof citizen === "string" && typeof born === "string") {
    const a = CENTURIES + 100 * Math.floor(Number(citizen[3]) / 2) + Number(citizen.slice(4, 6));
    if (a !== Number(born.slice(0, 4))) return t("warn.id_year", { a, b: born.slice(0, 4) });
  }
  return faultText(form, ask);
}

/** The first `id_fits` in a condition. @param {any} check @returns {any} */
function fitOf(check) {
  if (!check || check.id_fits) return check ?? null;
  return [...(check.all ?? []), ...(check.any ?? []), check.not].reduce((found, part) => found ?? (part ? fitOf(part) : null), null) ?? null;
}

/**
 * Draw the question; `edit` leads to the field, `settled` is called when it was answered.
 * @param {import("./forms.js").FormPage} page
 * @param {Ask} ask
 * @param {{edit: (event: Event) => void, settled: () => void}} then
 */
export function askBlock(page, ask, { edit, settled }) {
  const right = () => {
    sayRight(page.draft, ask);
    page.autosave.touch();
    block.remove();
    settled();
  };
  const block = h("div", { class: "ask", role: "group", tabindex: "-1", "data-ask": ask.rule },
    h("p", {}, askText(page.form, page.draft, ask)),
    h("button", { type: "button", class: "quiet", "data-action": "edit", onclick: edit }, t("do.edit")),
    h("button", { type: "button", class: "quiet", "data-action": "still-right", onclick: right }, t("do.still_right")));
  return block;
}
