"""What comes down broken, or from somebody else, is not taken for the real thing, and the next visit is whole."""

import contextlib

import pytest
from playwright.sync_api import Error, Page, expect

from e2e.engines import both_engines
from e2e.pages import FORM_PAGE, FormPages, kept_for_offline
from e2e.phone import Phone
from e2e.proxy import BAD_GATEWAY, CAPTIVE_PORTAL, REDIRECTED, UNREACHABLE, FaultProxy, Weather

pytestmark = both_engines
FORM = ("GET", FORM_PAGE)
WORKER = ("GET", "/sw.js")


def visit(page: Page, path: str) -> None:
    """Go to a page whose answer may break off."""
    with contextlib.suppress(Error):  # a page cut in the middle is an error to one browser and a short page to another
        page.goto(path)


def usable_form(page: Page) -> None:
    """Open the form and answer a question of it."""
    page.goto(FORM_PAGE)
    form = FormPages(page)
    form.fill_section("applicant", {"applicant.full_name": "Hoàng Thị Ngân"})
    form.saved()


@pytest.mark.parametrize("path", [FORM_PAGE, "/assets/app.", "/assets/part."], ids=["page", "script-or-style", "part"])
def test_a_download_cut_in_the_middle_is_whole_at_the_next_visit(phone: Phone, proxy: FaultProxy, path: str) -> None:
    page = phone.open()
    proxy.set(Weather(only=("GET", path), times=1, cut_down_bytes=700))
    visit(page, FORM_PAGE)
    proxy.wait_seen(1, "GET", path)
    usable_form(page)


@pytest.mark.parametrize(
    "weather",
    [
        Weather(only=FORM, answer=CAPTIVE_PORTAL),
        Weather(only=FORM, answer=REDIRECTED),
        Weather(only=FORM, answer=BAD_GATEWAY),
        Weather(only=FORM, cut_down_bytes=3000),
    ],
    ids=["captive-portal", "captive-redirect", "502-from-a-proxy", "cut"],
)
def test_a_form_that_did_not_come_whole_is_never_kept_for_the_days_without_network(
    phone: Phone, proxy: FaultProxy, weather: Weather
) -> None:
    page = phone.open()
    proxy.set(weather)
    page.goto("/")
    proxy.wait_seen(1, *FORM)
    proxy.clear()
    page.goto("/")
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    usable_form(page)


@pytest.mark.parametrize("answer", [CAPTIVE_PORTAL, REDIRECTED, BAD_GATEWAY], ids=["portal", "redirect", "502"])
def test_a_worker_that_is_a_captive_portal_s_page_is_refused_and_hurts_nobody(
    phone: Phone, proxy: FaultProxy, answer: bytes
) -> None:
    page = phone.open()
    proxy.set(Weather(only=WORKER, answer=answer))
    usable_form(page)
    proxy.wait_seen(1, *WORKER)
    expect(page.locator("[role=alert]")).to_have_count(0)
    proxy.clear()
    page.goto("/")
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    usable_form(page)


def test_a_captive_portal_in_place_of_a_new_version_leaves_the_old_one_whole(citizen: Phone, proxy: FaultProxy) -> None:
    proxy.set(Weather(only=WORKER, answer=CAPTIVE_PORTAL))
    refused = "navigator.serviceWorker.getRegistration().then(each => each.update()).then(() => false, () => true)"
    assert citizen.page.evaluate(refused)
    proxy.set(UNREACHABLE)
    usable_form(citizen.page)
