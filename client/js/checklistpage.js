/**
 * "Đủ giấy tờ chưa?": a question a page, then the exact list for this case. What is answered stays in this page alone: it
 * is in no address and kept nowhere, so a phone that several share tells nobody. A part of its own, fetched by its page.
 */
import "./after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "./generated/checklist.json";
import { asked, listed, UNKNOWN } from "./checklist.js";
import { dataOf, h, one, show } from "./dom.js";
import { labelOf, learnTexts, t } from "./texts.js";

learnTexts(texts);

/** @typedef {import("./checklist.js").Checklist} Checklist */
/** @typedef {import("./checklist.js").Paper} Paper */

/** @param {Paper} paper */
function countOf({ original, copies, shown }) {
  return [original ? t("check.originals", { n: original }) : "", copies ? t("check.copies", { n: copies }) : "", shown ? t("check.shown") : ""].filter(Boolean).join(", ");
}

class Check {
  constructor() {
    /** @type {Checklist} */
    this.checklist = dataOf("checklist-data");
    this.title = one("main").dataset.title ?? "";
    /** @type {Record<string, string>} */
    this.answers = {};
    /** What is at hand, by key. @type {Set<string>} */
    this.have = new Set();
  }

  begin() {
    if (location.hash) history.replaceState(history.state, "", location.pathname); // a page that is opened anew knows no answers
    addEventListener("hashchange", () => this.draw());
    this.draw();
  }

  draw() {
    const step = Number(location.hash.slice(1) || "1");
    const questions = asked(this.checklist, this.answers);
    const question = questions[step - 1];
    if (question) return this.question(question, step);
    if (questions.every(({ key }) => key in this.answers)) return this.list(questions.length);
    location.hash = "";
  }

  /** @param {number} step */
  back(step) {
    return step === 1 ? h("a", { class: "back", href: `/thu-tuc/${this.checklist.procedure}` }, t("check.procedure")) : h("a", { class: "back", href: `#${step - 1}` }, t("check.earlier"));
  }

  /** @param {import("./checklist.js").Question} question @param {number} step */
  question({ key, ask, help, answers }, step) {
    const option = (/** @type {string} */ value, /** @type {string} */ words) =>
      h("label", { class: "option" }, h("input", { type: "radio", name: key, value, checked: this.answers[key] === value }), h("span", {}, words));
    const say = h("p", { id: "wrong", class: "error", role: "alert", hidden: true }, t("check.choose"));
    const form = h("form", { novalidate: true },
      h("fieldset", { class: "field", "aria-labelledby": "ask" }, say, ...answers.map(({ key: value, label }) => option(value, labelOf(label))), option(UNKNOWN, t("check.unknown"))),
      h("button", { class: "button", "data-action": "next" }, t("do.next")));
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      const chosen = form.querySelector(":checked");
      say.hidden = Boolean(chosen);
      if (!chosen) return form.querySelector("input").focus();
      this.answers[key] = chosen.value;
      location.hash = `#${step + 1}`;
    });
    const asks = h("h1", { id: "ask" }, labelOf(ask));
    show(`${t("check.title")} · ${this.title}`, this.back(step), h("p", { class: "step" }, t("check.step", { n: step })), asks, help ? h("p", { class: "hint" }, labelOf(help)) : null, form);
  }

  /** @param {number} count how many were asked */
  list(count) {
    const rows = listed(this.checklist, this.answers);
    const left = h("p", { id: "left", role: "status" });
    const tell = () => {
      const lacking = rows.filter(({ paper }) => !this.have.has(paper.key)).length;
      left.textContent = lacking ? t("check.left", { n: lacking }) : t("check.all");
    };
    const row = (/** @type {{paper: Paper, sure: boolean}} */ { paper, sure }) => {
      const box = h("input", { type: "checkbox", checked: this.have.has(paper.key), "data-paper": paper.key });
      box.addEventListener("change", () => {
        if (box.checked) this.have.add(paper.key);
        else this.have.delete(paper.key);
        tell();
      });
      return h("li", {}, h("label", { class: "option" }, box, h("span", {}, h("strong", {}, labelOf(paper.name)), sure ? null : h("small", {}, t("check.perhaps")), h("small", {}, countOf(paper)), h("small", {}, labelOf(paper.how)))));
    };
    tell();
    const again = h("button", { type: "button", class: "link", "data-action": "again" }, t("check.again"));
    again.addEventListener("click", () => {
      this.answers = {};
      this.have.clear();
      location.hash = "#1";
    });
    show(`${t("check.title")} · ${this.title}`, this.back(count + 1), h("h1", {}, t("check.list")), h("p", {}, this.title), h("p", { class: "hint" }, t("check.tick")), h("ul", { class: "plain", id: "papers" }, ...rows.map(row)), left,
      h("a", { class: "button", href: `/to-khai/${this.checklist.procedure}`, "data-action": "begin" }, t("check.begin")), this.sharing(rows), again,
      h("p", { class: "hint" }, `${t("procedure.source")} ${this.checklist.source}. `, this.checklist.verified ? null : t("check.unverified")));
  }

  /** @param {{paper: Paper, sure: boolean}[]} rows */
  sharing(rows) {
    const words = () => [`${t("check.title")} ${this.title}`, ...rows.map(({ paper, sure }) => `${this.have.has(paper.key) ? "[x]" : "[ ]"} ${labelOf(paper.name)} (${[countOf(paper), sure ? "" : t("check.perhaps")].filter(Boolean).join("; ")}). ${labelOf(paper.how)}`), t("app.not_official")].join("\n");
    const said = h("p", { role: "status", class: "hint" });
    const button = h("button", { type: "button", class: "quiet", "data-action": "share" }, t("check.share"));
    button.addEventListener("click", async () => {
      try {
        if (navigator.share) await navigator.share({ text: words() });
        else {
          await navigator.clipboard.writeText(words());
          said.textContent = t("check.copied");
        }
      } catch (fault) {
        if (/** @type {any} */ (fault)?.name === "AbortError") return; // thought better of it
        said.replaceChildren(t("check.copy_yourself"), h("textarea", { readonly: true, rows: 8, "aria-label": t("check.list") }, words()));
      }
    });
    return h("div", {}, button, said);
  }
}

/** Ask, instead of the list of all cases that the page came with. */
export function checklistPage() {
  new Check().begin();
}
