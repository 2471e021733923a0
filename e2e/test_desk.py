"""The office's side: what two wrote is settled by a third, what came late is used or not, and phones hear."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.office import UNIT, Office, values_of
from e2e.others import Other, new_id
from e2e.pages import FORM, Desk, FormPages, dossier_of, sign_in
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.test_pages import AXE, RUN_AXE, SCHEMES, SMALL_TARGETS, too_wide
from e2e.test_two_devices import NAME, PHONE, edit, news, ops_in, state

AT_THE_COUNTER, ON_THE_PHONE, LATER = "Hoàng Thị Ngọc Ánh", "Hoàng Thị Ngọc Ánh Tuyệt", "Hoàng Ngọc Ánh Tuyết"
REASON = "theo thẻ căn cước xem tại quầy"


@pytest.fixture
def sent(filled: Phone) -> str:
    """A dossier that went and arrived."""
    FormPages(filled.page).submit()
    state(filled.page, "received")
    return dossier_of(filled.page)


@pytest.fixture
def filed(office: Office) -> str:
    """A dossier that came over the wire: looking at it needs no phone."""
    citizen, dossier = Other.signed_in(office, "demo-1"), new_id()
    citizen.push(dossier, "create", procedure=FORM, unit=UNIT, channel="online")
    citizen.push(dossier, "patch", set=SINGLE)
    assert citizen.push(dossier, "submit", expect={"state": "draft"})["outcome"] == "applied"
    return dossier


@pytest.fixture
def old_screen(browser: Browser, office: Office) -> Iterator[Page]:
    """Another officer's screen, small and without scripts."""
    small = {"width": 360, "height": 640}
    context = browser.new_context(base_url=office.address, locale="vi-VN", viewport=small, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, f"head-{UNIT}")
    yield page
    context.close()


def faults_of(page: Page) -> list[str]:
    """List what axe finds on a page of the desk in daylight and at night, and the ruler, with all of it unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate(AXE.read_text())
    faults = [*too_wide(page), *page.evaluate(SMALL_TARGETS)]
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        faults += page.evaluate(RUN_AXE)
    page.emulate_media(color_scheme="light")
    return faults


def marked(page: Page) -> None:
    """Leave a mark that a new page would not have."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    """Tell whether this is still the page that was marked."""
    return bool(page.evaluate("window.stayed === true"))


def test_a_field_that_phone_and_counter_wrote_is_settled_with_a_reason_that_the_phone_reads(
    filled: Phone, sent: str, desk: Desk, office: Office
) -> None:
    filled.running.set_offline(True)
    edit(filled.page, sent, NAME, ON_THE_PHONE)
    assert Other.officer(office).write(sent, NAME, AT_THE_COUNTER)["outcome"] == "applied"
    filled.running.set_offline(False)
    FormPages(filled.page).try_now()
    state(filled.page, "two_versions")

    page = desk.page
    page.goto("/desk?viec=two")
    page.locator(f'a[data-dossier="{sent}"]').click()
    dispute = page.locator(f'[data-dispute="{NAME}"]')
    for value in (AT_THE_COUNTER, ON_THE_PHONE):
        expect(dispute).to_contain_text(value)
    expect(dispute.locator("mark").first).to_contain_text("Tuyệt")
    assert faults_of(page) == []
    marked(page)
    dispute.get_by_label(ON_THE_PHONE).check()
    dispute.locator("[name=reason]").fill(REASON)
    third = Other.signed_in(office, "demo-1").write(sent, NAME, LATER, blind=True)
    assert third["outcome"] == "conflict"
    dispute.locator("[data-action=resolve]").click()
    expect(page.locator("#said")).to_contain_text("vừa có bản khác tới")
    expect(dispute).to_contain_text(LATER)

    dispute.get_by_label(ON_THE_PHONE).check()
    dispute.locator("[name=reason]").fill(REASON)
    dispute.locator("[data-action=resolve]").click()
    expect(dispute).to_have_count(0)
    expect(page.locator(f'[data-path="{NAME}"] dd')).to_contain_text(ON_THE_PHONE)
    expect(page.locator("#said")).to_be_focused()
    assert stayed(page), "only what changed was replaced"
    news(filled.page, sent)
    state(filled.page, "received")
    expect(filled.page.locator(f'[data-settled="{NAME}"]').last).to_contain_text(
        f'Xã đã chọn "{ON_THE_PHONE}" cho mục "Họ, chữ đệm, tên". Lý do: {REASON}.'
    )
    filled.page.locator("[data-action=not-right]").click()
    filled.page.keyboard.type("Tên tôi là Tuyệt Nhung")
    filled.page.locator("[data-action=tell-office]").click()
    expect(filled.page.locator("main")).to_contain_text(
        'Anh/chị nhắn: Mục "Họ, chữ đệm, tên" chưa đúng: Tên tôi là Tuyệt Nhung'
    )
    page.reload()
    expect(page.locator("main")).to_contain_text("chưa đúng: Tên tôi là Tuyệt Nhung")
    (stored,) = office.dossiers()
    assert stored["conflicts"] == []
    assert values_of(stored)[NAME] == ON_THE_PHONE


@pytest.mark.long
def test_an_edit_after_reception_is_declined_and_another_used_at_the_desk(
    filled: Phone, sent: str, desk: Desk, office: Office
) -> None:
    page = desk.page
    page.goto(f"/desk/d/{sent}")
    marked(page)
    desk.receive()
    edit(filled.page, sent, PHONE, "0912345678")
    state(filled.page, "held")
    page.goto("/desk?viec=held")
    page.locator(f'a[data-dossier="{sent}"]').click()
    held = page.locator("[data-op]")
    expect(held.get_by_role("row", name="Số điện thoại")).to_contain_text("0987654321")
    assert faults_of(page) == []
    marked(page)
    held.locator("[data-action=decline]").click()
    expect(held.get_by_role("alert")).to_contain_text("Cần ghi lý do")
    held.locator("[name=reason]").fill("số này không liên lạc được")
    held.locator("[data-action=decline]").click()
    expect(held).to_have_count(0)
    assert stayed(page)
    news(filled.page, sent)
    state(filled.page, "refused")
    expect(FormPages(filled.page).state_line()).to_contain_text("vì số này không liên lạc được")

    edit(filled.page, sent, PHONE, "0912345670")
    state(filled.page, "held")
    page.reload()
    held.locator("[data-action=accept]").click()
    expect(held).to_have_count(0)
    expect(page.locator(f'[data-path="{PHONE}"] dd')).to_contain_text("0912345670")
    news(filled.page, sent)
    expect(filled.page.locator("[data-told=held_yes]")).to_contain_text("Xã đã dùng phần sửa")


def test_of_two_officers_who_decide_at_once_the_second_is_told_and_nothing_is_done_twice(
    filed: str, desk: Desk, old_screen: Page, office: Office
) -> None:
    for page in (desk.page, old_screen):
        page.goto(f"/desk/d/{filed}")
    assert too_wide(desk.page) == []
    old_screen.locator("[data-action=receive]").click()
    expect(old_screen.get_by_role("status")).to_contain_text("Đã ghi vào hồ sơ")
    before = ops_in(office, filed)
    marked(desk.page)
    desk.page.locator("[data-action=receive]").click()
    told = desk.page.locator("#said").get_by_role("alert")
    expect(told).to_contain_text(re.compile(r'Hồ sơ vừa chuyển sang "Được tiếp nhận" lúc \d\d:\d\d'))
    expect(desk.page.locator("[data-action=receive]")).to_have_count(0)
    expect(desk.page.locator("[data-action=start]").first).to_be_visible()
    assert stayed(desk.page)
    (stored,) = office.dossiers()
    assert [step["command"] for step in stored["steps"]] == ["submit", "receive"]
    assert ops_in(office, filed) == before + 1, "the refused step is kept"
    old_screen.locator("textarea[name=text]").fill("Đã hẹn chiều nay")
    old_screen.locator("[data-action=note]").click()
    expect(old_screen.locator("#part-notes")).to_contain_text("Đã hẹn chiều nay")
    desk.page.set_viewport_size({"width": 360, "height": 640})
    for path in (f"/desk/d/{filed}", f"/desk/d/{filed}/lich-su?muc={NAME}", "/desk", "/desk/lich", "/desk/d/nobody"):
        desk.page.goto(path)
        assert faults_of(desk.page) == [], path
    sign_in(desk.page, f"head-{UNIT}")
    desk.page.goto("/desk")
    assert faults_of(desk.page) == [], "with all that a head's bar has"
    desk.page.locator("a[href='/desk/may']").click()
    expect(desk.page.locator("h1")).to_have_text("Máy im lặng")
    assert faults_of(desk.page) == [], "/desk/may"


@pytest.mark.long
def test_the_inbox_is_worked_by_keyboard_alone(filed: str, desk: Desk) -> None:
    page = desk.page
    page.goto("/desk?viec=all")
    keys = page.keyboard
    keys.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    marked(page)
    keys.press("/")
    expect(page.locator("#q")).to_be_focused()
    keys.type("khong ai ten nay")
    expect(page.locator("#work")).to_contain_text("Không có hồ sơ nào như vậy")
    keys.press("Control+a")
    keys.type("tuyet ngoc")
    row = page.locator(f'a[data-dossier="{filed}"]')
    expect(row).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    keys.press("Escape")
    expect(row).to_be_focused()
    page.context.set_offline(True)
    keys.press("3")
    expect(page.locator("#unsent")).to_contain_text("Chưa gửi được")
    page.context.set_offline(False)
    keys.press("3")
    expect(page.locator("#unsent")).to_be_hidden()
    expect(page.locator("#list-overdue")).to_have_attribute("aria-current", "page")
    assert stayed(page)
    keys.press("1")
    expect(row).to_be_visible()
    keys.press("j")
    expect(row).to_be_focused()
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("Tuyết")
    button = page.locator("[data-action=receive]")
    for _ in range(20):
        keys.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    expect(button).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#said")).to_be_focused()
    expect(page.locator("#part-head")).to_contain_text("Được tiếp nhận")
