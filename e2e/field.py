"""The field round as officers do it: signing in on the tablet, and what "Làm hộ" asks before a form."""

from playwright.sync_api import Page, expect

from e2e.office import UNIT
from e2e.pages import FORM, PASSWORD, FormPages
from e2e.people import CITIZEN_ID, NAME

CONSENT = "Cán bộ đã đọc cho tôi nghe. Tôi đồng ý để cán bộ ghi và gửi hồ sơ giúp."


def sign_in_officer(page: Page, user: str = f"officer-{UNIT}") -> None:
    """Sign in on the tablet and arrive at the day's list."""
    page.goto("/dang-nhap?next=/di-ban")
    page.locator("[name=user]").fill(user)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[data-action=sign-in]").click()
    page.wait_for_url("**/di-ban")
    expect(page.locator("[data-action=help]")).to_be_visible()


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
