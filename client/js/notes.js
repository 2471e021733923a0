/**
 * The one note a page carries about the phone itself: a bad place to work in, work at risk, or the offer to install.
 * Only the most pressing, and none that this person has put away.
 */
import { showWaiting } from "./badge.js";
import { ignoreFull } from "./autosave.js";
import { keepSetting, setting } from "./db.js";
import { h, one } from "./dom.js";
import { installButton, installWords, isInstalled, isIPhone } from "./install.js";
import { askForKeeping, hasWorkToLose, noteVisit, riskLine, risks } from "./storage.js";
import { t } from "./texts.js";
import { placeNow, placeWords } from "./webviews.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {{id: string, element: any}} Note */

const PAGES = new Set(["home", "procedure", "mine", "form"]);
const PUT_AWAY = "put-away";

/** @param {string} id */
const later = (id) => h("button", { type: "button", class: "quiet", "data-action": "put-away", onclick: async () => {
  await keepSetting(PUT_AWAY, { ...(await setting(PUT_AWAY)), [id]: Date.now() }).catch(ignoreFull);
  one("#notes").replaceChildren();
  dispatchEvent(new Event(PUT_AWAY)); // a drawing that began before the press would bring the note back
} }, t("do.later"));

/** @param {string} id @param {any[]} words @param {...any} actions @returns {Note} */
const note = (id, words, ...actions) => ({ id, element: h("div", { class: "notice", "data-note": id }, ...words, h("div", { class: "state-actions" }, ...actions, later(id))) });

/** @param {Vault} vault @returns {Promise<Note[]>} the most pressing first */
async function notesOf(vault) {
  /** @type {Note[]} */
  const notes = [];
  const place = placeWords();
  if (place) notes.push(note(`place.${placeNow()}`, place));
  const install = isInstalled() ? null : installButton();
  const atWork = await hasWorkToLose(vault);
  if (atWork) for (const risk of await risks(vault, { install })) notes.push({ id: `risk.${risk.id}`, element: riskLine(risk, later(`risk.${risk.id}`)) });
  if (isIPhone() && !isInstalled() && !place && !atWork) notes.push(note("install.ios", [h("p", {}, t("install.ios"))]));
  if (install) {
    const received = [...vault.session.copies.values()].some((copy) => copy.code);
    const when = received ? "install.received" : atWork ? "install.draft" : null;
    const offer = when && note(when, [h("p", {}, await installWords())], install);
    const at = notes.findIndex((each) => each.id === "risk.not_kept"); // the offer says more than that
    if (offer) notes.splice(at < 0 ? notes.length : at, 0, offer);
  }
  return notes;
}

/** Where the note goes: where the page says, else below what the page is for. */
function place() {
  const known = document.querySelector("#notes");
  if (known) return known;
  const main = one("main");
  const isForm = document.body.dataset.page === "form";
  const made = isForm ? h("aside", { id: "notes", "aria-label": t("settings.phone") }) : h("div", { id: "notes" });
  if (isForm) main.after(made);
  else main.append(made);
  return made;
}

/** @param {Vault} vault */
async function draw(vault) {
  const away = (await setting(PUT_AWAY)) ?? {};
  const [first] = (await notesOf(vault)).filter((each) => !(each.id in away));
  const shown = place();
  if (shown.innerHTML === (first?.element.outerHTML ?? "")) return;
  if (!first || !reword(shown.firstElementChild, first.element)) shown.replaceChildren(...(first ? [first.element] : []));
}

/** Change the words of a note that stands and leave its buttons be, so that a press under way is not lost with them; false where it is another note. @param {Element|null} old @param {Element} next */
function reword(old, next) {
  const [buttons, others] = [old, next].map((each) => each?.querySelector(":scope > .state-actions"));
  if (!old || !buttons || !others || !old.cloneNode().isEqualNode(next.cloneNode()) || !buttons.isEqualNode(others)) return false;
  for (const each of [...old.childNodes]) if (each !== buttons) each.remove();
  buttons.before(...[...next.childNodes].slice(0, [...next.childNodes].indexOf(others)));
  return true;
}

/** Watch over what is on this phone: ask for it to be kept, say what threatens it, show how much waits. @param {Vault} vault */
export async function watchPhone(vault) {
  await noteVisit();
  const keep = async () => {
    if (await hasWorkToLose(vault)) await askForKeeping();
  };
  const page = document.body.dataset.page ?? "";
  const isDossier = page === "mine" && new URLSearchParams(location.search).has("d");
  let turn = Promise.resolve();
  const look = () => {
    if (PAGES.has(page) && !isDossier) turn = turn.then(() => draw(vault));
    return turn;
  };
  vault.addEventListener("saved", () => void keep().then(look), { once: true });
  vault.addEventListener("change", () => void Promise.all([showWaiting(vault), look()]));
  addEventListener("can-install", () => void look());
  addEventListener(PUT_AWAY, () => void look());
  await keep();
  await Promise.all([showWaiting(vault), look()]);
}
