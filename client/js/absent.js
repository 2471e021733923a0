/** Parts of the page script that come last may not be on this phone yet. */

/** Go on without a part that is not on this phone, while there is no network. @param {unknown} fault @returns {null} */
export function without(fault) {
  if (fault instanceof TypeError) return null;
  throw fault;
}
