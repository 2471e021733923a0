/** What a provisional slip says, as values: the same for the page, the paper and the picture. */
import { answerText, linesOf, startsOf } from "./answers.js";
import { standing } from "./conditions.js";
import { answersOf } from "./drafts.js";
import { dayText } from "./moments.js";
import { dueAt } from "./reckoning.js";
import { labelOf } from "./texts.js";

/** @typedef {{title: string, lines: {label: string, texts: string[]}[]}} Part `texts`: more than one where a value is in dispute */

/**
 * Everything that the form marks for print and that is asked, in the order of the form. A value in dispute is printed
 * with all that it is in dispute with (protocol §2).
 * @param {any} form @param {Record<string, any>} values @param {any[]} conflicts @param {Record<string, any[]>} lists @param {string} today
 * @returns {Part[]}
 */
export function printedParts(form, values, conflicts, lists, today) {
  const { hidden, figures } = standing(form, answersOf({ values }), today);
  const all = { ...values, ...figures };
  return form.sections.flatMap((/** @type {any} */ section) => startsOf(section, values).flatMap((start, at) => {
    if (hidden.has(section.key)) return [];
    const lines = section.fields.filter((/** @type {any} */ field) => field.print).flatMap((/** @type {any} */ field) => {
      const path = start + field.key;
      const dispute = conflicts.find((each) => each.path === path);
      const [[label, text] = ["", ""]] = linesOf({ fields: [field] }, start, all, lists, hidden);
      const texts = dispute && !hidden.has(path) ? [...new Set(dispute.siblings.map((/** @type {any} */ each) => answerText(field, each.value, lists)))] : [text];
      return texts.some(Boolean) ? [{ label: label || labelOf(field.label), texts: texts.filter(Boolean) }] : [];
    });
    const title = section.rows ? `${labelOf(section.title)} ${at + 1}` : labelOf(section.title);
    return lines.length ? [{ title, lines }] : [];
  }));
}

/**
 * When the dossier was completed here: the last time "Gửi" was pressed.
 * @param {import("./session.js").OutboxRecord[]} records @param {any} draft
 * @returns {number|null} null where it never was
 */
export function completedAt(records, draft) {
  const sent = records.filter(({ op }) => op.type === "submit").map(({ op }) => op.at);
  return sent.at(-1) ?? (draft?.status === "locked" ? (draft.saved_ms ?? null) : null);
}

/**
 * Until when there would be an answer if the office took the dossier in now, by the pack of its unit: an estimate, since
 * the office may take it in later, and decide over a day.
 * @param {any} pack as kept, or null @param {string} procedure @param {string} channel @param {number} now
 * @returns {string} the day in words; "" where this device does not have what it takes to say it
 */
export function estimateOf(pack, procedure, channel, now) {
  const { calendar, procedures = [] } = pack?.parts ?? {};
  const times = procedures.find((/** @type {any} */ each) => each.code === procedure)?.times;
  const allowed = times?.[channel] ?? times?.[""];
  const due = allowed && calendar?.hours ? dueAt(now, allowed, calendar) : null;
  return due ? dayText(due.day) : "";
}
