/** Everything of one drawer: its drafts and its dossiers, each with its most pressing state. */
import { isOfficer } from "./roles.js";
import { formOf } from "./db.js";
import { asItStands } from "./standing.js";
import { labelOf } from "./texts.js";

/** @typedef {{id: string, procedure: string, title: string, whom: string, state: import("./status.js").State, draft: any, form: any}} Work */

/**
 * List the work of a drawer, newest first. Of the dossiers that an officer sees, those of the unit are no work of this
 * drawer; what was begun or written here is.
 * @param {import("./vault.js").Vault} vault
 * @returns {Promise<Work[]>}
 */
export async function workOf(vault) {
  await vault.refresh();
  const drafts = new Map((await vault.drafts()).map((draft) => [draft.id, draft]));
  const session = asItStands(vault.session);
  const others = session.dossiers().filter((id) => !isOfficer(vault.account) || session.recordsOf(id).length);
  const ids = [...new Set([...drafts.keys(), ...others])].sort().reverse();
  const forms = formsOnce();
  return Promise.all(ids.map((id) => oneWork(vault, id, drafts.get(id) ?? null, session, forms)));
}

/** Forms by their id, each read once. @returns {(id: string) => Promise<any>} */
export function formsOnce() {
  /** @type {Map<string, Promise<any>>} */
  const read = new Map();
  return (id) => {
    if (!read.has(id)) read.set(id, formOf(id));
    return /** @type {Promise<any>} */ (read.get(id));
  };
}

/**
 * What stands in a dossier is worked out again only where its draft, copy or ops are others than when this page last did.
 * @param {import("./vault.js").Vault} vault
 * @param {string} id
 * @param {any} draft
 * @param {import("./session.js").Session} [session]
 * @param {(id: string) => Promise<any>} [formNamed]
 * @returns {Promise<Work>}
 */
export async function oneWork(vault, id, draft, session = vault.session, formNamed = formOf) {
  const of = [draft, session.copies.get(id), ...session.recordsOf(id)];
  let known = vault.works.get(id);
  if (!known?.form || known.of.length !== of.length || known.of.some((/** @type {any} */ each, /** @type {number} */ at) => each !== of[at])) {
    known = { of, ...(await factsOf(vault, id, draft, session, formNamed)) };
    vault.works.set(id, known);
  }
  return { ...known, id, draft, state: stateOf(vault, id, draft, session) };
}

/** @param {import("./vault.js").Vault} vault @param {string} id @param {any} draft @param {import("./session.js").Session} session @param {(id: string) => Promise<any>} formNamed */
async function factsOf(vault, id, draft, session, formNamed) {
  const copy = session.copies.get(id);
  const create = session.recordsOf(id).find((record) => record.op.type === "create");
  const formId = draft?.form ?? copy?.form ?? create?.op.form ?? "";
  const form = formId ? await formNamed(formId) : null;
  const procedure = draft?.procedure ?? copy?.procedure ?? formId.split("@")[0];
  const values = { ...valuesOf(vault, id, session), ...draft?.values };
  return { procedure, title: form ? labelOf(form.title) : procedure, whom: nameIn(form, values), form };
}

/** @param {import("./vault.js").Vault} vault @param {string} id @param {any} draft @param {import("./session.js").Session} [session] @returns {import("./status.js").State} */
export function stateOf(vault, id, draft, session = vault.session) {
  if (draft?.status === "locked") return { id: "locked", count: 1 };
  const asked = session.expectedState(id) === "5"; // what the office waits for is said before what is written on this phone
  if (draft?.status === "draft" && !asked) return { id: "saved", saved_ms: draft.saved_ms };
  const state = { ...session.stateOf(id), copy: session.copies.get(id) };
  const refused = state.id === "waiting" && session.meta.paused === "invalid"; // the account that was to be begun
  return state.id === "locked" || refused ? { ...state, id: "locked", count: 1 } : state;
}

/** What the drawer knows of a dossier's values. @param {import("./vault.js").Vault} vault @param {string} id @param {import("./session.js").Session} [session] */
export function valuesOf(vault, id, session = vault.session) {
  return Object.fromEntries(Object.entries(session.rendered(id)).map(([path, shown]) => [path, shown.value]));
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
