/** The people of this phone in "Cài đặt": whose drawer is open, its password, the devices it is signed in on, going out. */
import { visits } from "./accounts.js";
import { without } from "./absent.js";
import { setting } from "./db.js";
import { h, one } from "./dom.js";
import { signOut } from "./entering.js";
import { sendAll } from "./attachments.js";
import { DRAFTS, WAITING } from "./pages.js";
import { t } from "./texts.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */

/** Draw the part. It is not drawn again by news: somebody may be writing in it. @param {Vault} vault */
export async function peoplePart(vault) {
  const { account } = vault;
  const visit = (await visits()).includes(vault.slot);
  const who = account ? t("settings.signed_in", { name: account.name }) : t(visit ? "people.visit_say" : "settings.signed_out");
  const part = account ? await import("./signedin.js").catch(without) : null; // what it has needs a network too
  one("#people").replaceChildren(...h("div", {},
    h("h2", {}, t("settings.person")),
    h("p", {}, who),
    account ? null : h("a", { class: "button", href: "/dang-nhap?next=/cua-toi", "data-action": "sign-in" }, t("do.sign_in")),
    h("a", { class: "button second", href: "/may-cua-ai", "data-action": "whose" }, t("people.whose")),
    part?.passwordPart(vault),
    part?.devicesPart(vault),
    account ? await leavingPart(vault) : null,
  ).childNodes);
}

/** @param {Vault} vault */
async function leavingPart(vault) {
  const works = await workOf(vault);
  const unsent = works.filter((work) => [...WAITING, ...DRAFTS, "refused"].includes(work.state.id)).length;
  const waits = works.some((work) => WAITING.includes(work.state.id));
  const out = h("button", { type: "button", class: "button second", "data-action": "sign-out", onclick: () => leave(vault) }, t("do.sign_out"));
  if (!unsent) return h("section", {}, out);
  const first = h("button", { type: "button", class: "button", "data-action": "try-now", onclick: async () => {
    await sendAll(vault);
    section.replaceWith(await leavingPart(vault));
  } }, t("do.send_first"));
  const section = h("section", {}, h("p", { class: "notice" }, t("auth.out", { n: unsent })), waits ? first : null, out);
  return section;
}

/** @param {Vault} vault */
async function leave(vault) {
  await signOut(vault);
  location.assign("/");
}
