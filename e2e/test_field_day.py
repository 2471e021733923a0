"""A whole day in a village: forty applications by two officers on one tablet, no network, a bad line at night."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e import ROOT
from e2e.field import CONSENT, help_somebody, ride_out, sign_in_officer
from e2e.office import UNIT, Office
from e2e.pages import FORM, FormPages
from e2e.people import SINGLE
from e2e.phone import Phone
from e2e.photographs import SLOT
from e2e.proxy import SYNC, FaultProxy, Weather

OFFICERS = (f"officer-{UNIT}", f"head-{UNIT}")
NUMBERS = ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười")
WITNESS = "Trưởng bản Lộc Văn Sỹ"


@pytest.fixture(scope="module")
def by_hand() -> str:
    """The application's own code for taking in, as one script."""
    node = shutil.which("node") or "node"
    made = subprocess.run([node, str(ROOT / "e2e" / "tablet.mjs")], check=True, capture_output=True)
    return made.stdout.decode()


def person(number: int) -> dict[str, Any]:
    """Somebody who comes to the officer: every third is vouched for by the head of the village."""
    witnessed = number % 3 == 0
    seen = {"seen": "witness", "seen_note": WITNESS} if witnessed else {"seen": "card"}
    typed = {
        "procedure": FORM, "name": f"Người Thứ {NUMBERS[number % 10]}",
        "citizen_id": f"9991860{number:05d}", "relation": "self", "channel": "field",
        "consent": {"text": CONSENT, "version": "1", "at": 1_795_485_404_137 + number}, **seen,
    }  # fmt: skip
    named = ("applicant.full_name", "applicant.citizen_id")
    values = {path: value for path, value in SINGLE.items() if path not in named}
    return {"number": number, "typed": typed, "values": values}


def take_in(page: Page, script: str, numbers: range) -> None:
    """Let the officer whose drawer is open take in some of them."""
    page.evaluate(script)
    people = [person(number) for number in numbers]
    page.evaluate("what => takeIn(what)", {"form": f"{FORM}@1", "slot": SLOT, "people": people})


def other_officer(page: Page) -> None:
    """Change shifts: the other one says whose the tablet is now."""
    page.goto("/may-cua-ai?next=/di-ban")
    page.locator("[data-action=open-person]:not([aria-current])").click()
    page.wait_for_url("**/di-ban")
    expect(page.locator("[data-action=help]")).to_be_visible()


def back(phone: Phone) -> Page:
    """Start the tablet's browser again after it was shot, and say whose it is."""
    phone.kill()
    page = phone.open("/may-cua-ai?next=/di-ban")
    page.locator("[data-action=open-person][aria-current]").click()
    page.wait_for_url("**/di-ban")
    return page


def group(page: Page, words: str, photographs: int = 0) -> None:
    """Wait for a heading of the day's list; where photographs are to arrive first, longer for more of them."""
    expect(page.locator("h2", has_text=words)).to_be_visible(timeout=30_000 + 10_000 * photographs)


@pytest.mark.parametrize("each", [3, pytest.param(20, marks=pytest.mark.long)])
def test_a_day_of_two_officers_on_one_tablet_reaches_the_counter_each_dossier_once(
    phone: Phone, proxy: FaultProxy, office: Office, by_hand: str, each: int
) -> None:
    page = phone.open("about:blank")
    for officer in OFFICERS:
        sign_in_officer(page, officer)
    ride_out(phone, proxy)
    form = help_somebody(page, "Hoàng Thị Ngọc Ánh", "999186099999")  # by hand, and put off
    form.saved()
    page.goto("/di-ban")
    take_in(page, by_hand, range(each // 2))
    page = back(phone)  # the first time the tablet dies
    group(page, f"Đang chờ gửi ({each // 2})")
    group(page, "Đang làm dở (1)")
    take_in(page, by_hand, range(each // 2, each))
    other_officer(page)
    expect(page.locator("#day")).to_contain_text("Hôm nay chưa có hồ sơ nào")
    take_in(page, by_hand, range(each, 2 * each))
    page = back(phone)  # and the second
    group(page, f"Đang chờ gửi ({each})")
    page.goto("/di-ban#tong-ket")
    expect(page.locator(f"[data-summary='{each}'] tbody tr").first).to_contain_text("TN-")
    before = len(proxy.answered())
    proxy.set(Weather(only=SYNC, times=1, lose_answer=True, rate_bytes=150_000, delay_seconds=0.05))
    phone.running.set_offline(False)
    page.goto("/di-ban")
    proxy.wait_answered(before + 1)
    proxy.set(Weather(only=("POST", "/files/"), times=6, cut_up_bytes=1_500, rate_bytes=150_000, delay_seconds=0.05))
    FormPages(page).try_now()
    group(page, f"Đã gửi hôm nay ({each})", each)
    other_officer(page)
    group(page, f"Đã gửi hôm nay ({each})", each)
    group(page, "Đang làm dở (1)")
    faults_were_met(proxy)
    at_the_counter(office, each)


def faults_were_met(proxy: FaultProxy) -> None:
    """Check that the line was as bad as it was to be: an answer was lost after the commit, a photograph was cut."""
    creates = Counter(
        op["id"]
        for request in proxy.answered()
        for op in json.loads(request.text()).get("ops", [])
        if op["type"] == "create"
    )
    assert max(creates.values()) > 1
    announced = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
    sizes = [(announced.search(request.head), request.body_bytes) for request in proxy.seen("POST", "/files/")]
    assert any(found and came < int(found[1]) for found, came in sizes)


def at_the_counter(office: Office, each: int) -> None:
    """Each is there once, whole, begun by its own officer, with what was recorded of its own person."""
    dossiers = office.dossiers()
    assert len({one["id"] for one in dossiers}) == len({one["code"] for one in dossiers}) == 2 * each
    assert {one["state"] for one in dossiers} == {"1"}
    assert {(len(one["attachments"]), one["attachments"][0]["status"]) for one in dossiers} == {(1, "verified")}
    with sqlite3.connect(f"file:{office.data / 'motcua.db'}?mode=ro", uri=True) as conn:
        names = dict(conn.execute("SELECT id, user FROM person"))
        rows = conn.execute("SELECT person, body FROM op WHERE type = 'create' AND outcome = 'applied'").fetchall()
    begun = [(names[who], json.loads(body)) for who, body in rows]
    assert Counter(officer for officer, _ in begun) == dict.fromkeys(OFFICERS, each)
    for officer, create in begun:
        about = create["on_behalf"]
        number = int(about["citizen_id"][-5:])
        typed = person(number)["typed"]
        assert officer == OFFICERS[1 if number < each else 0]  # who signed in last began the day
        assert about == {key: typed[key] for key in about}
        assert create["channel"] == "field"
