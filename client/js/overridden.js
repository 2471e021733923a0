/** A value of one's own that another took the place of: what a person is told once, with the way to put it back. */
import { answerText } from "./answers.js";
import { newId } from "./ids.js";
import { h } from "./dom.js";
import { sendNow } from "./news.js";
import { canonical } from "./session.js";
import { labelOf, t } from "./texts.js";
import { notice } from "./told.js";
import { fieldAt } from "./values.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Told} Told */

/** Say it. @param {Vault} vault @param {Told} each @param {any} form @param {Record<string, any[]>} lists */
export function overridden(vault, each, form, lists) {
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
