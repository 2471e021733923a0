/**
 * The databases on this phone: one that everybody shares (settings, keys, forms), and one for each account.
 *
 * Rule 1. A database of version n goes through the steps n+1, n+2, … in order; a step that was given out never changes.
 * Rule 2. The browser may close a connection at any time (memory, "clear data", a newer version in another tab). The
 * next question opens a new one, and what was under way is done again: nothing a page holds is lost for it.
 * Rule 3. A tab that holds an old version saves what it holds (`beforeLettingGo`) and lets go when asked.
 * Rule 4. A database that was emptied under an open page gets back the settings and keys that this page knows, so that
 * what the page saves next can be read again. What was cleared besides stays cleared: somebody wanted it so.
 */
import { openDB } from "idb";
import { newKey } from "./seal.js";

/** @typedef {import("idb").IDBPDatabase<any>} Bare */
/** @typedef {"readonly"|"readwrite"} Mode */

export const GUEST = "guest";
/** A transaction that was aborted from outside says no more than that: it is tried once more on a new connection. */
const CLOSED = new Set(["InvalidStateError", "AbortError"]);

/** @param {...string} stores */
const withStores = (...stores) => (/** @type {Bare} */ db) => {
  for (const store of stores) db.createObjectStore(store, { keyPath: "id" });
};

/** The step that leads to version 1, to version 2, … @type {((db: Bare) => void)[]} */
const SHARED_STEPS = [withStores("settings", "keys", "forms")];
/** @type {((db: Bare) => void)[]} */
const ACCOUNT_STEPS = [withStores("drafts", "outbox", "copies", "meta"), withStores("files", "pieces")];

/** What pages do before a newer version takes the database over. @type {Set<() => Promise<any>>} */
export const beforeLettingGo = new Set();

/** Heard when this page is older than what is kept (`outdated`). */
export const dbNews = new EventTarget();

/** A database that is opened again whenever the browser has closed it. */
export class Database {
  /** @param {string} name @param {((db: Bare) => void)[]} steps */
  constructor(name, steps) {
    this.name = name;
    this.steps = steps;
    /** @type {Promise<Bare>|null} */
    this.opening = null;
    /** How often a connection was lost. */
    this.losses = 0;
    this.wasThere = false;
    /** Whether it is not to come back once somebody has deleted it: a visit leaves nothing. */
    this.endsForGood = false;
    this.ended = false;
    /** Asked before anything else happens to a database that was emptied. @type {((db: Bare) => Promise<any>)|null} */
    this.refill = null;
  }

  /** @returns {Promise<Bare>} */
  ready() {
    if (this.ended) return Promise.reject(new DOMException(`${this.name} has ended`, "NotFoundError"));
    this.opening ??= this.open().catch((fault) => {
      this.opening = null;
      if (fault?.name === "VersionError") dbNews.dispatchEvent(new Event("outdated"));
      throw fault;
    });
    return this.opening;
  }

  async open() {
    let isNew = false;
    const db = await openDB(this.name, this.steps.length, {
      upgrade: (bare, from) => {
        isNew = from === 0;
        for (const step of this.steps.slice(from)) step(bare);
      },
      blocking: (_, wanted, event) => void this.letGo(/** @type {any} */ (event.target), wanted === null),
      terminated: () => this.lost(),
    });
    if (isNew && this.wasThere) await this.refill?.(db);
    this.wasThere = true;
    return db;
  }

  lost() {
    this.losses += 1;
    this.close();
  }

  /** Somebody wants another version, or none: save, then let them. @param {Bare} bare @param {boolean} forGood */
  async letGo(bare, forGood) {
    await Promise.all([...beforeLettingGo].map((save) => save()));
    this.ended = forGood && this.endsForGood;
    this.lost();
    bare.close(); // also where another was opened meanwhile
  }

  /**
   * Do something, and once more where the connection was lost under it.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async again(work) {
    const before = this.losses;
    try {
      return await work();
    } catch (fault) {
      if (this.losses === before && !this.isClosed(fault)) throw fault;
      return work();
    }
  }

  /** Whether a fault says that the connection is gone; then it is. @param {any} fault */
  isClosed(fault) {
    const closed = CLOSED.has(fault?.name) || (fault?.name === "UnknownError" && /connection|clos|lost/i.test(fault.message));
    if (closed) this.lost();
    return closed;
  }

  /**
   * Begin a transaction; like every one it lives as long as something is asked of it without waiting for other things.
   * @param {string|string[]} stores @param {Mode} [mode] @param {IDBTransactionOptions} [options]
   * @returns {Promise<{store: any, objectStore: (name: string) => any, done: Promise<void>}>}
   */
  transaction(stores, mode = "readonly", options = {}) {
    return this.again(async () => /** @type {any} */ ((await this.ready()).transaction(stores, mode, options)));
  }

  /** @param {string} store @param {string} key @returns {Promise<any>} */
  get(store, key) {
    return this.again(async () => (await this.ready()).get(store, key));
  }

  /** @param {string} store @returns {Promise<any[]>} */
  getAll(store) {
    return this.again(async () => (await this.ready()).getAll(store));
  }

  /** @param {string} store @returns {Promise<any[]>} */
  getAllKeys(store) {
    return this.again(async () => (await this.ready()).getAllKeys(store));
  }

  /** @param {string} store @param {any} record */
  put(store, record) {
    return this.again(async () => (await this.ready()).put(store, record));
  }

  /** @param {string} store @param {string} key */
  delete(store, key) {
    return this.again(async () => (await this.ready()).delete(store, key));
  }

  close() {
    void this.opening?.then((bare) => bare.close(), () => null); // what never opened needs no closing
    this.opening = null;
  }
}

/** What this page knows of the shared database. @type {Map<string, any>} */
const knownSettings = new Map();
/** @type {Map<string, CryptoKey|null>} */
const knownKeys = new Map();

const shared = new Database("motcua", SHARED_STEPS);
shared.refill = async (/** @type {Bare} */ db) => {
  const tx = db.transaction(["settings", "keys"], "readwrite", { durability: "strict" });
  for (const [id, value] of knownSettings) if (value !== null) void tx.objectStore("settings").put({ id, value });
  for (const [id, key] of knownKeys) if (key) void tx.objectStore("keys").put({ id, key });
  await tx.done;
};

/** @returns {Promise<Database>} */
export async function sharedDb() {
  await shared.ready();
  return shared;
}

/** @param {string} slot an account, or GUEST @returns {Promise<Database>} */
export async function accountDb(slot) {
  const db = new Database(`motcua-${slot}`, ACCOUNT_STEPS);
  db.endsForGood = slot.startsWith("visit-");
  await db.ready();
  return db;
}

/** See to it that what this page knows of the shared database is in it, also where it was emptied. */
export const settleShared = () => shared.get("settings", "device");

/**
 * Read a setting.
 * @param {string} id
 * @returns {Promise<any>}
 */
export async function setting(id) {
  const value = (await shared.get("settings", id))?.value ?? null;
  knownSettings.set(id, value);
  return value;
}

/** @param {string} id @param {any} value */
export async function keepSetting(id, value) {
  await shared.again(async () => {
    const tx = await shared.transaction("settings", "readwrite", { durability: "strict" });
    await Promise.all([tx.store.put({ id, value }), tx.done]);
  });
  knownSettings.set(id, value);
}

/**
 * Return the key of an account, made at the first call; two tabs at once agree on the one that was kept first.
 * @param {string} slot
 * @returns {Promise<CryptoKey|null>}
 */
export async function keyOf(slot) {
  const key = await shared.again(async () => {
    const known = await shared.get("keys", slot);
    if (known) return known.key;
    const made = await newKey();
    const tx = await shared.transaction("keys", "readwrite", { durability: "strict" });
    const first = await tx.store.get(slot);
    if (!first) await tx.store.put({ id: slot, key: made });
    await tx.done;
    return first ? first.key : made;
  });
  knownKeys.set(slot, key);
  return key;
}

/** @returns {Promise<string[]>} every drawer that belongs to somebody */
export async function drawers() {
  const slots = /** @type {string[]} */ (await shared.getAllKeys("keys"));
  return slots.filter((slot) => slot !== GUEST);
}

/** Keep a form's document, so that a draft opens with the version it was begun with. @param {any} form */
export async function keepForm(form) {
  await shared.put("forms", { id: `${form.procedure}@${form.version}`, form });
}

/** @param {string} id `1.004873@2` @returns {Promise<any>} the document, or null */
export async function formOf(id) {
  return (await shared.get("forms", id))?.form ?? null;
}

/** Keep what came of a unit's pack. @param {string} unit @param {any} pack null: nothing any more */
export async function keepPack(unit, pack) {
  if (pack) await shared.put("forms", { id: `pack/${unit}`, pack });
  else await (await sharedDb()).delete("forms", `pack/${unit}`);
}

/** @param {string} unit @returns {Promise<any>} what came of a unit's pack, or null */
export async function packOf(unit) {
  return (await shared.get("forms", `pack/${unit}`))?.pack ?? null;
}

/** @returns {Promise<string[]>} ids of the documents on this phone */
export async function keptForms() {
  const ids = /** @type {string[]} */ (await (await sharedDb()).getAllKeys("forms"));
  return ids.filter((id) => id.includes("@"));
}

/** @param {string} id `1.004873@2` */
export async function dropForm(id) {
  await (await sharedDb()).delete("forms", id);
}

/** Keep shared lists beside those known. @param {Record<string, any[]>} lists */
export async function keepLists(lists) {
  const known = await knownLists();
  await shared.put("forms", { id: "lists", lists: { ...known, ...lists } });
}

/** @returns {Promise<Record<string, any[]>>} */
export async function knownLists() {
  return (await shared.get("forms", "lists"))?.lists ?? {};
}
