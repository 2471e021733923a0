/** The service worker seen from the page: registered once the page is usable, and told when the road is a page's. */
import { offer } from "./update.js";

/** @returns {Promise<boolean>} whether there is a worker, or will be */
export async function register() {
  if (!("serviceWorker" in navigator)) return false;
  const known = await navigator.serviceWorker.getRegistration();
  known?.installing?.postMessage("go-on"); // registering again ends only after an installation that is under way
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" }).catch(withoutWorker);
  if (!registration) return false;
  const tell = (/** @type {string} */ word) => (registration.installing ?? registration.active)?.postMessage(word);
  tell("go-on");
  addEventListener("pagehide", () => tell("hold"));
  const { waiting } = registration;
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "installed" && navigator.serviceWorker.controller) void offer(next);
    });
  });
  if (waiting && navigator.serviceWorker.controller) await offer(waiting);
  void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage("later"));
  return true;
}

/** No network, or a setting that forbids it: the page works without. @param {unknown} fault @returns {null} */
function withoutWorker(fault) {
  if (fault instanceof TypeError || fault instanceof DOMException) return null;
  throw fault;
}
