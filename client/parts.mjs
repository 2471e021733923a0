/**
 * Which part of the page script comes when, read off esbuild's account of what it wrote: the first with what it cannot
 * begin without, `after.js` with the same, and all others, for what few do, once the application is ready offline.
 */

/** @typedef {import("esbuild").Metafile["outputs"]} Outputs */

/** Return the path of the output that a module begins. @param {Outputs} outputs @param {string} module @returns {string} */
export function entry(outputs, module) {
  const found = Object.keys(outputs).find((path) => `/${outputs[path].entryPoint}`.endsWith(module));
  if (!found) throw new Error(`nothing begins with ${module}`);
  return found;
}

/** Return an output and all that it cannot begin without. @param {Outputs} outputs @param {string} from @returns {string[]} */
export function closure(outputs, from) {
  const met = new Set([from]);
  for (const path of met) {
    for (const { kind, path: needed } of outputs[path].imports) if (kind === "import-statement") met.add(needed);
  }
  return [...met];
}

/**
 * Return the one output with all that the first script needs: one file costs one request, and is smaller than two. It is
 * one because `after.js` imports `main.js`, so that what the two share and what `main.js` has alone are not parted.
 * @param {{outputs: Outputs}} metafile
 * @returns {string}
 */
export function firstPart({ outputs }) {
  const parts = closure(outputs, entry(outputs, "/main.js")).filter((path) => Object.values(outputs[path].inputs).some((input) => input.bytesInOutput));
  if (parts.length !== 1) throw new Error(`the first script is ${parts.length} parts`);
  return parts[0];
}

/** Return the outputs that neither the first script nor what comes after it begins with. @param {{outputs: Outputs}} metafile */
export function laterParts({ outputs }) {
  const sooner = new Set(["/main.js", "/after.js"].flatMap((module) => closure(outputs, entry(outputs, module))));
  return Object.keys(outputs).filter((path) => !sooner.has(path)).sort();
}
