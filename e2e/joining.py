"""How people join on a phone: the page of a new account, and the credential that their requests carry."""

from playwright.sync_api import Page, expect

from e2e.pages import FormPages, kept_for_offline, ready_to_send
from e2e.people import CITIZEN_ID, NAME
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy, Request


def register(page: Page, name: str = NAME, citizen_id: str = CITIZEN_ID, phone: str = "0987 654 321") -> None:
    """Fill in the page of a new account and press its button."""
    expect(page.locator("[data-action=begin-account]")).to_be_visible()
    page.locator("[name=name]").fill(name)
    page.locator("[name=citizen_id]").fill(citizen_id)
    page.locator("[name=phone]").fill(phone)
    with page.expect_navigation(url=lambda url: "/dang-nhap" not in url):
        page.locator("[data-action=begin-account]").click()


def begin_without_network(phone: Phone, proxy: FaultProxy) -> FormPages:
    """On a phone just bought: fill in, press "Gửi", join, say whose it is; there is no network all along."""
    form = ready_to_send(phone.open("/"))
    kept_for_offline(phone.page)
    proxy.set(UNREACHABLE)
    phone.running.set_offline(True)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "locked")
    form.page.locator("[data-action=sign-in]").first.click()
    expect(form.page.locator("main")).to_contain_text("Khi có mạng, máy tạo tài khoản rồi gửi hồ sơ luôn")
    register(form.page)
    claim = form.page.locator("[data-claim]")
    expect(claim).to_contain_text(NAME)
    claim.locator("[data-action=claim]").click()
    expect(form.page.locator("[data-state=waiting]")).to_be_visible()
    return form


def said_in(request: Request) -> str:
    """Read the credential of a request."""
    lines = [line.partition(": ") for line in request.head.decode().split("\r\n")]
    return next((value.removeprefix("Bearer ") for name, _, value in lines if name.lower() == "authorization"), "")
