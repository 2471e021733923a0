/** What the first bytes of a file say, and what is cut off before a browser sees it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bare, headerOf } from "../js/headers.js";

const segment = (marker, ...body) => [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
const ascii = (text) => [...text].map((letter) => letter.charCodeAt(0));
const frame = (width, height) => segment(0xc0, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0);
const scan = [0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9];
/** Exif with one entry, in either order of bytes. */
function exif(orientation, little) {
  const two = (value) => (little ? [value & 255, value >> 8] : [value >> 8, value & 255]);
  const four = (value) => (little ? [...two(value), 0, 0] : [0, 0, ...two(value)]);
  return segment(0xe1, ...ascii("Exif\0\0"), ...(little ? ascii("II") : ascii("MM")), ...two(42), ...four(8), ...two(1), ...two(0x0112), ...two(3), ...four(1), ...two(orientation), 0, 0, ...four(0));
}
const jpeg = (...segments) => new Uint8Array([0xff, 0xd8, ...segments.flat(), ...scan]);

test("the size and the orientation of a JPEG, in both orders of bytes", () => {
  for (const little of [true, false]) {
    for (let value = 1; value <= 8; value += 1) {
      assert.deepEqual(headerOf(jpeg(segment(0xe0, ...ascii("JFIF\0")), exif(value, little), frame(4000, 3000))), { kind: "jpeg", orientation: value, width: 4000, height: 3000 });
    }
  }
  assert.equal(headerOf(jpeg(exif(9, true), frame(40, 30))).orientation, 1);
});

test("other kinds by their beginning, and not by their name", () => {
  const png = new Uint8Array([0x89, ...ascii("PNG\r\n\x1a\n"), 0, 0, 0, 13, ...ascii("IHDR"), 0, 0, 4, 0, 0, 0, 3, 0, 8, 2, 0, 0, 0, 1, 2, 3, 4]);
  assert.deepEqual(headerOf(png), { kind: "png", width: 1024, height: 768, orientation: 1 });
  const webp = new Uint8Array([...ascii("RIFF"), 0, 0, 0, 0, ...ascii("WEBPVP8X"), 10, 0, 0, 0, 0, 0, 0, 0, 0x8f, 1, 0, 0x2b, 1, 0]);
  assert.deepEqual(headerOf(webp), { kind: "webp", width: 400, height: 300, orientation: 1 });
  assert.equal(headerOf(new Uint8Array(ascii("%PDF-1.7\n".padEnd(40)))).kind, "pdf");
  for (const text of ["<svg xmlns='http://www.w3.org/2000/svg'></svg>", "GIF89a".padEnd(40), "", "x"]) assert.equal(headerOf(new Uint8Array(ascii(text))).kind, "other", text);
});

test("what a camera wrote goes, colours stay, and the picture is the same", () => {
  const icc = segment(0xe2, ...ascii("ICC_PROFILE\0"), 1, 2, 3);
  const adobe = segment(0xee, ...ascii("Adobe"), 0);
  const jfif = segment(0xe0, ...ascii("JFIF\0"));
  const bytes = jpeg(jfif, exif(6, true), icc, segment(0xe1, ...ascii("http://ns.adobe.com/xap/1.0/\0GPS")), segment(0xed, ...ascii("Photoshop")), adobe, frame(40, 30));
  const cut = bare(bytes);
  assert.deepEqual(cut, jpeg(jfif, icc, adobe, frame(40, 30)));
  assert.deepEqual(headerOf(cut), { kind: "jpeg", orientation: 1, width: 40, height: 30 });
});

test("lengths that do not add up end the reading, and nothing else", () => {
  let state = 1;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const whole = jpeg(exif(6, true), frame(40, 30));
  for (let at = 0; at < whole.length; at += 1) headerOf(whole.slice(0, at));
  for (let run = 0; run < 3_000; run += 1) {
    const broken = whole.slice();
    for (let hits = 0; hits < 4; hits += 1) broken[2 + Math.floor(random() * (broken.length - 2))] = Math.floor(random() * 256);
    const { orientation } = headerOf(broken);
    assert.ok(orientation >= 1 && orientation <= 8);
    bare(broken);
  }
});
