"""A backup gives nobody back what was taken from them since."""

import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import transaction
from server.demo import seed
from server.ids import new_id
from server.store.backup import back_up
from server.store.database import FILE, connect, migrate
from server.store.people import Person, add_person, end_roles, find_user, give_role, roles_of, set_password
from server.store.restore import restore
from server.store.sessions import NEVER_MS, add_session, end_session, find_session, sessions_of, settle_secret
from server.store.store import now_ms

STOLEN, KEPT, SECRET = (secrets.token_urlsafe(32) for _ in range(3))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with two phones of one person, a begun account and an officer, and a backup of it."""
    place = tmp_path / "data"
    migrate(place)
    with transaction(place) as conn:
        seed(conn, now_ms())
        person = known(conn, "demo-1").id
        add_session(conn, STOLEN, person, now_ms())
        add_session(conn, KEPT, person, now_ms())
        add_person(conn, Person(new_id(now_ms()), "a-begun", "Ai", "unverified"), now_ms(), secret=SECRET)
    back_up(place, tmp_path / "backup.zip", now_ms())
    return place


def known(conn: sqlite3.Connection, user: str) -> Person:
    person = find_user(conn, user)
    assert person is not None
    return person


def since(data: Path, change: Callable[[sqlite3.Connection], Any]) -> sqlite3.Connection:
    """Change something after the backup, go back to it, and look."""
    with transaction(data) as conn:
        change(conn)
    restore(data.parent / "backup.zip", data, now_ms())
    return connect(data)


def test_a_phone_that_was_signed_out_stays_out_and_the_others_stay_in(data: Path) -> None:
    conn = since(data, lambda conn: end_session(conn, STOLEN, now_ms()))
    assert find_session(conn, STOLEN, now_ms()) is None
    assert find_session(conn, KEPT, now_ms()) is not None
    assert find_session(conn, SECRET, now_ms()) is not None
    conn.close()


def test_a_password_that_was_changed_stays_changed(data: Path) -> None:
    def change(conn: sqlite3.Connection) -> None:
        person = known(conn, "demo-1")
        assert set_password(conn, person.id, "another", person.password_hash)

    conn = since(data, change)
    assert known(conn, "demo-1").password_hash == "another"
    assert known(conn, "demo-2").password_hash not in (None, "another")
    conn.close()


def test_the_secret_of_an_account_that_got_a_password_keeps_its_end(data: Path) -> None:
    def change(conn: sqlite3.Connection) -> None:
        begun = known(conn, "a-begun")
        assert set_password(conn, begun.id, "a hash", None)
        settle_secret(conn, begun.id, now_ms())

    conn = since(data, change)
    (session,) = sessions_of(conn, known(conn, "a-begun").id, now_ms())
    assert session.expires < NEVER_MS
    assert conn.execute("SELECT max(latest) < ? FROM session WHERE expires < ?", (NEVER_MS, NEVER_MS)).fetchone() == (
        1,
    )
    conn.close()


def test_an_officer_who_left_stays_away(data: Path) -> None:
    conn = since(data, lambda conn: end_roles(conn, known(conn, "officer-06154").id, now_ms()))
    assert roles_of(conn, known(conn, "officer-06154").id, now_ms() + 1)[0] == {}
    assert roles_of(conn, known(conn, "head-06154").id, now_ms() + 1)[0] == {"06154": ("head",)}
    conn.close()


def test_a_role_given_since_is_not_given_back(data: Path) -> None:
    conn = since(data, lambda conn: give_role(conn, known(conn, "demo-1").id, "06154", "head", now_ms()))
    assert roles_of(conn, known(conn, "demo-1").id, now_ms() + 1)[0] == {}
    conn.close()


@pytest.mark.parametrize("what", ["empty", "damaged", "gone"])
def test_a_database_that_says_nothing_signs_nobody_out(data: Path, what: str) -> None:
    for file in data.glob(FILE + "*"):
        file.unlink()
    if what == "empty":
        migrate(data)
    elif what == "damaged":
        (data / FILE).write_bytes(b"SQLite format 3\x00" + b"\x07" * 9_000)
    restore(data.parent / "backup.zip", data, now_ms())
    conn = connect(data)
    assert find_session(conn, STOLEN, now_ms()) is not None
    conn.close()
