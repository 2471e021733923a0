/** Which part of the page script comes when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { closure, entry, firstPart, laterParts } from "../parts.mjs";

const needs = (...paths) => paths.map((path) => ({ path, kind: "import-statement" }));
const asks = (...paths) => paths.map((path) => ({ path, kind: "dynamic-import" }));
const outputs = {
  "app.1.js": { entryPoint: "js/main.js", imports: [...needs("part.1.js"), ...asks("part.2.js")] },
  "part.1.js": { imports: [] },
  "part.2.js": { entryPoint: "js/after.js", imports: [...needs("part.1.js", "part.3.js"), ...asks("part.4.js")] },
  "part.3.js": { imports: asks("part.2.js") },
  "part.4.js": { entryPoint: "js/rare.js", imports: needs("part.1.js", "part.5.js") },
  "part.5.js": { imports: needs("part.3.js") },
};

test("what a script begins with is what it imports outright, and what that imports", () => {
  assert.deepEqual(closure(outputs, entry(outputs, "/main.js")), ["app.1.js", "part.1.js"]);
  assert.deepEqual(closure(outputs, entry(outputs, "/after.js")), ["part.2.js", "part.1.js", "part.3.js"]);
});

test("what only a rare part begins with comes later", () => {
  assert.deepEqual(laterParts({ outputs }), ["part.4.js", "part.5.js"]);
});

test("the first script is one part, whatever begins it", () => {
  const some = { "js/main.js": { bytesInOutput: 1 } };
  const first = (/** @type {any} */ start, /** @type {any} */ rest) => firstPart({ outputs: { "app.1.js": { ...outputs["app.1.js"], inputs: start }, "part.1.js": { imports: [], inputs: rest } } });
  assert.equal(first({}, some), "part.1.js");
  assert.equal(first(some, {}), "app.1.js");
  assert.throws(() => first(some, some), /2 parts/);
});

test("a module that begins nothing is a fault of the build", () => {
  assert.throws(() => entry(outputs, "/gone.js"), /gone/);
});
