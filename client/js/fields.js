/** Inputs for every kind of field (ux.md §5). They report what was typed; what it means is for the draft to decide. */
import { addressInputs, communeOptions } from "./addresses.js";
import { dotted, grouped3, optionsOf } from "./answers.js";
import { dateInputs } from "./dates.js";
import { h } from "./dom.js";
import { moneyInWords } from "./figures.js";
import { inputId, picker, radio, searched } from "./pickers.js";
import { labelOf, t } from "./texts.js";
import { canonical, lengthMaxOf, plain } from "./values.js";

/**
 * @typedef {object} Asking
 * @property {string} path
 * @property {any} field
 * @property {any} typed what is in the boxes: text, the parts of a date or an address, a value
 * @property {Record<string, any[]>} lists
 * @property {boolean} [optional] whether it says so from the start; a section's questions follow their conditions
 * @property {boolean} own whether it is about the person who fills in
 * @property {(typed: any, option?: string) => void} answer
 */

export const RADIOS_MAX = 7;
/** How many letters before the limit the count begins to show. */
const NEAR_LIMIT = 100;
const GROUPED = new Set(["date", "partial_date", "address", "yes_no", "choices", "choice", "unit"]);

/**
 * Draw a question with its input.
 * @param {Asking} asking
 * @returns {HTMLElement}
 */
export function fieldBlock(asking) {
  const { path, field } = asking;
  const words = [labelOf(field.label), h("span", { class: "optional", hidden: !asking.optional }, ` ${t("field.optional")}`)];
  const help = field.help ? h("p", { class: "hint", id: `h-${path}` }, labelOf(field.help)) : null;
  const error = h("p", { class: "error", id: `e-${path}`, hidden: true });
  const inputs = (DRAW[field.kind] ?? textInput)(asking);
  const place = { class: "field", "data-field": path };
  if (GROUPED.has(field.kind)) return h("fieldset", { ...place, "aria-describedby": help ? `h-${path} e-${path}` : `e-${path}` }, h("legend", {}, ...words), help, error, ...inputs);
  const name = field.kind === "computed" ? h("p", { class: "label" }, ...words) : h("label", { for: inputId(path) }, ...words);
  return h("div", place, name, help, error, ...inputs);
}

/** @type {Record<string, (asking: Asking) => any[]>} */
const DRAW = {
  long_text: counted,
  date: dateInputs,
  partial_date: dateInputs,
  address: addressInputs,
  yes_no: yesNo,
  choice: choice,
  choices: choices,
  unit: ({ path, typed, lists, answer }) => picker(path, communeOptions(lists.communes ?? []), typed, (unit) => answer(unit)),
  citizen_id: idInput,
  money: moneyInput,
  time: (asking) => [...textInput(asking), h("p", { class: "hint" }, t("err.time"))],
  computed: ({ path }) => [h("output", { class: "computed", "data-computed": path })],
};

/** @type {Record<string, Record<string, any>>} */
const INPUT = {
  name: { autocapitalize: "words", spellcheck: "false" },
  phone: { type: "tel", inputmode: "tel" },
  email: { type: "email", inputmode: "email", spellcheck: "false" },
  integer: { inputmode: "numeric", class: "short" },
  decimal: { inputmode: "decimal", class: "short" },
  time: { inputmode: "numeric", class: "short" },
  passport: { autocapitalize: "characters", spellcheck: "false", class: "short" },
};
const OWN_AUTOCOMPLETE = /** @type {Record<string, string>} */ ({ name: "name", phone: "tel", email: "email" });

/** What is sensitive is never offered by the browser, nor sent to its spelling service. @param {Asking} asking */
function common({ path, field, own, answer }) {
  const offered = own && !field.sensitive ? (field.autocomplete ?? OWN_AUTOCOMPLETE[field.kind]) : null;
  return {
    id: inputId(path),
    name: path,
    autocomplete: offered ?? "off",
    spellcheck: field.sensitive ? "false" : null,
    "aria-describedby": field.help ? `h-${path} e-${path}` : `e-${path}`,
    oninput: (/** @type {any} */ event) => answer(event.target.value),
  };
}

/** @param {Asking} asking */
function textInput(asking) {
  return [h("input", { type: "text", ...common(asking), ...INPUT[asking.field.kind], value: asking.typed ?? "" })];
}

/** An input with a line below that follows what is typed. @param {Asking} asking @param {HTMLElement} input @param {HTMLElement} line @param {(typed: string) => string} words */
function followed(asking, input, line, words) {
  const say = (/** @type {string} */ typed) => {
    const said = words(typed);
    if (line.textContent !== said) line.textContent = said;
  };
  line.id = `n-${asking.path}`;
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby")} ${line.id}`);
  input.addEventListener("input", (/** @type {any} */ event) => say(event.target.value));
  say(String(asking.typed ?? ""));
  return line;
}

/** A long text, with what room is left once it gets scarce. @param {Asking} asking */
function counted(asking) {
  const most = lengthMaxOf(asking.field);
  const area = h("textarea", { ...common(asking), rows: 4 }, asking.typed ?? "");
  const line = followed(asking, area, h("p", { class: "hint", role: "status" }), (typed) => {
    if (typed.length < most - NEAR_LIMIT) return "";
    const left = most - [...typed.normalize("NFC").trim()].length;
    return left > NEAR_LIMIT ? "" : t(left < 0 ? "err.too_long" : "field.left", { n: Math.abs(left) });
  });
  return [area, line];
}

/** Never reformatted while typing: a count, then an echo in groups. @param {Asking} asking */
function idInput(asking) {
  const input = h("input", { type: "text", ...common(asking), inputmode: "numeric", autocomplete: "off", value: asking.typed ?? "" });
  return [input, followed(asking, input, h("p", { class: "hint echo" }), (typed) => {
    const digits = plain(typed).replace(/\D/g, "");
    return digits === "" ? "" : digits.length === 12 ? grouped3(digits) : t("field.id_count", { n: digits.length });
  })];
}

/** @param {Asking} asking */
function moneyInput(asking) {
  const pretty = (/** @type {any} */ typed) => (/^\d+$/.test(String(typed)) ? dotted(typed) : String(typed ?? ""));
  const input = h("input", {
    type: "text", ...common(asking), inputmode: "numeric", class: "short", value: pretty(asking.typed),
    onblur: (/** @type {any} */ event) => {
      const bare = event.target.value.replace(/[.\s]/g, "");
      if (/^\d+$/.test(bare)) event.target.value = pretty(bare);
    },
  });
  const words = (/** @type {string} */ typed) => moneyInWords(/** @type {any} */ (canonical(asking.field, typed)).value) ?? "";
  return [h("div", { class: "beside" }, input, h("span", {}, "đ")), followed(asking, input, h("p", { class: "hint words", lang: "vi" }), words)];
}

/** @param {Asking} asking */
function yesNo({ path, typed, answer }) {
  return [true, false].map((value) =>
    radio(path, String(value), t(value ? "field.yes" : "field.no"), typed === value, () => answer(value), value ? inputId(path) : null),
  );
}

/** @param {Asking} asking */
function choice({ path, field, typed, lists, answer }) {
  const options = optionsOf(field, lists).map((option) => ({ value: option.value, words: labelOf(option.label) }));
  if (options.length > RADIOS_MAX) return picker(path, options, typed, (value) => answer(value));
  return options.map((option, at) =>
    radio(path, option.value, option.words, typed === option.value, () => answer(option.value), at ? null : inputId(path)),
  );
}

/** @param {Asking} asking */
function choices({ path, field, typed, lists, answer }) {
  const options = optionsOf(field, lists).map((option) => ({ value: option.value, words: labelOf(option.label) }));
  const long = options.length > RADIOS_MAX;
  const rows = options.map((option, at) => ({ option, row: h("label", { class: "option" },
    h("input", {
      type: "checkbox", id: at || long ? null : inputId(path), name: `${path}/${option.value}`, checked: typed?.[option.value] === true,
      onchange: (/** @type {any} */ event) => answer(event.target.checked, option.value),
    }),
    h("span", {}, option.words)) }));
  return long ? searched(path, rows) : rows.map(({ row }) => row);
}
