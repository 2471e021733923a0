/** The part that says what the office says (office.js): who has nothing there needs none of it. */
import { without } from "./absent.js";

/** @type {Promise<typeof import("./office.js")|null>|null} */
let part = null;

/**
 * Return it; null where no dossier was pulled yet, or where there is no network and the worker has not kept it.
 * @param {import("./vault.js").Vault} vault
 */
export function officePart({ session }) {
  if (!session.copies.size) return Promise.resolve(null);
  part ??= import("./office.js").catch((fault) => {
    part = null;
    return without(fault);
  });
  return part;
}
