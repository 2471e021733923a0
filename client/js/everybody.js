/** Everybody who has work on this phone: sent each with their own credential, whoever holds the phone now. */
import { showWaiting } from "./badge.js";
import { drawers } from "./db.js";
import { codesWait, drain } from "./sync.js";
import { filesWait, sendFiles } from "./uploads.js";
import { Vault } from "./vault.js";

/**
 * Empty every outbox but that of the drawer `but`, which sees to itself. Whoever signed out waits until they are back.
 * @param {{force?: boolean, but?: string}} [how]
 * @returns {Promise<boolean>} whether something waits that could go by itself
 */
export async function sendEverybodys({ force = false, but = "" } = {}) {
  let waits = false;
  for (const slot of (await drawers()).filter((each) => each !== but)) {
    const vault = await Vault.open(slot);
    if (vault.waits || (await codesWait(vault))) await drain(vault, { force });
    await vault.refresh();
    await showWaiting(vault);
    const files = await filesWait(vault);
    if (files) await sendFiles(vault, { again: force });
    waits ||= (vault.waits || (await codesWait(vault)) || (files && (await filesWait(vault)))) && !vault.session.meta.paused;
    vault.close();
  }
  return waits;
}
