/** A tablet that lies there closes: after the time that was chosen, with all that was typed kept, for its owner alone to open. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const db = `
const { settings } = globalThis.device;
export const setting = async (id) => settings.get(id) ?? null;
export const keepSetting = async (id, value) => void settings.set(id, value);
export const beforeLettingGo = globalThis.device.saves;
export const GUEST = "guest";
export const drawers = async () => ["a", "b"];
export const sharedDb = async () => ({}), keyOf = async () => null, accountDb = async () => ({}), settleShared = async () => {};
`;
/** @type {{settings: Map<string, any>, saves: Set<() => Promise<any>>}} */
const device = { settings: new Map(), saves: new Set() };
/** What the page hears, and where it goes. @type {Record<string, () => void>} */
let heard = {};
/** @type {string[]} */
let gone = [];
const memory = () => {
  const kept = new Map();
  return { getItem: (/** @type {string} */ id) => kept.get(id) ?? null, setItem: (/** @type {string} */ id, /** @type {string} */ value) => void kept.set(id, value), clear: () => kept.clear() };
};
const on = (/** @type {string} */ name, /** @type {() => void} */ listener) => void (heard[name] = listener);
Object.assign(globalThis, {
  device, on, localStorage: memory(), sessionStorage: memory(),
  page: { body: { dataset: { page: "form" } }, visibilityState: "visible", addEventListener: on },
  location: { pathname: "/to-khai/1.004873", search: "?d=0192", replace: (/** @type {string} */ to) => gone.push(to) },
});

const js = fileURLToPath(new URL("../js/", import.meta.url));
const inMemory = { name: "in-memory", setup: (/** @type {any} */ made) => {
  made.onResolve({ filter: /\/db\.js$/ }, () => ({ path: "db", namespace: "memory" }));
  made.onLoad({ filter: /.*/, namespace: "memory" }, () => ({ contents: db }));
} };
const contents = 'export { watchIdle } from "./field/lock.js"; export { isLocked, mustAskWhose, mustProve, openFrom } from "./accounts.js";';
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, format: "esm", write: false, plugins: [inMemory], define: { document: "globalThis.page", addEventListener: "globalThis.on" } });
const m = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const MINUTE_MS = 60_000;
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
/** Let time go by, in steps in which timers and what they wait for come to an end. @param {number} minutes */
async function wait(minutes) {
  for (let ms = 0; ms < minutes * MINUTE_MS; ms += 5_000) {
    mock.timers.tick(5_000);
    await settled();
  }
}
/** @param {string} slot @param {() => Promise<any>} save */
async function opened(slot, save = async () => true) {
  device.saves.add(save);
  device.settings.set("slot", slot);
  await m.openFrom(slot);
  await m.watchIdle({ slot });
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval", "Date"], now: 1_795_485_404_137 });
  device.settings.clear();
  device.saves.clear();
  for (const storage of [localStorage, sessionStorage]) storage.clear();
  [heard, gone] = [{}, []];
});

test("it closes when nobody has touched it for ten minutes, and not before", async () => {
  await opened("a");
  await wait(9);
  heard.keydown();
  await wait(9);
  assert.deepEqual(gone, []);
  await wait(2);
  assert.equal(gone[0], "/may-cua-ai?next=%2Fto-khai%2F1.004873%3Fd%3D0192", "where it leads names nobody");
  assert.equal(await m.mustAskWhose(), true);
});

test("a touch in another tab of the tablet keeps it open, and the minutes can be chosen", async () => {
  await opened("a");
  await wait(6);
  localStorage.setItem("motcua-touched", String(Date.now()));
  await wait(6);
  assert.deepEqual(gone, []);
  device.settings.set("lock-minutes", 5);
  await wait(1);
  assert.ok(gone.length > 0);
});

test("what was typed is saved before the page goes; where it cannot be, the page stays and is not closed", async () => {
  /** @type {string[]} */
  const order = [];
  let room = false;
  await opened("a", async () => {
    order.push(`saved before ${gone.length} pages had gone`);
    return room;
  });
  await wait(11);
  assert.deepEqual([gone, await m.mustAskWhose()], [[], false]);
  room = true;
  await wait(1);
  assert.equal(gone.length > 0, true);
  assert.equal(order.every((line) => line.startsWith("saved before")) && order[0] === "saved before 0 pages had gone", true);
});

test("another officer opens their own work, and with that nothing of who was there", async () => {
  await opened("a");
  await wait(11);
  device.settings.set("slot", "b");
  await m.openFrom("b");
  assert.deepEqual([await m.mustAskWhose(), await m.isLocked("a"), await m.isLocked("b")], [false, true, false]);
  device.settings.set("slot", "a"); // a page of theirs that is still open somewhere
  assert.equal(await m.mustAskWhose(), true);
  device.settings.set("slot", "b");
  await m.watchIdle({ slot: "b" });
  await wait(11);
  assert.deepEqual([await m.isLocked("a"), await m.isLocked("b")], [true, true], "and theirs may close in turn");
  await m.openFrom("a");
  assert.deepEqual([await m.isLocked("a"), await m.isLocked("b"), await m.mustAskWhose()], [false, true, false]);
});

test("over a closed screen nobody's drawer opens without proof, and after that only the closed one asks", async () => {
  await opened("a");
  assert.equal(await m.mustProve("b"), false);
  await wait(11);
  assert.deepEqual([await m.mustProve("a"), await m.mustProve("b")], [true, true]);
  device.settings.set("slot", "b");
  await m.openFrom("b");
  assert.deepEqual([await m.mustProve("a"), await m.mustProve("b")], [true, false]);
});

test("a version of before has kept the one that was closed alone", async () => {
  await opened("a");
  device.settings.set("locked", "a");
  assert.deepEqual([await m.isLocked("a"), await m.isLocked("b"), await m.mustAskWhose()], [true, false, true]);
  await m.openFrom("a");
  assert.equal(device.settings.get("locked"), null);
});
