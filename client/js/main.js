/**
 * The page script: speak the person's language, draw the page, and then fetch the rest (`after.js`), which stays in touch.
 *
 * Only what a first visit needs, the pages of `FIRST` and the form, is in this script: every byte is somebody's money.
 */
import { currentVault, mustAskWhose } from "./accounts.js";
import { keepSetting, setting } from "./db.js";
import "./early.js";
import { openForm } from "./opening.js";
import { home, nameOnPage, procedures } from "./pages.js";
import { speak } from "./texts.js";
import { h, one } from "./dom.js";
import { t } from "./texts.js";

/** @type {Record<string, (vault: import("./vault.js").Vault) => Promise<any>>} */
const FIRST = { home, procedures, procedure: async () => {} };
const rest = () => import("./after.js");
/** How long a first page that leads on to others stands before the rest is fetched: the next page comes first. */
const REST_MS = 3_000;
const LEADS_ON = ["home", "procedures", "procedure"];

function showNetwork() {
  const line = one("#net");
  line.hidden = navigator.onLine !== false;
  line.textContent = line.hidden ? "" : t("net.offline");
}

/** Pages that show a person's work: on a shared phone they ask first who holds it. */
const PERSONAL = ["home", "mine", "form", "settings", "slip", "field"];

/** What was left by a sign-in without script, or by an older version, is for the rest to make sense of. */
async function settlePeople() {
  if (location.hash === "#signed-in") {
    await keepSetting("ask-me", { from: await setting("slot") });
    history.replaceState(null, "", location.pathname + location.search);
  }
  if ((await setting("ask-me")) || (await setting("account"))) await (await rest()).settlePeople();
}

/**
 * Keep a press on "Đăng nhập" until what answers it has come: a form that went by itself would leave a cookie alone, which
 * the browser writes down late. Where it does not come, the form goes by itself after all.
 * @returns {() => void} let go, and press for whoever has pressed
 */
function holdSignIn() {
  const form = one("form");
  let pressed = false;
  const hold = (/** @type {Event} */ event) => {
    event.preventDefault();
    pressed = true;
  };
  form.addEventListener("submit", hold);
  return () => {
    form.removeEventListener("submit", hold);
    if (pressed) one("[data-action=sign-in]").click();
  };
}

async function start() {
  const page = document.body.dataset.page ?? "";
  const letGo = page === "sign-in" ? holdSignIn() : () => {};
  let drawn;
  try {
    drawn = await draw(page);
  } finally {
    letGo();
  }
  if (!drawn) return;
  document.documentElement.dataset.ready = "";
  await afterwards(drawn.vault, drawn.opened);
}

/** Draw the page; null: another one comes instead. @param {string} page */
async function draw(page) {
  await speak((await setting("language")) ?? "vi");
  showNetwork();
  addEventListener("online", showNetwork);
  addEventListener("offline", showNetwork);
  await settlePeople();
  if (PERSONAL.includes(page) && (await mustAskWhose())) {
    location.replace(`/may-cua-ai?next=${encodeURIComponent(location.pathname + location.search)}`);
    return null;
  }
  if (page === "form") {
    const opened = /** @type {any} */ (await openForm());
    return { vault: opened.vault, opened };
  }
  const vault = await currentVault();
  await (FIRST[page] ?? (await rest()).PAGES[page])?.(vault);
  await nameOnPage(vault);
  return { vault, opened: null };
}

/**
 * What came after may be gone: cut on its way, or of a version that the server has no more. The page goes on without it.
 * @param {import("./vault.js").Vault} vault
 * @param {{page?: any, newest?: any}|null} opened the form, where this is one
 */
async function afterwards(vault, opened) {
  const isFirst = !navigator.serviceWorker?.controller && LEADS_ON.includes(document.body.dataset.page ?? "");
  if (isFirst) await new Promise((rested) => setTimeout(rested, REST_MS));
  const after = await rest().catch(unlessNotFetched);
  if (after) return Promise.all([after.settle(vault), opened?.page ? after.watchForm(opened.page, opened.newest) : null]);
  if (navigator.onLine === false) return addEventListener("online", () => void afterwards(vault, opened), { once: true });
  one("main").before(h("div", { class: "notice", role: "status", "data-partly": true }, h("p", {}, t("page.partly")), again()));
}

const again = () => h("button", { type: "button", class: "quiet", "data-action": "reload", onclick: () => location.reload() }, t("do.reload"));

/** @param {unknown} fault @returns {null} */
function unlessNotFetched(fault) {
  if (fault instanceof TypeError && /fetch|import|load/i.test(fault.message)) return null; // each browser's words for it
  throw fault;
}

start().catch((fault) => {
  one("main").prepend(h("div", { role: "alert", class: "notice" }, h("p", {}, t("page.failed")), again()));
  throw fault;
});
