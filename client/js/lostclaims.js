/** What was claimed with a code, and is not here since the system was restored: said until it is back. */
import texts from "./generated/slip.json";
import { h } from "./dom.js";
import { dateOf, timeOf } from "./moments.js";
import { learnTexts, t } from "./texts.js";

learnTexts(texts);

/** @param {import("./vault.js").Vault} vault @returns {any} null: all of it is */
export function lostView({ kept, session: { copies, meta } }) {
  const lost = Object.entries(kept.claims ?? {}).filter(([dossier, { tries, epoch }]) => tries && epoch !== meta.epoch && !copies.has(dossier));
  if (!lost.length) return null;
  const next_ms = Math.min(...lost.map(([, claimed]) => claimed.next_ms ?? 0));
  return h("div", { class: "notice", "data-lost": lost.length }, h("p", {}, t("claim_code.lost", { n: lost.length, time: timeOf(next_ms), date: dateOf(next_ms) })), h("a", { class: "action", href: "/tra-cuu" }, t("claim_code.lost_do")));
}
