/** "Gửi", and what the page holds after it: a browser may bring the page back as it was left. */
import assert from "node:assert/strict";
import { test } from "node:test";
import "./memory.mjs";

const { submit } = await import("../js/outbox.js");
const { Vault } = await import("../js/vault.js");

const NAME = "applicant.full_name";
const draft = {
  id: "0192e4a0-0000-7000-8000-0000000000d1", procedure: "1.004873", form: "1.004873@2", unit: "06154", status: "draft",
  values: { [NAME]: "An" }, typed: {}, rendered: {}, saved_ms: 1,
};

test("a page that comes back after sending writes on from what was sent", async () => {
  const vault = await Vault.open("o1");
  await vault.change(() => ({ kept: { account: { person: "p1", name: "An", short: "An", user: "", key: "k" } } }));
  const after = await submit(vault, draft, new Set());
  assert.deepEqual(after, await vault.draft(draft.id));
  await submit(vault, { ...after, values: { [NAME]: "Ân" } }, new Set());
  const [first, second] = vault.session.recordsOf(draft.id).map(({ op }) => op).filter(({ type }) => type === "patch");
  assert.deepEqual(second.saw, { [NAME]: [first.id] }, "no two versions of one person's own words");
  vault.close();
});

test("without an owner it is locked, and the page knows", async () => {
  const vault = await Vault.open("o2");
  const after = await submit(vault, draft, new Set(["spouse.full_name"]));
  assert.deepEqual([after.status, after], ["locked", await vault.draft(draft.id)]);
  vault.close();
});
