/** Procedures beside the pack: what was seen opens without network, what was not is wished for and comes later. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { isProcedure, keep, loadWishes, procedureAnswer } from "../js/seen.js";

const HERE = "http://here";

/** As much of a cache as is asked of it, in the order of insertion. */
class Kept {
  entries = new Map();
  async put(path, response) {
    if (this.isFull) throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
    this.entries.set(path, { text: await response.text(), headers: response.headers });
  }
  async match(path) {
    const found = this.entries.get(path);
    return found && new Response(found.text, { headers: found.headers });
  }
  delete = async (named) => this.entries.delete(typeof named === "string" ? named : new URL(named.url).pathname);
  keys = async () => [...this.entries.keys()].map((path) => ({ url: HERE + path }));
}

const page = (code, words = "papers") =>
  `<html><title>${code}</title><link href="old.css"><main id="main"><p id="kept" class="hint" hidden>kept <time></time></p><article data-procedure="${code}">${words}</article></main></html>`;
const around = '<html><title>no</title><link href="new.css"><main id="main"><strong id="wanted"></strong><a href="/thu-tuc" id="again"></a><ul id="wishes"></ul></main></html>';
const pack = { page: async () => new Response(around), nameOf: async (code) => (code === "1.000001" ? "Tách <hộ>" : undefined) };

let kept, works, network;
beforeEach(() => {
  kept = new Kept();
  works = [];
  network = async () => {
    throw new TypeError("no network");
  };
  globalThis.caches = /** @type {any} */ ({ open: async () => kept, has: async () => true });
  globalThis.fetch = (asked) => network(typeof asked === "string" ? asked : asked.url);
});

const ask = async (path) => {
  const answer = await procedureAnswer(/** @type {any} */ ({ url: path }), path, pack, (work) => works.push(work));
  await Promise.all(works);
  return answer.text();
};

test("a page that was seen opens without network, in this version's own page, with its day", async () => {
  network = async () => new Response(page("1.000001"));
  assert.match(await ask("/thu-tuc/1.000001"), /old\.css/);
  network = async () => {
    throw new TypeError("no network");
  };
  const said = await ask("/thu-tuc/1.000001");
  assert.match(said, /new\.css.*papers/);
  assert.match(said, /<title>1\.000001<\/title>/);
  assert.match(said, /<p id="kept" class="hint">kept <time>\d\d\/\d\d\/\d{4}<\/time>/);
});

test("one that was not says so, keeps its name as text, and comes with the network", async () => {
  const said = await ask("/thu-tuc/1.000001");
  assert.match(said, /<strong id="wanted">Tách &#60;hộ&#62;<\/strong>/);
  assert.match(said, /href="\/thu-tuc\/1\.000001" id="again"/);
  assert.match(await ask("/thu-tuc/1.000002"), /<li>Tách &#60;hộ&#62;<\/li><li>1\.000002<\/li>/);
  await loadWishes(); // no network yet
  network = async (path) => (path.endsWith("2") ? new Response("", { status: 404 }) : new Response(page("1.000001")));
  await loadWishes();
  assert.deepEqual([...kept.entries.keys()], ["/thu-tuc/1.000001"]);
});

test("a system in trouble is answered for by what is kept, and else speaks for itself", async () => {
  network = async () => new Response("busy", { status: 503 });
  assert.equal(await ask("/thu-tuc/1.000001"), "busy");
  await keep("/thu-tuc/1.000001", new Response(page("1.000001")));
  assert.match(await ask("/thu-tuc/1.000001"), /papers/);
});

test("what is not a page of ours is not kept, nor anything where there is no room", async () => {
  await keep("/thu-tuc/1.000001", new Response("<html>sign in to this Wi-Fi</html>"));
  kept.isFull = true;
  await keep("/thu-tuc/1.000001", new Response(page("1.000001")));
  assert.equal(kept.entries.size, 0);
});

test("only so many are kept, and the one not opened for longest goes", async () => {
  for (let n = 0; n <= 60; n += 1) {
    const code = `1.${String(n).padStart(6, "0")}`;
    await keep(`/thu-tuc/${code}`, new Response(page(code)));
    if (n === 1) await keep("/thu-tuc/1.000000", new Response(page("1.000000")));
  }
  assert.equal(kept.entries.size, 60);
  assert.ok(kept.entries.has("/thu-tuc/1.000000"));
  assert.ok(!kept.entries.has("/thu-tuc/1.000001"));
});

test("only procedures are these pages", () => {
  assert.ok(isProcedure("/thu-tuc/1.001193"));
  for (const path of ["/thu-tuc", "/thu-tuc/", "/to-khai/1.001193", "/thu-tuc/a/b"]) assert.ok(!isProcedure(path));
});
