/**
 * What the lane of files decides: which files are to be sent, in what order, how much at once, and what an answer means.
 * Values in, values out: no clock, no network, no storage.
 *
 * Rule 1. A file is wanted when a copy, as pulled, lists it `awaited` or `arriving` and its bytes are on this phone. So
 * nothing is sent of a dossier that the system does not have yet, and data never waits for a file.
 * Rule 2. Nothing is sent for a dossier that is closed or asked back, nor for a page that its owner is taking away.
 * Rule 3. Offsets are the system's word alone. Whatever is unclear is asked (HEAD, or the probe) before a byte is sent.
 * Rule 4. A file that can never be sent says why and stands aside; everything else passes by.
 * Rule 5. A file is let go only after every place that names it says `verified`, and then not at once (`settled`). `bad` is
 * no such word: the bytes stay until another page stands in that place or the dossier is closed, and then 30 days more,
 * for want of room too.
 */
import { apartOf, everyPage } from "./papers.js";
import { isAlive } from "./session.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./files.js").FileRecord} FileRecord */
/** @typedef {{status: number, code: string, offset?: number|null, retry_after_s?: number}} Said an answer to a tus request */
/**
 * @typedef {object} Lane
 * @property {number} failures in a row, of the network or the system
 * @property {number} next_try_ms
 * @property {"silent"|"portal"|"busy"|"full"|"wifi"|"budget"|null} reason why it waits
 * @property {number} chunk_bytes
 */

export const CHUNK_MIN_BYTES = 32 * 1024;
export const CHUNK_MAX_BYTES = 4 * 1024 * 1024;
const CHUNK_FIRST_BYTES = 128 * 1024;
/** What a chunk should take. */
const CHUNK_SECONDS = 10;
export const AT_ONCE = 2;
/** How often an upload of one file may come to nothing before something must be wrong with the file. */
export const RESTARTS_MAX = 4;
const BACKOFF_FIRST_MS = 2_000;
const BACKOFF_MAX_MS = 60_000;
const KEEP_MS = 30 * 86_400_000;
const ORPHAN_MS = 86_400_000;
/** A file younger than this may be about to be named by a draft. */
const YOUNG_MS = 60_000;
/** States in which nothing more is sent: not accepted, asked back, stopped, given (protocol §3). */
const STOPPED = new Set(["3", "7", "8", "10"]);
/** A verdict may take its time; only after this is it asked whether the bytes are still there. */
const VERDICT_MS = 60_000;
const WAITED_FOR = new Set(["awaited", "arriving"]);

/** @returns {Lane} */
export const newLane = () => ({ failures: 0, next_try_ms: 0, reason: null, chunk_bytes: CHUNK_FIRST_BYTES });

/** The `attach` ops that own ops on their way take away. @param {Session} session @param {string} dossier @returns {Set<string>} */
function takenAway(session, dossier) {
  const records = session.recordsOf(dossier).filter((each) => each.op.type === "detach" && !each.shown && isAlive(each));
  return new Set(records.flatMap((each) => each.op.saw));
}

/**
 * List the files that are to be sent, the smallest first (rules 1 and 2).
 * @param {Session} session
 * @param {Map<string, FileRecord>} files by SHA-256
 * @returns {FileRecord[]}
 */
export function wanted(session, files) {
  const found = new Set();
  for (const copy of session.copies.values()) {
    if (!copy.attachments.length || STOPPED.has(session.expectedState(copy.id))) continue;
    const gone = takenAway(session, copy.id);
    for (const { op, sha256, status } of copy.attachments) {
      if (WAITED_FOR.has(status) && files.has(sha256) && !gone.has(op)) found.add(files.get(sha256));
    }
  }
  return [...found].sort((a, b) => a.bytes - b.bytes || (a.id < b.id ? -1 : 1));
}

/**
 * Of the files that are wanted, those whose bytes the system does not have yet. One that is still waited for in what was
 * pulled a while after it had been sent is asked about again: a restore may have lost it, or gone back to where it was arriving.
 * @param {Session} session @param {Map<string, FileRecord>} files
 */
export function unsent(session, files) {
  const lost = new Set();
  for (const copy of session.copies.values()) {
    for (const { sha256, status } of copy.attachments) if (WAITED_FOR.has(status) && copy.pulled_ms > (files.get(sha256)?.sent_ms ?? Infinity) + VERDICT_MS) lost.add(sha256);
  }
  return wanted(session, files).filter((file) => !file.stuck && (file.sent_ms === null || lost.has(file.sha256)));
}

/**
 * How large the next chunk is: what goes through in ten seconds, at most double the last.
 * @param {number} last_bytes @param {number} bytes that went @param {number} ms that it took
 */
export function afterChunk(last_bytes, bytes, ms) {
  const fits = Math.round((bytes / Math.max(1, ms)) * 1000 * CHUNK_SECONDS);
  return Math.max(CHUNK_MIN_BYTES, Math.min(CHUNK_MAX_BYTES, last_bytes * 2, fits));
}

/** @param {number} last_bytes */
export const afterCut = (last_bytes) => Math.max(CHUNK_MIN_BYTES, Math.floor(last_bytes / 2));

/**
 * What to do after an answer to a tus request.
 *   `done` all of it is there · `on` go on at `offset` · `ask` HEAD before anything else · `anew` the upload is gone ·
 *   `stuck` it can never be sent · `wait` the system asks for time · `sign-in` · `less` a smaller chunk · `none` no answer
 * @param {"create"|"head"|"patch"} asked
 * @param {Said} said
 * @param {number} bytes of the whole file
 * @returns {{act: "done"|"on"|"ask"|"anew"|"stuck"|"wait"|"sign-in"|"less"|"none", offset?: number, why?: string, reason?: "busy"|"full", wait_ms?: number}}
 */
export function meaning(asked, { status, code, offset = null, retry_after_s }, bytes) {
  if (status >= 200 && status < 300) {
    if (asked === "create" && offset === null) return { act: "on", offset: 0 };
    if (offset === null || !(offset >= 0 && offset <= bytes)) return { act: "none" };
    return offset === bytes ? { act: "done", offset } : { act: "on", offset };
  }
  const wait_ms = (retry_after_s ?? 0) * 1000;
  switch (code) {
    case "not-found":
    case "upload-gone":
    case "checksum":
      return { act: "anew" };
    case "upload-offset":
      return { act: "ask" };
    case "too-large":
    case "unsupported-type":
      return { act: "stuck", why: code };
    case "unauthenticated":
      return { act: "sign-in" };
    case "slow-down":
    case "unavailable":
      return { act: "wait", reason: "busy", wait_ms };
    case "storage-full":
      return { act: "wait", reason: "full", wait_ms };
    case "invalid":
      return status === 412 ? { act: "ask" } : { act: "stuck", why: code };
    default:
      return status === 413 ? { act: "less" } : { act: "none" }; // a box on the road, or a fault of the system's
  }
}

/**
 * The lane after a try that failed: when the next one is, and why it waits.
 * @param {Lane} lane @param {Lane["reason"]} reason @param {number} now @param {number} jitter in [0, 1) @param {number} [wait_ms]
 * @returns {Lane}
 */
export function afterFailure(lane, reason, now, jitter, wait_ms = 0) {
  const failures = lane.failures + 1;
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return { ...lane, failures, reason, next_try_ms: now + Math.max(wait_ms, Math.floor(full * (0.5 + jitter / 2))) };
}

/** @param {Lane} lane @returns {Lane} */
export const afterSuccess = (lane) => ({ ...lane, failures: 0, reason: null, next_try_ms: 0 });

/**
 * What becomes of the files on this phone (rule 5): those that are done are marked, and may go after 30 days, or before
 * where room is short and all of it is verified. What nothing names any more goes after a day.
 * @param {Session} session
 * @param {Map<string, FileRecord>} files
 * @param {any[]} drafts of this drawer
 * @param {number} now
 * @param {boolean} short whether room is short
 * @returns {{mark: FileRecord[], drop: FileRecord[]}}
 */
export function settled(session, files, drafts, now, short) {
  /** @type {{mark: FileRecord[], drop: FileRecord[]}} */
  const found = { mark: [], drop: [] };
  const { need_snapshot, contact_ms } = session.meta;
  if (need_snapshot && contact_ms !== null) return found; // the copies may be of before a restore; who never had an answer has none
  const named = new Set(drafts.flatMap((draft) => (draft.status === "sent" ? apartOf(draft).map(({ page }) => page) : everyPage(draft))).map((page) => page.sha256));
  for (const { op, status, shown, result, dismissed } of session.outbox.values()) {
    const open = status === "refused" ? !dismissed : !shown || result?.outcome === "held";
    if (op.type === "attach" && open) named.add(op.sha256);
  }
  /** @type {Map<string, Set<string>>} */
  const said = new Map();
  for (const copy of session.copies.values()) {
    const over = ["3", "8", "10"].includes(copy.state);
    for (const { sha256, status } of copy.attachments) said.set(sha256, (said.get(sha256) ?? new Set()).add(over && status !== "verified" ? "closed" : status));
  }
  for (const file of files.values()) {
    const places = said.get(file.sha256);
    const open = named.has(file.sha256) || ["awaited", "arriving", "bad"].some((status) => places?.has(status));
    if (open) {
      if (file.done_ms !== null) found.mark.push({ ...file, done_ms: null });
    } else if (!places) {
      if (now - file.made_ms > (short ? YOUNG_MS : ORPHAN_MS)) found.drop.push(file);
    } else if (file.done_ms === null) found.mark.push({ ...file, done_ms: now });
    else if ((short && !places.has("closed")) || now - file.done_ms > KEEP_MS) found.drop.push(file);
  }
  return found;
}
