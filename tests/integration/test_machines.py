"""The page of silent devices: heads see the unit's officers' devices, what waits on them, and whom to call."""

import json
from html import unescape
from typing import Any

import pytest

from server.settings import DAY_MS
from server.store.machines import machines_of
from server.store.people import DEVICES_MAX, end_roles, find_user, seen_device
from server.store.store import Store, now_ms
from tests.integration.caller import UNIT, Caller

STATS = {"outbox": 17, "oldest_s": 93_211.0, "blobs": 3, "free_mb": 410.0}


@pytest.fixture
def head(office: Any) -> Caller:
    return Caller.signed_in(office, f"head-{UNIT}")


def test_what_a_tablet_said_last_stands_on_the_page(office: Any, officer: Caller, head: Caller) -> None:
    assert officer.sync(device="0" * 28 + "7k2m", app="1.0.0", stats=STATS).status_code == 200
    officer.http.get("/accounts/devices")  # writes down what was heard
    page = unescape(head.http.get("/desk/may", headers={"Accept": "text/html"}).text)
    for words in ("Máy …7k2m", "bản 1.0.0", "17 phần ghi, 3 ảnh", "Phần cũ nhất chờ từ", "410 MB", "Liên lạc lúc"):
        assert words in page
    assert "Mọi máy đã liên lạc trong 3 ngày." in page
    assert 'href="/desk/may"' in head.http.get("/desk").text
    assert 'href="/desk/may"' not in officer.http.get("/desk").text
    assert officer.http.get("/desk/may").status_code == 403
    inspector = Caller.signed_in(office, "inspector-1")
    for who, leads in ((officer, True), (head, True), (inspector, False)):
        assert ('href="/di-ban"' in who.http.get("/desk").text) == leads
    assert 'href="/di-ban"' in head.http.get("/desk/may").text


def test_a_device_of_who_was_moved_lately_is_still_asked_about(store: Store) -> None:
    person, now = find_user(store.conn, f"officer-{UNIT}"), now_ms()
    assert person is not None

    def move(conn: Any, _: Any) -> None:
        seen_device(conn, person.id, "d", None, json.dumps(STATS), now - 9 * DAY_MS)
        end_roles(conn, person.id, now - 1)

    store.writer.submit(move).result()
    assert [each.outbox for each in machines_of(store.conn, [UNIT], now)] == [17]
    assert machines_of(store.conn, [UNIT], now + 91 * DAY_MS) == []
    assert machines_of(store.conn, ["06151"], now) == []


def test_a_persons_devices_are_bounded(store: Store) -> None:
    person = find_user(store.conn, f"officer-{UNIT}")
    assert person is not None

    def many(conn: Any, _: Any) -> None:
        for n in range(DEVICES_MAX + 5):
            seen_device(conn, person.id, f"d{n}", None, None, n)

    store.writer.submit(many).result()
    kept = {each.device for each in machines_of(store.conn, [UNIT], now_ms())}
    assert kept == {f"d{n}" for n in range(5, DEVICES_MAX + 5)}
