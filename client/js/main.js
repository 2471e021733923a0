/**
 * The page script: speak the person's language, draw the page, stay in touch, and then fetch the rest (`after.js`).
 *
 * Only what a first visit needs, the pages of `FIRST` and the form, is in this script: every byte is somebody's money.
 */
import { currentVault, learn } from "./accounts.js";
import { keepSetting, setting } from "./db.js";
import { openForm } from "./forms.js";
import { settleSignOut, stayInTouch } from "./news.js";
import { home, nameOnPage, procedures } from "./pages.js";
import { speak } from "./texts.js";
import { NoAnswer } from "./wire.js";
import { h, one } from "./dom.js";
import { t } from "./texts.js";

/** @type {Record<string, (vault: import("./vault.js").Vault) => Promise<any>>} */
const FIRST = { home, procedures };
const rest = () => import("./after.js");

function showNetwork() {
  const line = one("#net");
  line.hidden = navigator.onLine !== false;
  line.textContent = line.hidden ? "" : t("net.offline");
}

/** A sign-in that went before this script was there left its mark in the address: ask who it was. */
async function learnWhoSignedIn() {
  if (location.hash === "#signed-in") {
    await keepSetting("ask-me", true);
    history.replaceState(null, "", location.pathname + location.search);
  }
  await learn().catch(ignoreNoAnswer);
}

async function start() {
  const page = document.body.dataset.page ?? "";
  await speak((await setting("language")) ?? "vi");
  showNetwork();
  addEventListener("online", showNetwork);
  addEventListener("offline", showNetwork);
  await learnWhoSignedIn();
  let vault;
  if (page === "form") ({ vault } = await openForm());
  else {
    vault = await currentVault();
    await (FIRST[page] ?? (await rest()).PAGES[page])?.(vault);
    await nameOnPage();
  }
  document.documentElement.dataset.ready = "";
  stayInTouch(vault);
  void settleSignOut();
  await (await rest()).settle(vault);
}

/** @param {unknown} fault */
function ignoreNoAnswer(fault) {
  if (!(fault instanceof NoAnswer)) throw fault; // asked again at the next start
}

start().catch((fault) => {
  one("main").prepend(h("p", { role: "alert", class: "notice" }, t("page.failed")));
  throw fault;
});
