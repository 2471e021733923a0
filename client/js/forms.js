/**
 * The form: a draft's home, its sections, the review, by the part of the address after `#`.
 *
 * Whoever types is never interrupted: a pull changes nothing here, no check removes a letter, and only "Gửi" insists.
 */
import { Autosave, ignoreFull, isFull } from "./autosave.js";
import { compute, requiredSlots, warnings } from "./conditions.js";
import { currentVault } from "./accounts.js";
import { formOf, keepForm, keepLists } from "./db.js";
import { dataOf, h, one, show } from "./dom.js";
import { answer, answersOf, faultsOf, hiddenOf, newDraft, rowsOf, typedOf, unitOf } from "./drafts.js";
import { answerText, communeOptions, fieldBlock, inputId, picker } from "./fields.js";
import { newId } from "./ids.js";
import { dateOf, today } from "./moments.js";
import { submit, askForKeeping } from "./outbox.js";
import { stateLine } from "./status.js";
import { hasText, labelOf, t } from "./texts.js";
import { stateOf } from "./work.js";
import { fieldAt } from "./values.js";

const UNIT = "unit";
const BOX_KINDS = new Set(["choice", "choices", "yes_no", "unit", "address"]);

export class FormPage {
  /** @param {any} form @param {Record<string, any[]>} lists @param {import("./vault.js").Vault} vault @param {any} draft @param {boolean} readOnly */
  constructor(form, lists, vault, draft, readOnly) {
    this.form = form;
    this.lists = lists;
    this.vault = vault;
    this.draft = draft;
    this.readOnly = readOnly;
    this.isNew = draft.saved_ms === null;
    /** @type {any} */
    this.saveState = { id: "saved", saved_ms: draft.saved_ms };
    this.autosave = new Autosave(() => this.save(), (state, fault) => this.tellSaved(state, fault));
    /** @type {(() => void)|null} */
    this.refit = null;
  }

  async save() {
    const saved_ms = Date.now();
    await this.vault.saveDraft({ ...this.draft, saved_ms });
    this.draft.saved_ms = saved_ms;
  }

  /** @param {"saved"|"saving"|"unsaved"} id @param {any} [fault] */
  tellSaved(id, fault) {
    this.saveState = { id, saved_ms: this.draft.saved_ms, full: fault ? isFull(fault) : false };
    const shown = /** @type {HTMLElement|null} */ (document.querySelector("main > .state"));
    if (!shown) return;
    const line = this.line();
    if (id !== "unsaved") line.style.minHeight = `${shown.offsetHeight}px`; // what is below must not move under a finger
    shown.replaceWith(line);
  }

  line() {
    const dossier = this.draft.id;
    if (this.saveState.id === "saved" && !this.draft.saved_ms) return stateLine(this.saveState, { dossier, label: t("state.new"), words: t("state.new.say") });
    if (this.saveState.id !== "unsaved") return stateLine(this.saveState, { dossier });
    const actions = [
      h("button", { type: "button", class: "quiet", "data-action": "save-again", onclick: () => this.autosave.flush() }, t("do.save_again")),
      h("button", { type: "button", class: "quiet", "data-action": "backup", onclick: () => this.backup() }, t("do.backup")),
    ];
    const words = t(this.saveState.full ? "quota.full" : "save.failed");
    return stateLine({ id: "unsaved" }, { dossier, actions, words });
  }

  backup() {
    const { id, procedure, form, unit, values, typed } = this.draft;
    const file = new Blob([JSON.stringify({ id, procedure, form, unit, values, typed }, null, 1)], { type: "application/json" });
    const link = h("a", { href: URL.createObjectURL(file), download: `ho-so-${id.slice(-8)}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    document.querySelector("main > .state .state-words")?.append(h("p", {}, t("backup.made")));
  }

  // ---- where we are ------------------------------------------------------------------------------------------------

  /** @returns {any[]} sections that apply, the receiving office first */
  sections() {
    const hidden = hiddenOf(this.form, this.draft);
    return [{ key: UNIT, title: { vi: t("form.unit") }, fields: [] }, ...this.form.sections.filter((/** @type {any} */ section) => !hidden.has(section.key))];
  }

  route() {
    const [kind, key, row] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (kind === "review") return this.review();
    const section = kind === "s" ? this.sections().find((each) => each.key === key) : null;
    if (!section) return this.home();
    if (section.key === UNIT) return this.unitSection(section);
    if (section.rows && row) return this.section(section, row);
    return section.rows ? this.rowList(section) : this.section(section, null);
  }

  /** @param {string} hash */
  async go(hash) {
    void this.autosave.flush();
    if (location.hash.slice(1) === hash) this.route();
    else location.hash = hash;
  }

  /** @param {string} title @param {...any} content */
  page(title, ...content) {
    this.refit = null;
    show(`${title} · ${t("app.name")}`, ...content);
    if (this.readOnly) for (const input of document.querySelectorAll("main input, main select, main textarea, main button")) /** @type {any} */ (input).disabled = true;
  }

  // ---- the draft's home --------------------------------------------------------------------------------------------

  home() {
    const faults = faultsOf(this.form, this.draft, this.lists);
    const sections = this.sections();
    const left = sections.filter((section) => this.progress(section, faults) !== "done");
    const review = h("a", { class: left.length ? "button second" : "button", href: "#review", "data-action": "review" }, t("form.review"));
    this.page(
      labelOf(this.form.title),
      h("a", { class: "back", href: `/thu-tuc/${this.form.procedure}` }, t("form.back_procedure")),
      this.line(),
      h("h1", {}, labelOf(this.form.title)),
      this.notice(),
      h("h2", {}, t("form.parts")),
      h("ol", { class: "cards" }, ...sections.map((section) => this.sectionRow(section, faults))),
      left.length ? h("a", { class: "button", href: `#s/${left[0].key}`, "data-action": "continue" }, t("do.continue")) : null,
      review,
      this.papers(),
    );
  }

  notice() {
    if (this.readOnly) return h("p", { class: "notice" }, t("form.open_elsewhere"));
    if (this.isNew || this.draft.status !== "draft" || this.draft.from_server) return null;
    const other = h("button", { type: "button", class: "link", "data-action": "another", onclick: () => this.another() }, t("do.another_person"));
    return h("div", { class: "notice" }, h("p", {}, t("draft.exists", { date: dateOf(this.draft.begun_ms) })), other);
  }

  async another() {
    await this.autosave.flush();
    location.href = `/to-khai/${this.form.procedure}?d=new`;
  }

  papers() {
    const slots = this.form.slots ?? [];
    const wanted = requiredSlots(this.form, answersOf(this.draft), today());
    const shown = slots.filter((/** @type {any} */ slot) => wanted.has(slot.key));
    if (!shown.length) return null;
    return h("section", {}, h("h2", {}, t("form.papers")), h("ul", { class: "plain" }, ...shown.map((/** @type {any} */ slot) => h("li", {}, labelOf(slot.title)))));
  }

  /** @param {any} section @param {any[]} faults @returns {"done"|"doing"|"todo"} */
  progress(section, faults) {
    if (section.key === UNIT) return unitOf(this.form, this.draft) ? "done" : "todo";
    const start = new RegExp(`^${section.key}[./]`);
    const has = (/** @type {Record<string, any>} */ record) => Object.entries(record).some(([path, value]) => start.test(path) && value !== null);
    const begun = has(this.draft.values) || has(this.draft.typed);
    const broken = faults.some((fault) => start.test(fault.path) || fault.path === section.key);
    if (broken) return begun ? "doing" : "todo";
    return begun || section.rows ? "done" : this.isOptional(section) ? "done" : "todo";
  }

  /** @param {any} section */
  isOptional(section) {
    return section.fields.every((/** @type {any} */ field) => !field.required);
  }

  /** @param {any} section @param {any[]} faults */
  sectionRow(section, faults) {
    const progress = this.progress(section, faults);
    return h("li", {}, h("a", { class: "card", href: `#s/${section.key}`, "data-section": section.key, onclick: (/** @type {Event} */ event) => this.follow(event, `s/${section.key}`) },
      h("span", { class: "grow" }, labelOf(section.title)), h("span", { class: progress === "done" ? "quiet-mark" : "mark" }, t(`progress.${progress}`))));
  }

  /** @param {Event} event @param {string} hash */
  follow(event, hash) {
    event.preventDefault();
    void this.go(hash);
  }

  // ---- a section ---------------------------------------------------------------------------------------------------

  /** @param {any} section @param {any[]} body @param {{back?: string, step?: boolean}} [how] */
  sectionPage(section, body, { back = "", step = true } = {}) {
    const sections = this.sections();
    const at = sections.findIndex((each) => each.key === section.key);
    const title = labelOf(section.title);
    this.page(
      title,
      h("a", { class: "back", href: `#${back}` }, back ? labelOf(section.title) : t("form.parts")),
      this.line(),
      h("div", { id: "faults" }),
      step ? h("p", { class: "step" }, t("form.step", { n: at + 1, total: sections.length })) : null,
      h("h1", {}, title),
      section.help ? h("p", { class: "hint" }, labelOf(section.help)) : null,
      ...body,
      h("button", { type: "button", class: "button", "data-action": "continue", onclick: () => this.carryOn(section, back) }, t(back ? "do.row_done" : "do.next")),
      back ? null : this.elsewhere(section, sections),
    );
  }

  /** @param {any} section @param {any[]} sections */
  elsewhere(section, sections) {
    return h("nav", { class: "elsewhere", "aria-label": t("form.skip") },
      h("h2", {}, t("form.skip")),
      h("ul", { class: "plain" }, ...sections.map((each) => h("li", {}, h("a", {
        href: `#s/${each.key}`, "data-section": each.key, "aria-current": each.key === section.key ? "step" : null,
        onclick: (/** @type {Event} */ event) => this.follow(event, `s/${each.key}`),
      }, labelOf(each.title)))), h("li", {}, h("a", { href: "#review", "data-action": "review" }, t("form.review")))));
  }

  /** @param {any} section @param {string} back */
  carryOn(section, back) {
    const start = back ? location.hash.slice(3) : section.key;
    const faults = faultsOf(this.form, this.draft, this.lists).filter(({ path }) =>
      back ? path.startsWith(`${start}/`) : section.rows ? path === section.key : path.split(/[./]/)[0] === section.key,
    );
    if (section.key === UNIT && !unitOf(this.form, this.draft)) faults.push({ path: UNIT, key: "err.unit", args: {} });
    if (faults.length) return this.showFaults(faults, labelOf(section.title));
    if (back) return this.go(back);
    const sections = this.sections();
    const next = sections[sections.findIndex((each) => each.key === section.key) + 1];
    return this.go(next ? `s/${next.key}` : "");
  }

  /** @param {any} section @param {string|null} row */
  section(section, row) {
    const start = row ? `${section.key}/${row}/` : `${section.key}.`;
    const blocks = section.fields.map((/** @type {any} */ field) => this.question(field, start + field.key));
    this.sectionPage(section, blocks, row ? { back: `s/${section.key}`, step: false } : {});
    this.refit = () => {
      const hidden = hiddenOf(this.form, this.draft);
      const figures = compute(this.form, answersOf(this.draft), today());
      for (const block of blocks) block.hidden = hidden.has(block.dataset.field);
      for (const output of document.querySelectorAll("[data-computed]")) output.textContent = String(figures[/** @type {HTMLElement} */ (output).dataset.computed ?? ""] ?? "");
    };
    this.refit();
  }

  /** @param {any} field @param {string} path */
  question(field, path) {
    const block = fieldBlock({
      path, field, lists: this.lists, optional: !field.required, own: path.startsWith(`${this.form.sections[0].key}.`),
      typed: typedOf(this.draft, field, path),
      answer: (typed, option) => {
        const exact = option ? `${path}/${option}` : path;
        answer(this.draft, option ? { ...field, option } : field, exact, typed, this.lists);
        this.autosave.touch();
        if (field.kind !== "text" && field.kind !== "long_text" && field.kind !== "name") this.refit?.();
        else queueMicrotask(() => this.refit?.());
      },
    });
    if (field.when) block.classList.add("opened");
    return block;
  }

  /** @param {any} section */
  unitSection(section) {
    const chosen = unitOf(this.form, this.draft);
    const pick = (/** @type {string} */ unit) => {
      this.draft.unit = unit;
      this.autosave.touch();
    };
    const rows = picker(UNIT, communeOptions(this.lists.communes ?? []), chosen, pick);
    this.sectionPage(section, [h("fieldset", { class: "field", "data-field": UNIT },
      h("legend", {}, t("form.unit_ask")), h("p", { class: "hint" }, t("form.unit_help")), h("p", { class: "error", id: `e-${UNIT}`, hidden: true }), ...rows)]);
  }

  // ---- rows --------------------------------------------------------------------------------------------------------

  /** @param {any} section */
  rowList(section) {
    const rows = rowsOf(this.draft, section.key);
    const most = section.rows.max;
    const undo = h("div", { role: "status" });
    const cards = rows.map((row) => this.rowCard(section, row, undo));
    const add = most && rows.length >= most ? null : h("button", { type: "button", class: "button second", "data-action": "add-row", onclick: () => this.addRow(section) }, t("do.add_row"));
    this.sectionPage(section, [rows.length ? h("ul", { class: "cards" }, ...cards) : h("p", { class: "hint" }, t("form.no_rows")), undo, add]);
  }

  /** @param {any} section @param {string} row @param {HTMLElement} undo */
  rowCard(section, row, undo) {
    const start = `${section.key}/${row}/`;
    const words = section.fields.map((/** @type {any} */ field) => answerText(field, this.draft.values[start + field.key], this.lists)).filter(Boolean);
    const summary = words.slice(0, 3).join(" · ") || t("form.row_empty");
    const card = h("li", { class: "row" },
      h("a", { class: "card grow", href: `#s/${section.key}/${row}` }, h("span", { class: "grow" }, summary)),
      h("button", { type: "button", class: "quiet", "data-action": "remove-row", onclick: () => {
        this.setRow(section, row, "gone");
        card.remove();
        undo.replaceChildren(h("p", { class: "notice" }, t("row.removed", { item: summary }), " ",
          h("button", { type: "button", class: "link", "data-action": "undo-row", onclick: () => {
            this.setRow(section, row, "here");
            this.rowList(section);
          } }, t("do.undo"))));
      } }, t("do.remove_row")));
    return card;
  }

  /** @param {any} section @param {string} row @param {"here"|"gone"} value */
  setRow(section, row, value) {
    this.draft.values[`${section.key}/${row}`] = value;
    this.autosave.touch();
  }

  /** @param {any} section */
  addRow(section) {
    const row = newId(Date.now());
    this.setRow(section, row, "here");
    void this.go(`s/${section.key}/${row}`);
  }

  // ---- faults ------------------------------------------------------------------------------------------------------

  /** @param {any} fault */
  faultText(fault) {
    const found = fieldAt(this.form, fault.path);
    const label = found ? labelOf(found.field.label) : fault.path === UNIT ? t("form.unit") : "";
    const rule = fault.rule ? (this.form.rules ?? []).find((/** @type {any} */ each) => each.id === fault.rule) : null;
    if (rule) return labelOf(rule.message);
    if (fault.key) {
      const part = fault.args?.part ? t(`date.${fault.args.part}`).toLowerCase() : "";
      return t(hasText(fault.key) ? fault.key : "err.value", { ...fault.args, part, label });
    }
    if (fault.code === "incomplete") return t("addr.pick");
    if (fault.code === "rows_min") return t("err.rows_min");
    if (fault.code === "rows_max") return t("err.rows_max");
    if (fault.code !== "required") return fault.detail ?? t("err.value", { label });
    return t(BOX_KINDS.has(found?.field.kind ?? "") ? "err.required_choice" : "err.required", { label });
  }

  /** Say all that is wrong, above and at each field, in the same words. @param {any[]} faults @param {string} title */
  showFaults(faults, title) {
    for (const place of document.querySelectorAll("main .error")) /** @type {any} */ (place).hidden = true;
    for (const input of document.querySelectorAll("main [aria-invalid]")) input.removeAttribute("aria-invalid");
    for (const block of document.querySelectorAll("main .wrong")) block.classList.remove("wrong");
    for (const fault of faults) this.markFault(fault);
    const lines = faults.map((fault) => h("li", {}, h("a", { href: this.addressOf(fault.path), onclick: (/** @type {Event} */ event) => this.toField(event, fault.path) }, this.faultText(fault))));
    const summary = h("div", { role: "alert", class: "summary", tabindex: "-1" }, h("h2", {}, t("err.summary", { n: faults.length })), h("ul", {}, ...lines));
    one("#faults").replaceChildren(summary);
    document.title = `${t("err.title")}: ${title}`;
    summary.focus();
  }

  /** @param {any} fault */
  markFault(fault) {
    const place = document.getElementById(`e-${fault.path}`);
    if (!place) return;
    place.textContent = this.faultText(fault);
    place.hidden = false;
    place.closest(".field")?.classList.add("wrong");
    for (const input of place.closest(".field")?.querySelectorAll("input:not([type=radio]):not([type=checkbox]), textarea") ?? []) input.setAttribute("aria-invalid", "true");
  }

  /** @param {string} path */
  addressOf(path) {
    const [section, row] = path.split(/[./]/);
    return path.split("/").length > 2 ? `#s/${section}/${row}` : `#s/${section}`;
  }

  /** @param {Event} event @param {string} path */
  toField(event, path) {
    event.preventDefault();
    const focus = () => {
      const field = document.querySelector(`[data-field="${CSS.escape(path)}"]`);
      const input = document.getElementById(inputId(path)) ?? /** @type {HTMLElement|null} */ (field?.querySelector("input, select, textarea"));
      field?.scrollIntoView({ block: "center" });
      input?.focus({ preventScroll: true });
    };
    const here = document.querySelector(`[data-field="${CSS.escape(path)}"]`);
    if (here) return focus();
    addEventListener("hashchange", () => setTimeout(focus), { once: true });
    void this.go(this.addressOf(path).slice(1));
  }

  // ---- the review --------------------------------------------------------------------------------------------------

  review() {
    const hidden = hiddenOf(this.form, this.draft);
    const unit = communeOptions(this.lists.communes ?? []).find((each) => each.value === unitOf(this.form, this.draft));
    const faults = this.allFaults();
    const send = h("button", { type: "button", class: "button", "data-action": "submit", onclick: () => this.send() }, t(navigator.onLine === false ? "do.send_later" : "do.send"));
    this.page(
      t("form.review"),
      h("a", { class: "back", href: "#" }, t("form.parts")),
      this.line(),
      h("div", { id: "faults" }),
      h("h1", {}, t("form.review")),
      h("p", {}, t("form.review_say")),
      faults.length ? h("p", { class: "notice" }, t("form.missing", { n: faults.length })) : null,
      ...warnings(this.form, answersOf(this.draft), today()).map((warning) => h("p", { class: "notice" }, this.faultText(warning))),
      this.reviewPart(t("form.unit"), UNIT, [[t("form.unit"), unit?.words ?? ""]]),
      ...this.form.sections.filter((/** @type {any} */ section) => !hidden.has(section.key)).map((/** @type {any} */ section) => this.reviewSection(section, hidden)),
      this.papers(),
      h("p", { class: "hint" }, t("consent.duty")),
      send,
      h("a", { class: "button second", href: "#" }, t("do.leave")),
    );
  }

  allFaults() {
    const faults = faultsOf(this.form, this.draft, this.lists);
    return unitOf(this.form, this.draft) ? faults : [{ path: UNIT, key: "err.unit", args: {} }, ...faults];
  }

  /** @param {string} title @param {string} key @param {[string, string][]} lines */
  reviewPart(title, key, lines) {
    const answers = lines.flatMap(([label, text]) => [h("dt", {}, label), h("dd", { class: text ? null : "none" }, text || t("form.not_given"))]);
    return h("section", { class: "part-review" }, h("h2", {}, title), h("dl", {}, ...answers),
      h("a", { class: "action", href: `#s/${key}`, "data-section": key }, t("do.change_part", { part: title.toLowerCase() })));
  }

  /** @param {any} section @param {Set<string>} hidden */
  reviewSection(section, hidden) {
    const starts = section.rows ? rowsOf(this.draft, section.key).map((row) => `${section.key}/${row}/`) : [`${section.key}.`];
    const lines = starts.flatMap((start) => linesOf(section, start, this.draft.values, this.lists, hidden, this.draft.typed));
    return this.reviewPart(labelOf(section.title), section.key, lines);
  }

  async send() {
    if (!(await this.autosave.flush())) return;
    const faults = this.allFaults();
    if (faults.length) return this.showFaults(faults, t("form.review"));
    /** @type {any} */ (one("[data-action=submit]")).disabled = true;
    const hidden = hiddenOf(this.form, this.draft);
    const closed = Object.keys(this.draft.values).filter((path) => hidden.has(path) || hidden.has(path.split(/[./]/)[0]));
    try {
      await submit(this.vault, { ...this.draft, unit: unitOf(this.form, this.draft), saved_ms: Date.now() }, new Set(closed));
    } catch (fault) {
      this.autosave.changed += 1;
      return this.tellSaved("unsaved", fault);
    }
    this.autosave.kept = this.autosave.changed;
    void askForKeeping();
    location.assign(`/cua-toi?d=${this.draft.id}`);
  }
}

/**
 * Labels and answers of one part of a form, for reading.
 * @param {any} section
 * @param {string} start
 * @param {Record<string, any>} values
 * @param {Record<string, any[]>} lists
 * @param {Set<string>} hidden
 * @param {Record<string, any>} [typed]
 * @returns {[string, string][]}
 */
export function linesOf(section, start, values, lists, hidden, typed = {}) {
  return section.fields.filter((/** @type {any} */ field) => !hidden.has(start + field.key) && field.kind !== "computed").map((/** @type {any} */ field) => {
    const path = start + field.key;
    if (field.kind !== "choices") return [labelOf(field.label), answerText(field, values[path], lists) || (typeof typed[path] === "string" ? typed[path] : "")];
    const options = typeof field.options === "string" ? (lists[field.options] ?? []) : field.options;
    return [labelOf(field.label), options.filter((/** @type {any} */ option) => values[`${path}/${option.value}`]).map((/** @type {any} */ option) => labelOf(option.label)).join(", ")];
  });
}

/** Open the draft that the address names, else the one begun and not sent, else a new one. */
export async function openForm() {
  const form = dataOf("form-data");
  const lists = dataOf("lists-data");
  const vault = await currentVault();
  await Promise.all([keepForm(form), keepLists(lists)]).catch(ignoreFull); // the page has both with it
  const draft = await draftFor(vault, form);
  const shown = draft.form === `${form.procedure}@${form.version}` ? form : ((await formOf(draft.form)) ?? form);
  const alone = await hold(draft.id);
  const page = new FormPage(shown, lists, vault, draft, !alone);
  addEventListener("hashchange", () => page.route());
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && void page.autosave.flush());
  addEventListener("pagehide", () => void page.autosave.flush());
  addEventListener("focusout", () => void (page.autosave.isDirty && page.autosave.flush()));
  addEventListener("beforeunload", (event) => page.saveState.id === "unsaved" && event.preventDefault());
  page.route();
  return { vault };
}

/** @param {import("./vault.js").Vault} vault @param {any} form */
async function draftFor(vault, form) {
  const wanted = new URLSearchParams(location.search).get("d");
  if (wanted && wanted !== "new") {
    const draft = await vault.draft(wanted);
    if (draft?.status === "draft" || draft?.status === "locked") return { ...draft, status: "draft" };
    if (draft || vault.session.isKnown(wanted)) return redrawn(vault, wanted, draft, form);
  }
  const begun = wanted === "new" ? null : (await vault.drafts()).find((draft) => draft.procedure === form.procedure && draft.status === "draft");
  const draft = begun ?? newDraft(form);
  if (wanted) history.replaceState(null, "", `${location.pathname}?d=${draft.id}${location.hash}`);
  return draft;
}

/**
 * Open a dossier that was sent: what shows now is what was seen (session.js, rules 1 and 3).
 * @param {import("./vault.js").Vault} vault @param {string} id @param {any} draft @param {any} form
 */
function redrawn(vault, id, draft, form) {
  const copy = vault.session.copies.get(id);
  const refused = stateOf(vault, id, draft).id === "refused";
  const { values, rendered } = refused ? vault.session.reopen(id) : { values: {}, rendered: vault.session.rendered(id) };
  const shown = Object.fromEntries(Object.entries(rendered).map(([path, each]) => [path, each.value]));
  return {
    ...newDraft(form), ...draft, id, from_server: true, status: "draft", form: copy?.form ?? draft?.form ?? `${form.procedure}@${form.version}`,
    unit: copy?.unit ?? draft?.unit ?? null, values: { ...draft?.values, ...shown, ...values }, typed: {}, rendered,
  };
}

/** Hold the draft for this tab; false where another tab has it open. @param {string} id @returns {Promise<boolean>} */
function hold(id) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((answered) => {
    void navigator.locks.request(`motcua-draft-${id}`, { ifAvailable: true }, (lock) => {
      answered(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}
