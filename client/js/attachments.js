/** The papers of one dossier on its own page: how far each has come, why it waits, and what can be done. */
import { h, icon } from "./dom.js";
import { filesOf, laneOf } from "./files.js";
import { unsent } from "./lane.js";
import { timeOf, today } from "./moments.js";
import { sendNow } from "./news.js";
import { papersFrom } from "./papers.js";
import { kilobytes, stuckWords } from "./sizes.js";
import { limits, setLimits, usedToday } from "./spending.js";
import { stateLine } from "./status.js";
import { megabytes } from "./storage.js";
import { labelOf, t } from "./texts.js";
import { sendFiles } from "./uploads.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {{state: "file_ok"|"file_stuck"|"sending"|"waiting"|"elsewhere"|"checking"|"queued", words: string, label: string, percent: number}} Stand */

/** @param {Vault} vault @param {string} id @param {import("./work.js").Work} work @returns {Promise<any>} */
export async function attachmentsView(vault, id, work) {
  const papers = papersFrom(vault.session, id);
  const slots = Object.keys(papers);
  if (!slots.length) return null;
  const files = await filesOf(vault);
  const lane = await laneOf(vault);
  const listed = vault.session.copies.get(id)?.attachments ?? [];
  const going = new Set(unsent(vault.session, files).map((file) => file.sha256));
  const about = { files, lane, going };
  const parts = slots.map((slot) => {
    const title = work.form?.slots?.find((/** @type {any} */ each) => each.key === slot)?.title;
    const lines = papers[slot].map((page, at) => pageLine(work, slot, page, at, standOf(page, listed.find((each) => each.op === page.op), about)));
    return h("section", { "data-slot": slot }, h("h3", {}, title ? labelOf(title) : slot), h("ul", { class: "plain" }, ...lines));
  });
  const waits = papers && Object.values(papers).flat().some((page) => going.has(page.sha256));
  return h("section", { id: "papers" }, h("h2", {}, t("photos.title")), waits ? await whyNot(vault, lane) : null, ...parts);
}

/**
 * How far a page has come.
 * @param {import("./papers.js").Page} page
 * @param {any} listed the attachment as pulled
 * @param {{files: Map<string, import("./files.js").FileRecord>, lane: any, going: Set<string>}} about
 * @returns {Stand}
 */
function standOf(page, listed, { files, going }) {
  const file = files.get(page.sha256);
  const stand = (/** @type {Stand["state"]} */ state, /** @type {string} */ label, words = "", percent = 0) => ({ state, label, words, percent });
  if (listed?.status === "verified") return stand("file_ok", t("state.file_ok"), t("state.file_ok.say"), 100);
  if (listed?.status === "bad") return stand("file_stuck", t("state.file_stuck"), stuckWords(listed.why ?? "other"));
  if (file?.stuck) return stand("file_stuck", t("state.file_stuck"), stuckWords(file.stuck));
  if (!file) return listed ? stand("elsewhere", t("files.elsewhere"), t("files.elsewhere_say")) : stand("file_stuck", t("state.file_stuck"), stuckWords("missing"));
  const percent = Math.floor((100 * file.offset) / Math.max(1, file.bytes));
  if (!listed) return stand("queued", t("files.queued"), t("files.after_data"));
  if (!going.has(page.sha256)) return stand("checking", t("files.checking"), "", 100);
  return file.offset ? stand("sending", t("files.sending", { percent }), t("state.sending.say"), percent) : stand("waiting", t("files.queued"), "");
}

/** @type {Record<string, [string, string]>} shape and colour by how far it has come */
const LOOKS = {
  file_ok: ["file_ok", "ok"], file_stuck: ["file_stuck", "need"], sending: ["sending", "wait"], waiting: ["waiting", "wait"],
  queued: ["waiting", "wait"], checking: ["partly", "wait"], elsewhere: ["waiting", "wait"],
};

/** @param {import("./work.js").Work} work @param {string} slot @param {import("./papers.js").Page} page @param {number} at @param {Stand} stand */
function pageLine(work, slot, page, at, { state, label, words, percent }) {
  const [shape, tone] = LOOKS[state];
  const repair = state === "file_stuck" ? h("a", { class: "action", href: `/to-khai/${work.procedure}?d=${work.id}#p/${slot}`, "data-action": "retake" }, t("photos.again")) : null;
  const bar = state === "sending" ? h("progress", { max: 100, value: percent, "aria-label": label }) : null;
  return h("li", { class: `state tone-${tone}`, "data-file": page.sha256, "data-file-state": state }, icon(shape),
    h("div", { class: "state-words" }, h("strong", {}, label), h("span", {}, `${t("photos.page", { n: at + 1 })} · ${kilobytes(page.bytes)}. ${words}`), bar), repair);
}

/** @param {string} words @param {() => Promise<void>} go */
const button = (words, go) => h("button", { type: "button", class: "quiet", "data-action": "send-files", onclick: go }, words);

/** Send everything that waits in a drawer, data first. @param {Vault} vault */
export async function sendAll(vault) {
  await sendNow(vault);
  await sendFiles(vault, { force: true });
}

/** Send what is waiting of this drawer's papers, or ask what became of it. @param {Vault} vault */
export const filesNow = (vault) => button(t("files.now"), () => sendAll(vault));

/** Why files wait, until when, and the way not to. @param {Vault} vault @param {import("./lane.js").Lane|null} lane */
async function whyNot(vault, lane) {
  if (!lane?.reason) return null;
  if (lane.reason === "budget" || lane.reason === "wifi") {
    const { budget_mb } = await limits();
    const words = lane.reason === "wifi" ? t("files.wait_wifi") : t("data.budget", { a: megabytes(await usedToday()), b: megabytes(budget_mb * 1e6) });
    const anyway = button(t("files.anyway"), async () => {
      await setLimits({ allowed: today() });
      await sendFiles(vault, { force: true });
    });
    return h("div", { class: "notice", "data-why": lane.reason }, h("p", {}, words), anyway);
  }
  const words = lane.reason === "portal" ? t("net.portal") : t(`files.wait_${lane.reason}`, { time: timeOf(lane.next_try_ms) });
  return stateLine({ id: "waiting" }, { label: t("files.waiting"), words, actions: [filesNow(vault)] });
}
