/** The application's icon, a door that stands open, drawn into a PNG without any picture file. */
import { deflateSync } from "node:zlib";

const INDIGO = [0x2a, 0x44, 0x94];
const WHITE = [0xff, 0xff, 0xff];
const GOLD = [0xff, 0xd4, 0x3b];

/**
 * Return the colour at a point of the unit square.
 * @param {number} x
 * @param {number} y
 */
function colourAt(x, y) {
  const frame = x > 0.24 && x < 0.76 && y > 0.14 && y < 0.86;
  const opening = x > 0.3 && x < 0.7 && y > 0.2 && y < 0.86;
  const leaf = x > 0.3 && x < 0.56 && y > 0.2 + (x - 0.3) * 0.35 && y < 0.86 - (x - 0.3) * 0.2;
  const knob = (x - 0.51) ** 2 + (y - 0.56) ** 2 < 0.0006;
  if (knob) return INDIGO;
  if (leaf) return WHITE;
  if (opening) return GOLD;
  return frame ? WHITE : INDIGO;
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The checksum of PNG (ISO 3309). @param {Buffer} bytes */
function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/**
 * Return the icon as PNG bytes. `margin` keeps the door inside the circle that a launcher may cut.
 * @param {number} size in pixels
 * @param {number} margin share of the side
 */
export function doorIcon(size, margin) {
  const rows = Buffer.alloc(size * (1 + size * 3));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const at = (/** @type {number} */ pixel) => ((pixel + 0.5) / size - margin) / (1 - 2 * margin);
      rows.set(colourAt(at(x), at(y)), y * (1 + size * 3) + 1 + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
