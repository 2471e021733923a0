/** The lane of files against a server and a network that fail on purpose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, laneOf } from "../js/files.js";
import { CHUNK_MIN_BYTES } from "../js/lane.js";
import { newKey } from "../js/seal.js";
import { filesWait, sendFiles } from "../js/uploads.js";
import { Drawer, FakeTus, problem, sha256 } from "./fake_tus.mjs";

/** Bytes that no piece of which is like another. */
function bytes(length, seed = 1) {
  const made = new Uint8Array(length);
  for (let at = 0, state = seed; at < length; at += 1) made[at] = (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) >> 16;
  return made;
}

async function begun(...lengths) {
  const server = new FakeTus();
  const drawer = new Drawer(server);
  const records = [];
  for (const [at, length] of lengths.entries()) records.push(await drawer.add(bytes(length, at + 1)));
  return { server, drawer, records };
}

/** Go on as a page does, until nothing waits or patience ends. */
async function persist(drawer, server, tries = 60) {
  for (let at = 0; at < tries && (await filesWait(drawer)); at += 1) {
    await sendFiles(drawer, {}, server.world);
    server.now = Math.max(server.now, (await laneOf(drawer))?.next_try_ms ?? 0);
  }
}

const fileOf = async (drawer, record) => (await filesOf(drawer)).get(record.sha256);
/** The same fault for the first `times` requests of a kind. */
const first = (times, kind, fault) => (request) => (kind(request) && times-- > 0 ? fault : null);
const isPatch = ({ method }) => method === "PATCH";
const isCreation = ({ method, url }) => method === "POST" && url === "/files/";

test("every file arrives whole, the smallest first, two at once at most, with the drawer's own credential", async () => {
  const { server, drawer, records } = await begun(700_000, 20_000, 300_000, 90_000);
  await sendFiles(drawer, {}, server.world);
  assert.deepEqual([...server.whole.keys()].sort(), records.map((each) => each.sha256).sort());
  for (const [hash, whole] of server.whole) assert.equal(sha256(whole), hash);
  assert.deepEqual(server.seen("POST").slice(0, 2).map((each) => each.body.size), [20_000, 90_000]);
  assert.equal(server.most_at_once, 2);
  assert.ok(server.log.every((each) => each.bearer === "Bearer secret"));
  assert.equal(await filesWait(drawer), false);
});

test("a cut goes on at the byte the system names, and no byte goes twice", async () => {
  const { server, drawer, records } = await begun(600_000);
  server.weather = first(1, isPatch, { cut: 50_001 });
  await persist(drawer, server);
  const [upload] = [...server.uploads.values()];
  assert.equal(server.uploads.size, 1);
  assert.equal(sha256(upload.bytes), records[0].sha256);
  const resumed = server.seen("PATCH").map((each) => each.offset);
  assert.ok(resumed.includes(131_072 + 50_001), `${resumed}`);
  assert.equal(server.seen("HEAD").length, 1);
});

test("an answer lost after the creation makes no second upload: the probe finds the first", async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = first(1, isCreation, { lose: true });
  await persist(drawer, server);
  assert.equal(server.uploads.size, 1);
  assert.equal(server.whole.size, 1);
});

test("an answer lost after the last byte sends nothing again", async () => {
  const { server, drawer, records } = await begun(100_000);
  server.weather = first(1, isCreation, { lose: true });
  await persist(drawer, server);
  assert.equal(server.log.filter((each) => each.body instanceof Blob).length, 1);
  assert.notEqual((await fileOf(drawer, records[0])).sent_ms, null);
});

test("silence ends the run, halves the chunk and is tried again later, not before", async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = () => ({ refuse: true });
  await sendFiles(drawer, {}, server.world);
  const lane = await laneOf(drawer);
  assert.deepEqual([lane.reason, lane.failures, lane.chunk_bytes], ["silent", 1, 65_536]);
  const before = server.log.length;
  await sendFiles(drawer, {}, server.world);
  assert.equal(server.log.length, before, "too early");
  await sendFiles(drawer, { force: true }, server.world);
  assert.equal(server.log.length, before + 1, "who presses tries once");
  server.weather = () => null;
  await sendFiles(drawer, { force: true }, server.world);
  assert.equal(server.whole.size, 1);
  assert.equal((await laneOf(drawer)).reason, null);
});

test("a network that is back does not wait out silence, but what the system asked for", async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = () => ({ refuse: true });
  await sendFiles(drawer, {}, server.world);
  await sendFiles(drawer, { again: true }, server.world);
  assert.equal(server.log.length, 2, "one try each");
  server.weather = () => ({ answer: () => problem(503, "unavailable", { "retry-after": "600" }) });
  await sendFiles(drawer, { again: true }, server.world);
  await sendFiles(drawer, { again: true }, server.world);
  assert.equal(server.log.length, 3);
  await sendFiles(drawer, { force: true }, server.world);
  assert.equal(server.log.length, 4, "a person may");
});

for (const how of [{ force: true }, { again: true }]) test(`who presses, and another network, give up a request that hangs (${Object.keys(how)})`, async () => {
  const { server, drawer } = await begun(600_000);
  let hung = false;
  const world = { ...server.world, fetch: (url, init) => {
    if (init.method !== "PATCH" || hung) return server.fetch(url, init);
    hung = true;
    return new Promise((_, bad) => init.signal.addEventListener("abort", () => bad(new DOMException("", "AbortError"))));
  } };
  const done = sendFiles(drawer, {}, world);
  while (!hung) await new Promise((next) => setImmediate(next));
  void sendFiles(drawer, how, world); // too soon to give up
  server.now += 3_000;
  void sendFiles(drawer, how, world);
  await done;
  assert.equal(server.whole.size, 1);
});

test("a page in place of an answer is no answer", async () => {
  const { server, drawer } = await begun(1_000);
  server.weather = () => ({ answer: () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } }) });
  await sendFiles(drawer, {}, server.world);
  assert.equal((await laneOf(drawer)).reason, "portal");
  server.weather = () => ({ answer: () => new Response("", { status: 404 }) });
  await sendFiles(drawer, { force: true }, server.world);
  assert.equal((await laneOf(drawer)).reason, "silent");
});

test("an upload that has gone begins anew, and one that another phone has finished is done", async () => {
  const { server, drawer, records } = await begun(600_000);
  server.weather = first(1, isPatch, { refuse: true });
  await sendFiles(drawer, {}, server.world);
  [...server.uploads.values()][0].gone = true;
  await persist(drawer, server);
  assert.equal(server.uploads.size, 2);
  assert.equal(server.whole.size, 1);

  const other = await begun(600_000);
  other.server.weather = first(1, isPatch, { refuse: true });
  await sendFiles(other.drawer, {}, other.server.world);
  [...other.server.uploads.values()][0].gone = true;
  other.server.whole.set(records[0].sha256, bytes(600_000));
  await persist(other.drawer, other.server);
  assert.equal(other.server.uploads.size, 1);
  assert.equal(await filesWait(other.drawer), false);
});

test("a writer that is pushed aside asks, waits a while of its own, and goes on", async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = first(3, isPatch, { answer: () => problem(409, "upload-offset") });
  await persist(drawer, server);
  assert.equal(server.whole.size, 1);
  assert.equal(server.pauses.length, 2);
});

test("bytes that do not come out right are begun anew, and at last stand aside with the reason", async () => {
  const { server, drawer, records } = await begun(50_000, 60_000);
  server.weather = ({ method, url, body }) => (method === "POST" && url === "/files/" && body.size === 50_000 ? { answer: () => problem(460, "checksum", { location: "/files/x" }) } : null);
  await persist(drawer, server);
  assert.equal((await fileOf(drawer, records[0])).stuck, "checksum");
  assert.deepEqual([...server.whole.keys()], [records[1].sha256], "the other file passes by");
  assert.equal(await filesWait(drawer), false);
});

test("a file the system will not have stands aside; a box that takes no large requests gets small ones", async () => {
  const { server, drawer, records } = await begun(50_000, 400_000);
  server.weather = ({ method, body, url }) => {
    if (method === "POST" && url === "/files/" && body.size === 50_000) return { answer: () => problem(415, "unsupported-type") };
    return body?.size > CHUNK_MIN_BYTES ? { answer: () => new Response("<html>413", { status: 413, headers: { "content-type": "text/html" } }) } : null;
  };
  await persist(drawer, server);
  assert.equal((await fileOf(drawer, records[0])).stuck, "unsupported-type");
  assert.equal(server.whole.has(records[1].sha256), true);
});

test("a system that asks for time gets it", async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = first(1, isPatch, { answer: () => problem(507, "storage-full", { "retry-after": "120" }) });
  await sendFiles(drawer, {}, server.world);
  const lane = await laneOf(drawer);
  assert.equal(lane.reason, "full");
  assert.ok(lane.next_try_ms >= server.now + 119_000);
  await persist(drawer, server);
  assert.equal(server.whole.size, 1);
  assert.equal(server.uploads.size, 1);
});

test("whoever signs out sends nothing more, and the piece on its way is given up", async () => {
  const { server, drawer } = await begun(600_000, 500_000);
  server.weather = (request) => {
    if (isPatch(request)) {
      drawer.account.out = true;
      drawer.tell();
    }
    return null;
  };
  await sendFiles(drawer, {}, server.world);
  assert.ok([...server.uploads.values()].every((each) => each.bytes.length === 131_072), "nothing came after the creation");
  const before = server.log.length;
  await sendFiles(drawer, { force: true }, server.world);
  assert.equal(server.log.length, before);
});

test("a dossier asked back stops its files between two pieces", async () => {
  const { server, drawer } = await begun(2_000_000);
  server.weather = (request) => {
    if (isPatch(request)) drawer.copy.state = "7";
    return null;
  };
  await sendFiles(drawer, {}, server.world);
  assert.equal(server.seen("PATCH").length, 1);
  assert.equal(await filesWait(drawer), false);
});

test("a spent budget stops the lane, and says so", async () => {
  const { server, drawer } = await begun(600_000);
  let spent = 0;
  const world = { ...server.world, noteSent: async (sent) => void (spent += sent), mayNotSend: async () => (spent > 200_000 ? "budget" : null) };
  await sendFiles(drawer, {}, world);
  assert.equal((await laneOf(drawer)).reason, "budget");
  assert.equal(server.whole.size, 0);
  assert.ok([...server.uploads.values()][0].bytes.length >= 200_000);
});

test("a file whose bytes the browser has lost stands aside", async () => {
  const { server, drawer, records } = await begun(300_000);
  drawer.db.stores.pieces.delete(`${records[0].id}:1`);
  await sendFiles(drawer, {}, server.world);
  assert.equal((await fileOf(drawer, records[0])).stuck, "missing");
});

test("what lies on the phone is sealed, in pieces of which none says what it is", async () => {
  const server = new FakeTus();
  const drawer = new Drawer(server, await newKey());
  const words = new TextEncoder().encode("Tòa án nhân dân ".repeat(40_000));
  const record = await drawer.add(words);
  const kept = [...drawer.db.stores.pieces.values()];
  assert.equal(kept.length, Math.ceil(words.length / 262_144));
  for (const piece of kept) assert.equal(Buffer.from(piece.sealed).includes("nhân dân"), false);
  assert.equal(JSON.stringify([...drawer.db.stores.files.values()]).includes(record.sha256), false);
  await sendFiles(drawer, {}, server.world);
  assert.deepEqual(Buffer.from(server.whole.get(record.sha256)), Buffer.from(words));
});

for (let seed = 1; seed <= 15; seed += 1) {
  test(`whatever the network does, files come out whole and offsets never fall (seed ${seed})`, async () => {
    let state = seed * 7919;
    const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const { server, drawer, records } = await begun(...Array.from({ length: 4 }, () => 1 + Math.floor(random() * 500_000)));
    const offsets = new Map();
    let faults = 30;
    server.weather = () => {
      for (const [url, upload] of server.uploads) {
        assert.ok(upload.bytes.length >= (offsets.get(url) ?? 0));
        offsets.set(url, upload.bytes.length);
      }
      if (faults-- <= 0 || random() < 0.4) return null;
      return [{ refuse: true }, { lose: true }, { cut: Math.floor(random() * 60_000) }, { answer: () => problem(503, "unavailable", { "retry-after": "7" }) }, { answer: () => problem(409, "upload-offset") },
        { answer: () => new Response("<h1>502", { status: 502, headers: { "content-type": "text/html" } }) }, { answer: () => new Response("", { status: 413 }) }][Math.floor(random() * 7)];
    };
    await persist(drawer, server, 200);
    assert.deepEqual([...server.whole.keys()].sort(), records.map((each) => each.sha256).sort());
    assert.ok([...(await filesOf(drawer)).values()].every((file) => file.stuck === null));
    assert.equal(server.uploads.size, 4, "no upload was begun twice");
  });
}

test("what a cut let through counts for the day's budget too", async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = first(2, isPatch, { cut: 50_001 });
  let counted = 0;
  const world = { ...server.world, noteSent: async (count) => void (counted += count) };
  for (let at = 0; at < 9 && (await filesWait(drawer)); at += 1) await sendFiles(drawer, { force: true }, world);
  assert.equal(server.whole.size, 1);
  assert.equal(counted, 600_000);
});

/** A phone without room: nothing is written any more. */
function fill(drawer) {
  drawer.db.transaction = async () => {
    throw new DOMException("full", "QuotaExceededError");
  };
}

test("a full phone sends all the same, and does not ask again at once", async () => {
  const { server, drawer, records } = await begun(600_000, 50_000);
  fill(drawer);
  let pulls = 0;
  const world = { ...server.world, pull: async () => {
    pulls += 1;
    throw new DOMException("full", "QuotaExceededError");
  } };
  await sendFiles(drawer, { force: true }, world);
  assert.deepEqual([...server.whole.keys()].sort(), records.map((each) => each.sha256).sort());
  assert.equal(server.uploads.size, 2);
  assert.equal(pulls, 2);
  const before = server.log.length;
  server.now += 2_000;
  await sendFiles(drawer, {}, world);
  server.now += 120_000;
  await sendFiles(drawer, {}, world);
  assert.equal(server.log.length, before, "what it was told stays known");
});

test("a full phone that met silence waits as long as another", async () => {
  const { server, drawer } = await begun(600_000);
  fill(drawer);
  server.weather = () => ({ refuse: true });
  await sendFiles(drawer, {}, server.world);
  await sendFiles(drawer, {}, server.world);
  assert.equal(server.log.length, 1);
});

test("who signed out in another tab sends no more of the piece on its way", async () => {
  const { server, drawer } = await begun(600_000);
  let out = false;
  drawer.refresh = async () => void (drawer.account.out = out); // what the other tab has kept is known only then
  server.weather = (request) => {
    if (isPatch(request)) {
      out = true;
      drawer.tell();
    }
    return null;
  };
  await sendFiles(drawer, {}, server.world);
  assert.ok([...server.uploads.values()].every((each) => each.bytes.length === 131_072));
});

for (const address of ["http://192.168.1.1/files/u1", "//elsewhere.example/files/u1", "/sync/v1", "/files/../sync"]) test(`the credential goes to no address that is none of ours: ${address}`, async () => {
  const { server, drawer } = await begun(600_000);
  server.weather = first(1, isCreation, { answer: () => new Response(null, { status: 201, headers: { "tus-resumable": "1.0.0", "upload-offset": "0", location: address } }) });
  await persist(drawer, server);
  assert.ok(server.log.every(({ url }) => /^\/files\/(u\d+|probe)?$/.test(url)));
  assert.equal(server.whole.size, 1);
  const other = await begun(600_000);
  other.server.weather = first(1, ({ url }) => url === "/files/probe", { answer: () => Response.json(Object.fromEntries(other.records.map(({ sha256: hash }) => [hash, { partial: address, offset: 5 }])), { headers: { "tus-resumable": "1.0.0" } }) });
  await persist(other.drawer, other.server);
  assert.ok(other.server.log.every(({ url }) => /^\/files\/(u\d+|probe)?$/.test(url)));
  assert.equal(other.server.whole.size, 1);
});

test("uploads that are gone as soon as they are begun are not begun without end", async () => {
  const { server, drawer } = await begun(6_000_000);
  server.weather = (request) => (isPatch(request) ? { answer: () => problem(404, "not-found") } : null);
  const carried = server.probe.bind(server);
  server.probe = ({ sha256: hashes }) => {
    for (const each of server.uploads.values()) each.gone = true;
    return carried({ sha256: hashes });
  };
  await sendFiles(drawer, {}, server.world);
  assert.ok(server.uploads.size <= 6, `${server.uploads.size}`);
  assert.equal((await laneOf(drawer)).reason, "busy");
  assert.ok(server.pauses.length > 0);
});
