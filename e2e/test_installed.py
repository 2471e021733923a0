"""The application on the phone: opens with no network, can be installed, sends with no page open."""

import re

import httpx
import pytest
from playwright.sync_api import Error, Page, expect

from e2e.office import Office
from e2e.pages import FORM, FORM_PAGE, FormPages, kept_for_offline, ready_to_send
from e2e.phone import Phone
from e2e.proxy import CLEAR, UNREACHABLE, FaultProxy, Weather, canned
from e2e.waking import close_pages_and_wake

SHELL = ["/", "/thu-tuc", f"/thu-tuc/{FORM}", "/cua-toi", FORM_PAGE, "/cai-dat", "/dang-nhap"]


@pytest.fixture
def offline(citizen: Phone, proxy: FaultProxy) -> Page:
    """A second visit with nothing at the other end."""
    kept_for_offline(citizen.page)
    proxy.set(UNREACHABLE)
    return citizen.page


def test_a_second_visit_needs_no_network(offline: Page) -> None:
    for path in SHELL:
        offline.goto(path)
        expect(offline.locator("h1")).to_be_visible()
        expect(offline.locator("h1")).not_to_be_empty()
    offline.goto(FORM_PAGE)
    form = FormPages(offline)
    first = form.document["sections"][0]["key"]
    form.visit(first)
    expect(offline.locator(f'[name^="{first}."]').first).to_be_visible()


@pytest.mark.long
def test_the_worker_leaves_posts_and_answers_with_people_in_them_alone(offline: Page, proxy: FaultProxy) -> None:
    offline.goto("/")
    with pytest.raises(Error, match="Failed to fetch"):
        offline.evaluate("fetch('/sync/v1', {method: 'POST', body: '{}'})")
    proxy.set(CLEAR)
    status = offline.evaluate(
        "fetch('/sync/v1', {method: 'POST', body: '{}', headers: {'Content-Type': 'application/json'}})"
        ".then(answer => answer.status)"
    )
    assert status == 400
    assert offline.evaluate("fetch('/accounts/me').then(answer => answer.status)") == 200
    kept = offline.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(c => c.keys()))))"
        ".then(lists => lists.flat().map(request => request.method + ' ' + new URL(request.url).pathname))"
    )
    assert kept
    assert all(entry.startswith("GET ") for entry in kept)
    private = ("/accounts", "/sync", "/desk", "/metrics", "/health")
    assert not [entry for entry in kept if entry.removeprefix("GET ").startswith(private)]


def test_a_waiting_dossier_goes_by_background_sync_with_no_page_open(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    kept_for_offline(citizen.page)
    form = ready_to_send(citizen.page)
    proxy.set(UNREACHABLE)
    answered = len(proxy.answered())
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    close_pages_and_wake(citizen, proxy)
    proxy.wait_answered(answered + 1)
    (stored,) = office.dossiers()
    assert stored["state"] == "1"


def offer_update(phone: Phone, proxy: FaultProxy, office: Office) -> None:
    """Put another version of the worker on the road and make the phone look for it."""
    script = httpx.get(f"{office.address}/sw.js").text
    newer = re.sub(r'"version":"\w+"', '"version":"newer"', script, count=1)
    assert newer != script
    proxy.set(Weather(only=("GET", "/sw.js"), answer=canned("200 OK", newer, "text/javascript; charset=utf-8")))
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then(each => each.update()).then(() => null)")


def test_a_new_version_waits_for_the_person_and_costs_no_letter(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    page = citizen.page
    page.goto(FORM_PAGE)
    FormPages(page).visit("applicant")
    name = page.locator('[name="applicant.full_name"]')
    offer_update(citizen, proxy, office)
    expect(page.locator("#update")).to_contain_text("Ứng dụng có bản mới")
    name.fill("Hoàng Thị Ngân")
    with page.expect_event("load"):
        page.locator("[data-action=update]").click()
    expect(name).to_have_value("Hoàng Thị Ngân")
    assert page.evaluate("caches.keys()") == ["motcua-newer"]


@pytest.mark.long
def test_a_new_version_never_takes_over_a_form_in_another_tab(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    writing = citizen.running.new_page()
    writing.goto(FORM_PAGE)
    FormPages(writing).visit("applicant")
    offer_update(citizen, proxy, office)
    citizen.page.locator("[data-action=update]").click()
    writing.locator('[name="applicant.full_name"]').fill("Hoàng Thị Ngân")
    FormPages(writing).saved()
    waiting = "navigator.serviceWorker.getRegistration().then(each => each.waiting !== null)"
    assert citizen.page.evaluate(waiting)
    assert len(citizen.page.evaluate("caches.keys()")) == 2, "the old version is whole until the new one is in charge"


def test_nothing_stands_in_the_way_of_installing(citizen: Phone) -> None:
    kept_for_offline(citizen.page)
    expect(citizen.page.locator("link[rel=manifest]")).to_have_count(1)
    browser = citizen.cdp()
    assert not browser.send("Page.getAppManifest")["errors"]  # comes back once the manifest has been fetched
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error for error in found if error["errorId"] != "in-incognito"] == []


@pytest.mark.long
def test_symbols_are_drawn_from_their_file_with_and_without_network(offline: Page) -> None:
    offline.goto("/")
    symbol = offline.locator("nav use").first
    expect(symbol).to_be_attached()
    offline.evaluate(
        "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))"
    )
    assert symbol.evaluate("each => each.getBBox().width") > 0
