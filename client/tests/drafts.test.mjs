/** Drafts: nothing typed is thrown away, and only what counts is counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, answersOf, faultsOf, hiddenOf, newDraft, rowsOf, typedOf, unitOf } from "../js/drafts.js";
import { newId } from "../js/ids.js";
import { valuesToSend } from "../js/outbox.js";

const label = { vi: "Mục" };
const form = {
  procedure: "9.000001", version: 1, title: label, rules: [], slots: [],
  sections: [
    { key: "who", title: label, fields: [
      { key: "phone", kind: "phone", label, required: true },
      { key: "born", kind: "partial_date", label },
      { key: "home", kind: "address", label },
      { key: "kin", kind: "yes_no", label, default: false },
      { key: "why", kind: "text", label, when: { field: "who.kin", is: true } },
    ] },
    { key: "members", title: label, rows: { min: 0, max: 3 }, fields: [{ key: "name", kind: "name", label, required: true }] },
  ],
};
const field = (/** @type {string} */ key) => form.sections[0].fields.find((each) => each.key === key);

test("what cannot be read yet stays in the box and does not count", () => {
  const draft = newDraft(form);
  answer(draft, field("phone"), "who.phone", "0987 65", {});
  assert.equal(typedOf(draft, field("phone"), "who.phone"), "0987 65");
  assert.equal("who.phone" in answersOf(draft), false);
  assert.deepEqual(faultsOf(form, draft, {}).map(({ path, key }) => [path, key]), [["who.phone", "err.phone"]]);
  answer(draft, field("phone"), "who.phone", "0987 654 321", {});
  assert.equal(draft.values["who.phone"], "0987654321");
  assert.deepEqual(draft.typed, {});
  assert.deepEqual(faultsOf(form, draft, {}), []);
});

test("an empty required field is named", () => {
  assert.deepEqual(faultsOf(form, newDraft(form), {}).map(({ path, code }) => [path, code]), [["who.phone", "required"]]);
});

test("a hidden answer is kept in the draft and not sent", () => {
  const draft = newDraft(form);
  answer(draft, field("kin"), "who.kin", true, {});
  answer(draft, field("why"), "who.why", "vì xa", {});
  answer(draft, field("kin"), "who.kin", false, {});
  const hidden = hiddenOf(form, draft);
  assert.ok(hidden.has("who.why"));
  assert.equal(draft.values["who.why"], "vì xa");
  assert.equal("who.why" in valuesToSend(draft, hidden), false);
});

test("a row that is gone comes back with its answers", () => {
  const draft = newDraft(form);
  const row = newId(Date.now());
  draft.values[`members/${row}`] = "here";
  draft.values[`members/${row}/name`] = "An";
  assert.deepEqual(rowsOf(draft, "members"), [row]);
  draft.values[`members/${row}`] = "gone";
  assert.deepEqual(rowsOf(draft, "members"), []);
  assert.equal(`members/${row}/name` in answersOf(draft), false);
  draft.values[`members/${row}`] = "here";
  assert.equal(answersOf(draft)[`members/${row}/name`], "An");
});

test("a date comes back into its boxes as it was given", () => {
  const draft = newDraft(form);
  answer(draft, field("born"), "who.born", { day: "", month: "5", year: "1986", precision: "month" }, {});
  assert.equal(draft.values["who.born"], "1986-05");
  assert.deepEqual(typedOf(draft, field("born"), "who.born"), { day: "", month: "05", year: "1986", precision: "month" });
});

test("the office is the one chosen, else that of the first address", () => {
  const draft = newDraft(form);
  assert.equal(unitOf(form, draft), null);
  answer(draft, field("home"), "who.home", { country: "VN", province: "20", commune: "06154", detail: "" }, {});
  assert.equal(unitOf(form, draft), "06154");
  draft.unit = "05977";
  assert.equal(unitOf(form, draft), "05977");
});

test("an id is a UUIDv7 that begins with its time", () => {
  const id = newId(0x0192_0000_0001);
  assert.match(id, /^01920000-0001-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
