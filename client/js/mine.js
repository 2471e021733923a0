/** "Hồ sơ của tôi": everything of this person's, and what belongs to nobody yet. */
import { without } from "./absent.js";
import { actionsOf } from "./actions.js";
import { arrived, remember } from "./arrived.js";
import { sendAll } from "./attachments.js";
import { h } from "./dom.js";
import { dossierView } from "./dossier.js";
import { ownerless } from "./entering.js";
import { officePart } from "./officepart.js";
import { DRAFTS, drawn, put, WAITING, workCard, YOURS } from "./pages.js";
import { stateLine } from "./status.js";
import { t } from "./texts.js";
import { toldOf, toldView } from "./told.js";
import { bringForms } from "./versions.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./work.js").Work} Work */

/** How many rows of a group stand there before more are asked for. */
const ROWS_MAX = 20;
/** Groups that are to stand there whole. @type {Set<string>} */
const whole = new Set();

/** @param {Vault} vault */
export async function mine(vault) {
  const id = new URLSearchParams(location.search).get("d");
  if (id) {
    await drawn(vault, async () => {
      put("main", ...(await dossierView(vault, id)));
      await remember(vault, id);
      void bringForms(vault);
    });
    return;
  }
  /** What became of a claim, said above everything that is still to be claimed. */
  const said = { words: "" };
  const nobodys = vault.isGuest ? [] : await ownerless();
  await drawn(vault, async () => {
    const all = await workOf(vault);
    const isYours = (/** @type {Work} */ work) => YOURS.includes(work.state.id) || Boolean(work.state.bad); // a paper has to be taken again
    const groups = /** @type {[string, Work[]][]} */ ([
      ["mine.needs_you", all.filter(isYours)],
      ["mine.waiting", all.filter((work) => WAITING.includes(work.state.id) && !isYours(work))],
      ["mine.drafts", all.filter((work) => DRAFTS.includes(work.state.id))],
      ["mine.office", all.filter((work) => ![...YOURS, ...WAITING, ...DRAFTS, "closed"].includes(work.state.id))],
      ["mine.closed", all.filter((work) => work.state.id === "closed")],
    ]);
    const shown = groups.filter(([, works]) => works.length);
    const part = nobodys.length ? await claimsPart() : null;
    const claims = part ? (await Promise.all(nobodys.map((each) => part.claimsOf(each, vault, said)))).flat() : [];
    const news = arrived(vault);
    const told = new Map(await Promise.all(all.map(async ({ id, form }) => /** @type {[string, any[]]} */ ([id, await toldOf(vault, id, form, news)]))));
    put("#work",
      expired(vault, all),
      ...(await toldView(vault)),
      said.words ? h("p", { class: "notice need", role: "alert", "data-claimed": true }, said.words) : null,
      claims.length ? h("h2", {}, t("claim.title")) : null,
      ...claims,
      ...shown.flatMap(([key, works]) => [
        h("h2", {}, t(key, { n: works.length })),
        key === "mine.waiting" && !vault.isGuest ? h("button", { type: "button", class: "quiet", "data-action": "try-now", onclick: () => sendAll(vault) }, t("do.send_all")) : null,
        h("ul", { class: "works" }, ...rowsOf(key, works).map((work) => workCard(work, work.state.id === "locked" ? actionsOf(vault, work) : [], told.get(work.id)))),
        more(vault, key, works),
      ]),
      shown.length || claims.length ? null : h("p", {}, t("mine.empty")),
      shown.length || claims.length ? null : h("a", { class: "button", href: "/thu-tuc" }, t("do.find")),
    );
    await remember(vault);
    void bringForms(vault);
  });
}

/** @param {string} key @param {Work[]} works */
const rowsOf = (key, works) => (whole.has(key) ? works : works.slice(0, ROWS_MAX));

/** @param {Vault} vault @param {string} key @param {Work[]} works */
function more(vault, key, works) {
  const n = works.length - rowsOf(key, works).length;
  return n ? h("button", { type: "button", class: "quiet", "data-action": "more", onclick: () => {
    whole.add(key);
    vault.dispatchEvent(new Event("change"));
  } }, t("mine.more", { n })) : null;
}

/**
 * What asks whose work is that belongs to nobody yet: a part of its own, which few need.
 * @returns {Promise<typeof import("./claims.js")|null>} null: it is not on this phone, while there is no network
 */
const claimsPart = () => import("./claims.js").catch(without);

/** The sign-in has ended while work waits: said once, above everything. @param {Vault} vault @param {Work[]} all */
function expired(vault, all) {
  const n = all.filter((work) => work.state.id === "locked").length;
  if (vault.session.meta.paused === "invalid") return stateLine({ id: "locked" }, { words: t("auth.put_right"), actions: [h("a", { class: "action", href: "/dang-nhap", "data-action": "put-right" }, t("do.edit"))] });
  const { paused, contact_ms } = vault.session.meta;
  if (paused !== "unauthenticated" || vault.kept.later === contact_ms) return null;
  const later = () => vault.change(() => ({ kept: { later: contact_ms } })); // until the next sign-in ends: each row still says it
  const actions = [h("a", { class: "action", href: "/dang-nhap?next=/cua-toi", "data-action": "sign-in" }, t("do.sign_in")),
    h("button", { type: "button", class: "quiet", "data-action": "later", onclick: later }, t("do.later"))];
  return stateLine({ id: "locked" }, { words: t("auth.expired", { n }), actions });
}
