/**
 * The papers of a form: the list on the draft's home and on the last page, and what the address opens of them. The page of
 * a paper is a part of its own, fetched when it is first opened, and by the worker once the application is ready offline.
 */
import { without } from "./absent.js";
import { requiredSlots } from "./conditions.js";
import { h, redraw } from "./dom.js";
import { answersOf } from "./drafts.js";
import { filesOf, smallOf } from "./files.js";
import { today } from "./moments.js";
import { slotsOf, whyNot } from "./moves.js";
import { apartOf, bringPage, fitPapers, pagesOf, papersFrom } from "./papers.js";
import { labelOf, t } from "./texts.js";

/** @typedef {import("./forms.js").FormPage} FormPage */
/** @typedef {import("./papers.js").Page} Page */
/** @typedef {import("./moves.js").Apart} Apart */

/** Give a form's page its slots. @param {FormPage} page */
export async function openSlots(page) {
  const { draft, vault, form } = page;
  if (draft.from_server && !draft.papers) draft.papers = papersFrom(vault.session, draft.id);
  const slots = new Slots(page, await filesOf(vault));
  page.slots = slots;
  document.getElementById("papers")?.replaceChildren(...slots.list());
  if (location.hash.startsWith("#p/")) page.route();
  else if (draft.open_slot && !location.hash) void page.go(`p/${draft.open_slot}`);
  document.documentElement.dataset.slots = "";
}

export class Slots {
  /** @param {FormPage} page @param {Map<string, import("./files.js").FileRecord>} files */
  constructor(page, files) {
    this.page = page;
    this.files = files;
    /** The slot that is open. @type {import("./slotpage.js").SlotPage|null} */
    this.open = null;
    /** The page of each slot that was opened: what it has begun goes on while another is open. @type {Map<any, import("./slotpage.js").SlotPage>} */
    this.sheets = new Map();
    /** What makes pages now. @type {Set<Promise<void>>} */
    this.works = new Set();
    /** Small pictures drawn, by hash. @type {Map<string, string>} */
    this.addresses = new Map();
  }

  /** @returns {HTMLElement[]} */
  list() {
    const { form, draft } = this.page;
    fitPapers(draft, slotsOf(form));
    const wanted = requiredSlots(form, answersOf(draft), today());
    const shown = slotsOf(form).filter((/** @type {any} */ slot) => wanted.has(slot.key) || !slot.required || pagesOf(draft, slot.key).length);
    const apart = this.apart(shown);
    if (!shown.length && !apart) return [];
    return [h("h2", {}, t("photos.title")), ...(apart ? [apart] : []), h("ul", { class: "cards" }, ...shown.map((/** @type {any} */ slot) => this.row(slot, wanted.has(slot.key))))];
  }

  /** Pages that have no place in this version of the form: named, to be put elsewhere or taken away. @param {any[]} shown */
  apart(shown) {
    const { draft } = this.page;
    const pages = draft.papers_apart ?? [];
    if (!pages.length) return null;
    const [here, gone] = [apartOf(draft), pages.filter((/** @type {Apart} */ { page }) => page.gone)];
    const change = (/** @type {() => void} */ make) => () => {
      make();
      this.page.autosave.touch();
      redraw(() => document.getElementById("papers")?.replaceChildren(...this.list()));
    };
    const back = (/** @type {Apart} */ each) => h("li", { class: "row" }, this.picture(each.page, this.nameApart(each)), this.act("undo-remove", t("do.undo"), each, change(() => delete each.page.gone)));
    return h("div", { class: "panel", "data-apart": here.length },
      here.length ? h("p", {}, t("photos.no_place")) : null,
      h("ul", { class: "plain" }, ...here.map((/** @type {Apart} */ each) => this.sheetApart(each, shown, change))),
      gone.length ? h("details", {}, h("summary", {}, t("photos.gone", { n: gone.length })), h("ul", { class: "plain" }, ...gone.map(back))) : null);
  }

  /** @param {Apart} each @param {any[]} shown @param {(make: () => void) => () => void} change */
  sheetApart(each, shown, change) {
    const { draft } = this.page;
    const fits = shown.filter((slot) => slot.key !== each.slot && whyNot(slot, each.page, pagesOf(draft, slot.key).length) === null);
    return h("li", { "data-sha256": each.page.sha256 },
      h("div", { class: "row" }, this.picture(each.page, this.nameApart(each)), h("span", { class: "grow" }, h("strong", {}, this.nameApart(each)), " ", t(`apart.${each.why.replace("-", "_")}`))),
      h("div", { class: "state-actions" },
        ...fits.map((slot) => this.act("move-page", t("photos.move_to", { slot: labelOf(slot.title) }), each, change(() => bringPage(draft, each, slot.key)))),
        this.act("remove-page", t("photos.remove"), each, change(() => (each.page.gone = true)))));
  }

  /** @param {string} action @param {string} words @param {Apart} each @param {() => void} go */
  act(action, words, each, go) {
    return h("button", { type: "button", class: "quiet", "data-action": action, "aria-label": `${words}: ${this.nameApart(each)}`, disabled: this.page.readOnly, onclick: go }, words);
  }

  /** The paper that a page without a place was of. @param {Apart} each @returns {string} */
  nameApart({ slot, page }) {
    const { form, draft } = this.page;
    const title = slotsOf(form).find((/** @type {any} */ other) => other.key === slot)?.title ?? draft.slot_titles?.[slot];
    return (title && labelOf(title)) || page.name || t("photos.a_page");
  }

  /** @param {any} slot @param {boolean} wanted */
  row(slot, wanted) {
    const pages = pagesOf(this.page.draft, slot.key);
    const bad = pages.some((page) => this.fault(page));
    const left = this.sheets.get(slot)?.left ?? 0;
    const words = left ? t("photos.making", { n: left }) : bad ? t("photos.again") : pages.length ? t("photos.count", { n: pages.length }) : t(wanted ? "photos.none" : "photos.none_optional");
    return h("li", {}, h("a", { class: "card", href: `#p/${slot.key}`, "data-slot": slot.key },
      h("span", { class: "grow" }, labelOf(slot.title)), h("span", { class: bad ? "mark need" : pages.length || !wanted ? "quiet-mark" : "mark" }, words)));
  }

  /** Why the system will not have a page, or this phone has lost it; null: nothing is wrong. @param {Page} page @returns {string|null} */
  fault(page) {
    const listed = this.page.vault.session.copies.get(this.page.draft.id)?.attachments.find((each) => each.op === page.op);
    if (listed?.status === "bad") return listed.why ?? "unreadable";
    if (listed) return listed.status === "verified" ? null : (this.files.get(page.sha256)?.stuck ?? null);
    return this.files.has(page.sha256) ? null : "missing";
  }

  /** Draw what the address names: a slot, or one of its pages. @param {string} key @param {string} [number] @returns {boolean} */
  show(key, number) {
    const slot = slotsOf(this.page.form).find((/** @type {any} */ each) => each.key === key);
    if (!slot) return false;
    void this.opened(slot, Number(number));
    return true;
  }

  /** @param {any} slot @param {number} number of one of its pages, or NaN */
  async opened(slot, number) {
    const { hash } = location;
    const part = await import("./slotpage.js").catch(without);
    if (location.hash !== hash) return;
    if (!part) return this.notYet(slot);
    const open = this.sheets.get(slot) ?? new part.SlotPage(this, slot);
    this.sheets.set(slot, open);
    if (this.open !== open) this.open?.leave();
    this.open = open;
    const sheet = pagesOf(this.page.draft, slot.key)[number - 1];
    if (sheet) part.lookClosely(this, slot, sheet, number);
    else open.draw();
  }

  // ---- pages that are being made -----------------------------------------------------------------------------------

  /** How many files are being made pages of, or wait for it. */
  get doing() {
    return [...this.sheets.values()].reduce((n, sheet) => n + sheet.left, 0);
  }

  /** Know of work that makes pages until it is done: nothing is sent before, and nobody leaves unasked. @param {Promise<void>} work */
  track(work) {
    this.works.add(work);
    void work.finally(() => {
      this.works.delete(work);
      if (!this.open) redraw(() => document.getElementById("papers")?.replaceChildren(...this.list()));
    });
  }

  /**
   * Wait at "Gửi" for the pages that are being made; true where all came and the person still stands there. Where one did
   * not come, its slot opens and says why.
   * @param {HTMLElement & {disabled: boolean}} button
   */
  async made(button) {
    if (this.works.size) {
      button.disabled = true;
      const says = h("p", { class: "notice", role: "status", "data-making": true }, t("photos.wait_left", { n: this.doing }));
      button.before(says);
      while (this.works.size) {
        await Promise.race(this.works);
        says.textContent = t("photos.wait_left", { n: this.doing });
      }
      says.remove();
      button.disabled = false;
      if (!button.isConnected) return false;
    }
    const failed = [...this.sheets.values()].find((sheet) => sheet.faults.length);
    if (failed) void this.page.go(`p/${failed.slot.key}`);
    return !failed;
  }

  /** What takes photographs has not come. @param {any} slot */
  notYet(slot) {
    const { page } = this;
    page.page(labelOf(slot.title), h("a", { class: "back", href: "#" }, t("form.parts")), page.line(), h("h1", {}, labelOf(slot.title)), h("p", { class: "notice", role: "status" }, t("photos.later")));
    addEventListener("online", () => page.route(), { once: true });
  }

  /** The person went elsewhere by themselves. */
  leave() {
    this.open?.leave();
    this.open = null;
    if (!this.page.draft.open_slot) return;
    delete this.page.draft.open_slot;
    this.page.autosave.touch();
  }

  /** @param {Page} page @param {string} name */
  picture(page, name) {
    const place = h("span", { class: "small-sheet" }, page.media.startsWith("image/") ? "" : "PDF");
    const record = this.files.get(page.sha256);
    const draw = (/** @type {string} */ src) => place.replaceChildren(h("img", { src, alt: name }));
    const known = this.addresses.get(page.sha256);
    if (known) draw(known);
    else if (record && page.media.startsWith("image/")) {
      void smallOf(this.page.vault, record).then((small) => {
        if (!small) return;
        this.addresses.set(page.sha256, URL.createObjectURL(small));
        draw(/** @type {string} */ (this.addresses.get(page.sha256)));
      });
    }
    return place;
  }
}
