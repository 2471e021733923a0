/**
 * Build what the browser gets into `dist/`: the page script and what it fetches afterwards, one classic worker, one
 * stylesheet, the texts, the icons.
 *
 * The same sources give the same bytes. Names carry a hash of their content, but for `sw.js`, whose address must not
 * change. `manifest.json` says which file a plain name has become. The server compresses what it serves, once.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { doorIcon } from "./icons/door.mjs";
import { closure, entry, firstPart, laterParts } from "./parts.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const dist = join(here, "dist");
const generated = join(here, "js", "generated");

/** Read the catalogues with the project's Python, which has the one reader of them. */
function texts() {
  const own = [join(root, ".venv", "bin", "python"), join(root, ".venv", "Scripts", "python.exe")].find(existsSync);
  const run = spawnSync(process.env.PYTHON ?? own ?? "python3", ["-m", "server.texts"], { cwd: root, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`server.texts: ${run.stderr || run.error}`);
  return JSON.parse(run.stdout);
}

/** @param {string} name @param {string} suffix @param {string | Uint8Array} bytes */
function keep(name, suffix, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  writeFileSync(join(dist, "assets", `${name}.${hash}.${suffix}`), bytes);
  manifest[`${name}.${suffix}`] = `/assets/${name}.${hash}.${suffix}`;
  console.log(`${name}.${suffix}  ${bytes.length} bytes, ${brotliCompressSync(bytes).length} compressed`);
}

/** @param {Record<string, string>} first @param {Record<string, string>} after */
function keepTexts(first, after) {
  writeFileSync(join(generated, "vi.json"), JSON.stringify(first));
  writeFileSync(join(generated, "after.json"), JSON.stringify(after));
  for (const part of LATER) writeFileSync(join(generated, `${part}.json`), JSON.stringify(vi[part]));
}

/**
 * Tell which texts modules may ask for: the keys that they name whole, and those that begin like one that is put
 * together (`t(`state.${…}`)`).
 * @param {string[]} modules
 * @returns {(key: string) => boolean}
 */
function keysNamedIn(modules) {
  const whole = new Set();
  const starts = new Set();
  for (const path of modules.filter((each) => each.endsWith(".js"))) {
    const source = readFileSync(path, "utf8");
    for (const [, key] of source.matchAll(/"([a-z_]+(?:\.[a-z_0-9]+)*)"/g)) whole.add(key);
    for (const [, start] of source.matchAll(/`([a-z_]+\.[a-z_0-9.]*)\$\{/g)) starts.add(start);
  }
  return (key) => whole.has(key) || [...starts].some((start) => key.startsWith(start));
}

/** Return the modules of the first script. @param {import("esbuild").Metafile} metafile */
const first = ({ outputs }) => closure(outputs, entry(outputs, "/main.js")).flatMap((each) => Object.keys(outputs[each].inputs));
/** Return all modules of the page script: what only templates say is in no script. @param {import("esbuild").Metafile} metafile */
const all = ({ outputs }) => Object.values(outputs).flatMap((each) => Object.keys(each.inputs));

/** @type {Record<string, any>} */
const manifest = {};
/** Parts of the script that bring texts of their own. */
const LATER = ["office", "finding", "settings", "slip", "checklist", "field"];
const common = /** @type {const} */ ({ bundle: true, minify: true, write: false, target: "chrome95", charset: "utf8", legalComments: "none" });

rmSync(dist, { recursive: true, force: true });
for (const folder of [join(dist, "assets"), join(dist, "icons"), generated]) mkdirSync(folder, { recursive: true });
const { vi, en } = texts();
writeFileSync(join(dist, "en.json"), JSON.stringify(Object.assign({}, ...Object.values(en)))); // the server puts the forms' English beside it
const pageScript = () => build({
  ...common, entryPoints: { app: join(here, "js", "main.js") }, format: "esm", splitting: true, metafile: true,
  outdir: join(dist, "assets"), entryNames: "[name].[hash]", chunkNames: "part.[hash]", publicPath: "/assets/",
});
const shrinking = await build({ ...common, entryPoints: [join(here, "js", "shrinking.js")], format: "iife" });
keep("shrinking", "js", shrinking.outputFiles[0].contents);
const slip = await build({ ...common, entryPoints: [join(here, "css", "slip.css")] });
keep("slip", "css", slip.outputFiles[0].contents);
writeFileSync(join(generated, "parts.json"), JSON.stringify({ shrinker: manifest["shrinking.js"], slip_css: manifest["slip.css"] }));
keepTexts({}, {});
const { metafile } = await pageScript();
const [isNeeded, isNamed] = [first(metafile), all(metafile)].map(keysNamedIn);
const parted = (/** @type {boolean} */ first) => Object.fromEntries(Object.entries(first ? vi.first : { ...vi.first, ...vi.after }).filter(([key]) => isNamed(key) && (isNeeded(key) && key in vi.first) === first));
keepTexts(parted(true), parted(false));
const [page, worker, css, office, desk] = await Promise.all([
  pageScript(),
  build({ ...common, entryPoints: [join(here, "sw.js")], format: "iife" }),
  build({ ...common, entryPoints: [join(here, "css", "app.css")] }),
  build({ ...common, entryPoints: [join(here, "css", "desk.css")] }),
  build({ ...common, entryPoints: [join(here, "js", "desk", "main.js")], format: "esm" }),
]);
const addressOf = (/** @type {string} */ path) => `/assets/${path.split("/").pop()}`;
const start = addressOf(entry(page.metafile.outputs, "/main.js"));
for (const { path, contents } of page.outputFiles) {
  if (addressOf(path) === start) continue; // it says no more than where the first script is
  writeFileSync(path, contents);
  console.log(`${addressOf(path)}  ${contents.length} bytes, ${brotliCompressSync(contents).length} compressed`);
}
manifest["app.js"] = addressOf(firstPart(page.metafile));
manifest["app.after"] = addressOf(entry(page.metafile.outputs, "/after.js"));
const later = laterParts(page.metafile).map(addressOf);
manifest["app.later"] = [...later, manifest["shrinking.js"], manifest["slip.css"]]; // no form without papers needs them
keep("app", "css", css.outputFiles[0].contents);
keep("desk", "css", office.outputFiles[0].contents);
keep("desk", "js", desk.outputFiles[0].contents);
writeFileSync(join(dist, "sw.js"), worker.outputFiles[0].contents);
for (const [name, size, margin] of /** @type {[string, number, number][]} */ ([["192", 192, 0], ["512", 512, 0], ["maskable-512", 512, 0.12]])) {
  writeFileSync(join(dist, "icons", `${name}.png`), doorIcon(size, margin));
}
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
