/** The papers of a draft: pages in order, and the ops that make the dossier's papers those of the draft. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addPages, everyPage, fileOps, fitPapers, movePage, pagesOf, papersFrom } from "../js/papers.js";
import { carryFiles, filesOf, keepFile, smallOf, wholeOf } from "../js/files.js";
import { newKey } from "../js/seal.js";
import { Session } from "../js/session.js";
import { Drawer, FakeTus } from "./fake_tus.mjs";

const D = "01a1ee00-0000-7000-8000-0000000000d1";
const page = (name, more = {}) => ({ sha256: name.repeat(64).slice(0, 64), bytes: 10, media: "image/jpeg", name: "", ...more });
const named = (pages) => pages.map((each) => each.sha256[0]).join("");
let made = 0;
const newId = () => `01a1ee00-0000-7000-8000-${String((made += 1)).padStart(12, "0")}`;

function copyWith(session, attachments) {
  session.copies.set(D, { id: D, rev: 3, state: "1", form: "1.004873@2", unit: "06154", procedure: "1.004873", cells: {}, attachments, held: [], notes: [], steps: [], trace: [], conflicts: [] });
}
const listed = (op, sha, place, status = "verified") => ({ op, slot: "ruling", ...page(sha), page: place, status, received: 0 });

test("new pages are attached by their place, and a PDF keeps its name", () => {
  const draft = {};
  addPages(draft, "ruling", [page("a"), page("b", { media: "application/pdf", name: "bản án.pdf" })]);
  assert.deepEqual(fileOps(draft), { detach: [], attach: [
    { slot: "ruling", ...page("a"), name: "trang1.jpg", page: 1 },
    { slot: "ruling", ...page("b"), media: "application/pdf", name: "bản án.pdf", page: 2 },
  ] });
});

test("a page that stays where it was makes no op; one that moved is taken away and attached anew", () => {
  const draft = {};
  addPages(draft, "ruling", [page("a", { op: "o1", page: 1 }), page("b", { op: "o2", page: 2 }), page("c", { op: "o3", page: 3 })]);
  assert.deepEqual(fileOps(draft), { attach: [], detach: [] });
  movePage(draft, "ruling", pagesOf(draft, "ruling")[2], -1);
  const { attach, detach } = fileOps(draft);
  assert.deepEqual(detach, [{ slot: "ruling", saw: ["o3", "o2"] }]);
  assert.deepEqual(attach.map((each) => [each.sha256[0], each.page]), [["c", 2], ["b", 3]]);
});

test("a page that was never sent is removed without an op, and is still there to be had back", () => {
  const draft = {};
  addPages(draft, "ruling", [page("a")]);
  draft.papers.ruling[0].gone = true;
  assert.deepEqual(fileOps(draft), { attach: [], detach: [] });
  assert.equal(named(everyPage(draft)), "a");
});

test("a page taken again stands in the place of the old one", () => {
  const draft = {};
  addPages(draft, "ruling", [page("a", { op: "o1", page: 1 }), page("b", { op: "o2", page: 2 })]);
  addPages(draft, "ruling", [page("c")], pagesOf(draft, "ruling")[0]);
  assert.equal(named(pagesOf(draft, "ruling")), "cb");
  assert.deepEqual(fileOps(draft).detach, [{ slot: "ruling", saw: ["o1"] }]);
});

test("what a pull brought after the form was drawn is not taken away by it", () => {
  const session = new Session();
  copyWith(session, [listed("o1", "a", 1)]);
  const draft = { papers: papersFrom(session, D) };
  copyWith(session, [listed("o1", "a", 1), listed("o2", "b", 2)]);
  draft.papers.ruling[0].gone = true;
  assert.deepEqual(fileOps(draft).detach, [{ slot: "ruling", saw: ["o1"] }]);
});

test("own pages on their way count, those being taken away do not, and those refused come back without their op", () => {
  const session = new Session();
  copyWith(session, [listed("o1", "a", 1), listed("o2", "b", 2)]);
  const base = { dossier: D, procedure: "1.004873", form: "1.004873@2", unit: "06154", values: {}, rendered: {}, submit: false, now: 1, newId };
  session.send({ ...base, attach: [{ slot: "ruling", ...page("c"), page: 3 }], detach: [{ slot: "ruling", saw: ["o1"] }] });
  assert.equal(named(papersFrom(session, D).ruling), "bc");
  const attach = session.recordsOf(D).find((record) => record.op.type === "attach");
  assert.equal(papersFrom(session, D).ruling[1].op, attach.id);
  session.put({ ...attach, status: "refused", result: { outcome: "refused" } });
  assert.equal(named(papersFrom(session, D).ruling), "bc");
  assert.equal(papersFrom(session, D).ruling[1].op, undefined);
  session.dismiss(attach.id);
  assert.equal(named(papersFrom(session, D).ruling), "b");
});

test("pages of a paper that another version does not ask for are put apart and come back with it", () => {
  const draft = {};
  addPages(draft, "ruling", [page("a"), page("b")]);
  fitPapers(draft, [{ key: "other" }]);
  assert.deepEqual(fileOps(draft), { attach: [], detach: [] });
  assert.equal(named(everyPage(draft)), "ab");
  fitPapers(draft, [{ key: "ruling" }]);
  assert.equal(named(pagesOf(draft, "ruling")), "ab");
  assert.equal(draft.papers_apart, undefined);
});

test("photographs go with work that somebody takes for theirs, sealed with the key of the new drawer", async () => {
  const [nobody, own] = [new Drawer(new FakeTus(), await newKey()), new Drawer(new FakeTus(), await newKey())];
  const bytes = new TextEncoder().encode("một trang giấy ".repeat(30_000));
  const record = await keepFile(nobody, { blob: new Blob([bytes]), media: "image/jpeg", small: new Blob(["nhỏ"]) });
  const draft = { papers: { ruling: [{ sha256: record.sha256 }, { sha256: "not here" }] } };
  await carryFiles(nobody, own, draft);
  await carryFiles(nobody, own, draft);
  const files = await filesOf(own);
  assert.equal(files.size, 1);
  const carried = files.get(record.sha256);
  assert.deepEqual(new Uint8Array(await (await wholeOf(own, carried)).arrayBuffer()), bytes);
  assert.equal(await (await smallOf(own, carried)).text(), "nhỏ");
  await assert.rejects(wholeOf({ ...own, db: own.db, key: nobody.key }, carried));
});
