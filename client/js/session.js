/**
 * The phone's sync session: what is sent, in what order, what it says its author had seen, and what an answer changes.
 *
 * It takes values and returns values. It knows no DOM, no IndexedDB, no clock and no randomness: `now` (ms since 1970)
 * and `newId(now)` (a UUIDv7) are arguments, and every change comes back as records to keep. `sync/session.py` is the
 * same machine in Python; the simulation drives both on the same traces (protocol §7.11).
 *
 * THE RECORDS. Plain JSON, in three stores:
 *   outbox  key `id`  one op each, an `OutboxRecord`: waiting → acked | held | refused. Never edited, only its fate is.
 *   copies  key `id`  one dossier each as last pulled, a `Copy`. Cells hold `[value, op id | null]`, the one that shows first.
 *   meta    key `id`  one record, `"session"`: cursor, epoch, snapshot under way, back-off, pause.
 * Every method that changes something returns `Changes`, `{outbox, copies, meta}` each with `put` (records) and
 * `delete` (keys): write them in ONE transaction, and only then tell anybody. `Session.load` starts from what was kept;
 * what was not kept is lost and nothing else is. `absorb(changes)` takes what another tab kept.
 *
 * Rule 1. A form keeps its `rendered` (path → {value, saw}) from the moment it was drawn, with the draft, until it
 * shows something newer. A pull that arrives under an open form changes nothing in it. `send` gives back the `rendered`
 * that is right for the form afterwards: it now shows what it sent.
 *
 * Rule 2. An own write that the copy does not show yet is rendered instead of the copy, and stands for itself and for
 * all that it had seen (`chain`): its id and its own `saw`. Waiting, on its way, acknowledged at a rev that the copy has
 * not reached, or held `waiting`, `form-unknown`, `healing`.
 *
 * Rule 3. A refused op, or one held for another reason, is not rendered. `reopen` brings its text back into a form, and
 * what is written from it carries that op's `saw`, not the copy's.
 *
 * Rule 4. One request is under way. An answer to any other is thrown away whole: `receive` returns null.
 *
 * Rule 5. An op leaves the outbox (`shown`) only when a pull has brought its dossier at a rev not below its own. It is
 * kept 30 days from its acknowledgement, and is sent again with `was` when the server's epoch changes.
 *
 * Rule 6. Cursor lost (410) or epoch changed: what must be sent is sent without a cursor, then a snapshot is taken.
 *
 * Rule 7. An account begun on this phone goes before everything else; ops wait for it. Where the server does not know it
 * any more (401: a restore lost it), it is begun once more with the same secret, which brings the same person.
 *
 * HOW A SHELL USES IT
 *   const session = Session.load({outbox, copies, meta}, {device, boot});   // boot: any text new at each start
 *   const draft = session.begin({procedure, form, unit, now, newId});       // nothing leaves the phone before "Gửi"
 *   const sent = session.send({...draft, values, now, newId});              // "Gửi": keep sent.changes, then say "waiting"
 *   const request = session.nextRequest({now});                             // null: nothing to do, paused or too early
 *   POST request.body → session.receive(request.token, answer, now)         // or failed(request.token, {status, …}, now, jitter)
 *   GET  request.url  → session.snapshotLine(request.token, line, now) for each line, then snapshotEnd(request.token, now, jitter)
 *   POST /accounts (kind "account") request.body → session.accountBegun(request.token, answer, now), or failed(…)
 *   session.stateOf(dossier)                                                // a state id of ux.md §3 with its facts
 * Work begun by nobody signed in is the shell's: it keeps the draft, shows `locked`, and calls `send` after sign-in.
 */

export const OPS_MAX = 500;
export const OP_BYTES_MAX = 256 * 1024;
export const WIRE_BYTES_MAX = 1_000_000; // of 1 MiB: room for what is around the ops
export const SAW_PATH_MAX = 500;
export const SAW_OP_MAX = 2_000;
export const KEEP_MS = 30 * 86_400_000;
export const BACKOFF_FIRST_MS = 2_000;
export const BACKOFF_MAX_MS = 15 * 60_000;

/**
 * @typedef {Record<string, any>} Op an op as on the wire (protocol §3)
 * @typedef {{id: string, outcome: "applied"|"conflict"|"held"|"refused", rev?: number, reason?: string, problem?: Problem,
 *   paths?: string[], overridden?: string[], code?: string, proof?: string, officer_reason?: string, again?: boolean}} OpResult
 * @typedef {{type: string, title?: string, detail?: string, path?: string,
 *   errors?: {path: string, code: string, rule?: string, detail?: string}[]}} Problem
 * @typedef {object} OutboxRecord
 * @property {string} id the op's id
 * @property {string} dossier
 * @property {number} n place in the queue
 * @property {number} bytes of its JSON
 * @property {Op} op never changed once made
 * @property {"waiting"|"acked"|"held"|"refused"} status
 * @property {OpResult|null} result what the server last said of it
 * @property {number|null} acked_ms when it said so, by this device's clock
 * @property {number|null} server_ms the same by the server's
 * @property {boolean} shown a pull has brought the dossier at a rev not below its own: out of the outbox
 * @property {"was"|"ask"|null} again to be sent once more: after an epoch change, or to learn what became of it
 * @property {boolean} dismissed a refusal that was answered or put away
 * @property {number} [too_large_ms] it was too large alone for something on the road: when it is tried again by itself
 *
 * @typedef {[any, string|null]} CopySibling a value and the op that wrote it (null: computed)
 * @typedef {object} Copy
 * @property {string} id
 * @property {number} rev
 * @property {string} state
 * @property {string} form
 * @property {string} unit
 * @property {string} procedure
 * @property {string|null} code
 * @property {string|null} due
 * @property {string|null} channel
 * @property {Record<string, CopySibling[]>} cells
 * @property {string[]} [office] those of the ops in its cells that the office wrote
 * @property {any[]} attachments
 * @property {any[]} held
 * @property {any[]} notes
 * @property {any[]} steps
 * @property {any[]} trace
 * @property {any[]} conflicts
 * @property {string|null} snap cursor of the snapshot that brought it
 * @property {number} pulled_ms
 *
 * @typedef {object} Meta
 * @property {"session"} id
 * @property {string|null} device
 * @property {string|null} cursor
 * @property {string|null} epoch
 * @property {boolean} need_snapshot
 * @property {{cursor: string, epoch: string, after: string|null}|null} snapshot
 * @property {number} next_n
 * @property {number} batch_max
 * @property {number} failures
 * @property {number} next_try_ms
 * @property {string|null} paused `unauthenticated`, `client-too-old`, or `invalid`: the account that was begun is refused
 * @property {boolean} more
 * @property {number|null} contact_ms the last answer, by this device's clock
 * @property {number|null} server_ms the same by the server's
 * @property {BegunAccount|null} account one begun on this phone
 *
 * @typedef {object} BegunAccount
 * @property {{name: string, secret: string, citizen_id?: string, phone?: string}} body of `POST /accounts`
 * @property {string|null} person null until the server has answered
 * @property {string|null} known who it was, while it is begun again
 * @property {boolean} asked_again it was begun again since the last answer to a sync
 *
 * @typedef {{put: any[], delete: string[]}} StoreChanges
 * @typedef {{outbox: StoreChanges, copies: StoreChanges, meta: StoreChanges, news: News[]}} Changes
 * @typedef {{kind: "result"|"overridden"|"gone"|"epoch", dossier: string|null, op?: string, path?: string, why?: string,
 *   outcome?: string}} News what a shell may want to tell the person
 * @typedef {{value: any, saw: string[], op?: string}} Shown what a field shows; `op` when it is an own write not yet in the copy
 * @typedef {Record<string, Shown>} Rendered by path
 * @typedef {{token: string, kind: "sync", body: Record<string, any>}
 *   | {token: string, kind: "account", body: Record<string, any>}
 *   | {token: string, kind: "snapshot", url: string}} Request
 * @typedef {(now: number) => string} NewId
 */

/** A call that would break the protocol: a fault of the caller, nothing was changed. */
export class LocalProtocolError extends Error {}

/** Reasons to be held under which an op still counts as on its way. */
const ON_ITS_WAY = ["waiting", "form-unknown", "healing"];
const LISTS = /** @type {const} */ (["attachments", "held", "notes", "steps", "trace", "conflicts"]);
const UNANSWERED = ["note", "accept", "decline"];

/**
 * Return a value as canonical JSON, in which equal values are equal.
 * @param {any} value
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/**
 * Return the row path `section/{row id}` that a path lies in or is, or null outside rows.
 * @param {string} path
 * @returns {string|null}
 */
export function rowOf(path) {
  const parts = path.split("/");
  return parts.length > 1 && !parts[0].includes(".") ? `${parts[0]}/${parts[1]}` : null;
}

/**
 * Return how long to wait after a number of failures in a row, in ms. `jitter` is in [0, 1).
 * @param {number} failures
 * @param {number} jitter
 */
export function backoff(failures, jitter) {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.floor(full * (0.5 + jitter / 2));
}

/** @param {any} value */
const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** @param {string[]} ids */
const unique = (ids) => [...new Set(ids)];

/** @returns {Meta} */
const newMeta = () => ({
  id: "session",
  device: null,
  cursor: null,
  epoch: null,
  need_snapshot: true,
  snapshot: null,
  next_n: 1,
  batch_max: OPS_MAX,
  failures: 0,
  next_try_ms: 0,
  paused: null,
  more: false,
  contact_ms: null,
  server_ms: null,
  account: null,
});

/** What changed in one call; the last word on each record counts. */
class Draft {
  constructor() {
    /** @type {Record<string, Map<string, any>>} */
    this.stores = { outbox: new Map(), copies: new Map(), meta: new Map() };
    /** @type {News[]} */
    this.news = [];
  }

  /** @returns {Changes} */
  changes() {
    /** @param {Map<string, any>} store */
    const split = (store) => ({
      put: [...store.values()].filter((record) => record !== null),
      delete: [...store].filter(([, record]) => record === null).map(([key]) => key),
    });
    const { outbox, copies, meta } = this.stores;
    return { outbox: split(outbox), copies: split(copies), meta: split(meta), news: this.news };
  }
}

export class Session {
  /** @param {{device?: string|null, boot?: string}} [identity] `boot` is any text that is new at each start */
  constructor({ device = null, boot = "" } = {}) {
    /** @type {Map<string, OutboxRecord>} */
    this.outbox = new Map();
    /** @type {Map<string, Copy>} */
    this.copies = new Map();
    /** @type {Meta} */
    this.meta = { ...newMeta(), device };
    this.boot = boot;
    this.turn = 0;
    /** @type {{token: string, kind: string, ids: string[], cursor: string|null, marked: boolean, done: boolean}|null} */
    this.inflight = null;
    this.draft = new Draft();
  }

  /**
   * Start from the records that were kept.
   * @param {{outbox?: OutboxRecord[], copies?: Copy[], meta?: Meta[]}} records
   * @param {{device?: string|null, boot?: string}} [identity]
   */
  static load(records, identity = {}) {
    const session = new this(identity);
    for (const record of records.outbox ?? []) session.outbox.set(record.id, record);
    for (const copy of records.copies ?? []) session.copies.set(copy.id, copy);
    for (const meta of records.meta ?? []) session.meta = { ...session.meta, ...meta, device: identity.device ?? meta.device };
    return session;
  }

  /**
   * Take over what another tab of this account has kept.
   * @param {Changes} changes
   */
  absorb(changes) {
    for (const key of changes.outbox.delete) this.outbox.delete(key);
    for (const record of changes.outbox.put) this.outbox.set(record.id, record);
    for (const key of changes.copies.delete) this.copies.delete(key);
    for (const copy of changes.copies.put) this.copies.set(copy.id, copy);
    for (const meta of changes.meta.put) this.meta = meta;
  }

  // ---- what a form shows, and has therefore seen -------------------------------------------------------------------

  /**
   * Return what a form shows now for each path, with the ops that are thereby seen. Keep it with the form (rule 1).
   * Without `paths`: every path that the copy or an own op on its way knows. A path nobody wrote shows null.
   * @param {string} dossier
   * @param {Iterable<string>} [paths]
   * @returns {Rendered}
   */
  rendered(dossier, paths) {
    const own = this.ownWrites(dossier);
    const copy = this.copies.get(dossier);
    const wanted = paths ?? new Set([...Object.keys(copy?.cells ?? {}), ...own.keys()]);
    /** @type {Rendered} */
    const shown = {};
    for (const path of wanted) {
      const write = own.get(path);
      const cell = copy?.cells[path] ?? [];
      shown[path] = write
        ? { value: write.op.set[path], saw: this.chain(write, path), op: write.id }
        : { value: cell[0]?.[0] ?? null, saw: this.siblingsOf(dossier, path) };
    }
    return shown;
  }

  /**
   * Return the ops whose values the copy shows in a path: all siblings, also those that the fold hides.
   * @param {string} dossier
   * @param {string} path
   * @returns {string[]}
   */
  siblingsOf(dossier, path) {
    const cell = this.copies.get(dossier)?.cells[path] ?? [];
    return cell.flatMap(([, op]) => (op === null ? [] : [op]));
  }

  /**
   * Return what an own write stands for where it is shown instead of the copy: itself and all that it had seen (rule 2).
   * @param {OutboxRecord} write
   * @param {string} path
   * @returns {string[]}
   */
  chain(write, path) {
    return unique([write.id, ...(write.op.saw?.[path] ?? [])]).slice(0, SAW_PATH_MAX);
  }

  /**
   * Return, for each path, the own write that is shown instead of the copy.
   * @param {string} dossier
   * @returns {Map<string, OutboxRecord>}
   */
  ownWrites(dossier) {
    const cells = this.copies.get(dossier)?.cells ?? {};
    /** @type {Map<string, OutboxRecord>} */
    const own = new Map();
    /** @type {Map<string, Set<string>>} */
    const replaced = new Map();
    for (const record of this.recordsOf(dossier)) {
      if (record.op.type !== "patch" || !isAlive(record)) continue;
      for (const path of Object.keys(record.op.set)) {
        const seen = replaced.get(path) ?? new Set();
        for (const id of record.op.saw?.[path] ?? []) seen.add(id);
        replaced.set(path, seen);
        if (!record.shown) own.set(path, record);
      }
    }
    for (const [path, record] of own) {
      const inCopy = (cells[path] ?? []).some(([, op]) => op === record.id);
      if (inCopy || replaced.get(path)?.has(record.id)) own.delete(path);
    }
    return own;
  }

  /**
   * Return the records of a dossier in the order they were made, those no longer in the outbox too.
   * @param {string} dossier
   * @returns {OutboxRecord[]}
   */
  recordsOf(dossier) {
    return [...this.outbox.values()].filter((record) => record.dossier === dossier).sort((a, b) => a.n - b.n);
  }

  /**
   * Return the text of refused ops as a form: values, and the `rendered` that a write made from them carries (rule 3).
   * @param {string} dossier
   * @returns {{values: Record<string, any>, rendered: Rendered}}
   */
  reopen(dossier) {
    /** @type {Record<string, any>} */
    const values = {};
    const rendered = this.rendered(dossier);
    for (const record of this.recordsOf(dossier)) {
      if (record.op.type !== "patch" || record.status !== "refused" || record.dismissed) continue;
      for (const [path, value] of Object.entries(record.op.set)) {
        values[path] = value;
        rendered[path] = { value: rendered[path]?.value ?? null, saw: [...(record.op.saw?.[path] ?? [])] };
      }
    }
    return { values, rendered };
  }

  // ---- an account begun on the phone --------------------------------------------------------------------------------

  /**
   * Begin an account with no network, or correct one that the server refused. All else waits for it (rule 7).
   * @param {{name: string, secret: string, citizen_id?: string|null, phone?: string|null}} account
   */
  beginAccount({ name, secret, citizen_id = null, phone = null }) {
    /** @type {BegunAccount["body"]} */
    const body = { name, secret };
    if (citizen_id !== null) body.citizen_id = citizen_id;
    if (phone !== null) body.phone = phone;
    this.setMeta({ account: { body, person: null, known: null, asked_again: false } });
    return this.resume();
  }

  /**
   * Take the answer of `POST /accounts`. Null: it was thrown away, being no answer to the latest request.
   * @param {string} token
   * @param {any} answer
   * @param {number} now
   * @param {number} [jitter]
   * @returns {Changes|null}
   */
  accountBegun(token, answer, now, jitter = 0.5) {
    const request = this.inflight;
    const account = this.meta.account;
    if (!request || request.token !== token || request.kind !== "account" || !account) return null;
    if (typeof answer?.person !== "string") return this.failed(token, {}, now, jitter);
    this.inflight = null;
    const other = account.known !== null && account.known !== answer.person;
    this.setMeta({
      account: { ...account, person: other ? account.known : answer.person },
      paused: other ? "unauthenticated" : this.meta.paused,
      failures: 0,
      next_try_ms: 0,
      contact_ms: now,
    });
    return this.commit();
  }

  accountIsDue() {
    return this.meta.account !== null && this.meta.account.person === null;
  }

  accountIsKnown() {
    const { account } = this.meta;
    if (account?.asked_again) this.setMeta({ account: { ...account, asked_again: false } });
  }

  /** Begin the account again where it was begun on this phone, once: a restore may have lost it; else pause. */
  unauthenticated() {
    const { account } = this.meta;
    if (!account?.person || account.asked_again) this.setMeta({ paused: "unauthenticated" });
    else this.setMeta({ account: { ...account, person: null, known: account.person, asked_again: true } });
  }

  // ---- making ops --------------------------------------------------------------------------------------------------

  /**
   * Begin a draft. Nothing is queued and nothing needs keeping but the draft itself, by the shell.
   * @param {{procedure: string, form: string, unit: string, channel?: string, on_behalf?: any, now: number, newId: NewId}} what
   */
  begin({ procedure, form, unit, channel = "online", on_behalf = null, now, newId }) {
    return { dossier: newId(now), procedure, form, unit, channel, on_behalf, values: {}, rendered: /** @type {Rendered} */ ({}) };
  }

  /**
   * Turn a form into ops: "Gửi". `create` where the server knows nothing of the dossier, one `patch` of what differs
   * from what was rendered, `attach` and `detach`, and `submit` where the dossier can be handed in (draft, or asked for
   * more) and `submit` is not false. `values` are the values of the form by path; paths left out are unchanged. Paths in
   * `settle` are written although their value shows already: a conflict is settled by choosing one of its values.
   * What was refused is answered by it; a refused `attach` only where the form brought its papers (`attach`).
   * @param {{dossier: string, procedure: string, form: string, unit: string, channel?: string, on_behalf?: any,
   *   values: Record<string, any>, rendered: Rendered, attach?: any[], detach?: {slot: string, saw: string[]}[],
   *   settle?: string[], submit?: boolean, reason?: string, now: number, newId: NewId}} form
   * @returns {{ops: Op[], rendered: Rendered, changes: Changes}}
   */
  send(form) {
    const { dossier, now, newId, submit = true } = form;
    const ops = this.opsOf(form);
    const state = this.expectedState(dossier);
    if (submit && (state === "draft" || state === "5")) {
      const after = unique([...this.notYetIn(dossier), ...ops.map((op) => op.id)]).slice(-SAW_OP_MAX);
      ops.push({ id: newId(now), dossier, type: "submit", at: now, form: form.form, expect: { state }, after });
    }
    this.append(ops);
    for (const record of ops.length ? this.recordsOf(dossier) : []) {
      const answered = record.status === "refused" && !UNANSWERED.includes(record.op.type) && (record.op.type !== "attach" || form.attach !== undefined);
      if (answered) this.put({ ...record, dismissed: true });
    }
    /** @type {Rendered} */
    const rendered = { ...form.rendered };
    for (const op of ops) {
      for (const [path, value] of Object.entries(op.set ?? {})) {
        rendered[path] = { value, saw: unique([op.id, ...(op.saw[path] ?? [])]).slice(0, SAW_PATH_MAX), op: op.id };
      }
    }
    return { ops, rendered, changes: this.commit() };
  }

  /**
   * @param {Parameters<Session["send"]>[0]} form
   * @returns {Op[]}
   */
  opsOf(form) {
    const { dossier, now, newId } = form;
    /** @type {Op[]} */
    const ops = [];
    if (!this.isKnown(dossier)) {
      const { procedure, unit, channel = "online", on_behalf = null } = form;
      const create = { id: newId(now), dossier, type: "create", at: now, form: form.form, procedure, unit, channel };
      ops.push(on_behalf === null ? create : { ...create, on_behalf });
    }
    ops.push(...this.patchesOf(form));
    for (const { slot, saw } of form.detach ?? []) {
      ops.push({ id: newId(now), dossier, type: "detach", at: now, form: form.form, slot, saw });
    }
    for (const file of form.attach ?? []) {
      ops.push({ id: newId(now), dossier, type: "attach", at: now, form: form.form, ...file });
    }
    return ops;
  }

  /**
   * Return one patch of what changed; several only where one would pass a limit of the protocol.
   * @param {Parameters<Session["send"]>[0]} form
   * @returns {Op[]}
   */
  patchesOf({ dossier, form, values, rendered, settle = [], reason, now, newId }) {
    /** @type {Op[]} */
    const patches = [];
    let ids = 0;
    let bytes = 0;
    for (const path of Object.keys(values).sort()) {
      const row = rowOf(path);
      const inGoneRow = row !== null && row !== path && values[row] === "gone";
      const saw = this.sawOf(dossier, path, values[path], rendered);
      const pointless = row === path && values[path] === "gone" && saw.length === 0;
      const before = rendered[path]?.value ?? (row === path ? "here" : null);
      const same = canonical(values[path]) === canonical(before) && !settle.includes(path);
      if (inGoneRow || pointless || same) continue;
      const size = bytesOf([path, values[path], path, saw]);
      if (!patches.length || ids + saw.length > SAW_OP_MAX || bytes + size > OP_BYTES_MAX - 16_384) {
        const patch = { id: newId(now), dossier, type: "patch", at: now, form, set: {}, saw: {} };
        patches.push(reason === undefined ? patch : { ...patch, reason });
        ids = 0;
        bytes = 0;
      }
      const patch = patches[patches.length - 1];
      patch.set[path] = values[path];
      if (saw.length) patch.saw[path] = saw;
      ids += saw.length;
      bytes += size;
    }
    return patches;
  }

  /**
   * Return what a write of a path saw, from what the form had rendered and nothing else (rule 1). Removing a row has
   * seen everything rendered in it.
   * @param {string} dossier
   * @param {string} path
   * @param {any} value
   * @param {Rendered} rendered
   * @returns {string[]}
   */
  sawOf(dossier, path, value, rendered) {
    const saw = [...(rendered[path]?.saw ?? [])];
    if (rowOf(path) === path && value === "gone") {
      const inside = Object.keys(rendered).filter((other) => other.startsWith(`${path}/`)).sort();
      for (const other of inside) saw.push(...rendered[other].saw);
    }
    return unique(saw).slice(0, SAW_PATH_MAX);
  }

  /**
   * Ask for the dossier back.
   * @param {{dossier: string, reason?: string, now: number, newId: NewId}} what
   */
  withdraw({ dossier, reason, now, newId }) {
    const expect = { state: this.expectedState(dossier) };
    const op = { id: newId(now), dossier, type: "withdraw", at: now, expect, after: this.notYetIn(dossier) };
    return this.queue(reason === undefined ? op : { ...op, reason });
  }

  /**
   * Say something about the dossier.
   * @param {{dossier: string, text: string, visible?: "office"|"all", now: number, newId: NewId}} what
   */
  note({ dossier, text, visible = "all", now, newId }) {
    return this.queue({ id: newId(now), dossier, type: "note", at: now, text, visible });
  }

  /**
   * Give an officer's command, expecting the state and rev that the copy shows; `rev: false` expects the state alone.
   * @param {{dossier: string, name: string, args?: any, rev?: boolean, now: number, newId: NewId}} what
   */
  command({ dossier, name, args = {}, rev = true, now, newId }) {
    const copy = this.copies.get(dossier);
    if (!copy) throw new LocalProtocolError("a command is for a dossier that is on this device");
    const expect = rev ? { state: copy.state, rev: copy.rev } : { state: copy.state };
    return this.queue({ id: newId(now), dossier, type: "command", at: now, name, expect, after: this.notYetIn(dossier), args });
  }

  /**
   * Accept or decline a held op, as an officer.
   * @param {{dossier: string, op: string, take: boolean, reason?: string, now: number, newId: NewId}} what
   */
  settle({ dossier, op, take, reason, now, newId }) {
    const settling = { id: newId(now), dossier, type: take ? "accept" : "decline", at: now, op };
    return this.queue(reason === undefined ? settling : { ...settling, reason });
  }

  /**
   * Put a refusal away: it was read and nothing more is to be done about it.
   * @param {string} id
   */
  dismiss(id) {
    const record = this.outbox.get(id);
    if (record?.status === "refused") this.put({ ...record, dismissed: true });
    return this.commit();
  }

  /**
   * Return whether the server knows the dossier or will once the outbox is empty.
   * @param {string} dossier
   */
  isKnown(dossier) {
    return this.copies.has(dossier) || this.recordsOf(dossier).some((r) => r.op.type === "create" && isAlive(r));
  }

  /**
   * Return the own ops of a dossier that are not yet known to be in: what an op made now comes after.
   * @param {string} dossier
   * @returns {string[]}
   */
  notYetIn(dossier) {
    const open = this.recordsOf(dossier).filter(
      (r) => !UNANSWERED.includes(r.op.type) && (r.status === "waiting" || (r.status === "held" && isAlive(r))),
    );
    return open.map((record) => record.id).slice(-SAW_OP_MAX);
  }

  /**
   * Return the state the dossier will be in once the own ops on their way are in.
   * @param {string} dossier
   * @returns {string}
   */
  expectedState(dossier) {
    const steps = this.copies.get(dossier)?.steps ?? [];
    let state = this.copies.get(dossier)?.state ?? "draft";
    for (const record of this.recordsOf(dossier)) {
      const { type, expect } = record.op;
      if (!isAlive(record) || record.shown || expect?.state !== state) continue;
      if (type === "withdraw") state = "7";
      if (type === "submit") state = state === "draft" ? "1" : backTo(steps);
    }
    return state;
  }

  // ---- the round trip ----------------------------------------------------------------------------------------------

  /**
   * Return the next request, or null: one is under way, the session is paused, or it is too early (`force` asks anyway,
   * as "try now" does). With nothing to send it is a pull.
   * @param {{now: number, limit?: number, app?: string, force?: boolean, stats?: Record<string, number>}} when
   * @returns {Request|null}
   */
  nextRequest({ now, limit = 200, app, force = false, stats = {} }) {
    if (this.inflight || this.meta.paused || (!force && now < this.meta.next_try_ms)) return null;
    const queue = this.queued(now, force);
    this.turn += 1;
    const token = `${this.boot}.${this.turn}`;
    if (this.meta.account && this.accountIsDue()) {
      this.inflight = { token, kind: "account", ids: [], cursor: null, marked: false, done: false };
      return { token, kind: "account", body: this.meta.account.body };
    }
    if (!queue.length && this.meta.need_snapshot) return this.snapshotRequest(token);
    const batch = this.batch(queue);
    const ids = batch.map((record) => record.id);
    const cursor = this.meta.need_snapshot ? null : this.meta.cursor;
    this.inflight = { token, kind: "sync", ids, cursor, marked: false, done: false };
    const waiting = [...this.outbox.values()].filter((record) => record.status === "waiting");
    const oldest = Math.min(now, ...waiting.map((record) => record.op.at));
    /** @type {Record<string, any>} */
    const body = { v: 1 };
    if (this.meta.device !== null) body.device = this.meta.device;
    if (app !== undefined) body.app = app;
    if (cursor !== null) body.cursor = cursor;
    body.limit = limit;
    body.ops = batch.map(wireOp);
    body.stats = { outbox: waiting.length, oldest_s: Math.floor((now - oldest) / 1000), ...stats };
    return { token, kind: "sync", body };
  }

  /**
   * Return the records to be sent: again after an epoch change first, then those waiting, then those asked about. Last
   * come those that were too large alone, where `force` or the time says that they are tried again.
   * @param {number} [now]
   * @param {boolean} [force]
   */
  queued(now = -1, force = false) {
    /** @param {OutboxRecord} record */
    const turn = (record) => (record.again === "was" ? 0 : record.status === "waiting" ? 1 : record.again === "ask" ? 2 : 3);
    const late = (/** @type {OutboxRecord} */ record) => Number(largeMs(record) > 0);
    const due = [...this.outbox.values()].filter((record) => turn(record) < 3 && (!late(record) || force || largeMs(record) <= now));
    return due.sort((a, b) => late(a) - late(b) || turn(a) - turn(b) || a.n - b.n);
  }

  /**
   * @param {OutboxRecord[]} queue
   * @returns {OutboxRecord[]}
   */
  batch(queue) {
    let bytes = 0;
    const fits = queue.findIndex((record, at) => at > 0 && ((bytes += queue[at - 1].bytes) + record.bytes > WIRE_BYTES_MAX || largeMs(record) > 0));
    return queue.slice(0, Math.min(fits < 0 ? queue.length : fits, this.meta.batch_max));
  }

  /** @param {string} token @returns {Request} */
  snapshotRequest(token) {
    this.inflight = { token, kind: "snapshot", ids: [], cursor: null, marked: false, done: false };
    const part = this.meta.snapshot;
    const query = part?.after ? `?after=${part.after}&cursor=${encodeURIComponent(part.cursor)}` : "";
    return { token, kind: "snapshot", url: `/sync/v1/snapshot${query}` };
  }

  /**
   * Take an answer. Null: it was thrown away, being no answer to the latest request (rule 4).
   * @param {string} token
   * @param {any} answer parsed JSON
   * @param {number} now
   * @param {number} [jitter] for the wait, where it turns out to be no answer at all
   * @returns {Changes|null}
   */
  receive(token, answer, now, jitter = 0.5) {
    const request = this.inflight;
    if (!request || request.token !== token || request.kind !== "sync") return null;
    if (!isAnswer(answer)) return this.failed(token, {}, now, jitter);
    this.inflight = null;
    this.meetEpoch(answer.epoch, now);
    for (const result of answer.results ?? []) {
      if (request.ids.includes(result.id)) this.settleResult(result, now, answer.server_time);
    }
    for (const result of answer.outcomes ?? []) this.settleResult(result, now, answer.server_time);
    for (const dossier of answer.dossiers ?? []) this.keepCopy(dossier, now, null);
    for (const { id, why } of answer.gone ?? []) this.loseCopy(id, why);
    this.accountIsKnown();
    const pulled = request.cursor !== null && !this.meta.need_snapshot;
    this.setMeta({
      cursor: pulled ? (answer.cursor ?? this.meta.cursor) : this.meta.cursor,
      more: pulled && answer.more === true,
      failures: 0,
      batch_max: Math.min(OPS_MAX, this.meta.batch_max * 2),
      next_try_ms: answer.retry_after ? now + answer.retry_after * 1000 : 0,
      contact_ms: now,
      server_ms: answer.server_time,
    });
    if (pulled && answer.more !== true) this.meetOutOfSight(request.ids);
    this.forgetOld(now);
    return this.commit();
  }

  /**
   * Take a failure: no answer, one that is not the protocol's (`{}`), or a problem `{status, code, retry_after_s}`.
   * @param {string} token
   * @param {{status?: number, code?: string, retry_after_s?: number}} failure `code` only from a problem document of ours
   * @param {number} now
   * @param {number} jitter in [0, 1)
   * @returns {Changes|null}
   */
  failed(token, { status = 0, code = "", retry_after_s }, now, jitter) {
    const request = this.inflight;
    if (!request || request.token !== token) return null;
    this.inflight = null;
    if (status === 401 && code === "unauthenticated") this.unauthenticated();
    else if (status === 426 && code === "client-too-old") this.setMeta({ paused: code });
    else if (status === 400 && code === "invalid" && request.kind === "account") this.setMeta({ paused: code });
    else if (code === "epoch-changed") this.heal(null, now);
    else if (code === "cursor-expired") this.setMeta({ cursor: null, need_snapshot: true, snapshot: null });
    else if (status === 413 && request.ids.length) this.sendLess(request.ids, now);
    else {
      const failures = this.meta.failures + 1;
      const asked = (status === 429 || status === 503) && retry_after_s !== undefined ? retry_after_s * 1000 : 0;
      this.setMeta({ failures, next_try_ms: now + Math.max(asked, backoff(failures, jitter)) });
    }
    return this.commit();
  }

  /** Go on after a sign-in or an update of the app. */
  resume() {
    this.setMeta({ paused: null, failures: 0, next_try_ms: 0 });
    return this.commit();
  }

  /**
   * Send fewer at once; one that is too large alone waits apart (no op blocks another) and is seen to.
   * @param {string[]} ids a batch that was too large
   * @param {number} now
   */
  sendLess(ids, now) {
    this.setMeta({ batch_max: Math.max(1, Math.floor(ids.length / 2)), failures: this.meta.failures + 1 });
    if (ids.length > 1) return;
    const record = this.outbox.get(ids[0]);
    if (record) this.put({ ...record, too_large_ms: now + BACKOFF_MAX_MS });
  }

  // ---- snapshots ---------------------------------------------------------------------------------------------------

  /**
   * Take one line of a snapshot, parsed. The first is a mark, then dossiers, then the mark again. Null: thrown away.
   * @param {string} token
   * @param {any} line
   * @param {number} now
   * @returns {Changes|null}
   */
  snapshotLine(token, line, now) {
    const request = this.inflight;
    if (!request || request.token !== token || request.kind !== "snapshot" || request.done) return null;
    if (line === null || typeof line !== "object") return this.commit();
    if (typeof line.id !== "string") return this.snapshotMark(request, line, now);
    if (!request.marked || !this.meta.snapshot) return this.commit();
    this.keepCopy({ ...line, whole: true }, now, this.meta.snapshot.cursor);
    this.setMeta({ snapshot: { ...this.meta.snapshot, after: line.id } });
    return this.commit();
  }

  /**
   * @param {{marked: boolean, done: boolean}} request
   * @param {{cursor: string, epoch: string}} mark
   * @param {number} now
   */
  snapshotMark(request, mark, now) {
    if (typeof mark.cursor !== "string" || typeof mark.epoch !== "string") return this.commit();
    if (!request.marked) {
      request.marked = true;
      const part = this.meta.snapshot;
      if (this.meetEpoch(mark.epoch, now)) request.done = true;
      else if (!part || part.epoch !== mark.epoch) this.setMeta({ snapshot: { cursor: mark.cursor, epoch: mark.epoch, after: null } });
      return this.commit();
    }
    request.done = true;
    const cursor = this.meta.snapshot?.cursor ?? mark.cursor;
    for (const copy of [...this.copies.values()]) if (copy.snap !== cursor) this.loseCopy(copy.id, "moved");
    this.setMeta({ cursor, need_snapshot: false, snapshot: null, more: true, failures: 0, next_try_ms: 0, contact_ms: now });
    this.askAboutHeld();
    this.meetSnapshot();
    return this.commit();
  }

  /**
   * The answer to a snapshot request has ended, whole or cut; a cut one goes on where it stopped.
   * @param {string} token
   * @param {number} now
   * @param {number} jitter
   * @returns {Changes|null}
   */
  snapshotEnd(token, now, jitter) {
    if (!this.inflight || this.inflight.token !== token) return null;
    if (!this.inflight.done) return this.failed(token, {}, now, jitter);
    this.inflight = null;
    return this.commit();
  }

  /** What became of held ops that no dossier lists any more is asked by sending them again. */
  askAboutHeld() {
    for (const record of [...this.outbox.values()]) {
      const listed = this.copies.get(record.dossier)?.held.some((held) => held.op === record.id);
      if (record.status === "held" && !listed && record.again === null) this.put({ ...record, again: "ask" });
    }
  }

  /**
   * Let the copies of a whole snapshot speak for ops that were acknowledged after their line was read: a snapshot that
   * was cut goes on later, and what was sent meanwhile was answered while its copies were not yet sure.
   */
  meetSnapshot() {
    for (const record of [...this.outbox.values()]) {
      const copy = this.copies.get(record.dossier);
      if (!copy || record.status !== "acked" || record.shown || record.again !== null) continue;
      if ((record.result?.rev ?? 0) <= copy.rev) this.put({ ...record, shown: true });
    }
  }

  // ---- what an answer changes --------------------------------------------------------------------------------------

  /**
   * Meet the server's epoch; return whether it is another than the one known.
   * @param {string} epoch
   * @param {number} now
   */
  meetEpoch(epoch, now) {
    const changed = this.meta.epoch !== null && this.meta.epoch !== epoch;
    if (changed) this.heal(epoch, now);
    else this.setMeta({ epoch });
    return changed;
  }

  /**
   * The server was restored: send again what it acknowledged in the last 30 days, then take a snapshot (rule 6).
   * @param {string|null} epoch
   * @param {number} now
   */
  heal(epoch, now) {
    for (const record of [...this.outbox.values()]) {
      if (record.status !== "waiting" && (record.acked_ms ?? 0) >= now - KEEP_MS) this.put({ ...record, again: "was" });
    }
    this.setMeta({ epoch, cursor: null, need_snapshot: true, snapshot: null, more: false });
    this.draft.news.push({ kind: "epoch", dossier: null });
  }

  /**
   * @param {OpResult} result
   * @param {number} now
   * @param {number} server_ms
   */
  settleResult(result, now, server_ms) {
    const record = this.outbox.get(result.id);
    if (!record) return;
    /** @type {OutboxRecord["status"]} */
    const status = result.outcome === "held" ? "held" : result.outcome === "refused" ? "refused" : "acked";
    const stale = status === "held" && record.again === null && (record.status === "acked" || record.status === "refused");
    if (stale) return; // a final outcome stays
    const known = this.copies.get(record.dossier);
    const before = record.result?.outcome;
    const healing = record.again === "was";
    const current = known !== undefined && !this.meta.need_snapshot; // before a snapshot, copies may be of another epoch
    const shown = status === "acked" && (record.shown || (current && (result.rev ?? 0) <= known.rev));
    const code = record.result?.code !== undefined ? { code: record.result.code, proof: record.result.proof } : {};
    const kept = { ...record, status, result: { ...code, ...result }, acked_ms: now, server_ms, again: null };
    delete kept.too_large_ms;
    this.put({ ...kept, shown: healing ? record.shown : shown, dismissed: record.dismissed && status === "refused" });
    if (before !== result.outcome) {
      this.draft.news.push({ kind: "result", dossier: record.dossier, op: record.id, outcome: result.outcome });
    }
    for (const path of before === result.outcome ? [] : (result.overridden ?? [])) {
      this.draft.news.push({ kind: "overridden", dossier: record.dossier, op: record.id, path });
    }
  }

  /**
   * @param {any} wire a dossier as on the wire
   * @param {number} now
   * @param {string|null} snap
   */
  keepCopy(wire, now, snap) {
    const old = this.copies.get(wire.id);
    const base = wire.whole ? undefined : old;
    const cells = { ...base?.cells };
    for (const [path, siblings] of Object.entries(wire.cells ?? {})) {
      if (siblings.length) cells[path] = siblings.map((/** @type {any} */ [value, by]) => [value, by === null ? null : wire.by[by]]);
      else delete cells[path];
    }
    const { id, rev, state, form, unit, procedure, code = null, due = null, channel = null } = wire;
    /** @type {any} */
    const copy = { id, rev, state, form, unit, procedure, code, due, channel, cells, snap: snap ?? base?.snap ?? null, pulled_ms: now };
    const shown = new Set(Object.values(cells).flatMap((cell) => cell.map(([, op]) => op)));
    const theirs = [...(base?.office ?? []), ...(wire.office ?? []).map((/** @type {number} */ at) => wire.by[at])];
    const office = unique(theirs).filter((op) => shown.has(op)).sort();
    if (office.length) copy.office = office;
    for (const list of LISTS) copy[list] = wire[list] ?? base?.[list] ?? [];
    this.warnHidden(old, copy);
    this.copies.set(id, copy);
    this.draft.stores.copies.set(id, copy);
    this.meetCopy(copy, snap !== null);
  }

  /**
   * Tell of own values that stopped showing.
   * @param {Copy|undefined} old
   * @param {Copy} copy
   */
  warnHidden(old, copy) {
    if (!old) return;
    for (const [path, cell] of Object.entries(copy.cells)) {
      const op = old.cells[path]?.[0]?.[1];
      const mine = op != null && this.outbox.has(op) && cell[0][1] !== op;
      const hidden = mine && cell.some(([value, by]) => by === op && canonical(value) !== canonical(cell[0][0]));
      if (hidden) this.draft.news.push({ kind: "overridden", dossier: copy.id, op, path });
    }
  }

  /**
   * Let a new copy speak for the own ops of its dossier (rule 5).
   * @param {Copy} copy
   * @param {boolean} anew whether it replaces what was known, as in a snapshot
   */
  meetCopy(copy, anew) {
    for (const record of this.recordsOf(copy.id)) {
      const reached = record.status === "acked" && (record.result?.rev ?? 0) <= copy.rev;
      const listed = copy.held.find((held) => held.op === record.id);
      if (record.status === "held" && !listed && record.again === null) this.put({ ...record, again: "ask", shown: false });
      else if (record.status === "held" && (listed?.reason !== record.result?.reason || record.shown)) {
        const result = { ...record.result, reason: listed?.reason ?? record.result?.reason };
        this.put({ .../** @type {any} */ (record), result, shown: false });
      } else if (reached !== record.shown && (reached || anew)) this.put({ ...record, shown: reached });
    }
  }

  /**
   * @param {string} id
   * @param {string} why
   */
  loseCopy(id, why) {
    if (this.copies.delete(id)) this.draft.stores.copies.set(id, null);
    for (const record of this.recordsOf(id)) if (record.status === "acked" && !record.shown) this.put({ ...record, shown: true });
    this.draft.news.push({ kind: "gone", dossier: id, why });
  }

  /**
   * Let go of acknowledged ops whose dossier is not in sight at the end of a pull: no copy will come for them.
   *
   * Their answer was lost, and by the time it came again the dossier had been claimed, moved, or the right taken.
   * What was `sent` with this very request waits for the next pull.
   * @param {string[]} sent
   */
  meetOutOfSight(sent) {
    for (const record of [...this.outbox.values()]) {
      const waits = record.status === "acked" && !record.shown && record.again === null;
      if (waits && !this.copies.has(record.dossier) && !sent.includes(record.id)) this.put({ ...record, shown: true });
    }
  }

  /** @param {number} now */
  forgetOld(now) {
    for (const record of [...this.outbox.values()]) {
      const done = (record.status === "acked" && record.shown) || (record.status === "refused" && record.dismissed);
      if (!done || record.again !== null || (record.acked_ms ?? now) >= now - KEEP_MS) continue;
      this.outbox.delete(record.id);
      this.draft.stores.outbox.set(record.id, null);
    }
  }

  // ---- what the person is told -------------------------------------------------------------------------------------

  /**
   * Return the most pressing state of a dossier (ux.md §3) with its facts. Files that are not all `verified` make `partly`.
   * @param {string} dossier
   * @returns {{id: string, code: string|null, due: string|null, at: number|null, reason: string|null, next_try_ms?: number,
   *   op?: string, problem?: Problem|null, paths?: string[], count?: number, total?: number, bad?: number, state: string|null}}
   */
  stateOf(dossier) {
    const copy = this.copies.get(dossier);
    const records = this.recordsOf(dossier);
    const submit = [...records].reverse().find((r) => r.op.type === "submit" && r.status === "acked");
    const step = copy?.steps.find((s) => s.command === "submit");
    const facts = {
      code: copy?.code ?? submit?.result?.code ?? null,
      due: copy?.due ?? null,
      at: step?.at ?? submit?.server_ms ?? null,
      reason: null,
      state: copy?.state ?? null,
    };
    const refused = records.filter((record) => record.status === "refused" && !record.dismissed);
    if (refused.length) return { ...facts, id: "refused", ...refusal(refused) };
    const waiting = records.filter((record) => record.status === "waiting");
    if (waiting.length) return { ...facts, ...this.waitingState(waiting) };
    const state = this.expectedState(dossier);
    if (state === "5" || state === "6") return { ...facts, id: "needs_you", reason: copy?.steps.at(-1)?.reason ?? null };
    const paths = (copy?.conflicts ?? []).filter((c) => c.level === "blocking").map((c) => c.path);
    if (paths.length) return { ...facts, id: "two_versions", paths };
    const held = records.find((record) => record.status === "held");
    if (held) return { ...facts, id: "held", op: held.id, reason: held.result?.reason ?? null };
    const files = copy?.attachments ?? [];
    const left = files.filter((file) => file.status !== "verified");
    const bad = left.filter((file) => file.status === "bad").length;
    if (state === "1" && left.length) return { ...facts, id: "partly", count: left.length, total: files.length, bad };
    return { ...facts, id: NATIONAL[state] ?? "saved" };
  }

  /** @param {OutboxRecord[]} waiting */
  waitingState(waiting) {
    const at = Math.min(...waiting.map((record) => record.op.at));
    if (this.meta.paused === "unauthenticated") return { id: "locked", at, count: waiting.length };
    const sending = waiting.some((record) => this.inflight?.ids.includes(record.id));
    const large_ms = Math.max(...waiting.map(largeMs));
    const reason = this.meta.paused ?? (large_ms ? "too-large" : this.meta.failures ? "no-answer" : null);
    return { id: sending ? "sending" : "waiting", at, reason, next_try_ms: large_ms || this.meta.next_try_ms };
  }

  /** Return the ids of every dossier that the session knows, newest first. */
  dossiers() {
    const ids = new Set(this.copies.keys());
    for (const record of this.outbox.values()) if (!record.shown && !record.dismissed) ids.add(record.dossier);
    return [...ids].sort().reverse();
  }

  /** Return whether anything is to be sent or fetched before the session is at rest. */
  isBusy() {
    const waits = this.meta.need_snapshot || this.meta.more || this.accountIsDue();
    return this.inflight !== null || waits || this.queued().length > 0;
  }

  // ---- keeping records ---------------------------------------------------------------------------------------------

  /**
   * @param {Op} op
   * @returns {{ops: Op[], changes: Changes}}
   */
  queue(op) {
    this.append([op]);
    return { ops: [op], changes: this.commit() };
  }

  /** @param {Op[]} ops */
  append(ops) {
    const sizes = ops.map(bytesOf);
    if (sizes.some((bytes) => bytes > OP_BYTES_MAX)) {
      this.draft = new Draft();
      throw new LocalProtocolError("an op is larger than the protocol allows");
    }
    ops.forEach((op, at) => {
      const state = { status: /** @type {"waiting"} */ ("waiting"), result: null, acked_ms: null, server_ms: null };
      const record = { id: op.id, dossier: op.dossier, n: this.nextN(), bytes: sizes[at], op, ...state };
      this.put({ ...record, shown: false, again: null, dismissed: false });
    });
  }

  nextN() {
    const n = this.meta.next_n;
    this.setMeta({ next_n: n + 1 });
    return n;
  }

  /** @param {OutboxRecord} record */
  put(record) {
    this.outbox.set(record.id, record);
    this.draft.stores.outbox.set(record.id, record);
  }

  /** @param {Partial<Meta>} values */
  setMeta(values) {
    this.meta = { ...this.meta, ...values };
    this.draft.stores.meta.set("session", this.meta);
  }

  /** @returns {Changes} */
  commit() {
    const changes = this.draft.changes();
    this.draft = new Draft();
    return changes;
  }
}

/** @type {Record<string, string>} */
const NATIONAL = { 1: "received", 2: "office", 3: "closed", 4: "office", 7: "office", 8: "closed", 9: "ready", 10: "closed" };

/** When a record that was too large alone is tried again, else 0. @param {OutboxRecord} record */
const largeMs = ({ too_large_ms = 0 }) => too_large_ms;

/**
 * Return whether an own op is in, or may still come in by itself.
 * @param {OutboxRecord} record
 */
export function isAlive({ status, result }) {
  return status === "waiting" || status === "acked" || (status === "held" && ON_ITS_WAY.includes(result?.reason ?? ""));
}

/**
 * Return the state that answering a supplement request leads to: 1 if asked in 1, else 4.
 * @param {any[]} steps
 */
function backTo(steps) {
  const asked = steps.map((step) => step.command).lastIndexOf("ask_more");
  return asked > 0 && steps[asked - 1].state === "1" ? "1" : "4";
}

/**
 * Return the refusal to show: one that says why, before one that only follows from it.
 * @param {OutboxRecord[]} refused
 */
function refusal(refused) {
  const follows = "urn:motcua:problem:predecessor-refused";
  const first = refused.find((record) => record.result?.problem?.type !== follows) ?? refused[0];
  const problem = first.result?.problem ?? null;
  const reason = problem?.type.replace("urn:motcua:problem:", "") ?? null;
  return { op: first.id, problem, reason: first.result?.officer_reason ?? reason };
}

/**
 * Return an op as it goes out: with the outcome it had, and its code, when it is sent again after an epoch change.
 * @param {OutboxRecord} record
 * @returns {Op}
 */
function wireOp({ op, again, result }) {
  if (again !== "was" || !result) return op;
  const { outcome, code, proof } = result;
  return op.type === "submit" && code !== undefined && proof !== undefined ? { ...op, was: outcome, code, proof } : { ...op, was: outcome };
}

/** @param {any} answer */
function isAnswer(answer) {
  return answer !== null && typeof answer === "object" && typeof answer.epoch === "string" && typeof answer.server_time === "number";
}
