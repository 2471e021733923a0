/** Two texts of one dossier: whether they say the same, and the other one as a draft of its own, beside the first. */
import { canonical } from "./session.js";

/** Whether two drafts say the same to the office. @param {any} one @param {any} other */
export const sameText = (one, other) => canonical([one.values, one.typed, one.unit]) === canonical([other.values, other.typed, other.unit]);

/** Whether two drafts say the same and bring the same papers. @param {any} one @param {any} other */
export const sameWork = (one, other) => sameText(one, other) && canonical(one.papers ?? {}) === canonical(other.papers ?? {});

/**
 * A draft as one of its own: nothing was sent of it, and no op of the dossier that it was of counts for it. So its pages
 * are to be sent as new ones, and those that were taken away are not in it.
 * @param {any} draft @param {string} id a new one
 */
export const besideOf = (draft, id) => ({
  ...draft, ...(draft.papers ? { papers: asNew(draft.papers) } : {}), id, copy_of: `${draft.id}@${draft.saved_ms}`, status: "draft", rendered: {}, sends: 0, from_server: false,
});

/** @param {import("./papers.js").Papers} papers @returns {import("./papers.js").Papers} */
const asNew = (papers) => Object.fromEntries(Object.entries(papers).map(([slot, pages]) => [slot, pages.filter((each) => !each.gone).map(({ op, page, ...rest }) => rest)]));
