/** What is said, in the language chosen. Vietnamese comes with the script, English when it is asked for. */
import vietnamese from "./generated/vi.json";

/** @type {Record<string, string>} */
const vi = { ...vietnamese };
/** @type {Record<string, string>} */
let said = vi;
let language = "vi";
/** English by the Vietnamese words of forms and lists. @type {Map<string, string>} */
let labels = new Map();

/**
 * Return a sentence with its placeholders filled in.
 * @param {string} key
 * @param {Record<string, any>} [values]
 */
export function t(key, values = {}) {
  const sentence = said[key] ?? vi[key];
  if (sentence === undefined) throw new Error(`no text ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Add the texts that came later; English comes whole. @param {Record<string, string>} more */
export const learnTexts = (more) => void Object.assign(vi, more);

/** Whether the catalogue has this text. @param {string} key */
export const hasText = (key) => key in vi;

/** Return a form's label in the language chosen; one that says nothing of English has it elsewhere. @param {{vi: string, en?: string|null}} label */
export const labelOf = ({ vi, en }) => (language === "en" && (en === undefined ? labels.get(vi) : en)) || vi;

export const languageNow = () => language;

/**
 * Speak a language from now on, also on what the page brought with it.
 * @param {string} wanted
 */
export async function speak(wanted) {
  if (wanted !== "en") return; // pages come in Vietnamese
  const answer = await fetch(document.body.dataset.english ?? "").catch(() => null);
  if (!answer?.ok) return; // kept by who has read it once; else it needs a network
  const english = await answer.json();
  said = english.texts;
  labels = new Map(Object.entries(english.labels));
  language = "en";
  document.documentElement.lang = "en";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(/** @type {HTMLElement} */ (element).dataset.t ?? "");
  for (const element of document.querySelectorAll("[data-label]")) element.textContent = labelOf({ vi: element.textContent ?? "" });
}
