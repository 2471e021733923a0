/** "Vì sao ngày này?": the day that was promised, and each day counted or skipped on the way there. Readable with no network. */
import { h } from "./dom.js";
import { folding } from "./folding.js";
import { dateOf, dayText, msOf, timeOf } from "./moments.js";
import { inside, lastStep } from "./national.js";
import { languageNow, t } from "./texts.js";

/** @typedef {import("./session.js").Copy} Copy */

/** States in which the office's time runs, and stands still (domain A5). */
const RUNS = ["2", "4"];
const STANDS_STILL = ["5", "6", "7"];

/** What the reckoning says of a day, as the engine writes it; names of holidays stay as they are. @type {Record<string, string>} */
const WHY = {
  "ngày tiếp nhận": "why.received", "tới ngoài giờ làm việc": "why.too_late", "tới sau giờ nhận việc trả trong ngày": "why.after_cutoff",
  "ngày làm việc": "why.working", "tính cả ngày nghỉ": "why.calendar", "ngày làm việc gần nhất sau đó": "why.pushed",
  "thứ Bảy": "why.weekend", "Chủ nhật": "why.weekend",
};
const STOOD_STILL = "tạm dừng chờ";

/** @param {string} why */
const whyText = (why) => (languageNow() !== "vi" || WHY[why] === "why.weekend" ? (why in WHY ? t(WHY[why]) : why.replace(STOOD_STILL, t("why.stood_still"))) : why);

/**
 * The reckoning as sentences, one a day, and what came of it.
 * @param {Copy} copy
 * @returns {{words: string, counted: boolean}[]}
 */
export function whyLines({ trace, due, ...rest }) {
  const days = trace.map(({ date, counted, why = "" }) => {
    const stood = why.startsWith(STOOD_STILL);
    const day = `${t(`weekday.${new Date(date).getUTCDay()}`)} ${dayText(date)}`;
    const words = stood ? `${whyText(why)}: ${t("due.to", { date: dayText(date) })}` : `${day}: ${t(counted ? "due.counted" : "due.skipped")}, ${whyText(why)}`;
    return { words: words[0].toUpperCase() + words.slice(1), counted };
  });
  const moved = lastStep(/** @type {any} */ (rest), "reappoint");
  const reckoned = moved ? (moved.args?.was ?? trace.at(-1)?.date) : due;
  if (reckoned && trace.length) days.push({ words: t("due.result", { date: dayText(reckoned) }), counted: false });
  if (moved && due) days.push({ words: t("due.moved", { date: dayText(moved.args?.due ?? due), reason: inside(moved.reason) }), counted: false });
  return days;
}

/** @param {Copy|undefined} copy @returns {any} null where no day was promised, or nothing is to be waited for any more */
export function dueView(copy) {
  if (!copy?.due || ![...RUNS, ...STANDS_STILL].includes(copy.state)) return null;
  const lines = whyLines(copy);
  const stopped = STANDS_STILL.includes(copy.state) ? stoppedAt(copy) : null;
  const ms = msOf(copy.due);
  return h("section", { "data-due": copy.due }, h("h2", {}, t("due.title")),
    h("p", {}, h("strong", {}, t("due.day", { date: dateOf(ms), time: timeOf(ms) }))),
    stopped ? h("p", {}, t("due.paused", { date: dateOf(stopped), time: timeOf(stopped) })) : null,
    lines.length ? folding(`due ${copy.id}`, t("due.why"), h("ul", { class: "plain" }, ...lines.map(({ words, counted }) => h("li", { "data-counted": String(counted) }, words)))) : null);
}

/** Since when the office's time stands still: the first step after it last ran. @param {Copy} copy @returns {number|null} */
function stoppedAt({ steps }) {
  const ran = steps.map((step) => RUNS.includes(step.state)).lastIndexOf(true);
  return ran < 0 ? null : (steps[ran + 1]?.at ?? null);
}
