/** Work that belonged to nobody, once somebody has said that it is theirs. */
import { carryFiles } from "./files.js";
import { submit } from "./outbox.js";

/** @typedef {import("./vault.js").Vault} Vault */

/**
 * Take it into the own drawer, its photographs first, sent where it was to be sent, and only then out of the other.
 * @param {Vault} guest
 * @param {Vault} own
 * @param {any} draft
 */
export async function claim(guest, own, draft) {
  await carryFiles(guest, own, draft);
  if (draft.status === "locked") await submit(own, { ...draft, status: "draft" }, new Set(draft.hidden ?? []));
  else await own.change(() => ({ drafts: [draft] }));
  await guest.dropDraft(draft.id);
}
