/**
 * Places in which a page cannot keep what it promises: the browser inside another application, which forgets or has no
 * worker, and an address without encryption, where the browser gives a page neither worker nor sealing.
 */
import { h } from "./dom.js";
import { isIPhone } from "./install.js";
import { t } from "./texts.js";

/** Signs in the user agent, with the name people know. @type {[RegExp, string][]} */
const APPS = [
  [/\bZalo/i, "Zalo"],
  [/Instagram/i, "Instagram"],
  [/Messenger(ForiOS|LiteForiOS)?\b|FB_IAB\/MESSENGER|FB_IAB\/Orca/i, "Messenger"],
  [/FBAN|FBAV|FB_IAB/, "Facebook"],
  [/musical_ly|BytedanceWebview|TikTok/i, "TikTok"],
  [/\bLine\//, "LINE"],
];

/** Which application's own browser this is: its name, "" for one we do not know, null for a real browser. @param {string} agent */
export function appOf(agent) {
  const known = APPS.find(([sign]) => sign.test(agent));
  if (known) return known[1];
  if (/Android/.test(agent) && /; wv\)/.test(agent)) return "";
  return /iP(hone|ad|od)/.test(agent) && !/Safari\//.test(agent) && !/** @type {any} */ (navigator).standalone ? "" : null;
}

/** @returns {"app"|"insecure"|null} */
export function placeNow() {
  if (appOf(navigator.userAgent) !== null) return "app";
  return window.isSecureContext ? null : "insecure";
}

/** What to do about the place, as elements, or null where it is a good one. @returns {any[]|null} */
export function placeWords() {
  const place = placeNow();
  if (place === null) return null;
  const address = `${location.origin}/`;
  const shown = h("input", { type: "text", readonly: true, value: address, "aria-label": t("web.address"), "data-address": true, onfocus: (/** @type {any} */ event) => event.target.select() });
  const told = h("p", { role: "status" });
  const copy = h("button", { type: "button", class: "quiet", "data-action": "copy-address", onclick: async () => {
    told.textContent = t((await copied(shown)) ? "web.copied" : "web.copy_by_hand");
  } }, t("do.copy_address"));
  if (place === "insecure") return [h("p", {}, t("web.insecure")), shown, h("div", { class: "state-actions" }, copy), told];
  const app = appOf(navigator.userAgent) || t("web.other_app");
  const words = h("p", {}, t(isIPhone() ? "web.in_app_ios" : "web.in_app", { app }));
  const direct = isIPhone() ? null : h("a", { class: "action", "data-action": "open-chrome", href: intentOf(location) }, t("do.open_chrome"));
  return [words, shown, h("div", { class: "state-actions" }, direct, copy), told];
}

/** The address that Android hands to Chrome. @param {{protocol: string, host: string}} where */
export const intentOf = ({ protocol, host }) => `intent://${host}/#Intent;scheme=${protocol.replace(":", "")};package=com.android.chrome;end`;

/** @param {HTMLInputElement} shown @returns {Promise<boolean>} */
async function copied(shown) {
  shown.focus();
  shown.select();
  if (!navigator.clipboard) return document.execCommand("copy"); // all there is without encryption
  return navigator.clipboard.writeText(shown.value).then(() => true, () => false);
}
