/** Work that belonged to nobody, once somebody has said that it is theirs. */
import { besideOf, sameWork } from "./beside.js";
import { carryFiles, dropFile, filesOf } from "./files.js";
import { newId } from "./ids.js";
import { submit } from "./outbox.js";
import { everyPage } from "./papers.js";

/** @typedef {import("./vault.js").Vault} Vault */

/**
 * What is still to be asked about; what was claimed, and then the phone went off, goes where nothing in it is lost.
 * @param {Vault} guest
 * @param {Vault} own
 * @param {import("./work.js").Work[]} works the other drawer's
 * @returns {Promise<{work: import("./work.js").Work, differs: boolean}[]>} `differs`: the same dossier is here, and says something else
 */
export async function unclaimed(guest, own, works) {
  const kept = new Map((await own.drafts()).map((draft) => [draft.id, draft]));
  const done = works.filter(({ id, draft }) => kept.has(id) && (!draft || sameWork(draft, kept.get(id))));
  for (const work of done) await leave(guest, work.id, work.draft);
  const open = works.filter((work) => !done.includes(work) && !own.account?.not_mine?.includes(work.id));
  return open.map((work) => ({ work, differs: kept.has(work.id) }));
}

/**
 * Take it into the own drawer, its photographs first, sent where it was to be sent, and only then out of the other. Where
 * the own drawer has the same dossier with another text, it becomes a draft beside that, and nothing is sent of it. Nor
 * is anything sent where photographs are missing: it becomes a draft, to be completed.
 * @param {Vault} guest
 * @param {Vault} own
 * @param {any} draft
 * @returns {Promise<number>} how many of its photographs are no longer on this phone
 */
export async function claim(guest, own, draft) {
  const missing = await carryFiles(guest, own, draft);
  const known = await own.draft(draft.id);
  if (known && !sameWork(known, draft)) await own.change(() => ({ drafts: [besideOf(draft, newId(Date.now()))] }));
  else if (draft.status === "locked" && missing) await own.change(() => ({ drafts: [{ ...draft, status: "draft" }] }));
  else if (draft.status === "locked") await submit(own, { ...draft, status: "draft" }, new Set(draft.hidden ?? []));
  else await own.change(() => ({ drafts: [draft] }));
  await leave(guest, draft.id, draft);
  return missing;
}

/**
 * Take a draft out of a drawer with the photographs that no other draft there names: nobody's drawer is the next guest's.
 * @param {Vault} guest @param {string} id @param {any} draft null where there is none
 */
async function leave(guest, id, draft) {
  await guest.dropDraft(id);
  const named = new Set((await guest.drafts()).flatMap(everyPage).map((page) => page.sha256));
  const files = await filesOf(guest);
  for (const sha256 of new Set(everyPage(draft ?? {}).map((page) => page.sha256))) {
    const file = files.get(sha256);
    if (file && !named.has(sha256)) await dropFile(guest, file);
  }
}
