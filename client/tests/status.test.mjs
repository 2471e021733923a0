/** What the state line says, and that a slow network is named where something is on its way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const js = fileURLToPath(new URL("../js/", import.meta.url));
const contents = 'export { sentence } from "./status.js"; export { t } from "./texts.js";';
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, format: "esm", write: false });
const network = { onLine: true, connection: /** @type {any} */ (null) };
Object.defineProperty(globalThis, "navigator", { value: network, configurable: true });
const { sentence, t } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);

test("on a weak network it says that words go first", () => {
  for (const effectiveType of ["slow-2g", "2g"]) {
    network.connection = { effectiveType };
    assert.equal(sentence({ id: "sending" }), "Mạng yếu: máy gửi chữ trước, ảnh gửi sau.");
    assert.notEqual(sentence({ id: "saved" }), t("net.weak"), "where nothing goes out there is nothing to say of it");
  }
});

test("on another network, or where the browser says nothing of it, it says what a cut would do", () => {
  for (const connection of [{ effectiveType: "3g" }, { effectiveType: "4g" }, {}, null, undefined]) {
    network.connection = connection;
    assert.equal(sentence({ id: "sending" }), t("state.sending.say"));
  }
});
