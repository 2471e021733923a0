/**
 * One request of tus 1.0.0 each, as the server speaks it (protocol §5). Whatever is not an answer of ours is `NoAnswer`.
 *
 * Pieces go without `Upload-Checksum`: with it the server would drop what had arrived of a piece that was cut. The whole
 * file's SHA-256 is announced at the beginning and checked at the end.
 */
import { NoAnswer, problemCode } from "./wire.js";

/** A chunk is made to take ten seconds; one that takes a minute is lost on a dead line. */
export const CHUNK_TIMEOUT_MS = 60_000;
const ASK_TIMEOUT_MS = 20_000;

/** @typedef {import("./lane.js").Said & {location?: string|null}} Answer */
/** @typedef {(url: string, init: RequestInit) => Promise<Response>} Fetch */

/**
 * Return an upload's address as a path of ours: to any other place the drawer's credential does not go.
 * @param {unknown} address
 * @returns {string}
 * @throws {NoAnswer} it is none of ours, so the answer is not
 */
function ownPath(address) {
  const origin = globalThis.location?.origin;
  const path = origin && String(address).startsWith(`${origin}/`) ? String(address).slice(origin.length) : String(address);
  if (!/^\/files\/[\w-]+$/.test(path)) throw new NoAnswer(false);
  return path;
}

/** @param {string} text ASCII */
const base64 = (text) => btoa(text);

/**
 * @param {Fetch} send a fetch with the drawer's own credential
 * @param {string} url @param {RequestInit & {headers?: Record<string, string>}} init @param {AbortSignal} stop @param {number} timeout_ms
 * @returns {Promise<Answer>}
 */
async function asked(send, url, init, stop, timeout_ms) {
  const abort = new AbortController();
  const end = () => abort.abort();
  const timer = setTimeout(end, timeout_ms);
  stop.addEventListener("abort", end);
  try {
    if (stop.aborted) throw new NoAnswer(false);
    const headers = { "tus-resumable": "1.0.0", ...init.headers };
    const answer = await send(url, { ...init, headers, cache: "no-store", redirect: "error", signal: abort.signal });
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "";
    if (type.includes("text/html")) {
      if (answer.status === 413) return { status: 413, code: "" };
      throw new NoAnswer(answer.status === 200);
    }
    const code = type.includes("json") ? codeIn(text) : headCode(init.method, answer.status);
    if (answer.status !== 413 && !code && answer.headers.get("tus-resumable") === null) throw new NoAnswer(false);
    const wait = Number(answer.headers.get("retry-after"));
    const offset = answer.headers.get("upload-offset");
    const location = answer.headers.get("location");
    return { status: answer.status, code, offset: offset === null ? null : Number(offset), location: location && ownPath(location), retry_after_s: wait > 0 ? wait : undefined };
  } catch (fault) {
    throw fault instanceof NoAnswer ? fault : new NoAnswer(false);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", end);
  }
}

/** @param {string} text */
function codeIn(text) {
  try {
    return problemCode(JSON.parse(text));
  } catch {
    return ""; // cut, or another's
  }
}

/** An answer to HEAD has no body that could say why. @param {string|undefined} method @param {number} status */
const headCode = (method, status) => (method === "HEAD" ? ({ 401: "unauthenticated", 404: "not-found", 410: "upload-gone", 429: "slow-down", 503: "unavailable" }[status] ?? "") : "");

/**
 * Begin an upload, with its first bytes.
 * @param {Fetch} send @param {{sha256: string, bytes: number, media: string}} file @param {Blob} first @param {AbortSignal} stop
 */
export function create(send, { sha256, bytes, media }, first, stop) {
  const headers = {
    "upload-length": String(bytes),
    "upload-metadata": `sha256 ${base64(sha256)},filetype ${base64(media)}`,
    "content-type": "application/offset+octet-stream",
  };
  return asked(send, "/files/", { method: "POST", headers, body: first }, stop, CHUNK_TIMEOUT_MS);
}

/** @param {Fetch} send @param {string} url @param {AbortSignal} stop */
export const offsetOf = (send, url, stop) => asked(send, url, { method: "HEAD" }, stop, ASK_TIMEOUT_MS);

/** @param {Fetch} send @param {string} url @param {number} offset @param {Blob} piece @param {AbortSignal} stop */
export function patch(send, url, offset, piece, stop) {
  const headers = { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  return asked(send, url, { method: "PATCH", headers, body: piece }, stop, CHUNK_TIMEOUT_MS);
}

/**
 * Ask what is to be sent of these.
 * @param {Fetch} send @param {string[]} hashes @param {AbortSignal} stop
 * @returns {Promise<{said: Answer, known: Record<string, "need"|"have"|{partial: string, offset: number}>}>}
 */
export async function probe(send, hashes, stop) {
  /** @type {any} */
  let known = {};
  const keeping = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    const answer = await send(url, init);
    if (answer.status !== 200 || !/json/.test(answer.headers.get("content-type") ?? "")) return answer;
    known = JSON.parse(await answer.text());
    for (const each of Object.values(known)) if (typeof each === "object") each.partial = ownPath(each.partial);
    return new Response(null, { status: 204, headers: { "tus-resumable": "1.0.0" } });
  };
  const headers = { "content-type": "application/json", accept: "application/json" };
  const said = await asked(keeping, "/files/probe", { method: "POST", headers, body: JSON.stringify({ sha256: hashes }) }, stop, ASK_TIMEOUT_MS);
  return { said, known };
}
