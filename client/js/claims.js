/** Work on this phone that belongs to nobody yet, in the list of whoever has signed in: is it theirs? A part of its own. */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import { isFull } from "./autosave.js";
import { claim, unclaimed } from "./claiming.js";
import { changeAccount } from "./credentials.js";
import { h } from "./dom.js";
import { sendNow } from "./news.js";
import { t } from "./texts.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** Work that belongs to nobody yet: ask whose it is. @param {Vault} guest @param {Vault} own @param {{words: string}} said */
export async function claimsOf(guest, own, said) {
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
