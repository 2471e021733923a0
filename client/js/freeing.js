/** Which files leave this phone: those that the system says are verified, after a while or when room is short. */
import { dropFile, filesOf, keepRecord, sweepPieces } from "./files.js";
import { settled } from "./lane.js";

/** @typedef {import("./vault.js").Vault} Vault */

const LOW_BYTES = 50e6;
/** A file that is being written is younger than this. */
const WRITING_MS = 3_600_000;

/**
 * @param {Vault} vault @param {boolean} short
 * @param {any[]} [open] drafts as they stand on the screen: what names a page may not be saved yet
 * @returns {Promise<number>} how many went
 */
async function tidy(vault, short, open = []) {
  const found = settled(vault.session, await filesOf(vault), [...(await vault.drafts()), ...open], Date.now(), short);
  for (const file of found.mark) await keepRecord(vault, file);
  for (const file of found.drop) await dropFile(vault, file);
  return found.drop.length;
}

/** Let go of what need not be kept. @param {Vault} vault */
export async function tidyFiles(vault) {
  const space = await navigator.storage?.estimate?.();
  const short = space !== undefined && (space.quota ?? 0) - (space.usage ?? 0) < LOW_BYTES;
  await tidy(vault, short);
  await sweepPieces(vault, Date.now() - WRITING_MS);
}

/** Make room for a photograph of the open draft; true where something went. @param {Vault} vault @param {any} draft */
export const makeRoom = async (vault, draft) => (await tidy(vault, true, [draft])) > 0;
