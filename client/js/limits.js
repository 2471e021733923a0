/** "Cài đặt", what photographs may cost: a budget a day, and Wi-Fi only where the browser knows what Wi-Fi is. */
import { h } from "./dom.js";
import { connection, limits, setLimits, usedToday } from "./spending.js";
import { megabytes } from "./storage.js";
import { t } from "./texts.js";

/** Megabytes a day to choose from; 0: no limit. */
const CHOICES = [5, 20, 100, 0];

/** @returns {Promise<any[]>} */
export async function photoLimits() {
  const { budget_mb, wifi_only } = await limits();
  const words = (/** @type {number} */ n) => (n ? t("settings.budget_mb", { n }) : t("settings.budget_none"));
  const budget = (/** @type {number} */ n) => h("label", { class: "option" },
    h("input", { type: "radio", name: "photo-budget", value: n, checked: n === budget_mb, onchange: () => setLimits({ budget_mb: n, allowed: null }) }), h("span", {}, words(n)));
  const wifi = h("label", { class: "option" },
    h("input", { type: "checkbox", name: "photo-wifi", checked: wifi_only, onchange: (/** @type {any} */ event) => setLimits({ wifi_only: event.target.checked, allowed: null }) }), h("span", {}, t("settings.wifi_only")));
  return [
    h("h2", {}, t("settings.photos")), h("p", { class: "hint" }, t("settings.photos_say")),
    h("fieldset", { class: "field" }, h("legend", {}, t("settings.budget")), ...CHOICES.map(budget)),
    connection() === "unknown" ? null : h("div", { class: "field" }, wifi),
    h("p", {}, t("settings.used", { n: megabytes(await usedToday()) })),
  ].filter(Boolean);
}
