/** When the outbox is emptied: at the start, on coming back, when there is a network again, by the clock, and by hand. */
import { keepSetting } from "./db.js";
import { drain } from "./sync.js";
import { tellSignOut } from "./accounts.js";
import { NoAnswer } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */

const FRESH_MS = 60_000;
const TICK_MS = 1_000;

/** Try now, whatever the clock says. @param {Vault} vault */
export async function sendNow(vault) {
  await drain(vault, { force: true });
}

/** Ask for news. @param {Vault} vault */
export async function askAboutNews(vault) {
  await drain(vault, { force: true });
}

/**
 * Keep an account in touch while a page is open.
 * @param {Vault} vault
 */
export function stayInTouch(vault) {
  const run = (/** @type {boolean} */ force) => void drain(vault, { force }).then(() => keepSetting("contact", vault.session.meta.contact_ms));
  const waits = () => [...vault.session.outbox.values()].some((record) => record.status === "waiting");
  const stale = () => Date.now() - (vault.session.meta.contact_ms ?? 0) > FRESH_MS;
  addEventListener("online", () => run(true));
  addEventListener("focus", () => (waits() || stale()) && run(false));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && (waits() || stale()) && run(false));
  setInterval(() => {
    const { next_try_ms, paused } = vault.session.meta;
    if (document.visibilityState === "visible" && !paused && waits() && Date.now() >= next_try_ms) run(false);
  }, TICK_MS);
  run(false);
}

/** Tell the server of a sign-out that it has not heard of. */
export async function settleSignOut() {
  try {
    await tellSignOut();
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault; // no network: at the next start
  }
}
