/** What this officer has taken in, as the day's list shows it, and all that a new dossier may be alike with. */
import { dateOf, dayText, today } from "../moments.js";
import { folded } from "../folded.js";
import { asItStands } from "../standing.js";
import { formsOnce, nameIn, oneWork, valuesOf } from "../work.js";
import { marksOf } from "./likeness.js";

/** @typedef {import("../vault.js").Vault} Vault */
/**
 * @typedef {import("../work.js").Work & {at: number, on_behalf: any, channel: string, words: string, isToday: boolean}} Taken
 *   `words`: folded, what it is found by
 * @typedef {{id: string, procedure: string, title: string, whom: string, state: import("../status.js").State, marks: Set<string>}} Known
 */

/** States of a dossier that the office has not received yet: it stays on the list, whatever its day. */
const OPEN = ["saved", "locked", "waiting", "sending", "partly", "received", "refused", "needs_you", "two_versions", "held"];

/** What a dossier was found by when it was last listed, and of what that was made. @type {Map<string, {of: any[], words: string, day: string}>} */
const folds = new Map();

/** The moment inside a UUIDv7. @param {string} id */
const bornIn = (id) => Number.parseInt(id.replace("-", "").slice(0, 12), 16);

/**
 * What was taken in from this drawer today, and before if the office has not received it, newest first.
 * @param {Vault} vault
 * @returns {Promise<Taken[]>}
 */
export async function takenIn(vault) {
  await vault.refresh();
  const session = asItStands(vault.session);
  const drafts = new Map((await vault.drafts()).map((draft) => [draft.id, draft]));
  const begun = (/** @type {string} */ id) => drafts.get(id) ?? session.recordsOf(id).find((record) => record.op.type === "create")?.op;
  const ids = [...new Set([...drafts.keys(), ...[...session.outbox.values()].map((record) => record.dossier)])].filter((id) => begun(id)?.on_behalf).sort().reverse();
  const forms = formsOnce();
  const now = dayText(today());
  const works = await Promise.all(ids.map(async (id) => {
    const { on_behalf, channel, at, begun_ms } = begun(id);
    const work = await oneWork(vault, id, drafts.get(id) ?? null, session, forms);
    const { day, words } = foldOf(work, on_behalf);
    return { ...work, on_behalf, channel, at: begun_ms ?? at, isToday: day === now, words };
  }));
  return works.filter((work) => work.isToday || OPEN.includes(work.state.id));
}

/** Fold what a dossier is found by, once for as long as it stands so. @param {import("../work.js").Work} work @param {any} on_behalf */
function foldOf({ id, title, procedure, whom, state, draft }, on_behalf) {
  const of = [title, procedure, whom, state.code, draft?.whom, on_behalf.name, on_behalf.citizen_id, on_behalf.phone];
  const known = folds.get(id);
  if (known?.of.every((each, at) => each === of[at])) return known;
  const fold = { of, words: folded(of.filter(Boolean).join(" ")), day: dateOf(bornIn(id)) };
  folds.set(id, fold);
  return fold;
}

/** Those that have every word. @param {Taken[]} taken @param {string} typed */
export function found(taken, typed) {
  const wanted = folded(typed).split(/\s+/).filter(Boolean);
  return taken.filter(({ words }) => wanted.every((word) => words.includes(word)));
}

/**
 * Everything on this device that a dossier may be alike with: the own work, and the open dossiers of the unit.
 * @param {Vault} vault
 * @returns {Promise<Known[]>}
 */
export async function everyone(vault) {
  await vault.refresh();
  const session = asItStands(vault.session);
  const drafts = new Map((await vault.drafts()).map((draft) => [draft.id, draft]));
  const forms = formsOnce();
  return Promise.all([...new Set([...drafts.keys(), ...session.dossiers()])].map(async (id) => {
    const draft = drafts.get(id) ?? null;
    const { form, procedure, title, state } = await oneWork(vault, id, draft, session, forms);
    const values = { ...valuesOf(vault, id, session), ...draft?.values };
    return { id, procedure, title, state, whom: nameIn(form, values), marks: marksOf(form, values) };
  }));
}
