/** What was recorded of the person an officer fills in for, on the last page before sending. */
import { grouped3 } from "../answers.js";
import { h } from "../dom.js";
import { dateOf, timeOf } from "../moments.js";
import { t } from "../texts.js";

/** Labels and words, for reading. @param {any} draft @returns {[string, string][]} */
export function helpedLines({ on_behalf, channel, whom }) {
  const { name, citizen_id, phone, relation, seen, seen_note, consent } = on_behalf;
  const lines = /** @type {[string, string|undefined][]} */ ([
    [t("helped.name"), name],
    [t("auth.ask_citizen_id"), citizen_id && grouped3(citizen_id)],
    [t("auth.ask_phone"), phone],
    [t("helped.relation"), [t(`helped.relation.${relation}`), whom].filter(Boolean).join(": ")],
    [t("helped.seen"), [t(`helped.seen.${seen}`), seen_note].filter(Boolean).join(": ")],
    [t("helped.channel"), t(`helped.channel.${channel}`)],
    [t("helped.consent"), `${consent.text} (${timeOf(consent.at)}, ${dateOf(consent.at)})`],
  ]);
  return lines.flatMap(([label, words]) => (words ? [[label, words]] : []));
}

/** Draw it where the page of the form left room. @param {import("../forms.js").FormPage} page */
export function helpedView({ draft, vault }) {
  const place = document.querySelector("#helped");
  if (!place) return; // the person has gone on to another page
  const answers = helpedLines(draft).flatMap(([label, words]) => [h("dt", {}, label), h("dd", {}, words)]);
  const edit = vault.session.isKnown(draft.id) ? null : h("a", { class: "action", href: `/di-ban#lam-ho/${draft.id}`, "data-action": "edit-helped" }, t("do.change_part", { part: t("helped.title").toLowerCase() }));
  const button = document.querySelector("[data-action=submit]");
  if (button) button.textContent = t("do.send_helped");
  place.classList.add("part-review");
  place.replaceChildren(h("p", { class: "notice", "data-turn": true }, t("form.turn")), h("h2", {}, t("helped.title")), h("dl", {}, ...answers), ...(edit ? [edit] : []));
}
