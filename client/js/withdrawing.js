/** Asking for a dossier back: the question, and the op. The office answers before anything stops. */
import { askingButton } from "./asking.js";
import { newId } from "./ids.js";
import { sendNow } from "./news.js";
import { askForBackgroundSync } from "./outbox.js";
import { t } from "./texts.js";

/** National states in which an applicant may ask (protocol §3). */
const OPEN = ["1", "2", "4", "5", "6"];

/** Dossiers whose question stands open: news that draws the page again must not close it under a finger. @type {Map<string, {now: boolean}>} */
const asking = new Map();

/** @param {import("./vault.js").Vault} vault @param {string} id */
export function withdrawing(vault, id) {
  const { session } = vault;
  const asked = session.recordsOf(id).some((record) => record.op.type === "withdraw" && record.status !== "refused" && !record.shown);
  if (asked || !session.copies.has(id) || !OPEN.includes(session.expectedState(id))) return null;
  const open = asking.get(id) ?? { now: false };
  asking.set(id, open);
  return askingButton({
    action: "withdraw", label: t("do.withdraw"), question: t("withdraw"), yes: { action: "withdraw", label: t("do.withdraw") }, no: t("do.keep_it"),
    then: () => withdraw(vault, id), open,
  });
}

/** @param {import("./vault.js").Vault} vault @param {string} dossier */
async function withdraw(vault, dossier) {
  await vault.change((session) => ({ changes: session.withdraw({ dossier, now: Date.now(), newId }).changes }));
  await askForBackgroundSync();
  await sendNow(vault);
}
