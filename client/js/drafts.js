/**
 * A draft: what is written, as typed and as it counts. Nothing typed is ever thrown away.
 *
 * `values` holds canonical values by path, `typed` what is in the boxes where it is not (yet) one; a row's own path
 * holds "here" or "gone". `rendered` is what the form showed when it was drawn (session.js, rule 1).
 */
import { faults as formFaults, hidden as formHidden } from "./conditions.js";
import { newId } from "./ids.js";
import { today } from "./moments.js";
import { canonical, fieldAt, spread } from "./values.js";

/**
 * Begin a draft with the defaults of its form.
 * @param {any} form
 * @returns {any}
 */
export function newDraft(form) {
  const now = Date.now();
  /** @type {Record<string, any>} */
  const values = {};
  for (const section of form.sections) {
    if (section.rows) continue;
    for (const field of section.fields) if (field.default !== undefined && field.default !== null) values[`${section.key}.${field.key}`] = field.default;
  }
  return {
    id: newId(now), procedure: form.procedure, form: `${form.procedure}@${form.version}`, unit: null, status: "draft",
    values, typed: {}, rendered: {}, begun_ms: now, saved_ms: null,
  };
}

/** Ids of a section's rows, oldest first. @param {any} draft @param {string} section */
export const rowsOf = (draft, section) => allRowsOf(draft, section).filter((row) => draft.values[`${section}/${row}`] !== "gone");

/** Ids of the rows that were removed and had something in them. @param {any} draft @param {string} section */
export const goneRowsOf = (draft, section) => allRowsOf(draft, section).filter((row) => {
  const start = `${section}/${row}/`;
  const held = (/** @type {Record<string, any>} */ record) => Object.keys(record).some((path) => path.startsWith(start) && record[path] !== null);
  return draft.values[`${section}/${row}`] === "gone" && (held(draft.values) || held(draft.typed));
});

/** @param {any} draft @param {string} section @returns {string[]} */
function allRowsOf(draft, section) {
  const ids = new Set();
  for (const path of [...Object.keys(draft.values), ...Object.keys(draft.typed)]) {
    const [first, row] = path.split("/");
    if (first === section && row) ids.add(row);
  }
  return [...ids].sort();
}

/** The values that count, as conditions want them: rows that are there, no row markers. @param {any} draft */
export function answersOf(draft) {
  /** @type {Record<string, any>} */
  const answers = {};
  for (const [path, value] of Object.entries(draft.values)) {
    const parts = path.split("/");
    const inRow = parts.length > 1 && !parts[0].includes(".");
    if (value === null || (inRow && (parts.length === 2 || draft.values[`${parts[0]}/${parts[1]}`] === "gone"))) continue;
    answers[path] = value;
  }
  return answers;
}

/** @param {any} form @param {any} draft @returns {Set<string>} paths, and keys of sections, that are not asked */
export const hiddenOf = (form, draft) => formHidden(form, answersOf(draft), today());

/**
 * Take what was typed; return nothing, the draft knows.
 * @param {any} draft
 * @param {any} field
 * @param {string} path
 * @param {any} typed
 * @param {Record<string, any[]>} lists
 */
export function answer(draft, field, path, typed, lists) {
  const read = /** @type {any} */ (canonical(field, typed, lists));
  if ("value" in read) {
    draft.values[path] = read.value;
    delete draft.typed[path];
  } else {
    draft.values[path] = null;
    draft.typed[path] = typed;
  }
}

/**
 * What belongs into the boxes of a field.
 * @param {any} draft
 * @param {any} field
 * @param {string} path
 */
export function typedOf(draft, field, path) {
  if (field.kind === "choices") {
    const start = `${path}/`;
    return Object.fromEntries(Object.entries(draft.values).filter(([key]) => key.startsWith(start)).map(([key, value]) => [key.slice(start.length), value]));
  }
  if (path in draft.typed) return draft.typed[path];
  const value = draft.values[path] ?? null;
  if (value !== null && (field.kind === "date" || field.kind === "partial_date")) return spread(value);
  return value !== null && field.kind === "decimal" ? String(value).replace(".", ",") : value;
}

/**
 * Everything that stops this draft from being sent: `{path, key?, args?, code?, rule?}` in the order of the form.
 * @param {any} form
 * @param {any} draft
 * @param {Record<string, any[]>} lists
 * @returns {{path: string, key?: string, args?: any, code?: string, rule?: string|null, detail?: string|null}[]}
 */
export function faultsOf(form, draft, lists) {
  const hidden = hiddenOf(form, draft);
  const typed = Object.entries(draft.typed).flatMap(([path, text]) => {
    const found = fieldAt(form, path);
    const gone = path.includes("/") && draft.values[path.split("/").slice(0, 2).join("/")] === "gone";
    if (!found || gone || hidden.has(path) || hidden.has(found.section.key)) return [];
    const read = /** @type {any} */ (canonical(found.field, text, lists));
    return "fault" in read ? [{ path, key: read.fault, args: read.args }] : [];
  });
  const known = new Set(typed.map((fault) => fault.path));
  const rest = formFaults(form, answersOf(draft), today()).filter((fault) => !known.has(fault.path));
  const order = (/** @type {{path: string}} */ fault) => placeOf(form, fault.path);
  return [...typed, ...rest].sort((a, b) => order(a) - order(b));
}

/** @param {any} form @param {string} path */
function placeOf(form, path) {
  const [key] = path.split(/[./]/);
  const section = form.sections.findIndex((/** @type {any} */ each) => each.key === key);
  const field = form.sections[section]?.fields.findIndex((/** @type {any} */ each) => path.split(/[./]/).includes(each.key)) ?? 0;
  return section * 1000 + Math.max(0, field);
}

/** The commune that gets the dossier: the one chosen, else that of the first address given. @param {any} form @param {any} draft @returns {string|null} */
export function unitOf(form, draft) {
  if (draft.unit) return draft.unit;
  for (const section of form.sections) {
    for (const field of section.rows ? [] : section.fields) {
      const value = draft.values[`${section.key}.${field.key}`];
      if (field.kind === "unit" && value) return value;
      if (field.kind === "address" && value?.commune) return value.commune;
    }
  }
  return null;
}
