/** Reading a QR code off a picture: with what the browser has for it, else with a decoder that is fetched on demand. */

/** The longer side of what is looked at, in pixels; a photograph that gives nothing is looked at larger. */
const SIDES = [1_000, 2_000];

/** @typedef {HTMLVideoElement|ImageBitmap} Picture */

/** @returns {Promise<any>} the browser's own reader; null: it has none for QR codes */
async function ownReader() {
  const Own = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = Own ? await Own.getSupportedFormats().catch(() => []) : [];
  return formats.includes("qr_code") ? new Own({ formats: ["qr_code"] }) : null;
}

/**
 * @param {Picture} picture @param {number} side
 * @returns {ImageData}
 */
function pixelsOf(picture, side) {
  const [width, height] = "videoWidth" in picture ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height];
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/**
 * Return something that reads the text of a QR code off a picture; it gives null where there is none.
 * @param {{still: boolean}} of a photograph is worth a longer look than one of many frames
 * @returns {Promise<(picture: Picture) => Promise<string|null>>}
 */
export async function reader({ still }) {
  const own = await ownReader();
  if (own) return async (picture) => (await own.detect(picture).catch(() => []))[0]?.rawValue ?? null;
  const { decoded } = await import("./qrdecoder.js");
  return async (picture) => (still ? SIDES : SIDES.slice(0, 1)).reduce((/** @type {string|null} */ found, side) => found ?? decoded(pixelsOf(picture, side)), null);
}
