"""Several people on one phone: each with a drawer of their own, a guest of whom nothing stays, work of nobody."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.engines import both_engines
from e2e.joining import register
from e2e.office import Office
from e2e.others import Other
from e2e.pages import FORM_PAGE, FormPages, dossier_of, kept_for_offline, ready_to_send, sign_in, status_page
from e2e.people import CITIZEN_ID, NAME
from e2e.phone import Phone
from e2e.proxy import SYNC, UNREACHABLE, FaultProxy, Weather
from e2e.test_private import DUMP_CACHES, DUMP_DATABASES, DUMP_STORAGE

BRIDE = "Triệu Mùi Ghển"
BRIDE_ID = "999184004321"


def no_signal(phone: Phone, proxy: FaultProxy) -> None:
    proxy.set(UNREACHABLE)
    phone.running.set_offline(True)


def signal(phone: Phone, proxy: FaultProxy) -> None:
    proxy.clear()
    phone.running.set_offline(False)


def add_person(page: Page, name: str, citizen_id: str) -> None:
    """Add somebody to the phone, which needs no network."""
    page.goto("/may-cua-ai")
    page.locator("[data-action=add-person]").click()
    page.locator("[data-action=new-account], [data-action=begin-account]").first.wait_for()
    if page.locator("[data-action=new-account]").is_visible():
        page.locator("[data-action=new-account]").click()
    register(page, name, citizen_id)


def open_person(page: Page, short: str) -> None:
    """Say whose the phone is now."""
    page.goto("/may-cua-ai")
    with page.expect_navigation(url=lambda url: "/may-cua-ai" not in url):
        page.locator("[data-action=open-person]", has=page.get_by_text(short, exact=True)).click()
    expect(page.locator("#who")).to_have_text(short)


def test_two_people_share_a_phone_without_network_and_neither_sends_as_the_other(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    page, form = filled.page, FormPages(filled.page)
    no_signal(filled, proxy)
    form.submit()
    first = dossier_of(page)
    add_person(page, BRIDE, BRIDE_ID)
    page.goto("/cua-toi")
    expect(page.locator("main")).to_contain_text("Chưa có hồ sơ nào")
    page.goto(status_page(first))
    expect(page.locator("main")).to_contain_text("Hồ sơ này của Ngân. Chỉ Ngân mới xem và gửi được.")
    assert NAME not in page.content()
    ready_to_send(page).submit()
    second = dossier_of(page)
    page.goto("/may-cua-ai")
    rows = page.locator("[data-action=open-person]")
    expect(rows).to_have_count(2)
    expect(page.locator("main")).to_contain_text("1 chờ gửi")
    assert "hôn nhân" not in page.locator("main").inner_text(), "no procedure is named"
    open_person(page, "Ngân")
    page.goto(status_page(first))
    expect(form.state_line()).to_have_attribute("data-state", "waiting")
    signal(filled, proxy)
    form.try_now()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    open_person(page, "Ghển")
    page.goto(status_page(second))
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert {each["id"] for each in office.dossiers()} == {first, second}
    assert set(Other.signed_in(office, "demo-1").dossiers()) == {first}
    for request in proxy.answered():
        assert not (first in request.text() and second in request.text()), "one drawer, one request"


@pytest.mark.long
def test_what_was_sent_goes_although_another_person_holds_the_phone(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    page, form = filled.page, FormPages(filled.page)
    no_signal(filled, proxy)
    form.submit()
    dossier = dossier_of(page)
    add_person(page, BRIDE, BRIDE_ID)
    before = len(proxy.seen())
    signal(filled, proxy)
    page.goto("/")
    proxy.wait_seen(before + 1)
    proxy.wait_answered(1)
    expect(page.locator("#who")).to_have_text("Ghển")
    assert dossier in Other.signed_in(office, "demo-1").dossiers()


def test_a_shared_phone_asks_whose_it_is_before_it_shows_anything(citizen: Phone) -> None:
    add_person(citizen.page, BRIDE, BRIDE_ID)
    citizen.close()
    page = citizen.open("/cua-toi")
    page.wait_for_url("**/may-cua-ai?*")
    expect(page.locator("[data-action=open-person]")).to_have_count(2)
    page.locator("[data-action=open-person]", has_text="Ngân").click()
    page.wait_for_url("**/cua-toi")
    expect(page.locator("#who")).to_have_text("Ngân")


@pytest.mark.long
def test_one_person_is_never_asked_whose_phone_it_is(citizen: Phone) -> None:
    citizen.close()
    page = citizen.open("/cua-toi")
    expect(page.locator("#who")).to_have_text("Ngân")
    assert page.url.endswith("/cua-toi")


@pytest.mark.long
def test_people_of_one_name_are_told_apart(citizen: Phone) -> None:
    add_person(citizen.page, "Lý Thị Ngân", BRIDE_ID)
    expect(citizen.page.locator("#who")).to_have_text("Thị Ngân")
    add_person(citizen.page, "Hoàng Thị Ngân", "999190000011")
    expect(citizen.page.locator("#who")).to_have_text("Hoàng Thị Ngân")


@pytest.mark.long
def test_a_number_that_is_here_already_opens_that_drawer_and_makes_no_second(phone: Phone, proxy: FaultProxy) -> None:
    page = phone.open("/")
    kept_for_offline(page)
    no_signal(phone, proxy)
    add_person(page, BRIDE, BRIDE_ID)
    add_person(page, "Triệu Ghển", BRIDE_ID)
    page.goto("/may-cua-ai")
    expect(page.locator("[data-action=open-person]")).to_have_count(1)


@pytest.mark.long
def test_of_a_guest_nothing_stays(citizen: Phone, proxy: FaultProxy) -> None:
    page = citizen.page
    page.goto("/may-cua-ai")
    page.locator("[data-action=guest]").click()
    expect(page.locator("#who")).to_have_text("Khách")
    form = ready_to_send(page)
    dossier = form.state_line().get_attribute("data-dossier") or page.url
    form.submit()
    dossier = dossier_of(page)
    expect(form.state_line()).to_have_attribute("data-state", "locked")
    assert dossier in page.evaluate(DUMP_DATABASES)
    page.goto("/may-cua-ai")
    page.locator("[data-action=end-visit]").click()
    expect(page.locator("main")).to_contain_text("kể cả hồ sơ chưa gửi")
    with page.expect_navigation(url=lambda url: "/may-cua-ai" not in url):
        page.locator("[data-action=end-visit-now]").click()
    expect(page.locator("[data-procedure]").first).to_be_visible()
    kept = page.evaluate(DUMP_DATABASES)
    assert "visit-" not in kept
    for text in (kept, page.evaluate(DUMP_CACHES), page.evaluate(DUMP_STORAGE)):
        assert dossier not in text
        assert CITIZEN_ID not in text
    assert not [name for name in page.evaluate("indexedDB.databases()") if "visit" in name["name"]]


def test_a_guest_can_send_and_then_nothing_stays_and_the_sign_in_has_ended(
    citizen: Phone, proxy: FaultProxy, office: Office
) -> None:
    page = citizen.page
    page.goto("/may-cua-ai")
    page.locator("[data-action=guest]").click()
    expect(page.locator("#who")).to_have_text("Khách")
    sign_in(page, "demo-3")
    form = ready_to_send(page)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    dossier = dossier_of(page)
    before = len(proxy.seen())
    proxy.set(Weather(only=SYNC, swallow=True))
    page.goto("/may-cua-ai")
    expect(page.locator("[data-action=open-person]")).to_have_count(1)
    proxy.wait_seen(before + 1)  # the visit ends while its page asks for news
    page.locator("[data-action=end-visit]").click()
    with page.expect_navigation(url=lambda url: "/may-cua-ai" not in url):
        page.locator("[data-action=end-visit-now]").click()
    expect(page.locator("[data-procedure]").first).to_be_visible()
    assert dossier not in page.evaluate(DUMP_DATABASES)
    devices = Other.signed_in(office, "demo-3").http.get("/accounts/devices").json()["devices"]
    assert len(devices) == 1, "the guest's sign-in has ended"


def test_work_that_is_not_mine_is_kept_and_the_next_person_is_asked(phone: Phone, office: Office) -> None:
    page = phone.open("/")
    form = ready_to_send(page)
    form.submit()
    dossier = dossier_of(page)
    sign_in(page, "demo-1")
    page.goto("/cua-toi")
    expect(page.locator("[data-claim]")).to_contain_text(NAME)
    page.locator("[data-action=not-mine]").click()
    expect(page.locator("[data-claim]")).to_have_count(0)
    page.reload()
    expect(page.locator("main")).to_contain_text("Chưa có hồ sơ nào")
    sign_in(page, "demo-2")
    page.goto("/cua-toi")
    page.locator("[data-action=claim]").click()
    expect(page.locator("[data-state=received]")).to_be_visible()
    assert set(Other.signed_in(office, "demo-2").dossiers()) == {dossier}


@both_engines
def test_a_device_signed_out_from_afar_keeps_everything_and_goes_on_after_the_sign_in(
    filled: Phone, proxy: FaultProxy, office: Office
) -> None:
    page, form = filled.page, FormPages(filled.page)
    no_signal(filled, proxy)
    form.submit()
    dossier = dossier_of(page)
    Other.signed_in(office, "demo-1").end_others()
    signal(filled, proxy)
    form.try_now()
    expect(form.state_line()).to_have_attribute("data-state", "locked")
    page.goto("/cua-toi")
    expect(page.locator("[data-state=locked]").first).to_contain_text("1 hồ sơ đang chờ vẫn còn nguyên trên máy")
    page.locator("[data-action=sign-in]").first.click()
    expect(page.locator("[name=user]")).to_be_visible()
    sign_in(page, "demo-1")
    page.goto(status_page(dossier))
    expect(form.state_line()).to_have_attribute("data-state", "received")
    page.goto("/may-cua-ai")
    expect(page.locator("[data-action=open-person]")).to_have_count(1)


@pytest.mark.long
def test_signing_out_can_send_first(filled: Phone, proxy: FaultProxy, office: Office) -> None:
    page, form = filled.page, FormPages(filled.page)
    no_signal(filled, proxy)
    form.submit()
    page.goto("/cai-dat")
    expect(page.locator("#people .notice").last).to_contain_text("1 hồ sơ chưa gửi vẫn ở lại máy này")
    signal(filled, proxy)
    page.locator("#people [data-action=try-now]").click()
    expect(page.locator("#people [data-action=try-now]")).to_have_count(0)
    assert [each["state"] for each in office.dossiers()] == ["1"]
    page.locator("[data-action=sign-out]").click()
    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator("#who")).to_be_empty()


@pytest.mark.long
def test_a_tab_left_open_shows_nothing_after_its_owner_has_gone(citizen: Phone) -> None:
    other = citizen.running.new_page()
    other.goto("/cai-dat")
    expect(other.locator("[data-action=sign-out]")).to_be_visible()
    citizen.page.goto("/cai-dat")
    with other.expect_navigation(url=re.compile(r"/$")):
        citizen.page.locator("[data-action=sign-out]").click()
    expect(other.locator("#who")).to_be_empty()


@pytest.mark.long
def test_an_account_signed_out_without_a_password_comes_back_by_its_name(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    """Its secret is the only way in, and stays on the phone; it sends nothing meanwhile."""
    page = phone.open("/")
    kept_for_offline(page)
    no_signal(phone, proxy)
    add_person(page, BRIDE, BRIDE_ID)
    form = ready_to_send(page)
    form.submit()
    page.goto("/cai-dat")
    page.locator("[data-action=sign-out]").click()
    page.wait_for_url(re.compile(r"/$"))
    signal(phone, proxy)
    page.goto("/cua-toi")
    expect(page.locator("main")).to_contain_text("Chưa có hồ sơ nào")
    assert office.dossiers() == []
    open_person(page, "Ghển")
    page.goto("/cua-toi")
    expect(page.locator("[data-state=received]")).to_be_visible()


@pytest.mark.parametrize("waiting", [True, pytest.param(False, marks=pytest.mark.long)])
def test_what_an_older_version_kept_of_a_person_is_sealed_and_goes_on(
    filled: Phone, proxy: FaultProxy, office: Office, *, waiting: bool
) -> None:
    """Versions before this one kept the account in the clear and had a cookie for a credential."""
    page, form = filled.page, FormPages(filled.page)
    no_signal(filled, proxy)
    if waiting:
        form.submit()
    page.evaluate(
        """async () => {
          const done = request => new Promise((good, bad) => { request.onsuccess = () => good(request.result);
            request.onerror = () => bad(request.error); });
          const db = await done(indexedDB.open("motcua"));
          const slot = (await done(db.transaction("settings").objectStore("settings").get("slot"))).value;
          const own = await done(indexedDB.open(`motcua-${slot}`));
          await done(own.transaction("meta", "readwrite").objectStore("meta").delete("account"));
          const store = db.transaction("settings", "readwrite").objectStore("settings");
          await done(store.put({id: "account", value: {person: slot, name: "Hoàng Thị Ngân", user: "demo-1"}}));
          await done(store.delete("slot"));
          db.close(); own.close();
        }"""
    )
    signal(filled, proxy)
    page.goto("/cua-toi" if waiting else FORM_PAGE)
    if not waiting:
        form.review()
        form.submit()
    expect(page.locator("[data-state=received]")).to_be_visible()
    assert "Hoàng Thị Ngân" not in page.evaluate(DUMP_DATABASES)
    assert len(office.dossiers()) == 1


@pytest.mark.long
def test_what_was_written_in_a_visit_is_not_the_next_signer_s_without_a_question(
    citizen: Phone, office: Office
) -> None:
    page = citizen.page
    page.goto("/may-cua-ai")
    page.locator("[data-action=guest]").click()
    expect(page.locator("#who")).to_have_text("Khách")
    form = ready_to_send(page)
    form.submit()
    dossier = dossier_of(page)
    sign_in(page, "demo-3")
    page.goto("/cua-toi")
    expect(page.locator(f'[data-claim="{dossier}"]')).to_be_visible()
    assert not office.dossiers(), "nothing goes before somebody has said whose it is"
    page.goto("/may-cua-ai")
    page.locator("[data-action=guest]").click()  # a third person
    expect(page.locator("#who")).to_have_text("Khách")
    page.goto("/cai-dat")
    expect(page.locator("[data-action=sign-in]")).to_be_visible()


@pytest.mark.long
def test_a_sign_in_that_is_learnt_of_late_opens_nobody_s_drawer_over_another_s(
    citizen: Phone, proxy: FaultProxy
) -> None:
    page = citizen.page
    kept_for_offline(page)
    page.evaluate(
        """() => fetch("/dang-nhap", {method: "POST", redirect: "manual",
           body: new URLSearchParams({user: "demo-3", password: "motcua-demo"})})"""
    )
    no_signal(citizen, proxy)
    page.goto("/cai-dat#signed-in")
    expect(page.locator("[data-action=sign-out]")).to_be_visible()
    add_person(page, BRIDE, BRIDE_ID)
    expect(page.locator("#who")).to_have_text("Ghển")
    signal(citizen, proxy)
    page.goto("/may-cua-ai")
    expect(page.locator("[data-action=open-person]")).to_have_count(3)
    expect(page.locator("[data-action=open-person][aria-current]")).to_contain_text("Ghển")
