/** When files are sent while a page is open: once the dossier is there, when there is a network again, by the clock. */
import { ignoreFull } from "./autosave.js";
import { filesOf, laneOf } from "./files.js";
import { tidyFiles } from "./freeing.js";
import { unsent, wanted } from "./lane.js";
import { askForBackgroundSync } from "./outbox.js";
import { drain } from "./sync.js";
import { sendFiles } from "./uploads.js";

/** @typedef {import("./vault.js").Vault} Vault */

const TICK_MS = 2_000;
/** How long after the last byte the verdict is asked for, again and again. */
const VERDICT_MS = [3_000, 10_000, 30_000, 120_000];

/** Keep a drawer's files on their way while a page is open. @param {Vault} vault */
export async function watchFiles(vault) {
  let asked_ms = Date.now();
  let asked = 0;
  let turn = Promise.resolve();
  /** Whether the worker was asked to go on where this page cannot; asked again only after all had gone. */
  let handed = false;
  const work = async (/** @type {boolean} */ again) => {
    await vault.refresh();
    if (!vault.account || vault.account.out) return;
    const files = await filesOf(vault);
    if (!files.size) return;
    if (unsent(vault.session, files).length) {
      asked = 0;
      asked_ms = Date.now();
      const due = again || Date.now() >= ((await laneOf(vault))?.next_try_ms ?? 0);
      if (due) await sendFiles(vault, { again });
      if (due && !handed && unsent(vault.session, await filesOf(vault)).length) {
        handed = true;
        await askForBackgroundSync();
      }
      return;
    }
    handed = false;
    if (wanted(vault.session, files).some((file) => !file.stuck) && Date.now() - asked_ms > VERDICT_MS[Math.min(asked, VERDICT_MS.length - 1)]) {
      asked += 1;
      asked_ms = Date.now();
      await drain(vault);
    }
  };
  const unlessEnded = (/** @type {unknown} */ fault) => {
    if (!vault.db.ended) ignoreFull(fault); // the drawer of a visit went with the visit
  };
  let waiting = false;
  const look = (/** @type {boolean} */ again) => {
    if (waiting && !again) return;
    waiting = true;
    turn = turn.then(() => {
      waiting = false;
      return work(again).catch(unlessEnded);
    });
  };
  vault.addEventListener("change", () => look(false));
  addEventListener("online", () => {
    void sendFiles(vault, { again: true }).catch(unlessEnded); // what hangs on the old network is given up
    look(true);
  });
  addEventListener("focus", () => look(false));
  /** @type {any} */ (navigator).connection?.addEventListener?.("change", () => look(true));
  setInterval(() => document.visibilityState === "visible" && look(false), TICK_MS);
  look(false);
  await tidyFiles(vault).catch(ignoreFull);
}
