/**
 * What the office has said of a dossier, in one sentence, from its copy on this phone (domain A5, ux.md §3). No DOM.
 *
 * Rule 1. Nothing is said that the copy does not hold: a date is the office's, a reason is the officer's own words.
 * Rule 2. `copy` is as pulled; the last step of a kind counts.
 */
import { dotted } from "./answers.js";
import { dateOf, dayText } from "./moments.js";
import { hasText, t } from "./texts.js";

/** @typedef {import("./session.js").Copy} Copy */
/** @typedef {{words: string, label?: string}} Said */

/** @param {Copy} copy @param {string} command @returns {any} the last step of that name, or null */
export const lastStep = (copy, command) => copy.steps.filter((step) => step.command === command).at(-1) ?? null;

/** Whether the applicant answered what the office asked for, and nothing came after. @param {Copy} copy */
export const isAnswered = (copy) => copy.steps.at(-1)?.command === "submit" && lastStep(copy, "ask_more") !== null;

/** @param {number} amount in đồng */
export const dong = (amount) => `${dotted(amount)} đ`;

/** A way of handing over, in words; one typed by the office stays as it is. @param {string|null|undefined} how */
export const wayText = (how) => (how && hasText(`how.${how}`) ? t(`how.${how}`) : how || t("how.counter"));

/** @param {string|undefined} result */
export const resultText = (result = "") => (hasText(`result.${result}`) ? t(`result.${result}`) : result);

/** The way that the applicant chose to have the result; null where the form does not ask. @param {Copy} copy @returns {string|null} */
export const chosenWay = (copy) => copy.cells["result.channel"]?.[0]?.[0] ?? null;

/** Whether the day that was promised is over. @param {Copy} copy @param {string} today ISO */
export const isOverdue = ({ due, state }, today) => due !== null && (state === "2" || state === "4") && due.slice(0, 10) < today;

/** A reason within a sentence that has its own full stop. @param {string|null|undefined} reason */
export const inside = (reason) => (reason ?? "").trim().replace(/[.。]+$/, "");

/** A reason that stands alone. @param {string|null|undefined} reason */
const alone = (reason) => (inside(reason) ? `${inside(reason)}.` : "");

/**
 * Say where a dossier stands at the office.
 * @param {Copy} copy
 * @param {string} today ISO
 * @returns {Said|null} null for a state that is not the office's
 */
export function officeSays(copy, today) {
  const last = copy.steps.at(-1);
  switch (copy.state) {
    case "1":
      return { words: t(isAnswered(copy) ? "national.5_answered" : "national.1") };
    case "2":
      return { words: inTime(copy, today) };
    case "4":
      return { label: t("state.office"), words: inTime(copy, today) };
    case "3":
      return { label: t("national.3"), words: alone(lastStep(copy, "reject")?.reason) };
    case "5": {
      const asked = lastStep(copy, "ask_more");
      return asked && { words: t("national.5", { n: asked.items?.length ?? 0, date: dayText(asked.until ?? "") }) };
    }
    case "6": {
      const { amount, item } = lastStep(copy, "charge")?.args ?? {};
      return { words: t("national.6", { amount: dong(amount ?? 0), item: inside(item) }) };
    }
    case "7":
      return { label: t("national.7_label"), words: t("national.7") };
    case "8":
      return { label: t("national.8"), words: last?.command === "agree_withdrawal" ? t("national.8_agreed", { reason: inside(last.reason) }) : alone(last?.reason) };
    case "9":
      return { words: t("national.9", { how: wayText(chosenWay(copy)) }) };
    case "10": {
      const given = lastStep(copy, "give");
      return { label: t("national.10"), words: given ? t("national.10_say", { date: dateOf(given.at), how: wayText(given.args?.how), whom: inside(given.args?.to) }) : "" };
    }
    default:
      return null;
  }
}

/** The sentence while the office works: when, and if that is not the day first said, why. @param {Copy} copy @param {string} today */
function inTime(copy, today) {
  const date = copy.due ? dayText(copy.due) : "";
  const moved = lastStep(copy, "reappoint");
  if (moved && date) {
    const said = { date, reason: inside(moved.reason), old_date: dayText(moved.args?.was ?? "") };
    const sorry = t(moved.args?.was ? "late.sorry" : "late.sorry_no_date", said);
    return isOverdue(copy, today) ? `${sorry} ${t("late.not_now")}` : sorry;
  }
  if (isOverdue(copy, today)) return t("national.overdue", { date });
  if (isAnswered(copy)) return t(date ? "national.5_answered_due" : "national.5_answered", { date });
  return t(date ? `national.${copy.state}` : `national.${copy.state}_no_date`, { date });
}

/** The name of the state as the office's papers have it, with the finer one of states 4 and 5. @param {Copy} copy */
export function officialName(copy) {
  const before = copy.state === "5" && !lastStep(copy, "receive");
  const finer = before ? "5_before" : copy.state === "4" && isAnswered(copy) ? "4_added" : copy.state;
  return hasText(`official.${finer}`) ? t(`official.${finer}`) : "";
}

/** States of ux.md §3 whose sentence is the office's. */
const OFFICES = ["office", "ready", "closed", "needs_you"];

/**
 * What the state line says in the office's words; null: it has its own.
 * @param {import("./status.js").State} state
 * @param {string} today
 * @returns {Said|null}
 */
export function lineOf(state, today) {
  const { copy } = state;
  if (!copy || !(OFFICES.includes(state.id) || (state.id === "received" && isAnswered(copy)))) return null;
  return officeSays(copy, today);
}
