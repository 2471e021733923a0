/** "Cài đặt": what is on this phone and how safe it is, the language, the people, the backup file. A part of its own. */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/settings.json";
import { backupForm } from "./backups.js";
import { restoreForm } from "./reading.js";
import { keepSetting } from "./db.js";
import { h, one } from "./dom.js";
import { installButton, installWords, isInstalled, isIPhone } from "./install.js";
import { dateOf, timeOf } from "./moments.js";
import { drawn, put } from "./pages.js";
import { peoplePart } from "./people.js";
import { stateLine } from "./status.js";
import { hasWorkToLose, megabytes, riskLine, risks, room } from "./storage.js";
import { APP } from "./sync.js";
import { languageNow, learnTexts, t } from "./texts.js";
import { photoLimits } from "./limits.js";
import { placeWords } from "./webviews.js";

/** @typedef {import("./vault.js").Vault} Vault */

learnTexts(texts);

/** @param {Vault} vault */
export async function settings(vault) {
  one("#backup").replaceChildren(
    h("h2", {}, t("backup.title")), h("p", {}, t("backup.say")), h("p", {}, t("photos.not_in_backup")), backupForm(vault),
    h("h3", {}, t("backup.open_title")), restoreForm(vault));
  addEventListener("can-install", () => void installPart());
  await Promise.all([installPart(), peoplePart(vault), drawn(vault, () => settingsView(vault))]);
  document.getElementById(location.hash.slice(1))?.scrollIntoView(); // it was empty when the browser looked for it
}

/** Installing, where this browser can. */
async function installPart() {
  const button = isInstalled() ? null : installButton();
  const words = isInstalled() ? t("install.done") : isIPhone() ? t("install.ios") : button ? await installWords() : "";
  one("#install").replaceChildren(...(words ? [h("h2", {}, t("install.title")), h("p", {}, words), ...(button ? [button] : [])] : []));
}

/** @param {Vault} vault */
async function settingsView(vault) {
  const space = await room();
  const contact = vault.session.meta.contact_ms;
  put("#settings",
    h("h2", {}, t("settings.language")),
    h("div", { class: "field" }, ...[["vi", "Tiếng Việt"], ["en", "English"]].map(([value, words]) => h("label", { class: "option" },
      h("input", { type: "radio", name: "language", value, checked: languageNow() === value, onchange: () => changeLanguage(value) }), h("span", { lang: value }, words)))),
    ...(await photoLimits()),
    h("h2", {}, t("settings.phone")),
    ...(await safety(vault)),
    space ? h("p", {}, t("settings.space", { used: megabytes(space.used), left: megabytes(space.left) })) : null,
    h("p", {}, contact ? t("settings.contact", { time: timeOf(contact), date: dateOf(contact) }) : t("settings.no_contact")),
    h("p", { class: "hint" }, t("settings.version", { version: APP })),
  );
}

/** Whether the work here is kept, and everything that threatens it. @param {Vault} vault @returns {Promise<any[]>} */
async function safety(vault) {
  const place = placeWords();
  const found = await risks(vault, { install: isInstalled() ? null : installButton() });
  const shown = (await hasWorkToLose(vault)) ? found : found.filter((risk) => risk.id !== "old");
  const kept = shown.some((risk) => risk.id === "not_kept" || risk.id === "ios" || risk.id === "private")
    ? null
    : stateLine({ id: "saved" }, { words: t("settings.kept"), label: t("settings.kept_label") });
  return [place && h("div", { class: "notice" }, ...place), kept, ...shown.map((risk) => riskLine(risk))].filter(Boolean);
}

/** @param {string} value */
async function changeLanguage(value) {
  await keepSetting("language", value);
  location.reload();
}
