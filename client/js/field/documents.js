/** What the pages on this device carry, read without opening them: the worker keeps them for the days without network. */

/** Read a block of data in a page. @param {string} path @param {string} id @returns {Promise<any>} null: it is not on this device, and cannot be had now */
export async function dataIn(path, id) {
  const answer = await fetch(path).catch(() => null); // no network, and not kept
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const text = page?.getElementById(id)?.textContent;
  return text ? JSON.parse(text) : null;
}
