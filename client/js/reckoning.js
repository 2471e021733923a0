/**
 * When an answer would be due, reckoned with no network from a pack's calendar: the rule of `sync/deadlines.py`, whose
 * text says what each step is for. Both answer the same cases (`tests/unit/sync/due.json`), and random ones.
 *
 * Time is whole minutes of the province, which has no daylight saving: a day is a number, and a moment a day and a minute.
 */

/**
 * @typedef {{first: string, last: string, days: Record<string, {off: boolean, why: string}>, hours: {spans: [number, number][], cutoff: number}}} Calendar
 *   as in a pack: whole years from `first` to `last`, the days in them that are not as the week says, the office's hours
 * @typedef {{count: number, unit: "hour"|"working_day"|"calendar_day"|"month"}} Allowed
 */

const AHEAD_MINUTES = 7 * 60, DAY_MINUTES = 24 * 60;
const DAY_MS = 86_400_000;

/** A day that the calendar does not cover: no date is better than a guess. */
class OutsideCalendar extends Error {}

/** @param {number} day since 1970 */
const isoOf = (day) => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** @param {number} day @param {Calendar} calendar */
function isOff(day, { first, last, days }) {
  const iso = isoOf(day);
  if (iso < first || iso > last) throw new OutsideCalendar(iso);
  return days[iso]?.off ?? [0, 6].includes(new Date(day * DAY_MS).getUTCDay());
}

/** When the office is open, from a moment on. @param {number} day @param {number} minute @param {Calendar} calendar @returns {[number, number]} */
function opening(day, minute, calendar) {
  for (;;) {
    const span = isOff(day, calendar) ? undefined : calendar.hours.spans.find(([, ends]) => minute < ends);
    if (span) return [day, Math.max(minute, span[0])];
    [day, minute] = [day + 1, 0];
  }
}

/** So many working minutes later; the last one of a span belongs to it. @param {[number, number]} starts @param {number} minutes @param {Calendar} calendar @returns {[number, number]} */
function later(starts, minutes, calendar) {
  let [day, minute] = starts;
  for (let left = minutes; left > 0; ) {
    [day, minute] = opening(day, minute, calendar);
    const [, ends] = /** @type {[number, number]} */ (calendar.hours.spans.find((span) => span[0] <= minute && minute < span[1]));
    const spent = Math.min(left, ends - minute);
    [left, minute] = [left - spent, minute + spent];
  }
  return [day, minute];
}

/** The same day some months on, or the last one there is. @param {number} day @param {number} months */
function plusMonths(day, months) {
  const [year, month, date] = isoOf(day).split("-").map(Number);
  const lastOf = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return Date.UTC(year, month - 1 + months, Math.min(date, lastOf)) / DAY_MS;
}

/** @param {[number, number]} starts @param {number} count @param {Calendar} calendar */
function workingDay([day, minute], count, calendar) {
  let left = count === 0 && minute >= calendar.hours.cutoff ? 1 : count;
  let at = day;
  while (left > 0) {
    at += 1;
    if (!isOff(at, calendar)) left -= 1;
  }
  return at;
}

/**
 * Return when what is received at a moment is due.
 * @param {number} received_ms @param {Allowed} allowed @param {Calendar} calendar
 * @returns {{day: string, minute: number}|null} null where the way there leaves the calendar
 */
export function dueAt(received_ms, { count, unit }, calendar) {
  try {
    const came = Math.floor(received_ms / 60_000) + AHEAD_MINUTES;
    const starts = opening(Math.floor(came / DAY_MINUTES), came % DAY_MINUTES, calendar);
    if (unit === "hour") {
      const [day, minute] = later(starts, count * 60, calendar);
      return { day: isoOf(day), minute };
    }
    let day = unit === "working_day" ? workingDay(starts, count, calendar) : unit === "month" ? plusMonths(starts[0], count) : starts[0] + count;
    while (isOff(day, calendar)) day += 1;
    return { day: isoOf(day), minute: calendar.hours.spans.at(-1)?.[1] ?? 0 };
  } catch (fault) {
    if (!(fault instanceof OutsideCalendar)) throw fault;
    return null;
  }
}
