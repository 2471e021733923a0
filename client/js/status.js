/** The state line: shape, label, sentence and what can be done, the same everywhere (ux.md §3). */
import { h, icon } from "./dom.js";
import { dateOf, dayText, msOf, timeOf } from "./moments.js";
import { trouble } from "./trouble.js";
import { hasText, t } from "./texts.js";

/** @typedef {{id: string, code?: string|null, due?: string|null, at?: number|string|null, reason?: string|null, state?: string|null,
 *   next_try_ms?: number, problem?: any, paths?: string[], count?: number, total?: number, bad?: number, saved_ms?: number,
 *   copy?: import("./session.js").Copy}} State */

/** Which of the four colours a state wears. @type {Record<string, string>} */
const TONE = {
  saved: "plain", saving: "plain", unsaved: "need", waiting: "wait", locked: "wait", sending: "wait", partly: "wait", received: "ok",
  office: "accent", closed: "plain", ready: "accent", needs_you: "need", two_versions: "accent", held: "accent",
  refused: "need", duplicate: "accent", risk: "wait", stale: "plain",
};

/** What the office has said, which comes after the first script (national.js). @type {(state: State) => {words: string, label?: string}|null} */
let officeSays = () => null;

/** @param {typeof officeSays} says */
export const learnSentences = (says) => void (officeSays = says);

const DAY_MS = 86_400_000;
/** After how many days of waiting a person is told what else they can do. */
const OLD_DAYS = 3;

/**
 * Draw the line.
 * @param {State} state
 * @param {{dossier?: string|null, labelOfPath?: (path: string) => string, actions?: any[], live?: boolean, words?: string, label?: string}} [where]
 * @returns {HTMLElement}
 */
export function stateLine(state, { dossier = null, labelOfPath = (path) => path, actions = [], live = false, words, label } = {}) {
  const said = officeSays(state);
  return h(
    "div",
    {
      class: `state tone-${TONE[state.id] ?? "plain"}`,
      "data-state": state.id,
      "data-dossier": dossier,
      tabindex: "-1",
      role: state.id === "unsaved" ? "alert" : live ? "status" : null,
    },
    icon(state.id),
    h("div", { class: "state-words" }, h("strong", {}, label ?? said?.label ?? labelOfState(state)), " ", h("span", {}, words ?? said?.words ?? sentence(state, labelOfPath))),
    actions.length ? h("div", { class: "state-actions" }, ...actions) : null,
  );
}

/** @param {State} state */
export function labelOfState(state) {
  if (state.id === "saved" && state.saved_ms) return t("state.saved.at", { time: timeOf(state.saved_ms) });
  if (state.id === "refused" && state.reason && isDeclined(state)) return t("held.not_used");
  if (state.id === "refused" && isOver(state)) return t("refused.over");
  return t(`state.${state.id}`, { n: state.count ?? 0, percent: 0 });
}

/** @param {State} state @param {(path: string) => string} labelOfPath */
export function sentence(state, labelOfPath) {
  const at = state.at ? msOf(state.at) : null;
  const key = `state.${state.id}.${state.bad ? "bad" : "say"}`;
  const when = at ? { time: timeOf(at), date: dateOf(at) } : { time: "", date: "" };
  switch (state.id) {
    case "waiting":
      return waitingWords(state);
    case "received":
      return at ? t("state.received.say", { ...when, code: state.code ?? "" }) : t("state.received.short", { code: state.code ?? "" });
    case "sending":
      return t(isWeak() ? "net.weak" : "state.sending.say");
    case "office":
      return state.due ? t("state.office.say", { date: dayText(state.due) }) : t("state.office.short");
    case "locked":
      return t("state.locked.say", { n: state.count ?? 1 });
    case "refused":
      if (isOver(state)) return t(state.reason === "form-closed" ? "refused.form_closed" : "refused.dossier_closed");
      return t(isDeclined(state) ? "held.no" : "refused", { reason: reasonText(state.reason) });
    case "held":
      return t(/** @type {Record<string, string>} */ ({ late: "held.late", "form-unknown": "held.form_unknown" })[state.reason ?? ""] ?? "state.held.say");
    case "needs_you":
      return t("state.needs_you.say", { reason: state.reason ?? "" });
    case "two_versions":
      return t("state.two_versions.say", { item: (state.paths ?? []).map(labelOfPath).join(", ") });
    default:
      return hasText(key) ? t(key, { ...when, n: state.count ?? 0, sent: (state.total ?? 0) - (state.count ?? 0), total: state.total, bad: state.bad }) : "";
  }
}

/** @param {State} state */
function waitingWords(state) {
  if (trouble === "portal") return t("net.portal");
  if (state.reason === "too-large" && hasText("sync.too_large")) return t("sync.too_large");
  if (state.reason === "client-too-old") return t("update.must", { n: 1 });
  const days = Math.floor((Date.now() - msOf(state.at ?? Date.now())) / DAY_MS);
  if (days >= OLD_DAYS) return t("sync.old", { n: days });
  if (navigator.onLine === false || !state.next_try_ms || state.next_try_ms <= Date.now()) return t("sync.queued");
  if (trouble === "busy") return t("sync.busy", { time: timeOf(state.next_try_ms) });
  const minutes = Math.max(1, Math.ceil((state.next_try_ms - Date.now()) / 60_000));
  return `${t("state.waiting.say")} ${t("sync.backoff", { reason: t("reason.no_answer"), time: timeOf(state.next_try_ms), n: minutes })}`;
}

/** Whether the browser says that the network is a slow one; many say nothing. */
const isWeak = () => ["slow-2g", "2g"].includes(/** @type {any} */ (navigator).connection?.effectiveType);

/** Whether the office has said no to an edit, and not the system to an op. @param {State} state */
const isDeclined = (state) => state.problem?.type === "urn:motcua:problem:declined";

/** Whether nothing that is written now would be taken any more. @param {State} state */
export const isOver = ({ reason }) => (reason === "dossier-closed" || reason === "form-closed") && hasText("refused.over"); // the words come later

/** Return why an op was refused, in words. @param {string|null|undefined} reason */
export function reasonText(reason) {
  const key = `reason.${(reason ?? "").replace(/-/g, "_")}`;
  return hasText(key) ? t(key) : reason || t("reason.other");
}
