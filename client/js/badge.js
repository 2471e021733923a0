/**
 * The number on the icon: dossiers that wait on this phone, of everybody's. Where the browser has no such number, nothing
 * happens. Each drawer's own is kept beside the others, so that nobody's drawer is opened for it.
 */
import { ignoreFull } from "./autosave.js";
import { drawers, keepSetting, setting } from "./db.js";

const COUNTS = "waiting-counts";

/**
 * Show how many dossiers wait, now that a drawer may have changed; none at 0.
 * @param {import("./vault.js").Vault} vault
 */
export async function showWaiting(vault) {
  const icon = /** @type {any} */ (navigator);
  if (!icon.setAppBadge) return;
  const waiting = new Set([...vault.session.outbox.values()].filter((record) => record.status === "waiting").map((record) => record.dossier));
  const known = (await setting(COUNTS)) ?? {};
  const there = await drawers();
  const counts = Object.fromEntries(Object.entries({ ...known, [vault.slot]: waiting.size }).filter(([slot, n]) => n && there.includes(slot)));
  if (JSON.stringify(counts) !== JSON.stringify(known)) await keepSetting(COUNTS, counts).catch(ignoreFull);
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const shown = all ? icon.setAppBadge(all) : icon.clearAppBadge();
  await shown.catch(() => null); // not installed, or switched off: the number is on the pages too
}
