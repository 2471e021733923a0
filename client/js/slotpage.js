/**
 * "Chụp giấy tờ": the page of one slot, where photographs are taken or chosen, put in order, turned, taken again.
 *
 * Rule 1. A page counts only once its bytes are durable on this phone; until then the screen says what is being done.
 * Rule 2. The draft, and which slot is open, are saved before anything can be pressed: on a small phone the camera ends the
 * browser, and the person comes back to the same slot.
 * Rule 3. What is picked is read once, then and there. What becomes of the file in the gallery does not matter afterwards.
 */
import "./after.js"; // so that this part shares what the others share, and cuts nothing of it into smaller files
import { isFull } from "./autosave.js";
import { h, one } from "./dom.js";
import { keepFile, MissingBytes, wholeOf } from "./files.js";
import { makeRoom } from "./freeing.js";
import { addPages, movePage, pagesOf } from "./papers.js";
import { Refused, taken } from "./picking.js";
import { madeSmall } from "./pictures.js";
import { canSeal } from "./seal.js";
import { kilobytes, stuckWords } from "./sizes.js";
import { labelOf, t } from "./texts.js";

/** @typedef {import("./papers.js").Page} Page */

export { lookClosely } from "./looking.js";

export class SlotPage {
  /** @param {import("./slots.js").Slots} slots @param {any} slot */
  constructor(slots, slot) {
    this.slots = slots;
    this.page = slots.page;
    this.slot = slot;
    /** Whether the draft is saved with this slot open (rule 2). */
    this.ready = false;
    /** What was said about files that were not taken. @type {{name: string, words: string}[]} */
    this.faults = [];
    /** What is being done. */
    this.doing = "";
    /** How many files are being made pages of, or wait for it. */
    this.left = 0;
    /** The page whose removal can be undone at once. @type {Page|null} */
    this.removed = null;
  }

  /** The person went elsewhere: what was said has been seen. What was begun goes on. */
  leave() {
    this.faults = [];
    this.removed = null;
  }

  draw() {
    this.ready &&= this.page.draft.open_slot === this.slot.key;
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
    this.ready = true;
    if (this.slots.open === this) this.drawPages();
  }

  drawPages() {
    const place = document.getElementById("pages");
    if (!place || this.slots.open !== this) return; // another slot, or one of the pages, is what shows now
    const { slot } = this;
    const pages = pagesOf(this.page.draft, slot.key);
    const full = pages.length >= slot.pages_max;
    const busy = !this.ready || this.doing !== "" || this.left > 0 || this.page.readOnly;
    place.replaceChildren(...[
      ...this.faults.map(({ name, words }) => h("div", { class: "notice need", role: "alert", "data-fault": true }, h("p", {}, name ? h("strong", {}, name) : null, " ", words))),
      pages.length ? h("ol", { class: "plain sheets" }, ...pages.map((page, at) => this.sheet(page, at, pages.length, busy))) : h("div", { class: "no-sheet", "aria-hidden": true }),
      this.removed ? this.undo(this.removed) : this.history(slot),
      h("p", { role: "status", class: "doing" }, this.doing),
      canSeal() ? null : h("p", { class: "notice" }, t("photos.not_secure")),
      full ? h("p", { class: "hint" }, t("photos.enough", { n: slot.pages_max })) : null,
      ...(full || !canSeal() ? [] : this.choosers(slot, pages.length, busy)),
      pages.length ? h("a", { class: full ? "button" : "button second", href: this.page.returnTo === "review" ? "#review" : "#", "data-action": "slot-done" }, this.left ? t("photos.done_left", { n: this.left }) : t("photos.done")) : null,
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
      this.others(busy),
    ];
  }

  /** Photographs of the other papers, to stand here too: one sheet may prove two things. @param {boolean} busy */
  others(busy) {
    const { draft, form } = this.page;
    const here = new Set(pagesOf(draft, this.slot.key).map((page) => page.sha256));
    const there = form.slots.filter((/** @type {any} */ slot) => slot !== this.slot).flatMap((/** @type {any} */ slot) => pagesOf(draft, slot.key).map((page) => ({ page, title: labelOf(slot.title) })));
    const usable = there.filter((/** @type {any} */ { page }) => !here.has(page.sha256) && this.slots.files.has(page.sha256) && this.slot.kinds.includes(page.media.startsWith("image/") ? "image" : "pdf"));
    if (!usable.length) return null;
    const take = (/** @type {Page} */ { sha256, bytes, media, name }) => {
      addPages(draft, this.slot.key, [{ sha256, bytes, media, name }]);
      this.changed(t("photos.added", { n: pagesOf(draft, this.slot.key).length }));
    };
    return h("details", {}, h("summary", {}, t("photos.others")), h("ul", { class: "plain" }, ...usable.map((/** @type {any} */ { page, title }) =>
      h("li", { class: "row" }, this.slots.picture(page, title), h("span", { class: "grow" }, title),
        h("button", { type: "button", class: "quiet", "data-action": "use-here", disabled: busy, onclick: () => take(page) }, t("photos.use_here"))))));
  }

  /** @param {Record<string, any>} how @param {(files: File[]) => Promise<void>} take @returns {HTMLInputElement} */
  chooser(how, take) {
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "file", hidden: true, ...how }));
    input.addEventListener("change", () => void take([...(input.files ?? [])]));
    return input;
  }

  /** @param {Page} page @param {number} at @param {number} count @param {boolean} busy */
  sheet(page, at, count, busy) {
    const fault = this.slots.fault(page);
    const name = t("photos.page", { n: at + 1 });
    const act = (/** @type {string} */ action, /** @type {string} */ words, /** @type {() => void} */ go, off = false) =>
      h("button", { type: "button", class: "quiet", "data-action": action, "aria-label": `${words}: ${name}`, disabled: busy || off, onclick: go }, words);
    const again = this.chooser({ accept: "image/*", capture: "environment" }, (files) => this.add(files.slice(0, 1), page));
    const isPicture = page.media.startsWith("image/");
    return h("li", { class: "sheet", "data-sheet": at + 1, "data-sha256": page.sha256 },
      h("a", { class: "sheet-look", href: `#p/${this.slot.key}/${at + 1}`, "data-action": "look" }, this.slots.picture(page, name), h("span", {}, h("strong", {}, name), h("small", {}, `${page.name} ${kilobytes(page.bytes)}`.trim()))),
      fault ? h("p", { class: "error" }, stuckWords(fault)) : null,
      page.doubtful ? h("p", { class: "ask" }, t("photo.blurry")) : null,
      h("div", { class: "row" },
        isPicture ? again : null,
        isPicture ? act("retake", t("photos.retake"), () => again.click()) : null,
        isPicture && this.slots.files.has(page.sha256) ? act("rotate", t("photos.rotate"), () => void this.rotate(page)) : null,
        count > 1 ? act("page-up", t("photos.up"), () => this.move(page, -1), at === 0) : null,
        count > 1 ? act("page-down", t("photos.down"), () => this.move(page, 1), at === count - 1) : null,
        page.doubtful ? act("use-page", t("photos.use"), () => this.use(page)) : null,
        act("remove-page", t("photos.remove"), () => this.remove(page))));
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
    const gone = (this.page.draft.papers?.[slot.key] ?? []).filter((/** @type {Page} */ page) => page.gone && this.slots.files.has(page.sha256));
    if (!gone.length || pagesOf(this.page.draft, slot.key).length >= slot.pages_max) return null;
    const back = (/** @type {Page} */ page) => {
      delete page.gone;
      this.changed(t("photos.back"));
    };
    return h("details", {}, h("summary", {}, t("photos.gone", { n: gone.length })), h("ul", { class: "plain" }, ...gone.map((/** @type {Page} */ page) =>
      h("li", { class: "row" }, this.slots.picture(page, t("photos.a_page")), h("button", { type: "button", class: "quiet", "data-action": "undo-remove", onclick: () => back(page) }, t("do.undo"))))));
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

  /** It can be read, says who took it. @param {Page} page */
  use(page) {
    delete page.doubtful;
    this.changed("");
    /** @type {HTMLElement|null} */ (document.querySelector(`[data-sha256="${page.sha256}"] button`))?.focus();
  }

  /** @param {Page} page */
  async rotate(page) {
    const record = this.slots.files.get(page.sha256);
    if (!record) return;
    const work = this.work(t("photos.turning"), async () => {
      const made = await madeSmall(await wholeOf(this.page.vault, record), 1);
      await this.keep({ blob: made.blob, media: "image/jpeg", small: made.small, name: "" }, page, true);
    }, "");
    this.slots.track(work);
    await work;
  }

  /** Take files into the slot, each checked by itself. @param {File[]} files @param {Page|null} [instead] */
  add(files, instead = null) {
    this.faults = [];
    this.removed = null;
    this.left += files.length;
    const work = this.addAll(files, instead);
    this.slots.track(work);
    return work;
  }

  /** @param {File[]} files @param {Page|null} instead */
  async addAll(files, instead) {
    const { slot } = this;
    for (const [at, file] of files.entries()) {
      const room = slot.pages_max - pagesOf(this.page.draft, slot.key).length + (instead ? 1 : 0);
      if (room < 1) {
        this.faults.push({ name: "", words: t("photos.too_many", { n: slot.pages_max, left: files.length - at }) });
        this.left -= files.length - at;
        break;
      }
      await this.work(files.length > 1 ? t("photos.doing_of", { n: at + 1, total: files.length }) : t("photos.doing"), async () => this.keep(await taken(file, slot), instead), file.name);
      this.left -= 1;
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
   * @param {import("./picking.js").Taken} made
   * @param {Page|null} instead the page whose place it takes
   * @param {boolean} [same] whether it is that page, turned: then only what the system has of it is to be taken away
   */
  async keep(made, instead, same = false) {
    const { page, slot } = this;
    const record = await keepFile(page.vault, made).catch(async (fault) => {
      if (!isFull(fault) || !(await makeRoom(page.vault, page.draft))) throw fault;
      return keepFile(page.vault, made);
    });
    this.slots.files.set(record.sha256, record);
    addPages(page.draft, slot.key, [{ sha256: record.sha256, bytes: record.bytes, media: record.media, name: made.name, ...(made.doubtful ? { doubtful: true } : {}) }], instead);
    if (same && !instead?.op) page.draft.papers[slot.key] = page.draft.papers[slot.key].filter((/** @type {Page} */ each) => each !== instead);
    page.autosave.touch();
    if (!(await page.autosave.flush())) return; // the line above says so; the page is in the draft and saved with it
    if (this.slots.open === this) page.say(t("photos.added", { n: pagesOf(page.draft, slot.key).length }));
  }
}

/** @param {any} fault @returns {string} */
function wordsOf(fault) {
  if (fault instanceof Refused) return fault.message;
  if (isFull(fault)) return t("photos.full");
  if (fault instanceof MissingBytes) return stuckWords("missing");
  reportError(fault); // a fault of ours: told where faults are told, and the other files go on
  return t("photo.broken");
}
