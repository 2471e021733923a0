/** "Hồ sơ của tôi": everything of this person's, and what belongs to nobody yet. */
import { actionsOf } from "./actions.js";
import { remember } from "./arrived.js";
import { sendAll } from "./attachments.js";
import { isFull } from "./autosave.js";
import { h } from "./dom.js";
import { dossierView } from "./dossier.js";
import { ownerless } from "./entering.js";
import { changeAccount } from "./credentials.js";
import { sendNow } from "./news.js";
import { claim, unclaimed } from "./claiming.js";
import { officePart } from "./officepart.js";
import { DRAFTS, drawn, put, WAITING, workCard, YOURS } from "./pages.js";
import { stateLine } from "./status.js";
import { t } from "./texts.js";
import { toldOf, toldView } from "./told.js";
import { bringForms } from "./versions.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./work.js").Work} Work */

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
    const claims = (await Promise.all(nobodys.map((each) => claimsOf(each, vault, said)))).flat();
    const told = new Map(await Promise.all(all.map(async ({ id, form }) => /** @type {[string, any[]]} */ ([id, await toldOf(vault, id, form, true)]))));
    put("#work",
      expired(vault, all),
      ...(await toldView(vault)),
      said.words ? h("p", { class: "notice need", role: "alert", "data-claimed": true }, said.words) : null,
      claims.length ? h("h2", {}, t("claim.title")) : null,
      ...claims,
      ...shown.flatMap(([key, works]) => [
        h("h2", {}, t(key, { n: works.length })),
        key === "mine.waiting" && !vault.isGuest ? h("button", { type: "button", class: "quiet", "data-action": "try-now", onclick: () => sendAll(vault) }, t("do.send_all")) : null,
        h("ul", { class: "works" }, ...works.map((work) => workCard(work, work.state.id === "locked" ? actionsOf(vault, work) : [], told.get(work.id)))),
      ]),
      shown.length || claims.length ? null : h("p", {}, t("mine.empty")),
      shown.length || claims.length ? null : h("a", { class: "button", href: "/thu-tuc" }, t("do.find")),
    );
    await remember(vault);
    void bringForms(vault);
  });
}

/** Work that belongs to nobody yet: ask whose it is. @param {Vault} guest @param {Vault} own @param {{words: string}} said */
async function claimsOf(guest, own, said) {
  const open = await unclaimed(guest, own, await workOf(guest));
  return open.map(({ work, differs }) => h("div", { class: "notice", "data-claim": work.id },
    h("p", {}, t("claim.ask", { whom: work.whom || t("claim.nobody"), what: work.title })),
    differs ? h("p", { "data-differs": work.id }, t("claim.differs")) : null,
    h("button", {
      type: "button", class: "button", "data-action": "claim",
      onclick: async (/** @type {any} */ event) => {
        event.target.disabled = true;
        try {
          const missing = await claim(guest, own, work.draft);
          said.words = missing ? t("claim.missing", { n: missing }) : "";
          own.tell();
        } catch (fault) {
          said.words = t(isFull(fault) ? "claim.full" : "claim.failed");
          own.tell(); // all of it is still where it was, and can be pressed again
          if (!isFull(fault)) throw fault;
          return;
        }
        await sendNow(own);
      },
    }, t(work.draft.status === "locked" && !differs ? "do.claim_send" : "do.claim")),
    h("button", {
      type: "button", class: "button second", "data-action": "not-mine",
      onclick: () => changeAccount(own, { not_mine: [...(own.account?.not_mine ?? []), work.id] }),
    }, t("do.not_mine")),
  ));
}

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
