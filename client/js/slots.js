/**
 * The papers of a form: the list on the draft's home and on the last page, and what the address opens of them.
 */
import { requiredSlots } from "./conditions.js";
import { h } from "./dom.js";
import { answersOf } from "./drafts.js";
import { filesOf, smallOf } from "./files.js";
import { lookClosely } from "./looking.js";
import { today } from "./moments.js";
import { addPages, fitPapers, pagesOf, papersFrom } from "./papers.js";
import { dress } from "./sizes.js";
import { SlotPage } from "./slotpage.js";
import { labelOf, t } from "./texts.js";

/** @typedef {import("./forms.js").FormPage} FormPage */
/** @typedef {import("./papers.js").Page} Page */

/** Give a form's page its slots. @param {FormPage} page */
export async function openSlots(page) {
  const { draft, vault, form } = page;
  if (!form.slots?.length) return;
  if (draft.from_server && !draft.papers) draft.papers = papersFrom(vault.session, draft.id);
  dress();
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
    /** The slot that is open. @type {SlotPage|null} */
    this.open = null;
    /** Small pictures drawn, by hash. @type {Map<string, string>} */
    this.addresses = new Map();
  }

  /** @returns {HTMLElement[]} */
  list() {
    const { form, draft } = this.page;
    fitPapers(draft, form.slots);
    const wanted = requiredSlots(form, answersOf(draft), today());
    const shown = form.slots.filter((/** @type {any} */ slot) => wanted.has(slot.key) || !slot.required || pagesOf(draft, slot.key).length);
    const apart = this.apart(shown);
    if (!shown.length && !apart) return [];
    return [h("h2", {}, t("photos.title")), ...(apart ? [apart] : []), h("ul", { class: "cards" }, ...shown.map((/** @type {any} */ slot) => this.row(slot, wanted.has(slot.key))))];
  }

  /** Pages whose paper another version of the form does not ask for. @param {any[]} shown */
  apart(shown) {
    const { draft } = this.page;
    if (!draft.papers_apart?.length) return null;
    const move = (/** @type {any} */ slot) => {
      addPages(draft, slot.key, draft.papers_apart.map((/** @type {any} */ each) => each.page));
      delete draft.papers_apart;
      this.page.autosave.touch();
      document.getElementById("papers")?.replaceChildren(...this.list());
    };
    return h("div", { class: "panel", "data-apart": true }, h("p", {}, t("photos.no_place")), h("p", {}, t("photos.count", { n: draft.papers_apart.length })),
      ...shown.map((/** @type {any} */ slot) => h("button", { type: "button", class: "quiet", "data-action": "move-pages", onclick: () => move(slot) }, t("photos.move_to", { slot: labelOf(slot.title) }))));
  }

  /** @param {any} slot @param {boolean} wanted */
  row(slot, wanted) {
    const pages = pagesOf(this.page.draft, slot.key);
    const bad = pages.some((page) => this.fault(page));
    const words = bad ? t("photos.again") : pages.length ? t("photos.count", { n: pages.length }) : t(wanted ? "photos.none" : "photos.none_optional");
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
    const slot = this.page.form.slots.find((/** @type {any} */ each) => each.key === key);
    if (!slot) return false;
    const open = this.open !== null && this.open.slot === slot ? this.open : new SlotPage(this, slot);
    this.open = open;
    const sheet = pagesOf(this.page.draft, key)[Number(number) - 1];
    if (sheet) lookClosely(this, slot, sheet, Number(number));
    else open.draw();
    return true;
  }

  /** The person went elsewhere by themselves. */
  leave() {
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
