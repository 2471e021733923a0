/**
 * The backup file: a drawer's drafts and its queue, sealed with words that only its owner knows.
 *
 * THE FILE. One line of JSON, the head, and then the sealed bytes: `{"motcua":"backup","v":1,"made":ms,"bytes":n,
 * "kdf":{"name":"PBKDF2-SHA256","iterations":n,"salt":base64},"iv":base64}`. The head is authenticated with what it
 * describes. Inside is JSON: `{owner, drafts, outbox, forms}`, records as the vault keeps them. Where a page has no
 * WebCrypto (an address without encryption) `kdf` is null and the inside is plain: nothing better can be had there.
 *
 * Rule 1. It goes into the drawer it came from: its owner's, or the one of nobody, where whoever signs in is asked. An
 * account begun on the lost phone comes with its secret, the only way in: so its owner has a drawer on the other phone.
 * Rule 2. Ops keep their ids, so what two phones send is done once. Reading a file twice changes nothing.
 * Rule 3. Nothing here is replaced by it: a draft that was written on since stays, and the other text is put beside it.
 */
import { canSeal } from "./seal.js";

/** @typedef {{name: string, secret: string, citizen_id?: string, phone?: string}} Begun */
/** @typedef {{person: string|null, name: string, begun: Begun|null}} Owner `begun`: an account begun on the phone, with its only way in */
/** @typedef {{owner: Owner|null, drafts: any[], outbox: any[], forms: any[]}} Content */

const VERSION = 1;
/** OWASP's figure for PBKDF2-HMAC-SHA256 (2023). */
export const ITERATIONS = 600_000;
/** What a file may ask for: less is no seal, more would stop an old phone. */
const ITERATIONS_MAX = 5_000_000;
/** Whoever finds the file can try millions of short passwords. */
export const LETTERS_MIN = 10;
const HEAD_BYTES_MAX = 1_000;

/** A file that cannot be read, with the key of the text that says why. */
export class BackupFault extends Error {}

/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {string} words @param {Uint8Array<ArrayBuffer>} salt @param {number} iterations */
async function keyFrom(words, salt, iterations) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(words.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/**
 * Make a file.
 * @param {Content} content
 * @param {string} words the passphrase; not used where the page cannot seal
 * @param {number} now
 * @param {number} [iterations]
 * @returns {Promise<Blob>}
 */
export async function sealFile(content, words, now, iterations = ITERATIONS) {
  const inside = new TextEncoder().encode(JSON.stringify(content));
  if (!canSeal()) return fileOf({ motcua: "backup", v: VERSION, made: now, bytes: inside.length, kdf: null }, inside);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const kdf = { name: "PBKDF2-SHA256", iterations, salt: base64(salt) };
  const head = { motcua: "backup", v: VERSION, made: now, bytes: inside.length + 16, kdf, iv: base64(iv) };
  const key = await keyFrom(words, salt, iterations);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(JSON.stringify(head)) }, key, inside);
  return fileOf(head, sealed);
}

/** @param {any} head @param {BlobPart} body */
const fileOf = (head, body) => new Blob([`${JSON.stringify(head)}\n`, body], { type: "application/octet-stream" });

/**
 * Read a file's head and its sealed bytes.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {{head: any, line: Uint8Array<ArrayBuffer>, body: Uint8Array<ArrayBuffer>}}
 */
function parted(bytes) {
  const end = bytes.subarray(0, HEAD_BYTES_MAX).indexOf(10);
  const line = bytes.slice(0, Math.max(0, end));
  let head;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch {
    throw new BackupFault("backup.not_one");
  }
  if (head?.motcua !== "backup") throw new BackupFault("backup.not_one");
  if (head.v !== VERSION) throw new BackupFault("backup.other_version");
  const body = bytes.slice(end + 1);
  if (body.length !== head.bytes) throw new BackupFault("backup.cut");
  return { head, line, body };
}

/** Whether a file wants a passphrase at all. @param {Uint8Array<ArrayBuffer>} bytes @returns {boolean} */
export const isSealed = (bytes) => parted(bytes).head.kdf !== null;

/**
 * Open a file.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} words
 * @returns {Promise<Content>}
 * @throws {BackupFault} with the key of the text that says why not
 */
export async function openFile(bytes, words) {
  const { head, line, body } = parted(bytes);
  if (head.kdf === null) return contentOf(body);
  if (!canSeal()) throw new BackupFault("backup.no_seal");
  const { iterations, salt } = head.kdf;
  if (head.kdf.name !== "PBKDF2-SHA256" || !(iterations >= 1 && iterations <= ITERATIONS_MAX)) throw new BackupFault("backup.other_version");
  let inside;
  try {
    const key = await keyFrom(words, bytesOf(salt), iterations);
    inside = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytesOf(head.iv), additionalData: line }, key, body);
  } catch {
    throw new BackupFault("backup.wrong_words"); // or damaged: the seal does not tell which
  }
  return contentOf(new Uint8Array(inside));
}

/** @param {Uint8Array} inside @returns {Content} */
function contentOf(inside) {
  const isRecord = (/** @type {any} */ each) => typeof each?.id === "string";
  try {
    const content = JSON.parse(new TextDecoder().decode(inside));
    const { owner, drafts, outbox, forms } = content;
    const owned = owner === null || typeof (owner.person ?? owner.begun?.secret) === "string";
    const queued = outbox.every((/** @type {any} */ each) => isRecord(each) && each.op.id === each.id && typeof each.op.dossier === "string");
    if (owned && queued && drafts.every(isRecord) && Array.isArray(forms)) return content;
  } catch {
    // said below
  }
  throw new BackupFault("backup.not_one");
}
