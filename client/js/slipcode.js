/**
 * `/tra-cuu` with script: the code of a slip that was scanned is put into its boxes, and whoever is signed in may take the
 * dossier to this phone. A part of its own; following works without it.
 *
 * Rule 1. A scanned code stands behind `#`, which no request carries; it leaves the address at once.
 * Rule 2. A code that cannot be used yet (nobody is signed in) waits in this tab alone, and goes with it: whoever has the
 * code has the dossier.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/slip.json";
import { readCode, whole } from "./codes.js";
import { needKey, signed } from "./credentials.js";
import { h, one } from "./dom.js";
import { claimKept } from "./handover.js";
import { sendNow } from "./news.js";
import { learnTexts, t } from "./texts.js";
import { ask, NoAnswer, posted, problemCode } from "./wire.js";

learnTexts(texts);

/** In `sessionStorage`: the code that was scanned or typed. */
const KEPT = "handover";

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {Vault} vault */
export async function followPage(vault) {
  const [code, secret] = /** @type {HTMLInputElement[]} */ (["#code", "#secret"].map(one));
  const known = readCode(fragment()) ?? readCode(sessionStorage.getItem(KEPT) ?? "");
  if (known) fill(known);
  const typed = () => readCode(code.value + secret.value) ?? readCode(code.value);
  const keep = () => {
    const read = typed();
    if (read) sessionStorage.setItem(KEPT, whole(read));
  };
  code.addEventListener("change", () => {
    const read = readCode(code.value); // both in one box, as they stand on the slip
    if (read) fill(read);
  });
  one("form").addEventListener("submit", keep);
  one("form").after(claimPart(vault, typed, keep));
  document.getElementById("found")?.focus();

  /** @param {{code: string, secret: string}} read */
  function fill(read) {
    code.value = read.code;
    secret.value = read.secret;
  }
}

/** What stands behind `#`, which then does so no more. */
function fragment() {
  const text = location.hash.slice(1);
  if (text) history.replaceState(null, "", location.pathname);
  return text;
}

/** @param {Vault} vault @param {() => {code: string, secret: string}|null} typed @param {() => void} keep */
function claimPart(vault, typed, keep) {
  const said = h("p", { role: "alert", class: "notice", hidden: true, tabindex: "-1" });
  const say = (/** @type {string} */ key) => {
    said.textContent = t(key);
    said.hidden = false;
    said.focus();
  };
  const button = h("button", { type: "button", class: "button second", "data-action": "claim", onclick: async () => {
    const read = typed();
    if (!read) return say("claim_code.not_whole");
    keep();
    if (vault.isGuest) return location.assign(`/dang-nhap?next=${encodeURIComponent("/tra-cuu")}`);
    button.disabled = true;
    try {
      const refusal = await claim(vault, whole(read));
      if (refusal) say(refusal);
    } finally {
      button.disabled = false;
    }
  } }, t("do.claim_code"));
  return h("section", { id: "claim" }, h("h2", {}, t("claim_code.title")), h("p", {}, t(vault.isGuest ? "claim_code.sign_in" : "claim_code.say")), said, button);
}

/**
 * Take the dossier over, bring it here, and go to it.
 * @param {Vault} vault @param {string} code
 * @returns {Promise<string>} key of the words that say why not; empty where it went
 */
async function claim(vault, code) {
  try {
    if (vault.session.accountIsDue()) await sendNow(vault); // the account goes first
    if ((await needKey(vault, new AbortController())) !== null || vault.session.accountIsDue()) return "claim_code.account";
    const { status, json } = await ask("/claims", signed(vault, await posted({ code })));
    if (status !== 200) return refusalKey(status, problemCode(json));
    await vault.change(() => ({ kept: claimKept(vault, json.dossier, { code, at: Date.now(), epoch: vault.session.meta.epoch }) }));
    sessionStorage.removeItem(KEPT);
    await sendNow(vault);
    location.assign(`/cua-toi?d=${json.dossier}`);
    return "";
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    return "claim_code.no_net";
  }
}

/** @param {number} status @param {string} code */
export function refusalKey(status, code) {
  if (code === "not-found") return "claim_code.wrong";
  if (status === 401) return "claim_code.account";
  return code === "slow-down" || code === "unavailable" ? "claim_code.slow" : "claim_code.no_net";
}
