/** A session for who looks at all dossiers at once: as it stands now, each dossier's records found without a search. */

/** @typedef {import("./session.js").Session} Session */

/** @param {Session} session @returns {Session} */
export function asItStands(session) {
  /** @type {Map<string, import("./session.js").OutboxRecord[]>} */
  const by = new Map();
  for (const record of [...session.outbox.values()].sort((a, b) => a.n - b.n)) by.set(record.dossier, [...(by.get(record.dossier) ?? []), record]);
  return Object.assign(Object.create(session), { recordsOf: (/** @type {string} */ dossier) => by.get(dossier) ?? [] });
}
