/** Which draft a form's page opens, with which version of the form, and whether this tab may write in it. */
import { ignoreFull } from "./autosave.js";
import { currentVault } from "./accounts.js";
import { beforeLettingGo, formOf, keepForm } from "./db.js";
import { dataOf } from "./dom.js";
import { newDraft } from "./drafts.js";
import { FormPage } from "./forms.js";
import { sharedLists } from "./lists.js";
import { stateOf } from "./work.js";

const rest = () => import("./after.js");

/** Open the draft that the address names, else the one begun and not sent, else a new one. */
export async function openForm() {
  const newest = dataOf("form-data");
  const [lists, vault] = await Promise.all([sharedLists(), currentVault()]);
  await keepForm(newest).catch(ignoreFull); // the page has it with it
  const draft = await draftFor(vault, newest);
  const form = await formFor(draft, newest);
  if (!form) {
    (await rest()).tellMissing(draft);
    return { vault };
  }
  const alone = await hold(draft.id);
  const page = new FormPage(form, lists, vault, draft, !alone);
  page.standing = draft.standing ?? null;
  delete draft.standing;
  beforeLettingGo.add(() => page.autosave.flush());
  addEventListener("hashchange", () => page.route());
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && void page.autosave.flush());
  addEventListener("pagehide", () => void page.autosave.flush());
  addEventListener("focusout", () => void (page.saveState.id === "saving" && page.autosave.flush())); // what failed is tried again by a key or a press: another line would take its buttons from under the finger
  addEventListener("beforeunload", (event) => (page.saveState.id === "unsaved" || page.slots?.works.size) && event.preventDefault());
  page.route();
  return { vault, page, newest };
}

/**
 * The version a draft was begun with, and no other: from the page, from the phone, or from the system.
 * @param {any} draft @param {any} newest
 * @returns {Promise<any>} null where it cannot be had now
 */
async function formFor(draft, newest) {
  if (draft.form === `${newest.procedure}@${newest.version}`) return newest;
  const kept = await formOf(draft.form);
  if (kept) return kept;
  return (await rest()).fetchForm(draft.form).catch(() => null); // no answer: the page says what it lacks
}

/**
 * The address names the draft from the start: who comes back to it after "Gửi", by the browser's Back, finds what was sent.
 * @param {import("./vault.js").Vault} vault @param {any} form
 */
async function draftFor(vault, form) {
  const wanted = new URLSearchParams(location.search).get("d");
  if (wanted && wanted !== "new") {
    const draft = await vault.draft(wanted);
    if (draft?.status === "draft" || draft?.status === "locked") return { ...draft, status: "draft" };
    if (draft || vault.session.isKnown(wanted)) return redrawn(vault, wanted, draft, form);
  }
  const begun = wanted === "new" ? null : (await vault.drafts()).find((draft) => draft.procedure === form.procedure && draft.status === "draft");
  const draft = (begun && (await vault.draft(begun.id))) ?? newDraft(form);
  history.replaceState(null, "", `${location.pathname}?d=${draft.id}${location.hash}`);
  return draft;
}

/**
 * Open a dossier that was sent: what shows now is what was seen (session.js, rules 1 and 3).
 * @param {import("./vault.js").Vault} vault @param {string} id @param {any} draft @param {any} form
 */
export function redrawn(vault, id, draft, form) {
  const copy = vault.session.copies.get(id);
  const standing = stateOf(vault, id, draft);
  const refused = standing.id === "refused";
  const { values, rendered } = refused ? vault.session.reopen(id) : { values: {}, rendered: vault.session.rendered(id) };
  const shown = Object.fromEntries(Object.entries(rendered).map(([path, each]) => [path, each.value]));
  return {
    ...newDraft(form), ...draft, id, from_server: true, status: "draft", form: copy?.form ?? draft?.form ?? `${form.procedure}@${form.version}`,
    unit: copy?.unit ?? draft?.unit ?? null, values: { ...draft?.values, ...shown, ...values }, typed: {}, papers: undefined, rendered,
    standing: refused ? null : standing,
  };
}

/** Hold the draft for this tab; false where another tab has it open. @param {string} id @returns {Promise<boolean>} */
function hold(id) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((answered) => {
    void navigator.locks.request(`motcua-draft-${id}`, { ifAvailable: true }, (lock) => {
      answered(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}
