/** What the office chose is not right: its owner says so, in words that go to the office as a note. */
import { h } from "./dom.js";
import { newId } from "./ids.js";
import { sendNow } from "./news.js";
import { t } from "./texts.js";

/** What is being written, by dossier and field: a page that is drawn anew meanwhile has it still. @type {Map<string, string>} */
const begun = new Map();

/** The button, or once it is pressed the place for the words. @param {import("./vault.js").Vault} vault @param {string} dossier @param {string} item the field's label */
export function objecting(vault, dossier, item) {
  const key = `${dossier} ${item}`;
  const text = begun.get(key);
  if (text === undefined) {
    const button = h("button", { type: "button", class: "quiet", "data-action": "not-right", onclick: () => {
      begun.set(key, "");
      const place = objecting(vault, dossier, item);
      button.parentElement?.replaceWith(place);
      place.querySelector("textarea")?.focus();
    } }, t("conflict.not_right"));
    return h("div", { class: "state-actions" }, button);
  }
  const box = h("textarea", { rows: 3, maxlength: 1_000, oninput: () => begun.set(key, box.value) });
  box.value = text;
  return h("form", { class: "field", onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const words = box.value.trim();
    if (!words) return box.focus();
    begun.delete(key);
    await vault.change((session) => ({ changes: session.note({ dossier, text: t("conflict.says", { item, text: words }), now: Date.now(), newId }).changes }));
    await sendNow(vault);
  } }, h("label", {}, t("conflict.what_is_right", { item }), box), h("button", { class: "quiet", "data-action": "tell-office" }, t("conflict.tell")));
}
