/** The lists that forms share (communes, provinces, countries, …): one file by content hash, beside every form. */
import { ignoreFull } from "./autosave.js";
import { keepLists, keepSetting, knownLists, setting } from "./db.js";

const KEPT = "lists";

/**
 * Return the lists by name: those this page was made with, else those this phone last had.
 * @returns {Promise<Record<string, any[]>>}
 */
export async function sharedLists() {
  const address = document.body.dataset.lists ?? "";
  if ((await setting(KEPT)) === address) return knownLists();
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new TypeError(`${address}: ${answer.status}`);
    const lists = await answer.json();
    await keepLists(lists).then(() => keepSetting(KEPT, address)).catch(ignoreFull); // the page has them
    return lists;
  } catch (fault) {
    const known = await knownLists();
    if (!Object.keys(known).length) throw fault;
    return known;
  }
}
