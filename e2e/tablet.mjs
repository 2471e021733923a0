/**
 * Bundle the application's own code for a page of the tablet: what "Làm hộ", the camera and "Gửi hồ sơ" do, without fingers.
 * Without a `slot` nothing is photographed; with `drafts` nothing is sent. `elsewhere` is another tab that writes on.
 */
import { fileURLToPath } from "node:url";
import { build } from "../client/node_modules/esbuild/lib/main.js";

const js = fileURLToPath(new URL("../client/js/", import.meta.url));
const contents = `
import { currentVault } from "./accounts.js";
import { formOf } from "./db.js";
import { newDraft } from "./drafts.js";
import { prefill, read } from "./field/helping.js";
import { keepFile } from "./files.js";
import { submit } from "./outbox.js";
import { addPages } from "./papers.js";

async function photograph(number) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#f0ede0";
  pen.fillRect(0, 0, 320, 240);
  pen.fillStyle = "#101030";
  pen.font = "40px sans-serif";
  pen.fillText(String(number), 20, 120);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg"));
}

globalThis.takeIn = async ({ form: id, slot, people, drafts = false }) => {
  const vault = await currentVault();
  const form = await formOf(id);
  for (const { number, typed, values } of people) {
    const recorded = read(typed);
    if (recorded.wrong.length) throw new Error(JSON.stringify(recorded.wrong));
    const { wrong, ...kept } = recorded;
    const draft = { ...newDraft(form), ...kept, unit: vault.account.roles[0].unit, saved_ms: Date.now() };
    prefill(form, draft, recorded);
    Object.assign(draft.values, { ...values, ...draft.values });
    if (slot) {
      const file = await keepFile(vault, { blob: await photograph(number), media: "image/jpeg", small: null });
      addPages(draft, slot, [{ sha256: file.sha256, bytes: file.bytes, media: "image/jpeg", name: "" }]);
    }
    await (drafts ? vault.change(() => ({ drafts: [draft] })) : submit(vault, draft, new Set()));
  }
  vault.close();
};

globalThis.elsewhere = async () => {
  const vault = await currentVault();
  const heard = new BroadcastChannel("motcua-" + vault.slot);
  const draft = (await vault.drafts()).find((each) => each.status === "draft");
  const path = "applicant.full_name";
  let told;
  heard.onmessage = () => told(performance.now());
  return (name) => new Promise((done) => {
    told = done;
    draft.values[path] = name;
    void vault.change(() => ({ drafts: [draft] }));
  });
};
`;
const papers = { name: "papers", setup: (/** @type {any} */ made) => made.onResolve({ filter: /^\.\/after\.js$/ }, () => ({ path: `${js}papers.js` })) };
const built = await build({ stdin: { contents, resolveDir: js }, bundle: true, format: "iife", write: false, plugins: [papers] });
process.stdout.write(built.outputFiles[0].contents);
