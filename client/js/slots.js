/**
 * "Chụp giấy tờ": the slots of a form, and the page of each: photographs taken or chosen, in order, upright, legible.
 *
 * Rule 1. A page counts only once its bytes are durable on this phone; until then the screen says what is being done.
 * Rule 2. The draft, and which slot is open, are saved before anything can be pressed: on a small phone the camera ends the
 * browser, and the person comes back to the same slot.
 * Rule 3. What is picked is read once, then and there. What becomes of the file in the gallery does not matter afterwards.
 */
import { isFull } from "./autosave.js";
import { requiredSlots } from "./conditions.js";
import { h, one } from "./dom.js";
import { answersOf } from "./drafts.js";
import { filesOf, keepFile, smallOf, wholeOf } from "./files.js";
import { makeRoom } from "./freeing.js";
import { today } from "./moments.js";
import { addPages, fitPapers, movePage, pagesOf, papersFrom } from "./papers.js";
import { Refused, taken } from "./picking.js";
import { madeSmall } from "./pictures.js";
import { canSeal } from "./seal.js";
import { dress, kilobytes, stuckWords } from "./sizes.js";
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
    /** The slot that is open. @type {any} */
    this.slot = null;
    /** What was said about files that were not taken, by slot. @type {{name: string, words: string}[]} */
    this.faults = [];
    /** Small pictures drawn, by hash. @type {Map<string, string>} */
    this.addresses = new Map();
    /** What is being done. */
    this.doing = "";
    /** The page whose removal can be undone at once. @type {Page|null} */
    this.removed = null;
  }

  // ---- the list, on the draft's home and on the last page ----------------------------------------------------------

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

  // ---- a slot's page -----------------------------------------------------------------------------------------------

  /** Draw what the address names: a slot, or one of its pages. @param {string} key @param {string} [number] @returns {boolean} */
  show(key, number) {
    const slot = this.page.form.slots.find((/** @type {any} */ each) => each.key === key);
    if (!slot) return false;
    if (this.slot !== slot) Object.assign(this, { slot, faults: [], removed: null });
    const pages = pagesOf(this.page.draft, key);
    if (number && pages[Number(number) - 1]) this.preview(pages[Number(number) - 1], Number(number));
    else this.draw();
    return true;
  }

  /** The person went elsewhere by themselves. */
  leave() {
    this.slot = null;
    if (!this.page.draft.open_slot) return;
    delete this.page.draft.open_slot;
    this.page.autosave.touch();
  }

  draw() {
    const { page, slot } = this;
    page.page(
      labelOf(slot.title),
      h("a", { class: "back", href: page.returnTo === "review" ? "#review" : "#" }, t(page.returnTo === "review" ? "form.review" : "form.parts")),
      page.line(),
      h("h1", {}, labelOf(slot.title), slot.required ? null : h("span", { class: "optional" }, ` ${t("field.optional")}`)),
      slot.help ? h("p", { class: "hint" }, labelOf(slot.help)) : null,
      h("p", {}, t("photo.how")),
      h("div", { id: "pages" }),
    );
    this.drawPages();
    void this.remember();
  }

  /** Save which slot is open, and only then let anything be pressed (rule 2). */
  async remember() {
    const { page, slot } = this;
    if (page.readOnly) return;
    if (page.draft.open_slot !== slot.key) {
      page.draft.open_slot = slot.key;
      page.autosave.touch();
    }
    await page.autosave.flush();
    this.ready = page.draft.open_slot;
    if (this.slot === slot) this.drawPages();
  }

  drawPages() {
    const place = document.getElementById("pages");
    if (!place) return;
    const { slot } = this;
    const pages = pagesOf(this.page.draft, slot.key);
    const full = pages.length >= slot.pages_max;
    const busy = this.ready !== slot.key || this.doing !== "" || this.page.readOnly;
    place.replaceChildren(...[
      ...this.faults.map(({ name, words }) => h("div", { class: "notice need", role: "alert", "data-fault": true }, h("p", {}, name ? h("strong", {}, name) : null, " ", words))),
      pages.length ? h("ol", { class: "plain sheets" }, ...pages.map((page, at) => this.sheet(page, at, pages.length, busy))) : h("div", { class: "no-sheet", "aria-hidden": true }),
      this.removed ? this.undo(this.removed) : this.history(slot),
      h("p", { role: "status", class: "doing" }, this.doing),
      canSeal() ? null : h("p", { class: "notice" }, t("photos.not_secure")),
      full ? h("p", { class: "hint" }, t("photos.enough", { n: slot.pages_max })) : null,
      ...(full || !canSeal() ? [] : this.choosers(slot, pages.length, busy)),
      pages.length ? h("a", { class: full ? "button" : "button second", href: this.page.returnTo === "review" ? "#review" : "#", "data-action": "slot-done" }, t("photos.done")) : null,
    ].filter(Boolean).map((each) => /** @type {Node} */ (each)));
  }

  /** @param {any} slot @param {number} count @param {boolean} busy */
  choosers(slot, count, busy) {
    const images = slot.kinds.includes("image");
    const accept = [images ? "image/*" : "", slot.kinds.includes("pdf") ? "application/pdf,.pdf" : ""].filter(Boolean).join(",");
    const camera = this.chooser({ accept: "image/*", capture: "environment" }, (files) => this.add(files));
    const gallery = this.chooser({ accept, multiple: true }, (files) => this.add(files));
    return [
      camera, gallery,
      images ? h("button", { type: "button", class: "button", "data-action": "photo", disabled: busy, onclick: () => camera.click() }, t(count ? "photos.next" : "photos.take")) : null,
      h("button", { type: "button", class: images ? "quiet" : "button", "data-action": "choose-file", disabled: busy, onclick: () => gallery.click() }, t(images ? "photos.choose" : "photos.choose_pdf")),
    ];
  }

  /** @param {Record<string, any>} how @param {(files: File[]) => Promise<void>} take @returns {HTMLInputElement} */
  chooser(how, take) {
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "file", hidden: true, ...how }));
    input.addEventListener("change", () => void take([...(input.files ?? [])]));
    return input;
  }

  /** @param {Page} page @param {number} at @param {number} count @param {boolean} busy */
  sheet(page, at, count, busy) {
    const fault = this.fault(page);
    const name = t("photos.page", { n: at + 1 });
    const act = (/** @type {string} */ action, /** @type {string} */ words, /** @type {() => void} */ go, off = false) =>
      h("button", { type: "button", class: "quiet", "data-action": action, "aria-label": `${words}: ${name}`, disabled: busy || off, onclick: go }, words);
    const again = this.chooser({ accept: "image/*", capture: "environment" }, (files) => this.add(files.slice(0, 1), page));
    const isPicture = page.media.startsWith("image/");
    return h("li", { class: "sheet", "data-sheet": at + 1, "data-sha256": page.sha256 },
      h("a", { class: "sheet-look", href: `#p/${this.slot.key}/${at + 1}`, "data-action": "look" }, this.picture(page, name), h("span", {}, h("strong", {}, name), h("small", {}, `${page.name} ${kilobytes(page.bytes)}`.trim()))),
      fault ? h("p", { class: "error" }, stuckWords(fault)) : null,
      h("div", { class: "row" },
        isPicture ? again : null,
        isPicture ? act("retake", t("photos.retake"), () => again.click()) : null,
        isPicture && this.files.has(page.sha256) ? act("rotate", t("photos.rotate"), () => void this.rotate(page)) : null,
        count > 1 ? act("page-up", t("photos.up"), () => this.move(page, -1), at === 0) : null,
        count > 1 ? act("page-down", t("photos.down"), () => this.move(page, 1), at === count - 1) : null,
        act("remove-page", t("photos.remove"), () => this.remove(page))));
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

  /** @param {Page} removed */
  undo(removed) {
    const back = () => {
      delete removed.gone;
      this.removed = null;
      this.changed(t("photos.back"));
    };
    return h("div", { class: "notice" }, h("p", {}, t("row.removed", { item: t("photos.a_page") })), h("button", { type: "button", class: "quiet", "data-action": "undo-remove", onclick: back }, t("do.undo")));
  }

  /** Pages taken away earlier: to be had back until the draft is sent. @param {any} slot */
  history(slot) {
    const gone = (this.page.draft.papers?.[slot.key] ?? []).filter((/** @type {Page} */ page) => page.gone && this.files.has(page.sha256));
    if (!gone.length || pagesOf(this.page.draft, slot.key).length >= slot.pages_max) return null;
    const back = (/** @type {Page} */ page) => {
      delete page.gone;
      this.changed(t("photos.back"));
    };
    return h("details", {}, h("summary", {}, t("photos.gone", { n: gone.length })), h("ul", { class: "plain" }, ...gone.map((/** @type {Page} */ page) =>
      h("li", { class: "row" }, this.picture(page, t("photos.a_page")), h("button", { type: "button", class: "quiet", "data-action": "undo-remove", onclick: () => back(page) }, t("do.undo"))))));
  }

  // ---- what a person does ------------------------------------------------------------------------------------------

  /** Say that the draft is another now, show it, and keep it. @param {string} words */
  changed(words) {
    this.page.autosave.touch();
    void this.page.autosave.flush();
    this.drawPages();
    this.page.say(words);
  }

  /** @param {Page} page @param {number} by */
  move(page, by) {
    movePage(this.page.draft, this.slot.key, page, by);
    this.changed(t("photos.moved", { n: pagesOf(this.page.draft, this.slot.key).indexOf(page) + 1 }));
    const action = by < 0 ? "page-up" : "page-down";
    const moved = document.querySelector(`[data-sha256="${page.sha256}"]`);
    /** @type {HTMLElement|null|undefined} */ (moved?.querySelector(`[data-action=${action}]:not(:disabled)`) ?? moved?.querySelector("button:not(:disabled)"))?.focus();
  }

  /** @param {Page} page */
  remove(page) {
    page.gone = true;
    this.removed = page;
    this.changed(t("row.removed", { item: t("photos.a_page") }));
    /** @type {HTMLElement} */ (one("[data-action=undo-remove]")).focus();
  }

  /** @param {Page} page */
  async rotate(page) {
    const record = this.files.get(page.sha256);
    if (!record) return;
    await this.work(t("photos.turning"), async () => {
      const made = await madeSmall(await wholeOf(this.page.vault, record), 1);
      await this.keep({ blob: made.blob, media: "image/jpeg", small: made.small, name: "" }, page, true);
    }, "");
  }

  /** Take files into the slot, each checked by itself. @param {File[]} files @param {Page|null} [instead] */
  async add(files, instead = null) {
    this.faults = [];
    this.removed = null;
    const { slot } = this;
    for (const [at, file] of files.entries()) {
      const room = slot.pages_max - pagesOf(this.page.draft, slot.key).length + (instead ? 1 : 0);
      if (room < 1) {
        this.faults.push({ name: "", words: t("photos.too_many", { n: slot.pages_max, left: files.length - at }) });
        break;
      }
      await this.work(files.length > 1 ? t("photos.doing_of", { n: at + 1, total: files.length }) : t("photos.doing"), async () => this.keep(await taken(file, slot), instead), file.name);
    }
    this.drawPages();
  }

  /** Do something that takes a while, and say what became of it. @param {string} words @param {() => Promise<void>} work @param {string} name */
  async work(words, work, name) {
    this.doing = words;
    this.drawPages();
    try {
      await work();
    } catch (fault) {
      this.faults.push({ name, words: wordsOf(fault) });
    } finally {
      this.doing = "";
      this.drawPages();
    }
  }

  /**
   * @param {{blob: Blob, media: string, small: Blob|null, name: string}} made
   * @param {Page|null} instead the page whose place it takes
   * @param {boolean} [same] whether it is that page, turned: then only what the system has of it is to be taken away
   */
  async keep(made, instead, same = false) {
    const { page, slot } = this;
    const record = await keepFile(page.vault, made).catch(async (fault) => {
      if (!isFull(fault) || !(await makeRoom(page.vault))) throw fault;
      return keepFile(page.vault, made);
    });
    this.files.set(record.sha256, record);
    addPages(page.draft, slot.key, [{ sha256: record.sha256, bytes: record.bytes, media: record.media, name: made.name }], instead);
    if (same && !instead?.op) page.draft.papers[slot.key] = page.draft.papers[slot.key].filter((/** @type {Page} */ each) => each !== instead);
    page.autosave.touch();
    if (!(await page.autosave.flush())) return; // the line above says so; the page is in the draft and saved with it
    page.say(t("photos.added", { n: pagesOf(page.draft, slot.key).length }));
  }

  // ---- looking closely ---------------------------------------------------------------------------------------------

  /** @param {Page} sheet @param {number} number */
  preview(sheet, number) {
    const { page, slot } = this;
    const name = t("photos.page", { n: number });
    const place = h("div", { class: "closely", tabindex: 0 });
    const larger = h("button", { type: "button", class: "quiet", "data-action": "larger", "aria-pressed": "false", onclick: () => {
      const on = place.classList.toggle("larger");
      larger.setAttribute("aria-pressed", String(on));
    } }, t("photos.larger"));
    page.page(`${labelOf(slot.title)} · ${name}`, h("a", { class: "back", href: `#p/${slot.key}` }, labelOf(slot.title)), h("h1", {}, name), place,
      sheet.media.startsWith("image/") ? larger : null);
    const record = this.files.get(sheet.sha256);
    if (!record) return place.replaceChildren(h("p", { class: "hint" }, t("photos.not_here")));
    void wholeOf(page.vault, record).then((blob) => {
      const address = URL.createObjectURL(blob);
      addEventListener("hashchange", () => URL.revokeObjectURL(address), { once: true });
      place.replaceChildren(sheet.media.startsWith("image/") ? h("img", { src: address, alt: name }) : h("a", { class: "action", href: address, download: sheet.name }, t("photos.open_pdf")));
    });
  }
}

/** @param {any} fault @returns {string} */
function wordsOf(fault) {
  if (fault instanceof Refused) return fault.message;
  if (isFull(fault)) return t("photos.full");
  throw fault;
}
