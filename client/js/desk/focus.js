/**
 * Where the reader is, after a part of the page changed: never nowhere, and never moved away from what they do.
 */

/** @param {Document} page */
export function keepFocus(page) {
  page.addEventListener("htmx:after:swap", () => {
    if (page.activeElement && page.activeElement !== page.body) return;
    const said = page.querySelector("#said");
    const news = said?.textContent?.trim() ? said : page.querySelector(".cards:last-of-type .card");
    /** @type {HTMLElement | null} */ (news)?.focus();
  });
  page.addEventListener("htmx:error", () => show(page, true));
  page.addEventListener("htmx:before:request", () => show(page, false));
}

/**
 * Say that the last request found no way, or stop saying so.
 * @param {Document} page @param {boolean} unsent
 */
function show(page, unsent) {
  const line = /** @type {HTMLElement | null} */ (page.querySelector("#unsent"));
  if (!line) return;
  line.hidden = !unsent;
  if (unsent) line.focus();
}
