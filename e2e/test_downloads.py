"""What comes down broken, or from somebody else, is not taken for the real thing, and the next visit is whole."""

import contextlib
from dataclasses import replace

import pytest
from playwright.sync_api import Error, Page, expect

from e2e.engines import both_engines
from e2e.pages import FORM_PAGE, FormPages, ready_offline
from e2e.phone import Phone
from e2e.proxy import BAD_GATEWAY, CAPTIVE_PORTAL, REDIRECTED, UNREACHABLE, FaultProxy, Weather

pytestmark = both_engines
#: All pages, which the worker gets together.
PAGES = ("GET", "/assets/pages.")
WORKER = ("GET", "/sw.js")
#: What a box on the road puts in the place of what was asked for.
IN_ITS_PLACE = [CAPTIVE_PORTAL, REDIRECTED, BAD_GATEWAY]


def usable_form(page: Page) -> None:
    """Open the form and answer a question of it."""
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.fill_section("applicant", {"applicant.full_name": "Hoàng Thị Ngân"})
    form.saved()


def kept_whole(page: Page, proxy: FaultProxy) -> None:
    """Check that the next visit brings all that the days without network need."""
    proxy.clear()
    page.goto("/")
    ready_offline(page)
    proxy.set(UNREACHABLE)
    usable_form(page)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(FORM_PAGE, id="page", marks=pytest.mark.long),
        pytest.param("/assets/app.", id="style", marks=pytest.mark.long),
        pytest.param("/assets/part.", id="script"),
    ],
)
def test_a_download_cut_in_the_middle_is_whole_at_the_next_visit(phone: Phone, proxy: FaultProxy, path: str) -> None:
    page = phone.open()
    proxy.set(Weather(only=("GET", path), times=1, cut_down_bytes=700))
    cut = phone.running.new_page()  # a browser shows its page about the cut when it likes: in a tab of its own
    with contextlib.suppress(Error):  # a page cut in the middle is an error to one browser and a short page to another
        cut.goto(FORM_PAGE, wait_until="commit")
    proxy.wait_until(lambda: any(each.broken for each in proxy.seen("GET", path)), "a download to cut")
    cut.close()
    usable_form(page)


@pytest.mark.long
def test_pages_that_did_not_come_whole_are_never_kept_for_the_days_without_network(
    phone: Phone, proxy: FaultProxy
) -> None:
    page = phone.open()
    for weather in (*(Weather(answer=answer) for answer in IN_ITS_PLACE), Weather(cut_down_bytes=3000)):
        before = len(proxy.seen(*PAGES))
        proxy.set(replace(weather, only=PAGES))
        page.goto("/")
        proxy.wait_seen(before + 1, *PAGES)
    kept_whole(page, proxy)


@pytest.mark.long
def test_a_worker_that_is_a_captive_portal_s_page_is_refused_and_hurts_nobody(phone: Phone, proxy: FaultProxy) -> None:
    page = phone.open()
    for answer in IN_ITS_PLACE:
        before = len(proxy.seen(*WORKER))
        proxy.set(Weather(only=WORKER, answer=answer))
        usable_form(page)
        proxy.wait_seen(before + 1, *WORKER)
        expect(page.locator("[role=alert]")).to_have_count(0)
    kept_whole(page, proxy)


@pytest.mark.long
def test_a_captive_portal_in_place_of_a_new_version_leaves_the_old_one_whole(citizen: Phone, proxy: FaultProxy) -> None:
    proxy.set(Weather(only=WORKER, answer=CAPTIVE_PORTAL))
    refused = "navigator.serviceWorker.getRegistration().then(each => each.update()).then(() => false, () => true)"
    assert citizen.page.evaluate(refused)
    proxy.set(UNREACHABLE)
    usable_form(citizen.page)
