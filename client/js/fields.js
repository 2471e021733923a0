/** Inputs for every kind of field (ux.md §5). They report what was typed; what it means is for the draft to decide. */
import { h } from "./dom.js";
import { labelOf, t } from "./texts.js";
import { dayText } from "./moments.js";

/**
 * @typedef {object} Asking
 * @property {string} path
 * @property {any} field
 * @property {any} typed what is in the boxes: text, the parts of a date or an address, a value
 * @property {Record<string, any[]>} lists
 * @property {boolean} optional
 * @property {boolean} own whether it is about the person who fills in
 * @property {(typed: any, option?: string) => void} answer
 */

export const RADIOS_MAX = 7;
const DATE_PARTS = /** @type {const} */ (["day", "month", "year"]);

/** Return words without diacritics, as people type them. @param {string} words */
export const folded = (words) => words.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{M}/gu, "");

/** Identifier of a path's first input, for labels and links. @param {string} path */
export const inputId = (path) => `f-${path}`;

/**
 * Draw a question with its input.
 * @param {Asking} asking
 * @returns {HTMLElement}
 */
export function fieldBlock(asking) {
  const { path, field } = asking;
  const grouped = ["date", "partial_date", "address", "yes_no", "choices", "choice", "unit"].includes(field.kind);
  const words = [labelOf(field.label), asking.optional ? h("span", { class: "optional" }, ` ${t("field.optional")}`) : null];
  const help = field.help ? h("p", { class: "hint", id: `h-${path}` }, labelOf(field.help)) : null;
  const draw = DRAW[field.kind] ?? textInput;
  const described = help ? `h-${path}` : null;
  if (grouped) return h("fieldset", { class: "field", "data-field": path, "aria-describedby": described }, h("legend", {}, ...words), help, errorPlace(path), ...draw(asking));
  return h("div", { class: "field", "data-field": path }, h("label", { for: inputId(path) }, ...words), help, errorPlace(path), ...draw(asking));
}

/** @param {string} path */
const errorPlace = (path) => h("p", { class: "error", id: `e-${path}`, hidden: true });

/** @type {Record<string, (asking: Asking) => any[]>} */
const DRAW = {
  long_text: (asking) => [h("textarea", { ...common(asking), rows: 4 }, asking.typed ?? "")],
  date: dateInputs,
  partial_date: dateInputs,
  address: addressInputs,
  yes_no: yesNo,
  choice: choice,
  choices: choices,
  citizen_id: idInput,
  money: moneyInput,
  computed: ({ path }) => [h("output", { class: "computed", "data-computed": path })],
};

/** @type {Record<string, Record<string, any>>} */
const INPUT = {
  name: { autocapitalize: "words", spellcheck: "false" },
  phone: { type: "tel", inputmode: "tel" },
  email: { type: "email", inputmode: "email", spellcheck: "false" },
  integer: { inputmode: "numeric", class: "short" },
  decimal: { inputmode: "decimal", class: "short" },
  time: { inputmode: "numeric", class: "short", placeholder: "" },
  passport: { autocapitalize: "characters", spellcheck: "false" },
};
const OWN_AUTOCOMPLETE = /** @type {Record<string, string>} */ ({ name: "name", phone: "tel", email: "email" });

/** @param {Asking} asking */
function common({ path, field, own, answer }) {
  return {
    id: inputId(path),
    name: path,
    autocomplete: own ? (field.autocomplete ?? OWN_AUTOCOMPLETE[field.kind] ?? "off") : "off",
    "aria-describedby": `e-${path}`,
    oninput: (/** @type {any} */ event) => answer(event.target.value),
  };
}

/** @param {Asking} asking */
function textInput(asking) {
  return [h("input", { type: "text", ...common(asking), ...INPUT[asking.field.kind], value: asking.typed ?? "" })];
}

/** Groups of three, as people read a number aloud. @param {string} digits */
const grouped3 = (digits) => digits.replace(/(\d{3})(?=\d)/g, "$1 ");

/** @param {Asking} asking */
function idInput(asking) {
  const echo = h("p", { class: "hint echo", "aria-live": "polite" });
  const say = (/** @type {string} */ typed) => {
    const digits = typed.replace(/\D/g, "");
    echo.textContent = digits === "" ? "" : digits.length === 12 ? grouped3(digits) : t("field.id_count", { n: digits.length });
  };
  const input = h("input", {
    type: "text", ...common(asking), inputmode: "numeric", autocomplete: "off", value: asking.typed ?? "",
    oninput: (/** @type {any} */ event) => {
      asking.answer(event.target.value);
      say(event.target.value);
    },
  });
  say(String(asking.typed ?? ""));
  return [input, echo];
}

/** @param {Asking} asking */
function moneyInput(asking) {
  const dotted = (/** @type {any} */ typed) => (/^\d+$/.test(String(typed)) ? String(typed).replace(/\B(?=(\d{3})+$)/g, ".") : String(typed ?? ""));
  const input = h("input", {
    type: "text", ...common(asking), inputmode: "numeric", class: "short", value: dotted(asking.typed ?? ""),
    onblur: (/** @type {any} */ event) => {
      event.target.value = dotted(event.target.value.replace(/\./g, ""));
    },
  });
  return [h("div", { class: "beside" }, input, h("span", {}, "đ"))];
}

/** @param {Asking} asking */
function dateInputs({ path, field, typed, answer }) {
  const parts = { day: "", month: "", year: "", precision: "day", ...typed };
  let chosen = typed?.precision !== undefined && typed.precision !== "day";
  const boxes = DATE_PARTS.map((part) => {
    const input = h("input", {
      id: part === "day" ? inputId(path) : `${inputId(path)}:${part}`, name: `${path}:${part}`, type: "text", inputmode: "numeric",
      autocomplete: "off", class: part === "year" ? "four" : "two", value: parts[part], "aria-describedby": `e-${path}`,
      oninput: () => answer(read()),
      onpaste: (/** @type {ClipboardEvent} */ event) => {
        const pasted = (event.clipboardData?.getData("text") ?? "").trim().split(/[/.-]/);
        if (pasted.length !== 3) return;
        event.preventDefault();
        boxes.forEach((box, at) => {
          /** @type {any} */ (box.querySelector("input")).value = pasted[at];
        });
        answer(read());
      },
    });
    return h("label", { class: "part", "data-part": part }, h("span", {}, t(`date.${part}`)), input);
  });
  const read = () => {
    const now = Object.fromEntries(DATE_PARTS.map((part, at) => [part, /** @type {any} */ (boxes[at].querySelector("input")).value]));
    if (field.kind === "partial_date" && !chosen) parts.precision = now.day ? "day" : now.month ? "month" : now.year ? "year" : "day";
    for (const way of ways) /** @type {any} */ (way.firstChild).checked = /** @type {any} */ (way.firstChild).value === parts.precision;
    return { ...now, precision: parts.precision };
  };
  const fit = () => {
    boxes[0].hidden = chosen && parts.precision !== "day";
    boxes[1].hidden = chosen && parts.precision === "year";
  };
  const row = h("div", { class: "date" }, ...boxes);
  const ways = (field.kind === "date" ? [] : ["day", "month", "year"]).map((way) =>
    radio(`${path}:precision`, way, t(`date.knows_${way}`), parts.precision === way, () => {
      chosen = true;
      parts.precision = way;
      fit();
      answer(read());
    }),
  );
  fit();
  if (field.kind === "date") return [row];
  return [row, h("p", { class: "hint" }, t("date.partial")), h("div", { class: "precision" }, ...ways)];
}

/** @param {string} name @param {string} value @param {string} words @param {boolean} checked @param {() => void} pick @param {string|null} [id] @param {any} [more] */
export function radio(name, value, words, checked, pick, id = null, more = null) {
  return h("label", { class: "option" }, h("input", { type: "radio", id, name, value, checked, onchange: pick }), h("span", {}, words, more));
}

/** @param {Asking} asking */
function yesNo({ path, typed, answer }) {
  return [true, false].map((value) =>
    radio(path, String(value), t(value ? "field.yes" : "field.no"), typed === value, () => answer(value), value ? inputId(path) : null),
  );
}

/** @param {any} field @param {Record<string, any[]>} lists @returns {any[]} */
export const optionsOf = (field, lists) => (typeof field.options === "string" ? (lists[field.options] ?? []) : (field.options ?? []));

/** @param {Asking} asking */
function choice({ path, field, typed, lists, answer }) {
  const options = optionsOf(field, lists).map((option) => ({ value: option.value, words: labelOf(option.label), also: "" }));
  if (options.length > RADIOS_MAX) return picker(path, options, typed, answer);
  return options.map((option, at) =>
    radio(path, option.value, option.words, typed === option.value, () => answer(option.value), at ? null : inputId(path)),
  );
}

/** @param {Asking} asking */
function choices({ path, field, typed, lists, answer }) {
  return optionsOf(field, lists).map((option, at) =>
    h("label", { class: "option" },
      h("input", {
        type: "checkbox", id: at ? null : inputId(path), name: `${path}/${option.value}`, checked: typed?.[option.value] === true,
        onchange: (/** @type {any} */ event) => answer(event.target.checked, option.value),
      }),
      h("span", {}, labelOf(option.label)),
    ),
  );
}

/**
 * A search box over radio rows, filtered without diacritics.
 * @param {string} name
 * @param {{value: string, words: string, also: string}[]} options
 * @param {any} chosen
 * @param {(value: string) => void} pick
 * @returns {any[]}
 */
export function picker(name, options, chosen, pick) {
  const picked = h("p", { class: "picked", "aria-live": "polite" });
  const say = (/** @type {any} */ value) => {
    const option = options.find((each) => each.value === value);
    picked.textContent = option ? t("field.picked", { what: option.words }) : "";
    picked.hidden = !option;
  };
  const rows = options.map((option) => ({
    words: folded(`${option.words} ${option.also}`),
    row: radio(name, option.value, option.words, chosen === option.value, () => {
      pick(option.value);
      say(option.value);
    }, null, option.also ? h("small", {}, t("field.formerly", { names: option.also })) : null),
  }));
  const none = h("p", { class: "hint", hidden: true }, t("field.none_found"));
  const search = h("input", {
    type: "search", id: inputId(name.replace(/:commune$/, "")), autocomplete: "off", "aria-label": t("field.search"), placeholder: t("field.search"),
    oninput: (/** @type {any} */ event) => {
      const wanted = folded(event.target.value).split(/\s+/).filter(Boolean);
      for (const { words, row } of rows) row.hidden = !wanted.every((word) => words.includes(word));
      none.hidden = rows.some(({ row }) => !row.hidden);
      list.classList.toggle("searching", wanted.length > 0);
    },
  });
  const list = h("div", { class: "rows", role: "group", "aria-label": t("field.search") }, ...rows.map(({ row }) => row), none);
  say(chosen);
  return [picked, search, list];
}

/** Options for the communes of the province, with what they were before. @param {any[]} communes */
export function communeOptions(communes) {
  return communes.map((commune) => ({
    value: commune.code,
    words: `${t(commune.type === "ward" ? "place.ward" : "place.commune")} ${commune.name}`,
    also: (commune.former ?? []).join(", "),
  }));
}

/** @param {Asking} asking */
function addressInputs({ path, typed, lists, answer }) {
  const parts = { country: "VN", province: "20", ...typed };
  const change = (/** @type {any} */ changed) => {
    Object.assign(parts, changed);
    answer({ ...parts });
  };
  const text = (/** @type {string} */ part, /** @type {string} */ label) =>
    h("label", { class: "part" }, h("span", {}, label),
      h("input", { type: "text", name: `${path}:${part}`, autocomplete: "off", value: parts[part] ?? "", oninput: (/** @type {any} */ event) => change({ [part]: event.target.value }) }));
  const communes = h("div", {}, ...picker(`${path}:commune`, communeOptions(lists.communes ?? []), parts.commune, (commune) => change({ commune, place: null })));
  const place = text("place", t("address.place"));
  const fit = () => {
    communes.hidden = parts.province !== "20";
    place.hidden = parts.province === "20";
  };
  fit();
  const province = h("select", {
    name: `${path}:province`, "aria-label": t("address.province"),
    onchange: (/** @type {any} */ event) => {
      change({ province: event.target.value, commune: null });
      fit();
    },
  }, ...(lists.provinces ?? []).map((each) => h("option", { value: each.code, selected: each.code === parts.province }, labelOf(each.label))));
  return [
    h("label", { class: "part" }, h("span", {}, t("address.province")), province),
    h("div", { class: "part" }, h("span", {}, t("address.commune")), communes, place),
    text("detail", t("address.detail")),
    text("old", `${t("address.old")} ${t("field.optional")}`),
  ];
}

/**
 * Return an answer as people read it.
 * @param {any} field
 * @param {any} value
 * @param {Record<string, any[]>} lists
 * @returns {string}
 */
export function answerText(field, value, lists) {
  if (value === null || value === undefined || value === "") return "";
  if (field.kind === "choice") return optionText(optionsOf(field, lists), value);
  if (field.kind === "yes_no" || typeof value === "boolean") return t(value ? "field.yes" : "field.no");
  if (field.kind === "date" || field.kind === "partial_date") return dayText(value);
  if (field.kind === "citizen_id") return grouped3(value);
  if (field.kind === "money") return `${String(value).replace(/\B(?=(\d{3})+$)/g, ".")} đ`;
  if (field.kind === "decimal") return String(value).replace(".", ",");
  return field.kind === "address" ? addressText(value, lists) : String(value);
}

/** @param {any[]} options @param {string} value */
function optionText(options, value) {
  const option = options.find((each) => each.value === value);
  return option ? labelOf(option.label) : value;
}

/** @param {any} address @param {Record<string, any[]>} lists */
function addressText(address, lists) {
  const commune = communeOptions(lists.communes ?? []).find((each) => each.value === address.commune)?.words ?? address.commune;
  const province = (lists.provinces ?? []).find((each) => each.code === (address.province ?? "20"));
  const parts = [address.detail, commune ?? address.place, province ? labelOf(province.label) : address.country];
  return parts.filter(Boolean).join(", ") + (address.old ? ` (${address.old})` : "");
}
