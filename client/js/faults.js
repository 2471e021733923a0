/** What is wrong, said above and at the field in the same words, with the way there (ux.md §5, "Errors"). */
import { h, one } from "./dom.js";
import { inputId } from "./pickers.js";
import { hasText, labelOf, t } from "./texts.js";
import { fieldAt } from "./values.js";

/** @typedef {import("./forms.js").FormPage} FormPage */
/** @typedef {{path: string, key?: string, args?: any, code?: string, rule?: string|null, detail?: string|null}} Fault */

export const UNIT = "unit";
const BOX_KINDS = new Set(["choice", "choices", "yes_no", "unit", "address"]);

/** @param {any} form @param {Fault} fault @returns {string} */
export function faultText(form, fault) {
  const found = fieldAt(form, fault.path);
  const label = found ? labelOf(found.field.label) : fault.path === UNIT ? t("form.unit") : "";
  const rule = fault.rule ? (form.rules ?? []).find((/** @type {any} */ each) => each.id === fault.rule) : null;
  if (rule) return labelOf(rule.message);
  if (fault.key) {
    const part = fault.args?.part ? t(`date.${fault.args.part}`).toLowerCase() : "";
    return t(hasText(fault.key) ? fault.key : "err.value", { ...fault.args, part, label });
  }
  if (fault.code === "incomplete") return t("addr.pick");
  if (fault.code === "rows_min" || fault.code === "rows_max") return t(`err.${fault.code}`, { n: fault.detail });
  if (fault.code !== "required") return fault.detail ?? t("err.value", { label });
  return t(BOX_KINDS.has(found?.field.kind ?? "") ? "err.required_choice" : "err.required", { label });
}

/** Take back what was said to be wrong. */
export function clearFaults() {
  one("#faults").replaceChildren();
  document.title = document.title.replace(`${t("err.title")}: `, "");
  for (const place of document.querySelectorAll("main .error")) /** @type {any} */ (place).hidden = true;
  for (const input of document.querySelectorAll("main [aria-invalid]")) input.removeAttribute("aria-invalid");
  for (const block of document.querySelectorAll("main .wrong")) block.classList.remove("wrong");
}

/** Say all that is wrong and move the focus to it. @param {FormPage} page @param {Fault[]} faults @param {string} title */
export function showFaults(page, faults, title) {
  clearFaults();
  for (const fault of faults) markFault(page.form, fault);
  const lines = faults.map((fault) => h("li", {}, h("a", { href: addressOf(fault.path), onclick: (/** @type {Event} */ event) => toField(page, event, fault.path) }, faultText(page.form, fault))));
  const summary = h("div", { role: "alert", class: "summary", tabindex: "-1" }, h("h2", {}, t("err.summary", { n: faults.length })), h("ul", {}, ...lines));
  one("#faults").replaceChildren(summary);
  document.title = `${t("err.title")}: ${title}`;
  summary.focus();
}

/** @param {any} form @param {Fault} fault */
function markFault(form, fault) {
  const place = document.getElementById(`e-${fault.path}`);
  if (!place) return;
  place.textContent = faultText(form, fault);
  place.hidden = false;
  place.closest(".field")?.classList.add("wrong");
  for (const input of place.closest(".field")?.querySelectorAll("input:not([type=radio]):not([type=checkbox]), textarea") ?? []) input.setAttribute("aria-invalid", "true");
}

/** @param {string} path */
export function addressOf(path) {
  const [section, row] = path.split(/[./]/);
  return path.split("/").length > 2 && !path.split("/")[0].includes(".") ? `#s/${section}/${row}` : `#s/${section}`;
}

/** Go to a field, on this page or another; from the review one comes back to the review. @param {FormPage} page @param {Event} event @param {string} path */
export function toField(page, event, path) {
  event.preventDefault();
  const focus = () => {
    const field = document.querySelector(`[data-field="${CSS.escape(path)}"]`);
    const input = document.getElementById(inputId(path)) ?? /** @type {HTMLElement|null} */ (field?.querySelector("input, select, textarea"));
    field?.scrollIntoView({ block: "center" });
    input?.focus({ preventScroll: true });
  };
  if (document.querySelector(`[data-field="${CSS.escape(path)}"]`)) return focus();
  page.returnTo = "review";
  addEventListener("hashchange", () => setTimeout(focus), { once: true });
  void page.go(addressOf(path).slice(1));
}
