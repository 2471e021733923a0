/** Sizes of papers, and what is wrong with them, as people read it. */
import { hasText, languageNow, t } from "./texts.js";

/** @param {number} bytes */
export const kilobytes = (bytes) => `${Math.max(1, Math.round(bytes / 1000)).toLocaleString(languageNow())} KB`;

/** Why a file can never be sent, and what to do. @param {string} why */
export function stuckWords(why) {
  const key = `stuck.${why.replace(/-/g, "_")}`;
  return t(hasText(key) ? key : "stuck.other");
}
