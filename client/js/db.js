/**
 * The databases on this phone: one that everybody shares (settings, keys, forms), and one for each account.
 *
 * Every upgrade goes through all versions after the one it finds. A tab that holds an old version lets go when asked.
 */
import { openDB } from "idb";
import { newKey } from "./seal.js";

/** @typedef {import("idb").IDBPDatabase<any>} Database */

const SHARED_VERSION = 1;
const ACCOUNT_VERSION = 1;
export const GUEST = "guest";

/** @param {string} name @param {number} version @param {string[]} stores @returns {Promise<Database>} */
function opened(name, version, stores) {
  return openDB(name, version, {
    upgrade(db, from) {
      if (from < 1) for (const store of stores) db.createObjectStore(store, { keyPath: "id" });
    },
    blocking(_, __, event) {
      /** @type {any} */ (event.target).close();
    },
  });
}

/** @type {Promise<Database>|null} */
let shared = null;

export function sharedDb() {
  shared ??= opened("motcua", SHARED_VERSION, ["settings", "keys", "forms"]);
  return shared;
}

/** @param {string} slot an account, or GUEST */
export const accountDb = (slot) => opened(`motcua-${slot}`, ACCOUNT_VERSION, ["drafts", "outbox", "copies", "meta"]);

/**
 * Read a setting.
 * @param {string} id
 * @returns {Promise<any>}
 */
export async function setting(id) {
  return (await (await sharedDb()).get("settings", id))?.value ?? null;
}

/** @param {string} id @param {any} value */
export async function keepSetting(id, value) {
  const tx = (await sharedDb()).transaction("settings", "readwrite", { durability: "strict" });
  await Promise.all([tx.store.put({ id, value }), tx.done]);
}

/**
 * Return the key of an account, made at the first call; two tabs at once agree on the one that was kept first.
 * @param {string} slot
 * @returns {Promise<CryptoKey|null>}
 */
export async function keyOf(slot) {
  const db = await sharedDb();
  const known = await db.get("keys", slot);
  if (known) return known.key;
  const made = await newKey();
  const tx = db.transaction("keys", "readwrite", { durability: "strict" });
  const first = await tx.store.get(slot);
  if (!first) await tx.store.put({ id: slot, key: made });
  await tx.done;
  return first ? first.key : made;
}

/** @returns {Promise<string[]>} every drawer that belongs to somebody */
export async function drawers() {
  const slots = /** @type {string[]} */ (await (await sharedDb()).getAllKeys("keys"));
  return slots.filter((slot) => slot !== GUEST);
}

/** Keep a form's document, so that a draft opens with the version it was begun with. @param {any} form */
export async function keepForm(form) {
  await (await sharedDb()).put("forms", { id: `${form.procedure}@${form.version}`, form });
}

/** @param {string} id `1.004873@2` @returns {Promise<any>} the document, or null */
export async function formOf(id) {
  return (await (await sharedDb()).get("forms", id))?.form ?? null;
}

/** Keep shared lists beside those known. @param {Record<string, any[]>} lists */
export async function keepLists(lists) {
  const known = await knownLists();
  await (await sharedDb()).put("forms", { id: "lists", lists: { ...known, ...lists } });
}

/** @returns {Promise<Record<string, any[]>>} */
export async function knownLists() {
  return (await (await sharedDb()).get("forms", "lists"))?.lists ?? {};
}
