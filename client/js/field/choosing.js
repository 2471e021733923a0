/** The question for which unit is taken in, and the roles that it hangs on. */
import { communeOptions } from "../addresses.js";
import { changeAccount, personOf, signed } from "../credentials.js";
import { sharedLists } from "../lists.js";
import { canonical } from "../session.js";
import { ask, NoAnswer } from "../wire.js";
import { unitsOf } from "./units.js";

/** @typedef {import("../vault.js").Vault} Vault */

/** @param {Vault} vault @param {string} unit */
export const keepUnit = (vault, unit) => vault.change(() => ({ kept: /** @type {any} */ ({ unit }) }));

/** As options of a question, one to choose from; none where there is nothing to choose. @param {Vault} vault @param {string} [also] the one a draft has @returns {Promise<{value: string, label: {vi: string, en: string}}[]>} */
export async function unitOptions({ account }, also = "") {
  const units = unitsOf(account);
  const all = also && !units.includes(also) ? [also, ...units] : units;
  if (all.length < 2) return [];
  /** @type {Record<string, any[]>} */
  const { communes = [] } = await sharedLists().catch(() => ({})); // no network, and never any: their numbers
  const named = new Map(communeOptions(communes).map(({ value, words }) => [value, words]));
  return all.map((value) => ({ value, label: { vi: named.get(value) ?? value, en: named.get(value) ?? value } }));
}

/** Learn the roles that an officer has by now: they may have been moved since they signed in. @param {Vault} vault */
export async function learnRoles(vault) {
  try {
    const { status, json } = await ask("/accounts/me", signed(vault, { headers: { accept: "application/json" } }));
    const isOwn = status === 200 && json?.person === personOf(vault) && Array.isArray(json.roles);
    if (isOwn && canonical(json.roles) !== canonical(vault.account?.roles ?? [])) await changeAccount(vault, { roles: json.roles });
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault; // no network: the roles of the last time
  }
}
