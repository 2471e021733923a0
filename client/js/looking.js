/** One page of a paper, large: can it be read? */
import { h } from "./dom.js";
import { MissingBytes, wholeOf } from "./files.js";
import { stuckWords } from "./sizes.js";
import { labelOf, t } from "./texts.js";

/** @param {import("./slots.js").Slots} slots @param {any} slot @param {import("./papers.js").Page} sheet @param {number} number */
export function lookClosely(slots, slot, sheet, number) {
  const { page } = slots;
  const name = t("photos.page", { n: number });
  const place = h("div", { class: "closely", tabindex: 0 });
  const larger = h("button", { type: "button", class: "quiet", "data-action": "larger", "aria-pressed": "false", onclick: () => {
    const on = place.classList.toggle("larger");
    larger.setAttribute("aria-pressed", String(on));
  } }, t("photos.larger"));
  page.page(`${labelOf(slot.title)} · ${name}`, h("a", { class: "back", href: `#p/${slot.key}` }, labelOf(slot.title)), h("h1", {}, name), place,
    sheet.media.startsWith("image/") ? larger : null);
  const record = slots.files.get(sheet.sha256);
  if (!record) return place.replaceChildren(h("p", { class: "hint" }, t("photos.not_here")));
  void wholeOf(page.vault, record).then((blob) => {
    const address = URL.createObjectURL(blob);
    addEventListener("hashchange", () => URL.revokeObjectURL(address), { once: true });
    place.replaceChildren(sheet.media.startsWith("image/") ? h("img", { src: address, alt: name }) : h("a", { class: "action", href: address, download: sheet.name }, t("photos.open_pdf")));
  }).catch((fault) => {
    if (!(fault instanceof MissingBytes)) throw fault;
    place.replaceChildren(h("p", { class: "error" }, stuckWords("missing")));
  });
}
