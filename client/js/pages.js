/** The pages outside the form. What the server sent is already there; the person's own work is drawn into it. */
import { current, guestVault, signIn, signOut } from "./accounts.js";
import { keepSetting } from "./db.js";
import { h, one } from "./dom.js";
import { actionsOf, dossierView } from "./dossier.js";
import { folded } from "./fields.js";
import { dateOf, timeOf } from "./moments.js";
import { sendNow } from "./news.js";
import { claim } from "./outbox.js";
import { stateLine } from "./status.js";
import { APP } from "./sync.js";
import { languageNow, t } from "./texts.js";
import { NoAnswer } from "./wire.js";
import { workOf } from "./work.js";

/** @typedef {import("./vault.js").Vault} Vault */
/** @typedef {import("./work.js").Work} Work */

const WAITING = ["waiting", "sending", "locked"];
const YOURS = ["needs_you", "refused", "two_versions"];
const DRAFTS = ["saved"];

/** Draw again whenever something changed, but never under a finger. @param {Vault} vault @param {() => Promise<void>} draw */
async function drawn(vault, draw) {
  let again = false;
  let busy = false;
  const run = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        await draw();
      } while (again);
    } finally {
      busy = false;
    }
  };
  vault.addEventListener("change", () => void run());
  await run();
}

/** Put content into a place, unless it is there already: what is being touched stays. @param {string} selector @param {...any} content */
function put(selector, ...content) {
  const place = one(selector);
  const made = h("div", {}, ...content);
  if (place.innerHTML !== made.innerHTML) place.replaceChildren(...made.childNodes);
}

/** @param {Work} work @param {any[]} actions */
function workCard(work, actions = []) {
  const href = work.state.id === "saved" ? `/to-khai/${work.procedure}?d=${work.id}` : `/cua-toi?d=${work.id}`;
  const words = work.whom ? `${work.title} · ${work.whom}` : work.title;
  return h("li", { class: "work" }, stateLine(work.state, { dossier: work.id, actions }), h("a", { class: "card", href }, h("span", { class: "grow" }, words)));
}

/** @param {Vault} vault */
export async function home(vault) {
  await drawn(vault, async () => {
    const open = (await workOf(vault)).filter((work) => [...WAITING, ...YOURS, ...DRAFTS].includes(work.state.id));
    const cards = open.slice(0, 5).map((work) => workCard(work, work.state.id === "waiting" ? actionsOf(vault, work) : []));
    const draft = open.find((work) => work.state.id === "saved");
    put("#work",
      open.length ? h("h2", {}, t("home.yours", { n: open.length })) : null,
      open.length ? h("ul", { class: "works" }, ...cards) : null,
      draft ? h("a", { class: "button", href: `/to-khai/${draft.procedure}?d=${draft.id}`, "data-action": "continue" }, t("do.continue_with", { what: draft.title })) : null,
    );
  });
}

/** @param {Vault} vault */
export async function mine(vault) {
  const id = new URLSearchParams(location.search).get("d");
  if (id) {
    await drawn(vault, async () => put("main", ...(await dossierView(vault, id))));
    return;
  }
  const guest = vault.isGuest ? null : await guestVault();
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
    const claims = guest ? await claimsOf(guest, vault) : [];
    put("#work",
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
  const open = works.filter((work) => !kept.has(work.id));
  if (!open.length) return [];
  return [h("h2", {}, t("claim.title")), ...open.map((work) => h("div", { class: "notice" },
    h("p", {}, t("claim.ask", { whom: work.whom || t("claim.nobody"), what: work.title })),
    h("button", {
      type: "button", class: "button", "data-action": "claim",
      onclick: async (/** @type {any} */ event) => {
        event.target.disabled = true;
        await claim(guest, own, work.draft);
        await sendNow(own);
      },
    }, t(work.draft.status === "locked" ? "do.claim_send" : "do.claim")),
  ))];
}

/** Listen to the sign-in form. */
export function signInPage() {
  const form = /** @type {HTMLFormElement} */ (one("form"));
  const said = one("#said");
  const next = new URLSearchParams(location.search).get("next") ?? "";
  const local = /^\/(?![/\\])/.test(next) ? next : "";
  const button = /** @type {HTMLButtonElement} */ (one("[data-action=sign-in]"));
  const password = /** @type {HTMLInputElement} */ (one("[name=password]"));
  const reveal = one("[data-action=reveal]");
  reveal.hidden = false;
  reveal.addEventListener("click", () => {
    password.type = password.type === "password" ? "text" : "password";
    reveal.textContent = t(password.type === "password" ? "do.reveal" : "do.conceal");
  });
  const say = (/** @type {string} */ key) => {
    said.textContent = t(key);
    said.hidden = false;
    said.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const typed = new FormData(form);
      const account = await signIn(String(typed.get("user")).trim(), String(typed.get("password")));
      if (!account) return say("auth.wrong");
      location.assign(local || (account.roles?.length ? "/desk" : "/"));
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) throw fault;
      say(fault.portal ? "net.portal" : "auth.no_net");
    } finally {
      button.disabled = false;
    }
  });
}

/** @param {Vault} vault */
export async function settings(vault) {
  await drawn(vault, () => settingsView(vault));
}

/** @param {Vault} vault */
async function settingsView(vault) {
  const account = await current();
  const works = await workOf(vault);
  const unsent = works.filter((work) => [...WAITING, ...DRAFTS, "refused"].includes(work.state.id)).length;
  const kept = (await navigator.storage?.persisted?.()) ?? null;
  const space = await navigator.storage?.estimate?.();
  const megabytes = (/** @type {number|undefined} */ bytes) => ((bytes ?? 0) / 1e6).toLocaleString(languageNow(), { maximumFractionDigits: 1 });
  const contact = vault.session.meta.contact_ms;
  put("#settings",
    h("h2", {}, t("settings.language")),
    h("div", { class: "field" }, ...[["vi", "Tiếng Việt"], ["en", "English"]].map(([value, words]) => h("label", { class: "option" },
      h("input", { type: "radio", name: "language", value, checked: languageNow() === value, onchange: () => changeLanguage(value) }), h("span", { lang: value }, words)))),
    h("h2", {}, t("settings.phone")),
    stateLine({ id: kept ? "saved" : "risk" }, { words: t(kept ? "settings.kept" : "risk.not_kept"), label: kept ? t("settings.kept_label") : undefined }),
    space ? h("p", {}, t("settings.space", { used: megabytes(space.usage), left: megabytes((space.quota ?? 0) - (space.usage ?? 0)) })) : null,
    h("p", {}, contact ? t("settings.contact", { time: timeOf(contact), date: dateOf(contact) }) : t("settings.no_contact")),
    h("h2", {}, t("settings.person")),
    account ? h("p", {}, t("settings.signed_in", { name: account.name })) : h("p", {}, t("settings.signed_out")),
    account && unsent ? h("p", { class: "notice" }, t("auth.out", { n: unsent })) : null,
    account
      ? h("button", { type: "button", class: "button second", "data-action": "sign-out", onclick: () => leave() }, t("do.sign_out"))
      : h("a", { class: "button", href: "/dang-nhap", "data-action": "sign-in" }, t("do.sign_in")),
    h("p", { class: "hint" }, t("settings.version", { version: APP })),
  );
}

/** @param {string} value */
async function changeLanguage(value) {
  await keepSetting("language", value);
  location.reload();
}

async function leave() {
  try {
    await signOut();
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault; // it is told at the next start with a network
  }
  location.assign("/");
}

/** The list of procedures, searched on the phone. */
export async function procedures() {
  const box = /** @type {HTMLInputElement} */ (one("[name=q]"));
  const rows = [...document.querySelectorAll("main [data-procedure]")].map((row) => ({ row: /** @type {HTMLElement} */ (row), words: folded(row.textContent ?? "") }));
  const none = one("#none");
  const filter = () => {
    const wanted = folded(box.value).split(/\s+/).filter(Boolean);
    for (const { row, words } of rows) row.hidden = !wanted.every((word) => words.includes(word));
    none.hidden = rows.some(({ row }) => !row.hidden);
  };
  const asked = new URLSearchParams(location.search).get("q");
  if (asked !== null) box.value = asked;
  box.addEventListener("input", filter);
  filter();
}

/** Whose name stands on the page. */
export async function nameOnPage() {
  const account = await current();
  const place = document.querySelector("#who");
  if (place && account) place.textContent = account.name;
}
