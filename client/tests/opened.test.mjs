/** A drawer with many dossiers is read anew without opening, and without working out again, what is as it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import "./memory.mjs";

const page = /** @type {any} */ ({ documentElement: { lang: "vi" }, body: { dataset: {} }, querySelector: () => null, addEventListener() {} });
globalThis.document ??= page;
const { Vault } = await import("../js/vault.js");
const { newKey, seal } = await import("../js/seal.js");

/** How often something is opened while `work` is done. @param {() => Promise<any>} work */
async function openings(work) {
  const { decrypt } = crypto.subtle;
  let n = 0;
  crypto.subtle.decrypt = /** @type {any} */ ((/** @type {any[]} */ ...args) => {
    n += 1;
    return decrypt.apply(crypto.subtle, /** @type {any} */ (args));
  });
  try {
    return { came: await work(), n };
  } finally {
    crypto.subtle.decrypt = decrypt;
  }
}

test("what lies as this page has opened it is not opened again, and what was sealed anew is", async () => {
  const key = await newKey();
  const vault = new Vault("s", /** @type {any} */ ({ close() {} }), key, "device");
  const sealed = await Promise.all(["a", "b", "c"].map((id) => seal(key, { id, text: id })));
  const read = (/** @type {any[]} */ kept) => openings(() => vault.openAll("drafts", structuredClone(kept)));
  assert.equal((await read(sealed)).n, 3);
  const again = await read(sealed);
  assert.deepEqual([again.n, again.came.map((/** @type {any} */ each) => each.text)], [0, ["a", "b", "c"]]);
  sealed[1] = await seal(key, { id: "b", text: "other" });
  const one = await read([...sealed, await seal(key, { id: "d", text: "d" })]);
  assert.deepEqual([one.n, one.came.map((/** @type {any} */ each) => each.text)], [2, ["a", "other", "c", "d"]]);
  assert.equal((await read(sealed.slice(1))).n, 0);
  assert.equal((await openings(() => vault.openAll("copies", sealed))).n, 3, "each store has its own");
  vault.close();
});

test("where nothing is sealed every record is what is kept now", async () => {
  const vault = new Vault("s", /** @type {any} */ ({ close() {} }), null, "device");
  const read = async (/** @type {string} */ text) => (await vault.openAll("drafts", [await seal(null, { id: "a", text })]))[0].text;
  assert.deepEqual([await read("one"), await read("two")], ["one", "two"]);
  vault.close();
});

test("a tab that is behind reads what others changed, and everything where it cannot know that", async () => {
  const inMemory = "./db.js"; // memory.mjs puts itself there
  const { accountDb } = await import(inMemory);
  const db = await accountDb("told");
  /** @type {string[]} */
  let read = [];
  const watched = { ...db, transaction: async () => {
    const tx = await db.transaction();
    return { ...tx, objectStore: (/** @type {string} */ name) => {
      const store = tx.objectStore(name);
      return { ...store, getAll: () => {
        read.push(`all ${name}`);
        return store.getAll();
      }, get: (/** @type {string} */ id) => {
        if (id !== "gen") read.push(`${name} ${id}`);
        return store.get(id);
      } };
    } };
  } };
  const [here, there] = [new Vault("told", watched, null, "device"), new Vault("told", db, null, "device")];
  const record = (/** @type {string} */ id) => ({ id, dossier: `d-${id}`, n: 1, op: { type: "note" }, status: "waiting" });
  const put = (/** @type {any[]} */ outbox, /** @type {string[]} */ gone = []) => there.change(() => ({
    changes: /** @type {any} */ ({ outbox: { put: outbox, delete: gone }, copies: { put: [], delete: [] }, meta: { put: [], delete: [] }, news: [] }) }));
  await put([record("a"), record("b")]);
  await here.refresh();
  assert.deepEqual([read, [...here.session.outbox.keys()]], [["all outbox", "all copies", "all meta"], ["a", "b"]], "a page that begins");
  read = [];
  await put([record("c")], ["a"]);
  await there.change(() => ({ kept: { later: 7 } }));
  await here.refresh();
  assert.deepEqual([read.sort(), [...here.session.outbox.keys()].sort(), here.kept.later], [["meta later", "outbox a", "outbox c"], ["b", "c"], 7]);
  read = [];
  for (let n = 0; n < 31; n += 1) await there.change(() => ({ kept: { later: n } }));
  await here.refresh();
  assert.deepEqual([read, here.kept.later], [["all outbox", "all copies", "all meta"], 30], "one that was away for long");
  read = [];
  await put(Array.from({ length: 201 }, (_, n) => record(`many-${n}`)));
  await here.refresh();
  assert.deepEqual([read.length, here.session.outbox.size], [3, 203], "a change that touched very much");
  read = [];
  const { n } = await db.get("meta", "gen");
  await (await db.transaction()).objectStore("meta").put({ id: "gen", n: n + 1 }); // a tab of before: it tells nothing
  await put([record("d")]);
  await here.refresh();
  assert.deepEqual([read.length, here.session.outbox.has("d")], [3, true]);
  here.gen = -1;
  here.session.outbox.set("never kept", /** @type {any} */ (record("never kept")));
  await here.refresh();
  assert.equal(here.session.outbox.has("never kept"), false, "what a session holds and did not keep is not left in it");
  for (const vault of [here, there]) vault.close();
});
