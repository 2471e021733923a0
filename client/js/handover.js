/**
 * Codes by which citizens follow and claim what an officer took in for them, and accounts begun for them: made with no
 * network (handing.js), kept sealed in the officer's drawer, and told to the system around the round that sends the work.
 *
 * Rule 1. A code is made when it is first shown, and stays: it is on paper by then. A citizen's own dossier has a
 * provisional code for its slip and nothing else; that one is told to nobody.
 * Rule 2. The system is told of a code once it has the dossier, until it says `kept`; what it says of one changes no other.
 * Rule 3. An account begun for a citizen goes first, so that the codes may name it. The officer's drawer never has what
 * the citizen signs in with later.
 * Rule 4. What was kept is told again when the system was restored, as long as ops are sent again: 30 days. What was
 * refused was judged for good, or a code could come to stand for two dossiers.
 * Rule 5. What was claimed with a code is claimed again then, once the system has its dossier, with growing pauses: a
 * code that is tried too often is locked.
 */
import { isOfficer } from "./roles.js";
import { keyOf, signed } from "./credentials.js";
import { KEEP_MS } from "./session.js";
import { ask, NoAnswer, posted, problemCode } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */
/**
 * @typedef {{state?: "kept"|"refused", epoch?: string|null}} Told what the system said of it, and in which epoch
 * @typedef {{code: string, secret: string} & Told} Handover
 * @typedef {{account: string, name: string, citizen_id?: string, phone?: string, code: string, secret: string, at: number, why?: Why} & Told} Assisted
 *   `why` it was refused, for the officer to put right (handing.js)
 * @typedef {"name"|"citizen_id"|"phone"|"role"|"code"} Why
 * @typedef {{code: string, at: number, epoch: string|null, tries?: number, next_ms?: number}} Claimed
 *   `code`: both halves, as they were claimed with
 */

const ITEMS_MAX = 100;
const PAUSE_FIRST_MS = 3_600_000;
const PAUSE_MAX_MS = 24 * PAUSE_FIRST_MS;

/** For whom a dossier was taken in; null: its owner files for themselves. @param {Vault} vault @param {string} dossier @param {any} [draft] @returns {any} */
export function takenInFor(vault, dossier, draft) {
  const create = vault.session.recordsOf(dossier).find(({ op }) => op.type === "create")?.op;
  return create?.on_behalf ?? draft?.on_behalf ?? null;
}

/** Whether the system, as it is since it was last restored, has not heard of something. @param {Vault} vault @param {Told} told */
const isUnheard = ({ session: { meta } }, { state, epoch }) => !state || (state === "kept" && meta.epoch !== null && epoch !== meta.epoch);

/** Accounts that the system has not heard of. @param {Vault} vault */
const dueAccounts = (vault) => (vault.kept.assisted ?? []).filter((each) => isUnheard(vault, each) && (!each.state || each.at > Date.now() - KEEP_MS));

/** The account begun here for whom a dossier was taken in, where it is theirs beyond doubt. @param {Vault} vault @param {string} dossier */
function accountFor(vault, dossier) {
  const { citizen_id } = takenInFor(vault, dossier) ?? {};
  const begun = citizen_id ? (vault.kept.assisted ?? []).filter((each) => each.citizen_id === citizen_id && each.state !== "refused") : [];
  return begun.at(-1)?.account;
}

/** Codes to be told of: the system has the dossier, and not yet the code. @param {Vault} vault */
function dueCodes(vault) {
  return Object.entries(vault.kept.handovers ?? {}).flatMap(([dossier, handover]) => {
    if (!isUnheard(vault, handover) || !takenInFor(vault, dossier)) return []; // its ops are kept for 30 days
    const { code, secret } = handover;
    const arrived = vault.session.recordsOf(dossier).some(({ op, status }) => op.type === "create" && (status === "acked" || status === "held"));
    if (!arrived) return [];
    const account = accountFor(vault, dossier);
    return [{ dossier, code, secret, ...(account ? { account } : {}) }];
  });
}

/** Dossiers to be claimed again. @param {Vault} vault @returns {[string, Claimed][]} */
function dueClaims({ kept, session: { meta } }) {
  const now = Date.now();
  if (meta.epoch === null || meta.need_snapshot) return []; // what is here now is not yet what the system has
  return Object.entries(kept.claims ?? {}).filter(([, { at, epoch, next_ms = 0 }]) => epoch !== meta.epoch && at > now - KEEP_MS && next_ms <= now);
}

/** Whether an officer's drawer is to tell the system of something. @param {Vault} vault */
const isOfficersDue = (vault) => isOfficer(vault.account) && (dueAccounts(vault).length > 0 || dueCodes(vault).length > 0);

/** Whether the system is to be told of something. @param {Vault} vault */
export const isDue = (vault) => !vault.account?.out && (isOfficersDue(vault) || dueClaims(vault).length > 0);

/** Whether anything can be told now. @param {Vault} vault */
const mayTell = (vault) => isDue(vault) && !vault.session.meta.paused && keyOf(vault) !== null;

/** Tell of accounts that were begun for citizens. @param {Vault} vault @param {() => AbortController} abort */
export async function sendAccounts(vault, abort) {
  if (!mayTell(vault) || !isOfficer(vault.account)) return;
  for (const { at, state, epoch: before, why: said, ...body } of dueAccounts(vault)) {
    const { epoch } = vault.session.meta;
    const answer = await told("/accounts/assisted", body, vault, abort);
    if (answer === null) return;
    const became = /** @type {Record<number, "kept"|"refused">} */ ({ 200: "kept", 201: "kept", 400: "refused", 403: "refused" })[answer.status];
    const why = became === "refused" ? { why: whyOf(answer) } : {};
    if (became) await vault.change(() => ({ kept: { assisted: (vault.kept.assisted ?? []).map((each) => (each.account === body.account ? { ...each, state: became, epoch, ...why } : each)) } }));
  }
}

/** What of an account was not taken: the problem's text begins with the key. @param {{status: number, json: any}} answer @returns {Why} */
function whyOf({ status, json }) {
  if (status === 403) return "role";
  const key = String(json?.detail ?? "").split(" ")[0];
  return key === "name" || key === "citizen_id" || key === "phone" ? key : "code";
}

/**
 * After the work: tell of codes whose dossiers have been sent, and claim again what a restore lost.
 * @param {Vault} vault @param {() => AbortController} abort
 * @returns {Promise<boolean>} whether a dossier is this person's again, and is to be brought
 */
export async function sendCodes(vault, abort) {
  if (!mayTell(vault) || vault.session.meta.failures) return false;
  if (isOfficersDue(vault)) {
    await sendAccounts(vault, abort); // that the system was restored may have been learnt just now
    await tellCodes(vault, abort);
  }
  return claimAgain(vault, abort);
}

/** @param {Vault} vault @param {() => AbortController} abort */
async function tellCodes(vault, abort) {
  const due = dueCodes(vault);
  for (let from = 0; from < due.length; from += ITEMS_MAX) {
    const { epoch } = vault.session.meta;
    const answer = await told("/handovers", { handovers: due.slice(from, from + ITEMS_MAX) }, vault, abort);
    if (answer?.status !== 200 || !Array.isArray(answer.json?.results)) return;
    const became = new Map(answer.json.results.filter((/** @type {any} */ each) => each.outcome !== "waiting").map((/** @type {any} */ each) => [each.dossier, each.outcome]));
    await vault.change(() => ({ kept: { handovers: Object.fromEntries(Object.entries(vault.kept.handovers ?? {}).map(([id, each]) => [id, became.has(id) ? { ...each, state: became.get(id), epoch } : each])) } }));
  }
}

/** @param {Vault} vault @param {() => AbortController} abort @returns {Promise<boolean>} */
async function claimAgain(vault, abort) {
  let isBack = false;
  for (const [dossier, claimed] of dueClaims(vault)) {
    const { epoch } = vault.session.meta;
    const answer = vault.session.copies.has(dossier) ? { status: 200, json: null } : await told("/claims", { code: claimed.code }, vault, abort);
    if (answer === null) break;
    if (answer.status !== 200 && problemCode(answer.json) !== "not-found") break; // at the next start
    isBack ||= answer.status === 200 && answer.json !== null;
    await vault.change(() => ({ kept: claimKept(vault, dossier, answer.status === 200 ? { code: claimed.code, at: claimed.at, epoch } : notYet(claimed)) }));
  }
  return isBack;
}

/** @param {Claimed} claimed @returns {Claimed} */
function notYet(claimed) {
  const { tries = 0 } = claimed;
  return { ...claimed, tries: tries + 1, next_ms: Date.now() + Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** tries) };
}

/** What was claimed, with one more, and without what no restore brings back. @param {Vault} vault @param {string} dossier @param {Claimed} claimed @returns {import("./vault.js").Kept} */
export function claimKept(vault, dossier, claimed) {
  const young = Object.entries(vault.kept.claims ?? {}).filter(([, { at }]) => at > Date.now() - KEEP_MS);
  return { claims: { ...Object.fromEntries(young), [dossier]: claimed } };
}

/** @param {string} path @param {any} body @param {Vault} vault @param {() => AbortController} abort @returns {Promise<{status: number, json: any}|null>} null: no answer */
async function told(path, body, vault, abort) {
  try {
    return await ask(path, signed(vault, await posted(body)), abort());
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    return null; // at the next start
  }
}
