"""What a phone says of what became of the work, and that it says it in its words: late edits, refusals, lost values."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.office import Office, values_of
from e2e.others import Other
from e2e.pages import FormPages, dossier_of, status_page
from e2e.phone import Phone
from e2e.proxy import CAPTIVE_PORTAL, SYNC, FaultProxy, Weather, canned
from e2e.test_two_devices import NAME, PHONE, edit, news, state

MINE = "0912345678"


@pytest.fixture
def sent(filled: Phone) -> str:
    """A dossier that went and arrived."""
    FormPages(filled.page).submit()
    state(filled.page, "received")
    return dossier_of(filled.page)


@pytest.fixture
def late(filled: Phone, sent: str, office: Office) -> str:
    """An op that edits a dossier after its reception; the office is looking at it."""
    assert Other.officer(office).command(sent, "receive")["outcome"] == "applied"
    edit(filled.page, sent, PHONE, MINE)
    state(filled.page, "held")
    expect(FormPages(filled.page).state_line()).to_contain_text(
        "Anh/chị sửa sau khi xã đã tiếp nhận. Phần sửa đã tới xã, chờ cán bộ quyết định"
    )
    expect(filled.page.locator("[data-held]")).to_contain_text(MINE)
    return str(Other.officer(office).dossiers()[sent]["held"][0]["op"])


@pytest.mark.long
def test_an_edit_after_reception_that_the_office_uses_is_told(
    filled: Phone, sent: str, late: str, office: Office
) -> None:
    assert Other.officer(office).push(sent, "accept", op=late)["outcome"] == "applied"
    news(filled.page, sent)
    told = filled.page.locator("[data-told=held_yes]")
    expect(told).to_contain_text("Xã đã dùng phần sửa của anh/chị.")
    state(filled.page, "office")
    expect(filled.page.locator("dl").first).to_contain_text(MINE)
    for place in ("/cua-toi", "/", status_page(sent)):
        filled.page.goto(place)
        expect(told).to_contain_text("Xã đã dùng phần sửa của anh/chị.")
    told.locator("[data-action=read]").click()
    expect(told).to_have_count(0)


@pytest.mark.long
def test_an_edit_after_reception_that_the_office_does_not_use_is_told_with_its_reason(
    filled: Phone, sent: str, late: str, office: Office
) -> None:
    said = "số này không liên lạc được"
    assert Other.officer(office).push(sent, "decline", op=late, reason=said)["outcome"] == "applied"
    news(filled.page, sent)
    state(filled.page, "refused")
    line = FormPages(filled.page).state_line()
    expect(line).to_contain_text(f"Xã không dùng phần sửa vì {said}; bản của anh/chị vẫn giữ.")
    expect(line).not_to_contain_text("Chưa nhận, cần sửa")
    filled.page.locator("[data-action=continue]").click()
    FormPages(filled.page).visit("applicant")
    expect(filled.page.locator(f'[name="{PHONE}"]')).to_have_value(MINE)
    filled.page.goto(status_page(sent))
    filled.page.locator("[data-action=put-away]").click()
    state(filled.page, "office")


def test_a_value_that_another_device_took_the_place_of_is_told_and_can_be_put_back(
    filled: Phone, sent: str, office: Office
) -> None:
    filled.running.set_offline(True)
    edit(filled.page, sent, PHONE, MINE)
    Other.signed_in(office, "demo-1").write(sent, PHONE, "0900000001")
    filled.running.set_offline(False)
    FormPages(filled.page).try_now()
    told = filled.page.locator("[data-told=overridden]")
    expect(told).to_contain_text("0900000001")
    expect(told).to_contain_text(MINE)
    told.locator("[data-action=put-back]").click()
    expect(told).to_have_count(0)
    state(filled.page, "received")
    expect(filled.page.locator("dl").first).to_contain_text(MINE)
    (stored,) = office.dossiers()
    assert values_of(stored)[PHONE] == MINE
    assert len(stored["cells"][PHONE]) == 1


@pytest.mark.long
def test_asking_for_a_dossier_back_is_asked_twice_and_waits_for_the_office(
    filled: Phone, sent: str, office: Office
) -> None:
    page = filled.page
    page.locator("[data-action=withdraw]").click()
    expect(page.locator("main")).to_contain_text("Xin rút hồ sơ này? Xã trả lời rồi mới dừng.")
    page.locator("[data-action=keep-it]").click()
    expect(page.locator("main")).not_to_contain_text("Xin rút hồ sơ này?")
    assert office.dossiers()[0]["state"] == "1"
    page.locator("[data-action=withdraw]").click()
    page.locator(".notice [data-action=withdraw]").click()
    expect(FormPages(page).state_line()).to_contain_text("Đã xin rút, chờ xã trả lời")
    assert office.dossiers()[0]["state"] == "7"
    expect(page.locator("[data-action=withdraw]")).to_have_count(0)


@pytest.mark.long
def test_what_comes_after_the_end_says_so_and_is_still_there_to_be_read(
    filled: Phone, sent: str, office: Office
) -> None:
    filled.running.set_offline(True)
    edit(filled.page, sent, PHONE, MINE)
    reason = "nộp nhầm nơi"
    assert Other.officer(office).command(sent, "reject", reason=reason)["outcome"] == "applied"
    filled.running.set_offline(False)
    FormPages(filled.page).try_now()
    state(filled.page, "refused")
    line = FormPages(filled.page).state_line()
    expect(line).to_contain_text("Hồ sơ này đã kết thúc nên phần sửa không vào được nữa.")
    expect(filled.page.locator("[data-refused]")).to_contain_text(MINE)
    expect(filled.page.locator("[data-action=continue]")).to_have_count(0)
    expect(line.locator("[data-action=another]")).to_have_attribute("href", re.compile(r"^/to-khai/.*\?d=new$"))
    filled.page.locator("[data-action=put-away]").click()
    state(filled.page, "closed")


@pytest.mark.long
def test_two_versions_name_the_field_and_show_both(filled: Phone, sent: str, office: Office) -> None:
    filled.running.set_offline(True)
    edit(filled.page, sent, NAME, "Hoàng Thị Ánh Tuyết")
    Other.signed_in(office, "demo-1").write(sent, NAME, "Hoàng Ngọc Ánh Tuyết")
    filled.running.set_offline(False)
    FormPages(filled.page).try_now()
    state(filled.page, "two_versions")
    line = FormPages(filled.page).state_line()
    expect(line).to_contain_text("ghi khác nhau ở hai nơi; cả hai được giữ, xã sẽ hỏi")
    expect(line).not_to_contain_text(NAME)
    expect(filled.page.locator("main")).to_contain_text("Hoàng Ngọc Ánh Tuyết")


@pytest.mark.long
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            canned("503 Service Unavailable", "{}", "application/problem+json").replace(
                b"Connection: close", b"Retry-After: 600\r\nConnection: close"
            ),
            "Hệ thống đang bận. Hồ sơ vẫn ở trên máy này",
        ),
        (CAPTIVE_PORTAL, "Wi-Fi này bắt đăng nhập nên chưa gửi được"),
    ],
    ids=["busy", "portal"],
)
def test_why_it_waits_is_said_also_on_the_next_page(
    filled: Phone, proxy: FaultProxy, answer: bytes, words: str
) -> None:
    proxy.set(Weather(only=SYNC, answer=answer))
    form = FormPages(filled.page)
    form.submit()
    expect(form.state_line()).to_contain_text(words)
    filled.page.goto("/cua-toi")
    expect(filled.page.locator("[data-state=waiting]").first).to_contain_text(words)


@pytest.mark.long
def test_what_waits_for_days_says_what_else_can_be_done(
    filled: Phone, proxy: FaultProxy, new_phone: Callable[[str], Phone]
) -> None:
    filled.running.set_offline(True)
    form = FormPages(filled.page)
    form.submit()
    state(filled.page, "waiting")
    dossier = dossier_of(filled.page)
    filled.page.clock.install()
    filled.page.clock.fast_forward(4 * 86_400_000)
    filled.page.goto(status_page(dossier))
    expect(form.state_line()).to_contain_text("Hồ sơ này đã chờ gửi 4 ngày. Anh/chị tới chỗ có sóng")


@pytest.mark.long
def test_a_clock_that_is_off_by_days_is_told(filled: Phone) -> None:
    page = filled.page
    # The clock is wrong in the page alone: the worker, which has the machine's, must not be the one that sends.
    page.evaluate("delete ServiceWorkerRegistration.prototype.sync")
    page.clock.set_system_time("2026-03-01T09:00:00+07:00")
    form = FormPages(page)
    form.submit()
    state(page, "received")
    expect(page.locator("[data-told=clock]")).to_contain_text("Giờ trên máy này lệch khoảng")
    expect(page.locator("[data-told=clock]")).to_contain_text("Ngày nhận tính theo giờ của hệ thống")
