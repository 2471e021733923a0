"""Photographs of papers: taken with no network, in order and upright, sent after the data, whole at the office."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from e2e.arrival import waiting
from e2e.engines import both_engines
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages, ready_to_send, sign_in
from e2e.phone import Phone
from e2e.photographs import Slot, attachments, blurred, bytes_of, pdf, photo, sheet, verified, whole
from e2e.proxy import BAD_GATEWAY, UNREACHABLE, FaultProxy, Weather
from e2e.test_pages import look
from e2e.waking import close_pages_and_wake

BEGIN = ("POST", "/files/")
#: Notes that so many bytes of photographs went today.
SPEND = """bytes => new Promise((good, bad) => {
  const asked = indexedDB.open("motcua");
  asked.onerror = bad;
  asked.onsuccess = () => {
    const day = new Intl.DateTimeFormat("sv-SE", {timeZone: "Asia/Ho_Chi_Minh"}).format(new Date());
    const tx = asked.result.transaction("settings", "readwrite");
    tx.objectStore("settings").put({id: "photos-used", value: {day, bytes}});
    tx.oncomplete = () => { asked.result.close(); good(); };
  };
})"""


@both_engines
def test_papers_photographed_without_network_follow_the_data_and_arrive_whole(
    filled: Phone, proxy: FaultProxy, office: Office, tmp_path: Path
) -> None:
    """One lies on its side, as its camera says; another is gone from the gallery before it is sent."""
    proxy.set(UNREACHABLE)
    slot = Slot(filled.page).open()
    camera = tmp_path / "IMG_0001.jpg"
    camera.write_bytes(sheet(1, (1600, 1200), orientation=6))
    slot.pick_from(camera)
    slot.hold(1)
    camera.unlink()
    slot.pick(photo(2, sheet(2, (3000, 4000), grain=6000)))
    slot.hold(2)
    hashes = slot.hashes()
    form = slot.send()
    waiting(form)
    proxy.set(Weather(only=BEGIN, answer=BAD_GATEWAY))  # or both are there before anybody has read of it
    form.try_now()
    expect(form.state_line()).to_contain_text("Đã nhận tờ khai, còn 2 ảnh")
    proxy.clear()
    filled.page.locator("[data-action=send-files]").first.click()
    whole(form)
    assert verified(office) == hashes
    pictures = [bytes_of(office, each) for each in hashes]
    first, second = [Image.open(io.BytesIO(each)) for each in pictures]
    assert (first.size, second.size) == ((1200, 1600), (1650, 2200))
    red, _, blue = first.getpixel((1_150, 50))
    assert red > 2 * blue, "the stamp that was on the left above is on the right above"
    for data in pictures:
        assert len(data) <= 300_000
        assert b"Exif" not in data
        assert b"Lang Son" not in data


@pytest.mark.long
def test_pages_are_put_in_order_turned_taken_again_and_had_back(filled: Phone, office: Office) -> None:
    slot = Slot(filled.page).open()
    slot.pick(photo(1), photo(2), {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>" * 20}, pdf("án"))
    slot.hold(3)
    expect(slot.faults).to_have_text("a.jpg Máy không mở được ảnh này. Anh/chị chụp lại hoặc chọn ảnh khác.")
    first, second, ruling = slot.hashes()
    slot.act(3, "page-up")
    slot.act(1, "remove-page")
    slot.hold(2)
    assert slot.hashes() == [ruling, second]
    assert look(filled.page, "paper-pages") == []
    filled.page.locator("[data-action=undo-remove]").click()
    slot.hold(3)
    slot.act(1, "rotate")
    expect(slot.sheets.nth(0)).not_to_have_attribute("data-sha256", first)
    slot.hold(3)
    slot.pick(photo(4), action="retake", within=slot.sheets.nth(2))
    expect(slot.sheets.nth(2)).not_to_have_attribute("data-sha256", second)
    slot.hold(3)
    turned, _, fourth = slot.hashes()
    form = slot.send()
    whole(form)
    assert look(filled.page, "papers-received") == []
    assert verified(office) == [turned, ruling, fourth]
    assert [each["name"] for each in attachments(office)] == ["trang1.jpg", "bản án.pdf", "trang3.jpg"]
    width, height = Image.open(io.BytesIO(bytes_of(office, turned))).size
    assert (width, height) == (1200, 900)

    form.page.locator("[data-action=continue]").click()  # the dossier is with the office: a page of it is taken away
    form.page.locator(f"a[data-slot={slot.key}]").click()
    slot.hold(3)
    slot.act(2, "remove-page")
    slot.hold(2)
    whole(slot.send())
    expect(form.page.locator("[data-file]")).to_have_count(2)
    assert verified(office) == [turned, fourth]


@pytest.mark.long
def test_a_browser_that_the_camera_ended_comes_back_to_the_same_paper(filled: Phone) -> None:
    """The second picture is blurred, and is made small by a browser that can draw on its page alone."""
    slot = Slot(filled.page).open()
    slot.pick(photo(1))
    slot.hold(1)
    with filled.page.expect_file_chooser():
        filled.page.locator("[data-action=photo]").click()
    filled.kill()
    filled.open()
    filled.running.add_init_script("delete globalThis.OffscreenCanvas")
    filled.page.goto(FORM_PAGE)
    slot = Slot(filled.page)
    slot.hold(1)
    slot.pick(photo(2, blurred(sheet(2))), action="photo")
    slot.hold(2)
    expect(slot.sheets.nth(1)).to_contain_text("Ảnh có vẻ mờ hoặc tối")
    slot.act(2, "use-page")
    expect(slot.sheets.filter(has_text="mờ")).to_have_count(0)


@pytest.mark.long
def test_a_phone_that_is_full_says_so_and_keeps_what_it_has(filled: Phone) -> None:
    slot = Slot(filled.page).open()
    slot.pick(photo(1))
    slot.hold(1)
    filled.close()  # Chromium grants room ahead: a browser that has just started has none left over
    slot = Slot(filled.open())
    quota = filled.cdp()
    quota.send("Storage.overrideQuotaForOrigin", {"origin": filled.address, "quotaSize": 1})
    filled.page.goto(FORM_PAGE)
    slot.ready()
    slot.pick(photo(2, sheet(2, (2000, 1500), grain=6000)))
    expect(slot.faults).to_contain_text("Bộ nhớ máy đầy nên chưa giữ được ảnh này. Phần đã ghi vẫn còn.")
    quota.send("Storage.overrideQuotaForOrigin", {"origin": filled.address})
    slot.ready()
    expect(slot.sheets).to_have_count(1)
    slot.pick(photo(2))
    slot.hold(2)


def test_a_file_that_will_not_do_says_why_blocks_nothing_and_is_replaced(filled: Phone, office: Office) -> None:
    page = filled.page
    slot = Slot(page).open()
    slot.pick(photo(1), {"name": "hỏng.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing else"})
    slot.hold(2)
    form = slot.send()
    stuck = page.locator("[data-file-state=file_stuck]")
    expect(stuck).to_contain_text("Hệ thống không mở được tệp này. Các phần khác vẫn gửi.")
    expect(page.locator("[data-file-state=file_ok]")).to_have_count(1)
    expect(form.state_line()).to_contain_text("Có 1 ảnh chưa dùng được")
    assert look(page, "paper-stuck") == []
    stuck.locator("[data-action=retake]").click()
    expect(slot.sheets.nth(1)).to_contain_text("Hệ thống không mở được tệp này")
    slot.ready()
    slot.act(2, "remove-page")
    slot.pick(pdf("án"))
    slot.hold(2)
    hashes = slot.hashes()
    whole(slot.send())
    assert verified(office) == hashes


@pytest.mark.long
def test_whoever_signs_out_sends_no_photograph_and_nobody_else_does(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    page = filled.page
    slot = Slot(page).open()
    slot.pick(pdf("nặng", 900))
    slot.hold(1)
    hashes = slot.hashes()
    proxy.set(Weather(only=("PATCH", "/files/"), swallow=True))
    form = slot.send()
    proxy.wait_seen(1, "PATCH", "/files/")
    dossier = page.url
    page.goto("/cai-dat")
    expect(page.locator("#people")).to_contain_text("1 hồ sơ chưa gửi vẫn ở lại máy này")
    page.locator("[data-action=sign-out]").click()
    page.wait_for_url("**/")
    proxy.clear()
    before = len(proxy.seen("PATCH", "/files/")) + len(proxy.seen("HEAD", "/files/"))
    sign_in(page, "demo-2")
    slot = Slot(page, "divorce_ruling")
    ready_to_send(page).submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert len(proxy.seen("PATCH", "/files/")) + len(proxy.seen("HEAD", "/files/")) == before
    sign_in(page, "demo-1")
    page.goto(dossier)
    whole(form)
    (mine,) = [each for each in office.dossiers() if each["attachments"]]
    assert [each["sha256"] for each in mine["attachments"]] == hashes


@pytest.mark.long
def test_photographs_wait_when_the_day_s_budget_is_spent(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    page = filled.page
    page.goto("/cai-dat")
    page.locator("label", has=page.locator("[name=photo-budget][value='5']")).click()
    page.evaluate(SPEND, 6_000_000)
    slot = Slot(page).open()
    slot.pick(photo(1))
    slot.hold(1)
    form = slot.send()
    expect(page.locator("#papers")).to_contain_text("Hôm nay đã dùng 6 MB trong mức 5 MB.")
    expect(form.state_line()).to_have_attribute("data-state", "partly")
    assert not [each for each in proxy.seen(*BEGIN) if each.path == BEGIN[1]]
    page.locator("[data-action=send-files]", has_text="Gửi luôn").click()
    whole(form)
    assert len(verified(office)) == 1


def test_the_worker_goes_on_with_photographs_when_every_page_is_closed(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    slot = Slot(filled.page).open()
    slot.pick(photo(1))
    slot.hold(1)
    hashes = slot.hashes()
    proxy.set(Weather(only=BEGIN, answer=BAD_GATEWAY))
    form = slot.send()
    expect(filled.page.locator("#papers")).to_contain_text("Chưa gửi được vì hệ thống chưa trả lời")
    dossier = filled.page.url
    close_pages_and_wake(filled, proxy)
    proxy.wait_until(lambda: any(each.answered for each in proxy.seen(*BEGIN)), "the worker's upload")
    page = filled.running.new_page()
    page.goto(dossier)
    whole(FormPages(page))
    assert verified(office) == hashes
    assert form.page.is_closed()
