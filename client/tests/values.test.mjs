/** What people paste: numbers and names with marks that nobody sees, in letters of other widths. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical } from "../js/values.js";

const label = { vi: "Mục" };
/** @param {string} kind @param {any} typed */
const read = (kind, typed) => canonical(/** @type {any} */ ({ key: "it", kind, label }), typed);

test("what a copied number brings along unseen does not count", () => {
  assert.deepEqual(read("phone", "\u202a+84 98 765\u00a04321\u202c"), { value: "0987654321" });
  assert.deepEqual(read("citizen_id", "\ufeff999\u2011186\u2013001\u200b234"), { value: "999186001234" });
  assert.deepEqual(read("citizen_id", "９９９１８６００１２３４"), { value: "999186001234" });
  assert.deepEqual(read("passport", "\u2066c 123\u00ad4567\u2069"), { value: "C1234567" });
  assert.deepEqual(read("money", "１．５００．０００ đ"), { value: 1_500_000 });
  assert.deepEqual(read("decimal", "\u22122,5"), { value: "-2.5" });
  assert.deepEqual(read("time", "８：３０"), { value: "08:30" });
  assert.deepEqual(read("email", "a\u200b@example.vn"), { value: "a@example.vn" });
  assert.deepEqual(read("partial_date", { day: "\u200e5", month: "１", year: "1986", precision: "day" }), { value: "1986-01-05" });
});

test("a name keeps every letter and loses what nobody sees", () => {
  assert.deepEqual(read("name", "Hoa\u0300ng\u00a0 Thi\u0323\u200b A\u0301nh\ufeff"), { value: "Hoàng Thị Ánh" });
  assert.deepEqual(read("name", "\u202eTriệu Mùi Ghển\u202c"), { value: "Triệu Mùi Ghển" });
  assert.deepEqual(read("name", "\u200b\u200b"), { value: null });
});

test("prose stays as it was written", () => {
  assert.deepEqual(read("text", "👨\u200d👩\u200d👧 ½ m²"), { value: "👨\u200d👩\u200d👧 ½ m²" });
});
