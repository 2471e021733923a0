/**
 * What may become of the work on this phone, said where there is work to lose, each time with one remedy.
 *
 * What is known and what is not. `persisted()` is the browser's word that it will not clear this site by itself. Firefox
 * and Safari refuse a private window the private file system: where they do, it is one. Chromium tells nobody; it gives
 * a private window little room, as it does on a small disk, so there only the room is said and what it may mean. An
 * iPhone clears what is not installed after seven days without a visit.
 */
import { keepSetting, setting } from "./db.js";
import { ignoreFull } from "./autosave.js";
import { h } from "./dom.js";
import { dateOf } from "./moments.js";
import { filesWait } from "./uploads.js";
import { isInstalled, isIPhone } from "./install.js";
import { stateLine } from "./status.js";
import { languageNow, t } from "./texts.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {{id: string, words: string, remedy: any}} Risk */

const LOW_BYTES = 50e6;
/** Below this a Chromium that is not private is on a disk of a few hundred MB. */
const SMALL_BYTES = 1.2e9;
const OLD_MS = 3 * 86_400_000;
const UNSENT = new Set(["saved", "locked", "waiting", "sending", "refused"]);

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toLocaleString(languageNow(), { maximumFractionDigits: 1 });

/** Ask the browser not to clear this phone's work, once there is some to lose. A "no" of a person is not asked again. */
export async function askForKeeping() {
  if (!navigator.storage?.persist || (await navigator.storage.persisted())) return;
  const asked = await setting("persist-asked");
  const how = isInstalled() ? "installed" : "tab";
  if (asked === how && !isChromium()) return; // Chromium decides by itself and may have changed its mind
  await keepSetting("persist-asked", how).catch(ignoreFull);
  await navigator.storage.persist();
}

const isChromium = () => "userAgentData" in navigator || "chrome" in window;

/** @returns {Promise<"yes"|"maybe"|"unknown">} whether this window forgets everything when it is closed */
export async function isPrivate() {
  if (isChromium()) {
    const quota = (await navigator.storage?.estimate?.())?.quota;
    return quota !== undefined && quota < SMALL_BYTES ? "maybe" : "unknown";
  }
  if (!navigator.storage?.getDirectory) return "unknown";
  try {
    await navigator.storage.getDirectory();
    return "unknown";
  } catch {
    return "yes"; // nothing else refuses it on an address that may keep things
  }
}

/** @returns {Promise<{used: number, left: number}|null>} bytes */
export async function room() {
  const space = await navigator.storage?.estimate?.();
  return space ? { used: space.usage ?? 0, left: Math.max(0, (space.quota ?? 0) - (space.usage ?? 0)) } : null;
}

/** When the oldest thing that waits was made, in ms, or null. @param {Vault} vault @returns {number|null} */
function oldestWaiting(vault) {
  const times = [...vault.session.outbox.values()].filter((record) => record.status === "waiting").map((record) => record.op.at);
  return times.length ? Math.min(...times) : null;
}

/** Whether there is work here that is nowhere else. @param {Vault} vault */
export async function hasWorkToLose(vault) {
  if ([...vault.session.outbox.values()].some((record) => record.status === "waiting" || (record.status === "refused" && !record.dismissed))) return true;
  if (await filesWait(vault)) return true;
  return (await vault.drafts()).some((draft) => UNSENT.has(draft.status === "draft" ? "saved" : draft.status));
}

const link = (/** @type {string} */ href, /** @type {string} */ action, /** @type {string} */ words) => h("a", { class: "action", href, "data-action": action }, words);
const backup = () => link("/cai-dat#backup", "backup", t("do.backup"));

/**
 * List what threatens the work of a drawer, the worst first.
 * @param {Vault} vault
 * @param {{install: any}} can `install`: the button that installs, or null
 * @returns {Promise<Risk[]>}
 */
export async function risks(vault, { install }) {
  /** @type {Risk[]} */
  const found = [];
  const hidden = await isPrivate();
  if (hidden === "yes") found.push({ id: "private", words: t("risk.private"), remedy: null });
  const oldest = oldestWaiting(vault);
  const days = oldest === null ? 0 : Math.floor((Date.now() - oldest) / 86_400_000);
  if (oldest !== null && Date.now() - oldest >= OLD_MS) found.push({ id: "old", words: t("sync.old", { n: days }), remedy: backup() });
  const space = await room();
  if (space && space.left < LOW_BYTES) found.push({ id: "low", words: t("quota.low", { n: megabytes(space.left) }), remedy: link("/cua-toi", "mine", t("tab.mine")) });
  if (hidden === "maybe" && space) found.push({ id: "small", words: t("risk.maybe_private", { n: megabytes(space.used + space.left) }), remedy: backup() });
  if (await navigator.storage?.persisted?.()) return found;
  const last = (await setting("opened-before")) ?? Date.now();
  if (isIPhone() && !isInstalled()) found.push({ id: "ios", words: t("risk.ios", { date: dateOf(last) }), remedy: link("/cai-dat#install", "install-how", t("do.install_how")) });
  else found.push({ id: "not_kept", words: t(install ? "risk.not_kept" : "risk.not_kept_backup"), remedy: install ?? backup() });
  return found;
}

/** @param {Risk} risk @param {...any} more */
export function riskLine({ id, words, remedy }, ...more) {
  const line = stateLine({ id: "risk" }, { words, actions: [remedy, ...more].filter(Boolean) });
  line.dataset.risk = id;
  return line;
}

/** Note this visit; a day later it is the one before. */
export async function noteVisit() {
  const opened = await setting("opened");
  if (opened && dateOf(opened) === dateOf(Date.now())) return;
  if (opened) await keepSetting("opened-before", opened).catch(ignoreFull);
  await keepSetting("opened", Date.now()).catch(ignoreFull);
}
