/** Where a question stands, what is asked about, and what a search finds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { standing } from "../js/conditions.js";
import { goneRowsOf, newDraft } from "../js/drafts.js";
import { newId } from "../js/ids.js";
import { canonical } from "../js/values.js";

const js = fileURLToPath(new URL("../js/", import.meta.url));
const contents = ["addresses", "asks", "questions", "pickers"].map((name) => `export * from "./${name}.js";`).join("\n");
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, format: "esm", write: false }); // texts are JSON, which Node 20 imports in another spelling
const { arranged, communeOptions, hitsOf, openAsks, sayRight } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const label = { vi: "Mục" };
const text = (/** @type {string} */ key, /** @type {any} */ when) => ({ key, kind: "text", label, when });
const section = { key: "s", title: label, fields: [
  text("a"), text("b"), text("c", { field: "s.a", is: "x" }), text("d", { all: [{ field: "s/c", filled: true }, { field: "t.z", filled: true }] }),
  text("e", { not: { field: "s.b", is: "y" } }), text("f", { field: "t.z", filled: true }), text("g", { field: "s.h", filled: true }), text("h"),
] };

test("a question stands right under the last one its condition speaks of, and none is lost", () => {
  assert.deepEqual(arranged(section).map((/** @type {any} */ { field, depth }) => `${field.key}${depth}`), ["a0", "c1", "d2", "b0", "e1", "f0", "g0", "h0"]);
});

test("a warning is asked again when, and only when, an answer it is about has changed", () => {
  const form = { procedure: "9.000001", version: 1, title: label, slots: [],
    sections: [{ key: "who", title: label, fields: [{ key: "id", kind: "citizen_id", label }, { key: "born", kind: "partial_date", label }] }],
    rules: [{ id: "fits", level: "warn", check: { id_fits: "who.id", born: "who.born" }, fields: ["who.id", "who.born"], message: label }] };
  const draft = newDraft(form);
  Object.assign(draft.values, { "who.id": "020186001234", "who.born": "1987" });
  const [ask] = openAsks(form, draft);
  assert.deepEqual([ask.path, ask.paths], ["who.id", ["who.id", "who.born"]]);
  sayRight(draft, ask);
  assert.deepEqual(openAsks(form, draft), []);
  draft.values["who.born"] = "1988";
  assert.equal(openAsks(form, draft).length, 1);
  draft.values["who.born"] = "1986";
  assert.deepEqual(openAsks(form, draft), []);
});

test("what must be answered follows the answers", () => {
  const form = { procedure: "9.000001", version: 1, title: label, rules: [], slots: [],
    sections: [{ key: "s", title: label, fields: [text("a"), { ...text("b"), required: { field: "s.a", filled: true } }, { ...text("c"), required: true }] }] };
  assert.deepEqual([...standing(/** @type {any} */ (form), {}, "2026-11-24").required], ["s.c"]);
  assert.deepEqual([...standing(/** @type {any} */ (form), { "s.a": "x" }, "2026-11-24").required], ["s.b", "s.c"]);
});

test("a row that was removed is remembered only where something was in it", () => {
  const [one, two, three] = [1, 2, 3].map((at) => newId(at));
  const draft = { values: { [`r/${one}`]: "gone", [`r/${one}/a`]: "x", [`r/${two}`]: "gone", [`r/${three}`]: "here", [`r/${three}/a`]: "y" }, typed: {} };
  assert.deepEqual(goneRowsOf(draft, "r"), [one]);
});

test("communes of one name are told apart by their old district", () => {
  const former = (/** @type {string} */ district) => ["Xã Cũ", district];
  const options = communeOptions([
    { code: "1", name: "Tân Tiến", type: "commune", former: former("Huyện Tràng Định") },
    { code: "2", name: "Tân Tiến", type: "commune", former: former("Huyện Bình Gia") },
    { code: "3", name: "Tân Tiến", type: "ward", former: former("Huyện Cao Lộc") },
  ]);
  assert.deepEqual(options.map((/** @type {any} */ option) => option.words), ["Xã Tân Tiến (Huyện Tràng Định)", "Xã Tân Tiến (Huyện Bình Gia)", "Phường Tân Tiến"]);
});

test("an hour may be written without a colon", () => {
  const time = /** @type {any} */ ({ key: "t", kind: "time", label });
  for (const typed of ["09:14", "9h14", "0914", "914", "9.14"]) assert.deepEqual(canonical(time, typed), { value: "09:14" }, typed);
  for (const typed of ["9", "2514", "12345"]) assert.ok("fault" in canonical(time, typed), typed);
});

test("a search takes the words as they stand, and any order only where none has them so", () => {
  const names = [["xa hoa tham huyen binh gia"], ["xa hoa binh huyen van lang"], ["xa tan van"]];
  assert.deepEqual(hitsOf(names, ["hoa", "binh"]), [false, true, false]);
  assert.deepEqual(hitsOf(names, ["lang", "hoa"]), [false, true, false]);
  assert.deepEqual(hitsOf(names, []), [true, true, true]);
});
