/**
 * "Xã yêu cầu bổ sung": exactly what the office asks for, each thing opening its field or its paper, and one answer.
 *
 * Rule 1. The list is the office's, as pulled. What is done is what this phone has and the system has not.
 * Rule 2. The answer goes once: patches, papers, words and the `submit` that ends the wait are queued in one transaction,
 * by whichever tab is first; another one finds that nothing is asked any more. It needs no network.
 */
import { askingButton } from "./asking.js";
import { ignoreFull } from "./autosave.js";
import { labelOf, t } from "./texts.js";
import { h } from "./dom.js";
import { faultsOf, unitOf } from "./drafts.js";
import { newId } from "./ids.js";
import { dateOf, dayText, timeOf, today } from "./moments.js";
import { lastStep } from "./national.js";
import { sendNow } from "./news.js";
import { redrawn } from "./opening.js";
import { askForBackgroundSync, valuesToSend } from "./outbox.js";
import { fileOps, pagesOf } from "./papers.js";
import { closedPaths } from "./review.js";
import { canonical } from "./session.js";
import { fieldAt } from "./values.js";
import { joined } from "./vault.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {{text: string, path?: string, slot?: string, id: string, label: string, hash: string, done: boolean}} Item */

/** How many days before the end it is said that there may be no signal in time. */
const SOON_DAYS = 3;
const DAY_MS = 86_400_000;

/** Questions that stand open. @type {Map<string, {now: boolean}>} */
const asking = new Map();

/** What the office waits for, once own ops on their way are in; null: nothing. @param {import("./session.js").Session} session @param {string} id */
export function openAsk(session, id) {
  const copy = session.copies.get(id);
  return copy && session.expectedState(id) === "5" ? lastStep(copy, "ask_more") : null;
}

/** The dossier as its form opens it: what is being written, else what was sent. @param {Vault} vault @param {string} id @param {any} form */
async function draftOf(vault, id, form) {
  const draft = await vault.draft(id);
  return draft?.status === "draft" ? draft : redrawn(vault, id, draft, form);
}

/**
 * What is asked for, with how far each is.
 * @param {any} step @param {any} form @param {any} draft @param {import("./session.js").Rendered} known what the system has
 * @returns {Item[]}
 */
export function itemsOf(step, form, draft, known) {
  return (step.items ?? []).map((/** @type {any} */ item, /** @type {number} */ at) => {
    const { text, path, slot } = item;
    const id = `${step.op} ${at}`;
    if (slot) {
      const paper = form.slots?.find((/** @type {any} */ each) => each.key === slot);
      return { text, slot, id, label: paper ? labelOf(paper.title) : slot, hash: `p/${slot}`, done: pagesOf(draft, slot).some((page) => !page.op) };
    }
    if (path) return { text, path, id, label: labelOfPath(form, path), hash: hashOf(path), done: isChanged(path, draft, known) };
    return { text, id, label: "", hash: "", done: Boolean(draft.replies?.[id]?.trim()) };
  });
}

/** @param {any} form @param {string} path */
function labelOfPath(form, path) {
  const section = form.sections.find((/** @type {any} */ each) => each.key === path.split(/[./]/)[0]);
  return labelOf(fieldAt(form, path)?.field.label ?? section?.title ?? { vi: path });
}

/** Where the form asks for it: `s/section`, with the row, or the field that is to be found there. @param {string} path */
function hashOf(path) {
  const [key, rest] = path.split(/[./]/);
  return rest ? `s/${key}/${rest}` : `s/${key}`;
}

/** Whether a field, a row, a choice or a whole list says another thing here than in the system. @param {string} path @param {any} draft @param {import("./session.js").Rendered} known */
function isChanged(path, draft, known) {
  const here = (/** @type {string} */ each) => each === path || each.startsWith(`${path}/`);
  return [...new Set([...Object.keys(draft.values), ...Object.keys(known)])].filter(here)
    .some((each) => canonical(draft.values[each] ?? null) !== canonical(known[each]?.value ?? null));
}

/**
 * Draw what is asked for; null where nothing is.
 * @param {Vault} vault @param {string} id @param {any} form @param {(unit: string) => string} unitName @param {Record<string, any[]>} lists
 */
export async function supplementView(vault, id, form, unitName, lists) {
  const step = openAsk(vault.session, id);
  const copy = vault.session.copies.get(id);
  if (!step || !copy || !form) return null;
  const draft = await draftOf(vault, id, form);
  const items = itemsOf(step, form, draft, vault.session.rendered(id));
  const done = items.filter((item) => item.done).length;
  const again = copy.steps.filter((each) => each.command === "ask_more").length > 1;
  const date = dayText(step.until ?? "");
  const who = t(`role.${["counter", "handler", "head"].includes(step.role) ? step.role : "office"}`);
  return h("section", { id: "bo-sung", "data-asked": id }, h("h2", {}, t("supp.title")),
    h("p", {}, t(again ? "supp.again" : "supp.asked", { n: items.length, date })),
    h("p", {}, t("supp.why", { reason: step.reason ?? "" })),
    h("p", { class: "hint" }, t("supp.who", { who, unit: unitName(step.unit), time: timeOf(step.at), date: dateOf(step.at) })),
    hurry(step.until ?? "", date),
    h("ol", { class: "cards asked" }, ...items.map((item, at) => itemRow(vault, copy, draft, item, at))),
    h("p", { role: "status" }, t("supp.done", { done, n: items.length })),
    sendButton(vault, id, form, lists, items.length - done));
}

/** That the time ends soon, or is over. @param {string} until @param {string} date */
function hurry(until, date) {
  const days = Math.round((Date.parse(until.slice(0, 10)) - Date.parse(today())) / DAY_MS);
  if (!(days <= SOON_DAYS)) return null;
  return h("p", { class: "notice" }, t(days < 0 ? "supp.passed" : "supp.soon", { date }));
}

/** @param {Vault} vault @param {import("./session.js").Copy} copy @param {any} draft @param {Item} item @param {number} at */
function itemRow(vault, copy, draft, item, at) {
  const mark = h("span", { class: item.done ? "quiet-mark" : "mark" }, t(item.done ? "supp.ready" : "supp.left"));
  const words = h("strong", {}, `${at + 1}. ${item.text}`);
  if (!item.hash) return h("li", { "data-item": at, class: "field" }, h("div", { class: "row" }, h("span", { class: "grow" }, words), mark), reply(vault, draft, item));
  const open = item.text === item.label ? null : h("small", {}, t(item.slot ? "supp.open_slot" : "supp.open_field", { item: item.label }));
  return h("li", { "data-item": at }, h("a", { class: "card", href: `/to-khai/${copy.procedure}?d=${copy.id}#${item.hash}` }, h("span", { class: "grow" }, words, open ? h("br") : null, open), mark));
}

/** What was asked in words is answered in words, and kept letter by letter. @param {Vault} vault @param {any} draft @param {Item} item */
function reply(vault, draft, item) {
  let turn = Promise.resolve();
  const area = h("textarea", { rows: 2, maxlength: 2_000, oninput: () => {
    area.defaultValue = area.value; // a page that is drawn again finds here what was typed
    draft.replies = { ...draft.replies, [item.id]: area.value };
    turn = turn.then(() => vault.saveDraft({ ...draft, saved_ms: Date.now() })).catch(ignoreFull);
  }, onchange: () => void turn.then(() => vault.tell()) }, draft.replies?.[item.id] ?? "");
  return h("label", {}, h("small", {}, t("supp.reply")), area);
}

/** @param {Vault} vault @param {string} id @param {any} form @param {Record<string, any[]>} lists @param {number} left */
function sendButton(vault, id, form, lists, left) {
  const action = "submit";
  const then = () => answer(vault, id, form, lists);
  if (!left) return h("button", { type: "button", class: "button", "data-action": action, onclick: (/** @type {any} */ event) => {
    event.target.disabled = true;
    return then();
  } }, t("do.send_additions"));
  const open = asking.get(id) ?? { now: false };
  asking.set(id, open);
  return askingButton({ action, label: t("do.send_additions"), question: t("supp.not_all", { n: left }), yes: { action: "send-anyway", label: t("do.send_anyway") }, no: t("do.go_on"), then, open, look: "button" });
}

/** Queue the answer, unless something in the form has to be put right first. @param {Vault} vault @param {string} id @param {any} form @param {Record<string, any[]>} lists */
async function answer(vault, id, form, lists) {
  const seen = await draftOf(vault, id, form);
  if (faultsOf(form, seen, lists).length) {
    location.assign(`/to-khai/${form.procedure}?d=${id}#review`);
    return;
  }
  await vault.change(async (session) => {
    if (!openAsk(session, id)) return {};
    const draft = await draftOf(vault, id, form);
    return answered(session, draft, form);
  });
  await askForBackgroundSync();
  await sendNow(vault);
}

/** The ops of an answer, and the draft as it is kept. @param {import("./session.js").Session} session @param {any} draft @param {any} form */
export function answered(session, draft, form) {
  const { id, procedure, rendered } = draft;
  const now = Date.now();
  const replies = Object.values(draft.replies ?? {}).filter((text) => text.trim());
  const notes = replies.map((text) => session.note({ dossier: id, text, now, newId }).changes);
  const sent = session.send({
    dossier: id, procedure, form: draft.form, unit: unitOf(form, draft) ?? "", values: valuesToSend(draft, closedPaths(form, draft)),
    ...(draft.papers ? fileOps(draft) : {}), rendered, now, newId,
  });
  const { replies: _, ...rest } = draft;
  const kept = { ...rest, status: "sent", sends: (draft.sends ?? 0) + 1, rendered: sent.rendered };
  return { changes: notes.reduce((all, each) => joined(each, all), sent.changes), drafts: [kept] };
}

const RETURNS = "bo-sung";

/**
 * A form that was opened from the list leads back to it: by "Tiếp tục", by "Xong" and by its back link.
 * @param {import("./forms.js").FormPage} page
 */
export function leadBack(page) {
  const { id } = page.draft;
  if (!openAsk(page.vault.session, id) || !/^#[sp]\//.test(location.hash)) return;
  const [home, draw] = [page.home.bind(page), page.page.bind(page)];
  page.returnTo = RETURNS;
  page.home = () => (page.returnTo === RETURNS ? void page.autosave.flush().then((kept) => kept && location.replace(`/cua-toi?d=${id}#${RETURNS}`)) : home());
  page.page = (title, ...content) => {
    draw(title, ...content);
    nameWayBack(page);
  };
  nameWayBack(page);
  showField();
}

/** Put the finger on the field that the address names, unless it is somewhere already. */
function showField() {
  const [, key, name] = location.hash.slice(1).split("/");
  const field = name && document.querySelector(`main [data-field="${CSS.escape(`${key}.${name}`)}"]`);
  if (!field || !["BODY", "H1"].includes(document.activeElement?.tagName ?? "BODY")) return;
  /** @type {HTMLElement|null} */ (field.querySelector("input, select, textarea"))?.focus({ preventScroll: true });
  field.scrollIntoView();
}

/** @param {import("./forms.js").FormPage} page */
function nameWayBack(page) {
  const back = document.querySelector("main .back[href='#']");
  if (back && page.returnTo === RETURNS) back.textContent = t("supp.back");
}
