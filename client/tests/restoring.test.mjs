/** A backup file, and work that belonged to nobody, beside a drawer that has the same dossier with another text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { claim, unclaimed } from "../js/claiming.js";
import { fileOps } from "../js/papers.js";
import { takeIn } from "../js/restoring.js";
import { Session } from "../js/session.js";

const draft = (more = {}) => ({
  id: "d1", procedure: "1", form: "1@1", unit: "06154", status: "draft", values: { "applicant.full_name": "An" }, typed: {},
  rendered: {}, begun_ms: 1, saved_ms: 10, ...more,
});
const other = (more = {}) => draft({ values: { "applicant.full_name": "Ân" }, ...more });
const op = { id: "o1", dossier: "d1", type: "patch", at: 1, form: "1@1", set: { "applicant.full_name": "Ân" }, saw: {} };
const waiting = { id: "o1", dossier: "d1", status: "waiting", op };

/** A drawer in memory, with what restoring and claiming ask of one. */
function drawer(...drafts) {
  const kept = new Map(drafts.map((each) => [each.id, each]));
  return {
    session: new Session({ device: "x" }),
    db: { getAll: async () => [] }, // no photographs
    account: { person: "p1" },
    isGuest: false,
    drafts: async () => [...kept.values()],
    draft: async (id) => kept.get(id) ?? null,
    dropDraft: async (id) => void kept.delete(id),
    async change(make) {
      const change = await make(this.session);
      for (const each of change.drafts ?? []) kept.set(each.id, each);
      return change.result;
    },
  };
}
const file = (drafts, outbox = []) => ({ owner: null, drafts, outbox, forms: [] });
const names = async (vault) => (await vault.drafts()).map((each) => each.values["applicant.full_name"]).sort();

const cases = {
  "an older text than the one here": [draft({ saved_ms: 20 }), other({ saved_ms: 10 }), []],
  "a newer text than the one here": [draft({ saved_ms: 10 }), other({ saved_ms: 20 }), []],
  "another text of what was sent from here": [draft({ status: "sent" }), other({ saved_ms: 20 }), []],
  "a text that waits in the file, where a draft is here": [draft(), other({ status: "sent", saved_ms: 20 }), [waiting]],
  "a text that waits for its owner in the file": [draft(), other({ status: "locked", saved_ms: 20 }), []],
};
for (const [name, [own, theirs, outbox]] of Object.entries(cases)) {
  test(`${name} is put beside it, once, and told`, async () => {
    const vault = drawer(own);
    const first = await takeIn(vault, file([theirs], outbox));
    assert.equal(first.copies, 1);
    assert.deepEqual(await names(vault), ["An", "Ân"]);
    assert.deepEqual(await vault.draft("d1"), own, "what was here stays as it was");
    const [copy] = (await vault.drafts()).filter((each) => each.id !== "d1");
    assert.equal(copy.status, "draft", "nothing goes out of it by itself");
    const again = await takeIn(vault, file([theirs], outbox));
    assert.deepEqual([again.came, again.copies], [0, 0]);
    assert.deepEqual(await names(vault), ["An", "Ân"]);
  });
}

test("the same text is not put beside itself, whatever became of either", async () => {
  for (const status of ["draft", "locked", "sent"]) {
    const vault = drawer(draft({ status, saved_ms: 5 }));
    assert.deepEqual(await takeIn(vault, file([draft()])), { came: 0, known: 1, copies: 0 });
  }
});

test("an earlier sending of this drawer's own is not put beside the later one", async () => {
  const vault = drawer(draft({ status: "sent" }));
  vault.session.append([op]);
  vault.session.commit();
  assert.deepEqual(await takeIn(vault, file([other({ status: "sent" })], [waiting])), { came: 0, known: 1, copies: 0 });
  assert.deepEqual(await names(vault), ["An"]);
});

const asWork = (each) => /** @type {any} */ ({ id: each.id, draft: each });

test("work that was claimed before the phone went off goes, and no other", async () => {
  const [same, differs, asked] = [draft({ id: "a" }), other({ id: "b" }), draft({ id: "c" })];
  const guest = drawer(same, differs, asked);
  const own = drawer({ ...same, status: "sent" }, draft({ id: "b" }));
  const open = await unclaimed(guest, own, [same, differs, asked].map(asWork));
  assert.deepEqual(open.map(({ work, differs: other }) => [work.id, other]), [["b", true], ["c", false]]);
  assert.deepEqual((await guest.drafts()).map(({ id }) => id), ["b", "c"]);
});

test("a claimed text that differs from the one here is put beside it and not sent", async () => {
  const guest = drawer(other({ status: "locked" }));
  const own = drawer(draft({ status: "sent" }));
  await claim(guest, own, await guest.draft("d1"));
  assert.deepEqual(await names(own), ["An", "Ân"]);
  assert.equal(own.session.outbox.size, 0);
  assert.deepEqual(await guest.drafts(), []);
});

test("a copy of a dossier that was sent brings all its pages as new ones, and takes none away from the other", async () => {
  const page = (at, op, more = {}) => ({ sha256: `${at}`.repeat(64), bytes: at, media: "image/jpeg", name: "", ...(op ? { op, page: at } : {}), ...more });
  const papers = { ruling: [page(1, "a1", { gone: true }), page(2, "a2"), page(3, null)] };
  const vault = drawer(draft({ from_server: true }));
  await takeIn(vault, file([other({ from_server: true, papers })]));
  const [copy] = (await vault.drafts()).filter((each) => each.id !== "d1");
  const { attach, detach } = fileOps(copy);
  assert.deepEqual(attach.map((each) => [each.bytes, each.page]), [[2, 1], [3, 2]]);
  assert.deepEqual(detach, []);
});
