/**
 * "Quét mã trên thẻ căn cước": the camera, or a photograph, fills in what stands beside a citizen ID. A part of its own.
 *
 * Rule 1. Nothing that stands there is replaced unasked: what differs is shown with both values.
 * Rule 2. What was filled in is marked, in the draft too, until somebody has been at it.
 * Rule 3. The camera is let go as soon as the panel closes, whichever way; pictures are looked at here and kept nowhere.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/slip.json";
import { answerText } from "./answers.js";
import { fillsOf, readCard } from "./card.js";
import { h, one } from "./dom.js";
import { answer } from "./drafts.js";
import { reader } from "./qrreading.js";
import { labelOf, learnTexts, t } from "./texts.js";
import { canonical } from "./values.js";

learnTexts(texts);

/** @typedef {{path: string, field: any, typed: any}} Fill */

const PAUSE_MS = 150;

/** Put the button to each citizen ID whenever a section is drawn, and the marks. @param {import("./forms.js").FormPage} page */
export function offerCards(page) {
  if (page.readOnly) return;
  const fit = () => {
    for (const block of /** @type {NodeListOf<any>} */ (document.querySelectorAll("main [data-field]"))) {
      if (block.asked?.kind !== "citizen_id" || block.querySelector("[data-action=scan-card]")) continue;
      block.append(h("button", { type: "button", class: "quiet", "data-action": "scan-card", onclick: () => scan(page, block) }, t("do.scan_card")));
    }
    mark(page);
  };
  new MutationObserver(fit).observe(one("main"), { childList: true });
  fit();
}

/** Mark each answer on the page that came from a card and nobody has been at. @param {any} page */
function mark(page) {
  for (const block of /** @type {NodeListOf<any>} */ (document.querySelectorAll("main [data-field]"))) {
    const path = block.dataset.field;
    if (!page.draft.from_card?.includes(path) || block.querySelector("[data-from-card]")) continue;
    const line = h("p", { class: "hint", "data-from-card": path }, t("card.look"));
    const seen = (/** @type {any} */ event) => {
      if (event.target.closest("[data-action=scan-card], .scan")) return;
      block.removeEventListener("focusin", seen);
      page.draft.from_card = page.draft.from_card.filter((/** @type {string} */ each) => each !== path);
      line.remove();
      page.autosave.touch();
    };
    block.addEventListener("focusin", seen);
    block.append(line);
  }
}

/**
 * Open the panel under a citizen ID's field.
 * @param {import("./forms.js").FormPage} page
 * @param {HTMLElement} block
 */
function scan(page, block) {
  const path = block.dataset.field ?? "";
  const section = page.form.sections.find((/** @type {any} */ each) => each.key === path.split(/[./]/)[0]);
  block.querySelector(".scan")?.remove();
  askCard(block, (card) => {
    const fills = fillsOf(section, path, card, page.lists);
    const isThere = (/** @type {Fill} */ { path: at }) => page.draft.typed[at] !== undefined || (page.draft.values[at] ?? null) !== null;
    const isOther = (/** @type {Fill} */ fill) => isThere(fill) && (page.draft.typed[fill.path] !== undefined || JSON.stringify(sorted(valueOf(page, fill))) !== JSON.stringify(sorted(page.draft.values[fill.path])));
    const others = fills.filter(isOther);
    take(page, fills.filter((fill) => !isThere(fill)));
    const done = () => redrawn(page, path, t("card.taken"));
    done();
    if (!others.length) return;
    const question = asked(page, others, done);
    document.querySelector(`[data-field="${CSS.escape(path)}"]`)?.append(question);
    question.focus();
  });
}

/** @param {any} value @returns {any} in one order of keys, without what is empty */
const sorted = (value) => (value && typeof value === "object" ? Object.entries(value).filter(([, each]) => each !== null && each !== "").sort() : value);

/** @param {any} page @param {Fill} fill */
const valueOf = (page, { field, typed }) => /** @type {any} */ (canonical(field, typed, page.lists)).value ?? null;

/** @param {any} page @param {Fill[]} fills */
function take(page, fills) {
  for (const { field, path, typed } of fills) answer(page.draft, field, path, typed, page.lists);
  page.draft.from_card = [...new Set([...(page.draft.from_card ?? []), ...fills.map(({ path }) => path)])];
  page.autosave.touch();
}

/** Draw the section anew, with what was filled in, and go on at the ID. @param {any} page @param {string} path @param {string} words */
function redrawn(page, path, words) {
  page.route();
  /** @type {HTMLElement|null} */ (document.querySelector(`[data-field="${CSS.escape(path)}"] [data-action=scan-card]`))?.focus();
  page.say(words);
}

/** @param {any} page @param {Fill[]} fills @param {() => void} done */
function asked(page, fills, done) {
  const said = (/** @type {Fill} */ fill, /** @type {any} */ value) => answerText(fill.field, value, page.lists) || (typeof value === "string" ? value : "");
  const lines = fills.map((fill) => {
    const standing = page.draft.typed[fill.path] ?? page.draft.values[fill.path];
    return h("li", {}, h("strong", {}, labelOf(fill.field.label)), h("br"), t("card.stands", { value: typeof standing === "object" && !("commune" in standing) ? Object.values(standing).join("/") : said(fill, standing) }), h("br"), t("card.says", { value: said(fill, valueOf(page, fill) ?? fill.typed) }));
  });
  return h("div", { class: "scan notice", role: "group", "aria-label": t("card.differs"), tabindex: "-1" }, h("p", {}, t("card.differs")), h("ul", { class: "plain" }, ...lines),
    h("div", { class: "state-actions" },
      h("button", { type: "button", class: "quiet", "data-action": "take-card", onclick: () => {
        take(page, fills);
        done();
      } }, t("do.take_card")),
      h("button", { type: "button", class: "quiet", "data-action": "keep-typed", onclick: done }, t("do.keep_typed"))));
}

/**
 * Ask for a card and give what it says.
 * @param {HTMLElement} place
 * @param {(card: import("./card.js").Card) => void} take
 */
export function askCard(place, take) {
  /** @type {MediaStream|null} */
  let stream = null;
  let open = true;
  const video = h("video", { muted: true, playsinline: true, "aria-label": t("card.preview"), hidden: true });
  video.muted = true;
  video.style.width = "100%";
  const said = h("p", { role: "status" });
  const close = () => {
    open = false;
    stream?.getTracks().forEach((track) => track.stop());
    removeEventListener("hashchange", close);
    removeEventListener("pagehide", close);
  };
  const met = (/** @type {string} */ text) => {
    const read = readCard(text);
    if ("fault" in read) return void (said.textContent = t(read.fault));
    close();
    take(read.card);
  };
  const pick = h("input", { type: "file", accept: "image/*", class: "unseen", onchange: async () => {
    said.textContent = t("card.looking");
    const text = await ofPhotograph(pick.files[0]);
    if (text === null) said.textContent = t("card.no_code");
    else met(text);
    pick.value = "";
  } });
  place.append(h("div", { class: "scan panel" }, h("p", {}, t("card.how")), video, said,
    h("label", { class: "button second scan-pick" }, pick, h("span", {}, t("do.card_photo"))),
    h("button", { type: "button", class: "quiet", "data-action": "stop-scan", onclick: () => {
      close();
      place.querySelector(".scan")?.remove();
      /** @type {HTMLElement|null} */ (place.querySelector("[data-action=scan-card]"))?.focus();
    } }, t("do.stop_scan"))));
  addEventListener("hashchange", close, { once: true });
  addEventListener("pagehide", close, { once: true });
  void watch();

  async function watch() {
    try {
      if (!navigator.mediaDevices?.getUserMedia) return void (said.textContent = t("card.no_camera"));
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      if (!open) return close();
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault;
      return void (said.textContent = t(fault.name === "NotAllowedError" ? "card.denied" : "card.no_camera"));
    }
    const read = await reader({ still: false });
    while (open && video.isConnected) {
      const text = video.videoWidth ? await read(video) : null;
      if (text !== null && open) met(text);
      await new Promise((rested) => setTimeout(rested, PAUSE_MS));
    }
    close();
  }
}

/** @param {File} file @returns {Promise<string|null>} null: no picture, or none with a code */
async function ofPhotograph(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  try {
    return await (await reader({ still: true }))(bitmap);
  } finally {
    bitmap.close();
  }
}
