/**
 * Coming in and going out: signing in, beginning an account with no network, signing out, a visit.
 *
 * Rule 1. One person has one drawer on a phone. Whoever signs in and has one gets it; a drawer is named after the person
 * only where the person was known when it was made.
 * Rule 2. Nothing is thrown away by signing out: drafts, what waits and the way back stay, sealed.
 * Rule 3. A visit leaves nothing: its database, its key and its credential go together when it ends.
 * Rule 4. Who signs in during a visit gets an empty drawer of a visit: what was written in it before is nobody's, and is
 * asked about. The next guest gets another.
 */
import { deleteDB } from "idb";
import { keepVisits, openFrom, SLOT, slotsOnPhone, visits } from "./accounts.js";
import { drawers, GUEST, keepSetting, setting, sharedDb } from "./db.js";
import { newId } from "./ids.js";
import { bearer, changeAccount, keyOf, personOf } from "./credentials.js";
import { askForBackgroundSync } from "./outbox.js";
import { alone, Vault } from "./vault.js";
import { ask, NoAnswer, posted, problemCode } from "./wire.js";

/** @typedef {import("./vault.js").Account} Account */
/**
 * @typedef {object} Person
 * @property {string} slot
 * @property {Account} account
 * @property {string|null} person null until the server has answered
 * @property {string|null} citizen_id of an account begun here
 * @property {boolean} free whether the phone itself is the way in: an account begun here, with no password
 */

const ASK_JSON = { headers: { accept: "application/json" } };

/** @returns {Promise<Person[]>} whoever has a drawer on this phone, in the order they came */
export async function people() {
  /** @type {Person[]} */
  const found = [];
  for (const slot of await slotsOnPhone()) {
    const vault = await Vault.open(slot);
    if (vault.account) found.push(personIn(vault, vault.account));
    vault.close();
  }
  return found.sort((a, b) => (a.slot < b.slot ? -1 : 1));
}

/** @param {string} slot @returns {Promise<Person|null>} whose drawer it is; null: nobody's */
export async function personAt(slot) {
  const vault = await Vault.open(slot);
  const found = vault.account ? personIn(vault, vault.account) : null;
  vault.close();
  return found;
}

/** @param {Vault} vault @param {Account} account @returns {Person} */
function personIn(vault, account) {
  const begun = vault.session.meta.account;
  return { slot: vault.slot, account, person: personOf(vault), citizen_id: begun?.body.citizen_id ?? null, free: begun !== null && !account.password };
}

/**
 * Return what a person is called here: the last word of the name, and as many before it as tell them apart.
 * @param {string} name
 * @param {string[]} taken
 */
export function shortName(name, taken) {
  const words = name.trim().split(/\s+/);
  for (let from = words.length - 1; from >= 0; from -= 1) {
    const short = words.slice(from).join(" ");
    if (!taken.includes(short)) return short;
  }
  return `${words.join(" ")} (${taken.length + 1})`;
}

/**
 * Sign in. Null where it went well, else a problem's code.
 * @param {string} user
 * @param {string} password
 * @returns {Promise<{account: Account|null, code: string, retry_after_s?: number}>}
 */
export async function signIn(user, password) {
  const init = await posted({ user, password });
  const { status, json, retry_after_s } = await ask("/dang-nhap", init);
  if (status !== 200 || typeof json?.person !== "string") return { account: null, code: problemCode(json) || "internal", retry_after_s };
  return { account: await comeIn(json, json.token ?? null), code: "" };
}

/**
 * Open the drawer of the person that the server names; what waited in it for a sign-in goes on.
 * @param {any} json the account as of `/accounts/me`
 * @param {string|null} key
 * @param {string|null} [from] the drawer that was open when the person signed in: another one opened since stays open
 * @returns {Promise<Account>}
 */
export function comeIn(json, key, from) {
  return alone("motcua-people", async () => {
    const late = from !== undefined && from !== (await setting(SLOT));
    const others = await people();
    const known = others.find((each) => each.person === json.person);
    const slot = known?.slot ?? (late ? null : await slotOfVisit()) ?? json.person;
    const taken = others.filter((each) => each.slot !== slot).map(({ account }) => account.short);
    const vault = await Vault.open(slot);
    const { person, name, user, status, roles = [], password = false } = json;
    const before = keyOf(vault);
    if (before && before !== key) await leaving([before]);
    const short = (vault.account?.name === name && vault.account?.short) || shortName(name, taken);
    const account = { ...vault.account, person, name, short, user, status, roles, password, key, out: false };
    await vault.change((session) => ({ kept: { account }, changes: session.resume() }));
    vault.close();
    if (!late) await openFrom(slot);
    return account;
  });
}

/**
 * Begin an account on this phone; it goes to the server before anything else of it.
 * @param {{name: string, citizen_id: string, phone: string|null}} who
 * @returns {Promise<Person|null>} whoever has this citizen ID here already; null: begun
 */
export function begin({ name, citizen_id, phone }) {
  return alone("motcua-people", async () => {
    const others = await people();
    const known = others.find((each) => each.citizen_id === citizen_id);
    if (known) return known;
    const secret = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const short = shortName(name, others.map(({ account }) => account.short));
    const account = { person: null, name, short, user: "", key: null, password: false };
    const slot = (await slotOfVisit()) ?? newId(Date.now());
    const vault = await Vault.open(slot);
    await vault.change((session) => ({ kept: { account }, changes: session.beginAccount({ name, secret, citizen_id, phone }) }));
    vault.close();
    await openFrom(slot);
    await askForBackgroundSync();
    return null;
  });
}

/**
 * Put right what the server did not take; the account is begun again with the same secret.
 * @param {Vault} vault
 * @param {{name: string, citizen_id: string, phone: string|null}} who
 */
export async function correct(vault, { name, citizen_id, phone }) {
  await vault.change((session) => {
    const secret = session.meta.account?.body.secret;
    if (!vault.account || !secret) throw new Error("only an account begun here can be corrected");
    return { kept: { account: { ...vault.account, name } }, changes: session.beginAccount({ name, secret, citizen_id, phone }) };
  });
}

/** @param {Uint8Array} bytes */
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Where a visit is open: its drawer while nothing is in it, else a new one beside it. @returns {Promise<string|null>} */
async function slotOfVisit() {
  const open = await setting(SLOT);
  if (!(await visits()).includes(open)) return null;
  return (await isUnused(open)) ? open : freshVisit();
}

/** @param {string} slot */
async function isUnused(slot) {
  const vault = await Vault.open(slot);
  const unused = vault.account === null && !(await vault.drafts()).length;
  vault.close();
  return unused;
}

/** A drawer of a visit with nothing in it and nobody signed in. @returns {Promise<string>} */
async function freshVisit() {
  const all = await visits();
  for (const slot of all) if (await isUnused(slot)) return slot;
  const slot = `visit-${newId(Date.now())}`;
  await keepVisits([...all, slot]);
  return slot;
}

/** The drawers of work that nobody has said to be theirs. @returns {Promise<Vault[]>} */
export async function ownerless() {
  const vaults = await Promise.all([GUEST, ...(await visits())].map((slot) => Vault.open(slot)));
  return vaults.filter((vault) => vault.isGuest || void vault.close());
}

/**
 * Open another person's drawer. False: they are signed out and have a password to come back with.
 * @param {Person} person
 */
export async function changeTo({ slot, account, free }) {
  if (account.out && !free) return false;
  const vault = await Vault.open(slot);
  if (account.out) await changeAccount(vault, { out: false });
  vault.close();
  await openFrom(slot);
  return true;
}

/**
 * Sign out. Work stays in the drawer and is not sent; the server is told now, or when there is a network again. The
 * secret of an account without a password stays too: it is the only way back.
 * @param {Vault} vault
 */
export async function signOut(vault) {
  const { account } = vault;
  if (!account) return;
  const key = keyOf(vault);
  const onlyWay = personIn(vault, account).free;
  if (key && !onlyWay) await leaving([key]);
  await changeAccount(vault, onlyWay ? { out: true } : { out: true, key: null });
  await keepSetting(SLOT, null);
  vault.end();
  await tellLeaving();
}

/** Remember credentials that the server has to be told of. @param {string[]} keys */
async function leaving(keys) {
  const nobody = await Vault.open(GUEST);
  await nobody.change(() => ({ kept: { leaving: [...(nobody.kept.leaving ?? []), ...keys] } }));
  nobody.close();
}

/** Tell the server who has signed out, as far as there is a network. */
export async function tellLeaving() {
  const nobody = await Vault.open(GUEST);
  try {
    for (const key of nobody.kept.leaving ?? []) {
      const { status } = await ask("/dang-xuat", { method: "POST", headers: { ...ASK_JSON.headers, ...bearer(key) } });
      if (status < 500 && status !== 429) await nobody.change(() => ({ kept: { leaving: (nobody.kept.leaving ?? []).filter((each) => each !== key) } }));
    }
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault; // no network: at the next start
  } finally {
    nobody.close();
  }
}

/** Begin a visit: a drawer that ends with nothing left, and that nobody has signed in to. */
export async function beginVisit() {
  await openFrom(await freshVisit());
}

/** End a visit: everything of it goes from this phone, and its sign-in ends. @param {string} slot */
export async function endVisit(slot) {
  const vault = await Vault.open(slot);
  vault.end();
  const key = keyOf(vault);
  if (key) await leaving([key]);
  vault.close();
  await (await sharedDb()).delete("keys", slot); // without its key nothing in it can be read any more
  await deleteDB(`motcua-${slot}`);
  if ((await setting(SLOT)) === slot) await keepSetting(SLOT, null);
  await keepVisits((await visits()).filter((each) => each !== slot));
  sessionStorage.clear();
  await tellLeaving();
}

/** Make sense of what an older version left, or a sign-in without script. */
export async function settlePeople() {
  const old = await setting("account");
  if (old) {
    const vault = await Vault.open(old.person);
    const { person, name, user, roles = [] } = old;
    if (!vault.account) await vault.change(() => ({ kept: { account: { person, name, short: shortName(name, []), user, roles, key: null, password: true } } }));
    vault.close();
    await keepSetting(SLOT, old.person);
    await keepSetting("account", null);
  }
  if (await setting("ask-me")) await learnFromCookie();
}

async function learnFromCookie() {
  const asked = await setting("ask-me");
  const from = asked === true ? undefined : asked.from; // an older version did not say which drawer was open
  await tellLeaving(); // who has signed out meanwhile does not come in by a cookie
  try {
    const { status, json } = await ask("/accounts/token", { method: "POST", ...ASK_JSON });
    if (status === 200 && typeof json?.person === "string") await comeIn(json, json.token, from);
    if (status < 500) await keepSetting("ask-me", null);
  } catch (fault) {
    if (!(fault instanceof NoAnswer)) throw fault; // asked again at the next start
  }
}

/** Whose dossier it is, among everybody on this phone. @param {string} dossier @returns {Promise<Person|null>} */
export async function ownerOf(dossier) {
  for (const slot of await drawers()) {
    const vault = await Vault.open(slot);
    const { account } = vault;
    const has = account && ((await vault.draft(dossier)) || vault.session.isKnown(dossier));
    vault.close();
    if (account && has) return personIn(vault, account);
  }
  return null;
}
