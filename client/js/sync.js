/**
 * Empty the outbox and bring news: round trips until there is nothing left to say. No DOM: the worker uses it too.
 *
 * One request is under way among all tabs and the worker (Web Lock `motcua-sync-…`). Nothing is sent but by the account
 * that is signed in now: the cookie speaks for it and for nobody else.
 */
import { keepSetting, setting } from "./db.js";
import { ask, askLines, NoAnswer, posted, problemCode } from "./wire.js";
import { joined } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */

const ROUNDS_MAX = 100;
const IMPATIENT_MS = 2_000;
export const APP = "0.1.0";

/** @type {{abort: AbortController, since: number, done: Promise<unknown>}|null} */
let under_way = null;
/** Whether the last failure was a page that came instead of an answer. */
export let behindPortal = false;
/** Setting: whether the last try met silence, not a server that asked for time. */
export const SILENT = "silent";

/**
 * Empty the outbox. `force` does not wait for the next try, and gives up a request that hangs.
 * @param {Vault} vault
 * @param {{force?: boolean}} [how]
 * @returns {Promise<void>}
 */
export async function drain(vault, { force = false } = {}) {
  if (vault.isGuest) return;
  if (under_way) {
    if (!force) return;
    if (Date.now() - under_way.since > IMPATIENT_MS) under_way.abort.abort();
    await under_way.done;
  }
  const run = () => rounds(vault, force);
  const options = force ? {} : { ifAvailable: true };
  const done = navigator.locks
    ? navigator.locks.request(`motcua-sync-${vault.slot}`, options, (lock) => (lock ? run() : undefined))
    : run();
  const mine = { abort: new AbortController(), since: Date.now(), done };
  under_way = mine;
  try {
    await done;
  } finally {
    if (under_way === mine) under_way = null;
  }
}

/** @param {Vault} vault @param {boolean} force */
async function rounds(vault, force) {
  let forced = force;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const account = await setting("account");
    if (account?.person !== vault.slot) return;
    await vault.refresh();
    vault.session.inflight = null; // what another run of this tab left is over: the lock is ours
    const request = vault.session.nextRequest({ now: Date.now(), app: APP, force: forced });
    if (!request) return;
    forced = false;
    vault.tell();
    const went = await carried(vault, request);
    if (!went || !vault.session.isBusy()) return;
  }
}

/** @param {Vault} vault @param {import("./session.js").Request} request */
function carried(vault, request) {
  if (request.kind === "account") return beginAccount(vault, request);
  return request.kind === "sync" ? roundTrip(vault, request) : snapshot(vault, request);
}

/** @returns {AbortController} */
function abortOfThis() {
  const abort = new AbortController();
  if (under_way) Object.assign(under_way, { abort, since: Date.now() });
  return abort;
}

/** @param {Vault} vault @param {{token: string, body: any}} request */
async function roundTrip(vault, { token, body }) {
  try {
    const { status, json, retry_after_s } = await ask("/sync/v1", await posted(body), abortOfThis());
    if (status === 200) return await taken(vault, (session) => session.receive(token, json, Date.now(), Math.random()));
    return await missed(vault, token, { status, code: problemCode(json), retry_after_s });
  } catch (fault) {
    return noAnswer(vault, token, fault);
  }
}

/** @param {Vault} vault @param {{token: string, body: any}} request */
async function beginAccount(vault, { token, body }) {
  try {
    const { status, json, retry_after_s } = await ask("/accounts", await posted(body), abortOfThis());
    if (status !== 201) return await missed(vault, token, { status, code: problemCode(json), retry_after_s });
    return await taken(vault, (session) => session.accountBegun(token, json, Date.now(), Math.random()));
  } catch (fault) {
    return noAnswer(vault, token, fault);
  }
}

/** Take a snapshot line by line: where it is cut, the next request goes on. @param {Vault} vault @param {{token: string, url: string}} request */
async function snapshot(vault, { token, url }) {
  try {
    const { status, json, retry_after_s } = await askLines(url, (lines) => keepLines(vault, token, lines), abortOfThis());
    if (status !== 200) return await missed(vault, token, { status, code: problemCode(json), retry_after_s });
    return await taken(vault, (session) => session.snapshotEnd(token, Date.now(), Math.random()));
  } catch (fault) {
    return noAnswer(vault, token, fault);
  }
}

/** @param {Vault} vault @param {string} token @param {any[]} lines */
async function keepLines(vault, token, lines) {
  await vault.change((session) => {
    /** @type {any} */
    let all = null;
    for (const line of lines) {
      const changes = session.snapshotLine(token, line, Date.now());
      if (changes) all = all ? joined(all, changes) : changes;
    }
    return { changes: all };
  });
}

/**
 * Keep what an answer changed; true where it was one.
 * @param {Vault} vault
 * @param {(session: import("./session.js").Session) => import("./session.js").Changes|null} take
 */
async function taken(vault, take) {
  behindPortal = false;
  if (await setting(SILENT)) await keepSetting(SILENT, false);
  await vault.change((session) => ({ changes: take(session) }));
  return vault.session.meta.failures === 0;
}

/** @param {Vault} vault @param {string} token @param {any} failure */
async function missed(vault, token, failure) {
  const before = vault.session.meta.failures;
  if (failure.status) await keepSetting(SILENT, false);
  await vault.change((session) => ({ changes: session.failed(token, failure, Date.now(), Math.random()) }));
  return vault.session.meta.failures === before;
}

/** @param {Vault} vault @param {string} token @param {any} fault */
async function noAnswer(vault, token, fault) {
  if (!(fault instanceof NoAnswer) && !(fault instanceof SyntaxError)) throw fault;
  behindPortal = fault instanceof NoAnswer && fault.portal;
  await keepSetting(SILENT, true);
  await missed(vault, token, {});
  return false;
}
