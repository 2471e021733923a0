"""The main job: find the form, lose the network, fill in over several visits, send, see it at the office."""

import pytest
from playwright.sync_api import Page, expect

from e2e.office import Office, values_of
from e2e.pages import CODE, FORM, FORM_PAGE, Desk, FormPages, dossier_of, in_words
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy


class NoServer:
    """The network is lost because the server has stopped."""

    def __init__(self, phone: Phone, office: Office, _: FaultProxy) -> None:
        self.phone, self.office = phone, office

    def lose(self) -> None:
        self.office.stop()

    def restore(self) -> None:
        """Nothing tells a phone that a server is back; the person at the phone presses the button."""
        self.office.start()
        FormPages(self.phone.page).try_now()

    def again(self) -> None:
        """A restarted browser finds the server as gone as before."""


class NoSignal:
    """The network is lost because the phone has none; it is told when that changes.

    Playwright's switch tells the pages but not a worker woken by Background Sync, so the road is closed as well.
    """

    def __init__(self, phone: Phone, _: Office, proxy: FaultProxy) -> None:
        self.phone, self.proxy = phone, proxy

    def lose(self) -> None:
        self.proxy.set(UNREACHABLE)
        self.phone.running.set_offline(True)

    def restore(self) -> None:
        self.proxy.clear()
        self.phone.running.set_offline(False)

    def again(self) -> None:
        """A new browser process begins with a network; take it away before any page is asked for."""
        self.lose()


def find_form(page: Page) -> None:
    """Walk from the front page to the form by what is written on the pages."""
    page.goto("/")
    page.locator(f'[data-procedure="{FORM}"] a, a[data-procedure="{FORM}"]').first.click()
    page.wait_for_url(f"**/thu-tuc/{FORM}")
    page.locator(f'a[href^="{FORM_PAGE}"]').first.click()
    page.wait_for_url(f"**{FORM_PAGE}*")


#: How many sections are filled in between two deaths of the browser: Firefox takes long to be born again.
SECTIONS_A_LIFE = {"chromium": 1, "firefox": 4}


@pytest.mark.parametrize(
    ("network", "engine"),
    [(NoServer, "chromium"), pytest.param(NoSignal, "chromium", marks=pytest.mark.long), (NoServer, "firefox")],
    ids=["server-stopped", "no-signal", "server-stopped-firefox"],
    indirect=["engine"],
)
def test_a_dossier_filled_in_without_network_reaches_the_office_whole(
    network: type[NoServer | NoSignal], citizen: Phone, proxy: FaultProxy, office: Office, desk: Desk
) -> None:
    outage = network(citizen, office, proxy)
    find_form(citizen.page)
    sections = FormPages(citizen.page).sections(SINGLE)
    outage.lose()
    for number, section in enumerate(sections, 1):
        form = FormPages(citizen.page)
        form.fill_section(section, SINGLE)
        form.saved()
        if number % SECTIONS_A_LIFE[citizen.engine.name] == 0:
            citizen.kill()
            citizen.open()
            outage.again()
        citizen.page.goto(FORM_PAGE)

    form = FormPages(citizen.page)
    form.review()
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    expect(form.state_line()).to_contain_text("Đang chờ gửi")
    dossier = dossier_of(citizen.page)

    outage.restore()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    expect(form.state_line()).to_contain_text("Đã nhận đủ")
    code = CODE.search(citizen.page.locator("main").inner_text())
    assert code, "the code of the dossier is on the page"

    (stored,) = office.dossiers()
    assert stored["id"] == dossier
    assert stored["code"] == code.group()
    assert values_of(stored) == values_of(stored) | SINGLE

    assert desk.dossiers() == [dossier]
    answers = desk.open(dossier)
    assert {path: in_words(path, value) in answers.get(path, "") for path, value in SINGLE.items()} == dict.fromkeys(
        SINGLE, True
    )
    desk.receive()
    citizen.page.reload()
    expect(form.state_line()).to_have_attribute("data-state", "office")
    assert [each["state"] for each in office.dossiers()] == ["2"]


def test_a_killed_server_takes_nothing_with_it(citizen: Phone, office: Office) -> None:
    citizen.page.goto(FORM_PAGE)
    form = FormPages(citizen.page)
    form.fill_all(SINGLE)
    form.review()
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    office.kill()
    office.start()
    (stored,) = office.dossiers()
    assert values_of(stored) == values_of(stored) | SINGLE
