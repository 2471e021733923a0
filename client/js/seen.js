/**
 * Procedures that are not in the pack, of which there are thousands: one that was seen opens without network too, one that
 * was not says so, is wished for, and comes when there is a network.
 *
 * Rule 1. Kept is what the system said, nothing of a person. What stands around it is this version's own page, so that
 * scripts and styles are always those the phone has.
 * Rule 2. Only so many are kept; the one not opened for longest goes. Where there is no room, none is kept.
 */
const SEEN = "seen-1";
const SEEN_MAX = 60, WISHES_MAX = 20;
const WISH = "/wish/";
const KEPT_AT = "x-kept-at";
const PATH = /^\/thu-tuc\/[\w.]+$/;
const MAIN = /<main id="main">[^]*<\/main>/;
const TITLE = /<title>[^]*?<\/title>/;

/** The page that says that one is not here, and which every kept one is drawn into. */
export const NOT_HERE = "/chua-tai";

/** What a version has to give: a page of its pack, and the name of a procedure. @typedef {{page: (path: string) => Promise<Response|undefined>, nameOf: (code: string) => Promise<string|undefined>}} Pack */

/** @param {string} path */
export const isProcedure = (path) => PATH.test(path);

/** @param {string} path */
const codeOf = (path) => path.slice("/thu-tuc/".length);

/** @param {string} words */
const asText = (words) => words.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {Request} request @param {string} path @param {Pack} pack @param {(work: Promise<any>) => void} afterwards */
export async function procedureAnswer(request, path, pack, afterwards) {
  let answer;
  try {
    answer = await fetch(request);
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    return (await fromSeen(path, pack)) ?? wished(path, pack);
  }
  if (answer.ok) afterwards(keep(path, answer.clone()));
  return answer.status < 500 ? answer : ((await fromSeen(path, pack)) ?? answer);
}

/** Keep a page, if it is one of ours. @param {string} path @param {Response} answer */
export async function keep(path, answer) {
  const text = await answer.text();
  if (!text.includes(`data-procedure="${codeOf(path)}"`)) return;
  const cache = await caches.open(SEEN);
  await cache.delete(path);
  try {
    await cache.put(path, new Response(text, { headers: { "content-type": "text/html; charset=utf-8", [KEPT_AT]: new Date().toISOString() } }));
  } catch (fault) {
    if (/** @type {any} */ (fault)?.name !== "QuotaExceededError") throw fault; // the room is for people's work
  }
  await cache.delete(WISH + codeOf(path));
  await letGo(cache, (name) => !name.startsWith(WISH), SEEN_MAX);
}

/** @param {Cache} cache @param {(path: string) => boolean} isOne @param {number} max */
async function letGo(cache, isOne, max) {
  const ours = (await cache.keys()).filter((request) => isOne(new URL(request.url).pathname));
  for (const request of ours.slice(0, Math.max(0, ours.length - max))) await cache.delete(request);
}

/** @param {string} path @param {Pack} pack */
async function fromSeen(path, pack) {
  const found = await (await caches.open(SEEN)).match(path);
  const around = found && (await pack.page(NOT_HERE));
  if (!found || !around) return null;
  const text = await found.text();
  const at = new Date(found.headers.get(KEPT_AT) ?? 0);
  const day = [at.getDate(), at.getMonth() + 1, at.getFullYear()].map((part) => String(part).padStart(2, "0")).join("/");
  const main = (MAIN.exec(text)?.[0] ?? "").replace('<p id="kept" class="hint" hidden>', '<p id="kept" class="hint">').replace("<time></time>", `<time>${day}</time>`);
  return drawn(around, (page) => page.replace(MAIN, () => main).replace(TITLE, () => TITLE.exec(text)?.[0] ?? ""));
}

/** Say that a page is not here, and wish for it. @param {string} path @param {Pack} pack */
async function wished(path, pack) {
  const around = await pack.page(NOT_HERE);
  if (!around) return Response.error();
  const cache = await caches.open(SEEN);
  const code = codeOf(path);
  await cache.put(WISH + code, new Response(""));
  await letGo(cache, (name) => name.startsWith(WISH), WISHES_MAX);
  const names = await Promise.all((await wishes(cache)).map(async (each) => (await pack.nameOf(each)) ?? each));
  const name = asText((await pack.nameOf(code)) ?? code);
  return drawn(around, (page) =>
    page
      .replace('<strong id="wanted"></strong>', () => `<strong id="wanted">${name}</strong>`)
      .replace('<ul id="wishes"></ul>', () => `<ul id="wishes">${names.map((each) => `<li>${asText(each)}</li>`).join("")}</ul>`)
      .replace('href="/thu-tuc" id="again"', () => `href="${path}" id="again"`),
  );
}

/** @param {Cache} cache @returns {Promise<string[]>} the codes wished for, oldest first */
async function wishes(cache) {
  const paths = (await cache.keys()).map((request) => new URL(request.url).pathname);
  return paths.filter((path) => path.startsWith(WISH)).map((path) => path.slice(WISH.length));
}

/** @param {Response} around @param {(page: string) => string} change */
async function drawn(around, change) {
  return new Response(change(await around.text()), { headers: around.headers });
}

/** Fetch what was wished for; without network it stays wished for. */
export async function loadWishes() {
  if (!(await caches.has(SEEN))) return; // asking makes one
  const cache = await caches.open(SEEN);
  for (const code of await wishes(cache)) {
    const path = `/thu-tuc/${code}`;
    let answer;
    try {
      answer = await fetch(path, { credentials: "omit", redirect: "error" });
    } catch (fault) {
      if (fault instanceof TypeError) return;
      throw fault;
    }
    if (answer.ok) await keep(path, answer);
    else if (answer.status === 404) await cache.delete(WISH + code); // there is no such procedure
  }
}
