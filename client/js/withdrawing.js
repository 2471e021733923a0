/** Asking for a dossier back: the question, and the op. The office answers before anything stops. */
import { h } from "./dom.js";
import { newId } from "./ids.js";
import { sendNow } from "./news.js";
import { askForBackgroundSync } from "./outbox.js";
import { t } from "./texts.js";

/** National states in which an applicant may ask (protocol §3). */
const OPEN = ["1", "2", "4", "5", "6"];

/** @param {import("./vault.js").Vault} vault @param {string} id */
export function withdrawing(vault, id) {
  const { session } = vault;
  const asked = session.recordsOf(id).some((record) => record.op.type === "withdraw" && record.status !== "refused" && !record.shown);
  if (asked || !session.copies.has(id) || !OPEN.includes(session.expectedState(id))) return null;
  const place = h("div", {});
  const closed = () => h("button", { type: "button", class: "quiet", "data-action": "withdraw", onclick: () => ask() }, t("do.withdraw"));
  const ask = () => place.replaceChildren(h("div", { class: "notice" }, h("p", {}, t("withdraw")), h("div", { class: "state-actions" },
    h("button", { type: "button", class: "quiet", "data-action": "withdraw", onclick: () => withdraw(vault, id) }, t("do.withdraw")),
    h("button", { type: "button", class: "quiet", "data-action": "keep-it", onclick: () => place.replaceChildren(closed()) }, t("do.keep_it")))));
  place.append(closed());
  return place;
}

/** @param {import("./vault.js").Vault} vault @param {string} dossier */
async function withdraw(vault, dossier) {
  await vault.change((session) => ({ changes: session.withdraw({ dossier, now: Date.now(), newId }).changes }));
  await askForBackgroundSync();
  await sendNow(vault);
}
