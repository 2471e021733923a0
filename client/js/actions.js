/** What can be done about a dossier, by its state. */
import { h } from "./dom.js";
import { isOver } from "./status.js";
import { t } from "./texts.js";
import { joined } from "./vault.js";

const sendNow = async (/** @type {import("./vault.js").Vault} */ vault) => (await import("./after.js")).sendNow(vault);

/**
 * What can be done about a dossier now.
 * @param {import("./vault.js").Vault} vault
 * @param {import("./work.js").Work} work
 */
export function actionsOf(vault, work) {
  const edit = (/** @type {string} */ words) => h("a", { class: "action", href: `/to-khai/${work.procedure}?d=${work.id}`, "data-action": "continue" }, words);
  switch (work.state.id) {
    case "saved":
      return [edit(t("do.continue"))];
    case "waiting":
    case "sending":
      return [h("button", { type: "button", class: "quiet", "data-action": "try-now", onclick: () => sendNow(vault) }, t("do.try_now")), edit(t("do.edit")), slip(work.id)];
    case "locked":
      return [h("a", { class: "action", href: `/dang-nhap?next=${encodeURIComponent("/cua-toi")}`, "data-action": "sign-in" }, t("do.sign_in"))];
    case "refused":
      return [isOver(work.state) ? otherWay(work) : edit(t("do.edit")), h("button", { type: "button", class: "quiet", "data-action": "put-away", onclick: () => putAway(vault, work.id) }, t("do.put_away"))];
    case "received":
      return [edit(t("do.edit")), h("button", { type: "button", class: "quiet", "data-action": "ask-news", onclick: () => sendNow(vault) }, t("do.ask_news"))];
    case "closed":
      return [anew(work.procedure)];
    default:
      return [h("button", { type: "button", class: "quiet", "data-action": "ask-news", onclick: () => sendNow(vault) }, t("do.ask_news"))];
  }
}

/** What can be done where nothing more is taken: begin anew, or learn whom to ask. @param {import("./work.js").Work} work */
const otherWay = ({ procedure, state }) => state.reason === "form-closed"
  ? h("a", { class: "action", href: `/thu-tuc/${procedure}`, "data-action": "ask-office" }, t("do.ask_office"))
  : anew(procedure);

/** @param {string} id */
const slip = (id) => h("a", { class: "action", href: `/phieu?d=${id}`, "data-action": "slip" }, t("do.slip"));

/** @param {string} procedure */
const anew = (procedure) => h("a", { class: "action", href: `/to-khai/${procedure}?d=new`, "data-action": "another" }, t("do.begin_anew"));

/** The refusals were read, and nothing more is to be done about them. @param {import("./vault.js").Vault} vault @param {string} dossier */
async function putAway(vault, dossier) {
  await vault.change((session) => {
    const refused = session.recordsOf(dossier).filter((record) => record.status === "refused" && !record.dismissed);
    return { changes: refused.map((record) => session.dismiss(record.id)).reduce((all, each) => (all ? joined(all, each) : each), /** @type {any} */ (null)) };
  });
}
