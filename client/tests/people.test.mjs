/** What people are called on a phone they share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shortName } from "../js/entering.js";

test("the last word of a name, and as many before it as tell people apart", () => {
  assert.equal(shortName("Hoàng Thị Ngân", []), "Ngân");
  assert.equal(shortName(" Lý  Thị Ngân ", ["Ngân"]), "Thị Ngân");
  assert.equal(shortName("Lý Thị Ngân", ["Ngân", "Thị Ngân"]), "Lý Thị Ngân");
});

test("people of one name have a number", () => {
  assert.equal(shortName("Ngân", ["Ngân"]), "Ngân (2)");
  assert.equal(shortName("Ngân", ["Ngân", "Ngân (2)"]), "Ngân (3)");
});
