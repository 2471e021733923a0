/** What a person is told once: the office used an edit, a value of theirs does not show, the system was restored. */
import { answerText } from "./answers.js";
import { knownLists } from "./db.js";
import { h } from "./dom.js";
import { newId } from "./ids.js";
import { sendNow } from "./news.js";
import { canonical } from "./session.js";
import { labelOf, t } from "./texts.js";
import { fieldAt } from "./values.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Told} Told */

const DAY_MS = 86_400_000;

/** What this page is to tell: of one dossier, or of all where none is named. @param {Vault} vault @param {string|null} [dossier] @param {any} [form] */
export async function toldView(vault, dossier = null, form = null) {
  const lists = await knownLists();
  const said = (vault.kept.told ?? []).filter((each) => each.kind === "epoch" || (dossier !== null && each.dossier === dossier));
  const lines = said.map((each) => (each.kind === "overridden" ? overridden(vault, each, form, lists) : notice(vault, each, t(each.kind === "epoch" ? "sync.again" : "held.yes"))));
  return [clockLine(vault), ...lines].filter(Boolean);
}

/** The phone's clock is off by days: which time counts. @param {Vault} vault */
function clockLine(vault) {
  const { contact_ms, server_ms } = vault.session.meta;
  const days = contact_ms && server_ms ? Math.round(Math.abs(contact_ms - server_ms) / DAY_MS) : 0;
  return days ? h("p", { class: "notice", "data-told": "clock" }, t("sync.clock", { n: days })) : null;
}

/** @param {Vault} vault @param {Told} each @param {string} words @param {...any} more */
function notice(vault, each, words, ...more) {
  const read = h("button", { type: "button", class: "quiet", "data-action": "read", onclick: () => forget(vault, each) }, t("do.read"));
  return h("div", { class: "notice", "data-told": each.kind }, h("p", {}, words), h("div", { class: "state-actions" }, ...more, read));
}

/** @param {Vault} vault @param {Told} each */
function forget(vault, each) {
  const same = (/** @type {Told} */ other) => canonical(other) === canonical(each);
  return vault.change(() => ({ kept: { told: (vault.kept.told ?? []).filter((other) => !same(other)) } }));
}

/** A value of one's own that another took the place of: said, and can be put back. @param {Vault} vault @param {Told} each @param {any} form @param {Record<string, any[]>} lists */
function overridden(vault, each, form, lists) {
  const { dossier, op, path = "" } = each;
  const record = vault.session.outbox.get(op ?? "");
  const found = form && fieldAt(form, path);
  const shown = vault.session.rendered(dossier ?? "", [path])[path];
  if (!record || !found || canonical(shown.value) === canonical(record.op.set[path])) return null; // nothing to tell any more
  const words = (/** @type {any} */ value) => answerText(found.field, value, lists) || t("form.not_given");
  const back = h("button", { type: "button", class: "quiet", "data-action": "put-back", onclick: () => putBack(vault, each, record.op.set[path]) }, t("do.put_back"));
  return notice(vault, each, t("overridden.say", { item: labelOf(found.field.label), a: words(shown.value), b: words(record.op.set[path]) }), back);
}

/** @param {Vault} vault @param {Told} each @param {any} value */
async function putBack(vault, { dossier, op, path = "" }, value) {
  await vault.change((session) => {
    const copy = session.copies.get(dossier ?? "");
    if (!copy) return {};
    const { id, procedure, form, unit } = copy;
    const rendered = session.rendered(id, [path]);
    const { changes } = session.send({ dossier: id, procedure, form, unit, values: { [path]: value }, rendered, settle: [path], submit: false, now: Date.now(), newId });
    return { changes, kept: { told: (vault.kept.told ?? []).filter((other) => !(other.op === op && other.path === path)) } };
  });
  await sendNow(vault);
}
