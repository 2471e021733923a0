"""A tablet that officers share: its screen closes over what is written, and the end of the day is printed."""

import re

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import expect

from e2e.field import come_back, help_somebody, ride_out, sign_in_officer
from e2e.office import UNIT, Office
from e2e.pages import FORM, FormPages, kept_for_offline
from e2e.people import NAME
from e2e.phone import Phone
from e2e.proxy import FaultProxy
from e2e.test_field_day import by_hand, take_in

__all__ = ["by_hand"]  # a fixture: what an officer does, as one script
IDLE = "11:00"
OTHER = f"head-{UNIT}"
SHEET = 40


@pytest.mark.long
def test_a_screen_that_nobody_touches_closes_keeps_every_letter_and_opens_for_its_officer_alone(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    page = phone.open("about:blank")
    for officer in (OTHER, f"officer-{UNIT}"):
        sign_in_officer(page, officer)
    kept_for_offline(page)
    page.clock.install()
    form = help_somebody(page)
    form.visit("applicant")
    address = page.url
    page.locator('[name="applicant.other_paper"]').fill("Sổ hộ khẩu cũ")  # and no time to save it
    page.clock.fast_forward(IDLE)
    page.wait_for_url("**/may-cua-ai?next=*")
    expect(page.locator("[data-locked]")).to_be_visible()
    assert NAME not in page.content()
    page.goto("/di-ban")  # another way in
    page.wait_for_url("**/may-cua-ai?next=*")
    page.locator("[data-action=open-person]:not([aria-current])").click()  # the other officer comes
    come_back(page, OTHER)
    expect(page.locator("#day")).to_contain_text("Hôm nay chưa có hồ sơ nào")
    page.goto("/may-cua-ai?next=/di-ban")
    page.locator("[data-action=open-person]:not([aria-current])").click()  # and wants to see the first one's
    come_back(page, f"officer-{UNIT}")
    page.goto(address)
    FormPages(page).visit("applicant")
    expect(page.locator('[name="applicant.other_paper"]')).to_have_value("Sổ hộ khẩu cũ")


@pytest.mark.long
def test_the_end_of_the_day_prints_its_heads_on_every_sheet_and_cuts_no_row(
    phone: Phone, proxy: FaultProxy, office: Office, by_hand: str
) -> None:
    page = phone.open("about:blank")
    sign_in_officer(page)
    ride_out(phone, proxy)
    page.goto("/di-ban")
    take_in(page, by_hand, range(SHEET))
    page.goto("/di-ban#tong-ket")
    expect(page.locator(f"[data-summary='{SHEET}'] tbody tr")).to_have_count(SHEET)
    codes = [re.sub(r"\s", "", row) for row in page.locator("[data-summary] td:last-child").all_inner_texts()]
    sheets = pdfium.PdfDocument(page.pdf(format="A4"))
    texts = [re.sub(r"\s", "", sheet.get_textpage().get_text_bounded()) for sheet in sheets]
    assert len(texts) > 1
    listed = [text for text in texts if any(code in text for code in codes)]
    assert all("Mã,đangởđâu" in text for text in listed)
    assert all(sum(text.count(code) for text in texts) == 1 for code in codes), "each row whole, on one sheet"
    assert all(FORM not in text for text in texts)
