/**
 * The lane of files, apart from data: photographs follow the dossier they belong to, one piece after another, and go on at
 * the byte after a cut, a reload, another day. In the page and in the worker; no DOM. What it decides is in `lane.js`.
 *
 * One run for a drawer among all tabs and the worker (Web Lock `motcua-files-…`). Where a browser has no locks two may
 * run: the system sends the older writer away, which asks and goes on, and no byte is taken twice.
 */
import { ignoreFull } from "./autosave.js";
import { signed } from "./credentials.js";
import { filesOf, keepLane, keepRecord, laneOf, MissingBytes, partOf } from "./files.js";
import { afterChunk, afterCut, afterFailure, afterSuccess, AT_ONCE, CHUNK_MIN_BYTES, meaning, newLane, RESTARTS_MAX, unsent, wanted } from "./lane.js";
import { mayNotSend, noteSent } from "./spending.js";
import { drain } from "./sync.js";
import { create, offsetOf, patch, probe } from "./tus.js";
import { NoAnswer } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./files.js").FileRecord} FileRecord */
/** @typedef {import("./lane.js").Lane} Lane */

const ROUNDS_MAX = 50;
const STEPS_MAX = 10_000;
const IMPATIENT_MS = 2_000;
/** Two phones that send one file push each other aside; each waits a while of its own before it pushes again. */
const CLASH_MS = 4_000;
const CLASHES_MAX = 5;
/** After a refused credential or a spent budget there is nothing to try soon. */
const LATER_MS = 60_000;

/**
 * What could not be kept for want of room, by drawer: the lane, and files by id. A full phone sends all the same, and does
 * not ask anew every two seconds what it was told.
 * @type {Map<string, {lane: Lane|null, files: Map<string, FileRecord>}>}
 */
const unkept = new Map();

/** What the lane needs of the world. */
const WORLD = {
  now: () => Date.now(),
  random: () => Math.random(),
  pause: (/** @type {number} */ ms) => new Promise((over) => setTimeout(over, ms)),
  fetch: (/** @type {string} */ url, /** @type {RequestInit} */ init) => fetch(url, init),
  pull: (/** @type {Vault} */ vault) => drain(vault),
  mayNotSend,
  noteSent,
};
/** @typedef {typeof WORLD} World */

/** The runs of this page or worker, by drawer. @type {Map<string, {run: Run, done: Promise<void>}>} */
const under_way = new Map();

/**
 * Send what is wanted of a drawer's files. `force`, a person's press, does not wait for the next try, and gives up a
 * request that hangs, wherever it is; `again`, a network that may be back, does not wait where the last try met silence.
 * @param {Vault} vault
 * @param {{force?: boolean, again?: boolean}} [how]
 * @param {World} [world]
 * @returns {Promise<void>}
 */
export async function sendFiles(vault, { force = false, again = false } = {}, world = WORLD) {
  const other = under_way.get(vault.slot);
  if (force) vault.channel?.postMessage("hurry"); // another tab or the worker may hold the lane
  if (other) {
    if (force || again) other.run.hurry(force);
    return other.done;
  }
  const run = new Run(vault, world, { force, again });
  const done = aloneFor(vault.slot, () => run.drive());
  under_way.set(vault.slot, { run, done });
  const hurry = () => run.hurry(true);
  const look = () => void run.look();
  const end = () => run.stop();
  vault.addEventListener("hurry", hurry);
  vault.addEventListener("change", look);
  vault.addEventListener("ended", end);
  try {
    await done;
  } finally {
    under_way.delete(vault.slot);
    vault.removeEventListener("hurry", hurry);
    vault.removeEventListener("change", look);
    vault.removeEventListener("ended", end);
  }
}

/** @param {string} slot @param {() => Promise<void>} work @returns {Promise<void>} */
function aloneFor(slot, work) {
  if (!globalThis.navigator?.locks) return work();
  return /** @type {Promise<any>} */ (navigator.locks.request(`motcua-files-${slot}`, { ifAvailable: true }, (lock) => (lock ? work() : undefined)));
}

/** Whether files of a drawer are still to be sent, or to be heard of. @param {Vault} vault */
export async function filesWait(vault) {
  if (!vault.account || vault.account.out) return false;
  return wanted(vault.session, await filesOf(vault)).some((file) => !file.stuck);
}

class Run {
  /** @param {Vault} vault @param {World} world @param {{force: boolean, again: boolean}} how */
  constructor(vault, world, { force, again }) {
    this.vault = vault;
    this.world = world;
    this.force = force;
    this.again = again;
    this.stopped = false;
    this.requests = new AbortController();
    this.since = world.now();
    /** @type {Lane} */
    this.lane = newLane();
    /** Why this run ends early. @type {{reason: Lane["reason"], wait_ms: number}|null} */
    this.failed = null;
    /** Whether something went through since the run began or failed. */
    this.went = false;
    /** Whether something could not be kept for want of room. */
    this.full = false;
    this.unkept = unkept.get(vault.slot) ?? { lane: null, files: new Map() };
    unkept.set(vault.slot, this.unkept);
  }

  /** Somebody presses, or there is another network: give up what hangs, and go on at once. @param {boolean} force */
  hurry(force) {
    this.force ||= force;
    this.again = true;
    if (this.world.now() - this.since <= IMPATIENT_MS) return;
    const old = this.requests;
    this.requests = new AbortController();
    old.abort();
  }

  stop() {
    this.stopped = true;
    this.requests.abort();
  }

  /** Something changed in the drawer: whoever signed out sends nothing more, not even the piece on its way. */
  async look() {
    if (this.stopped) return;
    await this.vault.refresh(); // it may have been another tab
    if (!this.vault.account || this.vault.account.out) this.stop();
  }

  async drive() {
    this.lane = { ...this.lane, ...(await laneOf(this.vault)), ...this.unkept.lane };
    for (let round = 0; round < ROUNDS_MAX && !this.stopped; round += 1) {
      const queue = await this.queue();
      if (!queue.length) break;
      const silent = this.lane.reason === "silent" || this.lane.reason === "portal";
      if (!this.force && !(this.again && silent) && this.world.now() < this.lane.next_try_ms) return;
      this.force = this.again = false;
      this.failed = null;
      await this.sendAll(queue);
      if (this.failed && !this.force && !this.again) break;
    }
  }

  /** @returns {Promise<FileRecord[]>} what is to be sent now */
  async queue() {
    await this.vault.refresh();
    if (!this.vault.account || this.vault.account.out) return [];
    const files = await filesOf(this.vault);
    for (const file of this.unkept.files.values()) if (files.get(file.sha256)?.id === file.id) files.set(file.sha256, file);
    return unsent(this.vault.session, files);
  }

  /** @param {FileRecord[]} queue */
  async sendAll(queue) {
    await this.keepLane({ ...this.lane, reason: null });
    const known = await this.probed(queue.filter((file) => !file.upload));
    if (known) {
      const lanes = Array.from({ length: AT_ONCE }, async () => {
        for (let file = queue.shift(); file && !this.failed && !this.stopped; file = queue.shift()) await this.one(file, known[file.sha256]);
      });
      await Promise.all(lanes);
    }
    const { failed } = this;
    if (this.full && !failed) await this.keepLane({ ...this.lane, next_try_ms: this.world.now() + LATER_MS });
    if (!failed || this.stopped) return;
    const before = this.went ? afterSuccess(this.lane) : this.lane;
    await this.keepLane(afterFailure(before, failed.reason, this.world.now(), this.world.random(), failed.wait_ms));
  }

  /** @param {Lane} lane */
  async keepLane(lane) {
    this.lane = lane;
    this.unkept.lane = (await this.fits(() => keepLane(this.vault, lane))) ? null : lane;
    this.vault.tell();
  }

  /** Do what needs room; false where there was none. @param {() => Promise<any>} work */
  async fits(work) {
    let full = false;
    await work().catch((fault) => {
      ignoreFull(fault);
      full = this.full = true;
    });
    return !full;
  }

  /** @param {Lane["reason"]} reason @param {number} [wait_ms] */
  fail(reason, wait_ms = 0) {
    this.failed ??= { reason, wait_ms };
  }

  /** @param {unknown} fault */
  silent(fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    this.lane = { ...this.lane, chunk_bytes: afterCut(this.lane.chunk_bytes) };
    this.fail(fault.portal ? "portal" : "silent");
  }

  /** A fetch with the drawer's own credential. @param {string} url @param {RequestInit} init */
  send(url, init) {
    this.since = this.world.now();
    return this.world.fetch(url, signed(this.vault, init));
  }

  /**
   * Ask what the system has of files that this phone has not begun to send.
   * @param {FileRecord[]} files
   * @returns {Promise<Record<string, any>|null>} null: no answer
   */
  async probed(files) {
    if (!files.length) return {};
    try {
      const { said, known } = await probe((url, init) => this.send(url, init), files.map((file) => file.sha256), this.requests.signal);
      if (said.status < 300) return known;
      this.refused(said);
    } catch (fault) {
      this.silent(fault);
    }
    return null;
  }

  /** @param {import("./lane.js").Said} said an answer that is none about a file */
  refused(said) {
    const { act, reason, wait_ms } = meaning("head", said, 0);
    if (act === "wait") this.fail(reason ?? "busy", wait_ms);
    else this.fail(act === "sign-in" ? null : "silent", act === "sign-in" ? LATER_MS : 0);
  }

  // ---- one file ----------------------------------------------------------------------------------------------------

  /** Send one file as far as it goes. @param {FileRecord} begun @param {"need"|"have"|{partial: string, offset: number}} [known] */
  async one(begun, known = "need") {
    let file = begun;
    if (known === "have") return this.done(file);
    if (typeof known === "object") file = await this.keep(file, { upload: known.partial, offset: known.offset });
    /** Whether the system has said in this run where it stands. */
    let sure = typeof known === "object";
    for (let step = 0, clashes = 0, losses = 0; step < STEPS_MAX; step += 1) {
      if (!(await this.maySend(file))) return;
      const asked = file.upload === null ? "create" : sure ? "patch" : "head";
      let said;
      try {
        said = await this.ask(asked, file);
      } catch (fault) {
        if (fault instanceof MissingBytes) return void (await this.keep(file, { stuck: "missing" }));
        return this.silent(fault);
      }
      const meant = meaning(asked, said, file.bytes);
      const upload = asked === "create" && said.location ? said.location : file.upload;
      sure = meant.act === "on";
      switch (meant.act) {
        case "on":
          this.went = true;
          if (asked !== "head") clashes = 0;
          else await this.world.noteSent(Math.max(0, (meant.offset ?? 0) - file.offset)); // what a cut let through was paid for too
          file = await this.keep(file, { upload, offset: meant.offset });
          break;
        case "done":
          return this.done(await this.keep(file, { upload, offset: file.bytes }));
        case "ask":
          file = await this.keep(file, { upload });
          clashes += 1;
          if (clashes > CLASHES_MAX) return this.fail("busy");
          if (clashes > 1) await this.world.pause(this.world.random() * CLASH_MS);
          break;
        case "anew": {
          const restarts = file.restarts + (said.code === "checksum" ? 1 : 0);
          file = await this.keep(file, { upload: null, offset: 0, restarts, stuck: restarts >= RESTARTS_MAX ? "checksum" : null });
          if (file.stuck) return;
          losses += 1;
          if (losses > CLASHES_MAX) return this.fail("busy"); // what is begun is gone again at once: not now
          if (losses > 1) await this.world.pause(this.world.random() * CLASH_MS);
          const again = await this.probed([file]); // another phone may have finished it
          if (again === null) return;
          if (again[file.sha256] === "have") return this.done(file);
          break;
        }
        case "less":
          if (this.lane.chunk_bytes <= CHUNK_MIN_BYTES) return this.fail("silent");
          this.lane = { ...this.lane, chunk_bytes: afterCut(this.lane.chunk_bytes) };
          break;
        case "stuck":
          return void (await this.keep(file, { stuck: meant.why ?? "other" }));
        default:
          await this.keep(file, { upload });
          return this.refused(said);
      }
    }
  }

  /** @param {"create"|"head"|"patch"} asked @param {FileRecord} file */
  async ask(asked, file) {
    const send = (/** @type {string} */ url, /** @type {RequestInit} */ init) => this.send(url, init);
    const { signal } = this.requests;
    if (asked === "head") return offsetOf(send, file.upload ?? "", signal);
    const { chunk_bytes } = this.lane;
    const piece = await partOf(this.vault, file, file.offset, Math.min(file.bytes, file.offset + chunk_bytes));
    const from_ms = this.world.now();
    const said = await (asked === "create" ? create(send, file, piece, signal) : patch(send, file.upload ?? "", file.offset, piece, signal));
    if (said.status < 300) {
      const took_ms = this.world.now() - from_ms;
      if (piece.size === chunk_bytes) this.lane = { ...this.lane, chunk_bytes: afterChunk(chunk_bytes, piece.size, took_ms) };
      await this.world.noteSent(piece.size);
    }
    return said;
  }

  /** Whether this file may go on: its owner is there, it is still wanted, and the day's budget is not spent. @param {FileRecord} file */
  async maySend(file) {
    if (this.stopped || this.failed) return false;
    if (!(await this.queue()).some((each) => each.id === file.id)) return false;
    const why = await this.world.mayNotSend();
    if (why) this.fail(why, LATER_MS);
    return why === null && !this.stopped;
  }

  /** @param {FileRecord} file @param {Partial<FileRecord>} values @returns {Promise<FileRecord>} */
  async keep(file, values) {
    const kept = { ...file, ...values };
    if (Object.entries(values).every(([key, value]) => /** @type {any} */ (file)[key] === value)) return file;
    if (await this.fits(() => keepRecord(this.vault, kept))) this.unkept.files.delete(file.id);
    else this.unkept.files.set(file.id, kept);
    this.vault.tell();
    return kept;
  }

  /** The system has all of it: what it thinks of it comes by the pull. @param {FileRecord} file */
  async done(file) {
    this.went = true;
    await this.keep(file, { sent_ms: this.world.now(), restarts: 0 });
    await this.fits(() => this.world.pull(this.vault));
  }
}
