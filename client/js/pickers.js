/** Long lists: a search box over rows, filtered without diacritics. Every row is in the page: a search only hides. */
import { h } from "./dom.js";
import { folded } from "./folded.js";
import { t } from "./texts.js";

/** @typedef {{value: string, words: string, also?: string[], name?: string}} Option `also`: other names it is found by */

/** Identifier of a path's first input, for labels and links. @param {string} path */
export const inputId = (path) => `f-${path}`;

/** @param {string} name @param {string} value @param {string} words @param {boolean} checked @param {() => void} pick @param {string|null} [id] @param {any} [more] */
export function radio(name, value, words, checked, pick, id = null, more = null) {
  return h("label", { class: "option" }, h("input", { type: "radio", id, name, value, checked, onchange: pick }), h("span", {}, words, more));
}

/**
 * Draw a search box over radio rows.
 * @param {string} name
 * @param {Option[]} options
 * @param {any} chosen
 * @param {(value: string, by: string) => void} pick `by`: the other name that the search found it by, else empty
 * @param {string} [id] of the path it answers
 * @returns {HTMLElement[]} what is chosen, the box, the rows
 */
export function picker(name, options, chosen, pick, id = name) {
  const picked = h("p", { class: "picked", "aria-live": "polite" });
  const say = (/** @type {any} */ value) => {
    const option = options.find((each) => each.value === value);
    picked.textContent = option ? t("field.picked", { what: option.words }) : "";
    picked.hidden = !option;
  };
  const rows = options.map((option) => ({
    option,
    row: radio(name, option.value, option.words, chosen === option.value, () => {
      pick(option.value, foundBy(option, wantedIn(/** @type {HTMLInputElement} */ (box))));
      say(option.value);
    }, null, option.also?.length ? h("small", {}, t("field.formerly", { names: option.also.join(", ") })) : null),
  }));
  say(chosen);
  const [box, list] = searched(id, rows);
  return [picked, box, list];
}

/**
 * A search box over rows that are there already.
 * @param {string} path
 * @param {{option: Option, row: HTMLElement}[]} rows
 * @returns {HTMLElement[]} the box and the rows
 */
export function searched(path, rows) {
  const names = rows.map(({ option }) => namesOf(option).map(folded));
  const none = h("p", { class: "hint", role: "status", hidden: true }, t("field.none_found"));
  const box = h("input", {
    type: "search", id: inputId(path), autocomplete: "off", "aria-label": t("field.search"), placeholder: t("field.search"), "aria-describedby": `e-${path}`,
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      rows.find(({ row }) => !row.hidden)?.row.querySelector("input")?.focus(); // also where what is chosen is not among the hits
    },
    oninput: () => {
      const wanted = wantedIn(box);
      const hits = hitsOf(names, wanted);
      rows.forEach(({ row }, at) => {
        if (!hits[at] && !row.hidden) row.prepend(...row.querySelectorAll("input")); // Chromium enters a group where Tab last was, also where that is hidden now: put in anew it is forgotten
        row.hidden = !hits[at];
      });
      none.hidden = rows.some(({ row }) => !row.hidden);
      list.classList.toggle("searching", wanted.length > 0);
    },
  });
  const list = h("div", { class: "rows", role: "group", "aria-label": t("field.search") }, ...rows.map(({ row }) => row), none);
  return [box, list];
}

/** Which have the words as they were typed, one after another; where none has, which have them all. @param {string[][]} names @param {string[]} wanted */
export function hitsOf(names, wanted) {
  const phrase = wanted.join(" ");
  const exact = names.map((each) => each.some((name) => name.includes(phrase)));
  return exact.includes(true) ? exact : names.map((each) => each.some((name) => wanted.every((word) => name.includes(word))));
}

/** The names it goes by, each with the one that stands last: the district. @param {Option} option */
function namesOf({ words, also = [] }) {
  const district = also[also.length - 1] ?? "";
  return [words, ...also].map((name) => `${name} ${district}`);
}

/** @param {HTMLInputElement} box */
const wantedIn = (box) => folded(box.value).split(/\s+/).filter(Boolean);

/**
 * The other name by which a search found an option whose own name it does not fit; empty where the own name fits.
 * @param {Option} option
 * @param {string[]} wanted
 */
function foundBy({ words, also = [] }, wanted) {
  const [own, ...others] = namesOf({ value: "", words, also }).map((name) => [folded(name)]);
  if (hitsOf([own], wanted)[0]) return "";
  return also[hitsOf(others, wanted).indexOf(true)] ?? "";
}
