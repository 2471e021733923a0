"""The whole way of somebody who has been here once: find, read, see which papers, fill in; with no network at all."""

from playwright.sync_api import expect

from e2e.pages import FormPages, kept_for_offline
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy
from e2e.test_pages import look

BIRTH = "1.001193"
ANSWERS_MAX = 6


def test_a_procedure_is_found_its_papers_listed_and_its_form_begun_without_network(
    phone: Phone, proxy: FaultProxy
) -> None:
    page = phone.open("/")
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    page.goto("/thu-tuc")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.locator("[name=q]").fill("giay khai sinh cho con")
    first = page.locator("[data-procedure]").first
    expect(first).to_have_attribute("data-procedure", BIRTH)
    assert look(page, "found-offline") == []
    first.click()
    page.wait_for_url(f"**/thu-tuc/{BIRTH}")
    page.locator(f'[href="/thu-tuc/{BIRTH}/giay-to"]').click()
    page.wait_for_url("**/giay-to")
    assert look(page, "checklist") == []
    for _ in range(ANSWERS_MAX):
        if page.locator("[data-action=begin]").is_visible():
            break
        before = page.locator("h1").inner_text()
        page.locator("input[type=radio]").last.check()  # "Không rõ" is always an answer
        page.locator("[data-action=next]").click()
        expect(page.locator("h1")).not_to_have_text(before)
    expect(page.locator("main")).to_contain_text("Giấy chứng sinh")
    assert look(page, "checklist-done") == []
    page.locator("[data-action=begin]").click()
    page.wait_for_url(f"**/to-khai/{BIRTH}*")
    FormPages(page)
    expect(page.locator("a[data-section]").first).to_be_visible()
