/** The day's list: what was taken in, where each stands, found without diacritics, opened again before it is sent. */
import { actionsOf } from "../actions.js";
import { sendAll } from "../attachments.js";
import { h, show } from "../dom.js";
import { dateOf, timeOf } from "../moments.js";
import { DRAFTS, drawn, put, WAITING, workCard, YOURS } from "../pages.js";
import { t } from "../texts.js";
import { lockSetting } from "./lock.js";
import { freshLine } from "./pack.js";
import { title } from "./round.js";
import { found, takenIn } from "./taken.js";

/** @typedef {import("../vault.js").Vault} Vault */
/** @typedef {import("./taken.js").Taken} Taken */

/** How many rows of a group stand there before more are asked for. */
const ROWS_MAX = 20;

/** @param {Vault} vault */
export async function dayPage(vault) {
  const box = h("input", { type: "search", id: "q", name: "q", autocomplete: "off", oninput: () => list() });
  const settings = await lockSetting();
  show(title(t("tab.field")),
    h("h1", {}, t("tab.field")),
    await freshLine(vault),
    h("a", { class: "button", href: "#lam-ho", "data-action": "help" }, t("field.help")),
    h("div", { class: "search", role: "search" }, h("label", { for: "q" }, t("day.search")), box),
    h("div", { id: "day" }),
    h("a", { class: "card", href: "#tong-ket", "data-action": "summary" }, h("span", { class: "grow" }, t("summary.title"))),
    h("a", { class: "card", href: "/phieu#tai-khoan", "data-action": "assist" }, h("span", { class: "grow" }, t("field.assist")), refusedMark(vault)),
    h("a", { class: "card", href: "#goi", "data-action": "pack" }, h("span", { class: "grow" }, t("pack.title"))),
    settings,
  );
  /** @type {Taken[]} */
  let all = [];
  const whole = new Set();
  const list = () => {
    if (!document.querySelector("#day")) return; // another page of the round is open
    const shown = found(all, box.value);
    put("#day", ...groupsOf(shown).flatMap(([key, works]) => groupView(vault, key, works, whole, list)), shown.length ? null : h("p", { role: "status" }, t(all.length ? "day.none_found" : "day.empty")));
  };
  await drawn(vault, async () => {
    all = await takenIn(vault);
    list();
  });
}

/** Accounts begun for others that were not taken: the officer is to look. @param {Vault} vault */
function refusedMark({ kept }) {
  const n = (kept.assisted ?? []).filter(({ state }) => state === "refused").length;
  return n ? h("span", { class: "mark", "data-refused": n }, t("day.refused_accounts", { n })) : null;
}

/** @param {Taken[]} taken @returns {[string, Taken[]][]} */
export function groupsOf(taken) {
  const isYours = (/** @type {Taken} */ { state }) => YOURS.includes(state.id) || Boolean(state.bad);
  const rest = taken.filter((work) => !isYours(work));
  const sent = rest.filter(({ state }) => ![...WAITING, ...DRAFTS].includes(state.id));
  const groups = /** @type {[string, Taken[]][]} */ ([
    ["day.needs_you", taken.filter(isYours)],
    ["day.drafts", rest.filter(({ state }) => DRAFTS.includes(state.id))],
    ["day.waiting", rest.filter(({ state }) => WAITING.includes(state.id))],
    ["day.sent", sent.filter(({ isToday }) => isToday)],
    ["day.before", sent.filter(({ isToday }) => !isToday)],
  ]);
  return groups.filter(([, works]) => works.length);
}

/** @param {Vault} vault @param {string} key @param {Taken[]} works @param {Set<string>} whole @param {() => void} again */
function groupView(vault, key, works, whole, again) {
  const rows = whole.has(key) ? works : works.slice(0, ROWS_MAX);
  const more = rows.length < works.length ? h("button", { type: "button", class: "quiet", "data-action": "more", onclick: () => {
    whole.add(key);
    again();
  } }, t("day.more", { n: works.length - rows.length })) : null;
  const send = key === "day.waiting" ? h("button", { type: "button", class: "quiet", "data-action": "try-now", onclick: () => sendAll(vault) }, t("do.send_all")) : null;
  return [h("h2", {}, t(key, { n: works.length })), send, h("ul", { class: "works", "data-group": key }, ...rows.map((work) => workCard(work, actionsOn(vault, work), [helpedWords(work)]))), more];
}

/** What can be done from the list itself; what waits goes together, by the button above. @param {Vault} vault @param {Taken} work */
const actionsOn = (vault, work) => (["saved", "locked", "refused", "waiting"].includes(work.state.id) ? actionsOf(vault, work).filter((each) => each.dataset.action !== "try-now") : []);

/** Who was there, and when. @param {Taken} work */
function helpedWords({ on_behalf, whom, at, isToday }) {
  const who = on_behalf.name === whom ? "" : t("day.asked_by", { name: on_behalf.name });
  return h("p", { class: "hint" }, [who, isToday ? timeOf(at) : `${timeOf(at)}, ${dateOf(at)}`].filter(Boolean).join(" · "));
}
