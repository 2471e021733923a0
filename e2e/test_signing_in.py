"""Signing in, also for whoever is quicker than the script."""

from playwright.sync_api import expect

from e2e.pages import PASSWORD, sign_in
from e2e.phone import Phone


def test_a_sign_in_before_the_script_came_opens_the_same_drawer(phone: Phone) -> None:
    """On a slow road the page is there long before its script; the form posts by itself then."""
    page = phone.open()
    page.route("**/assets/app.*.js", lambda route: route.abort())
    page.goto("/dang-nhap")
    page.locator("[name=user]").fill("demo-1")
    page.locator("[name=password]").fill(PASSWORD)
    page.unroute("**/assets/app.*.js")
    page.locator("[data-action=sign-in]").click()
    expect(page.locator("#who")).to_have_text("Hoàng Thị Ngân")
    assert page.url == f"{phone.address}/"


def test_signing_out_closes_the_drawer(phone: Phone) -> None:
    page = phone.open()
    sign_in(page, "demo-1")
    page.goto("/cai-dat")
    page.locator("[data-action=sign-out]").click()
    page.wait_for_url("**/")
    page.goto("/cai-dat")
    expect(page.locator("[data-action=sign-in]")).to_be_visible()
    assert page.evaluate("fetch('/accounts/me').then(answer => answer.status)") == 401
