/** The devices that an account is signed in on, and signing out the others. */
import { h } from "./dom.js";
import { signed } from "./credentials.js";
import { dateOf, timeOf } from "./moments.js";
import { t } from "./texts.js";
import { ask, NoAnswer } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {Vault} vault */
export function devicesPart(vault) {
  const list = h("div", { id: "devices", role: "status" });
  const open = h("button", { type: "button", class: "button second", "data-action": "devices", onclick: () => show(vault, list) }, t("devices.show"));
  return h("section", {}, h("h3", {}, t("devices.title")), open, list);
}

/** @param {Vault} vault @param {HTMLElement} list */
async function show(vault, list) {
  const own = signed(vault, { headers: { accept: "application/json" } });
  const end = async (/** @type {string} */ path) => {
    await ask(`/accounts/devices${path}`, { ...own, method: "DELETE" });
    await show(vault, list);
  };
  try {
    const { status, json } = await ask("/accounts/devices", own);
    if (status !== 200) return void list.replaceChildren(h("p", { class: "notice" }, t(status === 401 ? "auth.again" : "devices.no_net")));
    const others = json.devices.filter((/** @type {any} */ each) => !each.this);
    list.replaceChildren(
      h("ul", { class: "plain" }, ...json.devices.map((/** @type {any} */ each) => deviceRow(each, () => said(end(`/${each.id}`), list)))),
      others.length ? h("button", { type: "button", class: "button second", "data-action": "sign-out-others", onclick: () => said(end(""), list) }, t("devices.end_others")) : "",
    );
  } catch (fault) {
    noNet(fault, list);
  }
}

/** @param {Promise<void>} work @param {HTMLElement} list */
const said = (work, list) => void work.catch((fault) => noNet(fault, list));

/** @param {unknown} fault @param {HTMLElement} list */
function noNet(fault, list) {
  if (!(fault instanceof NoAnswer)) throw fault;
  list.replaceChildren(h("p", { class: "notice" }, t("devices.no_net")));
}

/** @param {any} device @param {() => void} end */
function deviceRow(device, end) {
  const words = `${device.label || t("devices.unknown")}${device.this ? ` · ${t("devices.this")}` : ""}`;
  return h("li", { "data-device": device.id, "data-this": device.this ? "true" : null }, h("strong", {}, words),
    h("small", {}, t("devices.last", { time: timeOf(device.last), date: dateOf(device.last) })),
    device.this ? null : h("button", { type: "button", class: "quiet", "data-action": "sign-out-device", onclick: end }, t("devices.end")));
}
