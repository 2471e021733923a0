"""A procedure without a form: read without script, kept when it was seen, wished for when it was not."""

import pytest
from playwright.sync_api import Browser, expect

from e2e.office import Office
from e2e.pages import FORM_PAGE, kept_for_offline
from e2e.phone import Phone
from e2e.proxy import CLEAR, UNREACHABLE, FaultProxy
from e2e.test_first_visit import UNTIL_KEPT
from e2e.test_pages import look

RESIDENCE, LONGER = "/thu-tuc/1.004222", "/thu-tuc/1.002755"


def test_a_procedure_is_read_without_script_and_printed(browser: Browser, office: Office) -> None:
    context = browser.new_context(
        base_url=office.address, locale="vi-VN", viewport={"width": 360, "height": 640}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/thu-tuc")
    page.goto(RESIDENCE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký thường trú")
    expect(page.locator("article")).to_contain_text("Có người được miễn")
    expect(page.locator("article")).to_contain_text("Đối chiếu ngày 24/11/2026")
    expect(page.locator("article a.button")).to_have_count(0)
    expect(page.locator("#kept")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("nav.tabs")).to_be_hidden()
    expect(page.locator("article")).to_be_visible()
    context.close()


@pytest.mark.long
def test_what_was_seen_opens_without_network_and_what_was_not_comes_later(phone: Phone, proxy: FaultProxy) -> None:
    page = phone.open(FORM_PAGE)
    kept_for_offline(page)
    page.goto(RESIDENCE)
    assert look(page, "procedure-without-form") == []
    page.evaluate(UNTIL_KEPT, RESIDENCE)
    proxy.set(UNREACHABLE)
    page.goto(RESIDENCE)
    expect(page.locator("#kept")).to_contain_text("Bản lưu ngày")
    expect(page.locator("article")).to_contain_text("Công an xã, phường")
    page.goto(LONGER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cần có mạng một lần để tải")
    expect(page.locator("#wanted")).to_have_text("Gia hạn tạm trú")
    assert look(page, "procedure-not-here") == []
    proxy.set(CLEAR)
    page.goto("/thu-tuc")
    page.evaluate(UNTIL_KEPT, LONGER)
    proxy.set(UNREACHABLE)
    page.goto(LONGER)
    expect(page.locator("article")).to_contain_text("Thời gian tạm trú được kéo dài")
