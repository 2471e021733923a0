/**
 * "Gửi": the draft becomes ops, in the same transaction that marks it as waiting. Whoever is not signed in keeps it
 * locked; it goes only after its owner has said that it is theirs.
 */
import { newId } from "./ids.js";
import { canonical } from "./session.js";

/** @typedef {import("./vault.js").Vault} Vault */

/**
 * Return the values that are sent: canonical ones, and none of a hidden field or of a row that is gone.
 * @param {any} draft
 * @param {Set<string>} hidden
 */
export function valuesToSend(draft, hidden) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const [path, value] of Object.entries(draft.values)) {
    if (!hidden.has(path) && value !== undefined) values[path] = value;
  }
  return values;
}

/**
 * Send, or lock where nobody is signed in. Returns once it is durable. `sends` counts how often a draft was sent: another
 * tab that presses "Gửi" on the same words makes no ops of its own.
 * @param {Vault} vault
 * @param {any} draft
 * @param {Set<string>} hidden paths that do not count
 * @returns {Promise<any>} the draft as it is kept from now on
 */
export async function submit(vault, draft, hidden) {
  if (vault.isGuest) {
    const locked = { ...draft, status: "locked", hidden: [...hidden] };
    await vault.change(() => ({ drafts: [locked] }));
    return locked;
  }
  const files = draft.papers ? (await import("./after.js")).fileOps(draft) : {};
  const after = await vault.change(async (session) => {
    const { id, procedure, form, unit, rendered, channel, on_behalf } = draft;
    const kept = await vault.draft(id);
    const wrote = (/** @type {any} */ each) => canonical([each.values, each.papers]);
    if ((kept?.sends ?? 0) > (draft.sends ?? 0) && wrote(kept) === wrote(draft)) return { result: kept };
    const values = valuesToSend(draft, hidden);
    const sent = session.send({ dossier: id, procedure, form, unit, channel, on_behalf, values, ...files, rendered, settle: draft.settle, now: Date.now(), newId });
    const result = { ...draft, status: "sent", sends: (draft.sends ?? 0) + 1, rendered: sent.rendered, settle: undefined, owned: undefined };
    return { changes: sent.changes, drafts: [result], result };
  });
  await askForBackgroundSync();
  return after;
}

/** Ask the browser to wake the worker when there is a network, where it can. */
export async function askForBackgroundSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync = /** @type {any} */ (registration)?.sync;
  if (sync && registration?.active) await sync.register("outbox").catch(() => null); // refused by a setting: the other ways remain
}
