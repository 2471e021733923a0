/** What a person is told once: the office used an edit, a value of theirs does not show, the system was restored. */
import { without } from "./absent.js";
import { arrived, remember } from "./arrived.js";
import { knownLists } from "./db.js";
import { h } from "./dom.js";
import { officePart } from "./officepart.js";
import { drawn, put } from "./pages.js";
import { canonical } from "./session.js";
import { t } from "./texts.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./vault.js").Told} Told */

const DAY_MS = 86_400_000;

/** What the page of a dossier tells, or one of all where none is named: what concerns everything, and what became of that one. @param {Vault} vault @param {string|null} [dossier] @param {any} [form] */
export async function toldView(vault, dossier = null, form = null) {
  const again = (vault.kept.told ?? []).filter((each) => each.kind === "epoch").map((each) => notice(vault, each, t("sync.again")));
  const lost = vault.kept.claims && !dossier ? await import("./telling.js").then((part) => part.lostView(vault), without) : null;
  const own = dossier === null ? [] : await toldOf(vault, dossier, form);
  return [clockLine(vault), ...again, lost, ...own].filter(Boolean);
}

/** What became of one dossier, and would not be seen by looking. @param {Vault} vault @param {string} dossier @param {any} form @param {Set<string>} [news] of all, where it is listed among them: its own page says the rest @returns {Promise<any[]>} */
export async function toldOf(vault, dossier, form, news) {
  const said = (vault.kept.told ?? []).filter((each) => each.dossier === dossier);
  const fresh = news?.has(dossier) ? [(await officePart(vault))?.arrivedLine(vault, dossier)] : [];
  if (!said.length) return fresh.filter(Boolean);
  const [lists, part] = await Promise.all([knownLists(), officePart(vault)]);
  const lines = said.map((each) => (each.kind === "overridden" ? part?.overridden(vault, each, form, lists) : notice(vault, each, t("held.yes"))));
  return [...fresh, ...lines].filter(Boolean);
}

/** On the first page: what became of any dossier, with the way to it. @param {Vault} vault */
export async function tellHome(vault) {
  const work = document.querySelector("[data-page=home] #work");
  if (!work) return;
  const place = h("div", { id: "told" });
  work.before(place);
  vault.dispatchEvent(new Event("change")); // what was drawn before the words came is drawn with them
  await drawn(vault, async () => {
    await officePart(vault);
    const fresh = arrived(vault);
    const named = new Set([...fresh, ...(vault.kept.told ?? []).map((each) => each.dossier)]);
    const works = named.size ? (await workOf(vault)).filter(({ id }) => named.has(id)) : [];
    const told = await Promise.all(works.map(async ({ id, title, form }) => ({ id, title, lines: await toldOf(vault, id, form, fresh) })));
    put("#told", fresh.size ? h("h2", {}, t("news.title", { n: fresh.size })) : null, ...told.filter(({ lines }) => lines.length).flatMap(({ id, title, lines }) => [h("a", { class: "card", href: `/cua-toi?d=${id}` }, h("span", { class: "grow" }, title)), ...lines]));
    await remember(vault);
  });
}

/** The phone's clock is off by days: which time counts. @param {Vault} vault */
function clockLine(vault) {
  const { contact_ms, server_ms } = vault.session.meta;
  const days = contact_ms && server_ms ? Math.round(Math.abs(contact_ms - server_ms) / DAY_MS) : 0;
  return days ? h("p", { class: "notice", "data-told": "clock" }, t("sync.clock", { n: days })) : null;
}

/** @param {Vault} vault @param {Told} each @param {string} words @param {...any} more */
export function notice(vault, each, words, ...more) {
  const read = h("button", { type: "button", class: "quiet", "data-action": "read", onclick: () => forget(vault, each) }, t("do.read"));
  return h("div", { class: "notice", "data-told": each.kind }, h("p", {}, words), h("div", { class: "state-actions" }, ...more, read));
}

/** @param {Vault} vault @param {Told} each */
function forget(vault, each) {
  const same = (/** @type {Told} */ other) => canonical(other) === canonical(each);
  return vault.change(() => ({ kept: { told: (vault.kept.told ?? []).filter((other) => !same(other)) } }));
}
