/**
 * Làm hộ: what an officer records of the person who is there, before the form (protocol §3, `on_behalf`). No DOM, no clock.
 *
 * Rule 1. `name`, `citizen_id`, `phone` are those of the person who is there: it is their identity that was seen, and they
 * who agreed. For whom the matter is, where it is somebody else's, is in the form; `whom` only helps to find the draft.
 * Rule 2. What was agreed to is kept with its words, its version and the moment.
 */
import { canonical } from "../values.js";

/** Raised whenever the words of `consent.helped` change. */
export const CONSENT_VERSION = "1";
export const RELATIONS = ["self", "family", "authorised", "other"];
export const SEEN = ["card", "known", "witness"];
export const CHANNELS = ["field", "counter"];

/**
 * @typedef {{name?: string, citizen_id?: string, phone?: string, relation?: string, whom?: string, seen?: string, seen_note?: string,
 *   channel?: string, consent?: {text: string, version: string, at: number}|null, procedure?: string, unit?: string}} Typed as on the page; `unit` where there are several, "" before one is chosen
 * @typedef {{path: string, key: string, args?: any}} Wrong
 */

/** The boxes of the page that hold text, with their kind. @type {Record<string, string>} */
export const BOXES = { name: "name", citizen_id: "citizen_id", phone: "phone", whom: "name", seen_note: "text" };
/** What is chosen, and must be. */
const CHOSEN = ["relation", "seen", "channel", "procedure"];

/** As they stand on the page. */
const ORDER = ["procedure", "unit", "name", "citizen_id", "phone", "relation", "whom", "seen", "seen_note", "channel", "consent"];

/** Whether a box must be filled. @param {string} path @param {Typed} typed */
export const isNeeded = (path, typed) => path === "name" || (path === "citizen_id" && typed.seen === "card") || (path === "seen_note" && typed.seen === "witness");

/** Whether a box is asked at all. @param {string} path @param {Typed} typed */
export function isAsked(path, { relation, seen }) {
  if (path === "whom") return relation !== undefined && relation !== "self";
  return path !== "seen_note" || seen === "witness" || seen === "known";
}

/**
 * Read the page.
 * @param {Typed} typed
 * @returns {{wrong: Wrong[], on_behalf: any, channel: string, whom: string, unit?: string}}
 */
export function read(typed) {
  /** @type {Wrong[]} */
  const wrong = [];
  /** @type {Record<string, any>} */
  const values = {};
  for (const [path, kind] of Object.entries(BOXES)) {
    if (!isAsked(path, typed)) continue;
    const found = /** @type {any} */ (canonical(/** @type {any} */ ({ key: path, kind }), /** @type {any} */ (typed)[path] ?? ""));
    if ("fault" in found) wrong.push({ path, key: found.fault, args: found.args });
    else if (found.value) values[path] = found.value;
    else if (isNeeded(path, typed)) wrong.push({ path, key: "err.required" });
  }
  const own = typed.unit === undefined ? {} : { unit: typed.unit };
  for (const path of [...CHOSEN, ...Object.keys(own)]) if (!(/** @type {any} */ (typed)[path])) wrong.push({ path, key: "err.required_choice" });
  if (!typed.consent) wrong.push({ path: "consent", key: "helped.consent_missing" });
  wrong.sort((a, b) => ORDER.indexOf(a.path) - ORDER.indexOf(b.path));
  const { whom = "", ...person } = values;
  const { relation, seen, consent } = typed;
  return { wrong, on_behalf: { ...person, relation, seen, consent }, channel: typed.channel ?? "", whom, ...own };
}

/** What the page shows of a draft that was begun. @param {any} draft @returns {Typed} */
export const typedOf = ({ on_behalf, channel, whom, procedure }) => ({ ...on_behalf, channel, whom, procedure });

/**
 * Put what was recorded into a form: the person who is there asks, so it goes into the first section with a name, and whom
 * it is for into the next one. What is answered already stays.
 * @param {any} form @param {any} draft @param {{on_behalf: any, whom: string}} recorded
 */
export function prefill(form, draft, { on_behalf, whom }) {
  const named = form.sections.filter((/** @type {any} */ section) => !section.rows && section.fields.some((/** @type {any} */ field) => field.kind === "name"));
  const put = (/** @type {any} */ section, /** @type {string} */ kind, /** @type {any} */ value) => {
    const field = section?.fields.find((/** @type {any} */ each) => each.kind === kind);
    const path = field && `${section.key}.${field.key}`;
    if (path && value && !draft.values[path]) draft.values[path] = value;
  };
  for (const kind of ["name", "citizen_id", "phone"]) put(named[0], kind, on_behalf[kind]);
  if (on_behalf.relation !== "self") put(named[1], "name", whom);
}
