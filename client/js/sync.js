/**
 * Empty the outbox and bring news: round trips until there is nothing left to say. No DOM: the worker uses it too.
 *
 * One request is under way for a drawer among all tabs and the worker (Web Lock `motcua-sync-…`). It carries the
 * drawer's own credential and no cookie: several people's work can wait on one phone and never speaks for another's.
 */
import { needKey, personOf, signed } from "./credentials.js";
import { meet } from "./trouble.js";
import { ask, askLines, NoAnswer, posted, problemCode } from "./wire.js";
import { alone, joined } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */

const ROUNDS_MAX = 100;
const IMPATIENT_MS = 2_000;
export const APP = "0.1.0";

/** @type {Map<string, {abort: AbortController, since: number, done: Promise<unknown>}>} by drawer */
const under_way = new Map();

/**
 * Empty the outbox. `force` does not wait for the next try, and gives up a request that hangs.
 * @param {Vault} vault
 * @param {{force?: boolean}} [how]
 * @returns {Promise<void>}
 */
export async function drain(vault, { force = false } = {}) {
  if (vault.isGuest) return;
  const other = under_way.get(vault.slot);
  if (other) {
    if (!force) return;
    if (Date.now() - other.since > IMPATIENT_MS) other.abort.abort();
    await other.done;
  }
  const run = () => allOf(vault, force);
  const options = force ? {} : { ifAvailable: true };
  const done = navigator.locks
    ? navigator.locks.request(`motcua-sync-${vault.slot}`, options, (lock) => (lock ? run() : undefined))
    : run();
  const mine = { abort: new AbortController(), since: Date.now(), done };
  under_way.set(vault.slot, mine);
  try {
    await done;
  } finally {
    if (under_way.get(vault.slot) === mine) under_way.delete(vault.slot);
  }
}

/**
 * Do something while nothing of a drawer is sent or asked for; what this page has under way is given up.
 * @param {string} slot @param {() => Promise<void>} work
 */
export function whileQuiet(slot, work) {
  under_way.get(slot)?.abort.abort();
  return alone(`motcua-sync-${slot}`, work);
}

/** The work, between what it leans on and what leans on it. @param {Vault} vault @param {boolean} force */
async function allOf(vault, force) {
  await vault.refresh();
  /** @param {"sendAccounts"|"sendCodes"} what a code may be made meanwhile, so the part is asked for each time */
  const tell = async (what) => (await codesPart(vault))?.[what](vault, () => abortOfThis(vault));
  await tell("sendAccounts");
  await rounds(vault, force);
  if (await tell("sendCodes")) await rounds(vault, true);
}

/**
 * What tells of codes and accounts for citizens: a page fetches it, the worker, which every citizen carries, has none.
 * @type {() => Promise<Pick<typeof import("./handover.js"), "isDue"|"sendAccounts"|"sendCodes">|null>}
 */
let bring = async () => null;

/** @param {typeof bring} part */
export const learnCodes = (part) => void (bring = part);

/** @param {Vault} vault null: it has none, or what tells of them cannot be had now, and tells the next time */
const codesPart = async ({ kept }) => (kept.handovers || kept.assisted || kept.claims ? bring() : null);

/** Whether the system is to be told of a code. @param {Vault} vault */
export const codesWait = async (vault) => (await codesPart(vault))?.isDue(vault) ?? false;

/** @param {Vault} vault @param {boolean} force */
async function rounds(vault, force) {
  let forced = force;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await vault.refresh();
    if (!vault.account || vault.account.out) return;
    vault.session.inflight = null; // what another run of this tab left is over: the lock is ours
    const request = vault.session.nextRequest({ now: Date.now(), app: APP, force: forced });
    if (!request) return;
    forced = false;
    vault.tell();
    const went = await carried(vault, request);
    if (!went || !(request.kind === "account" || vault.session.isBusy())) return; // the account was for what is asked next
  }
}

/** @param {Vault} vault @param {import("./session.js").Request} request */
async function carried(vault, request) {
  try {
    if (request.kind === "account") return await beginAccount(vault, request);
    const refusal = await needKey(vault, abortOfThis(vault));
    if (refusal) return await missed(vault, request.token, refusal);
    return await (request.kind === "sync" ? roundTrip(vault, request) : snapshot(vault, request));
  } catch (fault) {
    return noAnswer(vault, request.token, fault);
  }
}

/** @param {Vault} vault @returns {AbortController} */
function abortOfThis(vault) {
  const abort = new AbortController();
  const mine = under_way.get(vault.slot);
  if (mine) Object.assign(mine, { abort, since: Date.now() });
  return abort;
}

/** @param {Vault} vault @param {{token: string, body: any}} request */
async function roundTrip(vault, { token, body }) {
  const { status, json, retry_after_s } = await ask("/sync/v1", signed(vault, await posted({ ...body, person: personOf(vault) })), abortOfThis(vault));
  if (status === 200) return taken(vault, (session) => session.receive(token, json, Date.now(), Math.random()));
  return missed(vault, token, { status, code: problemCode(json), retry_after_s });
}

/** @param {Vault} vault @param {{token: string, body: any}} request */
async function beginAccount(vault, { token, body }) {
  const init = { ...(await posted(body)), credentials: /** @type {"omit"} */ ("omit") };
  const { status, json, retry_after_s } = await ask("/accounts", init, abortOfThis(vault));
  if (status !== 201) return missed(vault, token, { status, code: problemCode(json), retry_after_s });
  // A token that the server has forgotten goes; the rest stays as it is by then: who signed out meanwhile stays out.
  const own = () => (vault.account?.key ? { account: { ...vault.account, key: null } } : {});
  return taken(vault, (session) => session.accountBegun(token, json, Date.now(), Math.random()), own);
}

/** Take a snapshot line by line: where it is cut, the next request goes on. @param {Vault} vault @param {{token: string, url: string}} request */
async function snapshot(vault, { token, url }) {
  const take = (/** @type {any[]} */ lines) => keepLines(vault, token, lines);
  const { status, json, retry_after_s } = await askLines(url, take, abortOfThis(vault), signed(vault));
  if (status !== 200) return missed(vault, token, { status, code: problemCode(json), retry_after_s });
  return taken(vault, (session) => session.snapshotEnd(token, Date.now(), Math.random()));
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
 * @param {() => import("./vault.js").Kept} [beside] asked once the drawer is caught up
 */
async function taken(vault, take, beside = () => ({})) {
  await meet(null);
  await learnt(vault, take, beside);
  return vault.session.meta.failures === 0;
}

/**
 * Keep what was learnt, with what a person is yet to be told of it.
 * @param {Vault} vault
 * @param {(session: import("./session.js").Session) => import("./session.js").Changes|null} take
 * @param {() => import("./vault.js").Kept} [beside] asked once the drawer is caught up
 */
async function learnt(vault, take, beside = () => ({})) {
  await vault.change((session) => {
    const late = lateOps(session);
    const changes = take(session);
    const before = vault.kept.told ?? [];
    const told = toldBy(changes?.news ?? [], late).filter((each) => each.kind !== "epoch" || !before.some((other) => other.kind === "epoch"));
    return { changes, kept: told.length ? { ...beside(), told: [...before, ...told] } : beside() };
  });
}

/** @param {import("./session.js").Session} session @returns {Set<string>} own ops that the office is looking at */
const lateOps = (session) => new Set([...session.outbox.values()].filter((record) => record.status === "held" && record.result?.reason === "late").map((record) => record.id));

/**
 * What a person is to be told of an answer, and would not see by looking.
 * @param {import("./session.js").News[]} news @param {Set<string>} late
 * @returns {import("./vault.js").Told[]}
 */
function toldBy(news, late) {
  return news.flatMap(/** @returns {import("./vault.js").Told[]} */ ({ kind, dossier, op, path, outcome }) => {
    if (kind === "overridden") return [{ kind, dossier, op, path }];
    if (kind === "epoch") return [{ kind, dossier: null }];
    const taken = kind === "result" && late.has(op ?? "") && outcome !== "refused" && outcome !== "held";
    return taken ? [{ kind: /** @type {"held_yes"} */ ("held_yes"), dossier, op }] : [];
  });
}

/** @param {Vault} vault @param {string} token @param {any} failure */
async function missed(vault, token, failure) {
  const before = vault.session.meta.failures;
  if (failure.status) await meet(failure.status === 429 || failure.status === 503 ? "busy" : null);
  await learnt(vault, (session) => session.failed(token, failure, Date.now(), Math.random()));
  return vault.session.meta.failures === before;
}

/** @param {Vault} vault @param {string} token @param {any} fault */
async function noAnswer(vault, token, fault) {
  if (!(fault instanceof NoAnswer) && !(fault instanceof SyntaxError)) throw fault;
  await meet(fault instanceof NoAnswer && fault.portal ? "portal" : "silent");
  await missed(vault, token, {});
  return false;
}
