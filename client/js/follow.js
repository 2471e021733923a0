/**
 * The page `/tra-cuu`: what a slip's QR holds behind the `#` goes into the fields, and out of the address.
 *
 * A fragment is in no request and no log; taken away at once, it is in no history either. Nothing is imported here: a
 * module that this part shares with some others would be a part of its own (ARCHITECTURE 96).
 */

/** `TN-7K2M-9Q4TABCD-WXYZ2345`: the provisional code and the secret. */
const HAND_OVER = /^#(TN-[0-9A-Z]{4}-[0-9A-Z]{8})-([0-9A-Z]{8})$/i;

/** @param {string} id @param {string} text */
const fill = (id, text) => void (/** @type {HTMLInputElement} */ (document.getElementById(id)).value = text.toUpperCase());

export async function follow() {
  const [, code, secret] = HAND_OVER.exec(location.hash) ?? [];
  if (code && secret) {
    fill("code", code);
    fill("secret", secret);
    history.replaceState(null, "", location.pathname);
  }
  document.getElementById("found")?.focus();
}
