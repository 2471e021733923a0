"""Sessions: one row a credential, be it a cookie, the same as a bearer token, or the secret an account began with.

Rule 1. Of a credential only the hash is kept. All have 256 random bits, so that a plain hash is enough.
Rule 2. A session ends a while after its last contact, and never later than ``latest``. The secret of an account without
a password never ends, and nobody can end it: it is the only way in.
"""

import sqlite3
from hashlib import sha256
from typing import Final

from msgspec import Struct

from server.ids import new_id
from server.settings import DAY_MS, SESSION_DAYS, SESSION_DAYS_MAX
from server.store.keys import blob, text

#: The year 9999: for what has no end.
NEVER_MS: Final = 253_370_764_800_000


#: How many one person may have open. Nobody has so many devices; who signs in by a program every day might.
SESSIONS_MAX: Final = 200


class Session(Struct, frozen=True):
    """Who asks, and through which of their sessions."""

    id: str
    person: str


class Contact(Struct, frozen=True):
    """One row of the list of devices. Times in milliseconds; ``device`` is what it calls itself in sync."""

    id: str
    label: str
    device: str | None
    first: int
    last: int
    expires: int


def token_hash(token: str) -> bytes:
    """Return what is kept of a token of 256 random bits."""
    return sha256(token.encode()).digest()


def find_session(conn: sqlite3.Connection, token: str, now_ms: int) -> Session | None:
    """Return the session that a credential opens; null where it is nobody's now."""
    row = conn.execute(
        "SELECT id, person FROM session WHERE token_hash = ? AND expires > ?", (token_hash(token), now_ms)
    ).fetchone()
    return None if row is None else Session(text(row[0]), text(row[1]))


def is_credential(conn: sqlite3.Connection, token: str) -> bool:
    """Return whether a text is a credential of somebody already."""
    return conn.execute("SELECT 1 FROM session WHERE token_hash = ?", (token_hash(token),)).fetchone() is not None


def add_session(
    conn: sqlite3.Connection,
    token: str,
    person: str,
    now_ms: int,
    *,
    label: str = "",
    expires_ms: int | None = None,
) -> int:
    """Keep a session; return when it ends. With ``expires_ms`` it ends then and contact does not move that."""
    expires = now_ms + SESSION_DAYS * DAY_MS if expires_ms is None else expires_ms
    latest = now_ms + SESSION_DAYS_MAX * DAY_MS if expires_ms is None else expires_ms
    conn.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?)",
        (token_hash(token), blob(new_id(now_ms)), blob(person), label, now_ms, now_ms, expires, latest),
    )
    return expires


def seen_session(conn: sqlite3.Connection, session: str, device: str | None, at_ms: int) -> None:
    """Remember a contact: it moves the end of the session."""
    conn.execute(
        """UPDATE session SET seen = max(seen, ?1), device = coalesce(?2, device),
           expires = max(expires, min(latest, ?1 + ?3)) WHERE id = ?4""",
        (at_ms, device, SESSION_DAYS * DAY_MS, blob(session)),
    )


def sessions_of(conn: sqlite3.Connection, person: str, now_ms: int) -> list[Contact]:
    """Return a person's sessions that have not ended, the newest contact first."""
    rows = conn.execute(
        """SELECT id, label, device, begun, seen, expires FROM session WHERE person = ? AND expires > ?
           ORDER BY seen DESC, id DESC""",
        (blob(person), now_ms),
    )
    return [Contact(text(row[0]), *row[1:]) for row in rows]


def settle_secret(conn: sqlite3.Connection, person: str, now_ms: int) -> None:
    """Give the secret that an account began with an end, as any session has: there is a password now."""
    conn.execute(
        "UPDATE session SET expires = ?, latest = ? WHERE person = ? AND expires = ?",
        (now_ms + SESSION_DAYS * DAY_MS, now_ms + SESSION_DAYS_MAX * DAY_MS, blob(person), NEVER_MS),
    )


def end_forgotten(conn: sqlite3.Connection, person: str, now_ms: int) -> None:
    """Forget the sessions that expired, and of a person those beyond ``SESSIONS_MAX`` that were used least lately."""
    conn.execute("DELETE FROM session WHERE expires <= ?", (now_ms,))
    conn.execute(
        """DELETE FROM session WHERE token_hash IN (
               SELECT token_hash FROM session WHERE person = ? AND expires < ?
               ORDER BY seen DESC, id DESC LIMIT -1 OFFSET ?)""",
        (blob(person), NEVER_MS, SESSIONS_MAX),
    )


def end_session(conn: sqlite3.Connection, token: str, now_ms: int) -> None:
    """Forget the session of a credential, but for a secret that never ends; and those that expired."""
    conn.execute("DELETE FROM session WHERE token_hash = ? AND expires < ?", (token_hash(token), NEVER_MS))
    conn.execute("DELETE FROM session WHERE expires <= ?", (now_ms,))


def end_one(conn: sqlite3.Connection, person: str, session: str) -> bool:
    """Forget one of a person's sessions; return false where it is the only way in, true also where there is none."""
    key = blob(person), blob(session)
    row = conn.execute("SELECT expires FROM session WHERE person = ? AND id = ?", key).fetchone()
    if row is not None and row[0] >= NEVER_MS:
        return False
    conn.execute("DELETE FROM session WHERE person = ? AND id = ?", key)
    return True


def end_others(conn: sqlite3.Connection, person: str, session: str) -> int:
    """Forget all of a person's sessions but one, and but a secret that never ends; return how many."""
    return conn.execute(
        "DELETE FROM session WHERE person = ? AND id <> ? AND expires < ?", (blob(person), blob(session), NEVER_MS)
    ).rowcount
