/** Requests: a page is no answer, and a problem is told by its code. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ask, NoAnswer, posted, problemCode } from "../js/wire.js";

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

/** @param {string} body @param {ResponseInit} init */
const answering = (body, init) => {
  globalThis.fetch = async () => new Response(body, init);
};

test("a captive portal's page counts as no answer", async () => {
  answering("<html>", { status: 200, headers: { "content-type": "text/html" } });
  await assert.rejects(ask("/sync/v1"), (fault) => fault instanceof NoAnswer && fault.portal);
});

test("a proxy's error page counts as no answer", async () => {
  answering("<html>", { status: 502, headers: { "content-type": "text/html" } });
  await assert.rejects(ask("/sync/v1"), (fault) => fault instanceof NoAnswer && !fault.portal);
});

test("a broken connection counts as no answer", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("network");
  };
  await assert.rejects(ask("/sync/v1"), NoAnswer);
});

test("a problem has its code and its wait", async () => {
  answering('{"type":"urn:motcua:problem:unavailable"}', { status: 503, headers: { "content-type": "application/problem+json", "retry-after": "7" } });
  const { status, json, retry_after_s } = await ask("/sync/v1");
  assert.deepEqual([status, problemCode(json), retry_after_s], [503, "unavailable", 7]);
  assert.equal(problemCode({ type: "about:blank" }), "");
  assert.equal(problemCode(null), "");
});

test("an answer cut in the middle is read as none", async () => {
  answering('{"epoch":"e', { status: 200, headers: { "content-type": "application/json" } });
  assert.equal((await ask("/sync/v1")).json, null);
});

test("a large body goes compressed, a small one plain", async () => {
  const small = await posted({ v: 1 });
  const large = await posted({ v: 1, text: "hồ sơ ".repeat(500) });
  assert.equal(small.body, '{"v":1}');
  assert.equal(/** @type {any} */ (large.headers)["content-encoding"], "gzip");
  assert.ok(/** @type {ArrayBuffer} */ (large.body).byteLength < 200);
});
