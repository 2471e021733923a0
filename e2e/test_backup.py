"""The backup file: what one phone could not send, another sends, once; and never into somebody else's drawer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.keeping import make_backup, opened, take_in
from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages, dossier_of, kept_for_offline, ready_to_send, sign_in, status_page
from e2e.people import CITIZEN_ID
from e2e.phone import Phone
from e2e.proxy import CLEAR, UNREACHABLE, FaultProxy

NewPhone = Callable[[str], Phone]


@pytest.mark.long
def test_what_two_phones_send_from_one_queue_is_one_dossier(
    citizen: Phone, new_phone: NewPhone, proxy: FaultProxy, office: Office, tmp_path: Path
) -> None:
    other = new_phone("other")
    sign_in(other.open(), "demo-1")
    other.page.goto("/cai-dat")
    kept_for_offline(other.page)
    kept_for_offline(citizen.page)
    form = ready_to_send(citizen.page)
    proxy.set(UNREACHABLE)
    form.submit()
    dossier = dossier_of(citizen.page)
    citizen.page.goto("/cai-dat")
    file = make_backup(citizen.page, tmp_path)
    assert CITIZEN_ID.encode() not in file.read_bytes()
    inside = opened(citizen.page, file)
    assert [record["op"]["type"] for record in inside["outbox"]] == ["create", "patch", "submit"]

    other.page.goto("/cai-dat")
    take_in(other.page, file, "Mật khẩu chưa đúng", words="trâu trắng núi đỏ")
    take_in(other.page, file, "Đã đưa 1 hồ sơ vào máy này")
    take_in(other.page, file, "đã có sẵn trên máy này")
    other.page.goto(status_page(dossier))
    expect(other.page.locator("[data-dossier]").first).to_have_attribute("data-state", "waiting")

    proxy.set(CLEAR)
    for phone in (citizen, other):
        phone.page.goto(status_page(dossier))
        expect(phone.page.locator("[data-dossier]").first).to_have_attribute("data-state", "received")
    (stored,) = office.dossiers()
    assert stored["id"] == dossier
    assert stored["rev"] == len(inside["outbox"]), "each op counts once"
    assert not stored.get("conflicts")


@pytest.mark.long
def test_a_file_goes_into_its_owners_drawer_or_is_asked_about(
    phone: Phone, citizen: Phone, new_phone: NewPhone, tmp_path: Path
) -> None:
    """Work of nobody waits for whoever says that it is theirs; work of a person for that person."""
    form = FormPages(phone.open(FORM_PAGE))
    form.fill_section("applicant", {"applicant.full_name": "Lý Văn Páo"})
    form.saved()
    phone.page.goto("/cai-dat")
    nobodys = make_backup(phone.page, tmp_path)
    citizen.page.goto("/cai-dat")
    take_in(citizen.page, nobodys, "chưa rõ của ai")
    citizen.page.goto("/cua-toi")
    expect(citizen.page.locator("main")).to_contain_text("Lý Văn Páo")
    citizen.page.locator("[data-action=claim]").click()
    expect(citizen.page.locator("[data-action=claim]")).to_have_count(0)
    expect(citizen.page.locator("[data-state=saved]")).to_have_count(1)

    citizen.page.goto("/cai-dat")
    own = make_backup(citizen.page, tmp_path)
    stranger = new_phone("stranger")
    sign_in(stranger.open(), "demo-2")
    stranger.page.goto("/cai-dat")
    take_in(stranger.page, own, "Tệp này của Hoàng Thị Ngân")
    stranger.page.goto("/cua-toi")
    expect(stranger.page.locator("main")).not_to_contain_text("Lý Văn Páo")
    expect(stranger.page.locator("[data-dossier]")).to_have_count(0)


@pytest.mark.long
def test_words_that_seal_nothing_are_not_taken(citizen: Phone) -> None:
    page = citizen.page
    page.goto("/cai-dat")
    said = page.locator("form.backup").first
    make = page.locator("[data-action=backup-make]")
    page.locator("#backup-words").fill("ngắn")
    make.click()
    expect(said).to_contain_text("ít nhất 10 chữ")
    page.locator("#backup-words").fill("trâu trắng núi xanh")
    page.locator("#backup-again").fill("trâu trắng núi đỏ")
    make.click()
    expect(said).to_contain_text("chưa giống nhau")
