/** Requests: a page is no answer, and a problem is told by its code. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ask, askLines, NoAnswer, posted, problemCode } from "../js/wire.js";

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

/** @param {string[]} chunks what comes before the connection breaks, or the end @param {boolean} breaks */
const streaming = (chunks, breaks) => {
  const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const body = new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else if (breaks) controller.error(new TypeError("network"));
      else controller.close();
    },
  });
  globalThis.fetch = async () => new Response(body, { status: 200, headers: { "content-type": "application/x-ndjson" } });
};

for (const breaks of [false, true]) {
  test(`lines are taken as they come, ${breaks ? "and stay taken where the rest is cut" : "to the end"}`, async () => {
    streaming(['{"a":1}\n{"b"', ':"ă"}\n', '{"c":3'], breaks);
    /** @type {any[]} */
    const taken = [];
    const reading = askLines("/sync/v1/snapshot", async (lines) => void taken.push(...lines), new AbortController());
    if (breaks) await assert.rejects(reading, NoAnswer);
    else assert.equal((await reading).status, 200);
    assert.deepEqual(taken, [{ a: 1 }, { b: "ă" }], "half a line is none");
  });
}

test("a problem that comes instead of lines is told, a page is no answer", async () => {
  answering('{"type":"urn:motcua:problem:cursor-expired"}', { status: 410, headers: { "content-type": "application/problem+json" } });
  const none = async () => assert.fail("there are no lines");
  const { status, json } = await askLines("/sync/v1/snapshot", none, new AbortController());
  assert.deepEqual([status, problemCode(json)], [410, "cursor-expired"]);
  answering("<html>", { status: 200, headers: { "content-type": "text/html" } });
  await assert.rejects(askLines("/sync/v1/snapshot", none, new AbortController()), (fault) => fault instanceof NoAnswer && fault.portal);
});

test("a fault while lines are kept is not taken for a broken connection", async () => {
  streaming(['{"a":1}\n'], false);
  const full = async () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await assert.rejects(askLines("/sync/v1/snapshot", full, new AbortController()), { name: "QuotaExceededError" });
});
