/** Whether a photograph looks too blurred or too dark to be read: a question to its taker, never a verdict. */

/** Sides of the squares that are looked at, nine of them, at the size the picture is sent in. */
export const TILE_PX = 160;
/** Below this the sharpest square has no edges: variance of the Laplacian (Pech-Pacheco 2000), grey values of 0–255. */
const EDGES_MIN = 30;
/** Mean grey of a page in the dark. */
const GREY_MIN = 50;

/** @param {Uint8ClampedArray} rgba @returns {Float32Array} */
function greyOf(rgba) {
  const grey = new Float32Array(rgba.length / 4);
  for (let at = 0; at < grey.length; at += 1) grey[at] = 0.299 * rgba[at * 4] + 0.587 * rgba[at * 4 + 1] + 0.114 * rgba[at * 4 + 2];
  return grey;
}

/** @param {Float32Array} grey @param {number} width */
function edges(grey, width) {
  let [sum, squares, n] = [0, 0, 0];
  for (let at = width; at < grey.length - width; at += 1) {
    if (at % width === 0 || at % width === width - 1) continue;
    const bend = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
    sum += bend;
    squares += bend * bend;
    n += 1;
  }
  return n ? squares / n - (sum / n) ** 2 : 0;
}

/**
 * @param {{data: Uint8ClampedArray, width: number}[]} tiles
 * @returns {boolean}
 */
export function isDoubtful(tiles) {
  const greys = tiles.map(({ data, width }) => ({ grey: greyOf(data), width }));
  const sharpest = Math.max(...greys.map(({ grey, width }) => edges(grey, width)));
  const mean = greys.reduce((all, { grey }) => all + grey.reduce((sum, value) => sum + value, 0) / grey.length, 0) / greys.length;
  return sharpest < EDGES_MIN || mean < GREY_MIN;
}

/** Squares spread over a picture. @param {any} context @param {number} width @param {number} height */
export function tilesOf(context, width, height) {
  const side = Math.min(TILE_PX, width, height);
  const places = (/** @type {number} */ length) => [0.1, 0.5, 0.9].map((part) => Math.round((length - side) * part));
  return places(height).flatMap((y) => places(width).map((x) => /** @type {ImageData} */ (context.getImageData(x, y, side, side))));
}
