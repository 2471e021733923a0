/**
 * A new version of the application: one line in the page, above the heading, never a dialog and never a reload that
 * nobody asked for. The old version stays whole until a person lets the new one in.
 */
import { beforeLettingGo, dbNews, keepSetting, setting } from "./db.js";
import { ignoreFull } from "./autosave.js";
import { h, one } from "./dom.js";
import { t } from "./texts.js";

const LATER = "update-later";
const TOO_OLD = "too-old";
/** When a version that was put off looks again whether the form in another tab is closed. */
const AGAIN_MS = 5_000;
/** How long a page asks nothing of the old worker that is to go: what wakes it while it stops keeps it for 30 s more. */
const QUIET_MS = 5_000;
/** Pages on which nothing is being written. */
const CALM = new Set(["home", "procedures", "procedure", "mine"]);

/** @param {string} words @param {...any} buttons */
function line(words, ...buttons) {
  document.querySelector("#update")?.remove();
  one("main").before(h("div", { id: "update", class: "notice", role: "status" }, h("p", {}, words), ...buttons));
}

/** @param {string} action @param {string} words @param {() => any} onclick */
const button = (action, words, onclick) => h("button", { type: "button", class: "quiet", "data-action": action, onclick }, words);

/** Say that a version waits; one that was put off comes in by itself once nothing is being written. @param {ServiceWorker} next */
export async function offer(next) {
  if ((await setting(LATER)) && CALM.has(document.body.dataset.page ?? "")) return letIn(next, () => void setTimeout(() => void offer(next), AGAIN_MS));
  line(t("update.ready"),
    button("update-later", t("do.update_later"), async () => {
      await keepSetting(LATER, true).catch(ignoreFull);
      one("#update").remove();
    }),
    button("update", t("do.update_now"), () => letIn(next)));
}

/** Ask a version in; it is in or cannot come yet when this ends, or a while has gone by. @param {ServiceWorker} next @param {() => void} [formOpen] what to do where a form is open in another tab: say so, unless told */
async function letIn(next, formOpen = () => line(t("update.form_open"), button("update", t("do.update_now"), () => letIn(next)))) {
  const saved = await Promise.all([...beforeLettingGo].map((save) => save()));
  if (saved.includes(false)) return;
  const listening = new AbortController();
  const { signal } = listening;
  const answered = new Promise((done) => void [signal.addEventListener("abort", done), setTimeout(done, QUIET_MS)]);
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    listening.abort();
    await keepSetting(LATER, false).catch(ignoreFull);
    location.reload();
  }, { signal });
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data !== "form-open") return;
    listening.abort();
    formOpen();
  }, { signal });
  next.postMessage("take-over");
  await answered;
}

/** The address of this page's script: another one is another version. */
const thisVersion = () => /** @type {HTMLScriptElement|null} */ (document.querySelector("script[type=module]"))?.src ?? "";

/**
 * Say that the system takes nothing more from this version; go on by itself once it is another.
 * @param {import("./vault.js").Vault} vault
 */
export async function watchAge(vault) {
  dbNews.addEventListener("outdated", () => line(t("update.outdated"), button("update", t("do.reload"), () => location.reload())));
  const look = async () => {
    if (vault.session.meta.paused !== "client-too-old") return;
    const refused = await setting(TOO_OLD);
    if (refused && refused !== thisVersion()) {
      await keepSetting(TOO_OLD, null).catch(ignoreFull);
      await vault.change((session) => ({ changes: session.resume() }));
      return;
    }
    if (!refused) await keepSetting(TOO_OLD, thisVersion()).catch(ignoreFull);
    const waiting = new Set([...vault.session.outbox.values()].filter((record) => record.status === "waiting").map((record) => record.dossier));
    line(t("update.must", { n: waiting.size }), button("update", t("do.update"), fetchNewest));
  };
  vault.addEventListener("change", () => void look());
  await look();
}

/** Look for a newer version and let it in; without a worker the server's next page is it. */
async function fetchNewest() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update();
  const next = registration?.waiting ?? (await installed(registration?.installing));
  if (next) await letIn(next);
  else location.reload();
}

/** @param {ServiceWorker|null|undefined} next @returns {Promise<ServiceWorker|null>} null where it did not become whole */
function installed(next) {
  if (!next) return Promise.resolve(null);
  return new Promise((done) => next.addEventListener("statechange", () => {
    if (next.state !== "installing") done(next.state === "redundant" ? null : next);
  }));
}
