"""An officer takes in an application for somebody: recorded first, checked by the person, sent when it can be."""

import json

from playwright.sync_api import expect

from e2e.arrival import received, waiting, watch
from e2e.field import CONSENT, choose, help_somebody, sign_in_officer
from e2e.office import UNIT, Office, values_of
from e2e.pages import FORM, FormPages, dossier_of, kept_for_offline, status_page
from e2e.people import CITIZEN_ID, NAME, SINGLE
from e2e.phone import Phone
from e2e.proxy import UNREACHABLE, FaultProxy
from e2e.test_pages import look


def test_an_officer_helps_somebody_without_network_and_is_told_of_a_likeness(
    phone: Phone, proxy: FaultProxy, office: Office
) -> None:
    page = phone.open("about:blank")
    watch(phone.running)
    sign_in_officer(page)
    expect(page.locator("[data-tab=field]")).to_be_visible()
    kept_for_offline(page)
    proxy.set(UNREACHABLE)
    phone.running.set_offline(True)
    page.goto("/di-ban#lam-ho")
    page.locator("[data-action=begin-helped]").click()
    expect(page.locator(".summary li")).to_have_count(6)
    expect(page.locator(".summary")).to_be_focused()
    assert look(page, "field-help-wrong") == []
    page.locator("[name=name]").fill("Ai đó")
    choose(page, "relation", "family")
    expect(page.locator("[name=whom]")).to_be_visible()
    expect(page.locator("[data-state=saved]")).to_be_visible()
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Ai đó")
    form = help_somebody(page)
    dossier = page.url.split("d=")[1].split("#")[0]
    form.fill_all(
        {path: value for path, value in SINGLE.items() if path not in ("applicant.full_name", "applicant.citizen_id")}
    )
    form.review()
    expect(page.locator("[data-turn]")).to_have_text("Anh/chị quay máy cho người dân xem lại.")
    expect(page.locator("#helped")).to_contain_text(CONSENT)
    expect(page.locator("[data-action=submit]")).to_have_text("Gửi hồ sơ")
    form.submit()
    waiting(form)
    help_somebody(page, "Lý Thị Mán")  # another name, and the same number
    expect(page.locator("#alike summary")).to_contain_text("Có thể trùng: 1 hồ sơ")
    expect(page.locator(f"[data-alike='{dossier}']")).to_have_count(1)
    assert look(page, "field-alike") == []
    page.goto("/di-ban")
    expect(page.locator("[data-group='day.waiting'] li.work")).to_have_count(1)
    expect(page.locator("[data-group='day.drafts'] li.work")).to_have_count(1)
    page.locator("#q").fill("hoang thi ngoc")
    expect(page.locator("li.work")).to_have_count(1)
    expect(page.locator(f"#day [data-dossier='{dossier}']")).to_be_visible()
    assert look(page, "field-day") == []
    page.locator("[data-action=summary]").click()
    expect(page.locator("[data-summary='2']")).to_be_visible()
    expect(page.locator("[data-counts] tbody tr").last).to_have_text("Cộng110")
    assert look(page, "field-summary") == []
    proxy.clear()
    phone.running.set_offline(False)
    page.goto(status_page(dossier))
    FormPages(page).try_now()
    received(FormPages(page))
    assert dossier_of(page) == dossier
    taken_in_once(office, proxy, dossier)


def taken_in_once(office: Office, proxy: FaultProxy, dossier: str) -> None:
    """Check what the office has, and what was recorded of the person."""
    (stored,) = office.dossiers()
    assert (stored["id"], stored["state"], stored["unit"], stored["channel"]) == (dossier, "1", UNIT, "field")
    assert values_of(stored) == values_of(stored) | SINGLE
    assert FORM in stored["form"]
    ops = [op for request in proxy.answered() for op in json.loads(request.text()).get("ops", [])]
    create = next(op for op in ops if op["type"] == "create")
    assert create["on_behalf"] | {"consent": None} == {
        "name": NAME, "citizen_id": CITIZEN_ID, "relation": "self", "seen": "card", "consent": None,
    }  # fmt: skip
    assert (create["on_behalf"]["consent"]["text"], create["on_behalf"]["consent"]["version"]) == (CONSENT, "1")
