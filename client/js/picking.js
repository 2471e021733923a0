/** A file that was picked: looked at, and taken as it will be sent, or refused with the reason. */
import { HEADER_BYTES, headerOf } from "./headers.js";
import { Broken } from "./picture.js";
import { madeSmall } from "./pictures.js";
import { megabytes } from "./storage.js";
import { t } from "./texts.js";

/** A file that its slot does not take; the message is what the person reads. */
export class Refused extends Error {}

/** @typedef {{blob: Blob, media: string, small: Blob|null, name: string, doubtful?: boolean}} Taken `doubtful`: it may be too blurred or dark to be read */

/** How long a PDF's name may be: it goes along for the office to read. */
const NAME_CHARS_MAX = 100;

/**
 * Take a file for a slot: a picture is made small, a PDF stays as it is.
 * @param {File} file @param {any} slot
 * @returns {Promise<Taken>}
 * @throws {Refused}
 */
export async function taken(file, slot) {
  const { kind } = headerOf(await firstBytes(file));
  if (kind === "pdf") return pdf(file, slot);
  if (!slot.kinds.includes("image") || !mayBePicture(file, kind)) throw new Refused(t(only(slot)));
  try {
    const { blob, small, doubtful } = await madeSmall(file);
    return fits({ blob, media: "image/jpeg", small, name: "", doubtful }, slot);
  } catch (fault) {
    if (fault instanceof Broken) throw new Refused(t("photo.broken"));
    throw fault;
  }
}

/** @param {File} file @returns {Promise<Uint8Array>} */
async function firstBytes(file) {
  try {
    return new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  } catch {
    throw new Refused(t("photo.broken")); // it went from the gallery, or may not be read
  }
}

/** @param {File} file @param {string} kind */
const mayBePicture = (file, kind) => kind !== "other" || (file.type.startsWith("image/") && file.type !== "image/svg+xml");

/** @param {any} slot @returns {string} key of what a slot takes */
const only = (slot) => (slot.kinds.length > 1 ? "file.type" : slot.kinds[0] === "pdf" ? "file.type_pdf" : "file.type_image");

/** @param {File} file @param {any} slot */
async function pdf(file, slot) {
  if (!slot.kinds.includes("pdf")) throw new Refused(t(only(slot)));
  fits({ blob: file }, slot);
  const bytes = await file.arrayBuffer().catch(() => null); // read once: what becomes of the file later does not matter
  if (!bytes) throw new Refused(t("photo.broken"));
  const name = file.name.normalize("NFC").replace(/[\u0000-\u001f/\\]/g, "").slice(-NAME_CHARS_MAX);
  return { blob: new Blob([bytes]), media: "application/pdf", small: null, name };
}

/** @template {{blob: Blob}} T @param {T} made @param {any} slot @returns {T} */
function fits(made, slot) {
  if (made.blob.size > slot.bytes_max) throw new Refused(t("file.big", { a: megabytes(made.blob.size), b: megabytes(slot.bytes_max) }));
  return made;
}
