/**
 * What the office did since a person last looked: told on the first page and in the list, until the dossier is opened.
 *
 * Rule 1. `kept.seen` holds, by dossier, the mark of what was seen last. A dossier that this phone never sent anything of
 * is known from when it came, so that a new phone does not tell old news.
 * Rule 2. Steps within the office (who has it, that work began) are no news.
 */
import { isOfficer } from "./roles.js";

/** @typedef {import("./vault.js").Vault} Vault */

const NEWS = ["receive", "reject", "ask_more", "charge", "paid", "stop", "agree_withdrawal", "refuse_withdrawal", "finish", "give", "reappoint", "transfer"];

/** What the office said so far, as one mark; "" for nothing. @param {import("./session.js").Copy} copy */
export function markOf({ steps, notes }) {
  const said = [...steps.filter((step) => NEWS.includes(step.command)), ...notes.filter((note) => note.role !== "applicant")];
  return said.length ? `${said.length} ${said.reduce((last, each) => (each.at >= last.at ? each : last)).op}` : "";
}

/** Dossiers with something new. @param {Vault} vault @returns {Set<string>} */
export function arrived({ session, kept, account }) {
  const own = new Set([...session.outbox.values()].map(({ dossier }) => dossier));
  const copies = [...session.copies.values()].filter(({ id }) => own.has(id) || !isOfficer(account)); // the unit's are no news of this drawer
  const isNew = (/** @type {import("./session.js").Copy} */ copy) => {
    const before = kept.seen?.[copy.id] ?? (own.has(copy.id) ? "" : markOf(copy));
    return markOf(copy) !== "" && before !== markOf(copy);
  };
  return new Set(copies.filter(isNew).map((copy) => copy.id));
}

/** Remember what is known of every dossier from now on. @param {Vault} vault @param {string} [opened] the one that is looked at */
export async function remember(vault, opened) {
  const { session, kept } = vault;
  const fresh = arrived(vault);
  const seen = Object.fromEntries([...session.copies.values()].map((copy) => [copy.id, fresh.has(copy.id) && copy.id !== opened ? (kept.seen?.[copy.id] ?? "") : markOf(copy)]));
  const same = Object.keys(seen).length === Object.keys(kept.seen ?? {}).length && Object.keys(seen).every((id) => kept.seen?.[id] === seen[id]);
  if (!same) await vault.change(() => ({ kept: { seen } }));
}
