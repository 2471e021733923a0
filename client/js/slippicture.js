/** The slip as a picture, for whoever has no printer: the same words, with the same light words across them. */
import { modulesOf } from "./qr.js";

/**
 * @typedef {{text: string, size?: number, bold?: boolean, gap?: number} | {qr: string, label: string}} Line `size` in pixels of the picture
 */

const WIDTH = 1080, EDGE = 64, SIZE = 36, LEADING = 1.45, QR_SIDE = 460;
const FACE = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
const fontOf = (/** @type {any} */ { size = SIZE, bold = false }) => `${bold ? 700 : 400} ${size}px ${FACE}`;

/**
 * Break words into lines that fit; a word that is too long alone is broken where it must be.
 * @param {string} text @param {(words: string) => number} widthOf @param {number} most
 * @returns {string[]}
 */
export function wrapped(text, widthOf, most) {
  const lines = [""];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines[lines.length - 1];
    const longer = last ? `${last} ${word}` : word;
    if (widthOf(longer) <= most) {
      lines[lines.length - 1] = longer;
      continue;
    }
    if (last) lines.push("");
    for (const letter of word) {
      if (lines[lines.length - 1] && widthOf(lines[lines.length - 1] + letter) > most) lines.push("");
      lines[lines.length - 1] += letter;
    }
  }
  return lines;
}

/**
 * @param {Line[]} content @param {string} across the light words
 * @returns {Promise<Blob>} a PNG
 */
export function pictureOf(content, across) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  canvas.height = drawn(pen, content, false);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, canvas.height);
  crossed(pen, across, canvas.height);
  pen.fillStyle = "#000";
  drawn(pen, content, true);
  return new Promise((made, failed) => canvas.toBlob((blob) => (blob ? made(blob) : failed(new Error("no picture"))), "image/png"));
}

/** @param {CanvasRenderingContext2D} pen @param {Line[]} content @param {boolean} inked false: only measured @returns {number} how high it is */
function drawn(pen, content, inked) {
  let y = EDGE;
  for (const line of content) {
    if ("qr" in line) {
      if (inked) square(pen, line.qr, (WIDTH - QR_SIDE) / 2, y);
      y += QR_SIDE;
      continue;
    }
    const size = line.size ?? SIZE;
    pen.font = fontOf(line);
    y += line.gap ?? 0;
    for (const words of wrapped(line.text, (text) => pen.measureText(text).width, WIDTH - 2 * EDGE)) {
      if (inked) pen.fillText(words, EDGE, y + size);
      y += size * LEADING;
    }
  }
  return Math.ceil(y + EDGE);
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} left @param {number} top */
function square(pen, text, left, top) {
  const modules = modulesOf(text);
  const side = QR_SIDE / modules.length;
  pen.fillStyle = "#fff";
  pen.fillRect(left, top, QR_SIDE, QR_SIDE);
  pen.fillStyle = "#000";
  const at = (/** @type {number} */ module) => Math.round(module * side);
  modules.forEach((row, y) => row.forEach((is, x) => is && pen.fillRect(left + at(x), top + at(y), at(x + 1) - at(x), at(y + 1) - at(y))));
}

/** @param {CanvasRenderingContext2D} pen @param {string} words @param {number} height */
function crossed(pen, words, height) {
  pen.fillStyle = "#ddd";
  pen.textAlign = "center";
  pen.font = fontOf({ size: 110, bold: true });
  for (let y = 500; y < height + 300; y += 800) {
    pen.save();
    pen.translate(WIDTH / 2, y);
    pen.rotate(-Math.PI / 6);
    pen.fillText(words, 0, 0);
    pen.restore();
  }
  pen.textAlign = "start";
}
