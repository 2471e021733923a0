/** What thumbs and on-screen keyboards do by accident, on a phone that answers late. */

const MARGIN_PX = 12;

/** Be kind to thumbs on this page from now on. */
export function easeTouch() {
  addEventListener("click", oncePressed, { capture: true });
  const view = window.visualViewport;
  view?.addEventListener("resize", () => keepInSight(view));
}

/**
 * Take a double tap for one: on a slow phone the second tap would press what has come into that place meanwhile. Who
 * presses keys, or has a screen reader press, has no count; in a text two taps choose a word.
 * @param {MouseEvent} event
 */
function oncePressed(event) {
  if (event.detail < 2 || !(event.target instanceof Element) || !event.target.closest("a, button, label, summary, [type=radio], [type=checkbox]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** A keyboard has come up, or the phone was turned: show the question that is being answered, name and all. @param {VisualViewport} view */
function keepInSight(view) {
  const at = document.activeElement;
  if (!at?.matches("input, textarea, select")) return;
  const { bottom } = at.getBoundingClientRect();
  const { top } = (at.closest(".part, .option") ?? at.closest(".field") ?? at).getBoundingClientRect();
  const height = view.height - 2 * MARGIN_PX;
  if (top >= MARGIN_PX && bottom <= height + MARGIN_PX) return;
  scrollBy(0, bottom - top <= height ? top - MARGIN_PX : bottom - height - MARGIN_PX);
}
