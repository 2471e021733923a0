/** What an answer that comes late may not undo. */
import assert from "node:assert/strict";
import { test } from "node:test";
import "./memory.mjs";

const { drain } = await import("../js/sync.js");
const { changeAccount } = await import("../js/credentials.js");
const { Vault } = await import("../js/vault.js");

test("an account that is begun again while its owner signs out in another tab stays signed out", async () => {
  const [page, tab] = [await Vault.open("s1"), await Vault.open("s1")];
  const account = { person: null, name: "Hoàng Thị Ngân", short: "Ngân", user: "", key: "a token of before the restore" };
  await page.change((session) => ({ kept: { account }, changes: session.beginAccount({ name: account.name, secret: "s".repeat(43) }) }));
  const asked = /** @type {string[]} */ ([]);
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url) => {
    asked.push(url);
    await changeAccount(tab, { out: true });
    return new Response('{"person":"p1","status":"unverified"}', { status: 201, headers: { "content-type": "application/json" } });
  });
  await drain(page, { force: true });
  const after = await Vault.open("s1");
  assert.equal(after.account?.out, true, "nobody is signed in again by an answer");
  assert.equal(after.account?.key, null, "the token that the system forgot is gone");
  assert.equal(after.session.meta.account?.person, "p1", "and what the answer said is kept");
  assert.deepEqual(asked, ["/accounts"], "nothing is sent for who has left");
  for (const each of [page, tab, after]) each.close();
});
