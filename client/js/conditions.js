/**
 * Conditions and the checks made of them: the evaluator of `schemas/conditions.py` and `schemas/checking.py`, line by
 * line (forms.md §2). A differential test compares the two; do not "improve" one side alone.
 *
 * Three values: true, false, and null for unknown. A hidden field counts as missing. A partial date is a range of days.
 * In a row section a path without a row id means the same row.
 */

import { computed, feeCopies, total } from "./figures.js";
import { BIRTH_PLACE_CODES, HOME_PROVINCE } from "./places.js";
import { compareDecimals, isDate, isDecimal, isPartialDate, trimmed } from "./values.js";

/** @typedef {import("./schemas.js").Condition} Condition */
/** @typedef {import("./schemas.js").Field} Field */
/** @typedef {import("./schemas.js").Form} Form */
/** @typedef {import("./schemas.js").Rule} Rule */
/** @typedef {import("./schemas.js").Section} Section */
/** @typedef {import("./schemas.js").FieldError} FieldError */
/** @typedef {Record<string, unknown>} Values values by path; rows as `section/{row id}/field`, visible ones only */
/** @typedef {boolean | null} Truth */
/** @typedef {[Day, Day]} Days the first and the last day it may be */
/** @typedef {{y: number, m: number, d: number, n: number}} Day year, month, day and its number since 1 March of year 0 */

const COMPARISONS = ["before", "not_after", "after", "not_before"];
const DATE_KINDS = ["date", "partial_date"];
const ADDRESS_PARTS = ["commune", "detail", "old", "place"];
const MALE = ["male", "nam"];
const FEMALE = ["female", "nu"];
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ROW_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Every empty required field and every broken `error` rule, in the order of the form. Codes: `required`, `incomplete`
 * (an address without its place), `rows_min`, `rows_max`, `rule` (its Vietnamese message in `detail`).
 * @param {Form} form
 * @param {Values} values
 * @param {string} today YYYY-MM-DD in Asia/Ho_Chi_Minh
 * @returns {FieldError[]}
 */
export function faults(form, values, today) {
  const answers = new Answers(form, values, today);
  return [...missing(answers), ...broken(answers, "error")];
}

/**
 * Every broken `warn` rule: to be asked about, never to block.
 * @param {Form} form
 * @param {Values} values
 * @param {string} today
 * @returns {FieldError[]}
 */
export function warnings(form, values, today) {
  return broken(new Answers(form, values, today), "warn");
}

/**
 * The paths that are not asked, options of `choices` among them, and the keys of hidden sections.
 * @param {Form} form
 * @param {Values} values
 * @param {string} today
 * @returns {Set<string>}
 */
export function hidden(form, values, today) {
  return hiddenIn(new Answers(form, values, today));
}

/** @param {Answers} answers */
function hiddenIn(answers) {
  const { form, values } = answers;
  const paths = new Set(form.sections.filter((section) => answers.sectionHidden(section)).map((section) => section.key));
  for (const [section, row, field] of everywhere(answers)) {
    if (!answers.fieldHidden(section, field, row)) continue;
    const path = pathOf(section, field, row);
    paths.add(path);
    if (field.kind !== "choices") continue;
    for (const known of Object.keys(values)) if (known.startsWith(`${path}/`)) paths.add(known);
  }
  return paths;
}

/**
 * What each computed field holds: null while something is missing or it is hidden.
 * @param {Form} form
 * @param {Values} values
 * @param {string} today
 * @returns {Values}
 */
export function compute(form, values, today) {
  return computedIn(new Answers(form, values, today));
}

/**
 * All that a page of the form must follow at each letter, worked out at once: what is hidden, what must be answered
 * now, and the figures.
 * @param {Form} form
 * @param {Values} values
 * @param {string} today
 * @returns {{hidden: Set<string>, required: Set<string>, figures: Values}}
 */
export function standing(form, values, today) {
  const answers = new Answers(form, values, today);
  const required = new Set();
  for (const [section, row, field] of everywhere(answers)) {
    if (answers.holds(field.required, row, false)) required.add(pathOf(section, field, row));
  }
  return { hidden: hiddenIn(answers), required, figures: computedIn(answers) };
}

/** @param {Answers} answers */
function computedIn(answers) {
  /** @type {Values} */
  const found = {};
  for (const [section, row, field] of everywhere(answers)) {
    if (field.kind === "computed") found[pathOf(section, field, row)] = answers.held(section, field, row) ?? null;
  }
  return found;
}

/**
 * The slots whose papers are wanted.
 * @param {Form} form
 * @param {Values} values
 * @param {string} today
 * @returns {Set<string>}
 */
export function requiredSlots(form, values, today) {
  const answers = new Answers(form, values, today);
  const wanted = (form.slots ?? []).filter((slot) => answers.holds(slot.required, null, false));
  return new Set(wanted.map((slot) => slot.key));
}

/** @param {Answers} answers @returns {Generator<[Section, string | null, Field]>} */
function* everywhere(answers) {
  for (const section of answers.form.sections) {
    for (const row of answers.places(section)) for (const field of section.fields) yield [section, row, field];
  }
}

/** @param {Section} section @param {Field} field @param {string | null} row */
function pathOf(section, field, row) {
  return row === null ? `${section.key}.${field.key}` : `${section.key}/${row}/${field.key}`;
}

/** @param {Answers} answers */
function missing(answers) {
  /** @type {FieldError[]} */
  const found = [];
  for (const section of answers.form.sections) {
    if (answers.sectionHidden(section)) continue;
    const places = answers.places(section);
    const { min, max } = section.rows ?? {};
    if (min !== undefined && places.length < min) found.push({ path: section.key, code: "rows_min", detail: String(min) });
    if (max != null && places.length > max) found.push({ path: section.key, code: "rows_max", detail: String(max) });
    for (const row of places) {
      for (const field of section.fields) {
        const code = lacks(answers, section, field, row);
        if (code !== null) found.push({ path: pathOf(section, field, row), code });
      }
    }
  }
  return found;
}

/** @param {Answers} answers @param {Section} section @param {Field} field @param {string | null} row */
function lacks(answers, section, field, row) {
  if (answers.fieldHidden(section, field, row) || !answers.holds(field.required, row, false)) return null;
  const value = answers.held(section, field, row);
  if (!isFilled(field, value)) return "required";
  return field.kind === "address" && isObject(value) && !(value.commune || value.place) ? "incomplete" : null;
}

/** @param {Answers} answers @param {string} level */
function broken(answers, level) {
  /** @type {FieldError[]} */
  const found = [];
  for (const rule of answers.form.rules ?? []) {
    if (rule.level !== level) continue;
    const table = tableOf(answers, rule);
    for (const row of table === undefined ? [null] : answers.rows(table)) {
      if (answers.truth(rule.check, row) === false) {
        found.push({ path: whereOf(answers, rule, row), code: "rule", rule: rule.id, detail: rule.message.vi });
      }
    }
  }
  return found;
}

/**
 * The row section that a rule is about, and so once for each row.
 * @param {Answers} answers
 * @param {Rule} rule
 */
function tableOf(answers, rule) {
  const paths = [...pathsOf(rule.check), ...(rule.fields ?? []).map(dotted)];
  return paths.filter((path) => path.includes(".")).map(sectionOf).find((section) => answers.tables.has(section));
}

/** @param {Answers} answers @param {Rule} rule @param {string | null} row */
function whereOf(answers, rule, row) {
  const path = (rule.fields ?? []).length ? dotted(/** @type {string[]} */ (rule.fields)[0] ?? "") : pathsOf(rule.check)[0];
  if (path === undefined) return "";
  const section = sectionOf(path);
  return row !== null && answers.tables.has(section) && path.length > section.length + 1
    ? `${section}/${row}/${path.slice(section.length + 1)}`
    : path;
}

/**
 * The paths that a condition reads, in their one spelling.
 * @param {Condition} condition
 * @returns {string[]}
 */
function pathsOf(condition) {
  const inside = [...(condition.all ?? []), ...(condition.any ?? []), ...(condition.not ? [condition.not] : [])];
  const { field, age, id_fits, born, sex, before, not_after, after, not_before, on, days = [], same = [] } = condition;
  const moments = [field, age, id_fits, born, sex, before, not_after, after, not_before, on, ...days, ...same];
  const paths = moments.filter((moment) => typeof moment === "string").filter((text) => /[./]/.test(text));
  return [...inside.flatMap(pathsOf), ...paths.map(dotted)];
}

/**
 * A path without a row id in its one spelling, `section.field`.
 * @param {string} path
 */
function dotted(path) {
  return path.includes(".") ? path : path.replace("/", ".");
}

/** @param {string} path */
function sectionOf(path) {
  return path.split(".", 1)[0] ?? "";
}

/** The values of a form on a day, as conditions see them: what is hidden and computed is worked out once. */
class Answers {
  /**
   * @param {Form} form
   * @param {Values} values
   * @param {string} today
   */
  constructor(form, values, today) {
    this.form = form;
    this.values = values;
    this.today = dayOf(today);
    /** @type {Map<string, boolean>} */
    this.hiddenOnes = new Map();
    /** @type {Map<string, unknown>} */
    this.computedOnes = new Map();
    /** @type {Map<string, Section>} */
    this.sections = new Map(form.sections.map((section) => [section.key, section]));
    /** @type {Map<string, [Section, Field]>} */
    this.fields = new Map(form.sections.flatMap((s) => s.fields.map((f) => [`${s.key}.${f.key}`, [s, f]])));
    /** @type {Map<string, string[]>} */
    this.tables = new Map(form.sections.filter((section) => section.rows).map((section) => [section.key, []]));
    this.findRows();
  }

  findRows() {
    for (const [path, value] of Object.entries(this.values)) {
      const [section, row, name] = path.split("/");
      const rows = this.tables.get(section ?? "");
      if (rows && row && name && value !== null && value !== undefined && !rows.includes(row) && ROW_ID.test(row)) {
        rows.push(row);
      }
    }
    for (const rows of this.tables.values()) rows.sort();
  }

  /**
   * The ids of a section's rows in the order of their making. A row without a value is no row.
   * @param {string} section
   */
  rows(section) {
    return this.tables.get(section) ?? [];
  }

  /** @param {Section} section @returns {(string | null)[]} */
  places(section) {
    return section.rows ? this.rows(section.key) : [null];
  }

  /** @param {Condition | boolean | null | undefined} condition @param {string | null} row @param {boolean} fallback */
  holds(condition, row, fallback) {
    if (condition === null || condition === undefined) return fallback;
    return typeof condition === "boolean" ? condition : this.truth(condition, row) === true;
  }

  /** @param {Section} section */
  sectionHidden(section) {
    return this.remember(section.key, section.when, null);
  }

  /** @param {Section} section @param {Field} field @param {string | null} row */
  fieldHidden(section, field, row) {
    return this.sectionHidden(section) || this.remember(`${section.key}.${field.key}/${row ?? ""}`, field.when, row);
  }

  /**
   * Work out once whether something is hidden. While that is under way it counts as shown: forms have no cycles.
   * @param {string} name @param {Condition | null | undefined} when @param {string | null} row
   */
  remember(name, when, row) {
    const known = this.hiddenOnes.get(name);
    if (known !== undefined) return known;
    this.hiddenOnes.set(name, false);
    const verdict = !this.holds(when, row, true);
    this.hiddenOnes.set(name, verdict);
    return verdict;
  }

  /**
   * A field and what it holds, null for missing or hidden; or null where the form has no such path here.
   * @param {string} path @param {string | null} row
   * @returns {[Field, unknown] | null}
   */
  value(path, row) {
    const [name = "", option] = dotted(path).split("/");
    const found = this.fields.get(name);
    if (!found) return null;
    const [section, field] = found;
    if (!section.rows) return [field, this.held(section, field, null, option)];
    return row === null ? null : [field, this.held(section, field, row, option)];
  }

  /**
   * What a field, or one option of `choices`, holds in a row: null where missing or hidden.
   * @param {Section} section @param {Field} field @param {string | null} row @param {string} [option]
   * @returns {unknown}
   */
  held(section, field, row, option) {
    if (this.fieldHidden(section, field, row)) return null;
    if (field.kind === "computed") return this.computed(section, field, row);
    const path = pathOf(section, field, row);
    if (field.kind !== "choices") return this.values[path] ?? null;
    if (option) return this.values[`${path}/${option}`] ?? null;
    const chosen = Object.keys(this.values).filter((key) => key.startsWith(`${path}/`) && this.values[key] === true);
    return chosen.length ? chosen.map((key) => key.slice(path.length + 1)).sort() : null;
  }

  /** @param {Section} section @param {Field} field @param {string | null} row */
  computed(section, field, row) {
    const path = pathOf(section, field, row);
    if (!this.computedOnes.has(path)) {
      this.computedOnes.set(path, null);
      this.computedOnes.set(path, this.computeField(field, row));
    }
    return this.computedOnes.get(path);
  }

  /** @param {Field} field @param {string | null} row */
  computeField(field, row) {
    const paths = (field.of ?? []).map(dotted);
    if (field.compute === "total") return total(paths.flatMap((path) => this.column(path, row)));
    if (field.compute === "fee_copies" && row === null) {
      const table = paths.map(sectionOf).sort().find((section) => this.tables.has(section));
      if (table !== undefined) {
        return total(this.rows(table).map((one) => feeCopies(...this.each(paths, one))));
      }
    }
    return computed(field.compute, this.each(paths, row));
  }

  /** @param {string[]} paths @param {string | null} row @returns {[unknown, unknown]} */
  each(paths, row) {
    return /** @type {[unknown, unknown]} */ (paths.map((path) => this.single(path, row)));
  }

  /** @param {string} path @param {string | null} row */
  column(path, row) {
    const rows = row === null ? this.tables.get(sectionOf(path)) : undefined;
    return rows ? rows.map((one) => this.single(path, one)) : [this.single(path, row)];
  }

  /** @param {string} path @param {string | null} row */
  single(path, row) {
    return this.value(path, row)?.[1] ?? null;
  }

  /**
   * Evaluate a condition in a row (null outside row sections).
   * @param {Condition} condition @param {string | null} row
   * @returns {Truth}
   */
  truth(condition, row) {
    if (condition.all) return all(condition.all.map((part) => this.truth(part, row)));
    if (condition.any) return any(condition.any.map((part) => this.truth(part, row)));
    if (condition.not) return not(this.truth(condition.not, row));
    if (condition.field !== undefined) return this.fieldTruth(condition, condition.field, row);
    if (condition.age !== undefined) return this.age(condition, condition.age, row);
    if (condition.days) return this.daysApart(condition, condition.days, row);
    if (condition.count !== undefined) return this.count(condition, condition.count);
    return condition.same ? this.same(condition.same, row) : this.idFits(condition, row);
  }

  /** @param {Condition} condition @param {string} path @param {string | null} row @returns {Truth} */
  fieldTruth(condition, path, row) {
    const found = this.value(path, row);
    const filled = found !== null && isFilled(...found);
    if (condition.filled !== undefined) return filled;
    if (!filled) return null;
    const value = found[1];
    if (condition.is !== undefined || condition.in) {
      const [wanted, held] = [condition.in ?? [condition.is], Array.isArray(value) ? value : [value]];
      return held.some((one) => wanted.some((other) => equal(one, other)));
    }
    for (const comparison of COMPARISONS) {
      const moment = condition[/** @type {"before"} */ (comparison)];
      if (moment !== undefined) return compare(comparison, daysOf(value), this.day(moment, row));
    }
    return isNumber(value) ? within(value, value, condition) : null;
  }

  /**
   * The days that an X of the language may be.
   * @param {string | {today: number}} moment @param {string | null} row
   * @returns {Days | null}
   */
  day(moment, row) {
    if (moment === "today") return [this.today, this.today];
    if (typeof moment !== "string") {
      const day = dayFrom(this.today.n + moment.today);
      return [day, day];
    }
    return daysOf(isDate(moment) ? moment : this.single(moment, row));
  }

  /** @param {Condition} condition @param {string} path @param {string | null} row @returns {Truth} */
  age(condition, path, row) {
    const [born, on] = [daysOf(this.single(path, row)), this.day(condition.on ?? "", row)];
    return born && on ? within(years(born[1], on[0]), years(born[0], on[1]), condition) : null;
  }

  /** @param {Condition} condition @param {(string | {today: number})[]} pair @param {string | null} row @returns {Truth} */
  daysApart(condition, pair, row) {
    const [begin, end] = pair.map((moment) => this.day(moment, row));
    return begin && end ? within(end[0].n - begin[1].n, end[1].n - begin[0].n, condition) : null;
  }

  /** @param {Condition} condition @param {string} key @returns {Truth} */
  count(condition, key) {
    const section = this.sections.get(key);
    if (!section || this.sectionHidden(section)) return null;
    const count = this.rows(key).length;
    return within(count, count, condition);
  }

  /** @param {string[]} paths @param {string | null} row @returns {Truth} */
  same(paths, row) {
    const [one, other] = paths.map((path) => this.value(path, row));
    if (!one || !other || !isFilled(...one) || !isFilled(...other)) return null;
    const [left, right] = [one[1], other[1]];
    if (DATE_KINDS.includes(one[0].kind) && DATE_KINDS.includes(other[0].kind) && !equal(left, right)) {
      return apart(daysOf(left), daysOf(right)) ? false : null;
    }
    return equal(left, right);
  }

  /** @param {Condition} condition @param {string | null} row @returns {Truth} */
  idFits(condition, row) {
    const number = this.single(condition.id_fits ?? "", row);
    if (typeof number !== "string" || !/^[0-9]{12}$/.test(number)) return null;
    const century = Number(number[3]);
    /** @type {Truth[]} */
    const parts = [BIRTH_PLACE_CODES.has(number.slice(0, 3))];
    if (condition.born !== undefined) {
      const born = daysOf(this.single(condition.born, row));
      parts.push(born && born[0].y === 1900 + 100 * Math.floor(century / 2) + Number(number.slice(4, 6)));
    }
    if (condition.sex !== undefined) {
      const sex = /** @type {string} */ (this.single(condition.sex, row));
      const known = MALE.includes(sex) || FEMALE.includes(sex);
      parts.push(known ? MALE.includes(sex) === (century % 2 === 0) : null);
    }
    return all(parts);
  }
}

/**
 * Whether there is a value: not null, not empty text, not an address without parts, not no choice at all.
 * @param {Field} field @param {unknown} value
 */
function isFilled(field, value) {
  if (field.kind === "address" && isObject(value)) return ADDRESS_PARTS.some((part) => Boolean(value[part]));
  return value !== null && value !== "";
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {Truth[]} parts @returns {Truth} */
export function all(parts) {
  return parts.includes(false) ? false : parts.includes(null) ? null : true;
}

/** @param {Truth[]} parts @returns {Truth} */
export const any = (parts) => not(all(parts.map(not)));

/** @param {Truth} part @returns {Truth} */
export function not(part) {
  return part === null ? null : !part;
}

/**
 * Compare two values of the same JSON type: text after NFC and trim, an address part by part.
 * @param {unknown} left @param {unknown} right @returns {boolean}
 */
function equal(left, right) {
  if (typeof left === "string" && typeof right === "string") return trimmed(left) === trimmed(right);
  if (isObject(left) && isObject(right)) return plain(left) === plain(right);
  if (Array.isArray(left) && Array.isArray(right)) return JSON.stringify(left) === JSON.stringify(right);
  return left === right;
}

/**
 * An address with its defaults written out and its empty parts left out, as one text.
 * @param {Record<string, unknown>} parts
 */
function plain(parts) {
  const home = (parts.country ?? "VN") === "VN" ? { country: "VN", province: HOME_PROVINCE } : {};
  const given = Object.entries(parts).filter(([, part]) => part !== null && part !== "");
  const whole = { ...home, ...Object.fromEntries(given) };
  const tidy = Object.entries(whole).map(([key, part]) => [key, typeof part === "string" ? trimmed(part) : part]);
  return JSON.stringify(tidy.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
}

/** @param {unknown} value @returns {value is number | string} */
function isNumber(value) {
  return typeof value === "number" ? Number.isSafeInteger(value) : typeof value === "string" && isDecimal(value);
}

/**
 * Compare a range of numbers with the bounds of a condition.
 * @param {number | string} least @param {number | string} most @param {Condition} condition
 * @returns {Truth}
 */
function within(least, most, { at_least, at_most }) {
  /** @type {Truth[]} */
  const parts = [];
  if (at_least !== undefined) {
    parts.push(compareDecimals(least, at_least) >= 0 ? true : compareDecimals(most, at_least) < 0 ? false : null);
  }
  if (at_most !== undefined) {
    parts.push(compareDecimals(most, at_most) <= 0 ? true : compareDecimals(least, at_most) > 0 ? false : null);
  }
  return all(parts);
}

/** @param {string} comparison @param {Days | null} left @param {Days | null} right @returns {Truth} */
function compare(comparison, left, right) {
  if (!left || !right) return null;
  if (comparison === "before") return left[1].n < right[0].n ? true : left[0].n >= right[1].n ? false : null;
  if (comparison === "not_before") return not(compare("before", left, right));
  return comparison === "after" ? compare("before", right, left) : not(compare("before", right, left));
}

/** @param {Days | null} left @param {Days | null} right */
function apart(left, right) {
  return left !== null && right !== null && (left[1].n < right[0].n || right[1].n < left[0].n);
}

/** @param {Day} earlier @param {Day} later */
function years(earlier, later) {
  return later.y - earlier.y - (later.m < earlier.m || (later.m === earlier.m && later.d < earlier.d) ? 1 : 0);
}

/**
 * The first and the last day that a date or partial date may be, or null for anything else.
 * @param {unknown} text
 * @returns {Days | null}
 */
function daysOf(text) {
  if (typeof text !== "string" || !isPartialDate(text)) return null;
  if (text.length === 4) return [dayOf(`${text}-01-01`), dayOf(`${text}-12-31`)];
  if (text.length === 10) return [dayOf(text), dayOf(text)];
  const [year = 0, month = 0] = text.split("-").map(Number);
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = /** @type {number} */ (MONTH_DAYS[month - 1]) + (leap ? 1 : 0);
  return [dayOf(`${text}-01`), dayOf(`${text}-${last}`)];
}

/** @param {string} text YYYY-MM-DD @returns {Day} */
function dayOf(text) {
  const [y = 0, m = 0, d = 0] = text.split("-").map(Number);
  return { y, m, d, n: dayNumber(y, m, d) };
}

// Days of the Gregorian calendar counted from 1 March of year 0, so that the leap day is a year's last
// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"): no Date, no time zone.

/** @param {number} y @param {number} m @param {number} d */
function dayNumber(y, m, d) {
  const year = m > 2 ? y : y - 1;
  const dayOfYear = Math.floor((153 * (m > 2 ? m - 3 : m + 9) + 2) / 5) + d - 1;
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear;
}

/**
 * A day from its number, kept between the years 1 and 9999.
 * @param {number} number
 * @returns {Day}
 */
function dayFrom(number) {
  const n = Math.min(Math.max(number, dayNumber(1, 1, 1)), dayNumber(9999, 12, 31));
  const era = Math.floor(n / 146_097);
  const inEra = n - era * 146_097;
  const yearOfEra = Math.floor((inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365);
  const dayOfYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const m = month < 10 ? month + 3 : month - 9;
  return { y: yearOfEra + era * 400 + (m <= 2 ? 1 : 0), m, d: dayOfYear - Math.floor((153 * month + 2) / 5) + 1, n };
}
