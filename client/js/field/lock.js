/**
 * A tablet that lies there closes: after a time without a touch the page goes away, and whoever comes says whose it is.
 *
 * What this protects and what not. With a network the password is asked for. Without one nobody can check it here (a PIN
 * for each person comes later): whoever holds the tablet may choose a name. So without network it keeps a passer-by from
 * reading along, and officers from working under another's name by mistake; it stops nobody who means to look.
 * A drawer stays closed while others open theirs: it is its owner's password that opens it.
 * Nothing typed is lost: drafts are saved before the page goes, and one that cannot be saved keeps the page.
 */
import { lock } from "../accounts.js";
import { beforeLettingGo, keepSetting, setting } from "../db.js";
import { h } from "../dom.js";
import { t } from "../texts.js";

const CHOICES = [5, 10, 15];
const TOUCHES = ["pointerdown", "keydown", "input", "scroll"];
const LOOK_MS = 5_000;
/** In `localStorage`, for all tabs: when somebody last touched one. */
const TOUCHED = "motcua-touched";

/** Setting: after how many minutes. */
const MINUTES = "lock-minutes";
const MINUTES_FIRST = 10;

/** @returns {Promise<number>} */
const minutesOf = async () => (await setting(MINUTES)) ?? MINUTES_FIRST;

/** @param {import("../vault.js").Vault} vault */
export async function watchIdle(vault) {
  if (document.body.dataset.page === "whose") return;
  let kept = 0;
  const touch = () => {
    if (Date.now() - kept < LOOK_MS) return;
    kept = Date.now();
    localStorage.setItem(TOUCHED, String(kept));
  };
  touch();
  for (const each of TOUCHES) addEventListener(each, touch, { passive: true, capture: true });
  const look = async () => {
    const idle_ms = Date.now() - Math.max(kept, Number(localStorage.getItem(TOUCHED)));
    if (idle_ms >= (await minutesOf()) * 60_000) await close(vault);
  };
  setInterval(() => void look(), LOOK_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void look());
}

/** @param {import("../vault.js").Vault} vault */
async function close(vault) {
  const saved = await Promise.all([...beforeLettingGo].map((save) => save()));
  if (saved.includes(false)) return; // there is no room: the page says so, and must stay
  await lock(vault.slot);
  location.replace(`/may-cua-ai?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** On "Máy này của ai?": why it is asked. */
export const lockedNotice = () => h("p", { class: "notice", "data-locked": true }, t("people.locked"));

/** The choice of minutes. */
export async function lockSetting() {
  const now = await minutesOf();
  return h("section", {}, h("h2", {}, t("lock.title")), h("p", { class: "hint" }, t("lock.say")),
    h("fieldset", { class: "field", "data-field": "lock" }, h("legend", {}, t("lock.after")), ...CHOICES.map((n) => h("label", { class: "option" },
      h("input", { type: "radio", name: "lock", value: n, checked: n === now, onchange: () => keepSetting(MINUTES, n) }), h("span", {}, t("lock.minutes", { n }))))));
}
