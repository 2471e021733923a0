/** What looks too blurred or dark to be read is asked about, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDoubtful } from "../js/sharpness.js";

const SIDE = 40;
/** @param {(x: number, y: number) => number} grey */
const tile = (grey) => ({ width: SIDE, data: new Uint8ClampedArray(Array.from({ length: SIDE * SIDE }, (_, at) => [...Array(3).fill(grey(at % SIDE, Math.floor(at / SIDE))), 255]).flat()) });
const blank = tile(() => 240);
const writing = tile((x, y) => (y % 10 < 2 && x % 3 ? 30 : 240));
const blurred = tile((x, y) => 200 + 30 * Math.sin((x + y) / 9));
const dark = tile((x, y) => (y % 10 < 2 ? 5 : 30));

test("writing in one of nine places is enough", () => {
  assert.equal(isDoubtful([...Array(8).fill(blank), writing]), false);
});

test("soft shades everywhere are a blur, and a page in the dark is dark", () => {
  assert.equal(isDoubtful(Array(9).fill(blurred)), true);
  assert.equal(isDoubtful(Array(9).fill(dark)), true);
});
