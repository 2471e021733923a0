"""What an officer took in for somebody goes to a phone of their own, by a slip's code or an account begun for them."""

import json
import time
from typing import Any

from playwright.sync_api import expect

from e2e.office import UNIT, Office
from e2e.others import Other, new_id
from e2e.pages import FORM, kept_for_offline, prove, sign_in
from e2e.people import CITIZEN_ID, NAME, SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy
from e2e.qrcodes import text_in
from e2e.test_pages import look

SLIP = {"code": "TN-7K2M-9Q4TABCD", "secret": "WXYZ2345"}
WHOLE = "TN-7K2M-9Q4TABCD-WXYZ2345"
PHRASE = "suoi trong nui xanh"


def taken_in(office: Office, **handover: Any) -> str:
    """Let the officer take in a dossier for somebody and hand out its slip; return its id."""
    officer, dossier = Other.officer(office), new_id()
    consent = {"text": "Cán bộ đã đọc cho tôi nghe.", "version": "1", "at": int(time.time() * 1000)}
    behalf = {"name": NAME, "citizen_id": CITIZEN_ID, "relation": "self", "seen": "card", "consent": consent}
    begun = {"procedure": FORM, "unit": UNIT, "channel": "field", "on_behalf": behalf}
    results = [
        officer.push(dossier, "create", **begun),
        officer.push(dossier, "patch", set=SINGLE),
        officer.push(dossier, "submit", expect={"state": "draft"}, after=[]),
    ]
    assert [each["outcome"] for each in results] == ["applied"] * 3
    item = {"dossier": dossier, **SLIP, **handover}
    answer = officer.http.post("/handovers", json={"handovers": [item]}).raise_for_status().json()
    assert answer["results"] == [{"dossier": dossier, "outcome": "kept"}]
    return dossier


def test_a_slip_s_code_is_followed_by_anybody_and_claimed_into_one_account(
    phone: Phone, new_phone: Any, office: Office, proxy: FaultProxy
) -> None:
    dossier = taken_in(office)
    page = phone.open(f"/tra-cuu#{WHOLE}")
    expect(page.locator("[name=code]")).to_have_value(SLIP["code"])
    expect(page.locator("[name=secret]")).to_have_value(SLIP["secret"])
    assert page.url.endswith("/tra-cuu"), "no code stays in the address"
    assert look(page, "follow-claim") == []
    page.locator("[data-action=follow]").click()
    expect(page.locator("#found")).to_be_focused()
    assert NAME not in page.content()
    page.locator("[data-action=claim]").click()
    page.wait_for_url("**/dang-nhap?next=*")
    assert "TN-" not in page.url
    prove(page, "demo-1")
    page.wait_for_url("**/tra-cuu")
    expect(page.locator("[name=secret]")).to_have_value(SLIP["secret"])
    proxy.set(UNREACHABLE)
    page.locator("[data-action=claim]").click()
    expect(page.locator("#claim [role=alert]")).to_contain_text("cần có mạng")
    proxy.clear()
    page.locator("[data-action=claim]").click()
    page.wait_for_url(f"**/cua-toi?d={dossier}")
    expect(page.locator("[data-state=received]")).to_be_visible()
    expect(page.locator("main")).to_contain_text(NAME)
    other = new_phone("other").open("/")
    sign_in(other, "demo-2")
    other.goto("/tra-cuu")
    other.locator("[name=code]").fill(WHOLE.lower())
    other.locator("[data-action=claim]").click()
    expect(other.locator("#claim [role=alert]")).to_contain_text("đã về máy của người khác")
    other.goto("/cua-toi")
    assert other.locator(f'[data-dossier="{dossier}"]').count() == 0


def test_an_account_begun_for_a_citizen_without_network_is_finished_with_a_password_of_their_own(
    phone: Phone, new_phone: Any, office: Office, proxy: FaultProxy
) -> None:
    tablet = phone.open("/")
    sign_in(tablet, f"officer-{UNIT}")
    tablet.goto("/phieu#tai-khoan")
    expect(tablet.locator("[data-action=assist]")).to_be_visible()
    kept_for_offline(tablet)
    proxy.set(UNREACHABLE)
    phone.running.set_offline(True)
    tablet.locator("[data-action=assist]").click()
    expect(tablet.locator("[data-field=name] .error")).to_contain_text("Chưa ghi")
    tablet.locator("[name=name]").fill(NAME)
    tablet.locator("[name=citizen_id]").fill(CITIZEN_ID)
    assert look(tablet, "assist") == []
    tablet.locator("[data-action=assist]").click()
    slip = tablet.locator("[data-assisted]")
    expect(slip).to_contain_text(NAME)
    code = slip.locator("[data-code]").get_attribute("data-code") or ""
    assert look(tablet, "assist-slip") == []
    scanned = text_in(tablet.locator(".qr").screenshot())
    assert scanned.endswith(f"/dang-nhap#ma-{code}")
    account = slip.get_attribute("data-assisted") or ""
    proxy.clear()
    phone.running.set_offline(False)
    tablet.locator("[data-action=assist-more]").click()
    expect(tablet.locator(f'[data-assisted="{account}"]')).to_have_attribute("data-sent", "kept")
    (sent,) = proxy.seen("POST", "/accounts/assisted")
    assert set(json.loads(sent.text())) == {"account", "name", "citizen_id", "code", "secret"}
    dossier = taken_in(office, account=account)
    page = new_phone("own").open(scanned.replace(scanned.partition("/dang-nhap")[0], ""))
    expect(page.locator("[name=given-code]")).to_have_value(code)
    assert page.url.endswith("#ma"), "no code stays in the address"
    page.locator("[name=own-password]").fill("ngan")
    page.locator("[data-action=finish-account]").click()
    expect(page.locator("main [role=alert]:visible")).to_contain_text("8")
    page.locator("[name=own-password]").fill(PHRASE)
    assert look(page, "finish") == []
    page.locator("[data-action=finish-account]").click()
    page.wait_for_url("**/cua-toi")
    expect(page.locator(f'[data-dossier="{dossier}"]')).to_have_attribute("data-state", "received")
    again = new_phone("again").open(f"/dang-nhap#ma-{code}")
    again.locator("[name=own-password]").fill("mat khau cua nguoi khac")
    again.locator("[data-action=finish-account]").click()
    expect(again.locator("main [role=alert]:visible")).to_contain_text("chưa đúng hoặc đã dùng rồi")
