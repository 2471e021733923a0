/** The pages of papers that are still being made when the person goes on: to another paper, to "Xong", to "Gửi". */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { newDraft } from "../js/drafts.js";
import { Drawer, FakeTus } from "./fake_tus.mjs";

/** As much of a page as these draw: elements with attributes, found by `#id`, `[name=value]` or tag. */
class Element {
  constructor(tag) {
    Object.assign(this, { tagName: tag.toUpperCase(), attributes: {}, children: [], listeners: {}, parent: null, dataset: {}, style: {}, classList: { toggle: () => false }, disabled: false });
  }
  addEventListener(name, go) {
    this.listeners[name] = go;
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === "disabled") this.disabled = true;
  }
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  append(...children) {
    for (const child of children) if (child instanceof Element) child.parent = this;
    this.children.push(...children);
  }
  replaceChildren(...children) {
    for (const child of this.children) if (child instanceof Element) child.parent = null;
    this.children = [];
    this.append(...children);
  }
  before(other) {
    other.parent = this.parent;
    this.parent.children.splice(this.parent.children.indexOf(this), 0, other);
  }
  remove() {
    this.parent.children = this.parent.children.filter((each) => each !== this);
    this.parent = null;
  }
  replaceWith() {}
  focus() {}
  get childNodes() {
    return [...this.children];
  }
  get isConnected() {
    return this === main || Boolean(this.parent?.isConnected);
  }
  get textContent() {
    return this.children.map((child) => (child instanceof Element ? child.textContent : child)).join("");
  }
  set textContent(words) {
    this.replaceChildren(words);
  }
  *all() {
    for (const child of this.children) if (child instanceof Element) yield* [child, ...child.all()];
  }
  querySelectorAll(selector) {
    const [, name, value] = /^\[([\w-]+)=?([\w-]*)\]$/.exec(selector) ?? [];
    return [...this.all()].filter((each) => (name ? name in each.attributes && (!value || each.attributes[name] === value) : each.tagName === selector.toUpperCase()));
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
}
const main = new Element("main");
const find = (selector) => (selector === "main" ? main : main.querySelector(selector));
globalThis.navigator ??= {};
Object.assign(globalThis, {
  Node: Element, isSecureContext: true, scrollTo() {}, addEventListener() {},
  document: { createElement: (tag) => new Element(tag), createElementNS: (_, tag) => new Element(tag), getElementById: (id) => find(`[id=${id}]`), querySelector: find, querySelectorAll: (selector) => main.querySelectorAll(selector), body: new Element("body"), documentElement: new Element("html"), activeElement: null },
  location: { hash: "", replace(url) { this.left = url; } },
});

/** What the page asks of the camera's file, and of the outbox, is answered when a test says so. */
const stubs = {
  "./after.js": "",
  "./picking.js": "export class Refused extends Error {}; export const taken = (file) => globalThis.take(file);",
  "./outbox.js": "export const submit = (vault, draft) => globalThis.submitted(draft); export const askForBackgroundSync = () => {}; export const valuesToSend = () => ({});",
};
const named = { name: "stubs", setup(it) {
  it.onResolve({ filter: /./ }, ({ path }) => (path in stubs ? { path, namespace: "stub" } : undefined));
  it.onLoad({ filter: /./, namespace: "stub" }, ({ path }) => ({ contents: stubs[path] }));
} };
const contents = 'export { FormPage } from "./forms.js"; export { Slots } from "./slots.js"; export { review } from "./review.js"; import { learnTexts } from "./texts.js"; import later from "./generated/after.json"; learnTexts(later);';
const bundle = await build({ stdin: { contents, resolveDir: fileURLToPath(new URL("../js/", import.meta.url)) }, bundle: true, format: "esm", write: false, plugins: [named] });
const { FormPage, Slots, review } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

const soon = () => new Promise((next) => setImmediate(next));
async function until(holds) {
  for (const from = Date.now(); !holds() && Date.now() - from < 30_000; ) await soon(); // a test that fails ends
  assert.ok(holds());
}

/** A form with two papers; `give` ends the making of the picture that waits longest. */
async function opened() {
  const slot = (key) => ({ key, title: { vi: key }, required: false, kinds: ["image"], pages_max: 9 });
  const form = { procedure: "9.000001", version: 1, title: { vi: "F" }, sections: [], slots: [slot("a"), slot("b")], rules: [] };
  const vault = new Drawer(new FakeTus());
  const saved = [];
  vault.saveDraft = async (draft) => void saved.push(structuredClone(draft));
  const page = new FormPage(form, {}, vault, Object.assign(newDraft(form), { unit: "01234", saved_ms: 1 }), false);
  page.slots = new Slots(page, new Map());
  const waiting = [];
  globalThis.take = () => new Promise((good, bad) => waiting.push({ good, bad }));
  const give = (byte) => waiting.shift().good({ blob: new Blob([new Uint8Array(10).fill(byte)]), media: "image/jpeg", small: null, name: "" });
  const visit = async (key) => {
    location.hash = `#p/${key}`;
    page.slots.show(key);
    await until(() => page.slots.open?.slot.key === key && page.slots.open.ready);
    return page.slots.open;
  };
  const files = (n) => Array.from({ length: n }, (_, at) => new File([], `${at}.jpg`));
  const pages = (key) => (page.draft.papers?.[key] ?? []).length;
  return { page, saved, waiting, give, visit, files, pages };
}

test("photographs that are still being made are in what is sent, and no save comes over it", async () => {
  const { page, saved, waiting, give, visit, files, pages } = await opened();
  let sent = null;
  let over = () => {};
  globalThis.submitted = (draft) => new Promise((done) => {
    sent = structuredClone(draft);
    over = () => done({ ...draft, status: "sent" });
  });
  const a = await visit("a");
  void a.add(files(3));
  await until(() => waiting.length === 1);
  give(1);
  await until(() => pages("a") === 1 && waiting.length === 1);
  assert.match(find("[data-action=slot-done]").textContent, /2/, "how many are to come");
  page.slots.leave();
  location.hash = "#review";
  review(page);
  const button = find("[data-action=submit]");
  button.listeners.click();
  await soon();
  assert.equal(sent, null);
  assert.ok(button.disabled);
  assert.match(find("[data-making]").textContent, /2/);
  give(2);
  await until(() => waiting.length === 1);
  give(3);
  await until(() => sent !== null);
  assert.equal(sent.papers.a.length, 3);
  const before = saved.length;
  page.autosave.touch();
  const flushed = page.autosave.flush();
  await soon();
  over();
  await flushed;
  await until(() => location.left);
  assert.equal(saved.length, before, "no draft over what was sent");
});

test("who is sending hears that a photograph did not come, and nothing goes", async () => {
  const { page, waiting, visit, files } = await opened();
  globalThis.submitted = () => assert.fail("sent");
  globalThis.reportError = () => {};
  const a = await visit("a");
  void a.add(files(1));
  await until(() => waiting.length === 1);
  page.slots.leave();
  location.hash = "#review";
  review(page);
  find("[data-action=submit]").listeners.click();
  waiting.shift().bad(new Error("broken"));
  await until(() => location.hash === "p/a");
  assert.equal(a.faults.length, 1);
});

test("a slot that works on draws nothing into another, and is the same when it is opened again", async () => {
  const { waiting, give, visit, files, pages } = await opened();
  const a = await visit("a");
  void a.add(files(2));
  await until(() => waiting.length === 1);
  await visit("b");
  give(1);
  await until(() => pages("a") === 1 && waiting.length === 1);
  assert.equal(main.querySelectorAll("[data-sheet]").length, 0, "its sheets under the other's heading");
  assert.equal(await visit("a"), a);
  assert.ok(find("[data-action=photo]").disabled, "one thing at a time");
  give(2);
  await until(() => a.left === 0);
  assert.equal(main.querySelectorAll("[data-sheet]").length, 2);
  assert.equal(pages("b"), 0);
});

test("a file that goes wrong in a way nobody knew says so, and the others go on", async () => {
  const { waiting, give, visit, files, pages } = await opened();
  const told = [];
  globalThis.reportError = (fault) => told.push(fault.message);
  const a = await visit("a");
  const added = a.add(files(2));
  await until(() => waiting.length === 1);
  waiting.shift().bad(new Error("odd"));
  await until(() => waiting.length === 1);
  give(1);
  await added;
  assert.deepEqual([pages("a"), a.faults.length, told], [1, 1, ["odd"]]);
});
