/** What an officer records of the person who is there, whom a dossier may be about, and the lists of the day. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./memory.mjs";

const js = fileURLToPath(new URL("../js/field/", import.meta.url));
const contents = ["likeness", "helping", "day", "summary", "units"].map((name) => `export * from "./${name}.js";`).join("\n");
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, format: "esm", write: false, define: { document: "globalThis.page", addEventListener: "globalThis.page.on" } });
globalThis.page = /** @type {any} */ ({ on() {}, body: { dataset: {} } });
const { alikeOf, countsOf, groupsOf, isAsked, isNeeded, marksOf, prefill, read, typedOf, unitOf, unitsOf } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const form = (/** @type {string} */ name) => JSON.parse(readFileSync(fileURLToPath(new URL(`../../schemas/procedures/${name}.json`, import.meta.url)), "utf8"));
const CONSENT = { text: "Cán bộ đã đọc cho tôi nghe.", version: "1", at: 1795485404137 };
const WHOLE = { procedure: "1.004873", name: " Lý  Thị Mán", citizen_id: "999 186 001 234", phone: "+84 987 654 321", relation: "self", seen: "card", channel: "field", consent: CONSENT };

test("what is recorded is what the contract names, in canonical values, and nothing of what is not asked", () => {
  const { wrong, on_behalf, channel, whom } = read({ ...WHOLE, whom: "Ai đó", seen_note: "còn lại từ trước" });
  assert.deepEqual(wrong, []);
  assert.equal(on_behalf.citizen_id, "999186001234");
  assert.equal(on_behalf.phone, "0987654321");
  assert.deepEqual(Object.keys(on_behalf).sort(), ["citizen_id", "consent", "name", "phone", "relation", "seen"]);
  assert.deepEqual([channel, whom, on_behalf.consent], ["field", "", CONSENT]);
});

test("nothing is taken for granted: each gap is said, in the order of the page", () => {
  assert.deepEqual(read({}).wrong.map(({ path }) => path), ["procedure", "name", "relation", "seen", "channel", "consent"]);
  assert.deepEqual(read({ ...WHOLE, citizen_id: "" }).wrong.map(({ path }) => path), ["citizen_id"], "a card was seen, so its number is known");
  assert.deepEqual(read({ ...WHOLE, citizen_id: "123" }).wrong.map(({ path }) => path), ["citizen_id"]);
  assert.deepEqual(read({ ...WHOLE, seen: "witness" }).wrong.map(({ path }) => path), ["seen_note"]);
  assert.deepEqual(read({ ...WHOLE, seen: "known", citizen_id: "" }).wrong, []);
  assert.deepEqual(read({ ...WHOLE, consent: null }).wrong.map(({ path }) => path), ["consent"]);
});

test("questions that an answer makes pointless are not asked", () => {
  assert.equal(isAsked("whom", { relation: "self" }), false);
  assert.equal(isAsked("whom", { relation: "family" }), true);
  assert.equal(isAsked("seen_note", { seen: "card" }), false);
  assert.equal(isNeeded("seen_note", { seen: "known" }), false);
});

test("a draft that was begun shows what was recorded", () => {
  const recorded = read(WHOLE);
  assert.deepEqual(read(typedOf({ ...recorded, procedure: "1.004873" })), recorded);
});

test("the form begins with the person who is there, and whom it is for where it asks for another", () => {
  const recorded = read({ ...WHOLE, relation: "family", whom: "Hoàng Văn Pú" });
  const draft = { values: { "applicant.phone": "0912345678" } };
  prefill(form("1.004873"), draft, recorded);
  assert.deepEqual(draft.values, { "applicant.full_name": "Lý Thị Mán", "applicant.citizen_id": "999186001234", "applicant.phone": "0912345678", "subject.full_name": "Hoàng Văn Pú" });
  const own = { values: {} };
  prefill(form("2.000815"), own, read(WHOLE));
  assert.equal(own.values["applicant.full_name"], "Lý Thị Mán");
});

test("two dossiers are alike by one ID, or by one name and date of birth, whatever the diacritics", () => {
  const marks = (/** @type {any} */ values) => marksOf(form("1.004873"), values);
  const one = { id: "d1", procedure: "1.004873", marks: marks({ "applicant.full_name": "Lý Thị Đào", "applicant.born": "1986-05-07" }) };
  const known = [
    { id: "d1", procedure: "1.004873", marks: one.marks },
    { id: "d2", procedure: "2.000635", marks: marks({ "subject.full_name": "ly thi dao", "subject.born": "1986-05-07" }) },
    { id: "d3", procedure: "1.004873", marks: marks({ "applicant.full_name": "Lý Thị Đào", "applicant.born": "1986-05-08" }) },
    { id: "d4", procedure: "1.004873", marks: marks({ "applicant.full_name": "LÝ THỊ ĐÀO", "applicant.born": "1986-05-07" }) },
  ];
  assert.deepEqual(alikeOf(one, known).map(({ id }) => id), ["d4", "d2"], "the same procedure first, and never itself");
  const card = { id: "d9", procedure: "1.001193", marks: new Set(["id 999186001234"]) };
  assert.deepEqual(alikeOf(card, [{ id: "d5", procedure: "2.000815", marks: marksOf(form("2.000815"), { "applicant.citizen_id": "999186001234" }) }]).map(({ id }) => id), ["d5"]);
  assert.equal(alikeOf({ ...one, marks: marks({ "applicant.full_name": "Lý Thị Đào" }) }, known).length, 0, "a name alone says nothing");
});

test("the day's list has what needs the officer first, and of earlier days what the office has not received", () => {
  const work = (/** @type {string} */ id, /** @type {string} */ state, isToday = true) => ({ id, title: id === "e" ? "B" : "A", state: { id: state }, isToday });
  const taken = [work("a", "saved"), work("b", "waiting"), work("c", "received"), work("d", "received", false), work("e", "refused"), { ...work("f", "partly"), state: { id: "partly", bad: 1 } }];
  assert.deepEqual(groupsOf(taken).map(([key, works]) => [key, works.map(({ id }) => id).join("")]), [["day.needs_you", "ef"], ["day.drafts", "a"], ["day.waiting", "b"], ["day.sent", "c"], ["day.before", "d"]]);
  assert.deepEqual([...countsOf(taken)], [["A", { drafts: 1, waiting: 2, sent: 2 }], ["B", { drafts: 0, waiting: 1, sent: 0 }]]);
});

test("who takes in for several units chooses, once; who sees only, or does so in one, is not asked", () => {
  const roles = [["06151", "inspector"], ["06154", "counter"], ["06154", "handler"], ["06157", "head"]].map(([unit, role]) => ({ unit, role }));
  const vault = (/** @type {any} */ kept, held = roles) => ({ account: { roles: held }, kept });
  assert.deepEqual(unitsOf({ roles }), ["06154", "06157"]);
  assert.equal(unitOf(vault({})), "", "nobody guesses between two");
  assert.equal(unitOf(vault({ unit: "06157" })), "06157");
  assert.equal(unitOf(vault({ unit: "06151" })), "", "what was chosen once and is theirs no more");
  assert.equal(unitOf(vault({ unit: "06151" }, roles.slice(0, 3))), "06154");
  assert.deepEqual([unitsOf(null), unitOf(vault({}, []))], [[], ""]);
  assert.deepEqual(read({ ...WHOLE, unit: "" }).wrong.map(({ path }) => path), ["unit"]);
  assert.equal(read({ ...WHOLE, unit: "06157" }).unit, "06157");
  assert.equal("unit" in read(WHOLE), false, "a draft keeps the unit it has");
});
