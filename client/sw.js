/**
 * The service worker: the anonymous shell, without network.
 *
 * Rule 1. GET only, and only what is on the list that the server put in front of this script: pages that are the same
 * for everybody, and files by content hash; and procedures beside it (`seen.js`). Nothing with a person in it is ever kept, and no POST is touched.
 * Rule 2. A version is whole or is not there: it is filled at install, from the old one where the hash is the same, each
 * file checked against its hash, and the old one goes only when the new one is in charge. What a cut left half filled is
 * gone on with the next time; where there is no room for it, it is given back. Pages, alike as they are, come together
 * in one file. Parts of the script for what few do (`later`) come after the first version is whole; a next one has them.
 * Rule 3. It takes over when a person lets it, never under a form that another tab has open.
 * Rule 4. Filling stands back: while a page of ours is on its way, the road is the page's (`hold`, `go-on`).
 */
import { setting } from "./js/db.js";
import { sendEverybodys } from "./js/everybody.js";
import { isProcedure, loadWishes, procedureAnswer } from "./js/seen.js";

/** @type {any} */
const worker = self;
/**
 * `pages`: the files that bring all pages, and their hashes, the second those that come last; `later`: what the first
 * version is whole without; `english`: kept by who reads it.
 * @type {{version: string, files: Record<string, string>, pages: {path: string, hash: string}[], later: string[], english: string}}
 */
const kept = worker.MOTCUA;
const CACHE = `motcua-${kept.version}`;
const HASH = "x-motcua-hash";
/** In a cache as long as it is not whole. */
const UNFINISHED = "/unfinished";
/** A page that asked for the road and never came back must not hold it for ever. */
const HOLD_MS = 30_000;

let road = { free: Promise.resolve(), release() {}, abort: new AbortController() };

function hold() {
  road.abort.abort();
  road.release();
  let release = () => {};
  const free = /** @type {Promise<void>} */ (new Promise((resolve) => (release = resolve)));
  road = { free, release, abort: new AbortController() };
  setTimeout(release, HOLD_MS);
}

/** @param {Response} answer @returns {Promise<{blob: Blob, hash: string}>} */
async function read(answer) {
  const bytes = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = [...digest.slice(0, 10)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { blob: new Blob([bytes], { type: answer.headers.get("content-type") ?? "" }), hash };
}

/**
 * Fetch a file, again from the start where a page asked for the road.
 * @param {string} path @param {string} hash
 * @returns {Promise<Response>}
 */
async function fetched(path, hash) {
  for (;;) {
    await road.free;
    const { signal } = road.abort;
    try {
      return await checked(path, hash, signal);
    } catch (fault) {
      if (!signal.aborted) throw fault;
    }
  }
}

/** @param {string} path @param {string} hash @param {AbortSignal} [signal] */
async function checked(path, hash, signal) {
  // What has its hash in its name may come from the browser's own cache: the first page has just brought it.
  const cache = path.startsWith("/assets/") ? "default" : "no-cache";
  const answer = await fetch(path, { cache, credentials: "omit", redirect: "error", signal });
  const { blob, hash: found } = await read(answer);
  if (!answer.ok || found !== hash) throw new Error(`${path} is not the one that was promised`);
  const headers = new Headers(answer.headers);
  headers.set(HASH, found);
  return new Response(blob, { headers });
}

/** @returns {(path: string) => Promise<Response>} gives pages, of which the first to be missing brings all */
function pagesTogether() {
  /** @type {({headers: Record<string, string>, pages: Record<string, string>}|undefined)[]} */
  const together = [];
  return async (path) => {
    const n = kept.later.includes(path) ? 1 : 0;
    const { headers, pages } = (together[n] ??= await (await fetched(kept.pages[n].path, kept.pages[n].hash)).json());
    return new Response(pages[path], { headers: { ...headers, [HASH]: kept.files[path] } });
  };
}

/** @param {string} path */
const isPage = (path) => !path.startsWith("/assets/");
/** @param {string} path */
const standingBack = (path) => fetched(path, kept.files[path]);
/** @param {string} path */
const atOnce = (path) => checked(path, kept.files[path]);

/** @param {Cache} cache @param {string} path @param {(path: string) => Promise<Response>} bring */
async function fill(cache, path, bring) {
  const isIt = (/** @type {Response|undefined} */ found) => found?.headers.get(HASH) === kept.files[path];
  if (isIt(await cache.match(path))) return;
  const old = await caches.match(path);
  await cache.put(path, old && isIt(old) ? old : await bring(path));
}

/** What this version is whole with: files, then pages. @returns {Promise<string[]>} */
async function needed() {
  const without = new Set(worker.registration.active ? [] : kept.later);
  if ((await setting("language")) !== "en") without.add(kept.english);
  const paths = Object.keys(kept.files).filter((path) => !without.has(path));
  return [...paths.filter((path) => !isPage(path)), ...paths.filter(isPage)];
}

async function install() {
  await dropUnfinished();
  const cache = await caches.open(CACHE);
  try {
    await cache.put(UNFINISHED, new Response(""));
    const page = pagesTogether();
    for (const path of await needed()) await fill(cache, path, isPage(path) ? page : standingBack);
    await cache.delete(UNFINISHED);
  } catch (fault) {
    if (/** @type {any} */ (fault)?.name === "QuotaExceededError") await caches.delete(CACHE); // the room is for people's work
    throw fault;
  }
}

/** Fetch what the first version was whole without; what does not come is asked for by the next page. */
async function fillLater() {
  const cache = await caches.open(CACHE);
  const page = pagesTogether();
  for (const path of kept.later) await fill(cache, path, isPage(path) ? page : standingBack);
}

/** Let go of other versions that never became whole. */
async function dropUnfinished() {
  for (const name of await caches.keys()) {
    if (name === CACHE || !name.startsWith("motcua-")) continue;
    if (await (await caches.open(name)).match(UNFINISHED)) await caches.delete(name);
  }
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("motcua-") && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

/** @param {Request} request @param {string} path */
async function fromShell(request, path) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (found || isPage(path)) return found ?? fetch(request);
  await fill(cache, path, atOnce);
  return /** @type {Promise<Response>} */ (cache.match(path));
}

/** How often, and how long after, another look is had: the page that was just left is a client for a moment more. */
const LOOKS = 5, LOOK_MS = 200;

/** Let the new version in, unless another tab has a form open. @param {any} asking */
async function takeOver(asking) {
  for (let look = 1; look <= LOOKS; look += 1) {
    const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const isWriting = (/** @type {any} */ tab) => tab.id !== asking?.id && new URL(tab.url).pathname.startsWith("/to-khai/");
    if (!tabs.some(isWriting)) return worker.skipWaiting();
    if (look < LOOKS) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  asking?.postMessage("form-open");
}

/** @type {import("./js/seen.js").Pack} */
const pack = {
  page: async (path) => (await caches.open(CACHE)).match(path),
  async nameOf(code) {
    const path = Object.keys(kept.files).find((each) => each.startsWith("/assets/finding."));
    const found = path && (await (await caches.open(CACHE)).match(path));
    return found && (await found.json()).records.find((/** @type {any} */ each) => each.code === code)?.name;
  },
};

async function sendWaiting() {
  if (await sendEverybodys({ force: true })) throw new Error("still waiting"); // the browser tries again later
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "take-over") event.waitUntil(takeOver(event.source));
  if (event.data === "hold") hold();
  if (event.data === "go-on") road.release();
  if (event.data === "later") event.waitUntil(fillLater().then(loadWishes));
});
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting());
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname in kept.files) event.respondWith(fromShell(request, url.pathname));
  else if (url.pathname === "/so-lieu") event.respondWith(fetch(request).catch(async () => (await pack.page("/can-mang")) ?? Response.error()));
  else if (isProcedure(url.pathname)) event.respondWith(procedureAnswer(request, url.pathname, pack, (work) => event.waitUntil(work)));
});
