// The phone's session answers the golden traces as the Python one does (protocol §7.11), and keeps its limits.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { backoff, canonical, LocalProtocolError, rowOf, Session } from "../js/session.js";

const traces = JSON.parse(readFileSync(new URL("../../tests/unit/session/traces.json", import.meta.url), "utf8"));
const plain = (value) => JSON.parse(JSON.stringify(value ?? null));
const DOSSIER = "01a1ee00-0000-7000-8000-0000000000d1";
const NOW = 1_795_000_000_000;

function newIds() {
  let made = 0;
  return () => `01a1ee00-0000-7000-8000-${(++made).toString(16).padStart(12, "0")}`;
}

function replay(session, { call, args, ids }) {
  const given = plain(args);
  if (!ids) return session[call](...given);
  const left = [...ids];
  return session[call]({ ...given[0], newId: () => left.shift() });
}

for (const { name, calls } of traces) {
  test(`golden trace: ${name}`, () => {
    const session = new Session({ device: "phone-1", boot: "b" });
    for (const call of calls) assert.deepEqual(plain(replay(session, call)), call.gives, JSON.stringify(call));
  });

  test(`records are all there is to keep: ${name}`, () => {
    const session = new Session({ device: "phone-1", boot: "b" });
    const tab = new Session({ device: "phone-1", boot: "c" });
    const kept = { outbox: new Map(), copies: new Map(), meta: new Map() };
    for (const call of calls) {
      const given = replay(session, call);
      const changes = given?.changes ?? given;
      if (!changes?.outbox) continue;
      tab.absorb(changes);
      for (const [store, records] of Object.entries(kept)) {
        for (const key of changes[store].delete) records.delete(key);
        for (const record of changes[store].put) records.set(record.id, record);
      }
    }
    const records = Object.fromEntries(Object.entries(kept).map(([store, map]) => [store, plain([...map.values()])]));
    const loaded = Session.load(records, { device: "phone-1", boot: "d" });
    const all = ({ outbox, copies, meta }) => plain([[...outbox].sort(), [...copies].sort(), meta]);
    assert.deepEqual(all(loaded), all(session));
    assert.deepEqual(all(tab), all(session));
  });
}

test("an op over 256 KiB is a fault of the caller and changes nothing", () => {
  const session = new Session();
  const note = { dossier: DOSSIER, text: "ă".repeat(140_000), now: NOW, newId: newIds() };
  assert.throws(() => session.note(note), LocalProtocolError);
  assert.equal(session.outbox.size, 0);
});

test("a command needs the dossier on the device", () => {
  assert.throws(() => new Session().command({ dossier: DOSSIER, name: "receive", now: NOW, newId: newIds() }), LocalProtocolError);
});

test("one patch becomes several only where a limit is passed", () => {
  const seen = Array.from({ length: 600 }, (_, n) => `01a1ee00-0000-7000-8001-${n.toString(16).padStart(12, "0")}`);
  const paths = Array.from({ length: 9 }, (_, n) => `s.f${n}`);
  const rendered = Object.fromEntries(paths.map((path) => [path, { value: null, saw: seen }]));
  const values = Object.fromEntries(paths.map((path) => [path, "v"]));
  const form = { dossier: DOSSIER, procedure: "1.004873", unit: "06154", form: "1.004873@2", now: NOW, newId: newIds() };
  const { ops } = new Session().send({ ...form, values, rendered });
  const patches = ops.filter((op) => op.type === "patch");
  assert.deepEqual(patches.map((patch) => Object.keys(patch.set).length), [4, 4, 1]);
  assert.ok(patches.every((patch) => Object.values(patch.saw).every((ids) => ids.length === 500)));
});

test("a request carries at most 500 ops and a megabyte", () => {
  for (const [count, text, most] of [[600, "lời", 500], [200, "x".repeat(9_900), 105]]) {
    const session = new Session();
    const newId = newIds();
    for (let n = 0; n < count; n += 1) session.note({ dossier: DOSSIER, text, now: NOW, newId });
    const request = session.nextRequest({ now: NOW });
    assert.ok(request?.kind === "sync" && request.body.ops.length <= most && request.body.ops.length > most - 10);
  }
});

test("back-off is capped and jittered", () => {
  assert.deepEqual([1, 2, 3].map((failures) => backoff(failures, 0)), [1_000, 2_000, 4_000]);
  assert.ok(backoff(99, 0.999) <= 15 * 60_000);
});

test("values are equal as JSON is, and rows are told from choices", () => {
  assert.equal(canonical({ b: 1, a: [true] }), '{"a":[true],"b":1}');
  assert.notEqual(canonical(1), canonical(true));
  assert.deepEqual(["members/x/name", "members/x", "person.papers/a", "person.name"].map(rowOf), ["members/x", "members/x", null, null]);
});

test("an account waits for its person only where the server itself refused it", () => {
  for (const [code, paused] of [["invalid", "invalid"], ["", null]]) {
    const session = new Session({ device: "phone-1", boot: "b" });
    session.beginAccount({ name: "An", secret: "s".repeat(43) });
    const request = session.nextRequest({ now: 1_795_000_000_000, app: "1.0.0" });
    session.failed(request.token, { status: 400, code }, 1_795_000_000_000, 0.5);
    assert.equal(session.meta.paused, paused);
    assert.equal(session.meta.next_try_ms > 1_795_000_000_000, paused === null);
  }
});
