"""The browser is shot, or the phone put away, at each step of sending: what was said before holds afterwards."""

import pytest
from playwright.sync_api import expect

from e2e.arrival import one_dossier, received, waiting, watch
from e2e.engines import both_engines
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages, dossier_of, status_page
from e2e.phone import Phone
from e2e.proxy import CLEAR, SYNC, UNREACHABLE, FaultProxy, Weather

pytestmark = both_engines


def shot_and_back(phone: Phone, proxy: FaultProxy, weather: Weather, path: str) -> FormPages:
    """Kill the browser, change the weather while it is dead, start it again at a page."""
    phone.kill()
    proxy.set(weather)
    page = phone.open()
    watch(phone.running)
    page.goto(path)
    return FormPages(page)


@pytest.mark.long
def test_a_browser_shot_before_send_has_sent_nothing_and_lost_nothing(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = shot_and_back(filled, proxy, CLEAR, FORM_PAGE)
    assert office.dossiers() == []
    form.review()
    form.submit()
    received(form)
    one_dossier(office, form)


def test_what_waits_survives_the_browser_and_goes_when_the_network_is_back(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    """The front page is enough: nobody has to look for the dossier, or to press anything."""
    form = FormPages(filled.page)
    proxy.set(UNREACHABLE)
    form.submit()
    waiting(form)
    dossier = dossier_of(filled.page)
    form = shot_and_back(filled, proxy, UNREACHABLE, status_page(dossier))
    waiting(form)
    before = len(proxy.answered())
    shot_and_back(filled, proxy, CLEAR, "/")
    proxy.wait_answered(before + 1)
    filled.page.goto(status_page(dossier))
    received(form := FormPages(filled.page))
    one_dossier(office, form)


@pytest.mark.parametrize(
    "weather",
    [
        pytest.param(Weather(only=SYNC, swallow=True), id="before-the-server", marks=pytest.mark.long),
        pytest.param(Weather(only=SYNC, hold_answer=True), id="after-the-commit"),
    ],
)
def test_a_browser_shot_while_it_sends_sends_no_second_dossier(
    filled: Phone, proxy: FaultProxy, office: Office, weather: Weather
) -> None:
    form = FormPages(filled.page)
    before = len(proxy.seen())
    proxy.set(weather)
    form.submit()
    dossier = dossier_of(filled.page)
    proxy.wait_seen(before + 1)
    if weather.hold_answer:
        proxy.wait_answered(since=before)
    assert len(office.dossiers()) == int(weather.hold_answer)
    form = shot_and_back(filled, proxy, CLEAR, status_page(dossier))
    received(form)
    one_dossier(office, form)


@pytest.mark.long
def test_the_tick_survives_the_browser_and_needs_no_network(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    form.submit()
    received(form)
    form = shot_and_back(filled, proxy, UNREACHABLE, status_page(dossier_of(filled.page)))
    expect(form.state_line()).to_have_attribute("data-state", "received")
    one_dossier(office, form)
