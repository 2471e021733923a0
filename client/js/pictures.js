/** Photographs made small from the page: in a worker where it can draw, else here. */
import { shrinker } from "./generated/parts.json";
import { Broken, decodeBitmap, shrink } from "./picture.js";

/** @typedef {import("./picture.js").Made} Made */

/** @type {{worker: Worker, asked: Map<number, {good: (made: Made) => void, bad: (fault: any) => void}>}|null} */
let beside = null;
let asked = 0;

const canDrawBeside = () => typeof OffscreenCanvas !== "undefined" && "convertToBlob" in OffscreenCanvas.prototype && typeof createImageBitmap !== "undefined";

/**
 * Make a photograph small.
 * @param {Blob} blob
 * @param {number} [turns] quarter turns to the right
 * @returns {Promise<Made>}
 * @throws {Broken} no picture, or none that this browser can open
 */
export async function madeSmall(blob, turns = 0) {
  if (!canDrawBeside()) return shrink(blob, turns, here);
  try {
    return await askBeside(blob, turns);
  } catch (fault) {
    if (fault instanceof Broken) throw fault;
    return shrink(blob, turns, here); // the worker did not come, or cannot draw after all
  }
}

/** @param {Blob} blob @param {number} turns @returns {Promise<Made>} */
function askBeside(blob, turns) {
  const { worker, asked: waiting } = (beside ??= begun());
  const id = (asked += 1);
  return new Promise((good, bad) => {
    waiting.set(id, { good, bad });
    worker.postMessage({ id, blob, turns });
  });
}

function begun() {
  const worker = new Worker(shrinker);
  /** @type {Map<number, {good: (made: Made) => void, bad: (fault: any) => void}>} */
  const waiting = new Map();
  worker.onmessage = ({ data: { id, made, broken, words } }) => {
    const asking = waiting.get(id);
    waiting.delete(id);
    if (made) asking?.good(made);
    else asking?.bad(broken ? new Broken(words) : new Error(words));
  };
  worker.onerror = () => {
    beside = null;
    for (const { bad } of waiting.values()) bad(new Error("the worker ended"));
  };
  return { worker, asked: waiting };
}

/** @type {import("./picture.js").Tools} */
const here = {
  decode: (blob, size) => (typeof createImageBitmap === "undefined" ? decodeElement(blob) : decodeBitmap(blob, size).catch(() => decodeElement(blob))),
  canvas(width, height) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    return { context: canvas.getContext("2d"), blob: (quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality)) };
  },
};

/** @param {Blob} blob @returns {Promise<import("./picture.js").Decoded>} */
async function decodeElement(blob) {
  const address = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return { image, width: image.naturalWidth, height: image.naturalHeight, close: () => undefined };
  } finally {
    URL.revokeObjectURL(address);
  }
}
