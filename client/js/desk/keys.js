/**
 * The inbox by keyboard: j and k or the arrows walk the rows, Enter opens one, "/" goes to the search, digits choose a
 * list, "?" shows these keys. Single letters can be turned off (WCAG 2.1.4); the choice stays in this browser.
 */

const OFF = "motcua.desk.keys";

/** @param {Document} page */
export function listen(page) {
  const help = /** @type {HTMLDetailsElement | null} */ (page.querySelector("#keys"));
  const on = /** @type {HTMLInputElement | null} */ (page.querySelector("#keys-on"));
  if (!help || !on) return;
  help.hidden = false;
  on.checked = localStorage.getItem(OFF) !== "off";
  on.addEventListener("change", () => localStorage.setItem(OFF, on.checked ? "on" : "off"));
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (press(page, help, event.key, on.checked)) event.preventDefault();
  });
}

/**
 * Do what a key is for; tell whether it was for anything.
 * @param {Document} page @param {HTMLDetailsElement} help @param {string} key @param {boolean} letters
 */
function press(page, help, key, letters) {
  const at = /** @type {HTMLElement} */ (page.activeElement);
  const writes = at?.matches("input:not([type=checkbox]), textarea, select");
  if (writes && at.id === "q" && (key === "ArrowDown" || key === "Escape")) return walk(page, 1);
  if (writes) return false;
  if (key === "ArrowDown" || (letters && key === "j")) return walk(page, 1);
  if (key === "ArrowUp" || (letters && key === "k")) return walk(page, -1);
  if (key === "Enter" && at === page.body) return open(page.querySelector(".card"));
  if (!letters) return false;
  if (key === "/") return focus(page.querySelector("#q"));
  if (/^[1-9]$/.test(key)) return open(page.querySelectorAll(".filters a")[Number(key) - 1]);
  if (key !== "?") return false;
  help.open = !help.open;
  return focus(help.querySelector("summary"));
}

/** @param {Document} page @param {1 | -1} by */
function walk(page, by) {
  const rows = /** @type {HTMLElement[]} */ ([...page.querySelectorAll(".card, #more a")]);
  const now = rows.indexOf(/** @type {HTMLElement} */ (page.activeElement));
  return focus(rows[now < 0 ? 0 : Math.min(Math.max(now + by, 0), rows.length - 1)]);
}

/** @param {Element | null | undefined} element */
function focus(element) {
  if (!(element instanceof HTMLElement)) return false;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
  return true;
}

/** @param {Element | null | undefined} link */
function open(link) {
  if (!(link instanceof HTMLElement)) return false;
  link.click();
  return true;
}
