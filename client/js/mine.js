/** "Hồ sơ của tôi": everything of this person's, and what belongs to nobody yet. */
import { actionsOf } from "./actions.js";
import { h } from "./dom.js";
import { dossierView } from "./dossier.js";
import { ownerless } from "./entering.js";
import { changeAccount } from "./credentials.js";
import { sendNow } from "./news.js";
import { claim } from "./claiming.js";
import { DRAFTS, drawn, put, WAITING, workCard, YOURS } from "./pages.js";
import { stateLine } from "./status.js";
import { t } from "./texts.js";
import { toldView } from "./told.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./work.js").Work} Work */

/** @param {Vault} vault */
export async function mine(vault) {
  const id = new URLSearchParams(location.search).get("d");
  if (id) {
    await drawn(vault, async () => put("main", ...(await dossierView(vault, id))));
    return;
  }
  const nobodys = vault.isGuest ? [] : await ownerless();
  await drawn(vault, async () => {
    const all = await workOf(vault);
    const groups = /** @type {[string, Work[]][]} */ ([
      ["mine.needs_you", all.filter((work) => YOURS.includes(work.state.id))],
      ["mine.waiting", all.filter((work) => WAITING.includes(work.state.id))],
      ["mine.drafts", all.filter((work) => DRAFTS.includes(work.state.id))],
      ["mine.office", all.filter((work) => ![...YOURS, ...WAITING, ...DRAFTS, "closed"].includes(work.state.id))],
      ["mine.closed", all.filter((work) => work.state.id === "closed")],
    ]);
    const shown = groups.filter(([, works]) => works.length);
    const claims = (await Promise.all(nobodys.map((each) => claimsOf(each, vault)))).flat();
    put("#work",
      expired(vault, all),
      ...(await toldView(vault)),
      claims.length ? h("h2", {}, t("claim.title")) : null,
      ...claims,
      ...shown.flatMap(([key, works]) => [
        h("h2", {}, t(key, { n: works.length })),
        key === "mine.waiting" && !vault.isGuest ? h("button", { type: "button", class: "quiet", "data-action": "try-now", onclick: () => sendNow(vault) }, t("do.send_all")) : null,
        h("ul", { class: "works" }, ...works.map((work) => workCard(work, work.state.id === "locked" ? actionsOf(vault, work) : []))),
      ]),
      shown.length || claims.length ? null : h("p", {}, t("mine.empty")),
      shown.length || claims.length ? null : h("a", { class: "button", href: "/thu-tuc" }, t("do.find")),
    );
  });
}

/** Work that belongs to nobody yet: ask whose it is. @param {Vault} guest @param {Vault} own */
async function claimsOf(guest, own) {
  const works = await workOf(guest);
  const kept = new Set((await own.drafts()).map((draft) => draft.id));
  for (const work of works) if (kept.has(work.id)) await guest.dropDraft(work.id); // claimed, and then the phone went off
  const open = works.filter((work) => !kept.has(work.id) && !own.account?.not_mine?.includes(work.id));
  return open.map((work) => h("div", { class: "notice", "data-claim": work.id },
    h("p", {}, t("claim.ask", { whom: work.whom || t("claim.nobody"), what: work.title })),
    h("button", {
      type: "button", class: "button", "data-action": "claim",
      onclick: async (/** @type {any} */ event) => {
        event.target.disabled = true;
        await claim(guest, own, work.draft);
        await sendNow(own);
      },
    }, t(work.draft.status === "locked" ? "do.claim_send" : "do.claim")),
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
  if (vault.session.meta.paused !== "unauthenticated") return null;
  const actions = [h("a", { class: "action", href: "/dang-nhap?next=/cua-toi", "data-action": "sign-in" }, t("do.sign_in"))];
  return stateLine({ id: "locked" }, { words: t("auth.expired", { n }), actions });
}
