/**
 * The papers of a draft: the pages in each slot of its form, and the ops that "Gửi" makes of them. No DOM, no storage.
 *
 * `draft.papers` holds the pages by slot, in order. A page names its bytes by their hash; where it came from the system
 * it also names the `attach` op that was drawn (`op`, `page`), so that a pull under an open form takes nothing away that
 * its owner has not seen (protocol §2). A page that was taken away stays, marked `gone`, until the draft is sent.
 */
import { placePapers } from "./moves.js";
import { isAlive } from "./session.js";

/**
 * @typedef {object} Page
 * @property {string} sha256
 * @property {number} bytes
 * @property {string} media
 * @property {string} name a PDF's own; "" for a picture, which is named by its place
 * @property {string} [op] the `attach` op that brought it
 * @property {number} [page] its place in that op
 * @property {boolean} [gone]
 * @property {boolean} [doubtful] it may be too blurred or dark to be read, and nobody has said that it will do
 * @typedef {Record<string, Page[]>} Papers
 */

/** The pages that count, in order. @param {any} draft @param {string} slot @returns {Page[]} */
export const pagesOf = (draft, slot) => (draft.papers?.[slot] ?? []).filter((/** @type {Page} */ page) => !page.gone);

/**
 * Put pages into a slot: at the end, or in the place of one that is taken away.
 * @param {any} draft @param {string} slot @param {Page[]} pages @param {Page|null} [instead]
 */
export function addPages(draft, slot, pages, instead = null) {
  draft.papers ??= {};
  const all = (draft.papers[slot] ??= []);
  if (instead) instead.gone = true;
  all.splice(instead ? all.indexOf(instead) + 1 : all.length, 0, ...pages);
}

/** Every page that a draft names, also those taken away or without a place. @param {any} draft @returns {Page[]} */
export const everyPage = (draft) => [...Object.values(draft.papers ?? {}).flat(), ...(draft.papers_apart ?? []).map((/** @type {any} */ each) => each.page)];

/**
 * Put apart the pages that have no place in the form, and back those that have one again.
 * @param {any} draft @param {import("./moves.js").Slot[]} slots
 */
export function fitPapers(draft, slots) {
  if (!draft.papers && !draft.papers_apart) return;
  const { papers, apart } = placePapers(slots, draft.papers ?? {}, draft.papers_apart);
  draft.papers = papers;
  if (apart.length) draft.papers_apart = apart;
  else delete draft.papers_apart;
}

/** The pages without a place that count. @param {any} draft @returns {import("./moves.js").Apart[]} */
export const apartOf = (draft) => (draft.papers_apart ?? []).filter((/** @type {any} */ { page }) => !page.gone);

/** Put a page that had no place into a slot. @param {any} draft @param {import("./moves.js").Apart} each @param {string} slot */
export function bringPage(draft, each, slot) {
  draft.papers_apart = draft.papers_apart.filter((/** @type {any} */ other) => other !== each);
  addPages(draft, slot, [each.page]);
}

/** Move a page up (-1) or down (1) among those that count. @param {any} draft @param {string} slot @param {Page} page @param {number} by */
export function movePage(draft, slot, page, by) {
  const shown = pagesOf(draft, slot);
  const other = shown[shown.indexOf(page) + by];
  if (!other) return;
  const all = draft.papers[slot];
  const [from, to] = [all.indexOf(page), all.indexOf(other)];
  [all[from], all[to]] = [other, page];
}

/**
 * What the dossier holds as far as this phone knows: what the copy lists, what is on its way, and of what was refused
 * the pages, to be sent again.
 * @param {import("./session.js").Session} session
 * @param {string} dossier
 * @returns {Papers}
 */
export function papersFrom(session, dossier) {
  const records = session.recordsOf(dossier);
  const listed = session.copies.get(dossier)?.attachments ?? [];
  const gone = new Set(records.filter((each) => each.op.type === "detach" && !each.shown && isAlive(each)).flatMap((each) => each.op.saw));
  const pages = listed.map(({ op, slot, sha256, bytes, media, name, page }) => ({ op, slot, sha256, bytes, media, name, page }));
  for (const { op, shown, dismissed, status, ...rest } of records.filter((each) => each.op.type === "attach")) {
    const { slot, sha256, bytes, media, name, page } = op;
    const known = shown || listed.some((each) => each.op === op.id);
    const refused = status === "refused" && !dismissed;
    if (refused) pages.push({ op: undefined, slot, sha256, bytes, media, name, page });
    else if (!known && isAlive({ status, ...rest, op, shown, dismissed })) pages.push({ op: op.id, slot, sha256, bytes, media, name, page });
  }
  /** @type {Papers} */
  const papers = {};
  for (const { slot, ...page } of pages.sort((a, b) => a.page - b.page)) if (!gone.has(page.op)) (papers[slot] ??= []).push(page);
  return papers;
}

/**
 * The ops' bodies that make the dossier's papers those of the draft.
 * @param {any} draft
 * @returns {{attach: any[], detach: {slot: string, saw: string[]}[]}}
 */
export function fileOps(draft) {
  /** @type {any[]} */
  const attach = [];
  /** @type {{slot: string, saw: string[]}[]} */
  const detach = [];
  for (const slot of Object.keys(draft.papers ?? {}).sort()) {
    const pages = pagesOf(draft, slot);
    const stays = new Set(pages.filter((page, at) => page.op && page.page === at + 1));
    const saw = draft.papers[slot].filter((/** @type {Page} */ page) => page.op && !stays.has(page)).map((/** @type {Page} */ page) => page.op);
    if (saw.length) detach.push({ slot, saw });
    pages.forEach((page, at) => {
      const { sha256, bytes, media, name } = page;
      if (!stays.has(page)) attach.push({ slot, sha256, bytes, media, name: media === "image/jpeg" ? `trang${at + 1}.jpg` : name, page: at + 1 });
    });
  }
  return { attach, detach };
}
