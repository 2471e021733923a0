"""Figures: what the public sees hides what is small, an officer's figure opens its dossiers."""

import pytest
from playwright.sync_api import expect

from e2e.office import UNIT, Office
from e2e.others import Other, new_id
from e2e.pages import FORM, Desk, kept_for_offline
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.test_desk import faults_of


def test_the_public_sees_no_small_count_and_an_officers_figure_opens_its_dossiers(office: Office, desk: Desk) -> None:
    citizen, filed = Other.signed_in(office, "demo-1"), [new_id() for _ in range(6)]
    for place, dossier in enumerate(filed):
        unit = "06151" if place == 5 else UNIT
        citizen.push(dossier, "create", procedure=FORM, unit=unit, channel="online")
        citizen.push(dossier, "patch", set=SINGLE)
        assert citizen.push(dossier, "submit", expect={"state": "draft"})["outcome"] == "applied"
    page = desk.page
    page.goto("/desk")
    page.get_by_role("link", name="Số liệu").click()
    row = page.get_by_role("row", name="Xã Văn Lãng")
    expect(row).to_be_visible()
    expect(page.get_by_role("row", name="Xã Hội Hoan")).to_have_count(0)
    assert faults_of(page) == []
    row.get_by_role("link", name="5").first.click()
    expect(page.locator("tbody tr")).to_have_count(5)
    assert faults_of(page) == []
    page.locator("tbody a").first.click()
    expect(page.locator("[data-dossier]").first).to_have_attribute("data-dossier", filed[4])
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/so-lieu")
    expect(page.get_by_role("row", name="Xã Hội Hoan")).to_contain_text("không hiện")
    expect(page.get_by_role("row", name="Xã Văn Lãng")).to_contain_text("không hiện")  # else 6 − 5 would say it
    expect(page.get_by_text("Báo cáo ghi 57,24%, tính lại là 57,87%.")).to_be_visible()
    expect(page.get_by_role("img", name="Hồ sơ nộp theo tháng")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.long
def test_without_network_the_figures_say_that_they_need_one(citizen: Phone) -> None:
    page = citizen.page
    kept_for_offline(page)
    citizen.running.set_offline(True)
    page.goto("/so-lieu?ky=2026")
    expect(page.get_by_role("heading", name="Cần có mạng")).to_be_visible()
    assert faults_of(page) == []
    citizen.running.set_offline(False)
    page.get_by_role("link", name="Thử lại").click()
    expect(page.get_by_role("heading", name="Số liệu giải quyết hồ sơ")).to_be_visible()
