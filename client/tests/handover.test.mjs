/** Codes for citizens: drawn once, told to the system after the work, until it has kept them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import "./memory.mjs";

const { newCode, plainCode, readCode, whole } = await import("../js/codes.js");
const { beginFor, handoverOf } = await import("../js/handing.js");
const { isDue } = await import("../js/handover.js");
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
function system(say = () => null) {
  const asked = /** @type {{path: string, body: any}[]} */ ([]);
  const results = (/** @type {any[]} */ ops) => ops.map(({ id }) => ({ id, outcome: "applied", rev: 1 }));
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path, /** @type {any} */ init) => {
    if (!init.body) return new Response('{"cursor":"e1.1","epoch":"e1"}\n{"cursor":"e1.1","epoch":"e1"}\n', { headers: { "content-type": "application/x-ndjson" } });
    const raw = typeof init.body === "string" ? init.body : await new Response(new Blob([init.body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const body = JSON.parse(raw);
    asked.push({ path, body });
    const answer = say(path, body) ?? {
      "/sync/v1": () => ({ server_time: 1, epoch: "e1", results: results(body.ops ?? []), outcomes: [], dossiers: [], gone: [], cursor: "e1.1", more: false }),
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
