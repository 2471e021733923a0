/**
 * The line that says what was written elsewhere under an open form, and by whom. It opens to both values, and leaves the
 * choice to the person. It lies over the foot of the page: nothing above it moves, and no focus is taken.
 */
import { answerText } from "./answers.js";
import { ignoreFull } from "./autosave.js";
import { h, one, redraw } from "./dom.js";
import { toField } from "./faults.js";
import { keepOwn, newerOf, takeNewer } from "./newer.js";
import { labelOf, t } from "./texts.js";
import { fieldAt } from "./values.js";

/** @typedef {import("./forms.js").FormPage} FormPage */
/** @typedef {import("./newer.js").Newer} Newer */

/** Tell of what comes while a form is open, whoever of this phone pulled it. @param {FormPage} page */
export async function watchNewer(page) {
  if (page.readOnly) return;
  const place = h("section", { id: "newer" });
  one("main").after(place);
  let drawn = "[]";
  const tell = async () => {
    await page.vault.refresh();
    const found = newerOf(page.vault.session, page.draft);
    const now = JSON.stringify(found);
    if (now === drawn) return;
    const known = new Set(JSON.parse(drawn).map((/** @type {Newer} */ { op, path }) => op + path));
    const isMore = found.some(({ op, path }) => !known.has(op + path));
    drawn = now;
    const open = place.querySelector("details")?.open ?? false;
    redraw(() => place.replaceChildren(...(found.length ? [lineOf(page, found, open, tell)] : [])));
    if (isMore) page.say(sentence(page, found));
  };
  const look = () => void tell().catch((fault) => {
    if (!page.vault.db.ended) ignoreFull(fault);
  });
  page.vault.addEventListener("change", look);
  page.vault.addEventListener("saved", look);
  await tell();
}

/** @param {FormPage} page @param {Newer[]} found */
function sentence(page, found) {
  const said = (/** @type {boolean} */ office) => [...new Set(found.filter((each) => each.office === office).map((each) => `"${labelAt(page, each)}"`))].join(", ");
  const [office, other] = [said(true), said(false)];
  return [office && t("newer.office", { items: office }), other && t("newer.other", { items: other })].filter(Boolean).join(" ");
}

/** @param {FormPage} page @param {Newer[]} found @param {boolean} open @param {() => Promise<void>} tell */
function lineOf(page, found, open, tell) {
  return h("details", { open, "data-newer": found.length }, h("summary", {}, sentence(page, found)), h("ul", { class: "plain" }, ...found.map((each) => itemOf(page, each, tell))));
}

/** @param {FormPage} page @param {Newer} newer @param {() => Promise<void>} tell */
function itemOf(page, newer, tell) {
  const { path, kind, office, shown } = newer;
  const label = labelAt(page, newer);
  const row = rowWords(page, newer);
  const there = kind === "value" ? t(office ? "newer.there_office" : "newer.there_other", { value: wordsOf(page, path, shown[path].value) }) : t(`newer.${kind}`, { item: row });
  const act = (/** @type {string} */ action, /** @type {string} */ words, /** @type {() => Promise<void>} */ go) =>
    h("button", { type: "button", class: "quiet", "data-action": action, "aria-label": `${words}: ${label}`, onclick: () => void go() }, words);
  const take = async () => {
    takeNewer(page.draft, newer);
    if (!page.standing) page.autosave.touch(); // as it was sent there is nothing of one's own to be kept
    redrawn(page, path);
    await tell();
    page.say(t("newer.taken", { item: label }));
  };
  const keep = async () => {
    keepOwn(page.draft, newer);
    page.autosave.touch();
    await tell();
    page.say(t("newer.kept"));
  };
  return h("li", { "data-path": path },
    h("p", {}, h("strong", {}, label)),
    h("p", {}, there),
    kind === "value" ? h("p", {}, t("newer.this", { value: ownWords(page, path) })) : null,
    h("div", { class: "state-actions" },
      act("take-newer", t("do.take_newer"), take),
      act("keep-own", t("do.keep_own"), keep),
      h("a", { class: "action", href: "#", "data-action": "see-question", onclick: (/** @type {Event} */ event) => see(page, event, path) }, t("do.see_question"))));
}

/** Go to the question; what "Tiếp tục" leads to from there is as it was. @param {FormPage} page @param {Event} event @param {string} path */
function see(page, event, path) {
  const { returnTo } = page;
  const fromReview = location.hash === "#review";
  toField(page, event, path);
  if (!fromReview) page.returnTo = returnTo;
}

/** Draw the page with what was taken, where the person is, and lead to it where it is there. @param {FormPage} page @param {string} path */
function redrawn(page, path) {
  if (location.hash.startsWith("#p/")) return;
  const top = scrollY;
  page.route();
  scrollTo(0, top);
  const field = document.querySelector(`[data-field="${CSS.escape(path)}"]`);
  /** @type {HTMLElement|null|undefined} */ (field?.querySelector("input, select, textarea, button"))?.focus({ preventScroll: true });
}

/** The question, and in a row whose. @param {FormPage} page @param {Newer} newer @returns {string} */
function labelAt(page, { path, kind }) {
  const found = fieldAt(page.form, path);
  const section = page.form.sections.find((/** @type {any} */ each) => each.key === path.split(/[./]/)[0]);
  if (kind !== "value" || !found) return section ? labelOf(section.title) : path;
  const { field } = found;
  const option = field.option && typeof field.options !== "string" ? field.options?.find((each) => each.value === field.option) : null;
  return [labelOf(field.label), option ? labelOf(option.label) : ""].filter(Boolean).join(": ");
}

/** A row in a line: what was written into it, here or there. @param {FormPage} page @param {Newer} newer */
function rowWords(page, { path, shown }) {
  const section = page.form.sections.find((/** @type {any} */ each) => each.key === path.split("/")[0]);
  const words = (section?.fields ?? []).filter((/** @type {any} */ field) => !field.sensitive && field.kind !== "choices").map((/** @type {any} */ field) => {
    const at = `${path}/${field.key}`;
    return answerText(field, shown[at]?.value ?? page.draft.values[at], page.lists);
  });
  return words.filter(Boolean).slice(0, 3).join(" · ") || t("form.row_empty");
}

/** @param {FormPage} page @param {string} path @param {any} value */
function wordsOf(page, path, value) {
  const found = fieldAt(page.form, path);
  return (found ? answerText(found.field, value, page.lists) : String(value ?? "")) || t("form.not_given");
}

/** What stands in the form, also what is not yet an answer. @param {FormPage} page @param {string} path */
function ownWords(page, path) {
  const typed = page.draft.typed[path];
  return typeof typed === "string" && typed ? typed : wordsOf(page, path, page.draft.values[path]);
}
