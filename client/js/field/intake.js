/**
 * "Làm hộ": who is here, for whom, how their identity was seen, and that they agree; then the form, like anybody's.
 *
 * What is typed is kept in the officer's drawer at each change, until the form is begun: a tablet that goes off loses nothing.
 */
import { dataOf, h, one, show } from "../dom.js";
import { dataIn } from "./documents.js";
import { keepForm } from "../db.js";
import { newDraft } from "../drafts.js";
import { fieldBlock } from "../fields.js";
import { inputId } from "../pickers.js";
import { stateLine } from "../status.js";
import { t } from "../texts.js";
import { alikeView } from "./alike.js";
import { unitOptions } from "./choosing.js";
import { BOXES, CHANNELS, CONSENT_VERSION, isAsked, isNeeded, prefill, read, RELATIONS, SEEN, typedOf } from "./helping.js";
import { alikeOf } from "./likeness.js";
import { backToDay, title } from "./round.js";
import { everyone } from "./taken.js";
import { unitOf } from "./units.js";

/** @typedef {import("../vault.js").Vault} Vault */
/** @typedef {import("./helping.js").Typed} Typed */

/** @param {Vault} vault @param {string} id the draft whose person is to be corrected; "": a new one */
export async function intakePage(vault, id) {
  const draft = id ? await vault.draft(id) : null;
  const kept = /** @type {any} */ (vault.kept);
  /** @type {Typed} */
  const typed = draft?.on_behalf ? typedOf(draft) : { channel: kept.channel, ...kept.intake };
  const units = await unitOptions(vault, draft?.unit ?? "");
  const offered = units.map(({ value }) => value);
  if (units.length) typed.unit = draft?.unit ?? (offered.includes(typed.unit ?? "") ? typed.unit : unitOf(vault));
  else delete typed.unit;
  const line = h("div", {});
  const keep = async () => {
    await vault.change(() => ({ kept: /** @type {any} */ ({ intake: { ...typed } }) }));
    line.replaceChildren(stateLine({ id: "saved", saved_ms: Date.now() }));
  };
  const asked = asking(typed, () => void (draft ? null : keep()));
  const procedures = draft ? [] : dataOf("forms");
  const alike = h("section", { id: "alike-here", "aria-live": "polite" });
  show(title(t("field.help")),
    backToDay(),
    line,
    h("div", { id: "faults" }),
    h("h1", {}, t("field.help")),
    h("form", { novalidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void begin(vault, typed, draft);
    } },
      draft ? null : asked.choice("procedure", procedures),
      units.length ? asked.choice("unit", units) : null,
      h("h2", {}, t("helped.who")),
      h("div", { id: "card" }),
      asked.box("name"), asked.box("citizen_id"), alike, asked.box("phone"),
      asked.choice("relation", RELATIONS), asked.box("whom"),
      asked.choice("seen", SEEN), asked.box("seen_note"),
      asked.choice("channel", CHANNELS),
      asked.consent(),
      h("button", { class: "button", "data-action": "begin-helped" }, t(draft ? "helped.correct" : "helped.begin"))),
  );
  asked.refit();
  await watchId(vault, alike, typed, id);
}

/** Who has this citizen ID already, here or in the unit: said, and nothing more. @param {Vault} vault @param {HTMLElement} place @param {Typed} typed @param {string} id */
async function watchId(vault, place, typed, id) {
  const others = await everyone(vault);
  const look = () => {
    const digits = (typed.citizen_id ?? "").replace(/\D/g, "");
    const alike = digits.length === 12 ? alikeOf({ id, procedure: typed.procedure ?? "", marks: new Set([`id ${digits}`]) }, others) : [];
    place.replaceChildren(...(alike.length ? [alikeView(alike)] : []));
  };
  one("main form").addEventListener("input", look);
  look();
}

/** The questions of the page. @param {Typed} typed @param {() => void} keep */
function asking(typed, keep) {
  const label = (/** @type {string} */ key) => ({ vi: t(key), en: t(key) });
  const answers = /** @type {any} */ (typed);
  const block = (/** @type {string} */ path, /** @type {any} */ field) => {
    const made = fieldBlock({ path, field, typed: answers[path] ?? null, lists: {}, own: false, answer: (value) => {
      answers[path] = value;
      refit();
    } });
    made.addEventListener("change", keep);
    return made;
  };
  const refit = () => {
    for (const path of Object.keys(BOXES)) {
      const place = one(`[data-field=${path}]`);
      place.hidden = !isAsked(path, typed);
      /** @type {HTMLElement} */ (place.querySelector(".optional")).hidden = isNeeded(path, typed);
    }
  };
  return {
    refit,
    box: (/** @type {string} */ path) => block(path, { key: path, kind: BOXES[path], sensitive: true, label: label(`helped.${path}`) }),
    choice: (/** @type {string} */ path, /** @type {any[]} */ options) => block(path, { key: path, kind: "choice", label: label(`helped.${path}`),
      options: options.map((each) => (typeof each === "string" ? { value: each, label: label(`helped.${path}.${each}`) } : each)) }),
    consent: () => h("fieldset", { class: "field", "data-field": "consent", onchange: keep },
      h("legend", {}, t("helped.consent")), h("p", { class: "hint" }, t("helped.read_aloud")), h("p", { class: "error", id: "e-consent", hidden: true }),
      h("label", { class: "option" }, h("input", { type: "checkbox", id: inputId("consent"), name: "consent", checked: Boolean(typed.consent), onchange: (/** @type {any} */ event) => {
        typed.consent = event.target.checked ? { text: t("consent.helped"), version: CONSENT_VERSION, at: Date.now() } : null;
      } }), h("span", {}, t("consent.helped")))),
  };
}

/** Begin the form, or correct the person of one that was begun. @param {Vault} vault @param {Typed} typed @param {any} draft */
async function begin(vault, typed, draft) {
  const { wrong, ...recorded } = read(draft ? { ...typed, procedure: draft.procedure } : typed);
  if (tellWrong(wrong)) return;
  if (draft) {
    await vault.change(() => ({ drafts: [{ ...draft, ...recorded }] }));
    location.assign(`/to-khai/${draft.procedure}?d=${draft.id}#review`);
    return;
  }
  const form = await dataIn(`/to-khai/${typed.procedure}`, "form-data");
  if (!form) return void tellWrong([{ path: "procedure", key: "helped.no_form" }]);
  const begun = { ...newDraft(form), ...recorded, unit: recorded.unit ?? unitOf(vault), saved_ms: Date.now() };
  prefill(form, begun, recorded);
  await keepForm(form);
  await vault.change(() => ({ drafts: [begun], kept: /** @type {any} */ ({ intake: null, channel: recorded.channel, unit: begun.unit }) }));
  location.assign(`/to-khai/${form.procedure}?d=${begun.id}`);
}

/** Say what is wrong above and at its place; true where something is. @param {import("./helping.js").Wrong[]} wrong */
function tellWrong(wrong) {
  const said = new Map(wrong.map(({ path, key, args }) => [path, t(key, { ...args, label: t(`helped.${path}`) })]));
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("main [data-field]"))) {
    const words = said.get(place.dataset.field ?? "") ?? "";
    const error = /** @type {HTMLElement} */ (place.querySelector(".error"));
    error.textContent = words;
    error.hidden = !words;
    place.classList.toggle("wrong", words !== "");
    for (const input of place.querySelectorAll("input:not([type=radio], [type=checkbox])")) input.toggleAttribute("aria-invalid", words !== "");
  }
  document.title = title(wrong.length ? `${t("err.title")}: ${t("field.help")}` : t("field.help"));
  if (!wrong.length) return void one("#faults").replaceChildren();
  const to = (/** @type {string} */ path) => /** @type {HTMLElement|null} */ (document.querySelector(`[data-field=${path}] input`));
  const lines = [...said].map(([path, words]) => h("li", {}, h("a", { href: location.hash, onclick: (/** @type {Event} */ event) => {
    event.preventDefault();
    to(path)?.focus();
  } }, words)));
  const summary = h("div", { role: "alert", class: "summary", tabindex: "-1" }, h("h2", {}, t("err.summary", { n: wrong.length })), h("ul", {}, ...lines));
  one("#faults").replaceChildren(summary);
  summary.focus();
  return true;
}
