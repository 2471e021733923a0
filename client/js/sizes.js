/** How papers look, and their sizes and reasons as people read them. */
import { h } from "./dom.js";
import { styles } from "./generated/parts.json";
import { hasText, languageNow, t } from "./texts.js";

/** @param {number} bytes */
export const kilobytes = (bytes) => `${Math.max(1, Math.round(bytes / 1000)).toLocaleString(languageNow())} KB`;

/** Why a file can never be sent, and what to do. @param {string} why */
export function stuckWords(why) {
  const key = `stuck.${why.replace(/-/g, "_")}`;
  return t(hasText(key) ? key : "stuck.other");
}

/** Fetch what papers look like, once. */
export function dress() {
  if (!document.querySelector(`link[href="${styles}"]`)) document.head.append(h("link", { rel: "stylesheet", href: styles }));
}
