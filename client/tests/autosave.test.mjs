/** Autosave: "saved" is said when it is so, and unsaid from the first key on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Autosave, isFull } from "../js/autosave.js";

/** @param {() => Promise<void>} save */
function watched(save) {
  /** @type {string[]} */
  const told = [];
  return { told, autosave: new Autosave(save, (state) => told.push(state)) };
}

test("what is typed while it saves is saved too before it says so", async () => {
  /** @type {(() => void)[]} */
  const pending = [];
  const { told, autosave } = watched(() => new Promise((done) => pending.push(() => done())));
  autosave.touch();
  const flushed = autosave.flush();
  autosave.touch();
  pending[0]();
  assert.equal(await flushed, false);
  assert.deepEqual(told, ["saving", "saving"]);
  const again = autosave.flush();
  pending[1]();
  assert.equal(await again, true);
  assert.deepEqual(told, ["saving", "saving", "saved"]);
});

test("a failure is told, and the work is still unsaved", async () => {
  const { told, autosave } = watched(() => Promise.reject(new DOMException("full", "QuotaExceededError")));
  autosave.touch();
  assert.equal(await autosave.flush(), false);
  assert.deepEqual(told, ["saving", "unsaved"]);
  assert.ok(autosave.isDirty);
});

test("nothing to save is no write", async () => {
  const { told, autosave } = watched(() => Promise.reject(new Error("written")));
  assert.equal(await autosave.flush(), true);
  assert.deepEqual(told, []);
});

test("a full phone is told from other faults", () => {
  assert.ok(isFull(new DOMException("x", "QuotaExceededError")));
  assert.equal(isFull(new TypeError("x")), false);
});
