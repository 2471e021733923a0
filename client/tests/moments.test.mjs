// Browsers do not agree on how a locale writes a day: where Canada's is 11/24/2026, days must stay what they are.
import assert from "node:assert/strict";
import { test } from "node:test";

const DateTimeFormat = Intl.DateTimeFormat;
Intl.DateTimeFormat = class extends DateTimeFormat {
  constructor(locale, options) {
    super(locale === "en-CA" ? "en-US" : locale, options);
  }
};
const { dateOf, learnClock, today } = await import("../js/moments.js");

const LATE_EVENING_UTC = Date.UTC(2040, 2, 4, 20, 30);

test("a day is written as people here write it, in the time of the province", () => {
  assert.equal(dateOf(LATE_EVENING_UTC), "05/03/2040");
});

test("today is ISO text in every browser", () => {
  learnClock({ contact_ms: Date.now(), server_ms: LATE_EVENING_UTC });
  assert.equal(today(), "2040-03-05");
});
