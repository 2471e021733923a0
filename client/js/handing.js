/** Making what a citizen is handed: the code of a dossier, an account begun for them (handover.js has the rules). */
import { newCode, newDevice } from "./codes.js";
import { keepSetting, setting } from "./db.js";
import { newId } from "./ids.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./handover.js").Handover} Handover */
/** @typedef {import("./handover.js").Assisted} Assisted */

/** Setting: the four characters that this phone's codes have in common. */
const DEVICE = "device4";

async function device() {
  const known = await setting(DEVICE);
  if (known) return known;
  await keepSetting(DEVICE, newDevice());
  return setting(DEVICE);
}

/**
 * Return the code of a dossier, made and kept at the first call.
 * @param {Vault} vault @param {string} dossier
 * @returns {Promise<Handover>}
 */
export async function handoverOf(vault, dossier) {
  const made = newCode(await device());
  return vault.change(() => {
    const all = vault.kept.handovers ?? {};
    return all[dossier] ? { result: all[dossier] } : { kept: { handovers: { ...all, [dossier]: made } }, result: made };
  });
}

/**
 * Begin an account for a citizen; the code is for them, to finish it on a phone of their own.
 * @param {Vault} vault
 * @param {{name: string, citizen_id: string|null, phone: string|null}} who
 * @returns {Promise<Assisted>}
 */
export async function beginFor(vault, { name, citizen_id, phone }) {
  const now = Date.now();
  const begun = { account: newId(now), name, ...(citizen_id ? { citizen_id } : {}), ...(phone ? { phone } : {}), ...newCode(await device()), at: now };
  await vault.change(() => ({ kept: { assisted: [...(vault.kept.assisted ?? []), begun] } }));
  return begun;
}
