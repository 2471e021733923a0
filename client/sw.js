/**
 * The service worker: the anonymous shell, without network.
 *
 * Rule 1. GET only, and only what is on the list that the server put in front of this script: pages that are the same
 * for everybody, and files by content hash. Nothing with a person in it is ever kept, and no POST is touched.
 * Rule 2. A version is whole or is not there: it is filled at install, from the old one where the hash is the same, and
 * the old one goes only when the new one is in charge.
 * Rule 3. It takes over when a person lets it, never under a form that another tab has open.
 */
import { sendEverybodys } from "./js/everybody.js";

/** @type {any} */
const worker = self;
/** @type {{version: string, files: Record<string, string>}} */
const kept = worker.MOTCUA;
const CACHE = `motcua-${kept.version}`;
const HASH = "x-motcua-hash";

/** @param {string} path @param {string} hash */
async function fill(path, hash) {
  const cache = await caches.open(CACHE);
  const old = await caches.match(path);
  if (old?.headers.get(HASH) === hash) return cache.put(path, old);
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit", redirect: "error" });
  const etag = (answer.headers.get("etag") ?? "").replace(/^W\/|"/g, "");
  if (!answer.ok || etag !== hash) throw new Error(`${path} is not the one that was promised`);
  const headers = new Headers(answer.headers);
  headers.set(HASH, hash);
  return cache.put(path, new Response(await answer.blob(), { headers }));
}

async function install() {
  for (const [path, hash] of Object.entries(kept.files)) await fill(path, hash);
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("motcua-") && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

/** @param {Request} request @param {string} path */
async function fromShell(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/** Let the new version in, unless another tab has a form open. @param {any} asking */
async function takeOver(asking) {
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const writing = tabs.some((/** @type {any} */ tab) => tab.id !== asking?.id && new URL(tab.url).pathname.startsWith("/to-khai/"));
  if (!writing) await worker.skipWaiting();
}

async function sendWaiting() {
  if (await sendEverybodys({ force: true })) throw new Error("still waiting"); // the browser tries again later
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "take-over") event.waitUntil(takeOver(event.source));
});
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting());
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || !(url.pathname in kept.files)) return;
  event.respondWith(fromShell(request, url.pathname));
});
