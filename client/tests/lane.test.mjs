/** What the lane of files decides: what is wanted, what an answer means, how much at once, and what may go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { afterChunk, afterCut, afterFailure, afterSuccess, CHUNK_MAX_BYTES, CHUNK_MIN_BYTES, meaning, newLane, settled, unsent, wanted } from "../js/lane.js";
import { Session } from "../js/session.js";

const DAY_MS = 86_400_000;
const NOW = 1_795_000_000_000;
let made = 0;
const newId = () => `01a1ee00-0000-7000-8000-${String((made += 1)).padStart(12, "0")}`;

const file = (sha256, bytes = 100, more = {}) => ({ id: `id-${sha256}`, sha256, bytes, media: "image/jpeg", pieces: 1, made_ms: NOW - 2 * DAY_MS, upload: null, offset: 0, sent_ms: null, restarts: 0, stuck: null, done_ms: null, ...more });
const filesOf = (...files) => new Map(files.map((each) => [each.sha256, each]));

/** A session whose copies list files by their status. */
function sessionWith(dossiers, meta = {}) {
  const session = new Session();
  session.setMeta({ need_snapshot: false, ...meta });
  for (const [id, { state = "1", files, pulled_ms = NOW }] of Object.entries(dossiers)) {
    const attachments = Object.entries(files).map(([sha256, status], at) => ({ op: `${id}-${sha256}`, slot: "s", sha256, bytes: 100, page: at + 1, status }));
    session.copies.set(id, { id, rev: 1, state, form: "f@1", unit: "u", procedure: "f", cells: {}, attachments, held: [], notes: [], steps: [], trace: [], conflicts: [], pulled_ms });
  }
  return session;
}
const names = (files) => files.map((each) => each.sha256).join("");
const go = (session, files, drafts = [], now = NOW, short = false) => {
  const { mark, drop } = settled(session, files, drafts, now, short);
  return { mark: names(mark), drop: names(drop) };
};

test("wanted: awaited or arriving, here on this phone, the smallest first", () => {
  const session = sessionWith({ d: { files: { a: "awaited", b: "arriving", c: "verified", e: "bad", f: "awaited" } } });
  assert.equal(names(wanted(session, filesOf(file("a", 300), file("b", 200), file("c"), file("e")))), "ba");
});

test("a dossier that the system does not have, or that is over or asked back, wants nothing", () => {
  assert.equal(names(wanted(sessionWith({}), filesOf(file("a")))), "");
  for (const state of ["3", "7", "8", "10"]) assert.equal(names(wanted(sessionWith({ d: { state, files: { a: "awaited" } } }), filesOf(file("a")))), "", state);
  const session = sessionWith({ d: { files: { a: "awaited" } } });
  session.withdraw({ dossier: "d", now: NOW, newId });
  assert.equal(names(wanted(session, filesOf(file("a")))), "", "the wish to withdraw is enough");
});

test("a page that its owner is taking away is not sent", () => {
  const session = sessionWith({ d: { files: { a: "awaited", b: "awaited" } } });
  session.send({ dossier: "d", procedure: "f", form: "f@1", unit: "u", values: {}, rendered: {}, detach: [{ slot: "s", saw: ["d-a"] }], submit: false, now: NOW, newId });
  assert.equal(names(wanted(session, filesOf(file("a"), file("b")))), "b");
});

test("what was sent is not sent again, unless a later pull says that it is gone", () => {
  const sent = filesOf(file("a", 100, { sent_ms: NOW }));
  for (const status of ["awaited", "arriving"]) {
    for (const [after_ms, again] of [[-1, ""], [1, ""], [60_000, ""], [60_001, "a"]]) {
      assert.equal(names(unsent(sessionWith({ d: { files: { a: status }, pulled_ms: NOW + after_ms } }), sent)), again, `${status} ${after_ms}`);
    }
  }
  assert.equal(names(unsent(sessionWith({ d: { files: { a: "awaited" } } }), filesOf(file("a", 100, { stuck: "checksum" })))), "");
});

test("a chunk is what goes through in ten seconds, at most double the last, within its bounds", () => {
  assert.equal(afterChunk(100_000, 100_000, 1_000), 200_000);
  assert.equal(afterChunk(100_000, 100_000, 8_000), 125_000);
  assert.equal(afterChunk(100_000, 100_000, 100_000), CHUNK_MIN_BYTES);
  assert.equal(afterChunk(CHUNK_MAX_BYTES, CHUNK_MAX_BYTES, 10), CHUNK_MAX_BYTES);
  assert.equal(afterCut(100_000), 50_000);
  assert.equal(afterCut(CHUNK_MIN_BYTES), CHUNK_MIN_BYTES);
});

test("what each answer means", () => {
  const say = (status, code = "", more = {}) => meaning("patch", { status, code, ...more }, 100);
  assert.deepEqual(say(204, "", { offset: 60 }), { act: "on", offset: 60 });
  assert.deepEqual(say(204, "", { offset: 100 }), { act: "done", offset: 100 });
  assert.equal(say(204).act, "none", "no offset is no answer of ours");
  assert.equal(say(204, "", { offset: 101 }).act, "none");
  assert.deepEqual(meaning("create", { status: 201, code: "" }, 100), { act: "on", offset: 0 });
  for (const [status, code] of [[404, "not-found"], [410, "upload-gone"], [460, "checksum"]]) assert.equal(say(status, code).act, "anew", code);
  assert.equal(say(409, "upload-offset").act, "ask");
  assert.equal(say(412, "invalid").act, "ask");
  assert.deepEqual([say(413, "too-large").act, say(415, "unsupported-type").act, say(400, "invalid").act], ["stuck", "stuck", "stuck"]);
  assert.equal(say(413).act, "less", "a box on the road that takes no large requests");
  assert.equal(say(401, "unauthenticated").act, "sign-in");
  assert.deepEqual(say(507, "storage-full", { retry_after_s: 60 }), { act: "wait", reason: "full", wait_ms: 60_000 });
  assert.deepEqual(say(429, "slow-down", { retry_after_s: 5 }), { act: "wait", reason: "busy", wait_ms: 5_000 });
  assert.deepEqual(say(503, "unavailable"), { act: "wait", reason: "busy", wait_ms: 0 });
  assert.equal(say(502).act, "none");
  assert.equal(say(404).act, "none", "somebody else's 404 says nothing about an upload");
});

test("the pause grows to a minute, never falls short of what the system asked for, and ends with what goes through", () => {
  let lane = newLane();
  const pauses = [];
  for (let at = 0; at < 8; at += 1) {
    lane = afterFailure(lane, "silent", NOW, 1 - 1e-9);
    pauses.push(Math.round((lane.next_try_ms - NOW) / 1000));
  }
  assert.deepEqual(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
  assert.equal(afterFailure(lane, "busy", NOW, 0, 300_000).next_try_ms, NOW + 300_000);
  assert.deepEqual(afterSuccess(lane), { ...newLane() });
});

test("nothing is let go before every place that names it says that it is verified", () => {
  const held = filesOf(file("a", 100, { done_ms: NOW - 40 * DAY_MS }));
  const all = { mark: "", drop: "a" };
  assert.deepEqual(go(sessionWith({ d: { files: { a: "verified" } } }), held), all);
  assert.deepEqual(go(sessionWith({ d: { files: { a: "verified" } }, e: { files: { a: "arriving" } } }), held), { mark: "a", drop: "" });
  assert.deepEqual(go(sessionWith({ d: { files: { a: "awaited" } } }), held, [], NOW, true), { mark: "a", drop: "" }, "not for want of room either");
  assert.deepEqual(go(sessionWith({ d: { files: { a: "verified" } } }), held, [{ status: "draft", papers: { s: [{ sha256: "a" }] } }]), { mark: "a", drop: "" });
  assert.deepEqual(go(sessionWith({ d: { files: { a: "verified" } } }, { need_snapshot: true, contact_ms: NOW }), held), { mark: "", drop: "" }, "the copies may be of before a restore");
});

test("an attach that is not known to be in holds its file, and so does one that was refused", () => {
  const session = sessionWith({ d: { files: {} } });
  const files = filesOf(file("a"));
  session.send({ dossier: "d", procedure: "f", form: "f@1", unit: "u", values: {}, rendered: {}, attach: [{ slot: "s", sha256: "a", bytes: 100, media: "image/jpeg", name: "", page: 1 }], submit: false, now: NOW, newId });
  const [record] = session.recordsOf("d");
  assert.deepEqual(go(session, files, [], NOW, true), { mark: "", drop: "" });
  for (const status of ["held", "refused"]) {
    session.put({ ...record, status, result: { outcome: status, reason: "late" } });
    assert.deepEqual(go(session, files, [], NOW, true), { mark: "", drop: "" }, status);
  }
  session.dismiss(record.id);
  assert.deepEqual(go(session, files), { mark: "", drop: "a" });
});

test("what is verified stays 30 days while there is room, and goes at once where there is none", () => {
  const session = sessionWith({ d: { files: { a: "verified" } } });
  assert.deepEqual(go(session, filesOf(file("a"))), { mark: "a", drop: "" });
  const done = filesOf(file("a", 100, { done_ms: NOW }));
  assert.deepEqual(go(session, done, [], NOW + 29 * DAY_MS), { mark: "", drop: "" });
  assert.deepEqual(go(session, done, [], NOW + 31 * DAY_MS), { mark: "", drop: "a" });
  assert.deepEqual(go(session, done, [], NOW, true), { mark: "", drop: "a" });
});

test("a restore that lost a file makes it wanted again", () => {
  const files = filesOf(file("a", 100, { sent_ms: NOW - DAY_MS, done_ms: NOW - DAY_MS }));
  const session = sessionWith({ d: { files: { a: "awaited" } } });
  assert.equal(names(unsent(session, files)), "a");
  assert.deepEqual(go(session, files, [], NOW, true), { mark: "a", drop: "" });
});

test("a drawer that never had an answer lets go of what no draft of it names, and of nothing else", () => {
  const never = sessionWith({}, { need_snapshot: true, contact_ms: null });
  const named = { id: "g", status: "locked", papers: { s: [{ sha256: "b" }] } };
  assert.deepEqual(go(never, filesOf(file("a"), file("b")), [named], NOW + 2 * DAY_MS), { mark: "", drop: "a" });
});

test("what will not do stays until another page stands in its place, and in a closed dossier 30 days, for want of room too", () => {
  const old = filesOf(file("a", 100, { done_ms: NOW - 40 * DAY_MS }));
  assert.deepEqual(go(sessionWith({ d: { files: { a: "bad" } } }), old, [], NOW, true), { mark: "a", drop: "" });
  for (const status of ["bad", "awaited", "arriving"]) {
    for (const state of ["3", "8", "10"]) {
      const closed = sessionWith({ d: { state, files: { a: status } } });
      assert.deepEqual(go(closed, filesOf(file("a", 100, { done_ms: NOW - 29 * DAY_MS })), [], NOW, true), { mark: "", drop: "" }, `${state} ${status}`);
      assert.deepEqual(go(closed, filesOf(file("a", 100, { done_ms: NOW - 31 * DAY_MS }))), { mark: "", drop: "a" });
    }
  }
  assert.deepEqual(go(sessionWith({ d: { files: {} } }), filesOf(file("a"))), { mark: "", drop: "a" }, "replaced");
});
