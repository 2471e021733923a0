/** What a provisional slip prints, and how its picture breaks lines. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const js = fileURLToPath(new URL("../js/", import.meta.url));
const contents = 'export * from "./slipfacts.js"; export { wrapped } from "./slippicture.js"; export { modulesOf } from "./qr.js"; export { default as decodeQR } from "qr/decode.js"; export { whole, newCode } from "./codes.js";';
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, minify: true, format: "esm", write: false });
const m = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const form = JSON.parse(readFileSync(new URL("../../schemas/procedures/2.000815.json", import.meta.url), "utf8"));
const single = JSON.parse(readFileSync(new URL("../../schemas/procedures/1.004873.json", import.meta.url), "utf8"));
const printed = (/** @type {any} */ of, /** @type {any} */ values, /** @type {any[]} */ conflicts = []) => m.printedParts(of, values, conflicts, {}, "2026-11-24");
const texts = (/** @type {any[]} */ parts) => parts.flatMap(({ lines }) => lines.flatMap((/** @type {any} */ line) => line.texts));

test("all that is marked for print is printed, and nothing else", () => {
  const said = texts(printed(single, { "applicant.full_name": "Hoàng Thị Ngân", "applicant.citizen_id": "999186001234", "applicant.phone": "0987654321", "applicant.born": "1986-05", "result.copies": 2 }));
  assert.deepEqual(said, ["Hoàng Thị Ngân", "05/1986", "999 186 001 234", "2"]);
});

test("what is not asked is not printed, whatever it says", () => {
  const values = { "applicant.relation": "self", "subject.full_name": "Một người khác", "marital.status": "single", "marital.spouse_name": "Không còn nữa" };
  assert.ok(!texts(printed(single, values)).includes("Một người khác"));
  assert.ok(!texts(printed(single, values)).includes("Không còn nữa"));
  assert.ok(texts(printed(single, { ...values, "applicant.relation": "other" })).includes("Một người khác"));
});

test("a value in dispute is printed with all that it is in dispute with, equal ones once", () => {
  const siblings = ["Hoàng Thị Ngân", "Hoàng Thị Ngần", "Hoàng Thị Ngân"].map((value) => ({ value }));
  const [part] = printed(single, { "applicant.full_name": "Hoàng Thị Ngân" }, [{ path: "applicant.full_name", siblings }]);
  assert.deepEqual(part.lines[0].texts, ["Hoàng Thị Ngân", "Hoàng Thị Ngần"]);
});

test("each row is a part with its number, those taken away are none, and figures are printed too", () => {
  const row = (/** @type {string} */ id, /** @type {string} */ name) => ({ [`papers/${id}/name`]: name, [`papers/${id}/pages`]: 3, [`papers/${id}/copies`]: 2 });
  const [a, b, c] = [1, 2, 3].map((n) => `01a1ee00-0000-7000-8000-00000000000${n}`);
  const parts = printed(form, { [`papers/${a}`]: "here", ...row(a, "Giấy khai sinh"), [`papers/${b}`]: "gone", ...row(b, "Đã bỏ"), [`papers/${c}`]: "here", ...row(c, "Bằng lái") });
  assert.deepEqual(parts.map((/** @type {any} */ part) => part.title).filter((/** @type {string} */ title) => / \d$/.test(title)).map((/** @type {string} */ title) => title.at(-1)), ["1", "2"]);
  assert.equal(texts(parts).filter((/** @type {string} */ text) => text === "10.000 đ").length, 2);
  assert.ok(!texts(parts).includes("Đã bỏ"));
});

test("it was completed when it was last sent off; a draft never was", () => {
  const record = (/** @type {string} */ type, /** @type {number} */ at) => ({ op: { type, at } });
  assert.equal(m.completedAt([record("create", 1), record("submit", 2), record("patch", 3), record("submit", 4)], { status: "sent" }), 4);
  assert.equal(m.completedAt([], { status: "locked", saved_ms: 7 }), 7);
  assert.equal(m.completedAt([record("create", 1)], { status: "draft", saved_ms: 7 }), null);
});

test("words fit the picture, and a word that is too long is broken", () => {
  const width = (/** @type {string} */ words) => words.length;
  assert.deepEqual(m.wrapped("Phiếu này  chỉ ghi lại", width, 10), ["Phiếu này", "chỉ ghi", "lại"]);
  assert.deepEqual(m.wrapped("ba abcdefghijkl", width, 5), ["ba", "abcde", "fghij", "kl"]);
  assert.deepEqual(m.wrapped("", width, 5), [""]);
});

test("what is drawn as a QR code is read as what it was", () => {
  const url = `https://motcua.example/tra-cuu#${m.whole(m.newCode("7K2M"))}`;
  const modules = m.modulesOf(url);
  const side = modules.length * 4;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) for (let x = 0; x < side; x += 1) if (modules[Math.floor(y / 4)][Math.floor(x / 4)]) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  assert.equal(m.decodeQR({ width: side, height: side, data }), url);
});

test("until when there may be an answer is said only with the pack's times and calendar, by the dossier's channel", () => {
  const { calendar } = JSON.parse(readFileSync(new URL("../../tests/unit/sync/due.json", import.meta.url), "utf8"));
  const procedures = [{ code: "1.004873", times: { "": { count: 3, unit: "working_day" }, field: { count: 5, unit: "working_day" } } }, { code: "2.000815", days_text: "Trong ngày" }];
  const pack = { parts: { calendar, procedures } };
  const now = Date.parse("2026-11-20T09:14:00+07:00");
  assert.equal(m.estimateOf(pack, "1.004873", "online", now), "26/11/2026", "a week-end and a day off are no working days");
  assert.equal(m.estimateOf(pack, "1.004873", "field", now), "30/11/2026");
  assert.equal(m.estimateOf(pack, "1.004873", "online", Date.parse("2026-11-20T17:30:00+07:00")), "27/11/2026", "after closing it comes on Monday");
  assert.equal(m.estimateOf(pack, "2.000815", "online", now), "", "a time that is only told in words is not reckoned with");
  assert.equal(m.estimateOf(pack, "1.001193", "online", now), "");
  assert.equal(m.estimateOf(null, "1.004873", "online", now), "");
  assert.equal(m.estimateOf({ parts: { procedures } }, "1.004873", "online", now), "");
  assert.equal(m.estimateOf({ parts: { procedures, calendar: { version: "x", days: {} } } }, "1.004873", "online", now), "", "a pack of before has no hours");
  assert.equal(m.estimateOf(pack, "1.004873", "online", Date.parse("2027-12-31T18:00:00+07:00")), "", "the calendar ends");
});
