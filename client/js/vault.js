/**
 * One account's work on this phone: its drafts, and the sync session with the records it is made of.
 *
 * Rule 1. What changes is written in one transaction, strict, and only then told to anybody (`change`).
 * Rule 2. Other tabs and the worker change the same records. `gen` counts the changes and says of the last ones what they
 * touched: a session that is behind reads that again before it is asked, or everything where it is too far behind or holds
 * what was not kept. A write made from one that fell behind is made anew.
 * Rule 3. A draft is saved alone and relaxed (`saveDraft`): a keystroke does not wait for the outbox.
 * Rule 4. Whose drawer it is, and the credential it is sent with, lie sealed in the drawer itself (`kept.account`): no
 * other account's can speak for it, and no list of names lies beside it.
 */
import { accountDb, keyOf, setting, settleShared, keepSetting } from "./db.js";
import { newId } from "./ids.js";
import { learnClock } from "./moments.js";
import { open, seal } from "./seal.js";
import { Session } from "./session.js";

/** @typedef {import("./session.js").Changes} Changes */
/**
 * @typedef {object} Account
 * @property {string|null} person null where the account was begun here: the session knows
 * @property {string} name
 * @property {string} short tên gọi: the last word of the name, more where another person on this phone has that one
 * @property {string} user a name that signs in; "" where it is not known
 * @property {string|null} key the token of a sign-in; null: the secret that the account was begun with, where it was begun here
 * @property {{unit: string, role: string}[]} [roles]
 * @property {boolean} [password] whether it has one
 * @property {boolean} [out] signed out: nothing is sent until the person is back
 * @property {string[]} [not_mine] work without an owner that is not this person's
 *
 * @typedef {{kind: "overridden"|"held_yes"|"epoch", dossier: string|null, op?: string, path?: string}} Told what a person is yet to be told
 * @typedef {{account?: Account, told?: Told[], leaving?: string[], later?: number|null,
 *   seen?: Record<string, string>, handovers?: Record<string, import("./handover.js").Handover>, assisted?: import("./handover.js").Assisted[],
 *   claims?: Record<string, import("./handover.js").Claimed>}} Kept
 *   beside the session: `leaving` are credentials that the server is to be told of, `later` the last contact before a
 *   sign-in ended that is put off, `seen` what of each dossier was seen (arrived.js), `handovers` codes for citizens and
 *   `assisted` accounts begun for them, `claims` what was claimed here with such a code (handover.js)
 * @typedef {{changes?: Changes|null, drafts?: any[], gone?: string[], kept?: Kept, result?: any}} Change
 */

/** Of how many last changes it is kept what they touched, and how much one may touch for that. */
const LOG_MAX = 30, TOLD_MAX = 200;
const RECORDS = /** @type {const} */ (["outbox", "copies", "meta"]);

/**
 * Run alone among all tabs and the worker, where the browser can see to it; `Vault.keep` sees to it where not.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function alone(name, work) {
  return navigator.locks ? /** @type {Promise<any>} */ (navigator.locks.request(name, work)) : work();
}

/** @param {any} a @param {any} b @returns {Changes} both, the later word on each record */
export function joined(a, b) {
  /** @type {any} */
  const all = { news: [...a.news, ...b.news] };
  for (const store of RECORDS) {
    const put = new Map([...a[store].put, ...b[store].put].map((record) => [record.id, record]));
    for (const id of b[store].delete) put.delete(id);
    all[store] = { put: [...put.values()], delete: [...new Set([...a[store].delete, ...b[store].delete])].filter((id) => !put.has(id)) };
  }
  return all;
}

export class Vault extends EventTarget {
  /**
   * @param {string} slot
   * @param {import("./db.js").Database} db
   * @param {CryptoKey|null} key
   * @param {string} device
   */
  constructor(slot, db, key, device) {
    super();
    Object.assign(this, { slot, db, key });
    this.slot = slot;
    this.db = db;
    this.key = key;
    db.refill = (bare) => this.refill(bare);
    this.gen = -1;
    /** @type {Kept} */
    this.kept = {};
    /** What this page has opened, by store: the sealed record and what was in it. @type {Record<string, Map<string, [any, any]>>} */
    this.opened = {};
    /** What of each dossier its lists show (work.js). @type {Map<string, any>} */
    this.works = new Map();
    /** @type {Promise<unknown>} what this page is doing to the session now; one thing at a time */
    this.turn = Promise.resolve();
    this.session = new Session({ device, boot: newId(Date.now()) });
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`motcua-${slot}`);
    if (this.channel) this.channel.onmessage = (event) => this.dispatchEvent(new Event(event.data));
  }

  /** @param {string} slot */
  static async open(slot) {
    let device = await setting("device");
    if (!device) {
      device = newId(Date.now());
      await keepSetting("device", device);
    }
    const vault = new Vault(slot, await accountDb(slot), await keyOf(slot), device);
    await vault.refresh();
    return vault;
  }

  /** The database was emptied under this page: put back whose it is, so that its owner finds what is saved from now on. @param {import("./db.js").Bare} bare */
  async refill(bare) {
    await settleShared();
    const { account } = this.kept;
    const begun = this.session.meta.account;
    const own = account ? [{ id: "account", value: account }] : [];
    if (begun) own.push(/** @type {any} */ ({ ...new Session({ device: this.session.meta.device }).meta, account: begun }));
    for (const record of await Promise.all(own.map((each) => seal(this.key, each)))) await bare.put("meta", record);
  }

  /** @returns {Account|null} */
  get account() {
    return this.kept.account ?? null;
  }

  /** Whether this drawer belongs to nobody: nothing goes out of it. */
  get isGuest() {
    return this.account === null;
  }

  /**
   * Wait for one's turn: a session that is being read anew must not be changed meanwhile, nor the other way round.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  inTurn(work) {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => null); // whoever asked hears of it; the next goes on
    return done;
  }

  /** Catch up with what other tabs have kept, and say so to this page: their own word may not have come. */
  async refresh() {
    if (await this.inTurn(() => this.catchUp())) this.dispatchEvent(new Event("change"));
  }

  /**
   * Open what is kept; what still lies as this page has opened it is not opened again, since no two seals have one `iv`.
   * What it gives is for reading: others get the same.
   * @param {string} store @param {any[]} kept @returns {Promise<any[]>}
   */
  openAll(store, kept) {
    const known = (this.opened[store] ??= new Map());
    return Promise.all(kept.map(async (sealed) => {
      const [last, record] = known.get(sealed.id) ?? [];
      if (sealed.iv?.every((/** @type {number} */ byte, /** @type {number} */ at) => byte === last?.iv?.[at])) return record;
      const opened = await open(this.key, sealed);
      known.set(sealed.id, [sealed, opened]);
      return opened;
    }));
  }

  /**
   * Read what others changed, where the last changes are all told (`log`), else everything.
   * @returns {Promise<boolean>} whether there was news
   */
  async catchUp() {
    const tx = await this.db.transaction([...RECORDS], "readonly");
    const { n: gen = 0, log = [] } = (await tx.objectStore("meta").get("gen")) ?? {};
    if (gen === this.gen) return false;
    const since = this.gen < 0 ? [] : log.slice(this.gen - gen);
    const isTold = since.length === gen - this.gen && since.every(Boolean);
    const told = RECORDS.map((_, at) => (isTold ? since.flatMap((/** @type {string[][]} */ ids) => ids[at]) : []));
    const kept = await Promise.all(RECORDS.map((store, at) => (isTold ? Promise.all(told[at].map((/** @type {string} */ id) => tx.objectStore(store).get(id))) : tx.objectStore(store).getAll())));
    await tx.done;
    const [outbox, copies, beside] = await Promise.all(RECORDS.map((store, at) => this.openAll(store, kept[at].filter((/** @type {any} */ record) => record && record.id !== "gen"))));
    const { session } = this;
    const own = beside.filter((record) => record.id === "session");
    if (!isTold) {
      session.outbox.clear();
      session.copies.clear();
      this.kept = {};
    }
    if (!isTold || own.length) session.meta = Session.load({ meta: own }, { device: session.meta.device }).meta;
    for (const { id, value } of beside) if (id !== "session") Object.assign(this.kept, { [id]: value });
    session.absorb({ outbox: { put: outbox, delete: told[0] }, copies: { put: copies, delete: told[1] }, meta: { put: [], delete: [] }, news: [] });
    learnClock(session.meta);
    this.gen = gen;
    return true;
  }

  /**
   * Change something: `make` asks the session and says what is to be kept. Nothing is told before it is durable.
   * @param {(session: Session) => Change|Promise<Change>} make
   */
  async change(make) {
    const result = await this.inTurn(() => alone(`motcua-keep-${this.slot}`, async () => {
      for (;;) {
        await this.catchUp();
        const change = await make(this.session);
        try {
          if (await this.db.again(() => this.keep(change))) return change.result;
        } catch (fault) {
          this.gen = -1; // what the session holds is not what is kept
          throw fault;
        }
        this.gen = -1;
      }
    }));
    learnClock(this.session.meta);
    this.tell();
    return result;
  }

  tell() {
    this.channel?.postMessage("change");
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Write in one transaction; return whether the session was not behind.
   * @param {Change} change
   */
  async keep({ changes, drafts = [], gone = [], kept = {} }) {
    const puts = await Promise.all(
      RECORDS.map((store) => Promise.all((changes?.[store].put ?? []).map((record) => seal(this.key, record)))),
    );
    const sealed = await Promise.all(drafts.map((draft) => seal(this.key, draft)));
    const beside = await Promise.all(Object.entries(kept).map(([id, value]) => seal(this.key, { id, value })));
    const nothing = !sealed.length && !gone.length && !beside.length && RECORDS.every((store, at) => !puts[at].length && !changes?.[store].delete.length);
    if (nothing) return true;
    const tx = await this.db.transaction([...RECORDS, "drafts"], "readwrite", { durability: "strict" });
    const { n: gen = 0, log = [] } = (await tx.objectStore("meta").get("gen")) ?? {};
    if (gen !== this.gen) {
      await tx.done;
      return false;
    }
    const told = RECORDS.map((store, at) => [...puts[at].map(({ id }) => id), ...(changes?.[store].delete ?? []), ...(store === "meta" ? beside.map(({ id }) => id) : [])]);
    const writes = [tx.objectStore("meta").put({ id: "gen", n: gen + 1, log: [...log.slice(1 - LOG_MAX), told.flat().length > TOLD_MAX ? null : told] })];
    RECORDS.forEach((store, at) => {
      for (const record of puts[at]) writes.push(tx.objectStore(store).put(record));
      for (const id of changes?.[store].delete ?? []) writes.push(/** @type {any} */ (tx.objectStore(store).delete(id)));
    });
    for (const record of beside) writes.push(tx.objectStore("meta").put(record));
    for (const draft of sealed) writes.push(tx.objectStore("drafts").put(draft));
    for (const id of gone) writes.push(/** @type {any} */ (tx.objectStore("drafts").delete(id)));
    await Promise.all([...writes, tx.done]);
    this.gen = gen + 1;
    Object.assign(this.kept, kept);
    return true;
  }

  /** Save a draft while it is being written. @param {any} draft */
  async saveDraft(draft) {
    const sealed = await seal(this.key, draft);
    await this.db.again(async () => {
      const tx = await this.db.transaction("drafts", "readwrite", { durability: "relaxed" });
      await Promise.all([tx.store.put(sealed), tx.done]);
    });
    this.dispatchEvent(new Event("saved"));
  }

  /** @param {string} id */
  async draft(id) {
    const kept = await this.db.get("drafts", id);
    return kept ? open(this.key, kept) : null;
  }

  /** @returns {Promise<any[]>} newest first, for reading */
  async drafts() {
    const drafts = await this.openAll("drafts", await this.db.getAll("drafts"));
    return drafts.sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** @param {string} id */
  async dropDraft(id) {
    await this.db.delete("drafts", id);
    this.tell();
  }

  /** Tell other tabs that whoever had this drawer open has gone. */
  end() {
    this.channel?.postMessage("ended");
  }

  /** Whether something is to go out: ops, or the account itself. */
  get waits() {
    if (!this.account || this.account.out) return false;
    return this.session.accountIsDue() || [...this.session.outbox.values()].some((record) => record.status === "waiting" && !record.too_large_ms);
  }

  close() {
    this.channel?.close();
    this.db.close();
  }
}
