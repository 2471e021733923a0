/**
 * Moving a draft to a newer version of its form: what goes where, and what has no place (forms.md §1, `moves`).
 *
 * The same rules as `schemas/moves.py`, where they are written out; a differential test compares the two.
 */

import { faultOf, fieldAt } from "./values.js";

/** @typedef {import("./schemas.js").Form} Form */
/** @typedef {import("./values.js").AskedField} AskedField */
/** @typedef {import("./values.js").Lists} Lists */
/** @typedef {{path: string, value: unknown}} Dropped */
/** @typedef {{path: string, value: unknown, why: "no-field" | "taken" | "no-fit"}} Left */
/** @typedef {{values: Record<string, unknown>, renamed: {from: string, to: string}[], dropped: Dropped[], left: Left[]}} Moved */
/** @typedef {import("./papers.js").Page} Page */
/** @typedef {{key: string, kinds?: string[], bytes_max?: number, pages_max?: number}} Slot */
/** @typedef {{slot: string, page: Page, why: "no-slot" | "no-fit" | "full"}} Apart a page without a place, and the slot it had */
/** @typedef {{rename: Map<string, string>, drop: Set<string>}} Moves */

/** What a slot takes where its form says nothing else (`Slot` in `schemas/forms.py`). */
const ORDINARY = { kinds: ["image", "pdf"], pages_max: 10, bytes_max: 6_291_456 };
const ROW = /^([^./]+)\/([^/]+)$/;

/**
 * Say what becomes of a draft's values, by path of the wire, in a newer version of its form. Paths of `dropped`, `left`
 * and `renamed[].from` are those of the draft.
 * @param {Form} old
 * @param {Form} next
 * @param {Record<string, unknown>} values
 * @param {Lists} [lists]
 * @returns {Moved}
 */
export function move(old, next, values, lists = {}) {
  const { rename, drop } = movesOf(old, next);
  /** @type {Moved} */
  const moved = { values: {}, renamed: [], dropped: [], left: [] };
  /** @type {[string, string][]} */
  const renamed = [];
  for (const path of Object.keys(values).sort()) {
    const pattern = patternOf(path);
    const target = renamedTo(pattern, rename);
    if (drop.has(pattern) || drop.has(nameOf(pattern))) {
      if (tells(old, path, values[path])) moved.dropped.push({ path, value: values[path] });
    } else if (target !== null) renamed.push([path, target]);
    else place(old, next, values, path, path, moved, lists);
  }
  for (const [path, target] of renamed) {
    const row = inRow(path) ? path.split("/")[1] : undefined;
    place(old, next, values, path, row === undefined ? target : target.replace(".", `/${row}/`), moved, lists);
  }
  moved.left.sort(byPath);
  return moved;
}

/**
 * The same over several versions: the first form is the draft's own, the last the one it moves to. Where a later
 * version's `moves.from` names an earlier one, those in between are passed over.
 * @param {Form[]} forms
 * @param {Record<string, unknown>} values
 * @param {Lists} [lists]
 * @returns {Moved}
 */
export function moveOn(forms, values, lists = {}) {
  /** @type {Moved} */
  const moved = { values: { ...values }, renamed: [], dropped: [], left: [] };
  let origin = new Map(Object.keys(values).map((path) => [path, path]));
  for (const [old, next] of steps(forms)) {
    const step = move(old, next, moved.values, lists);
    const changed = new Map(step.renamed.map(({ from, to }) => [from, to]));
    const arrived = new Set(changed.values());
    const first = origin;
    /** @template {{path: string}} T @param {T} each @returns {T} */
    const told = (each) => ({ ...each, path: first.get(each.path) ?? each.path });
    moved.dropped.push(...step.dropped.map(told));
    moved.left.push(...step.left.map(told));
    origin = new Map();
    for (const [path, begun] of first) {
      const now = changed.get(path) ?? path;
      if (now in step.values && (changed.has(path) || !arrived.has(path))) origin.set(now, begun);
    }
    moved.values = step.values;
  }
  moved.renamed = [...origin.keys()].sort().flatMap((to) => {
    const from = origin.get(to) ?? to;
    return from === to ? [] : [{ from, to }];
  });
  moved.dropped.sort(byPath);
  moved.left.sort(byPath);
  return moved;
}

/**
 * Say where the pages of a draft's papers stand among the slots of a form (`schemas/moves.py`, rule 5).
 * @param {Slot[]} slots
 * @param {import("./papers.js").Papers} papers
 * @param {{slot: string, page: Page}[]} [apart]
 * @returns {{papers: import("./papers.js").Papers, apart: Apart[]}}
 */
export function placePapers(slots, papers, apart = []) {
  /** @type {import("./papers.js").Papers} */
  const placed = {};
  /** @type {Apart[]} */
  const left = [];
  for (const slot of [...new Set([...Object.keys(papers), ...apart.map((each) => each.slot)])].sort()) {
    let count = 0;
    for (const page of [...(papers[slot] ?? []), ...apart.filter((each) => each.slot === slot).map((each) => each.page)]) {
      const why = whyNot(slots.find((each) => each.key === slot), page, count);
      if (why) left.push({ slot, page, why });
      else (placed[slot] ??= []).push(page);
      count += why || page.gone ? 0 : 1;
    }
  }
  return { papers: placed, apart: left };
}

/** The slots of a form, with what it leaves unsaid. @param {any} form @returns {any[]} */
export function slotsOf(form) {
  for (const slot of form.slots ?? []) Object.assign(slot, { ...ORDINARY, ...slot });
  return form.slots ?? [];
}

/**
 * Why a page cannot stand in a slot that has so many already; null: it can.
 * @param {Slot | undefined} slot
 * @param {Page} page
 * @param {number} count
 * @returns {Apart["why"] | null}
 */
export function whyNot(slot, page, count) {
  if (!slot) return "no-slot";
  if (page.op || page.gone) return null;
  const { kinds, bytes_max, pages_max } = { ...ORDINARY, ...slot };
  if (!kinds.includes(page.media.startsWith("image/") ? "image" : "pdf") || page.bytes > bytes_max) return "no-fit";
  return count >= pages_max ? "full" : null;
}

/**
 * @param {Form} old
 * @param {Form} next
 * @returns {Moves}
 */
function movesOf(old, next) {
  const moves = next.moves && next.moves.from === old.version ? next.moves : null;
  const rename = Object.entries(moves?.rename ?? {});
  return {
    rename: new Map(rename.map(([one, other]) => [dotted(one), dotted(other)])),
    drop: new Set((moves?.drop ?? []).map(dotted)),
  };
}

/**
 * A path of the wire without its row id: `section.field`, perhaps `/option`.
 * @param {string} path
 */
export function patternOf(path) {
  if (!inRow(path)) return path;
  const [section, , ...rest] = path.split("/");
  return rest.length ? `${section}.${rest.join("/")}` : /** @type {string} */ (section);
}

/** @param {string} path */
function dotted(path) {
  return path.includes(".") ? path : path.replace("/", ".");
}

/** @param {string} path */
function inRow(path) {
  return !path.includes(".") && path.includes("/");
}

/** @param {string} pattern */
function nameOf(pattern) {
  return /** @type {string} */ (pattern.split("/")[0]);
}

/**
 * @param {string} pattern
 * @param {Map<string, string>} rename
 */
function renamedTo(pattern, rename) {
  const own = rename.get(pattern);
  if (own !== undefined) return own;
  const name = nameOf(pattern);
  const target = rename.get(name);
  return target === undefined ? null : target + pattern.slice(name.length);
}

/**
 * Whether there is an answer, so that the person must hear of it.
 * @param {Form} old
 * @param {string} path
 * @param {unknown} value
 */
function tells(old, path, value) {
  const kind = kindAt(old, path, {})?.kind;
  return value !== null && value !== undefined && value !== "" && kind !== "computed" && kind !== "row";
}

/**
 * @param {Form} old
 * @param {Form} next
 * @param {Record<string, unknown>} values
 * @param {string} path
 * @param {string} target
 * @param {Moved} moved
 * @param {Lists} lists
 */
function place(old, next, values, path, target, moved, lists) {
  const asked = kindAt(next, target, lists);
  const was = kindAt(old, path, lists);
  const value = values[path];
  /** @type {Left["why"]} */
  let why = "no-fit";
  if (asked === null) why = "no-field";
  else if (target in moved.values) why = "taken";
  else if (asked.kind !== "computed" && (faultAt(asked, value, lists) === null || stillInWork(asked, was, value, lists))) {
    moved.values[target] = value;
    if (target !== path) moved.renamed.push({ from: path, to: target });
    return;
  }
  if (tells(old, path, value)) moved.left.push({ path, value, why });
}

/**
 * @param {Asked} asked
 * @param {Asked | null} was
 * @param {unknown} value
 * @param {Lists} lists
 */
function stillInWork(asked, was, value, lists) {
  return was !== null && was.kind === asked.kind && faultAt(was, value, lists) !== null;
}

/** @typedef {{kind: string, field: AskedField | null}} Asked the field at a path, or null for a row itself */

/**
 * The field at a path of the wire. A `choices` field is known by the paths of its options only.
 * @param {Form} form
 * @param {string} path
 * @param {Lists} lists
 * @returns {Asked | null}
 */
function kindAt(form, path, lists) {
  const row = ROW.exec(path);
  if (row) {
    const section = form.sections.find((one) => one.key === row[1] && one.rows);
    const probe = section?.fields[0] ? fieldAt(form, `${path}/${section.fields[0].key}`) : null;
    return probe ? { kind: "row", field: null } : null;
  }
  const found = fieldAt(form, path);
  if (!found) return null;
  const { field } = found;
  if ((field.kind === "choices") !== (field.option !== undefined)) return null;
  if (field.option === undefined) return { kind: field.kind, field };
  const options = typeof field.options === "string" ? lists[field.options] : field.options;
  return options && !options.some((each) => each.value === field.option) ? null : { kind: field.kind, field };
}

/**
 * @param {Asked} asked
 * @param {unknown} value
 * @param {Lists} lists
 */
function faultAt(asked, value, lists) {
  if (asked.field) return faultOf(asked.field, value, lists);
  return value === null || value === undefined || value === "gone" || value === "here" ? null : "not gone or here";
}

/**
 * @param {Form[]} forms
 * @returns {[Form, Form][]}
 */
function steps(forms) {
  /** @type {[Form, Form][]} */
  const taken = [];
  for (let current = 0; current < forms.length - 1; ) {
    const old = /** @type {Form} */ (forms[current]);
    let following = current + 1;
    forms.forEach((form, number) => {
      if (number > current && form.moves?.from === old.version) following = number;
    });
    taken.push([old, /** @type {Form} */ (forms[following])]);
    current = following;
  }
  return taken;
}

/**
 * @param {{path: string}} one
 * @param {{path: string}} other
 */
function byPath(one, other) {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
