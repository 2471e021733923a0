/** Signing in. */
import { signIn } from "./accounts.js";
import { one } from "./dom.js";
import { t } from "./texts.js";
import { NoAnswer } from "./wire.js";

/** Listen to the sign-in form. */
export function signInPage() {
  const form = /** @type {HTMLFormElement} */ (one("form"));
  const said = one("#said");
  const next = new URLSearchParams(location.search).get("next") ?? "";
  const local = /^\/(?![/\\])/.test(next) ? next : "";
  const button = /** @type {HTMLButtonElement} */ (one("[data-action=sign-in]"));
  const password = /** @type {HTMLInputElement} */ (one("[name=password]"));
  const reveal = one("[data-action=reveal]");
  reveal.hidden = false;
  reveal.addEventListener("click", () => {
    password.type = password.type === "password" ? "text" : "password";
    reveal.textContent = t(password.type === "password" ? "do.reveal" : "do.conceal");
  });
  const say = (/** @type {string} */ key) => {
    said.textContent = t(key);
    said.hidden = false;
    said.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const typed = new FormData(form);
      const account = await signIn(String(typed.get("user")).trim(), String(typed.get("password")));
      if (!account) return say("auth.wrong");
      location.assign(local || (account.roles?.length ? "/desk" : "/"));
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) throw fault;
      say(fault.portal ? "net.portal" : "auth.no_net");
    } finally {
      button.disabled = false;
    }
  });
}
