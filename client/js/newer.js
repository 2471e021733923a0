/**
 * What was written elsewhere under an open form: by the office, or on another device or page of the same person.
 *
 * Rule 1. Looking changes nothing: neither what the form shows nor what it saw (session.js, rule 1).
 * Rule 2. Taking moves the value and what was seen of it together, for that path alone; of a row that the form does not
 * have, for the paths of that row.
 * Rule 3. Keeping one's own leaves what was seen as it was, and the value is written also where it is the one that was
 * drawn (`settle`): both are kept then, and nobody's goes unseen. It is not told again unless somebody writes again.
 */
import { canonical, rowOf } from "./session.js";

/** @typedef {import("./session.js").Shown} Shown */
/**
 * @typedef {object} Newer
 * @property {string} path a row's own where a row came, went or is back
 * @property {"value"|"added"|"removed"|"back"} kind
 * @property {string} op who wrote it last
 * @property {boolean} office whether that was the office
 * @property {Record<string, Shown>} shown what the paths would show, and have seen, once taken
 */

/**
 * List what was written elsewhere since the form was drawn and differs from what stands in it, by path.
 * @param {import("./session.js").Session} session
 * @param {any} draft
 * @returns {Newer[]}
 */
export function newerOf(session, draft) {
  const copy = session.copies.get(draft.id);
  const shown = session.rendered(draft.id);
  /** @type {Map<string, Newer>} */
  const found = new Map();
  for (const path of Object.keys(shown).sort()) {
    const now = shown[path];
    const op = now.op ?? copy?.cells[path]?.[0]?.[1];
    const row = rowOf(path);
    if (!op || draft.rendered?.[path]?.saw.includes(op)) continue;
    const added = row !== null && !knowsRow(draft, row);
    const about = added ? row : path;
    const closed = row !== null && row !== path && !added && isGone(draft, row, shown);
    const same = !added && canonical(now.value) === canonical(standsAt(draft, path));
    const kept = added ? about in (draft.owned ?? {}) : draft.owned?.[about] === op;
    if (closed || same || kept || (added && shown[row]?.value === "gone")) continue;
    const kind = added ? "added" : row !== path ? "value" : now.value === "gone" ? "removed" : "back";
    const before = found.get(about)?.shown;
    found.set(about, { path: about, kind, op, office: copy?.office?.includes(op) ?? false, shown: { ...before, [path]: now } });
  }
  return [...found.values()];
}

/** @param {any} draft @param {string} row */
function knowsRow(draft, row) {
  const inRow = (/** @type {string} */ path) => path === row || path.startsWith(`${row}/`);
  return [draft.values, draft.typed, draft.rendered ?? {}].some((record) => Object.keys(record).some(inRow));
}

/** Whether a row was taken away here or there: then it is the row that is told of. @param {any} draft @param {string} row @param {Record<string, Shown>} shown */
const isGone = (draft, row, shown) => draft.values[row] === "gone" || shown[row]?.value === "gone";

/** @param {any} draft @param {string} path */
const standsAt = (draft, path) => draft.values[path] ?? (rowOf(path) === path ? "here" : null);

/** Take what was written elsewhere (rule 2). @param {any} draft @param {Newer} newer */
export function takeNewer(draft, { path, kind, shown }) {
  draft.rendered = { ...draft.rendered, ...shown };
  for (const [each, { value }] of Object.entries(shown)) {
    draft.values[each] = value;
    delete draft.typed[each];
  }
  if (kind === "added" && draft.none) delete draft.none[path.split("/")[0]];
  if (draft.settle) draft.settle = draft.settle.filter((/** @type {string} */ each) => !(each in shown));
}

/** Keep what stands in the form (rule 3). @param {any} draft @param {Newer} newer */
export function keepOwn(draft, { path, kind, op }) {
  draft.owned = { ...draft.owned, [path]: op };
  if (kind === "added") return; // there is nothing of one's own to be kept
  draft.values[path] = standsAt(draft, path);
  draft.settle = [...new Set([...(draft.settle ?? []), path])];
}
