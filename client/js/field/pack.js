/**
 * The unit's pack: procedures, units, calendar and forms for the days without network, its size said before it is fetched.
 * The unit's open dossiers are no part of it: they come by the officer's own pull.
 */
import { signed } from "../credentials.js";
import { keepForm, keepPack, keptForms, packOf } from "../db.js";
import { h, one, show } from "../dom.js";
import { dateOf, timeOf } from "../moments.js";
import { sendNow } from "../news.js";
import { languageNow, t } from "../texts.js";
import { backToDay, title } from "./round.js";

/** @typedef {import("../vault.js").Vault} Vault */
/** @typedef {{etag: string, got_ms: number, bytes: number, parts: Record<string, any>}} Kept */

/** @param {Vault} vault */
const unitOf = (vault) => vault.account?.roles?.[0]?.unit ?? "";

/** @param {Vault} vault @param {string} path @param {RequestInit} [init] @returns {Promise<Response|null>} null: no answer of the system's */
async function asked(vault, path, init = {}) {
  try {
    const answer = await fetch(path, { ...signed(vault, init), cache: "no-store" });
    return (answer.headers.get("content-type") ?? "").includes("text/html") ? null : answer;
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    return null;
  }
}

/** How many bytes it is to be fetched. @param {Vault} vault @returns {Promise<number|null>} */
async function sizeOf(vault) {
  const answer = await asked(vault, `/pack/${unitOf(vault)}`, { method: "HEAD" });
  const bytes = Number(answer?.ok ? answer.headers.get("content-length") : 0);
  return bytes || null;
}

/**
 * Fetch the pack, or what of it has changed, and the forms it names.
 * @param {Vault} vault
 * @returns {Promise<"new"|"same"|"silent">}
 */
export async function fetchPack(vault) {
  const unit = unitOf(vault);
  /** @type {Kept|null} */
  const old = await packOf(unit);
  const query = old ? `?have=${encodeURIComponent(old.etag)}` : "";
  const answer = await asked(vault, `/pack/${unit}${query}`, old ? { headers: { "if-none-match": old.etag } } : {});
  if (answer?.status === 304 && old) await keepPack(unit, { ...old, got_ms: Date.now() });
  else if (!answer?.ok) return "silent";
  else await keepNew(unit, old, answer);
  const parts = (await packOf(unit)).parts;
  if (!(await bringForms(parts.forms ?? []))) return "silent";
  return answer.status === 304 ? "same" : "new";
}

/** @param {string} unit @param {Kept|null} old @param {Response} answer */
async function keepNew(unit, old, answer) {
  const text = await answer.text();
  const came = JSON.parse(text);
  const isDelta = came.parts !== undefined;
  if (isDelta && came.base !== old?.etag) throw new Error("what has changed is of another pack");
  const parts = isDelta ? { ...old?.parts, ...came.parts } : came;
  await keepPack(unit, { etag: answer.headers.get("etag") ?? "", got_ms: Date.now(), bytes: new TextEncoder().encode(text).length, parts });
}

/** Fetch the forms that are not here. @param {string[]} ids @returns {Promise<boolean>} whether all are */
async function bringForms(ids) {
  const kept = new Set(await keptForms());
  for (const id of ids.filter((each) => !kept.has(each))) {
    const answer = await fetch(`/forms/${id}`).catch(() => null); // no network: the rest comes another time
    if (!answer?.ok) return false;
    await keepForm(await answer.json());
  }
  return true;
}

/** Until when the device knows what the office has. @param {Vault} vault */
export async function freshLine(vault) {
  const { contact_ms } = vault.session.meta;
  const pack = await packOf(unitOf(vault));
  const ms = contact_ms && pack ? Math.min(contact_ms, pack.got_ms) : contact_ms;
  return h("p", { class: "hint", "data-until": ms ?? "" }, ms ? t("pack.until", { time: timeOf(ms), date: dateOf(ms) }) : t("pack.none_yet"));
}

/** @param {Vault} vault */
export async function packPage(vault) {
  show(title(t("pack.title")), backToDay(), h("h1", {}, t("pack.title")), h("p", {}, t("pack.say")), h("div", { id: "pack" }));
  await packView(vault, "");
}

/** @param {Vault} vault @param {string} said */
async function packView(vault, said) {
  /** @type {Kept|null} */
  const kept = await packOf(unitOf(vault));
  const size = await sizeOf(vault);
  const open = [...vault.session.copies.values()].filter(({ state }) => !["3", "8", "10"].includes(state)).length;
  const button = h("button", { type: "button", class: "button", "data-action": "fetch-pack", onclick: async () => {
    button.disabled = true;
    const became = await fetchPack(vault);
    if (became !== "silent") await sendNow(vault);
    await packView(vault, t(`pack.${became}`));
  } }, t(kept ? "pack.renew" : "pack.fetch", { size: size ? kilobytes(size) : "" }));
  const place = document.querySelector("#pack");
  if (!place) return;
  place.replaceChildren(...h("div", {},
    await freshLine(vault),
    kept ? h("ul", {}, ...countsOf(kept, open).map((words) => h("li", {}, words))) : h("p", {}, t("pack.open", { n: open })),
    size ? button : h("p", { class: "notice" }, t("pack.needs_net")),
    said ? h("p", { role: "status", tabindex: "-1", "data-said": true }, said) : null,
  ).childNodes);
  if (said) one("[data-said]").focus();
}

/** @param {Kept} kept @param {number} open */
function countsOf({ parts, bytes }, open) {
  const { procedures = [], units = [], forms = [], calendar = null } = parts;
  return [t("pack.procedures", { n: procedures.length }), t("pack.units", { n: units.length }), t("pack.forms", { n: forms.length }), t("pack.open", { n: open }),
    calendar ? t("pack.calendar") : "", t("pack.bytes", { size: kilobytes(bytes) })].filter(Boolean);
}

/** @param {number} bytes */
const kilobytes = (bytes) => Math.ceil(bytes / 1000).toLocaleString(languageNow());
