"""What every journey must come to: the office has the dossier once and whole, and the phone said so only then."""

from playwright.sync_api import BrowserContext, Page, expect

from e2e.office import Office, values_of
from e2e.pages import CODE, FORM_PAGE, FormPages, dossier_of
from e2e.people import SINGLE
from e2e.proxy import FaultProxy

#: Keeps, in each page, the states that its first state line has shown.
WATCH = """
window.told = [];
const note = () => {
  const state = document.querySelector("main [data-state]")?.dataset.state;
  if (state && state !== told.at(-1)) told.push(state);
};
new MutationObserver(note).observe(document, {childList: true, subtree: true, attributeFilter: ["data-state"]});
"""


def watch(context: BrowserContext) -> None:
    """Listen from now on to what the pages say."""
    context.add_init_script(WATCH)


def at_review(page: Page, proxy: FaultProxy) -> FormPages:
    """Open the draft at "Gửi" and wait until the page has its news: it asks once by itself, at no known time."""
    before = len(proxy.seen())
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.review()
    proxy.wait_answered(since=before)
    return form


def told(page: Page) -> list[str]:
    """List the states that a page has shown since it was opened, in order."""
    return list(page.evaluate("told"))


def waiting(form: FormPages) -> None:
    """Wait until the page says that the dossier is still on the phone, and that nobody has it."""
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    expect(form.state_line()).to_contain_text("Đang chờ gửi")
    assert not CODE.search(form.page.locator("main").inner_text())


def received(form: FormPages) -> None:
    """Wait for the tick; until then the page must have said that the work is here."""
    expect(form.state_line()).to_have_attribute("data-state", "received", timeout=45_000)
    before = told(form.page)[:-1]
    assert set(before) <= {"waiting", "sending"}, before


def one_dossier(office: Office, form: FormPages) -> None:
    """Check that the office has this dossier once, with every value and the code that the phone shows."""
    (stored,) = office.dossiers()
    assert stored["id"] == dossier_of(form.page)
    assert stored["state"] == "1"
    assert values_of(stored) == values_of(stored) | SINGLE
    codes = set(CODE.findall(form.page.locator("main").inner_text()))
    assert codes == {stored["code"]}
