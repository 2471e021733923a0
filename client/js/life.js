/** What has happened to a dossier, step by step, in the citizen's words. */
import { h } from "./dom.js";
import { folding } from "./folding.js";
import { dateOf, dayText, timeOf } from "./moments.js";
import { dong, inside, resultText, wayText } from "./national.js";
import { hasText, t } from "./texts.js";

/** @typedef {import("./session.js").Copy} Copy */

/**
 * One step as a sentence.
 * @param {any} step
 * @param {{first: boolean, unitName: (unit: string) => string}} about `first`: the first of its kind
 */
export function stepText(step, { first, unitName }) {
  const { command, until, args = {} } = step;
  const key = command === "submit" && !first ? "life.submit_again" : `life.${command}`;
  return t(hasText(key) ? key : "life.other", {
    date: dayText(until ?? args.due ?? ""), amount: dong(args.amount ?? 0), item: inside(args.item),
    result: resultText(args.result), how: wayText(args.how), whom: inside(args.to), unit: unitName(args.unit ?? step.unit),
  });
}

/** @param {Copy|undefined} copy @param {(unit: string) => string} unitName @returns {any} */
export function lifeView(copy, unitName) {
  if (!copy?.steps.length) return null;
  const lines = copy.steps.map((step, at) => h("li", { "data-step": step.command },
    h("span", { class: "hint" }, `${timeOf(step.at)}, ${dateOf(step.at)}`), h("br"),
    stepText(step, { first: copy.steps.findIndex((each) => each.command === step.command) === at, unitName }),
    step.reason ? [h("br"), t("result.why", { reason: step.reason })] : null));
  return folding(`life ${copy.id}`, t("life.title"), h("ol", { class: "plain", "data-life": copy.id }, ...lines));
}
