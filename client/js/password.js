/** A password for an account that was begun on this phone, or another one: it opens the account on a second phone. */
import { h } from "./dom.js";
import { changeAccount, signed } from "./credentials.js";
import { reveal } from "./signing.js";
import { t } from "./texts.js";
import { ask, NoAnswer, posted, problemCode } from "./wire.js";

/** @typedef {import("./vault.js").Vault} Vault */

const LENGTH_MIN = 8;

/** @param {Vault} vault */
export function passwordPart(vault) {
  const has = vault.account?.password === true;
  const said = h("p", { role: "status", class: "notice", hidden: true });
  const form = h("form", { hidden: has, novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    void set(vault, form, said);
  } }, has ? box("old", "current-password") : null, box("password", "new-password"), h("p", { class: "hint" }, t("password.say", { n: LENGTH_MIN })),
  h("button", { class: "button second", "data-action": "set-password" }, t(has ? "password.change" : "password.set")));
  const open = h("button", { type: "button", class: "button second", "data-action": "change-password", onclick: () => {
    form.hidden = false;
    open.remove();
    form.querySelector("input").focus();
  } }, t("password.change"));
  return h("section", {}, h("h3", {}, t("auth.password")), has ? h("p", {}, t("password.has", { user: vault.account?.user ?? "" })) : h("p", {}, t("password.why")), said, has ? open : null, form);
}

/** @param {"old"|"password"} name @param {string} autocomplete */
function box(name, autocomplete) {
  const input = h("input", { id: `p-${name}`, name, type: "password", autocomplete });
  const button = h("button", { type: "button", class: "quiet" }, t("do.reveal"));
  reveal(input, button);
  return h("div", { class: "field" }, h("label", { for: `p-${name}` }, t(`password.${name}`)), input, button);
}

/** @param {Vault} vault @param {HTMLFormElement} form @param {HTMLElement} said */
async function set(vault, form, said) {
  const typed = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const say = (/** @type {string} */ words) => {
    said.textContent = words;
    said.hidden = false;
  };
  if (typed.password.length < LENGTH_MIN) return say(t("password.short", { n: LENGTH_MIN }));
  try {
    const init = await posted(typed.old ? typed : { password: typed.password });
    const { status, json, retry_after_s = 60 } = await ask("/accounts/password", signed(vault, init));
    if (status !== 200) return say(refusalWords(problemCode(json), retry_after_s));
    await changeAccount(vault, { password: true, user: json.user });
    form.hidden = true;
    say(t("password.done", { user: json.user }));
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault;
    say(t("password.no_net"));
  }
}

/** @param {string} code @param {number} wait_s */
function refusalWords(code, wait_s) {
  if (code === "invalid") return t("password.easy");
  if (code === "forbidden") return t("password.old_wrong");
  if (code === "unauthenticated") return t("auth.again");
  return t("auth.slow", { n: Math.ceil(wait_s / 60) });
}
