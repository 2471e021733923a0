/** Under a form that an officer fills in for somebody: a calm line where a dossier about the same person is known already. */
import { ignoreFull } from "../autosave.js";
import { h, one, redraw } from "../dom.js";
import { labelOfState } from "../status.js";
import { t } from "../texts.js";
import { alikeOf, marksOf } from "./likeness.js";
import { everyone } from "./taken.js";

/** @typedef {import("./taken.js").Known} Known */

const SHOWN_MAX = 5;

/** Tell while it is written, each time it is saved. @param {import("../forms.js").FormPage} page */
export async function watchAlike(page) {
  const place = h("section", { id: "alike" });
  one("main").after(place);
  const others = await everyone(page.vault);
  let drawn = "";
  const look = () => {
    const { draft, form } = page;
    const alike = alikeOf({ id: draft.id, procedure: draft.procedure, marks: marksOf(form, draft.values) }, others);
    const now = alike.map(({ id }) => id).join(" ");
    if (now === drawn) return;
    drawn = now;
    const open = place.querySelector("details")?.open ?? false;
    redraw(() => place.replaceChildren(...(alike.length ? [alikeView(alike, open)] : [])));
    if (alike.length) page.say(t("alike.say", { n: alike.length }));
  };
  page.vault.addEventListener("saved", () => {
    try {
      look();
    } catch (fault) {
      ignoreFull(fault);
    }
  });
  look();
}

/** @param {Known[]} alike @param {boolean} [open] */
export function alikeView(alike, open = false) {
  const rows = alike.slice(0, SHOWN_MAX).map(({ id, title, whom, state }) => h("li", {}, h("a", { class: "action", href: `/cua-toi?d=${id}`, target: "_blank", "data-alike": id },
    [title, whom, state.code, labelOfState(state)].filter(Boolean).join(" · "))));
  return h("details", { open, "data-alike-count": alike.length }, h("summary", {}, t("alike.say", { n: alike.length })), h("p", { class: "hint" }, t("alike.free")), h("ul", { class: "plain" }, ...rows));
}
