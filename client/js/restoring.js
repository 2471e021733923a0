/** What goes from a backup file (backup.js) into a drawer. */
import { besideOf, sameText } from "./beside.js";
import { personOf } from "./credentials.js";
import { formOf, keepForm } from "./db.js";
import { people, shortName } from "./entering.js";
import { newId } from "./ids.js";
import { alone, Vault } from "./vault.js";

/** @typedef {import("./backup.js").Content} Content */
/** @typedef {import("./backup.js").Owner} Owner */

/** Whether a file belongs to a drawer. @param {Vault} vault @param {Owner} owner */
export function isOf(vault, { person, begun }) {
  if (!vault.account) return false;
  const own = vault.session.meta.account?.body.secret;
  return (person !== null && personOf(vault) === person) || (begun !== null && own === begun.secret);
}

/**
 * Find the drawer of a file's owner on this phone, or make one where the file brings the way in. It opens to whoever
 * says that they hold the phone, like every drawer.
 * @param {Owner} owner
 * @returns {Promise<Vault|null>} null: they have to sign in first
 */
export function adopt(owner) {
  return alone("motcua-people", async () => {
    const others = await people();
    for (const { slot } of others) {
      const vault = await Vault.open(slot);
      if (isOf(vault, owner)) return vault;
      vault.close();
    }
    const { begun, name } = owner;
    if (!begun) return null;
    const vault = await Vault.open(newId(Date.now()));
    const account = { person: null, name, short: shortName(name, others.map((each) => each.account.short)), user: "", key: null, password: false };
    await vault.change((session) => ({ kept: { account }, changes: session.beginAccount(begun) }));
    return vault;
  });
}

/**
 * Put a file's content beside what is here; return how many dossiers came, how many were here already, and how many of
 * those that came are copies, because they say something else than the one that is here.
 * @param {Vault} vault its owner's drawer
 * @param {Content} content
 * @returns {Promise<{came: number, known: number, copies: number}>}
 */
export async function takeIn(vault, { drafts, outbox, forms }) {
  for (const form of forms) if (!(await formOf(`${form.procedure}@${form.version}`))) await keepForm(form);
  const kept = await vault.drafts();
  const here = new Map(kept.map((draft) => [draft.id, draft]));
  return vault.change((session) => {
    const missing = outbox.filter((record) => !session.outbox.has(record.id));
    const fresh = new Set(missing.map((record) => record.dossier));
    const sent = drafts.filter((draft) => draft.status === "sent" && !fresh.has(draft.id)); // this drawer's own sending, and it has every op of it
    const written = drafts.map((draft) => placed(draft, kept, here.get(draft.id), sent.includes(draft))).filter(Boolean);
    session.append(missing.filter((record) => record.status === "waiting").map((record) => record.op));
    for (const record of missing) if (record.status === "refused") session.put({ ...record, n: session.nextN() });
    const came = new Set([...written.map((draft) => draft.id), ...fresh]);
    const all = new Set([...drafts.map((draft) => draft.id), ...outbox.map((record) => record.dossier)]);
    const copies = written.filter((draft) => !drafts.some((each) => each.id === draft.id)).length;
    return { changes: session.commit(), drafts: written, result: { came: came.size, known: Math.max(0, all.size - came.size), copies } };
  });
}

/**
 * A draft of the file as it is to be kept here, or null where there is nothing in it that is not here. What was written
 * on here stays, and another text is put beside it, once, whichever is older and whatever became of either.
 * @param {any} draft @param {any[]} kept @param {any} own @param {boolean} sent
 */
function placed(draft, kept, own, sent) {
  if (!own) return draft;
  const copy = besideOf(draft, newId(Date.now()));
  const isKept = kept.some((each) => each.copy_of === copy.copy_of);
  return sent || isKept || sameText(own, draft) ? null : copy;
}
