/** A unit's pack on a bad line: cut in the middle, only what changed, nothing new, a newer one while somebody is taken in. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What the device keeps, as `db.js` does: packs and forms. */
const db = `
const { packs, forms } = globalThis.device;
export const packOf = async (unit) => structuredClone(packs.get(unit)) ?? null;
export const keepPack = async (unit, pack) => void packs.set(unit, structuredClone(pack));
export const keptForms = async () => [...forms.keys()];
export const keepForm = async (form) => void forms.set(form.procedure + "@" + form.version, form);
export const formOf = async (id) => forms.get(id) ?? null;
export const setting = async () => null, keepSetting = async () => {}, knownLists = async () => ({}), keyOf = async () => null, accountDb = async () => ({});
export const sharedDb = async () => ({}), drawers = async () => [], dropForm = async () => {}, keepLists = async () => {}, settleShared = async () => {};
export const GUEST = "guest", beforeLettingGo = new Set(), dbNews = new EventTarget();
`;
const device = { packs: new Map(), forms: new Map() };
/** @type {any} */ (globalThis).device = device;
const js = fileURLToPath(new URL("../js/field/", import.meta.url));
const inMemory = { name: "in-memory", setup: (/** @type {any} */ made) => {
  made.onResolve({ filter: /\/db\.js$/ }, () => ({ path: "db", namespace: "memory" }));
  made.onLoad({ filter: /.*/, namespace: "memory" }, () => ({ contents: db }));
} };
const bundle = await build({ stdin: { contents: 'export { fetchPack, sizeOf } from "./pack.js";', resolveDir: js }, bundle: true, format: "esm", write: false, plugins: [inMemory], define: { document: "globalThis.page", addEventListener: "globalThis.page.on" } });
/** @type {any} */ (globalThis).page = { on() {}, body: { dataset: {} } };
const { fetchPack, sizeOf } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const vault = { account: { key: "token", roles: [{ unit: "06154", role: "counter" }] }, kept: {}, session: { meta: {} } };
const WHOLE = { unit: "06154", etag: '"a-b"', made: 1, units: [{ id: "06154" }], calendar: { version: "1" }, procedures: [{ code: "1.004873" }], forms: ["1.004873@1"] };
const FORM = { procedure: "1.004873", version: 1, sections: [] };

/** @type {string[]} what was asked for */
let asked = [];
/** @type {Record<string, () => Response|Promise<Response>>} by method and path */
let answers = {};
globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path, /** @type {any} */ { method = "GET", headers = {} } = {}) => {
  asked.push(`${method === "GET" ? "" : `${method} `}${decodeURIComponent(path)}${new Headers(headers).has("if-none-match") ? " if-none-match" : ""}`);
  const answer = answers[`${method} ${decodeURIComponent(path)}`];
  if (!answer) throw new TypeError("no network");
  return answer();
});

const json = (/** @type {any} */ value, /** @type {Record<string, string>} */ headers = {}) => new Response(JSON.stringify(value), { headers: { "content-type": "application/json", ...headers } });
/** An answer whose connection ends in the middle of its body. @param {any} value */
const cut = (value) => {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const body = new ReadableStream({ start: (out) => out.enqueue(bytes.slice(0, bytes.length / 2)), pull: (out) => out.error(new TypeError("terminated")) });
  return new Response(body, { headers: { "content-type": "application/json", etag: '"x-y"' } });
};
const whole = () => json(WHOLE, { etag: '"a-b"' });

beforeEach(() => {
  device.packs.clear();
  device.forms.clear();
  asked = [];
  answers = { "GET /pack/06154": whole, "GET /forms/1.004873@1": () => json(FORM) };
});

/** Have the pack and its forms here, and begin to count anew. */
async function had() {
  assert.equal(await fetchPack(vault), "new");
  asked = [];
  return structuredClone(device.packs.get("06154"));
}

test("a pack comes whole with the forms it names", async () => {
  await had();
  const { etag, bytes, parts } = device.packs.get("06154");
  assert.deepEqual([etag, parts.calendar.version, [...device.forms.keys()]], ['"a-b"', "1", ["1.004873@1"]]);
  assert.equal(bytes, JSON.stringify(WHOLE).length);
});

test("one that is cut in the middle leaves what is here as it was, and is said", async () => {
  answers["GET /pack/06154"] = () => cut(WHOLE);
  assert.equal(await fetchPack(vault), "silent");
  assert.equal(device.packs.size, 0);
  answers["GET /pack/06154"] = whole;
  const before = await had();
  answers['GET /pack/06154?have="a-b"'] = () => cut({ ...WHOLE, base: '"a-b"', parts: { calendar: { version: "2" } } });
  assert.equal(await fetchPack(vault), "silent");
  assert.deepEqual(device.packs.get("06154"), before);
  answers['GET /pack/06154?have="a-b"'] = () => new Response(JSON.stringify(WHOLE).slice(0, 40), { headers: { "content-type": "application/json" } });
  assert.equal(await fetchPack(vault), "silent", "a box on the road that ends it in good order");
  assert.deepEqual(device.packs.get("06154"), before);
});

test("forms that were cut are gone on with the next time, without the pack again", async () => {
  answers["GET /forms/1.004873@1"] = () => cut(FORM);
  assert.equal(await fetchPack(vault), "silent");
  assert.deepEqual([device.packs.size, device.forms.size], [1, 0]);
  answers["GET /forms/1.004873@1"] = () => json(FORM);
  answers['GET /pack/06154?have="a-b"'] = () => new Response(null, { status: 304 });
  assert.equal(await fetchPack(vault), "same");
  assert.deepEqual([...device.forms.keys()], ["1.004873@1"]);
});

test("of a pack that is here only what has changed comes", async () => {
  const before = await had();
  const parts = { calendar: { version: "2" } };
  answers['GET /pack/06154?have="a-b"'] = () => json({ unit: "06154", etag: '"a-c"', made: 2, base: '"a-b"', parts }, { etag: '"a-c"' });
  assert.equal(await fetchPack(vault), "new");
  assert.deepEqual(asked, ['/pack/06154?have="a-b" if-none-match']);
  const now = device.packs.get("06154");
  assert.deepEqual([now.etag, now.parts], ['"a-c"', { ...before.parts, calendar: { version: "2" } }]);
});

test("what has changed since another pack is not put into this one: the whole comes", async () => {
  await had();
  const delta = { unit: "06154", etag: '"a-c"', made: 2, base: '"old-old"', parts: { calendar: { version: "2" } } };
  answers['GET /pack/06154?have="a-b"'] = () => json(delta, { etag: '"a-c"' });
  answers["GET /pack/06154"] = () => json({ ...WHOLE, calendar: { version: "3" } }, { etag: '"a-d"' });
  assert.equal(await fetchPack(vault), "new");
  assert.deepEqual([device.packs.get("06154").etag, device.packs.get("06154").parts.calendar.version], ['"a-d"', "3"]);
  answers["GET /pack/06154"] = () => json(delta, { etag: '"a-c"' });
  answers['GET /pack/06154?have="a-d"'] = () => json(delta, { etag: '"a-c"' });
  assert.equal(await fetchPack(vault), "silent", "a system that sends nothing else is not asked for ever");
});

test("304 says that it is the newest, and until when that is known", async () => {
  const before = await had();
  answers['GET /pack/06154?have="a-b"'] = () => new Response(null, { status: 304 });
  device.packs.get("06154").got_ms = 1;
  assert.equal(await fetchPack(vault), "same");
  const now = device.packs.get("06154");
  assert.ok(now.got_ms > 1);
  assert.deepEqual(now.parts, before.parts);
});

test("a newer form that comes while somebody is taken in stands beside the one that is open", async () => {
  await had();
  answers['GET /pack/06154?have="a-b"'] = () => json({ unit: "06154", etag: '"a-e"', made: 2, base: '"a-b"', parts: { forms: ["1.004873@2"] } }, { etag: '"a-e"' });
  answers["GET /forms/1.004873@2"] = () => json({ ...FORM, version: 2 });
  assert.equal(await fetchPack(vault), "new");
  assert.deepEqual([...device.forms.keys()], ["1.004873@1", "1.004873@2"]);
  assert.deepEqual(device.forms.get("1.004873@1"), FORM);
});

test("no answer, a sign-in page of a Wi-Fi and a refusal change nothing", async () => {
  const before = await had();
  for (const answer of [null, () => new Response("<html>", { headers: { "content-type": "text/html" } }), () => new Response("{}", { status: 401, headers: { "content-type": "application/problem+json" } })]) {
    if (answer) answers['GET /pack/06154?have="a-b"'] = answer;
    assert.equal(await fetchPack(vault), "silent");
  }
  assert.deepEqual(device.packs.get("06154"), before);
});

test("its size is said before: all of it with its forms, or what is new", async () => {
  const head = (/** @type {number} */ bytes) => () => new Response(null, { headers: { "content-type": "application/json", "content-length": String(bytes), "pack-forms": "1.004873@1 4000, 2.000815@1 5000" } });
  answers["HEAD /pack/06154"] = head(20_000);
  answers['HEAD /pack/06154?have="a-b"'] = head(200);
  assert.equal(await sizeOf(vault, null), 29_000);
  await had();
  assert.equal(await sizeOf(vault, device.packs.get("06154")), 5_200, "one of the forms is here");
  delete answers['HEAD /pack/06154?have="a-b"'];
  assert.equal(await sizeOf(vault, device.packs.get("06154")), null);
});
