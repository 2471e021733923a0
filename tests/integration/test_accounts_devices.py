"""The devices of an account: seen by their owner alone, signed out from afar, ended by time."""

import asyncio
import secrets
import sqlite3
from typing import Any

import httpx
import pytest
from sqlite_utils import Database

from server.ids import new_id
from server.services.attempts import Limits
from server.services.devices import Devices, label_of
from server.services.passwords import Passwords
from server.services.sessions import Asking, sign_in
from server.settings import DAY_MS, SESSION_DAYS, SESSION_DAYS_MAX
from server.store.keys import blob
from server.store.migrations import migrations
from server.store.people import find_user
from server.store.sessions import (
    NEVER_MS,
    add_session,
    end_forgotten,
    find_session,
    seen_session,
    sessions_of,
    token_hash,
)
from server.store.store import Store, now_ms
from tests.integration.caller import PASSWORD, Caller, create, problem
from tests.integration.test_accounts_password import GOOD, joined, set_to, signing_in

ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile Safari/604.1"


def entered(office: Any, user: str, agent: str = ANDROID) -> Caller:
    answer = httpx.post(
        office.address + "/dang-nhap", json={"user": user, "password": PASSWORD},
        headers={"Accept": "application/json", "User-Agent": agent},
    )  # fmt: skip
    return Caller(office.address, answer.json()["token"])


def listed(caller: Caller) -> list[dict[str, Any]]:
    answer = caller.http.get("/accounts/devices")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return list(answer.json()["devices"])


def test_each_device_is_listed_with_its_name_and_contacts_and_this_one_marked(office: Any) -> None:
    begun = now_ms()
    first, second = entered(office, "demo-8"), entered(office, "demo-8", IPHONE)
    first.sync(device="d" * 32, ops=[])
    mine = {device["label"]: device for device in listed(second)}
    assert mine["Safari · iPhone"]["this"] is True
    assert "this" not in mine["Chrome · Android"]
    assert mine["Chrome · Android"]["device"] == "d" * 32
    assert "device" not in mine["Safari · iPhone"]
    for device in mine.values():
        assert begun <= device["first"] <= device["last"] <= now_ms()
        assert device["expires"] > now_ms()
        assert set(device) <= {"id", "label", "device", "first", "last", "expires", "this"}


def test_a_device_signed_out_from_afar_gets_401_and_its_ops_are_taken_after_the_next_sign_in(office: Any) -> None:
    here, there = entered(office, "demo-9"), entered(office, "demo-9", IPHONE)
    gone = next(device["id"] for device in listed(here) if device["label"] == "Safari · iPhone")
    assert here.http.delete(f"/accounts/devices/{gone}").status_code == 204
    waiting = create(new_id(now_ms()))
    assert problem(there.sync(ops=[waiting], cursor="")) == "unauthenticated"
    assert here.http.delete(f"/accounts/devices/{gone}").status_code == 204, "harmless when repeated"
    assert [device["id"] for device in listed(here) if device["id"] == gone] == []
    again = entered(office, "demo-9", IPHONE)
    assert again.push(waiting)[0]["outcome"] == "applied"
    assert again.http.delete("/accounts/devices").json() == {"ended": 1}
    assert problem(here.http.get("/accounts/me")) == "unauthenticated"
    assert [device.get("this") for device in listed(again)] == [True]


@pytest.mark.parametrize("user", ["demo-3", "officer-06151", "head-06151", "inspector-1", "admin-1"])
def test_nobody_sees_or_ends_a_device_of_another_account(office: Any, user: str) -> None:
    victim, other = entered(office, "demo-8"), entered(office, user)
    theirs = {device["id"] for device in listed(victim)}
    assert theirs.isdisjoint(device["id"] for device in listed(other))
    for device in theirs:
        assert other.http.delete(f"/accounts/devices/{device}").status_code == 204, "and nothing is told"
    other.http.delete("/accounts/devices")
    assert theirs <= {device["id"] for device in listed(victim)}


def test_the_only_way_in_is_never_ended(office: Any) -> None:
    caller = joined(office)
    (this,) = listed(caller)
    assert "expires" not in this
    assert problem(caller.http.delete(f"/accounts/devices/{this['id']}")) == "forbidden"
    assert caller.http.delete("/accounts/devices").json() == {"ended": 0}
    assert caller.http.post("/dang-xuat", headers={"Accept": "application/json"}).status_code == 204
    assert caller.http.get("/accounts/me").status_code == 200
    set_to(caller, GOOD)
    assert "expires" in listed(caller)[0]
    user = caller.http.get("/accounts/me").json()["user"]
    other = Caller(office.address, signing_in(office, user, GOOD).json()["token"])
    assert other.http.delete(f"/accounts/devices/{this['id']}").status_code == 204
    assert problem(caller.http.get("/accounts/me")) == "unauthenticated"


@pytest.mark.parametrize("what", ["x", "%00", "0" * 36, "%2e%2e%2f"])
def test_what_is_no_id_is_not_found(citizen: Caller, what: str) -> None:
    assert problem(citizen.http.delete(f"/accounts/devices/{what}")) == "not-found"


def who(store: Store) -> str:
    found = find_user(store.conn, "demo-1")
    assert found is not None
    return found.id


def write(store: Store, job: Any) -> Any:
    return store.writer.submit(lambda conn, _tip: job(conn)).result()


def test_contact_moves_the_end_of_a_session_but_never_past_the_latest(store: Store) -> None:
    person, token, begun = who(store), secrets.token_urlsafe(32), 1_000_000
    write(store, lambda conn: add_session(conn, token, person, begun))
    end = begun + SESSION_DAYS * DAY_MS
    found = find_session(store.conn, token, end - 1)
    assert found is not None
    assert find_session(store.conn, token, end) is None
    for day in range(20, SESSION_DAYS_MAX + 20, 20):
        write(store, lambda conn, at=begun + day * DAY_MS: seen_session(conn, found.id, None, at))
    last = begun + SESSION_DAYS_MAX * DAY_MS
    assert find_session(store.conn, token, last - 1) is not None
    assert find_session(store.conn, token, last) is None


def test_an_end_that_was_asked_for_stays(store: Store) -> None:
    person, token = who(store), secrets.token_urlsafe(32)
    write(store, lambda conn: add_session(conn, token, person, 0, expires_ms=5_000))
    found = find_session(store.conn, token, 1)
    assert found is not None
    write(store, lambda conn: seen_session(conn, found.id, None, 4_000))
    assert find_session(store.conn, token, 5_000) is None


def test_a_late_writing_never_takes_a_contact_back(store: Store) -> None:
    person, token = who(store), secrets.token_urlsafe(32)
    write(store, lambda conn: add_session(conn, token, person, 1_000))
    (row,) = sessions_of(store.conn, person, 1_000)
    write(store, lambda conn: seen_session(conn, row.id, "abc", 9_000))
    write(store, lambda conn: seen_session(conn, row.id, None, 2_000))
    (row,) = sessions_of(store.conn, person, 1_000)
    assert (row.last, row.device) == (9_000, "abc")


def test_one_person_has_so_many_sessions_and_the_least_used_go_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.sessions.SESSIONS_MAX", 3)
    person, tokens = who(store), [secrets.token_urlsafe(32) for _ in range(6)]

    def begin(conn: Any) -> None:
        add_session(conn, tokens[0], person, 1_000, expires_ms=NEVER_MS)  # the only way in: counted and ended by nobody
        for number, token in enumerate(tokens[1:]):
            add_session(conn, token, person, 2_000 + number)
        end_forgotten(conn, person, 3_000)

    write(store, begin)
    alive = [find_session(store.conn, token, 3_000) is not None for token in tokens]
    assert alive == [True, False, False, True, True, True]


def test_a_password_changed_while_it_is_compared_opens_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever knows the old password must not slip in beside the change that signs everybody out."""
    person = who(store)

    def change_meanwhile(_password: str, _hashed: str) -> bool:
        write(store, lambda conn: conn.execute("UPDATE person SET password_hash = 'new' WHERE id = ?", (blob(person),)))
        return True

    monkeypatch.setattr("server.services.passwords._fits", change_meanwhile)
    asking = Asking("one", "", "nonce")
    assert asyncio.run(sign_in(store, Limits(), Passwords(), "demo-1", PASSWORD, asking)) is None
    assert sessions_of(store.conn, person, now_ms()) == []


def test_contacts_gathered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.devices.GATHERED_MAX", 3)
    devices = Devices()
    for number in range(9):
        devices.contact(f"session {number}", number)
    devices.contact("session 0", 99)
    assert devices._contacts == {"session 0": (None, 99), "session 1": (None, 1), "session 2": (None, 2)}


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (ANDROID, "Chrome · Android"),
        (IPHONE, "Safari · iPhone"), ("", ""), ("curl/8.5.0", ""), ("\u202e" * 9_999, ""),
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Firefox · Android"),
        (ANDROID + " Zalo android/12", "Zalo · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124 Safari/537 Edg/124", "Edge · Windows"),
    ],
)  # fmt: skip
def test_a_label_is_what_people_call_a_program_and_nothing_more(agent: str, label: str) -> None:
    assert label_of(agent) == label


def test_sessions_from_before_there_were_devices_stay_and_so_does_a_begun_secret() -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    database = Database(conn)
    migrations.apply(database, stop_before="sessions_are_devices")
    person, secret, token = new_id(1), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    conn.execute(
        "INSERT INTO person VALUES (?, 'a-1', 'Ai', 'unverified', NULL, NULL, NULL, NULL, ?, NULL, 1)",
        (blob(person), token_hash(secret)),
    )
    conn.execute("INSERT INTO session VALUES (?, ?, 9000)", (token_hash(token), blob(person)))
    migrations.apply(database)
    assert {find.person for find in (find_session(conn, token, 8_999), find_session(conn, secret, 8_999)) if find} == {
        person
    }
    assert find_session(conn, token, 9_000) is None
    assert find_session(conn, secret, NEVER_MS - 1) is not None
    assert len({row.id for row in sessions_of(conn, person, 1)}) == 2
