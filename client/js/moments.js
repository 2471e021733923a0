/** Moments as people here write them, in the time of the province. */
const ZONE = "Asia/Ho_Chi_Minh";
const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const TIME = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });

/** Today as ISO text. */
export const today = () => DAY.format(new Date());

/** 2026-11-24 → 24/11/2026, 2026-11 → 11/2026. @param {string} iso */
export const dayText = (iso) => iso.slice(0, 10).split("-").reverse().join("/");

/** @param {number} ms since 1970 */
export const dateOf = (ms) => dayText(DAY.format(ms));

/** @param {number} ms since 1970 */
export const timeOf = (ms) => TIME.format(ms);

/** @param {string|number} moment RFC 3339 or ms */
export const msOf = (moment) => (typeof moment === "number" ? moment : Date.parse(moment));
