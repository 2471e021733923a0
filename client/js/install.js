/** The application on the home screen: offered where the browser can, explained on an iPhone, not mentioned elsewhere. */
import { early } from "./early.js";
import { h } from "./dom.js";
import { keepSetting } from "./db.js";
import { t } from "./texts.js";

export const isInstalled = () => matchMedia("(display-mode: standalone)").matches || /** @type {any} */ (navigator).standalone === true;

/** An iPad says that it is a Mac, but no Mac has a touch screen. */
export const isIPhone = () => /iP(hone|ad|od)/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

/** What the application weighs on the wire, in KB; null while it is not whole on the phone. @returns {Promise<number|null>} */
export async function weight() {
  if (!("caches" in window)) return null;
  let bytes = 0;
  for (const name of (await caches.keys()).filter((each) => each.startsWith("motcua-"))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) bytes += Number((await cache.match(request))?.headers.get("content-length") ?? 0);
  }
  return bytes ? Math.ceil(bytes / 10_000) * 10 : null;
}

/** The button that installs, or null where the browser does not offer it. @returns {any} */
export function installButton() {
  if (!early.install) return null;
  return h("button", { type: "button", class: "quiet", "data-action": "install", onclick: async () => {
    const prompt = early.install;
    early.install = null; // a browser asks once
    await prompt.prompt();
    if ((await prompt.userChoice).outcome === "accepted") await keepSetting("installed", Date.now());
    dispatchEvent(new Event("can-install"));
  } }, t("do.install"));
}

/** @type {number|null} as this page measured it: to look into each file kept takes a slow phone a tenth of a second */
let size = null;

/** Words of the offer. */
export async function installWords() {
  size ??= await weight();
  return size ? t("install.android", { n: size }) : t("install.android_short");
}
