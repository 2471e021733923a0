/** Requests with an end: each is given up after a time, and an answer is told from a captive portal's page. */

export const ANSWER_TIMEOUT_MS = 20_000;
const GZIP_BYTES_MIN = 1_000;

/** No answer, or none of ours. `portal` where a page came instead. */
export class NoAnswer extends Error {
  /** @param {boolean} portal */
  constructor(portal) {
    super("no answer");
    this.portal = portal;
  }
}

/**
 * Send and read the whole answer, or throw NoAnswer.
 * @param {string} url
 * @param {RequestInit} [init]
 * @param {AbortController} [abort]
 * @returns {Promise<{status: number, json: any, text: string, retry_after_s: number|undefined}>}
 */
export async function ask(url, init = {}, abort = new AbortController()) {
  const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS);
  try {
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", ...init, signal: abort.signal });
    const text = await answer.text();
    const type = answer.headers.get("content-type") ?? "";
    if (type.includes("text/html")) throw new NoAnswer(answer.status === 200);
    const wait = Number(answer.headers.get("retry-after"));
    const json = /[/+]json/.test(type) ? parsed(text) : null;
    return { status: answer.status, json, text, retry_after_s: wait > 0 ? wait : undefined };
  } catch (fault) {
    throw fault instanceof NoAnswer ? fault : new NoAnswer(false);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Read an answer of one JSON a line as it comes: `take` is given whole lines, also those of an answer that is cut later.
 * What is no such answer comes back as from `ask`; a cut one throws NoAnswer, and what was taken stays taken.
 * @param {string} url
 * @param {(lines: any[]) => Promise<void>} take
 * @param {AbortController} abort
 * @param {RequestInit} [init]
 * @returns {Promise<{status: number, json: any, retry_after_s: number|undefined}>}
 */
export async function askLines(url, take, abort, init = {}) {
  const timer = () => setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS);
  let end = timer();
  try {
    const headers = { .../** @type {any} */ (init.headers), accept: "application/x-ndjson" };
    const answer = await fetch(url, { credentials: "same-origin", ...init, headers, signal: abort.signal, cache: "no-store" });
    const type = answer.headers.get("content-type") ?? "";
    if (type.includes("text/html")) throw new NoAnswer(answer.status === 200);
    const wait = Number(answer.headers.get("retry-after"));
    const said = { status: answer.status, retry_after_s: wait > 0 ? wait : undefined };
    if (answer.status !== 200 || !answer.body) return { ...said, json: parsed(await answer.text()) };
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      clearTimeout(end);
      if (done) return { ...said, json: null };
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      await take(lines.filter(Boolean).map((line) => JSON.parse(line)));
      end = timer();
    }
  } catch (fault) {
    throw fault instanceof TypeError || (fault instanceof DOMException && fault.name === "AbortError") ? new NoAnswer(false) : fault;
  } finally {
    clearTimeout(end);
  }
}

/** @param {string} text @returns {any} null where an answer was cut or is none */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Make the body of a POST, smaller where the browser can.
 * @param {any} value
 * @returns {Promise<RequestInit>}
 */
export async function posted(value) {
  const text = JSON.stringify(value);
  const headers = { "content-type": "application/json", accept: "application/json" };
  if (text.length < GZIP_BYTES_MIN || typeof CompressionStream === "undefined") return { method: "POST", headers, body: text };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = await new Response(stream).arrayBuffer();
  return { method: "POST", headers: { ...headers, "content-encoding": "gzip" }, body };
}

/** Code of a problem document of ours. @param {any} json */
export function problemCode(json) {
  const type = json?.type;
  return typeof type === "string" && type.startsWith("urn:motcua:problem:") ? type.slice("urn:motcua:problem:".length) : "";
}
