/** What the last try to reach the server met, for this page and for all others. No DOM. */
import { keepSetting, setting } from "./db.js";

/** Setting: "silent" is no answer at all, "portal" a page that came instead, "busy" a server that asked for time. */
export const TROUBLE = "trouble";
/** @type {"silent"|"portal"|"busy"|null} the same, as this page knows it */
export let trouble = null;

/** Learn what another page or the worker met last. */
export async function learnTrouble() {
  trouble = await setting(TROUBLE);
}

/** @param {"silent"|"portal"|"busy"|null} met */
export async function meet(met) {
  trouble = met;
  if ((await setting(TROUBLE)) !== met) await keepSetting(TROUBLE, met);
}
