/** Papers in another version of a form: where each page stands, by the vectors that `schemas/moves.py` answers too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { placePapers } from "../js/moves.js";
import { settled } from "../js/lane.js";
import { apartOf, bringPage, everyPage, fileOps, fitPapers, pagesOf } from "../js/papers.js";
import { Session } from "../js/session.js";

const cases = JSON.parse(readFileSync(new URL("../../tests/unit/schemas/papers.json", import.meta.url), "utf8"));
const pages = (given) => given.map(([sha256, more]) => ({ sha256, bytes: 10, media: "image/jpeg", name: "", ...more }));

for (const { name, slots, papers, apart, gives } of cases) {
  test(name, () => {
    const before = Object.fromEntries(Object.entries(papers).map(([slot, given]) => [slot, pages(given)]));
    const placed = placePapers(slots, before, apart.map(([slot, sha256, why]) => ({ slot, page: pages([[sha256, {}]])[0], why })));
    const shown = Object.fromEntries(Object.entries(placed.papers).map(([slot, given]) => [slot, given.map((page) => page.sha256).join("")]));
    assert.deepEqual({ papers: shown, apart: placed.apart.map(({ slot, page, why }) => [slot, page.sha256, why]) }, gives);
  });
}

test("a page without a place can be put elsewhere, is not sent from where it is, and comes back with its form", () => {
  const draft = { papers: { card: pages([["a", {}], ["b", {}]]) } };
  fitPapers(draft, [{ key: "deed" }]);
  assert.deepEqual(fileOps(draft), { attach: [], detach: [] });
  assert.equal(everyPage(draft).length, 2);
  bringPage(draft, apartOf(draft)[0], "deed");
  fitPapers(draft, [{ key: "deed" }]);
  assert.deepEqual([pagesOf(draft, "deed").map((page) => page.sha256), apartOf(draft).map(({ page }) => page.sha256)], [["a"], ["b"]]);
  assert.deepEqual(fileOps(draft).attach.map(({ slot, sha256 }) => slot + sha256), ["deeda"]);
  fitPapers(draft, [{ key: "card" }, { key: "deed" }]);
  assert.deepEqual([pagesOf(draft, "card").length, draft.papers_apart], [1, undefined]);
});

test("the bytes of a page without a place stay after the rest was sent, until it is taken away", () => {
  const [session, now] = [new Session({ device: "phone-1", boot: "b" }), 1_795_000_000_000];
  session.meta.need_snapshot = false;
  const file = (sha256) => ({ id: sha256, sha256, bytes: 10, made_ms: now - 90 * 86_400_000, sent_ms: null, done_ms: null });
  const files = new Map([["a", file("a")]]);
  const draft = { status: "sent", papers: {}, papers_apart: [{ slot: "card", page: pages([["a", {}]])[0], why: "no-slot" }] };
  assert.deepEqual(settled(session, files, [draft], now, true).drop, []);
  draft.papers_apart[0].page.gone = true;
  assert.equal(settled(session, files, [draft], now, true).drop.length, 1);
});
