/**
 * "Tạo tài khoản giúp" (`/phieu#tai-khoan`): an officer begins an account for a citizen, with no network too, and hands over
 * the code by which they finish it on a phone of their own. A part of its own.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/slip.json";
import parts from "./generated/parts.json";
import { isOfficer } from "./roles.js";
import { whole } from "./codes.js";
import { h, one, redraw } from "./dom.js";
import { broken } from "./dossier.js";
import { fieldBlock } from "./fields.js";
import { finishUrl } from "./finishing.js";
import { beginFor, correctFor, dropFor } from "./handing.js";
import { dateOf, timeOf } from "./moments.js";
import { sendNow } from "./news.js";
import { askForBackgroundSync } from "./outbox.js";
import { drawn } from "./pages.js";
import { qrView } from "./qr.js";
import { askCard } from "./scanning.js";
import { checked, fieldOf } from "./signing.js";
import { learnTexts, t } from "./texts.js";

learnTexts(texts);

const ASKED = /** @type {const} */ (["name", "citizen_id", "phone"]);

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./handover.js").Assisted} Assisted */

/** @param {Vault} vault */
export async function assistPage(vault) {
  document.head.append(h("link", { rel: "stylesheet", href: parts.slip_css }));
  document.title = `${t("assist.title")} · ${t("app.name")}`;
  const heading = h("h1", {}, t("assist.title"));
  if (!isOfficer(vault.account)) return one("main").replaceChildren(heading, h("p", {}, t("assist.officers")), h("a", { class: "button", href: `/dang-nhap?next=${encodeURIComponent("/phieu#tai-khoan")}` }, t("do.sign_in")));
  const list = h("div", { id: "begun" });
  let open = "";
  const relist = () => redraw(() => list.replaceChildren(...listed(vault, ask, open)));
  /** @param {Assisted|null} [refused] one to be put right */
  const ask = (refused = null) => {
    open = refused?.account ?? "";
    relist();
    one("main").replaceChildren(heading, refused ? whyView(refused) : h("p", {}, t("assist.why")), newForm(vault, (begun) => show(begun, ask), refused), list);
    if (refused) one("[data-why]").focus();
  };
  ask();
  await drawn(vault, async () => relist());
}

/** Why an account was not taken, and what helps. @param {Assisted} refused */
const whyView = ({ name, why = "code" }) => h("div", { class: "notice need", role: "alert", tabindex: "-1", "data-why": why }, h("p", {}, h("strong", {}, name), ". ", t(`assist.why_${why}`)), h("p", {}, t("assist.free")));

/** @param {Vault} vault @param {(begun: Assisted) => void} then @param {Assisted|null} refused */
function newForm(vault, then, refused) {
  /** @type {Record<string, any>} */
  const typed = Object.fromEntries(ASKED.map((path) => [path, refused?.[path] ?? ""]));
  const answered = (/** @type {string} */ path) => (/** @type {any} */ text) => void (typed[path] = text);
  const blocks = ASKED.map((path) => fieldBlock({ path, field: fieldOf(path), typed: typed[path], lists: {}, optional: path === "phone", own: false, answer: answered(path) }));
  const scan = h("button", { type: "button", class: "quiet", "data-action": "scan-card", onclick: () => {
    blocks[1].querySelector(".scan")?.remove();
    askCard(blocks[1], (card) => {
      blocks[1].querySelector(".scan")?.remove();
      for (const path of /** @type {const} */ (["name", "citizen_id"])) {
        const input = /** @type {HTMLInputElement} */ (one(`[data-field=${path}] input`));
        if (input.value && input.value !== card[path]) continue; // what stands there stays
        input.value = card[path];
        input.dispatchEvent(new Event("input"));
      }
      scan.focus();
    });
  } }, t("do.scan_card"));
  blocks[1].append(scan);
  const button = h("button", { class: "button", "data-action": "assist" }, t(refused ? "do.assist_again" : "do.assist"));
  return h("form", { novalidate: true, onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const who = checked(typed);
    if (!who) return;
    button.disabled = true;
    const begun = await (refused ? correctFor(vault, refused, who) : beginFor(vault, who));
    await askForBackgroundSync();
    then(begun);
    void sendNow(vault);
  } }, ...blocks, button);
}

/** The slip for the citizen. @param {Assisted} begun @param {(refused?: Assisted|null) => void} ask for the next one */
function show(begun, ask) {
  const code = whole(begun);
  one("main").replaceChildren(
    h("h1", { tabindex: "-1" }, t("assist.slip")),
    h("article", { class: "slip", "data-assisted": begun.account },
      h("h2", {}, begun.name), h("p", {}, t("assist.made", { time: timeOf(begun.at), date: dateOf(begun.at) })),
      h("section", { class: "slip-code" }, qrView(finishUrl(code), t("assist.qr")),
        h("p", { class: "handover-code", "data-code": code }, ...broken(code))),
      h("p", {}, t("assist.how", { address: `${location.host}/dang-nhap` })), h("p", {}, t("assist.keep"))),
    h("div", { class: "slip-actions" },
      h("button", { type: "button", class: "button", "data-action": "print", onclick: () => window.print() }, t("do.print_slip")),
      h("button", { type: "button", class: "button second", "data-action": "assist-more", onclick: () => ask() }, t("do.assist_more"))));
  one("h1").focus();
}

/** @param {Vault} vault @param {(refused?: Assisted|null) => void} ask @param {string} open the one that is being put right above @returns {any[]} those begun here, what was refused first, then the newest */
function listed(vault, ask, open) {
  const all = (vault.kept.assisted ?? []).filter(({ account }) => account !== open).reverse();
  if (!all.length) return [];
  const refused = all.filter(({ state }) => state === "refused");
  const others = all.filter(({ state }) => state !== "refused");
  return [h("h2", {}, t("assist.begun", { n: all.length })), h("ul", { class: "plain" }, ...refused.map((each) => refusedRow(vault, each, ask)), ...others.map((each) => h("li", { "data-assisted": each.account, "data-sent": each.state ?? "waiting" },
    h("button", { type: "button", class: "card", onclick: () => show(each, ask) }, h("span", { class: "grow" }, each.name), h("span", { class: "mark" }, t(`assist.${each.state ?? "waiting"}`))))))];
}

/** @param {Vault} vault @param {Assisted} each @param {(refused?: Assisted|null) => void} ask */
function refusedRow(vault, each, ask) {
  const drop = async () => {
    await dropFor(vault, each);
    ask();
  };
  return h("li", { "data-assisted": each.account, "data-sent": "refused" }, h("div", { class: "notice need" },
    h("p", {}, h("strong", {}, each.name), ". ", t(`assist.why_${each.why ?? "code"}`)), h("p", {}, t("assist.free")),
    h("div", { class: "state-actions" },
      h("button", { type: "button", class: "button second", "data-action": "correct-account", onclick: () => ask(each) }, t("do.edit")),
      h("button", { type: "button", class: "quiet", "data-action": "drop-account", onclick: drop }, t("do.assist_drop")))));
}
