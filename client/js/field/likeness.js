/**
 * By what two dossiers may be about one person: the same citizen ID, or the same name (whatever its diacritics) and date of
 * birth. No DOM, no storage. It is a hint to the officer who writes, and decides nothing.
 */
import { folded } from "../folded.js";

const BIRTH = /born|birth|sinh/;

/**
 * What a dossier can be recognised by.
 * @param {any} form
 * @param {Record<string, any>} values
 * @returns {Set<string>}
 */
export function marksOf(form, values) {
  const marks = new Set();
  for (const section of form?.sections ?? []) {
    if (section.rows) continue;
    let name = "";
    for (const { key, kind } of section.fields) {
      const value = values[`${section.key}.${key}`];
      if (kind === "name") name = value ? words(value) : "";
      else if (kind === "citizen_id" && value) marks.add(`id ${value}`);
      else if (value && name && BIRTH.test(key)) marks.add(`person ${name} ${value}`);
    }
  }
  return marks;
}

/** @param {string} name */
const words = (name) => folded(name).trim().split(/\s+/).join(" ");

/**
 * Those that share a mark, of the same procedure first.
 * @template {{id: string, procedure: string, marks: Set<string>}} Known
 * @param {{id: string, procedure: string, marks: Set<string>}} one
 * @param {Known[]} others
 * @returns {Known[]}
 */
export function alikeOf(one, others) {
  const shares = (/** @type {Known} */ other) => other.id !== one.id && [...one.marks].some((mark) => other.marks.has(mark));
  const far = (/** @type {Known} */ { procedure }) => Number(procedure !== one.procedure);
  return others.filter(shares).sort((a, b) => far(a) - far(b));
}
