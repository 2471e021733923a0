/**
 * What photographs may cost: on Wi-Fi only, or so much a day by mobile data; a day is one of the province. Browsers that
 * do not say what they are connected by count as mobile data, and cannot be held to Wi-Fi.
 */
import { ignoreFull } from "./autosave.js";
import { keepSetting, setting } from "./db.js";
import { today } from "./moments.js";

const LIMITS = "photos";
const USED = "photos-used";
/** Some 65 pages; a dossier has five. 0: no limit. */
const BUDGET_MB = 20;

/** @typedef {{wifi_only: boolean, budget_mb: number, allowed: string|null}} Limits `allowed`: the day on which a person said "send now" */

/** @returns {Promise<Limits>} */
export const limits = async () => ({ wifi_only: false, budget_mb: BUDGET_MB, allowed: null, ...(await setting(LIMITS)) });

/** @param {Partial<Limits>} values */
export const setLimits = async (values) => keepSetting(LIMITS, { ...(await limits()), ...values });

/** What this phone is connected by, where its browser says so. @returns {"free"|"paid"|"unknown"} */
export function connection() {
  const type = /** @type {any} */ (globalThis.navigator)?.connection?.type;
  if (type === undefined || type === "unknown") return "unknown";
  return type === "wifi" || type === "ethernet" ? "free" : "paid";
}

/** @returns {Promise<number>} bytes of photographs sent today by what costs money */
export async function usedToday() {
  const used = await setting(USED);
  return used?.day === today() ? used.bytes : 0;
}

/** Why nothing may be sent now, or null. @returns {Promise<"wifi"|"budget"|null>} */
export async function mayNotSend() {
  const by = connection();
  if (by === "free") return null;
  const { wifi_only, budget_mb, allowed } = await limits();
  if (allowed === today()) return null;
  if (wifi_only && by === "paid") return "wifi";
  return budget_mb > 0 && (await usedToday()) >= budget_mb * 1e6 ? "budget" : null;
}

/** @param {number} bytes */
export async function noteSent(bytes) {
  if (connection() === "free") return;
  await keepSetting(USED, { day: today(), bytes: (await usedToday()) + bytes }).catch(ignoreFull);
}
