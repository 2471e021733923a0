/**
 * Finding a procedure by the words people use: `schemas/finding` line by line, so that phone and server rank alike; a
 * differential test compares them. It must not be "improved" on one side alone. Words come spelled as they are compared.
 */
import { folded } from "./folded.js";

const WORDS_MAX = 24, PHRASE_WORDS_MAX = 6, STANDS_FOR_MAX = 12, SLIP_LETTERS_MIN = 3, BEGINNING_LETTERS_MIN = 2, AGE_DIGITS_MAX = 2;
const TOGETHER = 4, IN_NAME = 3, BESIDE = 1;
const FORM_COUNTS = 14, COMMUNE_COUNTS = 8, EVERYDAY_COUNTS = 6, TWICE = 2, WHOLE = 100, UNMATCHED_MAX = 30, NEAR = 3;
const COMMUNE = "xa", SAYS_NOTHING = "thu tuc";

/** @typedef {{any: string[][], said: string[]}} Idea */
/** @typedef {{code: string, name: string, field?: string, levels?: string[], form?: boolean, beside?: string}} Found */
/** @typedef {{record: Found, groups: string[][], words: Set<string>, beside: Set<string>, bonus: number}} Entry */
/** @typedef {{short: Record<string, string>, stop: string, phrases: Record<string, string[]>, procedures: Record<string, string[]>, near: string[]}} Everyday */

/** The words of a text as they are compared. @param {string} text @returns {string[]} */
export const wordsOf = (text) => (folded(text).match(/[0-9a-z]+/g) ?? []).map((word) => word.replace(/(?<![aeiou])y$/, "i"));
/** @param {string} said */
const split = (said) => said.split(" ");

/** @param {string} text */
function pairsOf(text) {
  const word = wordsOf(text).join("");
  return new Set([...word].slice(1).map((_, at) => word.slice(at, at + 2)));
}

/** @param {string[]} group @param {string[]} words */
const standsIn = (group, words) => words.some((_, at) => at + group.length <= words.length && group.every((word, n) => words[at + n] === word));
const bits = (/** @type {number} */ n) => 32 - Math.clz32(n);

/** Whether one letter was left out, added, exchanged, or changed places with its neighbour. @param {string} one @param {string} two */
function isASlip(one, two) {
  if (Math.abs(one.length - two.length) > 1) return false;
  let at = 0;
  while (at < Math.min(one.length, two.length) && one[at] === two[at]) at += 1;
  if (one.slice(at + 1) === two.slice(at + 1) || one.slice(at) === two.slice(at + 1) || one.slice(at + 1) === two.slice(at)) return true;
  return one.slice(at, at + 2) === [...two.slice(at, at + 2)].reverse().join("") && one.slice(at + 2) === two.slice(at + 2);
}

export class Index {
  /** @param {Everyday} everyday @param {Found[]} records */
  constructor(everyday, records) {
    this.short = new Map(Object.entries(everyday.short).map(([word, long]) => [word, split(long)]));
    this.stop = new Set(split(everyday.stop));
    this.phrases = new Map(Object.entries(everyday.phrases).map(([said, meant]) => [said, meant.map(split)]));
    this.procedures = new Map(Object.entries(everyday.procedures).map(([code, said]) => [code, said.map(split)]));
    this.everyday = everyday.near;
    this.known = new Set([...this.phrases].flatMap(([said, meant]) => [...split(said), ...meant.flat()]));
    this.entries = records.map((record) => this.entryOf(record));
    /** @type {Map<string, number>} */
    this.counts = new Map();
    for (const { words, beside } of this.entries) for (const word of new Set([...words, ...beside])) this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
  }

  /** @param {Found} record @returns {Entry} */
  entryOf(record) {
    let name = wordsOf(record.name);
    if (name.slice(0, 2).join(" ") === SAYS_NOTHING) name = name.slice(2);
    const everyday = this.procedures.get(record.code) ?? [];
    const groups = [name, ...everyday];
    const bonus = (record.form ? FORM_COUNTS : 0) + (record.levels?.includes(COMMUNE) ? COMMUNE_COUNTS : 0) + (everyday.length ? EVERYDAY_COUNTS : 0);
    return { record, groups, words: new Set([...groups.flat(), ...wordsOf(record.code)]), beside: new Set(wordsOf(`${record.field ?? ""} ${record.beside ?? ""}`)), bonus };
  }

  /** The hits, best first. @param {string} text @returns {Found[]} */
  find(text) {
    const weighed = this.ideasOf(text).map((idea) => ({ idea, weight: this.weight(idea) }));
    const hits = this.entries.map((entry) => ({ entry, score: scoreOf(entry, weighed) })).filter(({ score }) => score !== null);
    const order = (/** @type {any} */ a, /** @type {any} */ b) => b.score - a.score || a.entry.groups[0].length - b.entry.groups[0].length || (a.entry.record.code < b.entry.record.code ? -1 : 1);
    return hits.sort(order).map(({ entry }) => entry.record);
  }

  /** The three everyday words that look most like what was typed. @param {string} text */
  near(text) {
    const letters = pairsOf(text);
    const apart = (/** @type {string} */ said) => {
      const other = pairsOf(said);
      return (-2 * [...letters].filter((pair) => other.has(pair)).length) / Math.max(letters.size + other.size, 1);
    };
    return this.everyday.map((said) => ({ said, apart: apart(said) })).sort((a, b) => a.apart - b.apart).slice(0, NEAR).map(({ said }) => said);
  }

  /** @param {Idea} idea */
  weight(idea) {
    const found = idea.any.flat().map((word) => this.counts.get(word) ?? 0).filter(Boolean);
    const weight = found.length ? bits(Math.floor(this.entries.length / Math.min(...found))) : 0;
    return idea.said.length ? weight * TWICE : weight;
  }

  /** @param {string} text @returns {Idea[]} */
  ideasOf(text) {
    const words = wordsOf(text).slice(0, WORDS_MAX).flatMap((word) => this.short.get(word) ?? [word]).slice(0, WORDS_MAX);
    const ideas = this.read(this.putRight(words, false));
    return once(ideas.length ? ideas : this.putRight(words, true).map(ideaOf));
  }

  /** @param {string[]} words @param {boolean} keep @returns {string[][]} */
  putRight(words, keep) {
    return words.flatMap((word, at) => {
      if (this.known.has(word) || this.counts.has(word) || (this.stop.has(word) && !keep)) return [[word]];
      const parts = this.twoInOne(word);
      if (parts) return parts.map((part) => [part]);
      const right = this.standsFor(word, at === words.length - 1);
      return [right.length ? right : [word]];
    });
  }

  /** @param {string} word */
  twoInOne(word) {
    for (let at = 2; at < word.length - 1; at += 1) {
      const cut = [word.slice(0, at), word.slice(at)];
      if (cut.every((part) => this.known.has(part))) return cut;
    }
    return null;
  }

  /** @param {string} word @param {boolean} last */
  standsFor(word, last) {
    const known = [...this.counts.keys()];
    const begun = last && word.length >= BEGINNING_LETTERS_MIN ? known.filter((each) => each.startsWith(word)) : [];
    if (begun.length) return begun.sort().slice(0, STANDS_FOR_MAX);
    if (word.length < SLIP_LETTERS_MIN || /^\d+$/.test(word)) return [];
    return known.filter((each) => isASlip(word, each)).sort().slice(0, STANDS_FOR_MAX);
  }

  /** @param {string[][]} words @returns {Idea[]} */
  read(words) {
    const ideas = [];
    for (let at = 0; at < words.length;) {
      const found = this.longest(words, at);
      const idea = found ?? (this.saysNothing(words[at][0]) ? null : ideaOf(words[at]));
      if (idea) ideas.push(idea);
      at += found?.said.length || 1;
    }
    return ideas;
  }

  /** @param {string} word */
  saysNothing(word) {
    return this.stop.has(word) || (/^\d+$/.test(word) && word.length <= AGE_DIGITS_MAX);
  }

  /** @param {string[][]} words @param {number} at @returns {Idea|null} */
  longest(words, at) {
    for (let length = Math.min(PHRASE_WORDS_MAX, words.length - at); length; length -= 1) {
      for (const said of waysOf(words.slice(at, at + length))) {
        const meant = this.phrases.get(said.join(" "));
        if (meant) return { any: meant, said };
      }
    }
    return null;
  }
}

/** @param {string[]} standsFor @returns {Idea} */
const ideaOf = (standsFor) => ({ any: standsFor.map((each) => [each]), said: [] });

/** @param {Idea[]} ideas @returns {Idea[]} */
const once = (ideas) => [...new Map(ideas.map((idea) => [JSON.stringify(idea), idea])).values()];

/** The ways to read words of which at most one is not sure. @param {string[][]} words @returns {string[][]} */
function waysOf(words) {
  const unsure = words.filter((each) => each.length > 1);
  if (unsure.length > 1) return [];
  return (unsure[0] ?? [""]).map((each) => words.map((one) => (one.length > 1 ? each : one[0])));
}

/** @param {Entry} entry @param {{idea: Idea, weight: number}[]} weighed @returns {number|null} */
function scoreOf(entry, weighed) {
  let total = 0, met = 0, points = 0;
  for (const { idea, weight } of weighed) {
    const counts = countsOf(entry, idea);
    total += weight;
    met += counts ? weight : 0;
    points += weight * counts;
  }
  if (!met || met * 2 < total) return null;
  const said = new Set(weighed.flatMap(({ idea }) => [...idea.any.flat(), ...idea.said]));
  const rest = Math.min(...entry.groups.map((group) => group.filter((word) => !said.has(word)).length), UNMATCHED_MAX);
  return Math.floor((points * WHOLE) / (total * TOGETHER)) + entry.bonus - rest;
}

/** @param {Entry} entry @param {Idea} idea */
function countsOf(entry, { any, said }) {
  const own = said.length && entry.groups.some((each) => standsIn(said, each)) ? IN_NAME : 0;
  return Math.max(own, ...any.map((group) => groupCounts(entry, group)));
}

/** @param {Entry} entry @param {string[]} group */
function groupCounts({ groups, words, beside }, group) {
  if (group.every((word) => words.has(word))) return standsIn(group, groups[0]) ? TOGETHER : IN_NAME;
  return group.every((word) => words.has(word) || beside.has(word)) ? BESIDE : 0;
}
