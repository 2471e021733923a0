/**
 * Codes by which citizens follow and claim what an officer took in for them, and accounts begun for them: made with no
 * network (handing.js), kept sealed in the officer's drawer, and told to the system around the round that sends the work.
 *
 * Rule 1. A code is made when it is first shown, and stays: it is on paper by then. A citizen's own dossier has a
 * provisional code for its slip and nothing else; that one is told to nobody.
 * Rule 2. The system is told of a code once it has the dossier, until it says `kept`; what it says of one changes no other.
 * Rule 3. An account begun for a citizen goes first, so that the codes may name it. The officer's drawer never has what
 * the citizen signs in with later.
 */
import { isOfficer } from "./roles.js";
import { keyOf, signed } from "./credentials.js";
import { ask, NoAnswer, posted } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */
/**
 * @typedef {{code: string, secret: string, state?: "kept"|"refused"}} Handover
 * @typedef {{account: string, name: string, citizen_id?: string, phone?: string, code: string, secret: string, at: number, state?: "kept"|"refused"}} Assisted
 */

const ITEMS_MAX = 100;

/** For whom a dossier was taken in; null: its owner files for themselves. @param {Vault} vault @param {string} dossier @param {any} [draft] @returns {any} */
export function takenInFor(vault, dossier, draft) {
  const create = vault.session.recordsOf(dossier).find(({ op }) => op.type === "create")?.op;
  return create?.on_behalf ?? draft?.on_behalf ?? null;
}

/** Accounts that the system has not heard of. @param {Vault} vault */
const dueAccounts = (vault) => (vault.kept.assisted ?? []).filter(({ state }) => !state);

/** The account begun here for whom a dossier was taken in, where it is theirs beyond doubt. @param {Vault} vault @param {string} dossier */
function accountFor(vault, dossier) {
  const { citizen_id } = takenInFor(vault, dossier) ?? {};
  const begun = citizen_id ? (vault.kept.assisted ?? []).filter((each) => each.citizen_id === citizen_id && each.state !== "refused") : [];
  return begun.at(-1)?.account;
}

/** Codes to be told of: the system has the dossier, and not yet the code. @param {Vault} vault */
function dueCodes(vault) {
  return Object.entries(vault.kept.handovers ?? {}).flatMap(([dossier, { code, secret, state }]) => {
    if (state || !takenInFor(vault, dossier)) return [];
    const arrived = vault.session.recordsOf(dossier).some(({ op, status }) => op.type === "create" && (status === "acked" || status === "held"));
    if (!arrived) return [];
    const account = accountFor(vault, dossier);
    return [{ dossier, code, secret, ...(account ? { account } : {}) }];
  });
}

/** Whether the system is to be told of something. @param {Vault} vault */
export const isDue = (vault) => isOfficer(vault.account) && !vault.account?.out && (dueAccounts(vault).length > 0 || dueCodes(vault).length > 0);

/** Whether anything can be told now. @param {Vault} vault */
const mayTell = (vault) => isDue(vault) && !vault.session.meta.paused && keyOf(vault) !== null;

/** Tell of accounts that were begun for citizens. @param {Vault} vault @param {() => AbortController} abort */
export async function sendAccounts(vault, abort) {
  if (!mayTell(vault)) return;
  for (const { at, state, ...body } of dueAccounts(vault)) {
    const answer = await told("/accounts/assisted", body, vault, abort);
    if (answer === null) return;
    const became = /** @type {Record<number, "kept"|"refused">} */ ({ 200: "kept", 201: "kept", 400: "refused" })[answer.status];
    if (became) await vault.change(() => ({ kept: { assisted: (vault.kept.assisted ?? []).map((each) => (each.account === body.account ? { ...each, state: became } : each)) } }));
  }
}

/** Tell of codes whose dossiers have been sent. @param {Vault} vault @param {() => AbortController} abort */
export async function sendCodes(vault, abort) {
  if (!mayTell(vault) || vault.session.meta.failures) return;
  const due = dueCodes(vault);
  for (let from = 0; from < due.length; from += ITEMS_MAX) {
    const answer = await told("/handovers", { handovers: due.slice(from, from + ITEMS_MAX) }, vault, abort);
    if (answer?.status !== 200 || !Array.isArray(answer.json?.results)) return;
    const became = new Map(answer.json.results.filter((/** @type {any} */ each) => each.outcome !== "waiting").map((/** @type {any} */ each) => [each.dossier, each.outcome]));
    await vault.change(() => ({ kept: { handovers: Object.fromEntries(Object.entries(vault.kept.handovers ?? {}).map(([id, each]) => [id, became.has(id) ? { ...each, state: became.get(id) } : each])) } }));
  }
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
