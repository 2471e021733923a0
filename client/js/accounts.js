/** Who is signed in on this phone. The cookie is the server's; what is kept here is whose drawer is open. */
import { GUEST, keepSetting, setting } from "./db.js";
import { ask } from "./wire.js";
import { Vault } from "./vault.js";

/** @typedef {{person: string, name: string, user: string, roles?: {unit: string, role: string}[]}} Account */

/** @returns {Promise<Account|null>} */
export const current = () => setting("account");

/** Open the drawer of whoever is signed in, or the guests'. */
export async function currentVault() {
  return Vault.open((await current())?.person ?? GUEST);
}

/** Open the guests' drawer. */
export const guestVault = () => Vault.open(GUEST);

/**
 * Sign in. Null where the words are wrong.
 * @param {string} user
 * @param {string} password
 * @returns {Promise<Account|null>}
 */
export async function signIn(user, password) {
  const body = new URLSearchParams({ user, password });
  const { status, json } = await ask("/dang-nhap", { method: "POST", body, headers: { accept: "application/json" } });
  if (status !== 200 || typeof json?.person !== "string") return null;
  await openDrawer(json);
  return json;
}

/** Keep whose drawer is open; what waited in it for a sign-in goes on. @param {Account} account */
async function openDrawer(account) {
  await keepSetting("account", account);
  const vault = await Vault.open(account.person);
  await vault.change((session) => ({ changes: session.resume() }));
  vault.close();
}

/** Ask the server who is signed in, after a sign-in that went without script. */
export async function learn() {
  if (!(await setting("ask-me"))) return;
  const { status, json } = await ask("/accounts/me", { headers: { accept: "application/json" } });
  if (status === 200 && typeof json?.person === "string") await openDrawer(json);
  if (status < 500) await keepSetting("ask-me", null);
}

/** Close the drawer. Work stays in it; the server is told now, or at the next start with a network. */
export async function signOut() {
  await keepSetting("account", null);
  await keepSetting("sign-out", true);
  await tellSignOut();
}

export async function tellSignOut() {
  if (!(await setting("sign-out")) || (await current())) return;
  const { status } = await ask("/dang-xuat", { method: "POST", headers: { accept: "application/json" } });
  if (status < 500) await keepSetting("sign-out", null);
}
