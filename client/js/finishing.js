/**
 * "Có mã cán bộ đưa": whoever had an account begun for them sets a password of their own and is signed in; the dossiers that
 * were taken in come with it. A part of its own. What is set here the officer never sees.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/slip.json";
import { readCode, whole } from "./codes.js";
import { comeIn } from "./entering.js";
import { refusalKey } from "./slipcode.js";
import { h } from "./dom.js";
import { reveal } from "./signing.js";
import { learnTexts, t } from "./texts.js";
import { ask, NoAnswer, posted, problemCode } from "./wire.js";

learnTexts(texts);

const LENGTH_MIN = 8;

/** Where an officer's code leads: behind `#`, so that no request and no log ever has it. @param {string} code */
export const finishUrl = (code) => `${location.origin}/dang-nhap#ma-${code}`;

/**
 * Draw it.
 * @param {(account: import("./vault.js").Account) => void} entered
 * @returns {HTMLElement}
 */
export function finishForm(entered) {
  const code = h("input", { id: "given-code", name: "given-code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-describedby": "h-given-code" });
  const scanned = readCode(location.hash.slice(4));
  if (scanned) code.value = whole(scanned);
  if (location.hash.length > 3) history.replaceState(null, "", `${location.pathname}${location.search}#ma`);
  const password = h("input", { id: "own-password", name: "own-password", type: "password", autocomplete: "new-password", "aria-describedby": "h-own-password" });
  const show = h("button", { type: "button", class: "quiet" }, t("do.reveal"));
  reveal(password, show);
  const said = h("p", { role: "alert", class: "notice need", hidden: true, tabindex: "-1" });
  const say = (/** @type {string} */ words, /** @type {HTMLElement} */ at = said) => {
    said.textContent = words;
    said.hidden = false;
    at.focus();
  };
  const button = h("button", { class: "button", "data-action": "finish-account" }, t("do.finish"));
  return h("form", { novalidate: true, onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const read = readCode(code.value);
    if (!read) return say(t("finish.not_whole"), code);
    if ([...password.value].length < LENGTH_MIN) return say(t("finish.short", { n: LENGTH_MIN }), password);
    button.disabled = true;
    try {
      const refusal = await finish(whole(read), password.value, entered);
      if (refusal) say(refusal);
    } finally {
      button.disabled = false;
    }
  } }, h("p", {}, t("finish.why")), said,
  h("div", { class: "field" }, h("label", { for: "given-code" }, t("finish.code")), h("p", { class: "hint", id: "h-given-code" }, t("finish.code_say")), code),
  h("div", { class: "field" }, h("label", { for: "own-password" }, t("finish.password")), h("p", { class: "hint", id: "h-own-password" }, t("finish.password_say", { n: LENGTH_MIN })), password, show), button);
}

/** @param {string} code @param {string} password @param {(account: import("./vault.js").Account) => void} entered @returns {Promise<string>} why not, in words */
async function finish(code, password, entered) {
  try {
    const { status, json } = await ask("/accounts/finish", await posted({ code, password }));
    const problem = problemCode(json);
    if (status === 200 && typeof json?.person === "string") {
      entered(await comeIn(json, json.token ?? null));
      return "";
    }
    return problem === "invalid" ? t("finish.easy") : t(problem === "not-found" ? "finish.wrong" : refusalKey(status, problem));
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    return t("finish.no_net");
  }
}
