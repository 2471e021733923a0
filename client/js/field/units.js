/** For which unit an officer takes in: one of those where they do, chosen where there are several, and remembered. No DOM. */
import { isOfficer } from "../roles.js";

/** @typedef {import("../vault.js").Vault} Vault */

/** Where an officer takes in dossiers. @param {import("../vault.js").Account|null} account @returns {string[]} */
export const unitsOf = (account) => [...new Set((account?.roles ?? []).filter((role) => isOfficer(/** @type {any} */ ({ roles: [role] }))).map(({ unit }) => unit))];

/** The unit of the last choice, or the only one; "" where it is to be chosen. @param {Vault} vault @returns {string} */
export function unitOf({ account, kept }) {
  const units = unitsOf(account);
  const { unit = "" } = /** @type {any} */ (kept);
  return units.includes(unit) ? unit : units.length === 1 ? units[0] : "";
}
