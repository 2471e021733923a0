/** "Cài đặt": what is on this phone, the language, who is signed in. */
import { keepSetting } from "./db.js";
import { h } from "./dom.js";
import { dateOf, timeOf } from "./moments.js";
import { drawn, put } from "./pages.js";
import { peoplePart } from "./people.js";
import { stateLine } from "./status.js";
import { APP } from "./sync.js";
import { languageNow, t } from "./texts.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** @param {Vault} vault */
export async function settings(vault) {
  await drawn(vault, () => settingsView(vault));
  await peoplePart(vault);
}

/** @param {Vault} vault */
async function settingsView(vault) {
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
    h("p", { class: "hint" }, t("settings.version", { version: APP })),
  );
}

/** @param {string} value */
async function changeLanguage(value) {
  await keepSetting("language", value);
  location.reload();
}
