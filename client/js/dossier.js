/** One dossier: where it is, what happens next, and what is in it (`/cua-toi?d=…`). */
import { actionsOf } from "./actions.js";
import { formOf, knownLists } from "./db.js";
import { h, one } from "./dom.js";
import { ownerOf } from "./entering.js";
import { dateOf, timeOf } from "./moments.js";
import { reasonText, stateLine } from "./status.js";
import { labelOf, t } from "./texts.js";
import { toldView } from "./told.js";
import { nameIn, oneWork, valuesOf } from "./work.js";
import { fieldAt } from "./values.js";
import { answerText, linesOf, startsOf } from "./answers.js";
import { attachmentsView, filesNow } from "./attachments.js";
import { officePart } from "./officepart.js";

/** Draw it. @param {import("./vault.js").Vault} vault @param {string} id @returns {Promise<any[]>} */
export async function dossierView(vault, id) {
  await vault.refresh();
  const draft = await vault.draft(id);
  const work = await oneWork(vault, id, draft);
  const copy = vault.session.copies.get(id);
  const known = draft || copy || vault.session.isKnown(id) || vault.session.recordsOf(id).length;
  const back = h("a", { class: "back", href: "/cua-toi" }, t("mine.title"));
  if (!known) return [back, ...(await unknownView(id))];
  const lists = await knownLists();
  const values = { ...draft?.values, ...valuesOf(vault, id) };
  const form = work.form ?? (await formOf(copy?.form ?? ""));
  const labelOfPath = (/** @type {string} */ path) => {
    const found = form && fieldAt(form, path);
    const section = form?.sections.find((/** @type {any} */ each) => each.key === path.split("/")[0]);
    return found ? labelOf(found.field.label) : section ? labelOf(section.title) : path;
  };
  const said = await officePart(vault);
  const unitNamed = (/** @type {string} */ unit) => unitName(unit, lists);
  return [
    back,
    stateLine(work.state, { dossier: id, labelOfPath, actions: work.state.id === "partly" ? [filesNow(vault)] : actionsOf(vault, work), live: true }),
    ...(await toldView(vault, id, form)),
    h("h1", {}, work.title),
    h("p", { class: "hint" }, [nameIn(form, values), unitName(copy?.unit ?? draft?.unit, lists)].filter(Boolean).join(" · ")),
    said?.standsAt(copy, work.state),
    await said?.supplementView(vault, id, form, unitNamed, lists),
    said?.resultView(copy, unitNamed),
    codePanel(work.state),
    ...nextWords(work.state),
    said?.dueView(copy),
    said?.conflictWords(copy, labelOfPath, form, lists),
    said?.notesView((item) => said.objecting(vault, id, item), copy?.notes ?? [], values, labelOfPath, form, lists),
    form ? apartView(vault, id, form, lists, "held") : null,
    form ? apartView(vault, id, form, lists, "refused") : null,
    await attachmentsView(vault, id, work),
    form ? answersView(form, values, lists) : null,
    said?.lifeView(copy, unitNamed),
    said?.withdrawing(vault, id),
    copy ? h("p", { class: "hint" }, t("stale.say", { time: timeOf(copy.pulled_ms), date: dateOf(copy.pulled_ms) })) : null,
  ];
}

/** A dossier that is not in this drawer: another person's on this phone, or nobody's here. @param {string} id */
export async function unknownView(id) {
  const owner = await ownerOf(id);
  if (!owner) return [h("h1", {}, t("mine.unknown")), h("p", {}, t("mine.unknown_say"))];
  const next = encodeURIComponent(`/cua-toi?d=${id}`);
  return [h("h1", {}, t("people.whose")), h("p", {}, t("shared.not_mine", { name: owner.account.short })),
    h("a", { class: "button", href: `/may-cua-ai?next=${next}`, "data-action": "whose" }, t("people.change"))];
}

/** @param {string|null|undefined} unit @param {Record<string, any[]>} lists */
export function unitName(unit, lists) {
  const commune = (lists.communes ?? []).find((each) => each.code === unit);
  return commune ? `${t(commune.type === "ward" ? "place.ward" : "place.commune")} ${commune.name}` : (unit ?? "");
}

/** A code that may be broken at its hyphens. @param {string} code @returns {any[]} */
export const broken = (code) => code.split("-").flatMap((part, at) => (at ? ["-", h("wbr"), part] : [part]));

/** What became of copying a code on this page: news draws the panel anew, and the words stay. */
let copying = { code: "", words: "" };

/** @param {import("./status.js").State} state */
function codePanel(state) {
  if (!state.code) return null;
  const whole = state.code;
  const copy = h("button", { type: "button", class: "quiet", "data-action": "copy-code", onclick: async () => {
    const went = await copied(whole);
    copying = { code: whole, words: t(went ? "copy.done" : "copy.by_hand") };
    one("[data-copied]").textContent = copying.words;
    if (!went) getSelection()?.selectAllChildren(one(".panel .code"));
  } }, t("do.copy_code"));
  const said = h("p", { class: "hint", role: "status", "data-copied": whole }, copying.code === whole ? copying.words : "");
  return h("div", { class: "panel" }, h("p", { class: "hint" }, t("dossier.code")), h("p", { class: "code" }, ...broken(whole)), copy, said);
}

/** Whether it went: without encryption there is no clipboard, and a browser may refuse it. @param {string} text */
const copied = (text) => Promise.resolve(navigator.clipboard?.writeText(text).then(() => true)).catch(() => false);

/** @param {import("./status.js").State} state */
function nextWords(state) {
  if (state.id === "received") return [h("h2", {}, t("dossier.next")), h("p", {}, t("dossier.next_received"))];
  if (state.id === "waiting" || state.id === "sending") return [h("h2", {}, t("dossier.goes")), h("p", {}, t("dossier.goes_say"))];
  const errors = state.id === "refused" ? (state.problem?.errors ?? []) : [];
  return errors.length ? [h("ul", {}, ...errors.map((/** @type {any} */ error) => h("li", {}, error.detail ?? reasonText(error.code))))] : [];
}

/**
 * What was written and is not in the dossier below: the office is looking at it, or it was not taken.
 * @param {import("./vault.js").Vault} vault @param {string} id @param {any} form @param {Record<string, any[]>} lists @param {"held"|"refused"} status
 */
function apartView(vault, id, form, lists, status) {
  const apart = vault.session.recordsOf(id).filter((record) => record.status === status && !record.dismissed && record.op.type === "patch");
  const lines = apart.flatMap((record) => Object.entries(record.op.set)).flatMap(([path, value]) => {
    const found = fieldAt(form, path);
    return found ? [h("dt", {}, labelOf(found.field.label)), h("dd", {}, answerText(found.field, value, lists) || t("form.not_given"))] : [];
  });
  return lines.length ? h("section", { [`data-${status}`]: id }, h("h2", {}, t(status === "held" ? "held.what" : "refused.what")), h("dl", {}, ...lines)) : null;
}

/** @param {any} form @param {Record<string, any>} values @param {Record<string, any[]>} lists */
function answersView(form, values, lists) {
  const parts = form.sections.map((/** @type {any} */ section) => {
    const lines = startsOf(section, values).flatMap((start) => linesOf(section, start, values, lists, new Set())).filter(([, text]) => text);
    return lines.length ? h("section", { class: "part-review" }, h("h3", {}, labelOf(section.title)), h("dl", {}, ...lines.flatMap(([label, text]) => [h("dt", {}, label), h("dd", {}, text)]))) : null;
  });
  return h("section", {}, h("h2", {}, t("dossier.answers")), ...parts);
}
