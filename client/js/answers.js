/** Answers as people read them: on a card of a list, in the review, on the dossier's page. */
import { addressText } from "./addresses.js";
import { dayText } from "./moments.js";
import { labelOf, t } from "./texts.js";

/** Whole numbers with dots between thousands. @param {any} number */
export const dotted = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

/** Groups of three, as people read a number aloud. @param {string} digits */
export const grouped3 = (digits) => digits.replace(/(\d{3})(?=\d)/g, "$1 ");

/** @param {any} field @param {Record<string, any[]>} lists @returns {any[]} */
export const optionsOf = (field, lists) => (typeof field.options === "string" ? (lists[field.options] ?? []) : (field.options ?? []));

/**
 * Return an answer as people read it.
 * @param {any} field
 * @param {any} value
 * @param {Record<string, any[]>} lists
 * @returns {string}
 */
export function answerText(field, value, lists) {
  if (value === null || value === undefined || value === "") return "";
  if (field.kind === "choice") return optionText(optionsOf(field, lists), value);
  if (field.kind === "yes_no" || typeof value === "boolean") return t(value ? "field.yes" : "field.no");
  if (field.kind === "date" || field.kind === "partial_date") return dayText(value);
  if (field.kind === "citizen_id") return grouped3(value);
  if (field.kind === "money" || field.compute === "fee_copies") return `${dotted(value)} đ`;
  if (field.kind === "decimal" || field.compute === "total") return typeof value === "number" ? dotted(value) : String(value).replace(".", ",");
  if (field.kind === "unit") return addressText({ commune: value, province: null }, lists);
  return field.kind === "address" ? addressText(value, lists) : String(value);
}

/** @param {any[]} options @param {string} value */
function optionText(options, value) {
  const option = options.find((each) => each.value === value);
  return option ? labelOf(option.label) : value;
}

/**
 * Labels and answers of one part of a form, for reading. What is computed shows where `values` has it.
 * @param {any} section
 * @param {string} start
 * @param {Record<string, any>} values
 * @param {Record<string, any[]>} lists
 * @param {Set<string>} hidden
 * @param {Record<string, any>} [typed]
 * @returns {[string, string][]}
 */
export function linesOf(section, start, values, lists, hidden, typed = {}) {
  const asked = section.fields.filter((/** @type {any} */ field) => !hidden.has(start + field.key) && (field.kind !== "computed" || values[start + field.key] != null));
  return asked.map((/** @type {any} */ field) => {
    const path = start + field.key;
    if (field.kind !== "choices") return [labelOf(field.label), answerText(field, values[path], lists) || (typeof typed[path] === "string" ? typed[path] : "")];
    const chosen = optionsOf(field, lists).filter((option) => values[`${path}/${option.value}`]);
    return [labelOf(field.label), chosen.map((option) => labelOf(option.label)).join(", ")];
  });
}

/** @param {any} section @param {Record<string, any>} values @returns {string[]} how the paths of its fields begin, row by row */
export function startsOf(section, values) {
  if (!section.rows) return [`${section.key}.`];
  const rows = Object.keys(values).filter((path) => path.startsWith(`${section.key}/`)).map((path) => path.split("/")[1]);
  return [...new Set(rows)].sort().filter((row) => values[`${section.key}/${row}`] !== "gone").map((row) => `${section.key}/${row}/`);
}
