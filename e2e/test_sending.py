"""Whatever the network does to the one POST that matters: one dossier, and the phone knows."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from e2e.arrival import at_review, one_dossier, received, told, waiting
from e2e.engines import CHROMIUM, both_engines
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages
from e2e.phone import Phone
from e2e.proxy import (
    BAD_GATEWAY,
    CAPTIVE_PORTAL,
    REDIRECTED,
    SLOW_2G,
    SYNC,
    TOO_LARGE,
    TRY_LATER,
    UNREACHABLE,
    FaultProxy,
    Weather,
)

pytestmark = both_engines

#: Longer than a phone waits for an answer, and than the first pauses between its tries.
PATIENCE_MS = 25_000
#: Leaves the page to send alone. Where a worker may be the one, the page says that the dossier waits until it is told
#: of the answer (decision 57), and which of them is quicker nobody knows.
NO_BACKGROUND_SYNC = "delete ServiceWorkerRegistration.prototype.sync"


def test_a_dossier_waits_for_a_server_that_cannot_be_reached(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    proxy.set(UNREACHABLE)
    form.submit()
    waiting(form)
    assert not office.dossiers()
    proxy.clear()
    form.try_now()
    received(form)
    one_dossier(office, form)


def test_an_answer_lost_on_a_warm_connection_makes_no_second_dossier(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    """Browsers send the POST again by themselves when a reused connection dies: the wire shows more than one."""
    form = FormPages(filled.page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, times=3, lose_answer=True), keep_warm=True)
    form.submit()
    proxy.wait_seen(before + 4)
    received(form)
    carried = [request for request in proxy.seen()[before:] if request.answered and '"submit"' in request.text()]
    assert len(carried) > 1, "the server was told more than once"
    one_dossier(office, form)


@pytest.mark.long
def test_an_answer_lost_on_a_fresh_connection_makes_no_second_dossier(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = FormPages(filled.page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, times=1, lose_answer=True))
    form.submit()
    proxy.wait_seen(before + 2)
    received(form)
    one_dossier(office, form)


#: The line goes silent before the server has heard, or after it has committed.
SWALLOWED, HELD_BACK = Weather(only=SYNC, swallow=True), Weather(only=SYNC, hold_answer=True)


def test_a_half_open_connection_is_given_up_when_it_breaks(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    filled.page.evaluate(NO_BACKGROUND_SYNC)
    before = len(proxy.seen())
    proxy.set(SWALLOWED)
    form.submit()
    proxy.wait_seen(before + 1)
    expect(form.state_line()).to_have_attribute("data-state", "sending")
    proxy.set(HELD_BACK)
    form.try_now()
    proxy.wait_answered(since=before)
    expect(form.state_line()).to_have_attribute("data-state", "sending")
    proxy.clear()
    form.try_now()
    received(form)
    assert told(filled.page)[-2:] == ["sending", "received"]
    one_dossier(office, form)


def test_a_line_that_stays_silent_is_given_up_by_the_clock(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    filled.running.add_init_script(NO_BACKGROUND_SYNC)
    filled.page.clock.install()
    form = at_review(filled.page, proxy)
    before = len(proxy.seen())
    proxy.set(replace(SWALLOWED, times=1))
    form.submit()
    proxy.wait_seen(before + 1)
    expect(form.state_line()).to_have_attribute("data-state", "sending")
    proxy.set(replace(HELD_BACK, times=1), keep_warm=True)
    filled.page.clock.fast_forward(PATIENCE_MS)
    proxy.wait_seen(before + 2)
    expect(form.state_line()).to_have_attribute("data-state", "sending")
    filled.page.clock.fast_forward(PATIENCE_MS)
    proxy.wait_seen(before + 3)
    received(form)
    assert told(filled.page)[-2:] == ["sending", "received"]
    one_dossier(office, form)


def test_a_message_cut_in_the_middle_is_sent_whole_later(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, cut_up_bytes=900))
    form.submit()
    proxy.wait_seen(before + 1)
    waiting(form)
    assert not office.dossiers(), "half a request is none"
    proxy.set(Weather(only=SYNC, cut_down_bytes=60))
    form.try_now()
    proxy.wait_answered(since=before)
    waiting(form)
    proxy.clear()
    form.try_now()
    received(form)
    one_dossier(office, form)


def test_what_is_no_protocol_answer_counts_as_none(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    press = form.submit
    for answer in (CAPTIVE_PORTAL, REDIRECTED, TOO_LARGE, BAD_GATEWAY):
        before = len(proxy.seen())
        proxy.set(Weather(only=SYNC, answer=answer))
        press()
        proxy.wait_seen(before + 1)
        waiting(form)
        press = form.try_now
    assert not office.dossiers()
    proxy.clear()
    form.try_now()
    received(form)
    one_dossier(office, form)


def test_a_server_that_asks_for_time_gets_it(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    filled.running.add_init_script(NO_BACKGROUND_SYNC)
    filled.page.clock.install()
    form = at_review(filled.page, proxy)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, times=1, answer=TRY_LATER))
    form.submit()
    expect(form.state_line()).to_contain_text("Hệ thống đang bận")
    waiting(form)
    assert len(proxy.seen()) == before + 1
    filled.page.clock.fast_forward(100_000)
    assert len(proxy.seen()) == before + 1, "120 seconds were asked for"
    filled.page.clock.fast_forward(PATIENCE_MS)
    received(form)
    one_dossier(office, form)


def test_a_network_that_comes_back_is_noticed_by_the_phone_itself(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    """After many tries in vain the next would be minutes away, and no event tells of a server that is back."""
    form = FormPages(filled.page)
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


def test_a_slow_2g_road_carries_a_dossier(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    filled.page.evaluate(NO_BACKGROUND_SYNC)
    proxy.set(SLOW_2G)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", re.compile("sending|received"))
    received(form)
    one_dossier(office, form)


def test_a_clock_wrong_by_years_sends_all_the_same(filled: Phone, office: Office) -> None:
    form = FormPages(filled.page)
    year = 2009 if filled.engine is CHROMIUM else 2041
    filled.page.clock.set_system_time(f"{year}-03-01T09:00:00+07:00")
    filled.page.goto(FORM_PAGE)
    form.review()
    form.submit()
    received(form)
    one_dossier(office, form)
    assert str(year) not in form.state_line().inner_text(), "the time of receipt is the system's"


@pytest.mark.long
def test_two_tabs_pressing_send_make_one_dossier(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    form = FormPages(filled.page)
    second = filled.running.new_page()
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
