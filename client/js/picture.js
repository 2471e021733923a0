/**
 * Make a photograph small and legible: at most `SIDE_PX` long, upright, a JPEG of about `GOAL_BYTES` with nothing in it
 * but the picture. The same code in a worker and, in browsers that cannot draw there, on the page; both hand in how
 * pictures are decoded and drawn.
 */
import { isDoubtful, tilesOf } from "./sharpness.js";
import { bare, HEADER_BYTES, headerOf } from "./headers.js";

/**
 * @typedef {{image: CanvasImageSource, width: number, height: number, close: () => void}} Decoded
 * @typedef {{decode: (blob: Blob, size: {width: number, height: number}|null) => Promise<Decoded>,
 *   canvas: (width: number, height: number) => {context: any, blob: (quality: number) => Promise<Blob|null>}}} Tools
 * @typedef {{blob: Blob, small: Blob, width: number, height: number, doubtful: boolean}} Made
 */

export const GOAL_BYTES = 300_000;
/** A sheet of A4 at some 190 dots an inch: the small print on a stamp is still read. */
export const SIDE_PX = 2_200;
const SMALL_PX = 240;
/** More is no photograph of a paper, and would end an old phone's browser. */
const PIXELS_MAX = 120e6;
/** From the best on; the last is taken whatever it weighs, since a page that cannot be read is worth nothing. */
const TRIES = [[SIDE_PX, 0.8], [SIDE_PX, 0.65], [1_800, 0.65], [1_600, 0.6]];

/** The file is no picture, or one that this browser cannot open. */
export class Broken extends Error {}

/**
 * @param {Blob} blob
 * @param {number} turns quarter turns to the right, on top of what the camera says
 * @param {Tools} tools
 * @returns {Promise<Made>}
 */
export async function shrink(blob, turns, tools) {
  const bytes = new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer());
  const { kind, width = 0, height = 0, orientation } = headerOf(bytes);
  if (width * height > PIXELS_MAX) throw new Broken("too many pixels");
  const scale = Math.min(1, SIDE_PX / Math.max(width, height, 1));
  const size = scale < 1 ? { width: Math.round(width * scale), height: Math.round(height * scale) } : null;
  const plain = kind === "jpeg" ? new Blob([bare(new Uint8Array(await blob.arrayBuffer()))], { type: "image/jpeg" }) : blob;
  const decoded = await tools.decode(plain, size).catch(() => null);
  if (!decoded?.width) throw new Broken("cannot be decoded");
  try {
    return await drawn(decoded, orientation, turns, tools);
  } finally {
    decoded.close();
  }
}

/** @param {Decoded} decoded @param {number} orientation @param {number} turns @param {Tools} tools @returns {Promise<Made>} */
async function drawn(decoded, orientation, turns, tools) {
  const upright = turned(ORIENTATIONS[orientation], turns);
  for (const [side, quality] of TRIES) {
    const made = await drawnAt(decoded, upright, side, quality, tools);
    if (made.blob.size > GOAL_BYTES && side !== TRIES[TRIES.length - 1][0]) continue;
    const small = await drawnAt(decoded, upright, SMALL_PX, 0.7, tools);
    return { ...made, small: small.blob };
  }
  throw new Broken("nothing was drawn");
}

/** @typedef {{turns: number, mirrored: boolean}} Upright */

/** What Exif's eight values ask for: mirror first, then quarter turns to the right. @type {Record<number, Upright>} */
const ORIENTATIONS = {
  1: { turns: 0, mirrored: false }, 2: { turns: 0, mirrored: true }, 3: { turns: 2, mirrored: false }, 4: { turns: 2, mirrored: true },
  5: { turns: 3, mirrored: true }, 6: { turns: 1, mirrored: false }, 7: { turns: 1, mirrored: true }, 8: { turns: 3, mirrored: false },
};

/** @param {Upright} upright @param {number} turns @returns {Upright} */
const turned = (upright, turns) => ({ ...upright, turns: (upright.turns + turns) % 4 });

/** @param {Decoded} decoded @param {Upright} upright @param {number} side @param {number} quality @param {Tools} tools */
async function drawnAt({ image, width, height }, { turns, mirrored }, side, quality, tools) {
  const scale = Math.min(1, side / Math.max(width, height));
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const [across, down] = turns % 2 ? [h, w] : [w, h];
  const { context, blob } = tools.canvas(across, down);
  context.fillStyle = "#fff"; // what is see-through in a picture is paper
  context.fillRect(0, 0, across, down);
  context.imageSmoothingQuality = "high";
  context.translate(across / 2, down / 2);
  context.rotate((turns * Math.PI) / 2);
  if (mirrored) context.scale(-1, 1);
  context.drawImage(image, -w / 2, -h / 2, w, h);
  const made = await blob(quality);
  if (!made || made.type !== "image/jpeg") throw new Broken("no JPEG came out");
  return { blob: made, width: across, height: down, doubtful: side > SMALL_PX && isDoubtful(tilesOf(context, across, down)) };
}

/** @param {Blob} blob @param {{width: number, height: number}|null} size @returns {Promise<Decoded>} */
export async function decodeBitmap(blob, size) {
  const options = size ? { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: /** @type {"high"} */ ("high") } : undefined;
  const bitmap = await createImageBitmap(blob, .../** @type {[]} */ (options ? [options] : []));
  return { image: bitmap, width: bitmap.width, height: bitmap.height, close: () => bitmap.close() };
}
