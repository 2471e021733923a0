/** Where a card can be scanned: at each citizen ID of a form. What scans and marks comes when it is wanted (scanning.js). */
import { h, one } from "./dom.js";
import { t } from "./texts.js";

/** Put the button to each citizen ID whenever a section is drawn. @param {import("./forms.js").FormPage} page */
export function offerCards(page) {
  const part = () => import("./scanning.js");
  const fit = () => {
    for (const block of /** @type {NodeListOf<any>} */ (document.querySelectorAll("main [data-field]"))) {
      if (block.asked?.kind !== "citizen_id" || block.querySelector("[data-action=scan-card]")) continue;
      block.append(h("button", { type: "button", class: "quiet", "data-action": "scan-card", onclick: async () => (await part()).scan(page, block) }, t("do.scan_card")));
    }
    if (page.draft.from_card?.length) void part().then(({ mark }) => mark(page));
  };
  if (page.readOnly) return;
  new MutationObserver(fit).observe(one("main"), { childList: true });
  fit();
}
