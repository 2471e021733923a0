/**
 * The form: a draft's home, its sections, the review, by the part of the address after `#`.
 *
 * Whoever types is never interrupted: a pull changes nothing here, no check removes a letter, and only "Gửi" insists.
 */
import { communeOptions } from "./addresses.js";
import { Autosave, ignoreFull, isFull } from "./autosave.js";
import { askBlock, openAsks } from "./asks.js";
import { keepForm } from "./db.js";
import { h, one, redraw, show } from "./dom.js";
import { faultsOf, hiddenOf, rowsOf, unitOf } from "./drafts.js";
import { clearFaults, showFaults, toField, UNIT } from "./faults.js";
import { dateOf } from "./moments.js";
import { picker } from "./pickers.js";
import { blocksOf } from "./questions.js";
import { rowList } from "./rows.js";
import { stateLine } from "./status.js";
import { labelOf, t } from "./texts.js";

export class FormPage {
  /** @param {any} form @param {Record<string, any[]>} lists @param {import("./vault.js").Vault} vault @param {any} draft @param {boolean} readOnly */
  constructor(form, lists, vault, draft, readOnly) {
    this.form = form;
    this.lists = lists;
    this.vault = vault;
    this.draft = draft;
    this.readOnly = readOnly;
    this.isNew = draft.saved_ms === null;
    /** Whether "saved" was said aloud once. */
    this.told = false;
    /** Where "Tiếp tục" leads after a repair: "review", or nowhere in particular. */
    this.returnTo = "";
    /** Where a dossier stands that was sent, until something is changed here. @type {import("./status.js").State|null} */
    this.standing = null;
    /** Warnings that this page has shown. @type {Set<string>} */
    this.asked = new Set();
    /** Lines on the draft's home about its form (versions.js). @type {(() => any[])|null} */
    this.news = null;
    /** The papers, once what draws them has come (slots.js). @type {import("./slots.js").Slots|null} */
    this.slots = null;
    /** The page that shows what a move to the newest form would do. @type {(() => void)|null} */
    this.moves = null;
    /** "Gửi" under way: until it is over nothing is saved over what it keeps. @type {Promise<any>|null} */
    this.sending = null;
    /** @type {any} */
    this.saveState = { id: "saved", saved_ms: draft.saved_ms };
    this.autosave = new Autosave(() => this.save(), (state, fault) => this.tellSaved(state, fault));
  }

  async save() {
    if (this.sending) return void (await this.sending); // what was sent is kept, and the page leaves
    const saved_ms = Date.now();
    await this.vault.saveDraft({ ...this.draft, saved_ms });
    if (!this.draft.saved_ms) await keepForm(this.form).catch(ignoreFull); // another tab may just have found that no draft needs it
    this.draft.saved_ms = saved_ms;
  }

  /** @param {"saved"|"saving"|"unsaved"} id @param {any} [fault] */
  tellSaved(id, fault) {
    this.standing = null;
    const again = id === "saving" && this.saveState.id === "saving";
    const first = id === "saved" && (!this.told || this.saveState.failed);
    this.saveState = { id, saved_ms: this.draft.saved_ms, full: fault ? isFull(fault) : false, failed: id === "unsaved" || (id === "saving" && this.saveState.failed) };
    const shown = /** @type {HTMLElement|null} */ (document.querySelector("main > .state"));
    if (!shown || (id === "unsaved" && shown.querySelector("form.backup"))) return; // a backup is being made there
    if (again) return shown.querySelector("strong")?.getAnimations().forEach((late) => (late.currentTime = 0));
    const line = this.line();
    if (id !== "unsaved") line.style.minHeight = `${shown.offsetHeight}px`; // what is below must not move under a finger
    redraw(() => shown.replaceWith(line));
    if (first) this.say(t("state.saved"), !this.told);
    if (id === "saved") this.told = true;
  }

  /** Say something to whoever listens rather than looks. @param {string} words @param {boolean} [more] beside what was said just now and is still being read */
  say(words, more = false) {
    const place = document.getElementById("said");
    if (place) place.textContent = more ? `${place.textContent} ${words}` : words;
  }

  line() {
    const dossier = this.draft.id;
    if (this.standing) return stateLine(this.standing, { dossier });
    if (this.saveState.id === "saved" && !this.draft.saved_ms) return stateLine(this.saveState, { dossier, label: t("state.new"), words: t("state.new.say") });
    if (this.saveState.id !== "unsaved") return stateLine(this.saveState, { dossier });
    const actions = [
      h("button", { type: "button", class: "quiet", "data-action": "save-again", onclick: () => this.autosave.flush() }, t("do.save_again")),
      h("button", { type: "button", class: "quiet", "data-action": "backup", onclick: () => this.backup() }, t("do.backup")),
    ];
    const words = t(this.saveState.full ? "quota.full" : "save.failed");
    return stateLine({ id: "unsaved" }, { dossier, actions, words });
  }

  /** Ask for the words that seal the file, below the line that offers it. */
  async backup() {
    const { backupForm } = await import("./after.js");
    const line = one("main > .state");
    line.querySelector("form.backup")?.remove();
    const form = backupForm(this.vault, () => this.draft);
    line.append(form);
    /** @type {HTMLElement|null} */ (form.querySelector("input, button"))?.focus();
  }

  // ---- where we are ------------------------------------------------------------------------------------------------

  /** @returns {any[]} sections that apply, the receiving office first */
  sections() {
    const hidden = hiddenOf(this.form, this.draft);
    return [{ key: UNIT, title: { vi: t("form.unit") }, fields: [] }, ...this.form.sections.filter((/** @type {any} */ section) => !hidden.has(section.key))];
  }

  route() {
    const [kind, key, row] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (kind === "p" && this.slots?.show(key, row)) return;
    this.slots?.leave();
    if (kind === "review") return void this.review();
    if (kind === "moves" && this.moves) return this.moves();
    const section = kind === "s" ? this.sections().find((each) => each.key === key) : null;
    if (!section) return this.home();
    if (section.key === UNIT) return this.unitSection(section);
    if (section.rows && rowsOf(this.draft, key).includes(row)) return this.section(section, row);
    return section.rows ? rowList(this, section) : this.section(section, null);
  }

  /** The last page before sending, unless something else is asked for until it has come. */
  async review() {
    const { review } = await import("./after.js");
    if (location.hash === "#review") review(this);
  }

  /** @param {string} hash */
  async go(hash) {
    void this.autosave.flush();
    if (location.hash.slice(1) === hash) this.route();
    else location.hash = hash;
  }

  /** @param {string} title @param {...any} content */
  page(title, ...content) {
    show(`${title} · ${t("app.name")}`, ...content, h("p", { id: "said", class: "unseen", role: "status" }));
    if (this.readOnly) for (const input of document.querySelectorAll("main input, main select, main textarea, main button")) /** @type {any} */ (input).disabled = true;
  }

  // ---- the draft's home --------------------------------------------------------------------------------------------

  home() {
    this.returnTo = "";
    const faults = faultsOf(this.form, this.draft, this.lists);
    const sections = this.sections();
    const left = sections.filter((section) => this.progress(section, faults) !== "done");
    const toReview = h("a", { class: left.length ? "button second" : "button", href: "#review", "data-action": "review" }, t("form.review"));
    this.page(
      labelOf(this.form.title),
      h("a", { class: "back", href: `/thu-tuc/${this.form.procedure}` }, t("form.back_procedure")),
      this.line(),
      h("div", { id: "news" }, ...(this.news?.() ?? [])),
      h("h1", {}, labelOf(this.form.title)),
      this.notice(),
      h("h2", {}, t("form.parts")),
      h("ol", { class: "cards" }, ...sections.map((section) => this.sectionRow(section, faults))),
      left.length ? h("a", { class: "button", href: `#s/${left[0].key}`, "data-action": "continue" }, t("do.continue")) : null,
      toReview,
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

  /** The papers, once what draws them has come. */
  papers() {
    return h("section", { id: "papers" }, ...(this.slots?.list() ?? []));
  }

  /** @param {any} section @param {any[]} faults @returns {"done"|"doing"|"todo"|"fix"} */
  progress(section, faults) {
    if (section.key === UNIT) return unitOf(this.form, this.draft) ? "done" : "todo";
    const start = new RegExp(`^${section.key}[./]`);
    const has = (/** @type {Record<string, any>} */ record) => Object.entries(record).some(([path, value]) => start.test(path) && value !== null);
    const begun = has(this.draft.values) || has(this.draft.typed);
    const broken = faults.filter((fault) => start.test(fault.path) || fault.path === section.key);
    if (broken.some((fault) => fault.key || fault.rule)) return "fix";
    if (broken.length) return begun ? "doing" : "todo";
    if (section.rows) return rowsOf(this.draft, section.key).length || this.draft.none?.[section.key] ? "done" : "todo";
    return begun || this.isOptional(section) ? "done" : "todo";
  }

  /** @param {any} section */
  isOptional(section) {
    return section.fields.every((/** @type {any} */ field) => !field.required);
  }

  /** @param {any} section @param {any[]} faults */
  sectionRow(section, faults) {
    const progress = this.progress(section, faults);
    const words = progress === "fix" ? t("err.title") : t(`progress.${progress}`);
    const mark = { done: "quiet-mark", fix: "mark need" }[/** @type {string} */ (progress)] ?? "mark";
    return h("li", {}, h("a", { class: "card", href: `#s/${section.key}`, "data-section": section.key, onclick: (/** @type {Event} */ event) => this.follow(event, `s/${section.key}`) },
      h("span", { class: "grow" }, labelOf(section.title)), h("span", { class: mark }, words)));
  }

  /** @param {Event} event @param {string} hash */
  follow(event, hash) {
    event.preventDefault();
    this.returnTo = "";
    void this.go(hash);
  }

  // ---- a section ---------------------------------------------------------------------------------------------------

  /** @param {any} section @param {any[]} body @param {{back?: string, step?: boolean, title?: string}} [how] */
  sectionPage(section, body, { back = "", step = true, title = labelOf(section.title) } = {}) {
    const sections = this.sections();
    const at = sections.findIndex((each) => each.key === section.key);
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
    const isHere = (/** @type {string} */ path) => back ? path.startsWith(`${start}/`) : section.rows ? path === section.key : path.split(/[./]/)[0] === section.key;
    const faults = faultsOf(this.form, this.draft, this.lists).filter(({ path }) => isHere(path));
    if (section.key === UNIT && !unitOf(this.form, this.draft)) faults.push({ path: UNIT, key: "err.unit", args: {} });
    if (faults.length) return showFaults(this, faults, labelOf(section.title));
    clearFaults();
    if (this.ask(isHere)) return;
    if (back) return this.go(back);
    if (this.returnTo) return this.go(this.returnTo);
    const sections = this.sections();
    const next = sections[sections.findIndex((each) => each.key === section.key) + 1];
    return this.go(next ? `s/${next.key}` : "");
  }

  /**
   * Ask about what looks odd here, each thing once; true where there was something to ask.
   * @param {(path: string) => boolean} isHere
   */
  ask(isHere) {
    for (const old of document.querySelectorAll("main .ask[data-ask]")) old.remove();
    const blocks = openAsks(this.form, this.draft).flatMap((ask) => {
      const path = ask.paths.find(isHere);
      const field = path && document.querySelector(`[data-field="${CSS.escape(path)}"]`);
      if (!field || this.asked.has(ask.id + ask.seal)) return [];
      this.asked.add(ask.id + ask.seal);
      const block = askBlock(this, ask, { edit: (event) => toField(this, event, path), settled: () => /** @type {HTMLElement|null} */ (document.querySelector("[data-action=continue]"))?.focus() });
      field.append(block);
      return [block];
    });
    blocks[0]?.focus();
    return blocks.length > 0;
  }

  /** @param {any} section @param {string|null} row */
  section(section, row) {
    const { blocks, refit } = blocksOf(this, section, row);
    const title = row ? `${labelOf(section.title)} · ${rowsOf(this.draft, section.key).indexOf(row) + 1}` : undefined;
    this.sectionPage(section, blocks, row ? { back: `s/${section.key}`, step: false, title } : {});
    refit();
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
}
