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
