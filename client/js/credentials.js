/**
 * The credential a drawer is sent with: a token from a sign-in, or the secret its account was begun with. No DOM.
 *
 * Rule. A drawer is sent with its own credential and never with a cookie: whose cookie it is, nobody here can know. A
 * sign-in that went without script left only a cookie; it is asked once whose it is, and counts for that person alone.
 */
import { ask, problemCode } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {string|null} key */
export const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** @param {Vault} vault @returns {string|null} */
export const keyOf = (vault) => vault.account?.key ?? vault.session.meta.account?.body.secret ?? null;

/** Make a request the drawer's own. @param {Vault} vault @param {RequestInit} [init] @returns {RequestInit} */
export function signed(vault, init = {}) {
  return { ...init, headers: { .../** @type {any} */ (init.headers), ...bearer(keyOf(vault)) }, credentials: "omit" };
}

/** The person whose drawer it is, once the server has said so. @param {Vault} vault @returns {string|null} */
export const personOf = (vault) => vault.account?.person ?? vault.session.meta.account?.person ?? null;

/**
 * Get a credential for a drawer whose owner signed in with a cookie alone.
 * @param {Vault} vault
 * @param {AbortController} abort
 * @returns {Promise<{status: number, code: string, retry_after_s?: number}|null>} null: there is one
 */
export async function needKey(vault, abort) {
  if (keyOf(vault) !== null) return null;
  const { status, json, retry_after_s } = await ask("/accounts/token", { method: "POST", headers: { accept: "application/json" } }, abort);
  if (status === 200 && typeof json?.token === "string" && json.person === personOf(vault)) {
    await changeAccount(vault, { key: json.token });
    return null;
  }
  return status === 200 ? { status: 401, code: "unauthenticated" } : { status, code: problemCode(json), retry_after_s };
}

/**
 * Change what is known of the drawer's account.
 * @param {Vault} vault
 * @param {Partial<import("./vault.js").Account>} values
 */
export async function changeAccount(vault, values) {
  await vault.change(() => (vault.account ? { kept: { account: { ...vault.account, ...values } } } : {}));
}
