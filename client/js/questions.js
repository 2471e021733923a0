/**
 * The questions of one section or row. Those that an answer opens stand right under it, indented; what it closes is kept
 * and comes back with it. Both are said (ux.md §5, "Conditional questions").
 */
import { answerText } from "./answers.js";
import { standing } from "./conditions.js";
import { h } from "./dom.js";
import { answer, answersOf, typedOf } from "./drafts.js";
import { fieldBlock } from "./fields.js";
import { today } from "./moments.js";
import { labelOf, t } from "./texts.js";
import { fieldAt } from "./values.js";

const INDENTS_MAX = 3;

/** @typedef {{field: any, depth: number}} Placed */

/**
 * Order a section's fields so that each stands right under the last one its condition speaks of.
 * @param {any} section
 * @returns {Placed[]}
 */
export function arranged(section) {
  const at = new Map(section.fields.map((/** @type {any} */ field, /** @type {number} */ index) => [field.key, index]));
  /** @type {Map<string|null, any[]>} */
  const under = new Map();
  section.fields.forEach((/** @type {any} */ field, /** @type {number} */ index) => {
    const above = pathsIn(field.when ?? null).filter((path) => path.split(/[./]/)[0] === section.key).map((path) => path.split(/[./]/)[1]);
    const last = above.filter((key) => (at.get(key) ?? index) < index).sort((a, b) => at.get(b) - at.get(a))[0] ?? null;
    under.set(last, [...(under.get(last) ?? []), field]);
  });
  /** @type {(key: string|null, depth: number) => Placed[]} */
  const below = (key, depth) => (under.get(key) ?? []).flatMap((field) => [{ field, depth }, ...below(field.key, depth + 1)]);
  return below(null, 0);
}

/** The paths that a condition reads. @param {any} condition @returns {string[]} */
function pathsIn(condition) {
  if (typeof condition === "string") return /[./]/.test(condition) ? [condition] : [];
  return condition && typeof condition === "object" ? Object.values(condition).flatMap(pathsIn) : [];
}

/**
 * Draw the questions; `refit` brings them in line with the answers.
 * @param {import("./forms.js").FormPage} page
 * @param {any} section
 * @param {string|null} row
 */
export function blocksOf(page, section, row) {
  const start = row ? `${section.key}/${row}/` : `${section.key}.`;
  const blocks = arranged(section).map(({ field, depth }) => question(page, field, start + field.key, depth, (from) => refit(from)));
  /** @type {Set<string>|null} */
  let before = null;
  const refit = (/** @type {HTMLElement} */ from = blocks[0]) => {
    const answers = answersOf(page.draft);
    if (row) answers[`${start}_`] = true; // a row that is being filled in is there, also while it is empty
    const { hidden, required, figures } = standing(page.form, answers, today());
    for (const block of blocks) fit(block, hidden, required, figures);
    if (before && !equal(before, hidden)) tell(page, from, before, hidden, blocks);
    before = hidden;
  };
  return { blocks, refit };
}

/** @param {any} page @param {any} field @param {string} path @param {number} depth @param {(from: HTMLElement) => void} refit */
function question(page, field, path, depth, refit) {
  const block = fieldBlock({
    path, field, lists: page.lists, own: path.startsWith(`${page.form.sections[0].key}.`),
    typed: typedOf(page.draft, field, path),
    answer: (typed, option) => {
      answer(page.draft, option ? { ...field, option } : field, option ? `${path}/${option}` : path, typed, page.lists);
      page.autosave.touch();
      refit(block);
    },
  });
  if (field.when) block.classList.add("opened");
  if (depth > 1) block.style.marginLeft = `${Math.min(depth - 1, INDENTS_MAX) * 12}px`;
  /** @type {any} */ (block).asked = field;
  return block;
}

/** @param {HTMLElement} block @param {Set<string>} hidden @param {Set<string>} required @param {Record<string, any>} figures */
function fit(block, hidden, required, figures) {
  const path = block.dataset.field ?? "";
  const field = /** @type {any} */ (block).asked;
  if (block.hidden !== hidden.has(path)) block.hidden = !block.hidden;
  const optional = /** @type {HTMLElement} */ (block.querySelector(".optional"));
  const need = required.has(path) || field.kind === "computed";
  if (optional.hidden !== need) optional.hidden = need;
  if (field.kind !== "computed") return;
  const output = /** @type {HTMLElement} */ (block.querySelector("output"));
  const words = answerText(field, figures[path], {}) || t("computed.waits");
  if (output.textContent !== words) output.textContent = words;
}

/** @param {Set<string>} a @param {Set<string>} b */
const equal = (a, b) => a.size === b.size && [...a].every((path) => b.has(path));

/**
 * Say what an answer opened and what it closed that had something in it.
 * @param {any} page @param {HTMLElement} from @param {Set<string>} before @param {Set<string>} now @param {HTMLElement[]} blocks
 */
function tell(page, from, before, now, blocks) {
  const labels = (/** @type {string[]} */ paths) => paths.map((path) => labelOf(/** @type {any} */ (blocks.find((block) => block.dataset.field === path)).asked.label)).join(", ");
  const opened = [...before].filter((path) => !now.has(path) && blocks.some((block) => block.dataset.field === path));
  const closed = closedWords(page, [...now].filter((path) => !before.has(path)));
  from.querySelector(".changed")?.remove();
  if (closed) from.append(h("p", { class: "notice changed" }, t("cond.changed", { question: labelOf(/** @type {any} */ (from).asked.label), part: closed })));
  page.say([opened.length ? t("cond.opened", { fields: labels(opened) }) : "", from.querySelector(".changed")?.textContent ?? ""].filter(Boolean).join(" "));
}

/** Name what was closed with something in it: a section once, not its fields. @param {any} page @param {string[]} paths */
function closedWords(page, paths) {
  const { form, draft } = page;
  const held = (/** @type {string} */ path) => [draft.values, draft.typed].some((record) => record[path] !== null && record[path] !== undefined && record[path] !== false);
  const sections = form.sections.filter((/** @type {any} */ section) => paths.includes(section.key));
  const full = sections.filter((/** @type {any} */ section) => [...Object.keys(draft.values), ...Object.keys(draft.typed)].some((path) => path.split(/[./]/)[0] === section.key && held(path)));
  const fields = paths.filter((path) => held(path) && !sections.some((/** @type {any} */ section) => path.split(/[./]/)[0] === section.key)).map((path) => fieldAt(form, path)?.field).filter(Boolean);
  return [...full.map((/** @type {any} */ section) => labelOf(section.title)), ...new Set(fields.map((field) => labelOf(/** @type {any} */ (field).label)))].join(", ");
}
