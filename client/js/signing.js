/** `/dang-nhap`: signing in, which needs a network, and beginning an account, which does not. */
import { begin, changeTo, correct, signIn } from "./entering.js";
import { h, one } from "./dom.js";
import { fieldBlock } from "./fields.js";
import { t } from "./texts.js";
import { canonical } from "./values.js";
import { NoAnswer } from "./wire.js";

/** What an account is begun with. */
const ASKED = /** @type {const} */ (["name", "citizen_id", "phone"]);
const NEW = "#dang-ky";
/** With a code that an officer handed over; behind it may stand the code itself. */
const GIVEN = "#ma";

/** @param {import("./vault.js").Vault} vault */
export function signInPage(vault) {
  const form = /** @type {HTMLFormElement} */ (one("form"));
  listen(form, vault);
  const place = one("#new");
  if (isWrong(vault)) return void place.append(newAccount(form, vault));
  const open = h("button", { type: "button", class: "button second", "data-action": "new-account", onclick: () => (location.hash = NEW) }, t("auth.new"));
  const have = h("button", { type: "button", class: "link", "data-action": "have-account", onclick: () => (location.hash = "") }, t("auth.have"));
  /** What is typed there stays, whichever way one goes to and fro. @type {HTMLElement|null} */
  let joining = null;
  const given = h("a", { class: "action", href: GIVEN, "data-action": "given-code" }, t("auth.given_code"));
  const turn = () => {
    const joins = location.hash === NEW;
    const finishes = location.hash.startsWith(GIVEN);
    if (joins) joining ??= newAccount(form, vault);
    form.hidden = joins || finishes;
    const title = t(finishes ? "auth.given_code" : joins ? "auth.new" : "auth.title");
    document.title = `${title} · ${t("app.name")}`;
    one("h1").textContent = title;
    place.replaceChildren(...(joining && joins ? [joining, have] : finishes ? [have] : [open, given]));
    if (finishes) void finishing(place, vault);
  };
  addEventListener("hashchange", () => {
    turn();
    /** @type {HTMLElement|null} */ (document.querySelector(location.hash === NEW ? "#new input" : "[name=user]"))?.focus();
  });
  if (navigator.onLine === false && location.hash !== NEW && !location.hash.startsWith(GIVEN)) history.replaceState(null, "", NEW);
  turn();
  if (location.hash === NEW) /** @type {HTMLElement|null} */ (place.querySelector("input"))?.focus();
}

/** Whether the server refused what the account was begun with. @param {import("./vault.js").Vault} vault */
const isWrong = (vault) => vault.session.meta.paused === "invalid";

/** Put in what an account that an officer began is finished with. @param {HTMLElement} place @param {import("./vault.js").Vault} vault */
async function finishing(place, vault) {
  const { finishForm } = await import("./finishing.js");
  if (!location.hash.startsWith(GIVEN) || place.querySelector("form")) return;
  place.prepend(finishForm(() => {
    vault.end();
    onward("/cua-toi");
  }));
}

/** Where to go on to. @param {string} otherwise */
function onward(otherwise) {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  location.assign(/^\/(?![/\\])/.test(next) ? next : otherwise);
}

/** @param {string} words */
function say(words) {
  const said = one("#said");
  said.textContent = words;
  said.hidden = false;
  said.focus();
}

/** A button that shows what is typed into a password's box. @param {HTMLInputElement} box @param {HTMLElement} button */
export function reveal(box, button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    box.type = box.type === "password" ? "text" : "password";
    button.textContent = t(box.type === "password" ? "do.reveal" : "do.conceal");
  });
}

/** @param {HTMLFormElement} form @param {import("./vault.js").Vault} vault */
function listen(form, vault) {
  const button = /** @type {HTMLButtonElement} */ (one("[data-action=sign-in]"));
  reveal(/** @type {HTMLInputElement} */ (one("[name=password]")), one("[data-action=reveal]"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const typed = new FormData(form);
      const { account, code, retry_after_s = 60 } = await signIn(String(typed.get("user")).trim(), String(typed.get("password")));
      if (account) vault.end();
      if (account) return onward(account.roles?.length ? "/desk" : "/");
      say(code === "slow-down" || code === "unavailable" ? t("auth.slow", { n: Math.ceil(retry_after_s / 60) }) : t(code === "unauthenticated" ? "auth.wrong" : "auth.no_net"));
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) throw fault;
      say(t(fault.portal ? "net.portal" : "auth.no_net"));
    } finally {
      button.disabled = false;
    }
  });
}

/** @param {HTMLFormElement} sign_in @param {import("./vault.js").Vault} vault */
function newAccount(sign_in, vault) {
  sign_in.hidden = true;
  /** @type {Record<string, any>} */
  const typed = { ...vault.session.meta.account?.body };
  const blocks = ASKED.map((path) => fieldBlock({
    path, field: fieldOf(path), typed: typed[path] ?? "", lists: {}, optional: path === "phone", own: true,
    answer: (text) => {
      typed[path] = text;
    },
  }));
  const button = h("button", { class: "button", "data-action": "begin-account" }, t("auth.begin"));
  const form = h("form", { novalidate: true, onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const who = checked(typed);
    if (!who) return;
    button.disabled = true;
    if (isWrong(vault)) await correct(vault, who);
    else {
      const known = await begin(who);
      if (known && !(await changeTo(known))) {
        button.disabled = false;
        return say(t("auth.known_here", { name: known.account.short }));
      }
      vault.end();
    }
    onward("/");
  } }, h("p", { class: "hint" }, t("auth.need_net")), isWrong(vault) ? h("p", { class: "notice need" }, t("auth.put_right")) : null, ...blocks, button);
  return form;
}

/** @param {string} path @returns {any} a field as of a form */
export const fieldOf = (path) => ({ key: path, kind: path, label: { vi: t(`auth.ask_${path}`), en: t(`auth.ask_${path}`) } });

/**
 * Read what was typed; null where something is wrong, which is then said at its place.
 * @param {Record<string, any>} typed
 * @returns {{name: string, citizen_id: string, phone: string|null}|null}
 */
export function checked(typed) {
  const faults = ASKED.flatMap((path) => {
    const read = /** @type {any} */ (canonical(fieldOf(path), typed[path] ?? "", {}));
    const empty = !("fault" in read) && (read.value === null || read.value === "");
    const words = "fault" in read ? t(read.fault, { ...read.args, label: t(`auth.ask_${path}`) }) : empty && path !== "phone" ? t("err.required", { label: t(`auth.ask_${path}`) }) : "";
    mark(path, words);
    typed[`${path}=`] = read.value ?? null;
    return words ? [path] : [];
  });
  if (faults.length) /** @type {HTMLElement|null} */ (document.querySelector(`[data-field=${faults[0]}] input`))?.focus();
  return faults.length ? null : { name: typed["name="], citizen_id: typed["citizen_id="], phone: typed["phone="] || null };
}

/** @param {string} path @param {string} words */
function mark(path, words) {
  const block = one(`[data-field=${path}]`);
  const place = /** @type {HTMLElement} */ (block.querySelector(".error"));
  place.textContent = words;
  place.hidden = !words;
  block.classList.toggle("wrong", words !== "");
  block.querySelector("input")?.toggleAttribute("aria-invalid", words !== "");
}
