/**
 * The bytes of papers on this phone: sealed like everything else, in pieces, so that an old phone never holds much at once.
 *
 * Rule 1. A file is here once its record is: the record is written after the last of its pieces, and goes before the first.
 * Pieces without a record are what a killed browser or a full disk left; they are swept.
 * Rule 2. Records and pieces are named by an id of this phone's own. What a file is, its hash too, lies sealed in the record.
 * Rule 3. One content is kept once, in however many slots it stands.
 */
import { newId } from "./ids.js";
import { everyPage } from "./papers.js";
import { open, seal } from "./seal.js";

/** @typedef {import("./vault.js").Vault} Vault */
/**
 * @typedef {object} FileRecord
 * @property {string} id
 * @property {string} sha256
 * @property {number} bytes
 * @property {string} media
 * @property {number} pieces
 * @property {number} made_ms
 * @property {string|null} upload address of an upload that was begun
 * @property {number} offset what the system had of it when it last said so
 * @property {number|null} sent_ms when the system had all of it
 * @property {number} restarts how often an upload of it came to nothing
 * @property {string|null} stuck why it can never be sent
 * @property {number|null} done_ms since when the system says that it is verified everywhere
 */

export const PIECE_BYTES = 256 * 1024;
/** What the lane remembers lies beside the files (uploads.js). */
const LANE = "lane";

/** @param {BufferSource} bytes @returns {Promise<string>} */
export async function sha256Of(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {CryptoKey|null} key @param {ArrayBuffer} bytes @param {string} id */
async function sealBytes(key, bytes, id) {
  if (!key) return { id, plain: bytes };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { id, iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) }, key, bytes) };
}

/** @param {CryptoKey|null} key @param {any} kept @returns {Promise<ArrayBuffer>} */
async function openBytes(key, kept) {
  if (!key || !kept.sealed) return kept.plain;
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv, additionalData: new TextEncoder().encode(kept.id) }, key, kept.sealed);
}

/** Write one record so that it is durable. @param {Vault} vault @param {string} store @param {any} record */
export async function putDurably(vault, store, record) {
  await vault.db.again(async () => {
    const tx = await vault.db.transaction(store, "readwrite", { durability: "strict" });
    await Promise.all([tx.store.put(record), tx.done]);
  });
}

/** @param {Vault} vault @returns {Promise<Map<string, FileRecord>>} by SHA-256 */
export async function filesOf(vault) {
  const kept = (await vault.db.getAll("files")).filter((each) => each.id !== LANE);
  const records = await Promise.all(kept.map((each) => open(vault.key, each)));
  return new Map(records.map((record) => [record.sha256, record]));
}

/** @param {Vault} vault @param {FileRecord} record */
export async function keepRecord(vault, record) {
  await putDurably(vault, "files", await seal(vault.key, record));
}

/** @param {Vault} vault @returns {Promise<any>} what the lane remembers */
export async function laneOf(vault) {
  const kept = await vault.db.get("files", LANE);
  return kept ? open(vault.key, kept) : null;
}

/** @param {Vault} vault @param {any} lane */
export async function keepLane(vault, lane) {
  await putDurably(vault, "files", await seal(vault.key, { ...lane, id: LANE }));
}

/**
 * Keep a file, with its small picture. Where there is no room, nothing of it stays and the fault says so.
 * @param {Vault} vault
 * @param {{blob: Blob, media: string, small: Blob|null}} made
 * @returns {Promise<FileRecord>}
 */
export async function keepFile(vault, { blob, media, small }) {
  const sha256 = await sha256Of(await blob.arrayBuffer());
  const known = (await filesOf(vault)).get(sha256);
  if (known && known.stuck !== "missing") {
    const again = { ...known, made_ms: Date.now(), ...(known.stuck ? { stuck: null, restarts: 0 } : {}) }; // young again: no draft names it yet
    await keepRecord(vault, again);
    return again;
  }
  if (known) await dropFile(vault, known);
  const id = newId(Date.now());
  const pieces = Math.ceil(blob.size / PIECE_BYTES);
  try {
    for (let at = 0; at < pieces; at += 1) {
      const bytes = await blob.slice(at * PIECE_BYTES, (at + 1) * PIECE_BYTES).arrayBuffer();
      await putDurably(vault, "pieces", await sealBytes(vault.key, bytes, `${id}:${at}`));
    }
    if (small) await putDurably(vault, "pieces", await sealBytes(vault.key, await small.arrayBuffer(), `${id}:small`));
    const record = { id, sha256, bytes: blob.size, media, pieces, made_ms: Date.now(), upload: null, offset: 0, sent_ms: null, restarts: 0, stuck: null, done_ms: null };
    await keepRecord(vault, record);
    return record;
  } catch (fault) {
    await dropPieces(vault, id).catch(() => null); // the first fault is the one to tell of; what is left is swept later
    throw fault;
  }
}

/**
 * Read a part of a file.
 * @param {Vault} vault @param {FileRecord} record @param {number} from @param {number} to
 * @returns {Promise<Blob>}
 */
export async function partOf(vault, record, from, to) {
  const parts = [];
  for (let at = Math.floor(from / PIECE_BYTES); at * PIECE_BYTES < to; at += 1) {
    const kept = await vault.db.get("pieces", `${record.id}:${at}`);
    if (!kept) throw new MissingBytes(record.id);
    const bytes = await openBytes(vault.key, kept);
    const start = at * PIECE_BYTES;
    parts.push(bytes.slice(Math.max(0, from - start), to - start));
  }
  return new Blob(parts);
}

/** @param {Vault} vault @param {FileRecord} record @returns {Promise<Blob>} the whole file, to be looked at */
export async function wholeOf(vault, record) {
  return new Blob([await partOf(vault, record, 0, record.bytes)], { type: record.media });
}

/** @param {Vault} vault @param {FileRecord} record @returns {Promise<Blob|null>} its small picture */
export async function smallOf(vault, record) {
  const kept = await vault.db.get("pieces", `${record.id}:small`);
  return kept ? new Blob([await openBytes(vault.key, kept)], { type: "image/jpeg" }) : null;
}

/** The browser has a record and not its bytes: somebody emptied one of the two. */
export class MissingBytes extends Error {}

/** @param {Vault} vault @param {string} id */
async function dropPieces(vault, id) {
  const range = IDBKeyRange.bound(`${id}:`, `${id}:\uffff`);
  await vault.db.again(async () => {
    const tx = await vault.db.transaction("pieces", "readwrite");
    await Promise.all([tx.store.delete(range), tx.done]);
  });
}

/** @param {Vault} vault @param {FileRecord} record */
export async function dropFile(vault, record) {
  await vault.db.delete("files", record.id);
  await dropPieces(vault, record.id);
}

/** Let go of pieces that no record names, but for those just being written. @param {Vault} vault @param {number} before_ms */
export async function sweepPieces(vault, before_ms) {
  const known = new Set([...(await filesOf(vault)).values()].map((record) => record.id));
  const ids = new Set((await vault.db.getAllKeys("pieces")).map((key) => String(key).split(":")[0]));
  for (const id of ids) if (!known.has(id) && parseInt(id.replace(/-/g, "").slice(0, 12), 16) < before_ms) await dropPieces(vault, id);
}

/**
 * Bring the files of a draft into another drawer, sealed with its key. One whose bytes are gone keeps back no other.
 * @param {Vault} from @param {Vault} to @param {any} draft
 * @returns {Promise<number>} how many of its pages have no bytes here
 */
export async function carryFiles(from, to, draft) {
  const [files, there] = await Promise.all([filesOf(from), filesOf(to)]);
  let missing = 0;
  for (const page of everyPage(draft)) {
    const record = files.get(page.sha256);
    const blob = record ? await wholeOf(from, record).catch(nullIfMissing) : null;
    if (record && blob) await keepFile(to, { blob, media: record.media, small: await smallOf(from, record) });
    else if (!page.gone && !there.has(page.sha256)) missing += 1;
  }
  return missing;
}

/** @param {unknown} fault @returns {null} */
function nullIfMissing(fault) {
  if (fault instanceof MissingBytes) return null;
  throw fault;
}
