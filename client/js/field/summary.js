/** The end of the day: how much of what was taken in, and where each stands, on one sheet to be printed. */
import { h, show } from "../dom.js";
import { dateOf, timeOf } from "../moments.js";
import { DRAFTS, WAITING } from "../pages.js";
import { labelOfState } from "../status.js";
import { t } from "../texts.js";
import { backToDay, title } from "./round.js";
import { codeOf } from "./slips.js";
import { takenIn } from "./taken.js";

/** @typedef {import("./taken.js").Taken} Taken */

const COLUMNS = /** @type {const} */ (["drafts", "waiting", "sent"]);

/** @param {import("../vault.js").Vault} vault */
export async function summaryPage(vault) {
  const taken = (await takenIn(vault)).filter(({ isToday }) => isToday).reverse();
  /** @type {string[]} */
  const codes = [];
  for (const work of taken) codes.push(await codeOf(vault, work));
  const { name = "" } = vault.account ?? {};
  const now = Date.now();
  show(title(t("summary.title")),
    backToDay(),
    h("h1", {}, t("summary.title")),
    h("p", {}, t("summary.of", { name, date: dateOf(now), time: timeOf(now) })),
    h("button", { type: "button", class: "button", "data-action": "print", onclick: () => print() }, t("do.print")),
    h("h2", {}, t("summary.counts")),
    countsTable(taken),
    h("h2", {}, t("summary.list", { n: taken.length })),
    taken.length ? listTable(taken, codes) : h("p", {}, t("day.empty")),
    h("p", { class: "hint" }, t("summary.not_receipt")),
  );
}

/** @param {Taken} work @returns {typeof COLUMNS[number]} */
const columnOf = ({ state }) => (DRAFTS.includes(state.id) ? "drafts" : WAITING.includes(state.id) || state.id === "refused" ? "waiting" : "sent");

/** By procedure, and by where they are. @param {Taken[]} taken @returns {Map<string, Record<string, number>>} */
export function countsOf(taken) {
  const counts = new Map();
  for (const work of taken) {
    const row = counts.get(work.title) ?? { drafts: 0, waiting: 0, sent: 0 };
    row[columnOf(work)] += 1;
    counts.set(work.title, row);
  }
  return counts;
}

/** @param {Taken[]} taken */
function countsTable(taken) {
  const counts = countsOf(taken);
  const cells = (/** @type {Record<string, number>} */ row) => COLUMNS.map((column) => h("td", {}, row[column]));
  const all = Object.fromEntries(COLUMNS.map((column) => [column, [...counts.values()].reduce((sum, row) => sum + row[column], 0)]));
  return h("table", { "data-counts": true },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("summary.procedure")), ...COLUMNS.map((column) => h("th", { scope: "col" }, t(`summary.${column}`))))),
    h("tbody", {}, ...[...counts].map(([name, row]) => h("tr", {}, h("th", { scope: "row" }, name), ...cells(row))), h("tr", {}, h("th", { scope: "row" }, t("summary.all")), ...cells(all))));
}

/** One row each; its heads stand on every sheet. @param {Taken[]} taken @param {string[]} codes */
function listTable(taken, codes) {
  const heads = ["summary.when", "summary.who", "summary.where"].map((key) => h("th", { scope: "col" }, t(key)));
  return h("table", { "data-summary": taken.length }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...taken.map((work, at) => rowOf(work, codes[at]))));
}

/** @param {Taken} work @param {string} code */
function rowOf({ at, whom, on_behalf, title: what, state }, code) {
  const who = [whom || on_behalf.name, whom && whom !== on_behalf.name ? t("day.asked_by", { name: on_behalf.name }) : ""].filter(Boolean).join(", ");
  return h("tr", {}, h("td", {}, timeOf(at)), h("td", {}, h("strong", {}, who), h("br"), what), h("td", {}, code, code ? h("br") : null, labelOfState(state)));
}
