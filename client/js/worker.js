/** The service worker seen from the page: registered once the page is usable; a new one waits until it is let in. */
import { h, one } from "./dom.js";
import { t } from "./texts.js";

export async function register() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "installed" && navigator.serviceWorker.controller) offer(next);
    });
  });
}

/** One line in the page, never a dialog. @param {ServiceWorker} next */
function offer(next) {
  if (document.querySelector("#update")) return;
  const now = h("button", { type: "button", class: "quiet", "data-action": "update", onclick: () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    next.postMessage("take-over");
  } }, t("do.update_now"));
  const later = h("button", { type: "button", class: "quiet", "data-action": "update-later", onclick: () => one("#update").remove() }, t("do.update_later"));
  one("main").before(h("div", { id: "update", class: "notice", role: "status" }, h("p", {}, t("update.ready")), later, now));
}
