/** Moments as people here write them, in the time of the province. */
const ZONE = "Asia/Ho_Chi_Minh";
const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const TIME = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });

/**
 * The day as ISO text, put together here: in which order a locale writes a day is not the same in each browser.
 * @param {number} ms since 1970
 */
function isoOf(ms) {
  const { year, month, day } = Object.fromEntries(DAY.formatToParts(ms).map((part) => [part.type, part.value]));
  return `${year}-${month}-${day}`;
}

/** How far this phone's clock is behind the system's, in ms, and the latest moment the system has told. */
const clock = { behind_ms: 0, latest_ms: 0 };

/**
 * Learn from the system's time what day it really is: a phone's clock may be wrong by years.
 * @param {{contact_ms: number|null, server_ms: number|null}} meta
 */
export function learnClock({ contact_ms, server_ms }) {
  if (contact_ms === null || server_ms === null) return;
  clock.behind_ms = server_ms - contact_ms;
  clock.latest_ms = Math.max(clock.latest_ms, server_ms);
}

/** Now, by the system's time as far as it is known. */
export const nowMs = () => Math.max(Date.now() + clock.behind_ms, clock.latest_ms);

/** Today as ISO text, by the same. */
export const today = () => isoOf(nowMs());

/** 2026-11-24 → 24/11/2026, 2026-11 → 11/2026. @param {string} iso */
export const dayText = (iso) => iso.slice(0, 10).split("-").reverse().join("/");

/** @param {number} ms since 1970 */
export const dateOf = (ms) => dayText(isoOf(ms));

/** @param {number} ms since 1970 */
export const timeOf = (ms) => TIME.format(ms);

/** @param {string|number} moment RFC 3339 or ms */
export const msOf = (moment) => (typeof moment === "number" ? moment : Date.parse(moment));
