// The phone's own lane of files in two drawers that hold the same file, as on two phones of one person, both sending to a
// real server at once. The argument is JSON: {address, token, path, chunk}. Prints what became of it, as JSON.
import { readFileSync } from "node:fs";
import { filesOf, keepLane, laneOf } from "../../client/js/files.js";
import { newLane } from "../../client/js/lane.js";
import { sendFiles } from "../../client/js/uploads.js";
import { Drawer } from "../../client/tests/fake_tus.mjs";

const { address, token, path, chunk } = JSON.parse(process.argv[2]);
const bytes = readFileSync(path);
const statuses = [];
let tellBegun = () => {};
const begun = new Promise((told) => (tellBegun = told));

/** @param {string} url @param {any} init */
const fetched = (url, init) => fetch(new URL(url, address), init);

const has = async (/** @type {string} */ sha256) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetched("/files/probe", { method: "POST", headers, body: JSON.stringify({ sha256: [sha256] }) });
  return (await answer.json())[sha256] === "have";
};

async function phone() {
  const drawer = new Drawer({ whole: new Map(), now: 0 });
  drawer.account.key = token;
  const record = await drawer.add(bytes);
  await keepLane(drawer, { ...newLane(), chunk_bytes: chunk });
  const world = {
    now: () => Date.now(),
    random: () => Math.random(),
    pause: (/** @type {number} */ ms) => new Promise((over) => setTimeout(over, ms / 50)),
    fetch: async (/** @type {string} */ url, /** @type {any} */ init) => {
      const answer = await fetched(url, init);
      statuses.push(`${init.method} ${answer.status}`);
      if (answer.status === 201) tellBegun();
      return answer;
    },
    pull: async () => {
      if (await has(record.sha256)) drawer.copy.attachments[0].status = "verified";
    },
    mayNotSend: async () => null,
    noteSent: async () => undefined,
  };
  for (let tries = 0; tries < 20 && drawer.copy.attachments[0].status !== "verified"; tries += 1) {
    await sendFiles(drawer, { force: true }, world);
  }
  const [file] = [...(await filesOf(drawer)).values()];
  return { status: drawer.copy.attachments[0].status, sent: file.sent_ms !== null, stuck: file.stuck, reason: (await laneOf(drawer)).reason };
}

const phones = await Promise.all([phone(), begun.then(phone)]);
process.stdout.write(JSON.stringify({ phones, statuses }));
