/** Codes for citizens: drawn once, told to the system after the work, until it has kept them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import "./memory.mjs";

const { newCode, plainCode, readCode, whole } = await import("../js/codes.js");
const { beginFor, correctFor, dropFor, handoverOf } = await import("../js/handing.js");
const { claimKept, isDue } = await import("../js/handover.js");
const { drain, learnCodes } = await import("../js/sync.js");
const { newId } = await import("../js/ids.js");
const { Vault } = await import("../js/vault.js");

learnCodes(() => import("../js/handover.js"));
const OFFICER = { person: "o1", name: "Lương Văn Hải", short: "Hải", user: "officer-06154", key: "token", roles: [{ unit: "06154", role: "counter" }] };
const BEHALF = { name: "Hoàng Thị Ngân", citizen_id: "999186001234", relation: "self", seen: "card" };

/** @type {any[]} */
const open = [];
after(() => open.forEach((vault) => vault.close()));

/** @param {string} slot */
async function opened(slot) {
  const vault = await Vault.open(slot);
  open.push(vault);
  return vault;
}

/** @param {string} slot @param {any} account */
async function drawer(slot, account) {
  const vault = await opened(slot);
  await vault.change(() => ({ kept: { account } }));
  return vault;
}

/** @param {any} vault @param {any} [on_behalf] @returns {Promise<string>} */
async function filed(vault, on_behalf) {
  const dossier = newId(Date.now());
  const form = { dossier, procedure: "1.004873", form: "1.004873@2", unit: "06154", channel: on_behalf ? "field" : "online", on_behalf, values: {}, rendered: {}, now: Date.now(), newId };
  await vault.change((/** @type {any} */ session) => ({ changes: session.send(form).changes }));
  return dossier;
}

/** A system that keeps what it is told. @param {(path: string, body: any) => any} [say] */
function system(say = () => null, epoch = "e1") {
  const asked = /** @type {{path: string, body: any}[]} */ ([]);
  const mark = { cursor: `${epoch}.1`, epoch };
  const results = (/** @type {any[]} */ ops) => ops.map(({ id }) => ({ id, outcome: "applied", rev: 1 }));
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path, /** @type {any} */ init) => {
    if (!init.body) return new Response(`${JSON.stringify(mark)}\n${(say("snapshot", null) ?? []).map((/** @type {any} */ line) => `${JSON.stringify(line)}\n`).join("")}${JSON.stringify(mark)}\n`, { headers: { "content-type": "application/x-ndjson" } });
    const raw = typeof init.body === "string" ? init.body : await new Response(new Blob([init.body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const body = JSON.parse(raw);
    asked.push({ path, body });
    const answer = say(path, body) ?? {
      "/sync/v1": () => ({ server_time: 1, epoch, results: results(body.ops ?? []), outcomes: [], dossiers: [], gone: [], cursor: `${epoch}.1`, more: false }),
      "/handovers": () => ({ results: body.handovers.map((/** @type {any} */ each) => ({ dossier: each.dossier, outcome: "kept" })) }),
      "/accounts/assisted": () => ({ status: 201, person: "p9" }),
    }[path]?.() ?? {};
    return new Response(JSON.stringify(answer), { status: answer.status ?? 200, headers: { "content-type": "application/json" } });
  });
  return asked;
}

/** @param {{path: string}[]} asked what was asked for, one after the other */
const order = (asked) => [...new Set(asked.map(({ path }) => path))];

test("a code is read as people write it, and nothing else is one", () => {
  const made = newCode("7K2M");
  assert.match(whole(made), /^TN-7K2M-[0-9A-HJKMNP-TV-Z]{8}-[0-9A-HJKMNP-TV-Z]{8}$/);
  assert.deepEqual(readCode(whole(made)), made);
  const read = { code: "TN-7K2M-9Q4TAB01", secret: "WXYZ2301" };
  for (const text of ["tn-7k2m-9q4tabol-wxyz23oi", " TN 7K2M 9Q4T AB01 WXYZ 2301 ", "TN7K2M9Q4TABO1WXYZ23O1", "TN–7K2M–9Q4TAB01–WXYZ23０1"]) assert.deepEqual(readCode(text), read, text);
  for (const text of ["", "TN-7K2M-9Q4TAB01", "LS-06154-261124-0007", "TN-7K2M-9Q4TABU1-WXYZ2301", `${whole(made)}0`, "TN-7K2M-9Q4TAB01-WXYZ23!!"]) assert.equal(readCode(text), null, text);
  assert.equal(plainCode("O o I i L l"), "001111");
});

test("a dossier has one code, whoever asks first, and one device all its codes", async () => {
  const [page, tab] = [await drawer("h1", OFFICER), await opened("h1")];
  const dossier = await filed(page, BEHALF);
  const [one, other] = await Promise.all([handoverOf(page, dossier), handoverOf(tab, dossier)]);
  assert.deepEqual(one, other);
  const next = await handoverOf(page, await filed(page, BEHALF));
  assert.notEqual(next.code, one.code);
  assert.equal(next.code.slice(0, 8), one.code.slice(0, 8));
});

test("the system is told of a code after the work, and not again once it is kept", async () => {
  const vault = await drawer("h2", OFFICER);
  const asked = system((path, body) => (path === "/handovers" && asked.filter((each) => each.path === path).length === 1 ? { results: [{ dossier: body.handovers[0].dossier, outcome: "waiting" }] } : null));
  const dossier = await filed(vault, BEHALF);
  const { code, secret } = await handoverOf(vault, dossier);
  assert.equal(isDue(vault), false, "the dossier goes first");
  await drain(vault, { force: true });
  assert.deepEqual(order(asked), ["/sync/v1", "/handovers"]);
  assert.deepEqual(asked.at(-1)?.body, { handovers: [{ dossier, code, secret }] });
  assert.equal(isDue(vault), true, "what waits is asked again");
  await drain(vault, { force: true });
  assert.equal(isDue(vault), false);
  assert.equal((await handoverOf(vault, dossier)).state, "kept");
  const told = asked.length;
  await drain(vault, { force: true });
  assert.deepEqual(asked.slice(told).filter(({ path }) => path === "/handovers"), []);
});

test("what the system refuses, or cannot hear, changes no other code", async () => {
  const vault = await drawer("h3", OFFICER);
  const [first, second] = [await filed(vault, BEHALF), await filed(vault, BEHALF)];
  for (const each of [first, second]) await handoverOf(vault, each);
  system((path) => (path === "/handovers" ? { status: 503 } : null));
  await drain(vault, { force: true });
  assert.equal(isDue(vault), true);
  system((path) => (path === "/handovers" ? { results: [{ dossier: first, outcome: "refused" }, { dossier: second, outcome: "kept" }] } : null));
  await drain(vault, { force: true });
  assert.deepEqual([(await handoverOf(vault, first)).state, (await handoverOf(vault, second)).state], ["refused", "kept"]);
  assert.equal(isDue(vault), false);
});

test("nothing is told of a citizen's own dossier, nor of an officer's, nor for who signed out", async () => {
  const asked = system();
  for (const [slot, account, behalf] of /** @type {[string, any, any][]} */ ([["h4", { ...OFFICER, roles: [] }, BEHALF], ["h5", OFFICER, undefined], ["h6", { ...OFFICER, out: true }, BEHALF]])) {
    const vault = await drawer(slot, account);
    const dossier = await filed(vault, behalf);
    assert.match((await handoverOf(vault, dossier)).code, /^TN-/);
    await drain(vault, { force: true });
    assert.equal(isDue(vault), false);
  }
  assert.deepEqual(asked.filter(({ path }) => path === "/handovers"), []);
});

test("an account begun for a citizen goes first, and the codes of their dossiers name it", async () => {
  const vault = await drawer("h7", OFFICER);
  system();
  await drain(vault, { force: true });
  const begun = await beginFor(vault, { name: BEHALF.name, citizen_id: BEHALF.citizen_id, phone: null });
  const [hers, another] = [await filed(vault, BEHALF), await filed(vault, { ...BEHALF, citizen_id: "999086004321" })];
  for (const each of [hers, another]) await handoverOf(vault, each);
  const asked = system();
  await drain(vault, { force: true });
  assert.deepEqual(order(asked), ["/accounts/assisted", "/sync/v1", "/handovers"]);
  const { account, name, citizen_id, code, secret } = begun;
  assert.deepEqual(asked[0].body, { account, name, citizen_id, code, secret });
  assert.deepEqual(asked.at(-1)?.body.handovers.map((/** @type {any} */ each) => each.account), [account, undefined]);
  await drain(vault, { force: true });
  assert.equal(asked.filter(({ path }) => path === "/accounts/assisted").length, 1);
});

test("after a restore the system is told again of what it kept, in the order it needs, and of nothing that it refused", async () => {
  const vault = await drawer("h8", OFFICER);
  system();
  await drain(vault, { force: true });
  const begun = await beginFor(vault, { name: BEHALF.name, citizen_id: BEHALF.citizen_id, phone: null });
  const [kept, refused] = [await filed(vault, BEHALF), await filed(vault, BEHALF)];
  const given = await handoverOf(vault, kept);
  await handoverOf(vault, refused);
  system((path) => (path === "/handovers" ? { results: [{ dossier: kept, outcome: "kept" }, { dossier: refused, outcome: "refused" }] } : null));
  await drain(vault, { force: true });
  assert.equal(isDue(vault), false);
  const asked = system(undefined, "e2");
  await vault.change((/** @type {any} */ session) => ({ changes: session.send({ dossier: kept, procedure: "1.004873", form: "1.004873@2", unit: "06154", values: { "applicant.phone": "0987654321" }, rendered: {}, submit: false, now: Date.now(), newId }).changes }));
  await drain(vault, { force: true });
  assert.deepEqual(order(asked), ["/sync/v1", "/accounts/assisted", "/handovers"]);
  const { code, secret } = given;
  assert.deepEqual(asked.at(-1)?.body, { handovers: [{ dossier: kept, code, secret, account: begun.account }] });
  assert.deepEqual([(await handoverOf(vault, kept)).epoch, (await handoverOf(vault, refused)).state], ["e2", "refused"]);
  assert.equal(isDue(vault), false);
  const told = asked.length;
  await drain(vault, { force: true });
  assert.deepEqual(asked.slice(told).filter(({ path }) => path !== "/sync/v1"), []);
});

test("what nobody would send again, because it is older than 30 days, is not told again either", async () => {
  const vault = await drawer("h9", OFFICER);
  system();
  await drain(vault, { force: true });
  const old = { account: "a1", name: "An", code: "TN-7K2M-9Q4TAB01", secret: "WXYZ2301", at: Date.now() - 31 * 86_400_000 };
  await vault.change((/** @type {any} */ session) => {
    session.meta.epoch = "e2";
    return { kept: { assisted: [{ ...old, state: "kept", epoch: "e1" }] } };
  });
  assert.equal(isDue(vault), false);
  await vault.change((/** @type {any} */ session) => {
    session.meta.epoch = "e2";
    return { kept: { assisted: [{ ...old, at: Date.now(), state: "kept", epoch: "e1" }] } };
  });
  assert.equal(isDue(vault), true);
});

/** A citizen's drawer that claimed a dossier before the system was restored, and met it since. @param {string} slot @param {any[]} [lines] what the system has */
async function claimedBefore(slot, lines = []) {
  const vault = await drawer(slot, { person: "c1", name: "Lý Văn Bình", short: "Bình", user: "demo-1", key: "token" });
  system();
  await drain(vault, { force: true });
  await vault.change(() => ({ kept: claimKept(vault, "d1", { code: "TN-7K2M-9Q4TAB01-WXYZ2301", at: Date.now(), epoch: "e1" }) }));
  system((path) => (path === "snapshot" ? lines : path === "/claims" ? { status: 404, type: "urn:motcua:problem:not-found" } : null), "e2");
  const { session } = vault;
  await vault.change(() => ({ changes: session.failed(session.nextRequest({ now: Date.now(), app: "1", force: true }).token, { status: 410, code: "epoch-changed" }, Date.now(), 0) }));
  await drain(vault, { force: true });
  return vault;
}

test("what was claimed with a code is claimed again, at growing pauses, and said until it is back", async () => {
  const vault = await claimedBefore("h10");
  const { tries, next_ms = 0 } = /** @type {any} */ (vault.kept).claims.d1;
  assert.equal(tries, 1);
  assert.ok(next_ms > Date.now() + 3_500_000, "a code is locked by who asks too often");
  assert.equal(isDue(vault), false);
  await vault.change(() => ({ kept: { claims: { d1: { ...vault.kept.claims.d1, next_ms: 0 } } } }));
  const asked = system((path) => (path === "/claims" ? { dossier: "d1" } : null), "e2");
  await drain(vault, { force: true });
  assert.deepEqual(asked.filter(({ path }) => path === "/claims").map(({ body }) => body), [{ code: "TN-7K2M-9Q4TAB01-WXYZ2301" }]);
  assert.equal(asked.at(-1)?.path, "/sync/v1", "it is brought at once");
  assert.deepEqual([isDue(vault), vault.kept.claims.d1.tries], [false, undefined]);
});

test("what is still here after a restore is not claimed again, nor what is older than ops are kept", async () => {
  const vault = await claimedBefore("h11", [{ id: "d1", whole: true, rev: 3, state: "1", unit: "06154", form: "1.004873@2", by: [], cells: {} }]);
  assert.deepEqual([vault.kept.claims.d1.epoch, vault.kept.claims.d1.tries], ["e2", undefined]);
  const [old, young] = [Date.now() - 31 * 86_400_000, Date.now()];
  await vault.change(() => ({ kept: { claims: { d2: { code: "x", at: old, epoch: "e1" } } } }));
  assert.equal(isDue(vault), false);
  assert.deepEqual(Object.keys(claimKept(vault, "d3", { code: "y", at: young, epoch: "e2" }).claims ?? {}), ["d3"]);
});

test("a refused account says why, holds up nothing, and goes again with the code on paper, or is left", async () => {
  const vault = await drawer("h12", OFFICER);
  system();
  await drain(vault, { force: true });
  const begun = await beginFor(vault, { name: BEHALF.name, citizen_id: BEHALF.citizen_id, phone: "12" });
  const dossier = await filed(vault, BEHALF);
  await handoverOf(vault, dossier);
  const refusing = (/** @type {any} */ answer) => system((path) => (path === "/accounts/assisted" ? answer : null));
  let asked = refusing({ status: 400, detail: "phone is 10 or 11 digits and begins with 0" });
  await drain(vault, { force: true });
  assert.deepEqual([vault.kept.assisted?.[0].state, vault.kept.assisted?.[0].why], ["refused", "phone"]);
  assert.equal((await handoverOf(vault, dossier)).state, "kept", "the dossier and its code went all the same");
  assert.equal(asked.at(-1)?.body.handovers[0].account, undefined);
  assert.equal(isDue(vault), false);

  const again = await correctFor(vault, /** @type {any} */ (vault.kept.assisted)[0], { name: BEHALF.name, citizen_id: BEHALF.citizen_id, phone: "0987000111" });
  assert.deepEqual([again.account, again.code, again.secret], [begun.account, begun.code, begun.secret]);
  asked = refusing({ status: 400, detail: "this account was begun with another code" });
  await drain(vault, { force: true });
  const [{ why }] = /** @type {any} */ (vault.kept.assisted);
  assert.equal(why, "code");
  assert.equal(asked[0].body.why, undefined);

  const other = await correctFor(vault, /** @type {any} */ (vault.kept.assisted)[0], { name: BEHALF.name, citizen_id: BEHALF.citizen_id, phone: null });
  assert.notEqual(other.code, begun.code);
  asked = system();
  await drain(vault, { force: true });
  assert.equal(vault.kept.assisted?.length, 1);
  assert.equal(asked.at(-1)?.body.handovers[0].account, other.account, "the code of the dossier is told again, with the account");

  const last = await beginFor(vault, { name: "An", citizen_id: null, phone: null });
  refusing({ status: 403 });
  await drain(vault, { force: true });
  assert.equal(vault.kept.assisted?.at(-1)?.why, "role");
  await dropFor(vault, last);
  assert.deepEqual(vault.kept.assisted?.map(({ account }) => account), [other.account]);
});
