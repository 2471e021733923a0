"""Signing in, also for whoever is quicker than the script."""

import re
from html import unescape
from threading import Event

import pytest
from playwright.sync_api import Route, expect

from e2e.office import Office
from e2e.others import Other
from e2e.pages import PASSWORD, dossier_of, prove, ready_to_send, sign_in, status_page
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy


def test_a_sign_in_before_the_script_came_opens_the_same_drawer(phone: Phone) -> None:
    """On a slow road the page is there long before its script; the form posts by itself then."""
    page = phone.open()
    page.route("**/assets/part.*.js", lambda route: route.abort())
    page.goto("/dang-nhap")
    page.locator("[name=user]").fill("demo-1")
    page.locator("[name=password]").fill(PASSWORD)
    page.unroute("**/assets/part.*.js")
    page.locator("[data-action=sign-in]").click()
    expect(page.locator("#who")).to_have_text("Ngân")
    assert page.url == f"{phone.address}/"


@pytest.mark.long
def test_a_press_before_the_later_script_came_is_kept_and_answered_by_it(phone: Phone) -> None:
    """A form that went by itself leaves a cookie alone, which a browser writes down half a minute late."""
    page = phone.open()
    (needed,) = re.findall(r'type="module" src="([^"]+)"', unescape(page.request.get("/dang-nhap").text()))
    late: list[Route] = []
    released = Event()  # a part that came asks for others

    def keep_back(route: Route) -> None:
        if released.is_set() or route.request.url.endswith(needed):
            route.continue_()
        else:
            late.append(route)

    page.route("**/assets/part.*.js", keep_back)
    with page.expect_request(lambda asked: "/assets/part." in asked.url and not asked.url.endswith(needed)):
        page.goto("/dang-nhap", wait_until="commit")
    prove(page, "demo-1")
    assert page.url.endswith("/dang-nhap")
    with page.expect_navigation(url=lambda url: "/dang-nhap" not in url):
        released.set()
        for route in late:
            route.continue_()
    phone.kill()
    expect(phone.open("/").locator("#who")).to_have_text("Ngân")


def test_a_session_that_ended_keeps_the_work_until_its_owner_is_back(citizen: Phone, office: Office) -> None:
    form = ready_to_send(citizen.page)
    assert Other.signed_in(office, "demo-1").end_others()
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "locked")
    expect(form.state_line()).to_contain_text("vẫn còn nguyên trên máy")
    dossier = dossier_of(citizen.page)
    citizen.page.goto("/cua-toi")
    ended = citizen.page.get_by_text("Anh/chị cần đăng nhập lại mới gửi được. 1 hồ sơ đang chờ")
    expect(ended).to_be_visible()
    citizen.page.locator("[data-action=later]").click()
    expect(ended).to_have_count(0)
    citizen.page.reload()
    expect(citizen.page.locator(f'[data-dossier="{dossier}"]')).to_have_attribute("data-state", "locked")
    expect(ended).to_have_count(0)
    sign_in(citizen.page, "demo-1")
    citizen.page.goto(status_page(dossier))
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert [each["id"] for each in office.dossiers()] == [dossier]


@pytest.mark.long
def test_another_person_on_the_phone_neither_sees_nor_sends_what_waits(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = ready_to_send(citizen.page)
    proxy.set(UNREACHABLE)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    citizen.page.goto("/cai-dat")
    citizen.page.locator("[data-action=sign-out]").click()
    citizen.page.wait_for_url("**/")
    proxy.clear()
    sign_in(citizen.page, "demo-2")
    citizen.page.goto("/cua-toi")
    expect(citizen.page.locator("main")).to_contain_text("Chưa có hồ sơ nào")
    assert office.dossiers() == []
    sign_in(citizen.page, "demo-1")
    citizen.page.goto("/cua-toi")
    expect(citizen.page.locator('[data-state="received"]')).to_be_visible()
    assert len(office.dossiers()) == 1


@pytest.mark.long
def test_signing_out_closes_the_drawer(phone: Phone) -> None:
    page = phone.open()
    sign_in(page, "demo-1")
    page.goto("/cai-dat")
    page.locator("[data-action=sign-out]").click()
    page.wait_for_url("**/")
    page.goto("/cai-dat")
    expect(page.locator("[data-action=sign-in]")).to_be_visible()
    assert page.evaluate("fetch('/accounts/me').then(answer => answer.status)") == 401
