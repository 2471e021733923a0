"""The field round as officers do it: signing in on the tablet, and what "Làm hộ" asks before a form."""

from playwright.sync_api import Page, expect

from e2e.office import UNIT
from e2e.pages import FORM, FormPages, kept_for_offline, prove
from e2e.people import CITIZEN_ID, NAME
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy

CONSENT = "Cán bộ đã đọc cho tôi nghe. Tôi đồng ý để cán bộ ghi và gửi hồ sơ giúp."


def sign_in_officer(page: Page, user: str = f"officer-{UNIT}") -> None:
    """Sign in on the tablet and arrive at the day's list."""
    page.goto("/dang-nhap?next=/di-ban")
    come_back(page, user)
    expect(page.locator("[data-action=help]")).to_be_visible()


def come_back(page: Page, user: str) -> None:
    """Sign in where the tablet has asked for it, and arrive at the day's list."""
    page.wait_for_url("**/dang-nhap?next=**")
    prove(page, user)
    page.wait_for_url("**/di-ban")


def ride_out(phone: Phone, proxy: FaultProxy) -> None:
    """Take the unit's pack along, and leave the network behind."""
    page = phone.page
    kept_for_offline(page)
    page.goto("/di-ban#goi")
    page.locator("[data-action=fetch-pack]").click()
    expect(page.locator("[data-said]")).to_have_text("Đã lấy dữ liệu mới.")
    proxy.set(UNREACHABLE)
    phone.running.set_offline(True)


def choose(page: Page, question: str, value: str) -> None:
    """Touch the row of an answer."""
    row = page.locator("label").filter(has=page.locator(f'input[name="{question}"][value="{value}"]'))
    row.click()


def help_somebody(page: Page, name: str = NAME, citizen_id: str = CITIZEN_ID, procedure: str = FORM) -> FormPages:
    """Answer what "Làm hộ" asks, and open the form."""
    page.goto("/di-ban#lam-ho")
    choose(page, "procedure", procedure)
    page.locator("[name=name]").fill(name)
    page.locator("[name=citizen_id]").fill(citizen_id)
    choose(page, "relation", "self")
    choose(page, "seen", "card")
    choose(page, "channel", "field")
    page.locator("label").filter(has=page.locator("[name=consent]")).click()
    page.locator("[data-action=begin-helped]").click()
    page.wait_for_url(f"**/to-khai/{procedure}?d=*")
    expect(page.locator("h1")).to_be_visible()
    return FormPages(page)
