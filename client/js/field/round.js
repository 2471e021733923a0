/**
 * `/di-ban`: the field round of an officer, by the part of the address after `#`: the day's list, "Làm hộ", the end of the
 * day, the unit's pack.
 */
import { isOfficer } from "../roles.js";
import { h, icon, show } from "../dom.js";
import { t } from "../texts.js";
import { learnRoles } from "./choosing.js";
import { dayPage } from "./day.js";
import { intakePage } from "./intake.js";
import { watchIdle } from "./lock.js";
import { packPage } from "./pack.js";
import { summaryPage } from "./summary.js";

/** @typedef {import("../vault.js").Vault} Vault */

/** @type {Record<string, (vault: Vault, rest: string) => Promise<void>>} */
const ROUTES = { "": dayPage, "lam-ho": intakePage, "tong-ket": summaryPage, goi: packPage };

/** @param {Vault} vault */
export async function fieldPage(vault) {
  if (!isOfficer(vault.account)) return show(title(t("tab.field")), h("h1", {}, t("tab.field")), h("p", {}, t("field.officers_only")), signIn());
  const route = async () => {
    const [name, rest = ""] = location.hash.slice(1).split("/");
    await (ROUTES[name] ?? dayPage)(vault, rest);
  };
  addEventListener("hashchange", () => void route());
  await route();
  await learnRoles(vault);
}

const signIn = () => h("a", { class: "button", href: "/dang-nhap?next=/di-ban", "data-action": "sign-in" }, t("do.sign_in"));

/** @param {string} words */
export const title = (words) => `${words} · ${t("app.name")}`;

/** What every page of an officer has: the way to the field round, and a screen that closes when nobody touches it. @param {Vault} vault */
export async function settleOfficer(vault) {
  const tabs = document.querySelector(".tabs");
  if (tabs) {
    const here = document.body.dataset.page === "field" ? "page" : null;
    tabs.prepend(h("a", { href: "/di-ban", "data-tab": "field", "aria-current": here }, icon("saved"), h("span", {}, t("tab.field"))));
  }
  await watchIdle(vault);
}

/** The way back to the day's list. */
export const backToDay = () => h("a", { class: "back", href: "#" }, t("tab.field"));
