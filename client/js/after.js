/**
 * What is not needed before a form is usable: the pages of one's own work, people and settings, the last page before
 * sending, and what a page does once it is there. Fetched after the first page stands, kept by the worker like everything
 * else.
 */
import texts from "./generated/after.json";
import "./main.js"; // so that its modules and those it shares with this one are one script
import { without } from "./absent.js";
import { backupForm } from "./backups.js";
import { settlePeople, tellLeaving } from "./entering.js";
import { sendEverybodys } from "./everybody.js";
import { h } from "./dom.js";
import { isOfficer } from "./roles.js";
import { mine } from "./mine.js";
import { sendNow, stayInTouch } from "./news.js";
import { watchPhone } from "./notes.js";
import { signInPage } from "./signing.js";
import { officePart } from "./officepart.js";
import { learnCodes } from "./sync.js";
import { learnTexts } from "./texts.js";
import { watchAge } from "./update.js";
import { fileOps } from "./papers.js";
import { review } from "./review.js";
import { openSlots } from "./slots.js";
import { tellHome } from "./told.js";
import { fetchForm, tellMissing, watchForm as watchVersions } from "./versions.js";
import { watchNewer } from "./newerline.js";
import { watchFiles } from "./watching.js";
import { whose } from "./whose.js";
import { preparePrint } from "./printing.js";
import { easeTouch } from "./touch.js";
import { register } from "./worker.js";

learnTexts(texts);
learnCodes(() => import("./telling.js").catch(without));

/** What only officers need who take in dossiers, a part that comes last. */
const fieldPart = () => import("./field/part.js");

/** @type {Record<string, (vault: import("./vault.js").Vault) => any>} pages by the name in `data-page` */
export const PAGES = {
  field: async (vault) => (await fieldPart()).fieldPage(vault),
  mine, "sign-in": signInPage, whose,
  settings: async (vault) => (await import("./settings.js")).settings(vault),
  slip: async (vault) => (location.hash ? (await import("./assisting.js")).assistPage(vault) : (await import("./slip.js")).slipPage(vault)),
  checklist: async () => (await import("./checklistpage.js")).checklistPage(),
  follow: async (vault) => (await import("./slipcode.js")).followPage(vault),
};

export { backupForm, fetchForm, fileOps, review, sendNow, settlePeople, tellMissing };

/** What a form does once it is usable: its papers, news of its version, and what was written elsewhere meanwhile. @param {import("./forms.js").FormPage} page @param {any} newest */
export function watchForm(page, newest) {
  addEventListener("pageshow", (event) => event.persisted && !page.autosave.isDirty && location.reload()); // a page kept by "Back" holds what was there when it was left
  const answers = page.vault.session.expectedState(page.draft.id) === "5" && officePart(page.vault).then((said) => said?.leadBack(page));
  const helped = page.draft.on_behalf ? fieldPart().then((part) => part.watchAlike(page)) : null;
  const isKept = navigator.serviceWorker?.ready ?? Promise.resolve(); // what few use comes after what everybody needs
  void isKept.then(() => import("./scanning.js")).then((part) => part.offerCards(page)).catch(without);
  return Promise.all([answers, helped, openSlots(page), watchVersions(page, newest), watchNewer(page)]);
}

/** What every page does once it is usable. @param {import("./vault.js").Vault} vault */
export async function settle(vault) {
  stayInTouch(vault);
  easeTouch();
  preparePrint();
  const field = isOfficer(vault.account) ? fieldPart().then((part) => part.settleOfficer(vault), without) : null;
  await Promise.all([field, tellHome(vault), watchPhone(vault), watchAge(vault)]);
  if (await register()) void navigator.serviceWorker.ready.then(showIcons);
  else showIcons();
  await watchFiles(vault);
  await tellLeaving();
  await sendEverybodys({ but: vault.slot });
}

/** The manifest and the icon come last: what a person needs without network comes before what installing needs. */
function showIcons() {
  document.querySelector("link[rel=icon]")?.remove();
  document.head.append(h("link", { rel: "icon", type: "image/png", href: "/icons/192.png" }), h("link", { rel: "manifest", href: "/manifest.webmanifest" }));
}
