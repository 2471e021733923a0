/**
 * Canonical values: one spelling for each answer, made here on the phone and checked again by the server (forms.md §1).
 *
 * `faultOf` gives the verdicts of `schemas/values.py`, word for word; a differential test compares the two.
 * `canonical` turns what a person typed into the canonical value, or says which text of the catalogue (`err.*`) tells
 * them what to mend. It is stricter than `faultOf` where the person is there to ask: a name has two letters and no digits.
 */

import { COMMUNE_CODES, HOME_PROVINCE, PROVINCE_CODES } from "./places.js";

/** @typedef {import("./schemas.js").Field} Field */
/** @typedef {import("./schemas.js").Form} Form */
/** @typedef {import("./schemas.js").Option} Option */
/** @typedef {import("./schemas.js").Section} Section */
/** @typedef {Field & {option?: string}} AskedField a field, or one option of a `choices` field */
/** @typedef {{value: unknown} | {fault: string, args: Record<string, string | number>}} Canonical */
/** @typedef {Record<string, Option[]>} Lists shared lists by name, as `/forms/lists/{name}` serves them */

const NAME_MAX = 100;
const TEXT_MAX = 1_000;
const LONG_TEXT_MAX = 20_000;
const ADDRESS_PART_MAX = 300;
const DECIMAL_MAX = 40;
const EMAIL_MAX = 254;

const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/u;
const CONTROL_BUT_NEWLINE = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/u;
const DATE = /^([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;
const MONTH = /^[1-9][0-9]{3}(?:-(?:0[1-9]|1[0-2]))?$/;
const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const CITIZEN_ID = /^[0-9]{12}$/;
const PHONE = /^0[0-9]{9,10}$/;
const PASSPORT = /^[A-Z0-9]{6,9}$/;
const UNIT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const DECIMAL = /^(?!-0$)-?(?:0|[1-9][0-9]*)(?:\.([0-9]*[1-9]))?$/;
const COUNTRY = /^[A-Z]{2}$/;
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/;
const UNSEEN = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
const PROSE = new Set(["text", "long_text", "choice"]);
const PERSON_NAME = /^[\p{L}\p{M}'’ʼ -]{2,}$/u;
const ROW_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ADDRESS_TEXTS = ["detail", "old", "place"];
const ADDRESS_KEYS = new Set(["country", "province", "commune", ...ADDRESS_TEXTS]);
const ASKED_KINDS = new Set(["name", "date", "partial_date", "citizen_id", "passport", "money"]);

/**
 * Find the field at a path of the wire: `section.field`, `section/{row id}/field`, with `/{option}` for `choices`.
 * @param {Form} form
 * @param {string} path
 * @returns {{section: Section, field: AskedField, row: string | null} | null}
 */
export function fieldAt(form, path) {
  const inRow = /^([^./]+)\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  const plain = inRow ? null : /^([^./]+)\.([^/]+)(?:\/([^/]+))?$/.exec(path);
  const [sectionKey, row, key, option] = inRow ? inRow.slice(1) : plain ? [plain[1], null, plain[2], plain[3]] : [];
  const section = form.sections.find((one) => one.key === sectionKey);
  const field = section?.fields.find((one) => one.key === key);
  if (!section || !field || Boolean(section.rows) !== Boolean(row) || (row && !ROW_ID.test(row))) return null;
  return { section, field: option ? { ...field, option } : field, row: row ?? null };
}

/**
 * Return the policy a field declares, or that of its kind.
 * @param {Field} field
 */
export function policyOf(field) {
  if (field.kind === "computed") return "computed";
  return field.policy ?? (field.print || ASKED_KINDS.has(field.kind) ? "ask" : "latest");
}

/** How many letters a text may have. @param {Field} field */
export const lengthMaxOf = (field) => field.length_max ?? (field.kind === "long_text" ? LONG_TEXT_MAX : TEXT_MAX);

/**
 * Text in NFC without white space at its ends.
 * @param {string} text
 */
export function trimmed(text) {
  return text.normalize("NFC").trim();
}

/** @param {string} text */
export function isDate(text) {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= /** @type {number} */ (MONTH_DAYS[month - 1]) && (day < 29 || month !== 2 || leap);
}

/** @param {string} text */
export function isPartialDate(text) {
  return MONTH.test(text) || isDate(text);
}

/** @param {string} text */
export function isDecimal(text) {
  return text.length <= DECIMAL_MAX && DECIMAL.test(text);
}

/**
 * Compare two decimals in canonical text or whole numbers, exactly: below zero, zero or above it.
 * @param {string | number} left
 * @param {string | number} right
 */
export function compareDecimals(left, right) {
  const [one, other] = [String(left), String(right)];
  const places = Math.max(fractionOf(one).length, fractionOf(other).length);
  const [a, b] = [scaled(one, places), scaled(other, places)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {string} text */
export function fractionOf(text) {
  return text.split(".")[1] ?? "";
}

/**
 * A decimal as a whole number of its last place.
 * @param {string} text
 * @param {number} places
 */
export function scaled(text, places) {
  return BigInt(text.split(".")[0] + fractionOf(text).padEnd(places, "0"));
}

/**
 * Return why a value is not the canonical spelling of an answer to this field, or null when it is.
 * @param {AskedField} field as written in the form; `option` set for one option of `choices`
 * @param {unknown} value
 * @param {Lists} [lists] shared lists; without the one a field names, its answers are not compared
 * @returns {string | null}
 */
export function faultOf(field, value, lists = {}) {
  if (value === null || value === undefined) return null;
  switch (field.kind) {
    case "name":
      return textFault(field, value, NAME_MAX, CONTROL);
    case "text":
      return textFault(field, value, TEXT_MAX, CONTROL);
    case "long_text":
      return textFault(field, value, LONG_TEXT_MAX, CONTROL_BUT_NEWLINE);
    case "date":
      if (typeof value !== "string" || !isDate(value)) return "not a date YYYY-MM-DD";
      return dateBounds(field, value, value);
    case "partial_date":
      if (typeof value !== "string" || !isPartialDate(value)) return "not YYYY, YYYY-MM or YYYY-MM-DD";
      return dateBounds(field, value + "YYYY-12-31".slice(value.length), value);
    case "time":
      return shape(TIME, value, "not HH:MM");
    case "citizen_id":
      return shape(CITIZEN_ID, value, "not 12 digits");
    case "phone":
      return shape(PHONE, value, "not 10 or 11 digits beginning with 0");
    case "passport":
      return shape(PASSPORT, value, "not 6 to 9 capital letters and digits");
    case "unit":
      return shape(UNIT, value, "not the id of a unit");
    case "email":
      return typeof value === "string" && value.length <= EMAIL_MAX && EMAIL.test(value)
        ? null
        : "not an e-mail address";
    case "integer":
    case "money":
      return wholeFault(field, value);
    case "decimal":
      return decimalFault(field, value);
    case "yes_no":
    case "choices":
      return typeof value === "boolean" ? null : "not true or false";
    case "choice":
      return choiceFault(field, value, lists);
    case "address":
      return addressFault(value);
    default:
      return "computed here";
  }
}

/** @param {RegExp} pattern @param {unknown} value @param {string} reason */
function shape(pattern, value, reason) {
  return typeof value === "string" && pattern.test(value) ? null : reason;
}

/** @param {unknown} value @param {number} lengthMax @param {RegExp} control */
function plainTextFault(value, lengthMax, control) {
  if (typeof value !== "string") return "not text";
  if (control.test(value)) return "control character";
  if (trimmed(value) !== value) return "not NFC or not trimmed";
  return [...value].length > lengthMax ? `longer than ${lengthMax}` : null;
}

/** @param {Field} field @param {unknown} value @param {number} lengthMax @param {RegExp} control */
function textFault(field, value, lengthMax, control) {
  const fault = plainTextFault(value, field.length_max ?? lengthMax, control);
  if (fault !== null || typeof value !== "string" || value === "") return fault;
  return [...value].length < (field.length_min ?? 0) ? `shorter than ${field.length_min}` : null;
}

/** @param {Field} field @param {string} latest @param {string} earliest */
function dateBounds(field, latest, earliest) {
  if (typeof field.min === "string" && latest < field.min) return `before ${field.min}`;
  return typeof field.max === "string" && earliest > field.max ? `after ${field.max}` : null;
}

/** @param {Field} field @param {unknown} value */
function wholeFault(field, value) {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return "not a whole number";
  if (typeof field.min === "number" && value < field.min) return `less than ${field.min}`;
  return typeof field.max === "number" && value > field.max ? `more than ${field.max}` : null;
}

/** @param {Field} field @param {unknown} value */
function decimalFault(field, value) {
  if (typeof value !== "string" || !isDecimal(value)) return "not a decimal without leading or trailing zeros";
  if (typeof field.places === "number" && fractionOf(value).length > field.places) {
    return `more than ${field.places} decimal places`;
  }
  if (field.min != null && compareDecimals(value, field.min) < 0) return `less than ${field.min}`;
  return field.max != null && compareDecimals(value, field.max) > 0 ? `more than ${field.max}` : null;
}

/** @param {Field} field @param {unknown} value @param {Lists} lists */
function choiceFault(field, value, lists) {
  const options = typeof field.options === "string" ? lists[field.options] : field.options;
  if (options === undefined) return typeof value === "string" ? null : "not an option";
  return options?.some((option) => option.value === value) ? null : "not an option";
}

/** @param {unknown} value */
function addressFault(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not an address";
  const address = /** @type {Record<string, unknown>} */ (value);
  for (const key of Object.keys(address)) if (!ADDRESS_KEYS.has(key)) return `an address has no ${key}`;
  for (const key of ADDRESS_TEXTS) {
    const text = address[key];
    const fault = text === null || text === undefined ? null : plainTextFault(text, ADDRESS_PART_MAX, CONTROL);
    if (fault !== null) return `${key}: ${fault}`;
  }
  return placeFault(address);
}

/** @param {Record<string, unknown>} address */
function placeFault(address) {
  const country = address.country === undefined ? "VN" : address.country;
  if (typeof country !== "string" || !COUNTRY.test(country)) return "country: not two capital letters";
  const assumed = country === "VN" ? HOME_PROVINCE : null;
  const province = address.province === undefined ? assumed : address.province;
  if (country !== "VN" && province !== null) return "province: only inside VN";
  if (province !== null && (typeof province !== "string" || !PROVINCE_CODES.has(province))) {
    return "province: unknown code";
  }
  const commune = address.commune;
  if (commune === null || commune === undefined) return null;
  if (province !== HOME_PROVINCE) return "commune: only inside province 20";
  return typeof commune === "string" && COMMUNE_CODES.has(commune) ? null : "commune: unknown code";
}

/**
 * Turn what a person typed into the canonical value of a field.
 *
 * Text comes as typed. A date comes as `{day, month, year, precision}` (texts of the boxes; precision `day`, `month` or
 * `year`), an address as its parts, a yes/no or an option of `choices` as true, false or null. Nothing typed is null.
 * @param {AskedField} field
 * @param {unknown} typed
 * @param {Lists} [lists]
 * @returns {Canonical}
 */
export function canonical(field, typed, lists = {}) {
  if (typed === null || typed === undefined) return { value: null };
  if (field.kind === "date" || field.kind === "partial_date") return canonicalDate(field, typed);
  if (field.kind === "address") return checked(field, canonicalAddress(typed), "err.address", lists);
  if (typeof typed !== "string") return checked(field, typed, "err.value", lists);
  const text = trimmed((PROSE.has(field.kind) ? typed : plain(typed, field.kind)).replace(/\r\n?/g, "\n"));
  return text === "" ? { value: null } : canonicalText(field, text, lists);
}

/**
 * Leave out what nobody sees and a copied number or name brings along (marks of direction, joiners, soft hyphens), and
 * write digits, letters and dashes of other widths as keyboards here do.
 * @param {string} typed
 * @param {string} [kind]
 */
export function plain(typed, kind) {
  const seen = typed.replace(UNSEEN, "");
  return kind === "name" ? seen : seen.normalize("NFKC").replace(/[\u2010-\u2015\u2212]/g, "-");
}

/** @param {AskedField} field @param {string} text @param {Lists} lists @returns {Canonical} */
function canonicalText(field, text, lists) {
  const bare = text.replace(/[\s.\u00a0-]/g, "");
  switch (field.kind) {
    case "name":
      return canonicalName(field, text.replace(/\s+/g, " "), lists);
    case "text":
      return canonicalLong(field, trimmed(text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, " ")), TEXT_MAX, lists);
    case "long_text":
      return canonicalLong(field, text.replace(/\t/g, " "), LONG_TEXT_MAX, lists);
    case "citizen_id":
      if (/^[0-9]{9}$/.test(bare)) return { fault: "err.id_old", args: {} };
      return checked(field, bare, "err.id_count", lists, { n: bare.replace(/[^0-9]/g, "").length });
    case "phone":
      return canonicalPhone(field, text.replace(/[\s.()\u00a0-]/g, ""), lists);
    case "passport":
      return checked(field, bare.toUpperCase(), "err.passport", lists);
    case "integer":
    case "money":
      return canonicalWhole(field, bare, text.trim().startsWith("-"), lists);
    case "decimal":
      return checked(field, tidyDecimal(text), "err.number", lists);
    case "time":
      return checked(field, tidyTime(text), "err.time", lists);
    case "email":
      return checked(field, text, "err.email", lists);
    default:
      return checked(field, text, "err.choice", lists);
  }
}

/**
 * @param {AskedField} field @param {unknown} value @param {string} fault @param {Lists} lists
 * @param {Record<string, string | number>} [args]
 * @returns {Canonical}
 */
function checked(field, value, fault, lists, args = {}) {
  return faultOf(field, value, lists) === null ? { value } : { fault, args };
}

/** @param {AskedField} field @param {string} text @param {Lists} lists @returns {Canonical} */
function canonicalName(field, text, lists) {
  if (!PERSON_NAME.test(text)) return { fault: "err.name", args: {} };
  return canonicalLong(field, text, NAME_MAX, lists);
}

/** @param {AskedField} field @param {string} text @param {number} most @param {Lists} lists @returns {Canonical} */
function canonicalLong(field, text, most, lists) {
  const over = [...text].length - (field.length_max ?? most);
  return over > 0 ? { fault: "err.too_long", args: { n: over } } : checked(field, text, "err.text", lists);
}

/** @param {AskedField} field @param {string} text @param {Lists} lists @returns {Canonical} */
function canonicalPhone(field, text, lists) {
  const local = text.replace(/^(?:\+|00)84/, "0").replace(/^84(?=[0-9]{9}$)/, "0");
  return checked(field, local, "err.phone", lists, { n: local.replace(/[^0-9]/g, "").length });
}

/** @param {AskedField} field @param {string} bare @param {boolean} negative @param {Lists} lists @returns {Canonical} */
function canonicalWhole(field, bare, negative, lists) {
  const digits = bare.replace(/(?:đ|vnd|vnđ)$/iu, "");
  if (!/^[0-9]{1,16}$/.test(digits)) return { fault: "err.number", args: {} };
  const number = negative && Number(digits) !== 0 ? -Number(digits) : Number(digits);
  return checked(field, number, "err.number_bounds", lists, boundsOf(field));
}

/** @param {Field} field @returns {Record<string, string | number>} */
function boundsOf(field) {
  return { min: field.min ?? "", max: field.max ?? "" };
}

/**
 * Read a decimal as written in Vietnam, with a comma; a single dot is a comma too.
 * @param {string} text
 */
function tidyDecimal(text) {
  const bare = text.replace(/[\s\u00a0]/g, "");
  const dotted = bare.includes(",") ? bare.replace(/\./g, "").replace(",", ".") : bare;
  const match = /^(-?)0*([0-9]+)(?:\.([0-9]*?)0*)?$/.exec(dotted);
  if (!match) return text;
  const tidy = match[2] + (match[3] ? `.${match[3]}` : "");
  return tidy === "0" ? tidy : match[1] + tidy;
}

/** Digits alone will do: a numeric keyboard has no colon. @param {string} text */
function tidyTime(text) {
  const match = /^([0-9]{1,2}?)\s*(?:[:.h]|giờ|(?=[0-9]{2}$))\s*([0-9]{1,2})?\s*(?:phút)?$/iu.exec(text);
  return match ? `${/** @type {string} */ (match[1]).padStart(2, "0")}:${(match[2] ?? "0").padStart(2, "0")}` : text;
}

/** @param {AskedField} field @param {unknown} typed @returns {Canonical} */
function canonicalDate(field, typed) {
  const parts = typeof typed === "string" ? spread(typed) : /** @type {Record<string, string>} */ (typed);
  const [day, month, year] = [parts.day, parts.month, parts.year].map((part) => trimmed(plain(String(part ?? ""))));
  const precision = field.kind === "date" ? "day" : (parts.precision ?? "day");
  const wanted = { day: [day, month, year], month: [month, year], year: [year] }[precision] ?? [];
  if (wanted.every((part) => part === "")) return { value: null };
  if (wanted.some((part) => part === "")) {
    const lacking = ["year", "month", "day"].filter((_, at) => at < wanted.length && wanted[wanted.length - 1 - at] === "");
    return { fault: "err.date_part", args: { part: /** @type {string} */ (lacking.at(-1)) } };
  }
  const text = [year, month, day].slice(0, wanted.length).map((part) => part?.padStart(2, "0")).join("-");
  const args = { d: day ?? "", m: month ?? "", y: year ?? "" };
  if (!(precision === "day" ? isDate(text) : isPartialDate(text))) return { fault: "err.date_none", args };
  return checked(field, text, "err.date_bounds", {}, boundsOf(field));
}

/**
 * Spread a date typed or pasted as one text (24/11/2026, 11/2026, 2026, 2026-11-24) over its parts.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function spread(text) {
  const iso = /^([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?$/.exec(text.trim());
  const parts = iso ? [iso[3], iso[2], iso[1]] : text.trim().split(/[/.\s-]+/);
  const [year, month, day] = parts.filter((part) => part !== undefined).reverse();
  const precision = day !== undefined ? "day" : month !== undefined ? "month" : "year";
  return { day: day ?? "", month: month ?? "", year: year ?? "", precision };
}

/** @param {unknown} typed */
function canonicalAddress(typed) {
  if (typeof typed !== "object" || typed === null || Array.isArray(typed)) return typed;
  /** @type {Record<string, unknown>} */
  const address = {};
  for (const [key, part] of Object.entries(typed)) {
    const text = typeof part === "string" ? trimmed(part.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, " ")) : part;
    if (text !== "" && text !== null && text !== undefined) address[key] = text;
  }
  const empty = Object.keys(address).every((key) => key === "country" || key === "province");
  return empty ? null : address;
}
