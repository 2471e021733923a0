/**
 * A draft and the versions of its form. A draft stays on the version it was begun with until its owner moves it: news of
 * another version, or that the procedure takes nothing more, is a line in the page.
 *
 * Rule 1. A move replaces one record by another in one transaction. The new record holds the old answers whole, so that
 * moving can be taken back; what had no place, and what was written after the move that is taken back, stays readable.
 * Rule 2. A form's document stays on the phone while any draft, copy or op of any drawer needs it, the newest always.
 */
import { answerText } from "./answers.js";
import { ignoreFull } from "./autosave.js";
import { drawers, dropForm, formOf, GUEST, keepForm, keptForms } from "./db.js";
import { h, one, show } from "./dom.js";
import { newDraft } from "./drafts.js";
import { sharedLists } from "./lists.js";
import { dateOf, dayText, today } from "./moments.js";
import { moveOn, placePapers } from "./moves.js";
import { labelOf, t } from "./texts.js";
import { fieldAt } from "./values.js";
import { Vault } from "./vault.js";
import { ask, NoAnswer } from "./wire.js";

/** @typedef {import("./forms.js").FormPage} FormPage */
/** @typedef {{label: string, words: string}} Told an answer without a place, as it was read */

const CHECK_MS = 60_000;
const nameOf = (/** @type {any} */ form) => `${form.procedure}@${form.version}`;
const versionIn = (/** @type {string} */ id) => Number(id.split("@")[1]);

/**
 * Watch what becomes of the form of an open draft. `newest` is the document that the page brought.
 * @param {FormPage} page
 * @param {any} newest
 */
export async function watchForm(page, newest) {
  // A page that no worker kept has just come from the system, and its document with it.
  const isNews = !navigator.serviceWorker?.controller && nameOf(page.form) === nameOf(newest);
  const state = { newest, closed_from: /** @type {string|null} */ (null), chain: /** @type {any[]} */ ([page.form, newest]), checked_ms: isNews ? Date.now() : 0 };
  page.news = () => newsOf(page, state);
  page.moves = () => movesPage(page, state);
  const check = async () => {
    if (Date.now() - state.checked_ms < CHECK_MS) return;
    state.checked_ms = Date.now();
    await learn(page, state).catch(ignoreSilence);
    tell(page);
  };
  addEventListener("online", () => void check());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void check());
  if (newest.effective_to && newest.effective_to < today()) state.closed_from = dayAfter(newest.effective_to);
  tell(page);
  if (location.hash === "#moves") page.route();
  await check();
  await dropUnneeded().catch(ignoreFull);
  document.documentElement.dataset.settled = "";
}

/** @param {unknown} fault */
function ignoreSilence(fault) {
  if (!(fault instanceof NoAnswer)) ignoreFull(fault); // asked again when there is a network
}

/** Ask what is in force now, and keep what a move would need without network. @param {FormPage} page @param {any} state */
async function learn(page, state) {
  const { procedure } = page.form;
  const { status, json } = await ask(`/forms/${procedure}`, { cache: "no-cache" });
  if (status === 404 && json?.type === "urn:motcua:problem:not-found") state.closed_from ??= today();
  if (status !== 200 || json?.procedure !== procedure) return;
  state.closed_from = null;
  state.newest = json;
  await keepForm(json);
  state.chain = [page.form];
  for (let version = page.form.version + 1; version < json.version; version += 1) {
    const between = (await formOf(`${procedure}@${version}`)) ?? (await fetchForm(`${procedure}@${version}`));
    if (between) state.chain.push(between);
  }
  state.chain.push(json);
}

/** Fetch a version by its name and keep it. @param {string} id @returns {Promise<any>} null where there is none */
export async function fetchForm(id) {
  const { status, json } = await ask(`/forms/${id}`, { cache: "no-cache" });
  if (status !== 200 || nameOf(json ?? {}) !== id) return null;
  await keepForm(json);
  return json;
}

/**
 * Bring the forms of dossiers that came from elsewhere, so that they can be read, and answered, without network.
 * @param {Vault} vault
 */
export async function bringForms(vault) {
  const wanted = new Set([...vault.session.copies.values()].map((copy) => copy.form));
  const missing = [];
  for (const id of wanted) if (!(await formOf(id))) missing.push(id);
  if (!missing.length) return;
  const brought = await Promise.all(missing.map((id) => fetchForm(id).catch(ignoreSilence)));
  if (!brought.some(Boolean)) return;
  await sharedLists().catch(() => null); // without network those this phone has, or none yet
  vault.tell();
}

/** Bring the line up to date where it stands on the page; nothing else moves. @param {FormPage} page */
function tell(page) {
  const place = document.getElementById("news");
  if (place) place.replaceChildren(...(page.news?.() ?? []));
}

/** @param {string} day @returns {string} */
const dayAfter = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** @param {FormPage} page @param {any} state @returns {any[]} */
function newsOf(page, state) {
  const { draft, form } = page;
  const lines = [];
  const movable = draft.status === "draft" && !draft.from_server;
  if (state.closed_from) lines.push(h("p", { class: "notice", role: "status" }, t("form.closed", { date: dayText(state.closed_from) })));
  else if (movable && state.newest.version > form.version && draft.stays !== nameOf(state.newest)) lines.push(newerLine(page, state));
  if (draft.before) {
    lines.push(h("div", { class: "notice" }, h("p", {}, t("moves.done", { date: dateOf(draft.before.moved_ms) })),
      h("button", { type: "button", class: "link", "data-action": "move-back", onclick: () => moveBack(page) }, t("do.move_back"))));
  }
  return [...lines, leftOver("moves.lost", draft.lost), leftOver("moves.apart", draft.apart)].filter(Boolean);
}

/** @param {FormPage} page @param {any} state */
function newerLine(page, state) {
  const since = state.newest.effective_from;
  const stay = () => {
    page.draft.stays = nameOf(state.newest);
    page.autosave.touch();
    tell(page);
    one("h1").focus();
  };
  return h("div", { class: "notice", role: "status" }, h("p", {}, t("form.newer", { date: since ? dayText(since) : dateOf(Date.now()) })),
    h("a", { class: "action", href: "#moves", "data-action": "see-moves" }, t("do.see_moves")),
    h("button", { type: "button", class: "link", "data-action": "stay", onclick: stay }, t("do.stay")));
}

/** Answers without a place: to be read and copied as long as the draft is there. @param {string} title @param {Told[]|undefined} told */
function leftOver(title, told) {
  if (!told?.length) return null;
  const lines = told.map(({ label, words }) => h("li", {}, h("strong", {}, label), h("p", { class: "left-over" }, words),
    h("button", { type: "button", class: "quiet", "data-action": "copy", "aria-label": `${t("do.copy")}: ${label}`, onclick: () => navigator.clipboard?.writeText(words) }, t("do.copy"))));
  return h("section", { class: "panel" }, h("h2", {}, t(title)), h("p", { class: "hint" }, t("moves.kept")), h("ul", { class: "plain" }, ...lines));
}

// ---- moving --------------------------------------------------------------------------------------------------------

/**
 * What a move would make of a draft.
 * @param {any} draft
 * @param {any[]} chain the draft's own form first, the newest last
 * @param {Record<string, any[]>} lists
 */
export function movedDraft(draft, chain, lists) {
  const [old, next] = [chain[0], chain[chain.length - 1]];
  const moved = moveOn(chain, draft.values, lists);
  const goes = new Map(moved.renamed.map(({ from, to }) => [from, to]));
  /** @type {Record<string, any>} */
  const typed = {};
  const lost = [...moved.dropped, ...moved.left].map(({ path, value }) => toldOf(old, path, value, lists));
  for (const [path, text] of Object.entries(draft.typed)) {
    const to = goes.get(path) ?? path;
    const there = fieldAt(next, to);
    if (there && there.field.kind === fieldAt(old, path)?.field.kind && (goes.has(path) || ![...goes.values()].includes(to))) typed[to] = text;
    else lost.push(toldOf(old, path, text, lists));
  }
  const values = { ...newDraft(next).values, ...moved.values };
  return { values, typed, lost, renamed: moved.renamed, ...papersOf(draft, next) };
}

/** The papers of a draft among the slots of a form; undefined where there are none. @param {any} draft @param {any} form */
function papersOf(draft, form) {
  const { papers, apart } = placePapers(form.slots ?? [], draft.papers ?? {}, draft.papers_apart);
  return { papers: draft.papers || draft.papers_apart ? papers : undefined, papers_apart: apart.length ? apart : undefined };
}

/** The names of a form's papers, kept for pages that find no place in another version. @param {any} draft @param {any} form */
const titlesOf = (draft, form) => ({ ...draft.slot_titles, ...Object.fromEntries((form.slots ?? []).map((/** @type {any} */ slot) => [slot.key, slot.title])) });

/** Papers of which pages have no place in the newer form, each with how many and why. @param {any} draft @param {any} form @param {any[]|undefined} apart @returns {string[]} */
function apartLines(draft, form, apart) {
  const counts = new Map();
  const titles = titlesOf(draft, form);
  for (const { slot, page, why } of apart ?? []) if (!page.gone) counts.set(`${slot} ${why}`, (counts.get(`${slot} ${why}`) ?? 0) + 1);
  return [...counts].map(([name, n]) => {
    const [slot, why] = name.split(" ");
    return `${titles[slot] ? labelOf(titles[slot]) : slot}: ${t("photos.count", { n })}. ${t(`apart.${why.replace("-", "_")}`)}`;
  });
}

/** @param {any} form @param {string} path @param {any} value @param {Record<string, any[]>} lists @returns {Told} */
function toldOf(form, path, value, lists) {
  const found = fieldAt(form, path);
  if (!found) return { label: path, words: typeof value === "string" ? value : JSON.stringify(value) };
  const option = found.field.option && typeof found.field.options !== "string" ? found.field.options?.find((each) => each.value === found.field.option) : null;
  const words = typeof value === "object" && found.field.kind !== "address" ? Object.values(value).filter(Boolean).join("/") : answerText(found.field, value, lists);
  return { label: [labelOf(found.field.label), option ? labelOf(option.label) : ""].filter(Boolean).join(": "), words };
}

/** @param {FormPage} page @param {any} state */
function movesPage(page, state) {
  const next = state.newest;
  const { values, lost, renamed, typed, papers_apart } = movedDraft(page.draft, state.chain, page.lists);
  const asked = (/** @type {any} */ form) => form.sections.flatMap((/** @type {any} */ section) => section.fields.map((/** @type {any} */ field) => ({ path: `${section.key}.${field.key}`, field, section })));
  const known = new Set([...asked(page.form).map((/** @type {any} */ each) => each.path), ...renamed.map(({ to }) => to.replace(/\/[^/]+\//, "."))]);
  const added = asked(next).filter((/** @type {any} */ each) => !known.has(each.path) && each.field.kind !== "computed");
  const same = Object.keys(values).filter((path) => values[path] !== null && page.draft.values[path] !== undefined && !renamed.some(({ to }) => to === path)).length;
  const labelAt = (/** @type {any} */ form, /** @type {string} */ path) => labelOf(fieldAt(form, path)?.field.label ?? { vi: path });
  const list = (/** @type {string} */ title, /** @type {any[]} */ lines) => lines.length ? h("section", {}, h("h2", {}, t(title)), h("ul", { class: "plain" }, ...lines.map((line) => h("li", {}, line)))) : null;
  page.page(
    t("moves.title"),
    h("a", { class: "back", href: "#" }, t("form.parts")),
    page.line(),
    h("h1", {}, t("moves.title")),
    h("p", {}, t("moves.same", { n: same + Object.keys(typed).length })),
    list("moves.renamed", renamed.filter(({ to }) => values[to] !== null).map(({ from, to }) => t("moves.goes", { from: labelAt(page.form, from), to: labelAt(next, to) }))),
    leftOver("moves.lost", lost),
    list("moves.papers", apartLines(page.draft, page.form, papers_apart)),
    list("moves.new", added.map((/** @type {any} */ each) => labelOf(each.field.label))),
    h("button", { type: "button", class: "button", "data-action": "move", onclick: () => moveTo(page, state) }, t("do.move")),
    h("a", { class: "button second", href: "#", "data-action": "stay" }, t("do.stay")),
  );
}

/** @param {FormPage} page @param {any} state */
async function moveTo(page, state) {
  if (!(await page.autosave.flush())) return;
  const { draft } = page;
  const { values, typed, lost, papers, papers_apart } = movedDraft(draft, state.chain, page.lists);
  const { form, values: old, typed: boxes, none, sure } = draft;
  const before = { form, values: old, typed: boxes, none, sure, moved_ms: Date.now(), moved: { values, typed } };
  await become(page, { ...draft, form: nameOf(state.newest), values: { ...values }, typed: { ...typed }, sure: {}, before, lost, papers, papers_apart, slot_titles: titlesOf(draft, page.form) }, state.newest);
}

/** @param {FormPage} page */
async function moveBack(page) {
  if (!(await page.autosave.flush())) return;
  const { draft, form } = page;
  const { form: id, values, typed, none, sure, moved } = draft.before;
  const old = (await formOf(id)) ?? (await fetchForm(id).catch(() => null)); // silence: the button is still there
  if (!old) return;
  const written = { ...draft.values, ...draft.typed };
  const first = { ...moved.values, ...moved.typed };
  const changed = Object.keys(written).filter((path) => written[path] !== null && JSON.stringify(written[path]) !== JSON.stringify(first[path]) && fieldAt(form, path));
  const apart = [...(draft.apart ?? []), ...changed.map((path) => toldOf(form, path, written[path], page.lists))];
  await become(page, { ...draft, form: id, values, typed, none, sure, before: undefined, lost: undefined, apart, ...papersOf(draft, old), slot_titles: titlesOf(draft, form) }, old);
}

/** Keep the draft as it is now to be, and only then show it so. @param {FormPage} page @param {any} draft @param {any} form */
async function become(page, draft, form) {
  const saved_ms = Date.now();
  try {
    await page.vault.change(() => ({ drafts: [{ ...draft, saved_ms }] }));
  } catch (fault) {
    return page.tellSaved("unsaved", fault);
  }
  Object.assign(page, { draft: { ...draft, saved_ms }, form, asked: new Set() });
  page.saveState = { id: "saved", saved_ms };
  void page.go("");
}

// ---- documents on the phone ----------------------------------------------------------------------------------------

/** Say that the version a draft was begun with is not on this phone and cannot be fetched now. @param {any} draft */
export function tellMissing(draft) {
  show(t("app.name"), h("a", { class: "back", href: "/cua-toi" }, t("mine.title")), h("h1", {}, t("form.missing_title")), h("p", {}, t("form.not_here")),
    h("button", { type: "button", class: "button", "data-action": "retry", "data-dossier": draft.id, onclick: () => location.reload() }, t("do.retry")));
}

/** Let go of the documents that nothing on this phone needs any more. */
export async function dropUnneeded() {
  const kept = await keptForms();
  const newest = new Map();
  for (const id of kept) newest.set(id.split("@")[0], Math.max(versionIn(id), newest.get(id.split("@")[0]) ?? 0));
  const old = kept.filter((id) => versionIn(id) < newest.get(id.split("@")[0]));
  if (!old.length) return;
  const needed = new Set();
  for (const slot of [GUEST, ...(await drawers())]) for (const id of await neededIn(slot)) needed.add(id);
  for (const id of old) if (!needed.has(id)) await dropForm(id);
}

/** @param {string} slot @returns {Promise<string[]>} */
async function neededIn(slot) {
  const vault = await Vault.open(slot);
  try {
    const drafts = await vault.drafts();
    const { copies, outbox } = vault.session;
    return [
      ...drafts.flatMap((draft) => [draft.form, draft.status === "draft" ? draft.before?.form : null]), ...[...copies.values()].map((copy) => copy.form),
      ...[...outbox.values()].map((record) => record.op.form),
    ].filter(Boolean);
  } finally {
    vault.close();
  }
}
