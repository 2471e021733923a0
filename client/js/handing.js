/** Making what a citizen is handed: the code of a dossier, an account begun for them (handover.js has the rules). */
import { newCode, newDevice } from "./codes.js";
import { keepSetting, setting } from "./db.js";
import { takenInFor } from "./handover.js";
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
  await vault.change(() => ({ kept: { assisted: [...(vault.kept.assisted ?? []), begun], ...codesOf(vault, begun) } }));
  return begun;
}

/**
 * Put right an account that was refused: it goes again, with the code that is on paper; where that one was refused, with another.
 * @param {Vault} vault @param {Assisted} old
 * @param {{name: string, citizen_id: string|null, phone: string|null}} who
 * @returns {Promise<Assisted>}
 */
export async function correctFor(vault, { account, code, secret, why }, { name, citizen_id, phone }) {
  const now = Date.now();
  const given = why === "code" ? { account: newId(now), ...newCode(await device()) } : { account, code, secret };
  const begun = { ...given, name, ...(citizen_id ? { citizen_id } : {}), ...(phone ? { phone } : {}), at: now };
  await vault.change(() => ({ kept: { assisted: (vault.kept.assisted ?? []).map((each) => (each.account === account ? begun : each)), ...codesOf(vault, begun) } }));
  return begun;
}

/** Leave an account that was refused; the dossiers of its person go on without. @param {Vault} vault @param {Assisted} refused */
export const dropFor = (vault, { account }) => vault.change(() => ({ kept: { assisted: (vault.kept.assisted ?? []).filter((each) => each.account !== account) } }));

/** The codes of a person's dossiers, to be told again: they name an account from now on. @param {Vault} vault @param {Assisted} begun @returns {import("./vault.js").Kept} */
function codesOf(vault, { citizen_id }) {
  const all = vault.kept.handovers;
  if (!all || !citizen_id) return {};
  const isTheirs = (/** @type {string} */ dossier) => takenInFor(vault, dossier)?.citizen_id === citizen_id;
  return { handovers: Object.fromEntries(Object.entries(all).map(([dossier, { epoch, ...each }]) => [dossier, each.state === "kept" && isTheirs(dossier) ? { code: each.code, secret: each.secret } : { ...each, epoch }])) };
}
