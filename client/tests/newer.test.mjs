/** What was written elsewhere under an open form: told, and moved by the person's own press alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepOwn, newerOf, takeNewer } from "../js/newer.js";
import { Session } from "../js/session.js";

const D = "01a1ee00-0000-7000-8000-0000000000d1";
const NOW = 1_795_000_000_000;
const ROW = "kin/01a1ee00-0000-7000-8000-0000000000a1";
let made = 0;
const newId = () => `01a1ee00-0000-7000-8000-${String((made += 1)).padStart(12, "0")}`;

/** A session that pulls what the office (`office`) and others wrote. */
function phone() {
  const session = new Session({ device: "phone-1", boot: "b" });
  let rev = 1;
  const pull = (cells, office = []) => {
    const by = [...new Set(Object.values(cells).flatMap((cell) => cell.map(([, op]) => op)))];
    const wire = Object.fromEntries(Object.entries(cells).map(([path, cell]) => [path, cell.map(([value, op]) => [value, by.indexOf(op)])]));
    session.keepCopy({ id: D, rev: (rev += 1), state: "1", form: "1.004873@1", unit: "06154", procedure: "1.004873", by, office: office.map((op) => by.indexOf(op)), cells: wire }, NOW, null);
  };
  return { session, pull };
}

/** The form as it is drawn. */
function drawn(session) {
  const rendered = session.rendered(D);
  return { id: D, values: Object.fromEntries(Object.entries(rendered).map(([path, each]) => [path, each.value])), typed: {}, rendered };
}

const patched = (session, draft) => session.send({ dossier: D, procedure: "1.004873", form: "1.004873@1", unit: "06154", values: draft.values, rendered: draft.rendered, settle: draft.settle, submit: false, now: NOW, newId }).ops;
const told = (session, draft) => newerOf(session, draft).map(({ path, kind, office }) => [path, kind, office ? "office" : "other"]);

test("it says which question and by whom, and nothing of the form has moved", () => {
  const { session, pull } = phone();
  pull({ "a.name": [["An", "o1"]], "a.phone": [["09", "o1"]], "a.same": [["x", "o1"]] });
  const draft = drawn(session);
  draft.values["a.same"] = "y";
  const before = structuredClone(draft);
  pull({ "a.name": [["Ân", "o2"]], "a.phone": [["08", "o3"]], "a.same": [["y", "o3"]] }, ["o2"]);
  assert.deepEqual(told(session, draft), [["a.name", "value", "office"], ["a.phone", "value", "other"]], "what is equal is no news");
  assert.deepEqual(draft, before);
  draft.values["a.name"] = "Ăn";
  const [patch] = patched(session, draft);
  assert.deepEqual(patch.saw["a.name"], ["o1"], "what was told was not shown by the form");
});

test("taking moves the value and what was seen of that path, and of no other", () => {
  const { session, pull } = phone();
  pull({ "a.name": [["An", "o1"]], "a.born": [["2000", "o1"]] });
  const draft = drawn(session);
  Object.assign(draft, { values: { ...draft.values, "a.name": null }, typed: { "a.name": "Ă1" } });
  pull({ "a.name": [["Ân", "o2"], ["Âm", "o3"]], "a.born": [["2001", "o2"]] }, ["o2"]);
  const [born, name] = newerOf(session, draft);
  takeNewer(draft, name);
  assert.deepEqual([draft.values["a.name"], draft.typed, draft.rendered["a.name"].saw], ["Ân", {}, ["o2", "o3"]]);
  assert.deepEqual([draft.values["a.born"], draft.rendered["a.born"].saw], ["2000", ["o1"]]);
  assert.deepEqual(newerOf(session, draft), [born]);
  assert.deepEqual(patched(session, draft), [], "what was taken is not written again");
});

test("one's own that is kept is written from what was seen, also where it is as it was drawn", () => {
  const { session, pull } = phone();
  pull({ "a.name": [["An", "o1"]] });
  const draft = drawn(session);
  pull({ "a.name": [["Ân", "o2"]] }, ["o2"]);
  keepOwn(draft, newerOf(session, draft)[0]);
  assert.deepEqual(newerOf(session, draft), []);
  const kept = structuredClone(draft);
  pull({ "a.name": [["Âm", "o3"]] }, ["o3"]);
  assert.equal(newerOf(session, draft)[0].op, "o3", "another one is told again");
  takeNewer(draft, newerOf(session, draft)[0]);
  assert.deepEqual(patched(session, draft), [], "who takes it after all writes nothing");
  const [patch] = patched(session, kept);
  assert.deepEqual([patch.set, patch.saw], [{ "a.name": "An" }, { "a.name": ["o1"] }]);
});

test("own writes are no news, whether on their way or come back", () => {
  const { session, pull } = phone();
  pull({ "a.name": [["An", "o1"]] });
  const draft = drawn(session);
  const sent = session.send({ dossier: D, procedure: "1.004873", form: "1.004873@1", unit: "06154", values: { "a.name": "Ân" }, rendered: draft.rendered, submit: false, now: NOW, newId });
  const after = { ...draft, values: { "a.name": "Ân" }, rendered: sent.rendered };
  after.values["a.name"] = "Âm";
  assert.deepEqual(newerOf(session, after), []);
  pull({ "a.name": [["Ân", sent.ops[0].id]] });
  assert.deepEqual(newerOf(session, after), []);
});

test("a row that came is one piece of news and is taken whole", () => {
  const { session, pull } = phone();
  pull({ "a.name": [["An", "o1"]] });
  const draft = { ...drawn(session), none: { kin: true } };
  pull({ [ROW]: [["here", "o2"]], [`${ROW}/age`]: [[7, "o3"]], [`${ROW}/name`]: [["Páo", "o2"]] }, ["o2", "o3"]);
  assert.deepEqual(told(session, draft), [[ROW, "added", "office"]]);
  const left = structuredClone(draft);
  keepOwn(left, newerOf(session, left)[0]);
  assert.deepEqual([newerOf(session, left), patched(session, left)], [[], []]);
  takeNewer(draft, newerOf(session, draft)[0]);
  assert.deepEqual([draft.values[ROW], draft.values[`${ROW}/name`], draft.rendered[`${ROW}/age`].saw, draft.none], ["here", "Páo", ["o3"], {}]);
  assert.deepEqual(newerOf(session, draft), []);
});

test("a row that was taken away is told as a row, and can stay here", () => {
  const { session, pull } = phone();
  pull({ [`${ROW}/name`]: [["Páo", "o1"]] });
  const draft = drawn(session);
  pull({ [ROW]: [["gone", "o2"]], [`${ROW}/name`]: [["Pao", "o2"]] }, ["o2"]);
  assert.deepEqual(told(session, draft), [[ROW, "removed", "office"]]);
  const kept = structuredClone(draft);
  takeNewer(draft, newerOf(session, draft)[0]);
  assert.equal(draft.values[ROW], "gone");
  assert.deepEqual([newerOf(session, draft), patched(session, draft)], [[], []]);
  keepOwn(kept, newerOf(session, kept)[0]);
  assert.deepEqual(patched(session, kept).map(({ set, saw }) => [set, saw]), [[{ [ROW]: "here" }, {}]], "beside the other's `gone`, unseen");
});

test("a row brought back elsewhere is told where it was taken away here", () => {
  const { session, pull } = phone();
  pull({ [ROW]: [["gone", "o1"]], [`${ROW}/name`]: [["Páo", "o1"]] });
  const draft = drawn(session);
  pull({ [ROW]: [["here", "o2"]] });
  assert.deepEqual(told(session, draft), [[ROW, "back", "other"]]);
  pull({ [ROW]: [["gone", "o3"]], [`${ROW}/gone`]: [["x", "o4"]] });
  assert.deepEqual(newerOf(session, { ...draft, values: {}, typed: {}, rendered: {} }), [], "a row that came and went is no news");
});
