/** "Cài đặt": what is on this phone, the language, who is signed in. */
import { current, signOut } from "./accounts.js";
import { keepSetting } from "./db.js";
import { h } from "./dom.js";
import { dateOf, timeOf } from "./moments.js";
import { DRAFTS, drawn, put, WAITING } from "./pages.js";
import { stateLine } from "./status.js";
import { APP } from "./sync.js";
import { languageNow, t } from "./texts.js";
import { NoAnswer } from "./wire.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {Vault} vault */
export async function settings(vault) {
  await drawn(vault, () => settingsView(vault));
}

/** @param {Vault} vault */
async function settingsView(vault) {
  const account = await current();
  const works = await workOf(vault);
  const unsent = works.filter((work) => [...WAITING, ...DRAFTS, "refused"].includes(work.state.id)).length;
  const kept = (await navigator.storage?.persisted?.()) ?? null;
  const space = await navigator.storage?.estimate?.();
  const megabytes = (/** @type {number|undefined} */ bytes) => ((bytes ?? 0) / 1e6).toLocaleString(languageNow(), { maximumFractionDigits: 1 });
  const contact = vault.session.meta.contact_ms;
  put("#settings",
    h("h2", {}, t("settings.language")),
    h("div", { class: "field" }, ...[["vi", "Tiếng Việt"], ["en", "English"]].map(([value, words]) => h("label", { class: "option" },
      h("input", { type: "radio", name: "language", value, checked: languageNow() === value, onchange: () => changeLanguage(value) }), h("span", { lang: value }, words)))),
    h("h2", {}, t("settings.phone")),
    stateLine({ id: kept ? "saved" : "risk" }, { words: t(kept ? "settings.kept" : "risk.not_kept"), label: kept ? t("settings.kept_label") : undefined }),
    space ? h("p", {}, t("settings.space", { used: megabytes(space.usage), left: megabytes((space.quota ?? 0) - (space.usage ?? 0)) })) : null,
    h("p", {}, contact ? t("settings.contact", { time: timeOf(contact), date: dateOf(contact) }) : t("settings.no_contact")),
    h("h2", {}, t("settings.person")),
    account ? h("p", {}, t("settings.signed_in", { name: account.name })) : h("p", {}, t("settings.signed_out")),
    account && unsent ? h("p", { class: "notice" }, t("auth.out", { n: unsent })) : null,
    account
      ? h("button", { type: "button", class: "button second", "data-action": "sign-out", onclick: () => leave() }, t("do.sign_out"))
      : h("a", { class: "button", href: "/dang-nhap", "data-action": "sign-in" }, t("do.sign_in")),
    h("p", { class: "hint" }, t("settings.version", { version: APP })),
  );
}

/** @param {string} value */
async function changeLanguage(value) {
  await keepSetting("language", value);
  location.reload();
}

async function leave() {
  try {
    await signOut();
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault; // it is told at the next start with a network
  }
  location.assign("/");
}
