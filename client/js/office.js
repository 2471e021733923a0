/**
 * What the office says of a dossier, with its texts: a part of its own, fetched once a dossier is there, and by the worker
 * when the application is ready offline. Until it has come, the state line has shorter words.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/office.json";
import { h } from "./dom.js";
import { today } from "./moments.js";
import { chosenWay, lastStep, lineOf, officeSays, officialName, resultText, wayText } from "./national.js";
import { learnSentences } from "./status.js";
import { learnTexts, t } from "./texts.js";

export { dueView } from "./due.js";
export { lifeView } from "./life.js";
export { conflictWords, notesView } from "./noted.js";
export { objecting } from "./objecting.js";
export { overridden } from "./overridden.js";
export { leadBack, supplementView } from "./supplement.js";
export { withdrawing } from "./withdrawing.js";

learnTexts(texts);
learnSentences((state) => lineOf(state, today()));

/** Where it stands at the office, where something else is more pressing, and the name its papers have for that. @param {any} copy @param {import("./status.js").State} state */
export function standsAt(copy, state) {
  const said = copy && !lineOf(state, today()) && state.id !== "received" ? officeSays(copy, today()) : null;
  if (!copy || !officialName(copy)) return null;
  const pay = state.id === "needs_you" && copy.state === "6" ? h("p", {}, t("national.6_how")) : null;
  const official = h("p", { class: "hint", "data-official": copy.state }, said ? `${[said.label, said.words].filter(Boolean).join(": ")} ` : "", t("official.label", { name: officialName(copy) }));
  return h("div", {}, official, pay);
}

/** What came of it, where it is to be had and what to bring. @param {any} copy @param {(unit: string) => string} unitNamed */
export function resultView(copy, unitNamed) {
  const done = copy && ["9", "10"].includes(copy.state) ? lastStep(copy, "finish") : null;
  if (!done) return null;
  const way = chosenWay(copy);
  const waits = copy.state === "9" && (way === null || way === "counter");
  return h("section", { "data-result": done.args?.result }, h("h2", {}, t("result.title")), h("p", {}, h("strong", {}, resultText(done.args?.result))),
    done.reason ? h("p", {}, t("result.why", { reason: done.reason })) : null,
    copy.state === "9" && way ? h("p", {}, t("result.chosen", { how: wayText(way) })) : null,
    waits ? h("p", {}, t("result.where", { unit: unitNamed(copy.unit) }), ". ", t("result.bring")) : null);
}

/** The new word of the office on one dossier. @param {import("./vault.js").Vault} vault @param {string} id */
export function arrivedLine(vault, id) {
  const copy = vault.session.copies.get(id);
  const said = copy && officeSays(copy, today());
  if (!said) return null;
  return h("p", { class: "notice", "data-told": "news" }, h("strong", {}, t("news.new")), " ", [said.label, said.words].filter(Boolean).join(": "));
}
