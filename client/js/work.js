/** Everything of one drawer: its drafts and its dossiers, each with its most pressing state. */
import { formOf } from "./db.js";
import { labelOf } from "./texts.js";

/** @typedef {{id: string, procedure: string, title: string, whom: string, state: import("./status.js").State, draft: any, form: any}} Work */

/**
 * List the work of a drawer, newest first.
 * @param {import("./vault.js").Vault} vault
 * @returns {Promise<Work[]>}
 */
export async function workOf(vault) {
  await vault.refresh();
  const drafts = new Map((await vault.drafts()).map((draft) => [draft.id, draft]));
  const ids = [...new Set([...drafts.keys(), ...vault.session.dossiers()])].sort().reverse();
  return Promise.all(ids.map((id) => oneWork(vault, id, drafts.get(id) ?? null)));
}

/**
 * @param {import("./vault.js").Vault} vault
 * @param {string} id
 * @param {any} draft
 * @returns {Promise<Work>}
 */
export async function oneWork(vault, id, draft) {
  const copy = vault.session.copies.get(id);
  const create = vault.session.recordsOf(id).find((record) => record.op.type === "create");
  const formId = draft?.form ?? copy?.form ?? create?.op.form ?? "";
  const form = formId ? await formOf(formId) : null;
  const procedure = draft?.procedure ?? copy?.procedure ?? formId.split("@")[0];
  const values = { ...valuesOf(vault, id), ...draft?.values };
  return { id, procedure, title: form ? labelOf(form.title) : procedure, whom: nameIn(form, values), state: stateOf(vault, id, draft), draft, form };
}

/** @param {import("./vault.js").Vault} vault @param {string} id @param {any} draft @returns {import("./status.js").State} */
export function stateOf(vault, id, draft) {
  if (draft?.status === "locked") return { id: "locked", count: 1 };
  const asked = vault.session.expectedState(id) === "5"; // what the office waits for is said before what is written on this phone
  if (draft?.status === "draft" && !asked) return { id: "saved", saved_ms: draft.saved_ms };
  const state = { ...vault.session.stateOf(id), copy: vault.session.copies.get(id) };
  const refused = state.id === "waiting" && vault.session.meta.paused === "invalid"; // the account that was to be begun
  return state.id === "locked" || refused ? { ...state, id: "locked", count: 1 } : state;
}

/** What the drawer knows of a dossier's values. @param {import("./vault.js").Vault} vault @param {string} id */
export function valuesOf(vault, id) {
  return Object.fromEntries(Object.entries(vault.session.rendered(id)).map(([path, shown]) => [path, shown.value]));
}

/** The first name that a form asks for: whose matter it is. @param {any} form @param {Record<string, any>} values @returns {string} */
export function nameIn(form, values) {
  for (const section of form?.sections ?? []) {
    if (section.rows) continue;
    for (const field of section.fields) {
      const value = values[`${section.key}.${field.key}`];
      if (field.kind === "name" && value) return value;
    }
  }
  return "";
}
