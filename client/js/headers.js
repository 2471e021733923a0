/**
 * What the first bytes of a file say: its kind, its size in pixels, and how a JPEG is to be turned (Exif, tag 0x0112).
 *
 * Read here and not left to the browser, because browsers differ in when they turn a picture, and because the size is
 * wanted before anything is decoded. Every length comes from a stranger: what does not add up ends the reading.
 */

/** @typedef {{kind: "jpeg"|"png"|"webp"|"pdf"|"other", width?: number, height?: number, orientation: number}} Header */

/** How much of a file is read for this: a camera puts a preview before the size. */
export const HEADER_BYTES = 512 * 1024;

/** @param {Uint8Array} bytes the beginning of a file @returns {Header} */
export function headerOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (/** @type {number} */ from, /** @type {number} */ to) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 1024).includes("%PDF-")) return { kind: "pdf", orientation: 1 };
  if (bytes.length < 30) return { kind: "other", orientation: 1 };
  if (view.getUint16(0) === 0xffd8) return { kind: "jpeg", orientation: 1, ...jpegOf(view) };
  if (text(1, 4) === "PNG") return { kind: "png", width: view.getUint32(16), height: view.getUint32(20), orientation: 1 };
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return { kind: "webp", orientation: 1, ...webpOf(view, text(12, 16)) };
  return { kind: "other", orientation: 1 };
}

/** @param {DataView} view @param {string} chunk */
function webpOf(view, chunk) {
  const three = (/** @type {number} */ at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (chunk === "VP8X") return { width: three(24) + 1, height: three(27) + 1 };
  if (chunk === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (chunk !== "VP8L") return {};
  const bits = view.getUint32(21, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
}

/**
 * Walk a JPEG's segments up to its picture. @param {DataView} view
 * @returns {Generator<{marker: number, at: number, end: number}>}
 */
function* segments(view) {
  for (let at = 2; at + 4 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === 0xda || marker < 0xc0 || end > view.byteLength) return;
    yield { marker, at, end };
    at = end;
  }
}

const isFrame = (/** @type {number} */ marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** @param {DataView} view */
function jpegOf(view) {
  let found = {};
  for (const { marker, at, end } of segments(view)) {
    if (isFrame(marker) && end - at >= 9) return { ...found, height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (marker === 0xe1 && end - at > 18 && view.getUint32(at + 4) === 0x45786966) found = { orientation: orientationOf(view, at + 10, end) };
  }
  return found;
}

/** @param {DataView} view @param {number} start of the TIFF header @param {number} end */
function orientationOf(view, start, end) {
  const little = view.getUint16(start) === 0x4949;
  const first = start + view.getUint32(start + 4, little);
  if (first + 2 > end) return 1;
  const entries = view.getUint16(first, little);
  for (let at = first + 2; at + 12 <= Math.min(end, first + 2 + entries * 12); at += 12) {
    if (view.getUint16(at, little) !== 0x0112) continue;
    const turned = view.getUint16(at + 8, little);
    return turned >= 1 && turned <= 8 ? turned : 1;
  }
  return 1;
}

/**
 * Return a JPEG without what its camera wrote beside the picture, so that no browser turns it by itself. In one piece:
 * Firefox opens no picture that was put together of several.
 * @param {Uint8Array} bytes the whole file
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bare(bytes) {
  const out = new Uint8Array(bytes.length);
  let [read, length] = [0, 0];
  const keep = (/** @type {number} */ to) => {
    out.set(bytes.subarray(read, to), length);
    length += to - read;
  };
  for (const { marker, at, end } of segments(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if (marker < 0xe1 || marker > 0xef || marker === 0xe2 || marker === 0xee) continue; // colours stay: ICC, Adobe
    keep(at);
    read = end;
  }
  keep(bytes.length);
  return out.slice(0, length);
}
