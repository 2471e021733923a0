/** Work of nobody that is claimed: its photographs go along, and none of it stays in the drawer of nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { claim } from "../js/claiming.js";
import { filesOf, keepFile } from "../js/files.js";
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
