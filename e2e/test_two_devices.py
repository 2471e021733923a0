"""One person, two devices: whatever each knew, both end with what the office has, and nothing is there twice."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e import ROOT
from e2e.joining import begin_without_network
from e2e.office import Office, values_of
from e2e.others import Other
from e2e.pages import FORM, FORM_PAGE, FormPages, dossier_of, kept_for_offline, sign_in, status_page
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy
from e2e.seeds import copy_of

NAME, PHONE = "applicant.full_name", "applicant.phone"


def state(page: Page, wanted: str) -> None:
    """Wait for what a dossier's page says first."""
    expect(page.locator("[data-state]").first).to_have_attribute("data-state", wanted)


def edit(page: Page, dossier: str, path: str, value: str) -> None:
    """Open a dossier that was sent, change one answer and press "Gửi"."""
    page.goto(f"/to-khai/{FORM}?d={dossier}")
    form = FormPages(page)
    form.visit(path.split(".", maxsplit=1)[0])
    form.fill(path, value)
    form.review()
    form.submit()


def news(page: Page, dossier: str) -> None:
    """Open a dossier's page and ask the system, unless the page has done so by itself and moved on."""
    page.goto(status_page(dossier))
    expect(page.locator("[data-state]").first).to_be_visible()
    page.evaluate("document.querySelector('[data-action=ask-news], [data-action=try-now]')?.click()")


@pytest.fixture
def second(new_phone: Callable[[str], Phone]) -> Phone:
    """Another phone of the same person."""
    phone = new_phone("second")
    sign_in(phone.open("/"), "demo-1")
    kept_for_offline(phone.page)  # it will be without network soon
    return phone


@pytest.fixture
def sent(filled: Phone) -> str:
    """A dossier that went and arrived from the first phone."""
    FormPages(filled.page).submit()
    state(filled.page, "received")
    return dossier_of(filled.page)


def motcua(*words: str) -> None:
    """Run a command of the program."""
    subprocess.run([sys.executable, "-m", "server.cli", *words], cwd=ROOT, check=True, capture_output=True)


def ops_in(office: Office, dossier: str) -> int:
    """Count the ops that name a dossier."""
    with sqlite3.connect(f"file:{next(office.data.glob('*.db*'))}?mode=ro", uri=True) as conn:
        key = bytes.fromhex(dossier.replace("-", ""))
        return int(conn.execute("SELECT count(*) FROM op WHERE dossier = ?", (key,)).fetchone()[0])


def test_the_same_field_written_on_both_without_network_is_two_versions_on_both(
    filled: Phone, second: Phone, sent: str, office: Office
) -> None:
    news_page = second.page
    news_page.goto("/cua-toi")
    expect(news_page.locator(f'[data-dossier="{sent}"]')).to_be_visible()
    for phone, name in ((filled, "Hoàng Thị Ánh Tuyết"), (second, "Hoàng Ngọc Ánh Tuyết")):
        phone.running.set_offline(True)
        edit(phone.page, sent, NAME, name)
        state(phone.page, "waiting")
    for phone in (filled, second):
        phone.running.set_offline(False)
        FormPages(phone.page).try_now()
        state(phone.page, "two_versions" if phone is second else "received")
    news(filled.page, sent)
    for phone in (filled, second):
        state(phone.page, "two_versions")
        expect(phone.page.locator("main")).to_contain_text("Hoàng Thị Ánh Tuyết")
        expect(phone.page.locator("main")).to_contain_text("Hoàng Ngọc Ánh Tuyết")
    (stored,) = office.dossiers()
    assert [each["path"] for each in stored["conflicts"]] == [NAME]
    assert len(stored["cells"][NAME]) == 2


@pytest.mark.long
def test_different_fields_written_on_both_without_network_are_both_there(
    filled: Phone, second: Phone, sent: str, office: Office
) -> None:
    second.page.goto("/cua-toi")
    expect(second.page.locator(f'[data-dossier="{sent}"]')).to_be_visible()
    for phone in (filled, second):
        phone.running.set_offline(True)
    edit(filled.page, sent, NAME, "Hoàng Thị Ánh Tuyết")
    edit(second.page, sent, PHONE, "0912345678")
    for phone in (filled, second):
        phone.running.set_offline(False)
        FormPages(phone.page).try_now()
        state(phone.page, "received")
    news(filled.page, sent)
    for phone in (filled, second):
        expect(phone.page.locator("main")).to_contain_text("0912345678")
        expect(phone.page.locator("main")).to_contain_text("Hoàng Thị Ánh Tuyết")
    (stored,) = office.dossiers()
    assert values_of(stored) == SINGLE | values_of(stored) | {NAME: "Hoàng Thị Ánh Tuyết", PHONE: "0912345678"}
    assert stored["conflicts"] == []


@pytest.mark.long
def test_a_phone_restored_from_an_old_copy_sends_its_draft_again_and_it_is_the_same_dossier(
    filled: Phone, new_phone: Callable[[str], Phone], office: Office
) -> None:
    filled.close()
    old = new_phone("restored")
    copy_of(filled.profile, old.profile)
    form = FormPages(filled.open(FORM_PAGE))
    form.review()
    form.submit()
    state(filled.page, "received")
    (before,) = office.dossiers()
    filled.close()
    page = old.open(FORM_PAGE)
    again = FormPages(page)
    again.review()
    again.submit()
    state(page, "received")
    (after,) = office.dossiers()
    assert dossier_of(page) == before["id"]
    assert (after["id"], after["code"], after["state"]) == (before["id"], before["code"], "1")
    assert values_of(after) == values_of(before)
    assert after["conflicts"] == []
    expect(page.locator("main")).to_contain_text(before["code"])


@pytest.mark.long
def test_a_cloned_phone_sends_the_same_ops_and_nothing_is_twice(
    filled: Phone, new_phone: Callable[[str], Phone], proxy: FaultProxy, office: Office
) -> None:
    form = FormPages(filled.page)
    proxy.set(UNREACHABLE)
    form.submit()
    state(filled.page, "waiting")
    dossier = dossier_of(filled.page)
    filled.close()
    clone = new_phone("clone")
    copy_of(filled.profile, clone.profile)
    proxy.clear()
    filled.open(status_page(dossier))
    state(filled.page, "received")
    ops = ops_in(office, dossier)
    clone.open(status_page(dossier))
    state(clone.page, "received")
    assert ops_in(office, dossier) == ops
    edit(clone.page, dossier, PHONE, "0912345678")
    state(clone.page, "received")
    news(filled.page, dossier)
    expect(filled.page.locator("main")).to_contain_text("0912345678")
    (stored,) = office.dossiers()
    assert stored["conflicts"] == []
    assert ops_in(office, dossier) == ops + 1


def test_two_tabs_that_press_send_in_one_moment_make_one_dossier_and_no_second_op(
    filled: Phone, office: Office
) -> None:
    """The second tab may only look; here its button is pressed all the same."""
    other = filled.running.new_page()
    other.goto(FORM_PAGE)
    FormPages(other).review()
    press = "const send = document.querySelector('[data-action=submit]'); send.disabled = false; send.click()"
    for page in (filled.page, other):
        page.evaluate(f"setTimeout(() => {{ {press} }}, 1_000 - Date.now() % 1_000)")
    for page in (filled.page, other):
        page.wait_for_url("**/cua-toi?d=*")
        state(page, "received")
    (stored,) = office.dossiers()
    assert dossier_of(filled.page) == dossier_of(other) == stored["id"]
    assert ops_in(office, stored["id"]) == 3, "create, patch, submit"


def test_a_cursor_that_expired_is_followed_by_a_snapshot_and_nothing_is_missing(
    filled: Phone, sent: str, proxy: FaultProxy, office: Office
) -> None:
    officer = Other.officer(office)
    assert officer.command(sent, "receive")["outcome"] == "applied"
    office.stop()
    with sqlite3.connect(next(office.data.glob("*.db"))) as conn:
        conn.execute("UPDATE tip SET floor = head")
    office.start()
    before = len(proxy.seen("GET", "/sync/v1/snapshot"))
    news(filled.page, sent)
    state(filled.page, "office")
    assert len(proxy.seen("GET", "/sync/v1/snapshot")) > before
    expect(filled.page.locator("main")).to_contain_text("Hoàng Thị Ngọc Ánh Tuyết")


def sent_again(proxy: FaultProxy, since: int, dossier: str) -> None:
    """Wait until the server has answered what the phone sent it anew."""
    proxy.wait_until(lambda: any(each.answered and dossier in each.text() for each in proxy.seen()[since:]), "it again")


@pytest.mark.long
def test_after_a_restore_the_phone_sends_again_what_it_was_told_and_the_code_is_the_same(
    filled: Phone, proxy: FaultProxy, office: Office, tmp_path: Path
) -> None:
    backup = tmp_path / "before.zip"
    motcua("backup", "--data", str(office.data), str(backup))
    form = FormPages(filled.page)
    form.submit()
    state(filled.page, "received")
    dossier = dossier_of(filled.page)
    edit(filled.page, dossier, PHONE, "0912345678")
    state(filled.page, "received")
    (before,) = office.dossiers()
    office.stop()
    motcua("restore", str(backup), "--data", str(office.data))
    office.start()
    assert office.dossiers() == [], "the restore has lost it"
    before_news = len(proxy.seen())
    news(filled.page, dossier)
    expect(filled.page.locator("[data-told=epoch]")).to_contain_text("không bị tính hai lần")
    sent_again(proxy, before_news, dossier)
    state(filled.page, "received")
    (after,) = office.dossiers()
    assert (after["id"], after["code"], after["state"]) == (dossier, before["code"], "1")
    assert values_of(after) == values_of(before)
    assert after["conflicts"] == []
    expect(filled.page.locator("main")).to_contain_text(before["code"])
    filled.page.locator("[data-told=epoch] [data-action=read]").click()
    expect(filled.page.locator("[data-told=epoch]")).to_have_count(0)


@pytest.mark.long
def test_an_account_that_a_restore_lost_is_begun_again_and_is_the_same_person(
    phone: Phone, proxy: FaultProxy, office: Office, tmp_path: Path
) -> None:
    backup = tmp_path / "before.zip"
    motcua("backup", "--data", str(office.data), str(backup))
    form = begin_without_network(phone, proxy)
    proxy.clear()
    phone.running.set_offline(False)
    form.page.goto("/cua-toi")
    expect(form.page.locator("[data-state=received]")).to_be_visible()
    dossier = dossier_of(form.page)
    (before,) = office.dossiers()
    office.stop()
    motcua("restore", str(backup), "--data", str(office.data))
    office.start()
    before_news = len(proxy.seen())
    news(form.page, dossier)
    expect(form.page.locator("[data-told=epoch]")).to_be_visible()
    sent_again(proxy, before_news, dossier)
    state(form.page, "received")
    (after,) = office.dossiers()
    assert (after["id"], after["code"]) == (dossier, before["code"])
    assert values_of(after) == values_of(before)


def test_a_pull_under_an_open_form_changes_neither_the_form_nor_what_it_saw(
    filled: Phone, sent: str, office: Office
) -> None:
    page = filled.page
    page.goto(f"/to-khai/{FORM}?d={sent}")
    form = FormPages(page)
    form.visit("applicant")
    shown = page.locator(f'[name="{NAME}"]').input_value()
    officer = Other.officer(office)
    assert officer.write(sent, NAME, "Hoàng Thị Ánh Nguyệt")["outcome"] == "applied"
    asked = page.context.new_page()  # another tab of the same person brings the news into the drawer
    news(asked, sent)
    expect(asked.locator("main")).to_contain_text("Hoàng Thị Ánh Nguyệt")
    line = page.locator("#newer")
    expect(line.locator("summary")).to_contain_text('Xã vừa ghi khác ở mục: "Họ, chữ đệm, tên".')
    assert page.locator(f'[name="{NAME}"]').input_value() == shown, "what is being written is never replaced"
    form.fill(NAME, "Hoàng Thị Ánh Tuyết")
    assert officer.write(sent, PHONE, "0912000111")["outcome"] == "applied"
    asked.locator("[data-action=ask-news]").click()
    expect(line.locator("li")).to_have_count(2)  # drawn anew by then: a press meanwhile is lost with what it fell on
    line.locator("summary").click()
    expect(line.locator(f'[data-path="{NAME}"]')).to_contain_text("Xã ghi: Hoàng Thị Ánh Nguyệt")
    expect(line.locator(f'[data-path="{NAME}"]')).to_contain_text("Trên trang này: Hoàng Thị Ánh Tuyết")
    line.locator(f'[data-path="{PHONE}"] [data-action=take-newer]').click()
    expect(page.locator(f'[name="{PHONE}"]')).to_have_value("0912000111")
    expect(line.locator("li")).to_have_count(1)
    line.locator(f'[data-path="{NAME}"] [data-action=keep-own]').click()
    expect(line.locator("details")).to_have_count(0)
    expect(page.locator(f'[name="{NAME}"]')).to_have_value("Hoàng Thị Ánh Tuyết")
    form.review()
    form.submit()
    state(page, "two_versions")
    (stored,) = office.dossiers()
    values = {value for value, _ in stored["cells"][NAME]}
    assert values == {"Hoàng Thị Ánh Nguyệt", "Hoàng Thị Ánh Tuyết"}, "the form had not taken the office's value"
    assert [value for value, _ in stored["cells"][PHONE]] == ["0912000111"], (
        "what was taken was seen, and is not written again"
    )
