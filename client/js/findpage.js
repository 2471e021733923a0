/**
 * Finding while one types: at once among what is on this phone, and with a network among all there is. What is asked for
 * stays in the address, so that Back finds it again. A part of its own, fetched when somebody begins to search.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/finding.json";
import { h, one } from "./dom.js";
import { Index } from "./finding.js";
import { folded } from "./folded.js";
import { sharedLists } from "./lists.js";
import { labelOf, learnTexts, t } from "./texts.js";

learnTexts(texts);

/** How long after the last key the system is asked. */
const PAUSE_MS = 250;
const FILTERS = ["viec", "linh_vuc", "cap", "don_vi"];

/** @typedef {import("./finding.js").Found & {events?: string[], time?: string, unit?: string}} Row */
/** @typedef {{ended: string, now: string, phones: [string, string][]}} Place */
/** @typedef {{total: number, count: number, hits: Row[], near: string[], place?: Place|null}} Answer */

/** A name as offices are compared: of an address its first part, without what kind of place it is. @param {string} name */
const bare = (name) => folded(name).split(",")[0].trim().replace(/^(?:xa|phuong|thi tran|huyen|thanh pho) /, "");

/** @param {Row} row @param {Record<string, string>} asked @param {Set<string>} communes what communes are and were called */
function among(row, { viec, linh_vuc, cap, don_vi }, communes) {
  return (!viec || row.events?.includes(viec)) && (!linh_vuc || row.field === linh_vuc) && (!cap || row.levels?.includes(cap)) && (!don_vi || (row.levels?.includes("xa") && communes.has(bare(don_vi))) || folded(row.unit ?? "").includes(bare(don_vi)));
}

/** @param {Row} row */
function rowOf({ code, name, unit, time, form }) {
  const facts = [unit, time].filter(Boolean).map((vi) => labelOf({ vi: vi ?? "" })).join(" · ");
  const words = h("span", { class: "grow" }, h("span", {}, labelOf({ vi: name })), facts ? h("small", {}, facts) : null, form ? h("small", { class: "mark" }, t("find.no_network")) : null);
  return h("li", { "data-procedure": code }, h("a", { class: "card", href: `/thu-tuc/${code}` }, words));
}

/** What this phone can search in without network; null where it has not come yet. @param {HTMLElement} form */
async function onPhone(form) {
  const answer = await fetch(form.dataset.index ?? "").catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** @param {string} query @param {AbortSignal} signal @returns {Promise<Answer|null>} */
async function everywhere(query, signal) {
  const answer = await fetch(`/tim?${query}`, { signal, headers: { Accept: "application/json" } }).catch(() => null); // silence, or another letter came
  const isAnswer = answer?.ok && answer.headers.get("content-type")?.startsWith("application/json");
  return isAnswer ? answer.json() : null;
}

/** Make the page search as one types. @returns {Promise<{look: () => Promise<void>}>} */
export async function findPage() {
  const form = one("form[role=search]");
  const kept = await onPhone(form);
  const index = kept && new Index(kept.words, kept.records);
  const lists = await sharedLists().catch(() => null); // without them a commune is found by the system alone
  const communes = new Set((lists?.communes ?? []).flatMap((/** @type {any} */ each) => [each.name, ...(each.former ?? [])].map(bare)));
  let asking = new AbortController();
  let timer = 0;

  const asked = () => Object.fromEntries([...new FormData(/** @type {HTMLFormElement} */ (form))].map(([name, value]) => [name, String(value).trim()]));
  const queryOf = (/** @type {Record<string, string>} */ now) => new URLSearchParams(Object.entries(now).filter(([, value]) => value)).toString();

  /** @param {Record<string, string>} now @returns {Row[]} */
  const own = (now) => (now.q ? index.find(now.q) : kept.records).filter((/** @type {Row} */ row) => among(row, now, communes));

  /** @param {Row[]} hits @param {string} said @param {string[]} near @param {boolean} isAsked */
  const draw = (hits, said, near, isAsked) => {
    const list = one("#hits");
    const codes = hits.map(({ code }) => code).join(" ");
    if (list.dataset.codes !== codes) list.replaceChildren(...hits.map(rowOf));
    list.dataset.codes = codes;
    one("#found").textContent = said;
    one("#none").hidden = hits.length > 0;
    one("#near").replaceChildren(...near.map((words) => h("li", {}, h("a", { href: `/thu-tuc?${new URLSearchParams({ q: words })}` }, words))));
    const events = document.getElementById("events");
    if (events) events.hidden = isAsked;
  };

  /** @param {Place|null|undefined} place */
  const drawPlace = (place) => {
    const line = one("#place");
    line.hidden = !place;
    if (!place) return;
    const calls = place.phones.map(([name, phone]) => h("a", { href: `tel:${phone}` }, t("find.call", { name, phone })));
    line.replaceChildren(t(place.ended ? "find.place_ended" : "find.place", { old: place.ended, now: place.now }), " ", ...(calls.length ? calls : [t("find.go")]));
  };

  const look = async () => {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const now = asked();
    const query = queryOf(now);
    history.replaceState(history.state, "", query ? `/thu-tuc?${query}` : "/thu-tuc");
    drawPlace(null);
    if (index) {
      const hits = own(now);
      draw(hits, query || hits.length < kept.total ? t("find.on_phone", { n: hits.length, here: kept.records.length, total: kept.total }) : "", hits.length ? [] : index.near(now.q ?? ""), Boolean(query));
    }
    if (navigator.onLine === false || !query) return;
    await new Promise((done) => (timer = setTimeout(done, PAUSE_MS)));
    const answer = await everywhere(query, signal);
    if (!answer || signal.aborted) return;
    draw(answer.hits, answer.count ? t("find.count", { n: answer.count }) : "", answer.near, true);
    drawPlace(answer.place);
  };

  for (const name of ["q", ...FILTERS]) form.querySelector(`[name=${name}]`)?.addEventListener(name === "q" ? "input" : "change", () => void look());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look();
  });
  return { look };
}

/** Ask again what the address asks for. */
export function readAddress() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const box = /** @type {HTMLInputElement|null} */ (document.querySelector(`form[role=search] [name="${CSS.escape(name)}"]`));
    if (box) box.value = value;
  }
  const narrowed = FILTERS.some((name) => new URLSearchParams(location.search).get(name));
  if (narrowed) one("form[role=search] details").setAttribute("open", "");
}
