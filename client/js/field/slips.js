/** The code that a dossier is called by before the office has given it one: the one on its slip, made where there is none. */
import { handoverOf } from "../handing.js";

/** @param {import("../vault.js").Vault} vault @param {import("./taken.js").Taken} work @returns {Promise<string>} "" for what is still being written */
export async function codeOf(vault, { id, state }) {
  if (state.code) return state.code;
  return state.id === "saved" ? "" : (await handoverOf(vault, id)).code;
}
