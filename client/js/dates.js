/** A date: three boxes, as precise as it is known, and its words below (ux.md §5). */
import { h } from "./dom.js";
import { dateInWords } from "./figures.js";
import { inputId, radio } from "./pickers.js";
import { t } from "./texts.js";
import { canonical, plain, spread } from "./values.js";

const PARTS = /** @type {const} */ (["day", "month", "year"]);
/** A whole date in one text; anything else that is pasted stays in its box. */
const PASTED = /^\s*(?:\d{1,4}[/.\s-]+){1,2}\d{1,4}\s*$/;

/** @param {import("./fields.js").Asking} asking */
export function dateInputs({ path, field, typed, answer }) {
  const parts = { day: "", month: "", year: "", precision: "day", ...typed };
  let chosen = typed?.precision !== undefined && typed.precision !== "day";
  const inputs = PARTS.map((part) => h("input", {
    id: part === "day" ? inputId(path) : `${inputId(path)}:${part}`, name: `${path}:${part}`, type: "text", inputmode: "numeric",
    autocomplete: "off", class: part === "year" ? "four" : "two", value: parts[part], "aria-describedby": `e-${path}`,
    oninput: () => change(), onpaste: paste,
  }));
  const boxes = inputs.map((input, at) => h("label", { class: "part", "data-part": PARTS[at] }, h("span", {}, t(`date.${PARTS[at]}`)), input));
  const ways = (field.kind === "date" ? [] : PARTS).map((way) =>
    radio(`${path}:precision`, way, t(`date.knows_${way}`), parts.precision === way, () => {
      chosen = true;
      parts.precision = way;
      change();
    }),
  );
  const words = h("p", { class: "hint words", lang: "vi" });

  /** @param {ClipboardEvent} event */
  function paste(event) {
    const text = plain(event.clipboardData?.getData("text") ?? "");
    if (!PASTED.test(text)) return;
    event.preventDefault();
    const pasted = spread(text);
    inputs.forEach((input, at) => {
      input.value = pasted[PARTS[at]];
    });
    change();
  }
  function change() {
    const now = { day: inputs[0].value, month: inputs[1].value, year: inputs[2].value };
    if (field.kind === "partial_date" && !chosen) parts.precision = now.day ? "day" : now.month ? "month" : now.year ? "year" : "day";
    Object.assign(parts, now);
    answer({ ...parts });
    fit();
  }
  function fit() {
    boxes[0].hidden = chosen && parts.precision !== "day";
    boxes[1].hidden = chosen && parts.precision === "year";
    for (const way of ways) way.firstChild.checked = way.firstChild.value === parts.precision;
    const read = /** @type {any} */ (canonical(field, parts));
    words.textContent = dateInWords(read.value) ?? "";
  }

  fit();
  const row = h("div", { class: "date" }, ...boxes);
  if (field.kind === "date") return [row, words];
  return [row, words, h("p", { class: "hint" }, t("date.partial")), h("div", { class: "precision" }, ...ways)];
}
