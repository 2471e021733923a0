/** The worker that makes photographs small, beside the page, so that nobody waits for it with a frozen screen. */
import { Broken, decodeBitmap, shrink } from "./picture.js";

/** @type {import("./picture.js").Tools} */
const tools = {
  decode: decodeBitmap,
  canvas(width, height) {
    const canvas = new OffscreenCanvas(width, height);
    return { context: canvas.getContext("2d"), blob: (quality) => canvas.convertToBlob({ type: "image/jpeg", quality }) };
  },
};

addEventListener("message", async (/** @type {MessageEvent} */ event) => {
  const { id, blob, turns } = event.data;
  try {
    postMessage({ id, made: await shrink(blob, turns, tools) });
  } catch (fault) {
    postMessage({ id, broken: fault instanceof Broken, words: String(fault) });
  }
});
