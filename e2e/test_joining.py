"""An account begun on a phone with no network, its password, and the credential that each drawer is sent with."""

import json
import sqlite3

import pytest
from playwright.sync_api import expect

from e2e.joining import begin_without_network, register, said_in
from e2e.office import Office, values_of
from e2e.others import Other
from e2e.pages import FormPages, dossier_of, ready_to_send, sign_in, status_page
from e2e.people import CITIZEN_ID, NAME, SINGLE
from e2e.phone import Phone
from e2e.proxy import FaultProxy, Weather, canned
from e2e.waking import close_pages_and_wake

ACCOUNTS = ("POST", "/accounts")
PHRASE = "suoi trong nui xanh"


def people_named(office: Office, name: str) -> int:
    """Count the persons of that name that the system has."""
    with sqlite3.connect(f"file:{next(office.data.glob('*.db*'))}?mode=ro", uri=True) as conn:
        return int(conn.execute("SELECT count(*) FROM person WHERE name = ?", (name,)).fetchone()[0])


def test_joined_filled_in_and_sent_without_signal_it_arrives_with_the_page_closed(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    begin_without_network(phone, proxy)
    assert office.dossiers() == []
    close_pages_and_wake(phone, proxy)
    proxy.wait_answered(2)
    (stored,) = office.dossiers()
    assert stored["state"] == "1"
    assert values_of(stored) == values_of(stored) | SINGLE
    page = phone.running.new_page()
    page.goto("/cua-toi")
    expect(page.locator("[data-state=received]")).to_contain_text(stored["code"])


@pytest.mark.long
def test_an_answer_to_joining_that_is_lost_makes_no_second_person(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = begin_without_network(phone, proxy)
    proxy.set(Weather(only=ACCOUNTS, times=2, lose_answer=True))
    phone.running.set_offline(False)
    form.page.goto("/cua-toi")
    expect(form.page.locator("[data-state=received]")).to_be_visible(timeout=45_000)
    begun = proxy.seen(*ACCOUNTS)
    assert len(begun) >= 3
    assert len({request.text() for request in begun}) == 1, "the same words and the same secret each time"
    assert people_named(office, NAME) == 1
    assert len(office.dossiers()) == 1


def test_the_account_goes_before_every_op_and_its_secret_is_the_credential(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = begin_without_network(phone, proxy)
    before = len(proxy.seen())
    proxy.set(Weather(only=ACCOUNTS, answer=canned("503 Service Unavailable", "<h1>busy</h1>")))
    phone.running.set_offline(False)
    form.page.goto("/cua-toi")
    proxy.wait_seen(1, *ACCOUNTS)
    expect(form.page.locator("[data-state=waiting]")).to_be_visible()
    assert len(proxy.seen()) == before, "nothing before the account"
    proxy.clear()
    form.try_now()
    expect(form.page.locator("[data-state=received]")).to_be_visible()
    body = json.loads(proxy.seen(*ACCOUNTS)[-1].text())
    assert {key: body[key] for key in ("name", "citizen_id", "phone")} == {
        "name": NAME, "citizen_id": CITIZEN_ID, "phone": "0987654321",
    }  # fmt: skip
    assert {said_in(request) for request in proxy.seen()[before:]} == {body["secret"]}
    assert len(office.dossiers()) == 1


@pytest.mark.long
def test_what_the_system_does_not_take_is_put_right_and_nothing_is_lost(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    form = begin_without_network(phone, proxy)
    refusal = json.dumps({"type": "urn:motcua:problem:invalid", "title": "invalid", "status": 400})
    proxy.set(Weather(only=ACCOUNTS, answer=canned("400 Bad Request", refusal, "application/problem+json")))
    phone.running.set_offline(False)
    form.page.goto("/cua-toi")
    form.page.locator("[data-action=put-right]").click()
    expect(form.page.locator("[name=name]")).to_have_value(NAME)
    proxy.clear()
    register(form.page, name="Hoàng Thị Tuyết")
    form.page.goto("/cua-toi")
    expect(form.page.locator("[data-state=received]")).to_be_visible()
    assert people_named(office, "Hoàng Thị Tuyết") == 1
    assert len({json.loads(request.text())["secret"] for request in proxy.seen(*ACCOUNTS)}) == 1


@pytest.mark.long
def test_wrong_answers_are_told_at_their_places_and_stay(phone: Phone) -> None:
    page = phone.open("/dang-nhap")
    page.locator("[data-action=new-account]").click()
    page.locator("[name=citizen_id]").fill("999186")
    page.locator("[data-action=begin-account]").click()
    expect(page.locator("[data-field=name] .error")).to_contain_text("Chưa ghi")
    expect(page.locator("[data-field=citizen_id] .error")).to_contain_text("12 chữ số, anh/chị mới ghi 6 số")
    expect(page.locator("[data-field=phone] .error")).to_be_hidden()
    expect(page.locator("[name=citizen_id]")).to_have_value("999186")
    expect(page.locator("[name=name]")).to_be_focused()


@pytest.mark.long
def test_a_password_set_on_the_phone_opens_the_account_on_another(
    phone: Phone, proxy: FaultProxy, office: Office, new_phone: object
) -> None:
    form = begin_without_network(phone, proxy)
    proxy.clear()
    phone.running.set_offline(False)
    form.page.goto("/cua-toi")
    expect(form.page.locator("[data-state=received]")).to_be_visible()
    dossier = dossier_of(form.page)
    form.page.goto("/cai-dat")
    form.page.locator("[name=password]").fill(PHRASE)
    form.page.locator("[data-action=set-password]").click()
    expect(form.page.locator("#people [role=status]").first).to_contain_text("Đã đặt mật khẩu")
    second = Other.signed_in(office, CITIZEN_ID, PHRASE)
    assert set(second.dossiers()) == {dossier}
    form.page.locator("[data-action=devices]").click()
    expect(form.page.locator("#devices [data-device]")).to_have_count(2)
    form.page.locator("[data-action=sign-out-device]").click()
    expect(form.page.locator("#devices [data-device]")).to_have_count(1)
    assert second.http.get("/accounts/me").status_code == 401
    form.page.goto(status_page(dossier))
    form.ask_news()
    expect(form.state_line()).to_have_attribute("data-state", "received")


@pytest.mark.long
def test_a_sign_in_outlives_a_browser_that_is_killed_at_once(phone: Phone, proxy: FaultProxy, office: Office) -> None:
    """A cookie reaches the disk half a minute late; the credential is in the drawer before anything says so."""
    sign_in(phone.open("/"), "demo-1")
    phone.kill()
    form = ready_to_send(phone.open("/"))
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    assert len(office.dossiers()) == 1


@pytest.mark.parametrize("cookie", ["another's", pytest.param("none", marks=pytest.mark.long)])
def test_work_is_sent_with_its_own_drawer_s_credential_whatever_cookie_there_is(
    filled: Phone, office: Office, cookie: str
) -> None:
    if cookie == "none":
        filled.running.clear_cookies()
    else:
        asked = filled.page.evaluate(
            """() => fetch("/dang-nhap", {method: "POST", headers: {"content-type": "application/json",
               accept: "application/json"}, body: JSON.stringify({user: "demo-2", password: "motcua-demo"})})
               .then(answer => answer.json())"""
        )
        assert asked["name"] != "Hoàng Thị Ngân"
    form = FormPages(filled.page)
    form.submit()
    expect(form.state_line()).to_have_attribute("data-state", "received")
    dossier = dossier_of(filled.page)
    assert dossier in Other.signed_in(office, "demo-1").dossiers()
    assert dossier not in Other.signed_in(office, "demo-2").dossiers()
