/**
 * Codes that people read aloud and copy from paper: a provisional code (mã tạm), and the hand-over code that goes with it.
 *
 * `TN-{device}-{…}`: four characters drawn once on this phone, then eight for the dossier; a secret of eight more makes
 * it a hand-over code, `TN-7K2M-9Q4TABCD-WXYZ2345`, by which a dossier is followed and taken to another phone.
 */

/** Crockford's base 32: no I, L, O, U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DEVICE = 4, PART = 8;

/** Draw letters; 256 is a multiple of 32, so each is as likely as any other. @param {number} count */
export const drawn = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => LETTERS[byte % 32]).join("");

/** @param {string} device four characters @returns {{code: string, secret: string}} */
export const newCode = (device) => ({ code: `TN-${device}-${drawn(PART)}`, secret: drawn(PART) });

export const newDevice = () => drawn(DEVICE);

/** As it is printed and claimed with. @param {{code: string, secret: string}} handover */
export const whole = ({ code, secret }) => `${code}-${secret}`;

/** The letters that were meant: O is 0, I and L are 1, in any case, with anything between them. @param {string} text */
export const plainCode = (text) => text.normalize("NFKC").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1").replace(/[^0-9A-Z]/g, "");

/**
 * Read a hand-over code as somebody wrote it.
 * @param {string} text
 * @returns {{code: string, secret: string}|null} null: it is none
 */
export function readCode(text) {
  const found = new RegExp(`^TN([${LETTERS}]{${DEVICE}})([${LETTERS}]{${PART}})([${LETTERS}]{${PART}})$`).exec(plainCode(text));
  return found && { code: `TN-${found[1]}-${found[2]}`, secret: found[3] };
}
