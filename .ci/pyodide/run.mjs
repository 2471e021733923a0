// Runs a Python file in Pyodide: run.mjs PYODIDE FOLDER SCRIPT [PACKAGE…]. FOLDER becomes /bundle and has the lock file
// and wheels of the packages; the folder around `tests` becomes /house. What the script's `answer` is goes to standard
// output as JSON, with the milliseconds that the start took.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [pyodide, folder, script, ...packages] = process.argv.slice(2);
const house = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")).href);

const begun = performance.now();
try {
  const python = await loadPyodide({
    packageCacheDir: folder,
    env: { PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    stdout: (words) => process.stderr.write(`${words}\n`),
    stderr: (words) => process.stderr.write(`${words}\n`),
    ...(packages.length ? { packages, lockFileContents: readFileSync(join(folder, "pyodide-lock.json"), "utf8") } : {}),
  });
  const started = performance.now() - begun;
  for (const [place, real] of Object.entries({ "/bundle": folder, "/house": house })) {
    python.FS.mkdirTree(place);
    python.mountNodeFS(place, real);
  }
  await python.runPythonAsync(readFileSync(script, "utf8"), { filename: script });
  const answer = await python.runPythonAsync("import json; json.dumps(await answer(), ensure_ascii=False)");
  process.stdout.write(`{"started":${started},"answer":${answer}}`);
} catch (fault) {
  // Without this Node prints the line that it stands in, which is all of Pyodide.
  process.stderr.write(`${fault instanceof Error ? fault.message : fault}\n`);
  process.exitCode = 1;
}
