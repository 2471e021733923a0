"""What the office says on the way, on a phone without network in between: more is asked for, and answered once."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from e2e.office import Office, values_of
from e2e.others import Other
from e2e.pages import Desk, FormPages, dossier_of, status_page
from e2e.phone import Phone
from e2e.photographs import SLOT, Slot, photo
from e2e.test_two_devices import PHONE, news, state
from schemas.moments import HO_CHI_MINH

MINE = "0912345678"
BEFORE_2010 = "Trước 2010 ở thôn Bản Chúc, xã Hữu Lũng."
#: Far enough that nothing is in a hurry.
UNTIL = datetime.now(HO_CHI_MINH).date() + timedelta(days=30)
UNTIL_READ = f"{UNTIL:%d/%m/%Y}"


def asked_at_the_desk(desk: Desk, dossier: str) -> None:
    """Receive it, and ask for a field, a paper and something in words, as an officer does."""
    desk.open(dossier)
    desk.receive()
    page = desk.page
    step = page.locator("#take-ask_more")
    expect(step).to_be_attached()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    step.locator(f'[name="slot:{SLOT}"]').check()
    step.locator(f'[name="path:{PHONE}"]').check()
    step.locator("[name=text]").fill("Cho biết nơi ở trước năm 2010")
    step.locator("[name=until]").fill(UNTIL.isoformat())
    step.locator("[name=reason]").fill("Số điện thoại không gọi được")
    step.locator("[data-action=ask_more]").click()
    expect(page.locator("#take-ask_more")).to_have_count(0)


def answered_thing_by_thing(form: FormPages) -> None:
    """Follow each thing to its place and come back by its button: a field, a paper, and what is answered in words."""
    page = form.page
    done = page.locator("[data-asked]").get_by_role("status")
    expect(done).to_have_text("Đã làm 0/3")
    page.locator("[data-item] a", has_text="Số điện thoại").click()
    expect(page.locator("main .back")).to_have_text("Về phần bổ sung")
    expect(page.locator(f'[name="{PHONE}"]')).to_be_focused()
    form.fill(PHONE, MINE)
    form.carry_on()
    page.locator("[data-action=still-right]").click()
    form.carry_on()
    page.locator(f'[data-item] a[href$="#p/{SLOT}"]').click()
    slot = Slot(page)
    slot.ready()
    slot.pick(photo(7))
    slot.hold(1)
    page.locator("[data-action=slot-done]").click()
    expect(done).to_have_text("Đã làm 2/3")
    page.locator("textarea").fill(BEFORE_2010)
    page.locator("textarea").blur()
    expect(done).to_have_text("Đã làm 3/3")


def test_what_the_office_asks_for_is_answered_once_from_a_phone_without_network(
    filled: Phone, office: Office, desk: Desk
) -> None:
    page, form = filled.page, FormPages(filled.page)
    form.submit()
    state(page, "received")
    dossier = dossier_of(page)
    page.goto("/")
    filled.running.set_offline(True)
    asked_at_the_desk(desk, dossier)
    due = office.dossiers()[0]["due"]
    filled.running.set_offline(False)
    expect(page.locator("#told h2")).to_have_text("Tin mới từ xã (1)")
    expect(page.locator("[data-told=news]")).to_contain_text(f"Cần anh/chị bổ sung 3 thứ, hạn {UNTIL_READ}.")
    filled.running.set_offline(True)
    page.goto(status_page(dossier))
    state(page, "needs_you")
    request = page.locator("[data-asked]")
    expect(request).to_contain_text("Lý do: Số điện thoại không gọi được")
    answered_thing_by_thing(form)
    page.locator("[data-action=submit]").click()
    state(page, "waiting")
    expect(request).to_have_count(0)
    page.reload()
    state(page, "waiting")
    filled.running.set_offline(False)
    form.try_now()
    state(page, "office")
    expect(form.state_line()).to_contain_text("Đã gửi phần bổ sung, chờ xã xem")
    expect(page.locator("[data-file-state=file_ok]")).to_be_visible()
    (stored,) = office.dossiers()
    assert (stored["state"], values_of(stored)[PHONE]) == ("4", MINE)
    assert [step["command"] for step in stored["steps"]] == ["submit", "receive", "ask_more", "submit"]
    assert [each["status"] for each in stored["attachments"]] == ["verified"]
    assert stored["due"] >= due
    assert stored["trace"][-1]["why"].startswith("tạm dừng chờ"), "the office's time stood still and goes on"
    assert desk.open(dossier)[PHONE].replace(" ", "") == MINE
    expect(desk.page.locator("main")).to_contain_text(BEFORE_2010)
    expect(page.locator("main")).to_contain_text(f"Anh/chị nhắn: {BEFORE_2010}")


@pytest.mark.long
def test_the_way_to_the_result_is_told_and_reads_the_same_without_network(filled: Phone, office: Office) -> None:
    page, form = filled.page, FormPages(filled.page)
    form.submit()
    state(page, "received")
    dossier = dossier_of(page)
    officer, head = Other.officer(office), Other.signed_in(office, "head-06154")
    for name in ("receive", "start"):
        assert officer.command(dossier, name)["outcome"] == "applied"
    promised = re.escape("/".join(reversed(office.dossiers()[0]["due"][:10].split("-"))))
    reason = "cần xác minh ở xã cũ"
    assert head.command(dossier, "reappoint", due=UNTIL.isoformat(), reason=reason)["outcome"] == "applied"
    news(page, dossier)
    line = form.state_line()
    sorry = f"Xã xin lỗi vì trả kết quả chậm so với hẹn ngày {promised}. Hẹn mới: {UNTIL_READ}. Lý do: {reason}."
    expect(line).to_contain_text(re.compile(sorry))
    filled.running.set_offline(True)
    page.reload()
    expect(line).to_contain_text(re.compile(sorry))
    page.locator("[data-due] summary").click()
    expect(page.locator("[data-due] li").last).to_contain_text(f"Sau đó xã hẹn lại {UNTIL_READ}. Lý do: {reason}.")
    expect(page.locator("[data-due] [data-counted=true]")).not_to_have_count(0)
    page.locator("[data-action=withdraw]").click()
    page.locator(".notice [data-action=withdraw]").click()
    state(page, "waiting")
    filled.running.set_offline(False)
    form.try_now()
    expect(line).to_contain_text("Đã xin rút, chờ xã trả lời")
    assert officer.command(dossier, "refuse_withdrawal", reason="đã ký")["outcome"] == "applied"
    assert officer.command(dossier, "finish", result="denied", reason="thiếu căn cứ")["outcome"] == "applied"
    news(page, dossier)
    state(page, "ready")
    expect(line).to_contain_text("Mời anh/chị nhận tại xã.")
    expect(page.locator("[data-result=denied]")).to_contain_text("Lý do: thiếu căn cứ")
    expect(page.locator("[data-result]")).to_contain_text("Nơi trả: Xã")
    assert officer.command(dossier, "give", how="counter", to="Hoàng Thị Ngọc Ánh Tuyết")["outcome"] == "applied"
    news(page, dossier)
    state(page, "closed")
    page.locator("[data-fold^=life] summary").click()
    expect(page.locator("[data-life] li")).to_have_count(8)
    page.goto("/")
    expect(page.locator("[data-told=news]")).to_have_count(0)
