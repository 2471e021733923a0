/** A part of a page that is folded away, and stays open when the page is drawn again. */
import { h } from "./dom.js";

/** What was opened on this page. @type {Set<string>} */
const opened = new Set();

/** @param {string} name @param {string} title @param {...any} content */
export function folding(name, title, ...content) {
  const part = h("details", { "data-fold": name, open: opened.has(name), ontoggle: () => {
    if (part.open) opened.add(name);
    else opened.delete(name);
  } }, h("summary", {}, title), ...content);
  return part;
}
