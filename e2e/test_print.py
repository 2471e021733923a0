"""A procedure and a checklist on paper: what is needed at the counter, and nothing that only a screen has."""

from io import BytesIO

import pypdfium2
import pytest
from playwright.sync_api import Page

from e2e.phone import Phone

pytestmark = pytest.mark.long
PAGES_MAX = 2


def printed(page: Page) -> tuple[int, str]:
    """Return how many sheets of A4 a page is printed on, and what they say."""
    paper = pypdfium2.PdfDocument(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    return len(paper), "\n".join(sheet.get_textpage().get_text_range() for sheet in paper)


def test_a_procedure_and_a_checklist_are_printed_for_the_counter(citizen: Phone) -> None:
    page = citizen.page
    page.goto("/thu-tuc/1.001193")
    page.wait_for_selector("html[data-ready]")
    sheets, words = printed(page)
    assert sheets <= PAGES_MAX
    for there in ("Đăng ký khai sinh", "Giấy tờ cần mang", "Giấy chứng sinh", "Tiền phải nộp", "Miễn", "1.001193"):
        assert there in words
    for screen in ("Làm hồ sơ", "Hồ sơ của tôi", "Cài đặt", "Đủ giấy tờ chưa"):
        assert screen not in words
    page.goto("/thu-tuc/1.001193/giay-to")
    page.get_by_role("radio").first.wait_for()
    while page.get_by_role("radio").count():
        page.get_by_role("radio").first.check()
        asked = page.locator("main h1").inner_text()
        page.locator("main form button").first.click()
        page.wait_for_function("asked => document.querySelector('main h1').innerText !== asked", arg=asked)
    sheets, words = printed(page)
    assert sheets <= PAGES_MAX
    for there in ("Giấy tờ cần có", "Giấy chứng sinh", "Còn thiếu", "không phải Cổng Dịch vụ công quốc gia"):
        assert there in words
    assert "Làm hồ sơ này" not in words
