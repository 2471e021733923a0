/** What a page says at the foot of each sheet of paper: whose matter, where it stood, when, and what it is not. */
import { h } from "./dom.js";
import { dateOf, timeOf } from "./moments.js";
import { t } from "./texts.js";

/** Keep the foot ready; the moment is that of the printing. */
export function preparePrint() {
  const foot = h("footer", { class: "printed" });
  document.body.append(foot);
  const write = () => foot.replaceChildren(...words().map((line) => h("p", {}, line)));
  addEventListener("beforeprint", write);
  write();
}

function words() {
  const now = Date.now();
  const state = document.querySelector("main > [data-state]");
  const dossier = state?.getAttribute("data-dossier");
  const code = document.querySelector("main .code")?.textContent;
  const known = code ? `${t("dossier.code")}: ${code}` : dossier ? t("print.here", { id: dossier }) : "";
  const first = [t("app.name"), known, state?.querySelector("strong")?.textContent, t("print.at", { time: timeOf(now), date: dateOf(now) })];
  return [first.filter(Boolean).join(" · "), ...(state ? [t("print.not_receipt")] : [t("app.not_official")])];
}
