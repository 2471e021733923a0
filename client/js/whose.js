/** `/may-cua-ai`, "Máy này của ai?": everybody who has work on this phone, by short name and number, and nothing else. */
import { askingButton } from "./asking.js";
import { isLocked, mustProve, openFrom, SLOT, visits } from "./accounts.js";
import { setting } from "./db.js";
import { h, one } from "./dom.js";
import { beginVisit, changeTo, endVisit, people, personAt } from "./entering.js";
import { isAnswered } from "./news.js";
import { DRAFTS, WAITING, YOURS } from "./pages.js";
import { whileQuiet } from "./sync.js";
import { t } from "./texts.js";
import { Vault } from "./vault.js";
import { workOf } from "./work.js";

/** @typedef {import("./entering.js").Person} Person */

/** @param {Vault} vault */
export async function whose(vault) {
  const now = await setting(SLOT);
  const guests = await visits();
  const rows = await Promise.all((await people()).map((person) => personRow(vault, person, person.slot === now)));
  one("#people").replaceChildren(...h("div", {},
    (await isLocked(now)) ? (await import("./field/part.js")).lockedNotice() : null,
    h("ul", { class: "cards" }, ...rows, ...(await Promise.all(guests.map((visit) => visitRow(vault, visit))))),
    h("a", { class: "button second", href: `/dang-nhap${location.search}`, "data-action": "add-person" }, t("people.add")),
    h("button", { type: "button", class: "button second", "data-action": "guest", onclick: () => visiting(vault) }, t("people.begin_visit")),
    h("p", { class: "hint" }, t("people.visit_say")),
  ).childNodes);
}

/** Begin a visit, or go on with one. @param {Vault} vault @param {string|null} [visit] */
async function visiting(vault, visit = null) {
  if (visit) await openFrom(visit);
  else await beginVisit();
  vault.end();
  location.assign("/");
}

/** @param {Vault} vault @param {Person} person @param {boolean} open */
async function personRow(vault, person, open) {
  const counted = person.account.out ? t("people.out") : await countWords(person.slot);
  return h("li", {}, h("button", {
    type: "button", class: "card", "data-action": "open-person", "aria-current": open ? "true" : null, onclick: () => choose(vault, person),
  }, h("span", { class: "grow" }, h("strong", {}, person.account.short), h("small", {}, counted)), open ? h("span", { class: "quiet-mark" }, t("people.open_now")) : null));
}

/** @param {Vault} vault @param {Person} person */
async function choose(vault, person) {
  const here = new URLSearchParams(location.search).get("next") ?? "/";
  const next = /^\/(?![/\\])/.test(here) ? here : "/";
  const locked = person.account.password && (await mustProve(person.slot)) && (await isAnswered()); // with a network the password is asked for
  if (locked || !(await changeTo(person))) return location.assign(`/dang-nhap?next=${encodeURIComponent(next)}`);
  if (vault.slot !== person.slot) vault.end();
  location.assign(next);
}

/** How much a drawer holds, without a word of what. @param {string} slot */
async function countWords(slot) {
  const other = await Vault.open(slot);
  const works = await workOf(other);
  other.close();
  const counts = /** @type {[string, string[]][]} */ ([["people.n_yours", YOURS], ["people.n_waiting", WAITING], ["people.n_drafts", DRAFTS]]);
  const words = counts.map(([key, states]) => [key, works.filter((work) => states.includes(work.state.id)).length]).filter(([, n]) => n);
  return words.map(([key, n]) => t(/** @type {string} */ (key), { n })).join(" · ") || t("people.n_none");
}

/** @param {Vault} vault @param {string} visit */
async function visitRow(vault, visit) {
  const person = await personAt(visit);
  const name = [t("people.guest"), person?.account.short].filter(Boolean).join(" · ");
  const open = h("button", { type: "button", class: "card", "data-action": "visit", onclick: () => (person ? choose(vault, person) : visiting(vault, visit)) },
    h("span", { class: "grow" }, h("strong", {}, name), h("small", {}, await countWords(visit))));
  const end = askingButton({
    action: "end-visit", label: t("people.end_visit"), question: t("people.end_ask"), yes: { action: "end-visit-now", label: t("people.end_now") }, no: t("do.keep_it"),
    then: () => whileQuiet(visit, async () => {
      if (vault.slot === visit) vault.close(); // what is asked of it after this would open it anew
      await endVisit(visit);
      location.replace("/");
      await new Promise(() => {}); // until this page has gone
    }),
  });
  return h("li", {}, open, end);
}
