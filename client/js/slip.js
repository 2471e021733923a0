/**
 * The provisional slip (`/phieu?d=…`): what was completed here and waits, for whoever goes home with it. It says twice what
 * it is not, prints every value that is in dispute, and has the code by which the dossier is followed and claimed. Once the
 * dossier has arrived the slip would say what is no longer so: then only the code is left of it. A part of its own.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/slip.json";
import parts from "./generated/parts.json";
import { isOfficer } from "./roles.js";
import { whole } from "./codes.js";
import { knownLists, packOf } from "./db.js";
import { h, one } from "./dom.js";
import { broken, unitName, unknownView } from "./dossier.js";
import { handoverOf } from "./handing.js";
import { takenInFor } from "./handover.js";
import { dateOf, dayText, nowMs, timeOf, today } from "./moments.js";
import { put } from "./pages.js";
import { qrView } from "./qr.js";
import { completedAt, estimateOf, printedParts } from "./slipfacts.js";
import { pictureOf } from "./slippicture.js";
import { stateLine } from "./status.js";
import { learnTexts, t } from "./texts.js";
import { oneWork, valuesOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */

learnTexts(texts);

const PENDING = ["waiting", "sending", "locked"];

/** Where a hand-over code leads: behind `#`, so that no request and no log ever has it. @param {string} code */
export const followUrl = (code) => `${location.origin}/tra-cuu#${code}`;

/** @param {Vault} vault */
export async function slipPage(vault) {
  const styles = h("link", { rel: "stylesheet", href: parts.slip_css });
  document.head.append(styles);
  const id = new URLSearchParams(location.search).get("d") ?? "";
  await vault.refresh();
  const draft = await vault.draft(id);
  const known = draft || vault.session.isKnown(id) || vault.session.recordsOf(id).length;
  put("main", ...(known ? await drawnSlip(vault, id, draft) : await unknownView(id)));
}

/** @param {Vault} vault @param {string} id @param {any} draft */
async function drawnSlip(vault, id, draft) {
  const work = await oneWork(vault, id, draft);
  const at = completedAt(vault.session.recordsOf(id), draft);
  const top = [h("a", { class: "back", href: `/cua-toi?d=${id}` }, t("slip.back")), stateLine(work.state, { dossier: id })];
  const helped = isOfficer(vault.account) && takenInFor(vault, id, draft);
  if (PENDING.includes(work.state.id) && at !== null && work.form) return [...top, ...paper(await factsOf(vault, work, at, helped))];
  if (work.state.id === "saved") return [...top, h("h1", {}, t("slip.title")), h("p", {}, t("slip.not_yet")), h("a", { class: "button", href: `/to-khai/${work.procedure}?d=${id}`, "data-action": "continue" }, t("do.continue"))];
  return [...top, h("h1", {}, t(helped ? "slip.code_title" : "slip.title")), h("p", {}, t("slip.arrived")), ...(helped ? codeView(await handoverOf(vault, id)) : [])];
}

/** @param {Vault} vault @param {import("./work.js").Work} work @param {number} at @param {any} helped for whom it was taken in, else nothing */
async function factsOf(vault, work, at, helped) {
  const lists = await knownLists();
  const copy = vault.session.copies.get(work.id);
  const create = vault.session.recordsOf(work.id).find(({ op }) => op.type === "create");
  const values = work.draft?.status === "locked" ? work.draft.values : { ...work.draft?.values, ...valuesOf(vault, work.id) };
  const handover = await handoverOf(vault, work.id);
  const unit = copy?.unit ?? create?.op.unit ?? work.draft?.unit;
  const due = unit ? estimateOf(await packOf(unit), work.procedure, create?.op.channel ?? work.draft?.channel ?? "", nowMs()) : "";
  return {
    title: t("slip.title"), across: t("slip.across"), handover, helped: Boolean(helped), procedure: work.title, id: work.id,
    say: t("slip.say", { time: timeOf(at), date: dateOf(at), code: handover.code }),
    estimate: due ? t("slip.estimate", { today: dayText(today()), date: due }) : "",
    unit: unitName(unit, lists),
    by: helped ? (vault.account?.name ?? "") : "",
    parts: printedParts(work.form, values, copy?.conflicts ?? [], lists, today()),
  };
}

/** @typedef {Awaited<ReturnType<typeof factsOf>>} Facts */

/** @param {Facts} facts */
function paper(facts) {
  const print = h("button", { type: "button", class: facts.helped ? "button" : "button second", "data-action": "print", onclick: () => window.print() }, t("do.print_slip"));
  const keep = h("button", { type: "button", class: facts.helped ? "button second" : "button", "data-action": "picture", onclick: () => keptAsPicture(facts) }, t("do.keep_picture"));
  return [
    h("article", { class: "slip", "data-slip": facts.id },
      h("div", { class: "slip-across", "aria-hidden": "true" }, ...[1, 2, 3].map(() => h("span", { "data-words": facts.across }))),
      h("h1", {}, facts.title),
      h("p", {}, facts.say),
      h("h2", {}, facts.procedure),
      facts.unit ? h("p", {}, t("slip.unit", { unit: facts.unit })) : null,
      facts.by ? h("p", {}, t("slip.by", { name: facts.by })) : null,
      facts.estimate ? h("p", { "data-estimate": true }, facts.estimate) : null,
      ...facts.parts.map(({ title, lines }) => h("section", {}, h("h3", {}, title), h("dl", {}, ...lines.flatMap(({ label, texts: said }) => [
        h("dt", {}, label), h("dd", {}, said.length > 1 ? t("slip.versions", { values: said.join(" · ") }) : said[0])])))),
      ...(facts.helped ? codeView(facts.handover) : []),
      h("p", { class: "slip-title" }, facts.title)),
    h("div", { class: "slip-actions" }, ...(facts.helped ? [print, keep] : [keep, print]), h("p", { role: "status", id: "said" })),
  ];
}

/** The code with its QR and what it is good for. @param {import("./handover.js").Handover} handover */
function codeView(handover) {
  if (handover.state === "refused") return [h("p", { class: "notice need" }, t("slip.refused"))];
  const code = whole(handover);
  return [h("section", { class: "slip-code" }, h("h3", {}, t("slip.code")), qrView(followUrl(code), t("slip.qr")),
    h("p", { class: "handover-code", "data-code": code }, ...broken(code)),
    h("p", {}, t("slip.follow", { address: `${location.host}/tra-cuu` })), h("p", {}, t("slip.keep")))];
}

/** What the picture says, line by line. @param {Facts} facts @returns {import("./slippicture.js").Line[]} */
export function pictureLines(facts) {
  const title = { text: facts.title, size: 44, bold: true };
  const code = whole(facts.handover);
  const follow = facts.helped && facts.handover.state !== "refused" ? [
    { text: t("slip.code"), bold: true, gap: 32 }, { qr: followUrl(code), label: code }, { text: code, size: 42, bold: true },
    { text: t("slip.follow", { address: `${location.host}/tra-cuu` }) }, { text: t("slip.keep") }] : [];
  return [title, { text: facts.say, gap: 16 }, { text: facts.procedure, size: 40, bold: true, gap: 32 },
    ...(facts.unit ? [{ text: t("slip.unit", { unit: facts.unit }) }] : []), ...(facts.by ? [{ text: t("slip.by", { name: facts.by }) }] : []),
    ...(facts.estimate ? [{ text: facts.estimate }] : []),
    ...facts.parts.flatMap(({ title: part, lines }) => [{ text: part, bold: true, gap: 24 }, ...lines.map(({ label, texts: said }) => ({ text: `${label}: ${said.length > 1 ? t("slip.versions", { values: said.join(" · ") }) : said[0]}` }))]),
    ...follow, { ...title, gap: 32 }];
}

/** Give the picture to whatever the phone shares with, else into its downloads. @param {Facts} facts */
async function keptAsPicture(facts) {
  const name = `phieu-tam-${facts.handover.code}.png`;
  const file = new File([await pictureOf(pictureLines(facts), facts.across)], name, { type: "image/png" });
  const said = one("#said");
  if (navigator.canShare?.({ files: [file] })) {
    const went = await navigator.share({ files: [file] }).then(() => true, () => false); // put off, or not allowed: then it is kept here
    if (went) return void (said.textContent = t("slip.kept"));
  }
  const link = h("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  said.textContent = t("slip.kept");
}
