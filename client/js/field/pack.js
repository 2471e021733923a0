/**
 * The unit's pack: procedures, units, calendar and forms for the days without network, its size said before it is fetched.
 * The unit's open dossiers are no part of it: they come by the officer's own pull.
 */
import { signed } from "../credentials.js";
import { keepForm, keepPack, keptForms, packOf } from "../db.js";
import { h, one, show } from "../dom.js";
import { dateOf, timeOf } from "../moments.js";
import { sendNow } from "../news.js";
import { labelOf, languageNow, t } from "../texts.js";
import { backToDay, title } from "./round.js";
import { keepUnit, learnRoles, unitOptions } from "./choosing.js";
import { unitOf } from "./units.js";

/** @typedef {import("../vault.js").Vault} Vault */
/** @typedef {{etag: string, got_ms: number, bytes: number, parts: Record<string, any>}} Kept */

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

/** The whole pack, or where one is here what of it has changed. @param {string} unit @param {Kept|null} old */
const address = (unit, old) => `/pack/${unit}${old ? `?have=${encodeURIComponent(old.etag)}` : ""}`;

/** How many bytes are to be fetched: the pack or what of it has changed, and the forms that are not here. @param {Vault} vault @param {Kept|null} old @returns {Promise<number|null>} null: there is no network */
export async function sizeOf(vault, old) {
  const answer = await asked(vault, address(unitOf(vault), old), { method: "HEAD" });
  const bytes = Number(answer?.ok ? answer.headers.get("content-length") : 0);
  if (!answer || !bytes) return null;
  const kept = new Set(await keptForms());
  const forms = (answer.headers.get("pack-forms") ?? "").split(", ").map((each) => each.split(" ")).filter(([id, size]) => size && !kept.has(id));
  return forms.reduce((sum, [, size]) => sum + Number(size), bytes);
}

/**
 * Fetch the pack, or what of it has changed, and the forms it names. What is here stays until what comes instead is whole.
 * @param {Vault} vault
 * @returns {Promise<"new"|"same"|"silent">}
 */
export async function fetchPack(vault) {
  const unit = unitOf(vault);
  /** @type {Kept|null} */
  const old = await packOf(unit);
  const answer = await asked(vault, address(unit, old), old ? { headers: { "if-none-match": old.etag } } : {});
  const same = answer?.status === 304 && old !== null;
  const now = same ? { ...old, got_ms: Date.now() } : await packIn(vault, unit, answer, old);
  if (!now) return "silent";
  await keepPack(unit, now);
  if (!(await bringForms(now.parts.forms ?? []))) return "silent";
  return same ? "same" : "new";
}

/** @param {Vault} vault @param {string} unit @param {Response|null} answer @param {Kept|null} old @returns {Promise<Kept|null>} null: it is not whole */
async function packIn(vault, unit, answer, old) {
  const text = answer?.ok ? await wholeText(answer) : null;
  if (!answer || text === null) return null;
  const { base, parts } = JSON.parse(text);
  if (parts && !old) return null;
  if (parts && base !== old?.etag) return packIn(vault, unit, await asked(vault, address(unit, null)), null); // what has changed since another pack
  const whole = parts ? { ...old?.parts, ...parts } : JSON.parse(text);
  return { etag: answer.headers.get("etag") ?? "", got_ms: Date.now(), bytes: new TextEncoder().encode(text).length, parts: whole };
}

/** The JSON in an answer; null where it was cut on its way. @param {Response} answer @returns {Promise<string|null>} */
async function wholeText(answer) {
  try {
    const text = await answer.text();
    JSON.parse(text);
    return text;
  } catch (fault) {
    if (!(fault instanceof TypeError || fault instanceof SyntaxError)) throw fault;
    return null;
  }
}

/** Fetch the forms that are not here. @param {string[]} ids @returns {Promise<boolean>} whether all are */
async function bringForms(ids) {
  const kept = new Set(await keptForms());
  for (const id of ids.filter((each) => !kept.has(each))) {
    const answer = await fetch(`/forms/${id}`).catch(() => null); // no network: the rest comes another time
    const text = answer?.ok ? await wholeText(answer) : null;
    if (text === null) return false;
    await keepForm(JSON.parse(text));
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
  show(title(t("pack.title")), backToDay(), h("h1", {}, t("pack.title")), h("p", {}, t("pack.say")), h("div", { id: "unit" }), h("div", { id: "pack" }));
  await learnRoles(vault);
  const units = await unitOptions(vault);
  if (units.length) document.querySelector("#unit")?.replaceChildren(whichUnit(vault, units));
  await packView(vault, "");
}

/** Whose pack it is, where an officer has several units. @param {Vault} vault @param {{value: string, label: any}[]} units */
function whichUnit(vault, units) {
  const choose = async (/** @type {string} */ unit) => {
    await keepUnit(vault, unit);
    await packView(vault, "");
  };
  return h("fieldset", { class: "field", "data-field": "unit" }, h("legend", {}, t("helped.unit")), ...units.map(({ value, label }) => h("label", { class: "option" },
    h("input", { type: "radio", name: "unit", value, checked: value === unitOf(vault), onchange: () => choose(value) }), h("span", {}, labelOf(label)))));
}

/** @param {Vault} vault @param {string} said */
async function packView(vault, said) {
  if (!unitOf(vault)) return; // one is to be chosen first
  /** @type {Kept|null} */
  const kept = await packOf(unitOf(vault));
  const size = await sizeOf(vault, kept);
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
