"""Whatever the network does to the one POST that matters: one dossier, and the phone knows."""

import pytest
from playwright.sync_api import expect

from e2e.engines import both_engines
from e2e.office import Office, values_of
from e2e.pages import FORM_PAGE, FormPages, dossier_of, ready_to_send
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import BAD_GATEWAY, CAPTIVE_PORTAL, SLOW_2G, SYNC, TOO_LARGE, UNREACHABLE, FaultProxy, Weather


def received(form: FormPages) -> None:
    """Wait for the tick."""
    expect(form.state_line()).to_have_attribute("data-state", "received", timeout=45_000)


def one_dossier(office: Office, form: FormPages) -> None:
    """Check that the office has this dossier once, with a code and every value."""
    (stored,) = office.dossiers()
    assert stored["id"] == dossier_of(form.page)
    assert stored["code"]
    assert values_of(stored) == values_of(stored) | SINGLE


def test_an_answer_lost_on_a_warm_connection_makes_no_second_dossier(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    """Chromium sends the POST again by itself when a reused connection dies: the wire shows more than one."""
    form = ready_to_send(citizen.page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, times=3, lose_answer=True), keep_warm=True)
    form.submit()
    received(form)
    posts = [request for request in proxy.seen()[before:] if b'"submit"' in request.body or request.body]
    assert len(posts) > 3
    one_dossier(office, form)


@both_engines
def test_an_answer_lost_on_a_fresh_connection_makes_no_second_dossier(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = ready_to_send(citizen.page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, times=1, lose_answer=True))
    form.submit()
    proxy.wait_seen(before + 2)
    received(form)
    one_dossier(office, form)


@pytest.mark.parametrize(
    "weather",
    [Weather(only=SYNC, swallow=True), Weather(only=SYNC, hold_answer=True)],
    ids=["before-the-server", "after-the-commit"],
)
def test_a_half_open_connection_is_given_up_and_tried_again(
    citizen: Phone, proxy: FaultProxy, office: Office, weather: Weather
) -> None:
    form = ready_to_send(citizen.page)
    before = len(proxy.seen())
    proxy.set(weather)
    form.submit()
    proxy.wait_seen(before + 1)
    proxy.clear()
    form.try_now()
    received(form)
    one_dossier(office, form)


@pytest.mark.parametrize(
    "weather",
    [Weather(only=SYNC, times=1, cut_up_bytes=900), Weather(only=SYNC, times=1, cut_down_bytes=60)],
    ids=["request", "answer"],
)
def test_a_message_cut_in_the_middle_is_sent_whole_later(
    citizen: Phone, proxy: FaultProxy, office: Office, weather: Weather
) -> None:
    form = ready_to_send(citizen.page)
    before = len(proxy.seen())
    proxy.set(weather)
    form.submit()
    proxy.wait_seen(before + 2)
    received(form)
    one_dossier(office, form)


@pytest.mark.parametrize(
    "answer", [CAPTIVE_PORTAL, TOO_LARGE, BAD_GATEWAY], ids=["captive-portal", "413-from-a-proxy", "502-from-a-proxy"]
)
def test_what_is_no_protocol_answer_counts_as_none(
    citizen: Phone, proxy: FaultProxy, office: Office, answer: bytes
) -> None:
    form = ready_to_send(citizen.page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, answer=answer))
    form.submit()
    proxy.wait_seen(before + 1)
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    assert not office.dossiers()
    proxy.clear()
    form.try_now()
    received(form)
    one_dossier(office, form)


def test_a_network_that_comes_back_is_noticed_by_the_phone_itself(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    """After many tries in vain the next would be minutes away, and no event tells of a server that is back."""
    form = ready_to_send(citizen.page)
    proxy.set(Weather(only=SYNC, answer=BAD_GATEWAY))
    before = len(proxy.seen())
    form.submit()
    for tries in range(1, 8):
        proxy.wait_seen(before + tries)
        expect(form.state_line()).to_have_attribute("data-state", "waiting")
        form.try_now()
    proxy.clear()
    received(form)
    one_dossier(office, form)


def test_a_slow_2g_road_carries_a_dossier(citizen: Phone, proxy: FaultProxy, office: Office) -> None:
    form = ready_to_send(citizen.page)
    proxy.set(SLOW_2G)
    form.submit()
    received(form)
    one_dossier(office, form)


@pytest.mark.parametrize("year", [2009, 2041])
def test_a_clock_wrong_by_years_sends_all_the_same(citizen: Phone, office: Office, year: int) -> None:
    page = citizen.page
    page.clock.set_system_time(f"{year}-03-01T09:00:00+07:00")
    form = ready_to_send(page)
    form.submit()
    received(form)
    one_dossier(office, form)
    assert str(year) not in form.state_line().inner_text(), "the time of receipt is the system's"


def test_two_tabs_pressing_send_make_one_dossier(citizen: Phone, proxy: FaultProxy, office: Office) -> None:
    form = ready_to_send(citizen.page)
    second = citizen.running.new_page()
    second.goto(FORM_PAGE)
    other = FormPages(second)
    other.review()
    proxy.set(UNREACHABLE)
    form.submit()
    other.submit_if_offered()
    proxy.clear()
    form.try_now()
    received(form)
    one_dossier(office, form)
