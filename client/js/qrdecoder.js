/** The decoder for browsers that read no QR codes themselves: a part of its own. */
import decodeQR from "qr/decode.js";

/** @param {ImageData} pixels @returns {string|null} null: no code, or one that cannot be read */
export function decoded(pixels) {
  try {
    return decodeQR(pixels);
  } catch {
    return null; // its only way to say so
  }
}
