/**
 * The one seam through which personal records go into and come out of storage.
 *
 * A record is kept as its key, in the clear, and its JSON under AES-GCM with a key of the account that cannot be read
 * out of the browser. Sealing is asynchronous and an IndexedDB transaction does not wait for it: seal before it begins,
 * open after it has ended. Where the page is not secure there is no WebCrypto (and no worker): records are plain then.
 */

/** @typedef {{id: string, iv?: Uint8Array, sealed?: ArrayBuffer, plain?: any}} Sealed */

export const canSeal = () => typeof crypto !== "undefined" && crypto.subtle !== undefined;

/** @returns {Promise<CryptoKey|null>} */
export async function newKey() {
  return canSeal() ? crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]) : null;
}

/**
 * @param {CryptoKey|null} key
 * @param {any} record with its key in `id`
 * @returns {Promise<Sealed>}
 */
export async function seal(key, record) {
  if (!key) return { id: record.id, plain: record };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(JSON.stringify(record));
  return { id: record.id, iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

/**
 * @param {CryptoKey|null} key
 * @param {any} kept a sealed record
 * @returns {Promise<any>}
 */
export async function open(key, kept) {
  if (!kept.sealed || !key) return kept.plain;
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, key, kept.sealed);
  return JSON.parse(new TextDecoder().decode(bytes));
}
