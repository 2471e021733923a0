/** What goes from a drawer into a backup file (backup.js). */
import { personOf } from "./credentials.js";
import { formOf } from "./db.js";
import { canSeal } from "./seal.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./backup.js").Content} Content */
/** @typedef {import("./backup.js").Owner} Owner */

/** Whose drawer it is, as a file says it; a secret never goes into a file that is not sealed. @param {Vault} vault @returns {Owner|null} */
function ownerOf(vault) {
  if (!vault.account) return null;
  const begun = vault.session.meta.account;
  return { person: personOf(vault), name: vault.account.name, begun: canSeal() && begun ? begun.body : null };
}

/** @param {any} record */
const isOwed = (record) => record.status === "waiting" || (record.status === "refused" && !record.dismissed);

/**
 * Collect what is on this phone and nowhere else.
 * @param {Vault} vault
 * @param {any} [open] the draft that is open on the page, which may not have been saved
 * @returns {Promise<Content>}
 */
export async function contentOf(vault, open) {
  const kept = await vault.drafts().catch((fault) => {
    if (!open) throw fault;
    return []; // what does not save may not be readable either; the page's own text is what counts
  });
  const outbox = [...vault.session.outbox.values()].filter(isOwed).sort((a, b) => a.n - b.n);
  const queued = new Set(outbox.map((record) => record.dossier));
  const drafts = new Map(kept.filter((draft) => draft.status !== "sent" || queued.has(draft.id)).map((draft) => [draft.id, draft]));
  if (open) drafts.set(open.id, { ...open, saved_ms: Date.now() });
  const named = new Set([...drafts.values()].map((draft) => draft.form));
  const forms = (await Promise.all([...named].map((form) => formOf(form).catch(() => null)))).filter(Boolean); // served again where missing
  return { owner: ownerOf(vault), drafts: [...drafts.values()], outbox, forms };
}
