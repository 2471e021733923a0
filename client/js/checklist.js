/**
 * Which questions a checklist asks and which papers it ends in: `schemas/checklists/definitions.py` line by line; a
 * differential test goes every way through those that are shipped. It must not be "improved" on one side alone.
 */
import { all, any, not } from "./conditions.js";

/** @typedef {{vi: string, en?: string|null}} Label */
/** @typedef {{key: string, ask: Label, help?: Label|null, when?: any, answers: {key: string, label: Label}[]}} Question */
/** @typedef {{key: string, name: Label, how: Label, original?: number, copies?: number, shown?: boolean, when?: any}} Paper */
/** @typedef {{procedure: string, source: string, verified?: boolean, questions: Question[], papers: Paper[]}} Checklist */
/** @typedef {Record<string, string>} Answers */

export const UNKNOWN = "unknown";

/** @param {any} condition @param {Answers} answers @returns {boolean|null} null where it is not known */
export function truth(condition, answers) {
  if (!condition) return true;
  if ("not" in condition) return not(truth(condition.not, answers));
  if ("all" in condition) return all(condition.all.map((/** @type {any} */ each) => truth(each, answers)));
  if ("any" in condition) return any(condition.any.map((/** @type {any} */ each) => truth(each, answers)));
  const said = answers[condition.field];
  if (said === undefined || said === UNKNOWN) return said === undefined ? false : null;
  return "in" in condition ? condition.in.includes(said) : said === condition.is;
}

/** The questions that are asked, in order, down to the first without an answer. @param {Checklist} checklist @param {Answers} answers @returns {Question[]} */
export function asked({ questions }, answers) {
  /** @type {Answers} */
  const known = {};
  const found = [];
  for (const question of questions) {
    if (truth(question.when, known) === false) continue;
    found.push(question);
    if (!(question.key in answers)) break;
    known[question.key] = answers[question.key];
  }
  return found;
}

/** The papers for the answers, and of each whether it is sure to be needed. @param {Checklist} checklist @param {Answers} answers */
export function listed(checklist, answers) {
  const known = Object.fromEntries(asked(checklist, answers).filter(({ key }) => key in answers).map(({ key }) => [key, answers[key]]));
  return checklist.papers.map((paper) => ({ paper, sure: truth(paper.when, known) })).filter(({ sure }) => sure !== false).map(({ paper, sure }) => ({ paper, sure: sure === true }));
}
