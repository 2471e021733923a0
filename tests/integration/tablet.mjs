// A tablet and phones in memory: the client's own drawers, codes and rounds over real HTTP, for a test that asks line by line.
// Each line is JSON: {do, slot, …}; the answer is one line of JSON.
import { createInterface } from "node:readline";
import "../../client/tests/memory.mjs";

const { beginFor, handoverOf } = await import("../../client/js/handing.js");
const { claimKept } = await import("../../client/js/handover.js");
const { drain, learnCodes } = await import("../../client/js/sync.js");
const { newId } = await import("../../client/js/ids.js");
const { signed } = await import("../../client/js/credentials.js");
const { ask, posted } = await import("../../client/js/wire.js");
const { Vault } = await import("../../client/js/vault.js");

learnCodes(() => import("../../client/js/handover.js"));
const { fetch } = globalThis;
let address = "";
globalThis.fetch = (/** @type {any} */ url, /** @type {any} */ init) => fetch(new URL(url, address), init);

/** @type {Map<string, any>} */
const vaults = new Map();

/** @type {Record<string, (vault: any, asked: any) => any>} */
const DOES = {
  async sign(vault, { account }) {
    await vault.change((/** @type {any} */ session) => ({ kept: { account }, changes: session.resume() }));
  },
  async take_in(vault, { unit, form, channel = "field", on_behalf, values }) {
    const dossier = newId(Date.now());
    const what = { dossier, procedure: form.split("@")[0], form, unit, channel, on_behalf, values, rendered: {}, now: Date.now(), newId };
    await vault.change((/** @type {any} */ session) => ({ changes: session.send(what).changes }));
    return dossier;
  },
  begin: (vault, { who }) => beginFor(vault, who),
  code: (vault, { dossier }) => handoverOf(vault, dossier),
  drain: (vault) => drain(vault, { force: true }),
  async claim(vault, { code }) {
    const { status, json } = await ask("/claims", signed(vault, await posted({ code })));
    if (status === 200) await vault.change(() => ({ kept: claimKept(vault, json.dossier, { code, at: Date.now(), epoch: vault.session.meta.epoch }) }));
    return status;
  },
  again: (vault) => vault.change(() => ({ kept: { claims: Object.fromEntries(Object.entries(vault.kept.claims).map(([id, each]) => [id, { .../** @type {any} */ (each), next_ms: 0 }])) } })),
  async seen(vault) {
    await vault.refresh();
    const { outbox, copies, meta } = vault.session;
    return {
      epoch: meta.epoch, cursor: meta.cursor, paused: meta.paused, kept: vault.kept, copies: Object.fromEntries(copies),
      ops: [...outbox.values()].map(({ id, dossier, op, status, result }) => ({ id, dossier, op, status, result })),
    };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  address = asked.address ?? address;
  if (!vaults.has(asked.slot)) vaults.set(asked.slot, await Vault.open(asked.slot));
  const result = await DOES[asked.do](vaults.get(asked.slot), asked);
  process.stdout.write(`${JSON.stringify({ result: result ?? null })}\n`);
}
