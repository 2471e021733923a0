/** A button that asks before it does. */
import { h } from "./dom.js";

/**
 * Draw a button in whose place the question stands once it is pressed: it takes the focus, and goes with Escape or "no"
 * back to the button.
 * @param {{action: string, label: string, question: string, yes: {action: string, label: string}, no: string, then: () => any, open?: {now: boolean}, look?: string}} how
 *   `open` keeps, over a page that is drawn again, whether the question stands; `look` is the class of the button
 * @returns {HTMLElement}
 */
export function askingButton({ action, label, question, yes, no, then, open = { now: false }, look = "quiet" }) {
  const place = h("div", {});
  const draw = () => place.replaceChildren(open.now ? asked() : button(action, label, () => turn(true), look));
  const turn = (/** @type {boolean} */ now) => {
    open.now = now;
    draw();
    /** @type {HTMLElement} */ (place.firstChild).focus();
  };
  const asked = () => h("div", { class: "notice", role: "group", "aria-label": question, tabindex: "-1", onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && turn(false) },
    h("p", {}, question),
    h("div", { class: "state-actions" }, button(yes.action, yes.label, then), button("keep-it", no, () => turn(false))));
  draw();
  return place;
}

/** @param {string} action @param {string} words @param {() => any} onclick @param {string} [look] */
const button = (action, words, onclick, look = "quiet") => h("button", { type: "button", class: look, "data-action": action, onclick }, words);
