/**
 * When the outbox is emptied: at the start, on coming back, when there is a network again, by the clock, and by hand.
 *
 * A browser's `online` says little: the tower may be far and the server asleep. So while work waits in sight of a person
 * and the last try met silence, the phone knocks with the smallest question there is and sends when it is answered. A
 * server that asked for time gets it.
 */
import { ignoreFull } from "./autosave.js";
import { setting } from "./db.js";
import { drain } from "./sync.js";
import { TROUBLE } from "./trouble.js";
import { ask, NoAnswer } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */

const FRESH_MS = 60_000;
const TICK_MS = 1_000;
const KNOCK_MS = 5_000;

/** Send what waits and ask for news now, whatever the clock says. @param {Vault} vault */
export async function sendNow(vault) {
  await drain(vault, { force: true });
}

/**
 * Keep an account in touch while a page is open.
 * @param {Vault} vault
 */
export function stayInTouch(vault) {
  const run = (/** @type {boolean} */ force) => void drain(vault, { force }).catch(ignoreFull); // an answer that was not kept is asked for again
  const waits = () => vault.waits;
  const isSilent = async () => ["silent", "portal"].includes(await setting(TROUBLE));
  const stale = () => Date.now() - (vault.session.meta.contact_ms ?? 0) > FRESH_MS;
  vault.addEventListener("ended", () => location.replace("/"));
  addEventListener("online", () => run(true));
  addEventListener("focus", () => (waits() || stale()) && run(false));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && (waits() || stale()) && run(false));
  let knocked_ms = Date.now();
  let knocking = false;
  const knock = async () => {
    knocking = true;
    if ((await isSilent()) && (await isAnswered())) run(true);
    knocked_ms = Date.now();
    knocking = false;
  };
  setInterval(() => {
    const { next_try_ms, paused } = vault.session.meta;
    if (document.visibilityState !== "visible" || paused || !waits()) return;
    if (Date.now() >= next_try_ms) run(false);
    else if (!knocking && Date.now() - knocked_ms >= KNOCK_MS) void knock();
  }, TICK_MS);
  void isSilent().then((silent) => run(silent && waits()));
}

/** Whether the server can be heard. @returns {Promise<boolean>} */
export async function isAnswered() {
  try {
    return (await ask("/health")).json?.status === "ok";
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    return false;
  }
}
