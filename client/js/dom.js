/** Elements from values. Text is always text: nothing here reads markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Make an element. `on…` properties are listeners, `true` an empty attribute; null and false leave the attribute out.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
    if (name === "value" || name === "checked") /** @type {any} */ (element)[name] = value;
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * Draw one of the symbols, which are one file beside all pages; always beside a word.
 * @param {string} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Find the one element that must be there.
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function one(selector) {
  const found = document.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return /** @type {HTMLElement} */ (found);
}

/**
 * Replace what the page shows, move the focus to its heading and say its name.
 * @param {string} title
 * @param {...(Child | Child[])} content
 */
export function show(title, ...content) {
  const main = one("main");
  main.replaceChildren(...h("div", {}, ...content).childNodes);
  document.title = title;
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** @param {any} element */
const nameOf = (element) => [element.tagName, element.dataset?.action, element.getAttribute("href"), element.name, element.value, element.closest("[data-dossier]")?.dataset.dossier].join(" ");

/**
 * Draw something anew; where that took the focus away, it goes on to the same thing there, else to where the work stands.
 * @param {() => void} draw
 */
export function redraw(draw) {
  const had = document.activeElement;
  const name = had && nameOf(had);
  draw();
  if (!had || had.isConnected) return;
  const heirs = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("main a, main button, main input, main textarea"));
  ([...heirs].find((each) => nameOf(each) === name) ?? one("main .state, h1")).focus({ preventScroll: true });
}

/** Read a block of data that the page carries. @param {string} id */
export function dataOf(id) {
  return JSON.parse(one(`#${id}`).textContent ?? "null");
}
