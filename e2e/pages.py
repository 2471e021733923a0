"""What people do on the pages, by the names that protocol §8 fixes: inputs by path, buttons by ``data-action``."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from e2e import ROOT
from e2e.office import UNIT
from e2e.people import SINGLE

FORM = "1.004873"
FORM_PAGE = f"/to-khai/{FORM}"
PASSWORD = "motcua-demo"
Values = Mapping[str, Any]


def form_document() -> dict[str, Any]:
    """Read the form as the server serves it."""
    return dict(json.loads((ROOT / "schemas" / "procedures" / f"{FORM}.json").read_text()))


def fields(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each field of the form with its path, in order."""
    for section in document["sections"]:
        for spec in section["fields"]:
            yield f"{section['key']}.{spec['key']}", spec


def sign_in(page: Page, user: str) -> None:
    """Sign in on the sign-in page and wait to be let through."""
    page.goto("/dang-nhap")
    with page.expect_navigation(url=lambda url: "/dang-nhap" not in url):
        prove(page, user)


def prove(page: Page, user: str) -> None:
    """Say on the page that asks for it who one is, and that one is."""
    page.locator("[name=user]").fill(user)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[data-action=sign-in]").click()


class FormPages:
    """The pages of one draft: its home, its sections, the review."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.document = form_document()
        self.kinds = dict(fields(self.document))

    def sections(self, values: Values) -> list[str]:
        """List the sections that have something to fill, in the form's order."""
        wanted = {path.split(".")[0].split("/")[0] for path in values}
        return [section["key"] for section in self.document["sections"] if section["key"] in wanted]

    def visit(self, section: str) -> None:
        """Open one section from wherever the draft stands."""
        self.page.locator(f"a[data-section={section}]").first.click()
        expect(self.page.locator("h1")).to_be_focused()

    def fill_section(self, section: str, values: Values) -> None:
        """Open a section and answer what ``values`` has for it."""
        self.visit(section)
        for path, value in values.items():
            if path.startswith(f"{section}."):
                self.fill(path, value)

    def fill(self, path: str, value: Any) -> None:
        """Answer one question, given the canonical value."""
        kind = self.kinds[path]["kind"]
        if kind in ("date", "partial_date"):
            self._fill_date(path, value)
        elif kind == "address":
            self._fill_address(path, value)
        else:
            self._fill_plain(path, value)

    def saved(self) -> None:
        """Wait until the page says that what is on it is kept."""
        expect(self.state_line()).to_have_attribute("data-state", "saved")
        expect(self.state_line()).to_contain_text("Đã lưu trên máy này")

    def state_line(self) -> Locator:
        """The line that says where the work is."""
        return self.page.locator("[data-state]").first

    def fill_all(self, values: Values) -> None:
        """Answer everything, section by section."""
        for section in self.sections(values):
            self.fill_section(section, values)
            self.carry_on()

    def carry_on(self) -> None:
        """Press the section's main button."""
        self.page.locator("[data-action=continue]").click()

    def review(self) -> None:
        """Go to the last page before sending."""
        self.page.locator("[data-action=review]").first.click()
        expect(self.page.locator("[data-action=submit]")).to_be_visible()

    def submit(self) -> None:
        """Press "Gửi" and arrive at the dossier's own page, which says where it is."""
        self.page.locator("[data-action=submit]").click()
        self.page.wait_for_url("**/cua-toi?d=*")

    def submit_if_offered(self) -> None:
        """Press "Gửi" if this tab still has the button: another tab may have been quicker."""
        button = self.page.locator("[data-action=submit]")
        if button.count() and button.is_enabled():
            button.click()

    def try_now(self) -> None:
        """Press "Thử ngay" if it is still there: the phone may have tried by itself and gone on."""
        self._press_if_there("try-now")

    def save_again(self) -> None:
        """Press "Lưu lại" if it is still there: hiding the page, and each key, saves too."""
        self._press_if_there("save-again")

    def _press_if_there(self, action: str) -> None:
        self.page.evaluate("action => document.querySelector(`[data-action=${action}]`)?.click()", action)

    def ask_news(self) -> None:
        """Press the button that asks the system for news."""
        self.page.locator("[data-action=ask-news]").click()

    def _fill_date(self, path: str, value: str) -> None:
        for part, text in zip(("year", "month", "day"), value.split("-"), strict=False):
            self.page.locator(f'[name="{path}:{part}"]').fill(text)

    def _fill_address(self, path: str, value: dict[str, str]) -> None:
        self._pick(f"{path}:commune", value["commune"])
        self.page.locator(f'[name="{path}:detail"]').fill(value["detail"])

    def _fill_plain(self, path: str, value: Any) -> None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        inputs = self.page.locator(f'[name="{path}"]')
        if inputs.first.get_attribute("type") == "radio":
            self._pick(path, text)
        else:
            inputs.fill(text)

    def _pick(self, name: str, value: str) -> None:
        """Touch the row of a radio button, as a thumb does."""
        radio = self.page.locator(f'input[name="{name}"][value="{value}"]')
        self.page.locator("label").filter(has=radio).click()
        expect(radio).to_be_checked()


#: What an answer says, without who wrote it when, which stands there only where it differs from the rest.
ANSWER = """dd => { const { innerText } = dd, by = dd.querySelector("small")?.innerText;
  return by ? innerText.slice(0, innerText.lastIndexOf(by)).trim() : innerText; }"""


class Desk:
    """The office's screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def dossiers(self) -> list[str]:
        """List the ids on the worklist."""
        self.page.goto("/desk")
        rows = self.page.locator("[data-dossier]").all()
        return [row.get_attribute("data-dossier") or "" for row in rows]

    def open(self, dossier: str) -> dict[str, str]:
        """Open one dossier; give each answer as the officer reads it, by path."""
        self.page.goto(f"/desk/d/{dossier}")
        lines = self.page.locator("[data-path]")
        return {line.get_attribute("data-path") or "": line.locator("dd").evaluate(ANSWER) for line in lines.all()}

    def receive(self) -> None:
        """Take the dossier in: state 1 → 2."""
        self.page.locator("[data-action=receive]").click()
        expect(self.page.locator("[data-action=receive]")).to_have_count(0)


def in_words(path: str, value: Any) -> str:
    """Say an answer as people read it."""
    spec = dict(fields(form_document()))[path]
    if spec["kind"] in ("date", "partial_date"):
        return "/".join(reversed(value.split("-")))
    if spec["kind"] == "yes_no":
        return "Có" if value else "Không"
    if spec["kind"] == "choice":
        options = spec["options"] if isinstance(spec["options"], list) else _shared_list(spec["options"])
        return next(str(option["label"]["vi"]) for option in options if option["value"] == value)
    return str(value["detail"]) if spec["kind"] == "address" else str(value)


def _shared_list(name: str) -> list[dict[str, Any]]:
    return list(json.loads((ROOT / "schemas" / "lists" / f"{name}.json").read_text()))


def ready_to_send(page: Page) -> FormPages:
    """Fill in the whole form and stop before "Gửi"."""
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.fill_all(SINGLE)
    form.review()
    return form


#: What the worker's script says is kept once the application is ready, until all of it is.
LATER_KEPT = """async () => {
  const script = await (await fetch("/sw.js")).text();
  const { later } = JSON.parse(script.slice(script.indexOf("{"), script.indexOf(";\\n")));
  const missing = async () => (await Promise.all(later.map((path) => caches.match(path)))).includes(undefined);
  while (await missing()) await new Promise((next) => setTimeout(next, 50));
}"""


def ready_offline(page: Page) -> None:
    """Wait until the service worker has all that a form needs and is in charge."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")


def kept_for_offline(page: Page) -> None:
    """Wait until the service worker is in charge and has everything, also what few open and what comes last."""
    ready_offline(page)
    page.evaluate(LATER_KEPT)


def dossier_of(page: Page) -> str:
    """Read the dossier's id off the page that shows it."""
    found = page.locator("[data-dossier]").first.get_attribute("data-dossier")
    if not found:
        raise AssertionError(f"no dossier on {page.url}")
    return found


def status_page(dossier: str) -> str:
    """Address of a dossier's status page."""
    return f"/cua-toi?d={dossier}"


CODE = re.compile(rf"(?:LS-{UNIT}|H37\.\d+)-\d{{6}}-\d{{4}}")
