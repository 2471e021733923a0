/** Work of nobody that is claimed: its photographs go along, and none of it stays in the drawer of nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { claim } from "../js/claiming.js";
import { filesOf, keepFile, keepRecord } from "../js/files.js";
import { makeRoom } from "../js/freeing.js";
import { Session } from "../js/session.js";
import { Stores } from "./fake_tus.mjs";

globalThis.IDBKeyRange ??= /** @type {any} */ ({ bound: (from, to) => [from, to] });

class Kept extends Stores {
  async delete(name, id) {
    this.stores[name].delete(id);
  }
  async transaction(name) {
    const { store, done } = await super.transaction(name);
    const within = async ([from, to]) => {
      for (const key of this.stores[name].keys()) if (key >= from && key <= to) this.stores[name].delete(key);
    };
    return { store: { ...store, delete: within }, done };
  }
}

function drawer() {
  const kept = new Map();
  return {
    session: new Session({ device: "x" }), db: new Kept(), key: null, isGuest: false,
    drafts: async () => [...kept.values()],
    draft: async (id) => kept.get(id) ?? null,
    dropDraft: async (id) => void kept.delete(id),
    async change(make) {
      const change = await make(this.session);
      for (const each of change.drafts ?? []) kept.set(each.id, each);
      return change.result;
    },
  };
}

test("photographs go into the own drawer, and stay in the other only where another draft there names them", async () => {
  const [guest, own] = [drawer(), drawer()];
  const [first, both] = await Promise.all([1, 2].map((byte) => keepFile(guest, { blob: new Blob([new Uint8Array(400_000).fill(byte)]), media: "image/jpeg", small: new Blob(["small"]) })));
  const draft = (id, ...files) => ({ id, status: "draft", values: {}, typed: {}, unit: null, papers: { ruling: files.map(({ sha256, bytes, media }) => ({ sha256, bytes, media, name: "" })) } });
  await guest.change(() => ({ drafts: [draft("d1", first, both), draft("d2", both)] }));
  await claim(guest, own, await guest.draft("d1"));
  assert.deepEqual([...(await filesOf(own)).keys()].sort(), [first.sha256, both.sha256].sort());
  assert.deepEqual([...(await filesOf(guest)).keys()], [both.sha256]);
  assert.ok([...guest.db.stores.pieces.keys()].every((key) => key.startsWith(both.id)), "no piece of it either");
  await claim(guest, own, await guest.draft("d2"));
  assert.deepEqual([guest.db.stores.files.size, guest.db.stores.pieces.size], [0, 0]);
});

const picture = (byte) => ({ blob: new Blob([new Uint8Array(400_000).fill(byte)]), media: "image/jpeg", small: null });
const naming = (status, ...files) => ({ id: "d1", status, values: {}, typed: {}, unit: null, papers: { ruling: files.map(({ sha256, bytes, media }) => ({ sha256, bytes, media, name: "" })) } });

test("one photograph whose bytes are gone keeps back no other, and the work becomes a draft to be completed", async () => {
  const [guest, own] = [drawer(), drawer()];
  const [lost, kept] = await Promise.all([1, 2].map((byte) => keepFile(guest, picture(byte))));
  guest.db.stores.pieces.delete(`${lost.id}:1`);
  await guest.change(() => ({ drafts: [naming("locked", lost, kept)] }));
  assert.equal(await claim(guest, own, await guest.draft("d1")), 1);
  assert.deepEqual([...(await filesOf(own)).keys()], [kept.sha256]);
  assert.equal((await own.draft("d1")).status, "draft");
  assert.equal(own.session.outbox.size, 0);
});

test("a claim for which there is no room leaves everything where it was", async () => {
  const [guest, own] = [drawer(), drawer()];
  const file = await keepFile(guest, picture(1));
  await guest.change(() => ({ drafts: [naming("draft", file)] }));
  own.db.transaction = async () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await assert.rejects(claim(guest, own, await guest.draft("d1")), { name: "QuotaExceededError" });
  assert.ok(await guest.draft("d1"));
  assert.ok((await filesOf(guest)).has(file.sha256));
});

test("room is made of nothing that the open draft names, saved or not, and a file that is kept again is young again", async () => {
  const own = drawer();
  const [named, orphan] = await Promise.all([1, 2].map((byte) => keepFile(own, picture(byte))));
  const age = async () => {
    for (const file of (await filesOf(own)).values()) await keepRecord(own, { ...file, made_ms: Date.now() - 120_000 });
  };
  await age();
  assert.equal(await makeRoom(own, naming("draft", named, orphan)), false);
  assert.equal(await makeRoom(own, naming("draft", named)), true);
  assert.deepEqual([...(await filesOf(own)).keys()], [named.sha256]);
  await age();
  await keepFile(own, picture(1));
  assert.equal(await makeRoom(own, naming("draft")), false);
});
