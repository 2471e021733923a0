/**
 * Whose drawer is open on this phone, and who has one.
 *
 * A drawer is a database of its own with a key of its own (`slot`); its name says nothing. One account has one drawer:
 * that of an account begun with no network keeps its name when the server has said which person it is.
 */
import { drawers, GUEST, keepSetting, setting } from "./db.js";
import { learnTrouble } from "./trouble.js";
import { Vault } from "./vault.js";

/** Setting: the drawer that is open. */
export const SLOT = "slot";
/** Setting: the drawers of visits, which end with nothing left. */
const VISITS = "visit";
/** Setting: the drawers that were open when the screen closed by itself, until their owners are back; one alone in a version of before. */
const LOCKED = "locked";
/** In `sessionStorage`: whoever holds the phone has said who they are. */
const SAID = "whose";

/** Open the drawer of whoever has the phone now, or the one that belongs to nobody. */
export async function currentVault() {
  await learnTrouble();
  return Vault.open((await setting(SLOT)) ?? GUEST);
}

/** @returns {Promise<string[]>} the drawers of people, not that of nobody, nor of a visit */
export async function slotsOnPhone() {
  const all = await visits();
  return (await drawers()).filter((slot) => !all.includes(slot));
}

/** @returns {Promise<string[]>} the drawers of visits */
export async function visits() {
  const kept = await setting(VISITS);
  return Array.isArray(kept) ? kept : kept ? [kept] : []; // an older version kept the name of one
}

/** @param {string[]} slots */
export const keepVisits = (slots) => keepSetting(VISITS, slots);

/** @returns {Promise<string[]>} */
const lockedSlots = async () => /** @type {string[]} */ ([]).concat((await setting(LOCKED)) ?? []);

/** Whether the screen closed over a drawer and its owner has not come back. @param {string|null} slot */
export const isLocked = async (slot) => (await lockedSlots()).some((each) => each === slot);

/** Whether who opens a drawer is to be asked for its password: it was closed, or the one that lies open here is. @param {string} slot */
export const mustProve = async (slot) => (await isLocked(await setting(SLOT))) || (await isLocked(slot));

/** Close a drawer, until its owner opens it. @param {string} slot */
export const lock = async (slot) => keepSetting(LOCKED, [...(await lockedSlots()).filter((each) => each !== slot), slot]);

/** Open a drawer from now on. @param {string|null} slot */
export async function openFrom(slot) {
  await keepSetting(SLOT, slot);
  const others = (await lockedSlots()).filter((each) => each !== slot);
  if (await isLocked(slot)) await keepSetting(LOCKED, others.length ? others : null);
  sessionStorage.setItem(SAID, "1");
}

/** Whether several people share this phone and nobody has said yet who holds it, or the screen has closed over the drawer that is open. */
export async function mustAskWhose() {
  if (await isLocked(await setting(SLOT))) return true;
  return sessionStorage.getItem(SAID) === null && (await slotsOnPhone()).length > 1;
}
