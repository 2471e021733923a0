/** The pages that a first visit sees. What the server sent is already there; the person's own work is drawn into it. */
import { visits } from "./accounts.js";
import { setting } from "./db.js";
import { h, one, redraw } from "./dom.js";
import { actionsOf } from "./actions.js";
import { stateLine } from "./status.js";
import { learnTrouble } from "./trouble.js";
import { t } from "./texts.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./work.js").Work} Work */

export const WAITING = ["waiting", "sending", "locked", "partly"];
export const YOURS = ["needs_you", "refused", "two_versions"];
export const DRAFTS = ["saved"];

/** Draw again whenever something changed, but never under a finger. @param {Vault} vault @param {() => Promise<void>} draw */
export async function drawn(vault, draw) {
  let again = false;
  let busy = false;
  const run = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        await vault.refresh(); // it says itself that there is news, which is drawn here
        again = false;
        await learnTrouble(); // the worker may have met it
        await draw();
      } while (again);
    } finally {
      busy = false;
    }
  };
  vault.addEventListener("change", () => void run());
  await run();
}

/** Put content into a place, unless it is there already: what is being touched stays. @param {string} selector @param {...any} content */
export function put(selector, ...content) {
  const place = one(selector);
  const made = h("div", {}, ...content);
  if (place.innerHTML !== made.innerHTML) redraw(() => place.replaceChildren(...made.childNodes));
}

/** @param {Work} work @param {any[]} actions @param {any[]} told what became of it */
export function workCard(work, actions = [], told = []) {
  const href = work.state.id === "saved" ? `/to-khai/${work.procedure}?d=${work.id}` : `/cua-toi?d=${work.id}`;
  const words = work.whom ? `${work.title} · ${work.whom}` : work.title;
  return h("li", { class: "work" }, stateLine(work.state, { dossier: work.id, actions }), h("a", { class: "card", href }, h("span", { class: "grow" }, words)), ...told);
}

/** @param {Vault} vault */
export async function home(vault) {
  await drawn(vault, async () => {
    const open = (await workOf(vault)).filter((work) => [...WAITING, ...YOURS, ...DRAFTS].includes(work.state.id));
    const cards = open.slice(0, 5).map((work) => workCard(work, work.state.id === "waiting" ? actionsOf(vault, work) : []));
    const draft = open.find((work) => work.state.id === "saved");
    put("#work",
      open.length ? h("h2", {}, t("home.yours", { n: open.length })) : null,
      open.length ? h("ul", { class: "works" }, ...cards) : null,
      draft ? h("a", { class: "button", href: `/to-khai/${draft.procedure}?d=${draft.id}`, "data-action": "continue" }, t("do.continue_with", { what: draft.title })) : null,
    );
  });
}

/** The list of procedures: what searches it comes when somebody begins to, or where the worker's page has to be searched. */
export async function procedures() {
  const form = one("form[role=search]");
  const part = async () => {
    const { findPage, readAddress } = await import("./findpage.js");
    return { readAddress, ...(await findPage()) };
  };
  if (location.search && !("asked" in form.dataset)) {
    const { readAddress, look } = await part();
    readAddress();
    return look();
  }
  let begun = false;
  form.addEventListener("input", () => {
    if (begun) return;
    begun = true;
    part().then(({ look }) => look(), () => (begun = false)); // without it the button asks the system
  });
}

/** Whose drawer is open, with the way to another's. @param {Vault} vault */
export async function nameOnPage(vault) {
  const visit = (await visits()).includes(vault.slot);
  const words = vault.account?.short ?? (visit ? t("people.guest") : "");
  const place = document.querySelector("#who");
  if (place && words) place.replaceChildren(h("a", { href: "/may-cua-ai", "data-action": "whose" }, words));
}
