"""Persons, their sessions and their roles: look-ups and writes on a connection; the caller owns the transaction."""

import hmac
import sqlite3
from hashlib import sha256
from typing import Final

from msgspec import Struct

from server.store.keys import blob, text
from sync.ledger import Actor

HASH_KEY: Final = "hash_key"


class Person(Struct, frozen=True):
    """Someone with an account. ``password_hash`` is null until a password is set."""

    id: str
    user: str
    name: str
    status: str
    password_hash: str | None = None


def token_hash(token: str) -> bytes:
    """Return what is kept of a token of 256 random bits."""
    return sha256(token.encode()).digest()


def keyed_hash(conn: sqlite3.Connection, value: str) -> bytes:
    """Return the hash by which a citizen ID or phone is found without an index of its own text."""
    key: bytes = conn.execute("SELECT value FROM meta WHERE key = ?", (HASH_KEY,)).fetchone()[0]
    return hmac.digest(key, value.encode(), "sha256")


def find_person(conn: sqlite3.Connection, identifier: str) -> Person | None:
    """Return a person by id, or null."""
    return _person(conn, "id = ?", blob(identifier))


def find_user(conn: sqlite3.Connection, user: str) -> Person | None:
    """Return who signs in under a user name, or, with a password set, under a citizen ID; else null."""
    known = _person(conn, "user = ?", user)
    if known is not None or not (len(user) == 12 and user.isascii() and user.isdigit()):  # noqa: PLR2004 - citizen ID
        return known
    return _person(conn, "citizen_id_hash = ? AND password_hash IS NOT NULL", keyed_hash(conn, user))


def find_by_token(conn: sqlite3.Connection, token: str, now_ms: int) -> str | None:
    """Return whose session, or whose account secret, a token is; null where it is nobody's now."""
    hashed = token_hash(token)
    row = conn.execute("SELECT person FROM session WHERE token_hash = ? AND expires > ?", (hashed, now_ms)).fetchone()
    if row is None:
        row = conn.execute("SELECT id FROM person WHERE secret_hash = ?", (hashed,)).fetchone()
    return None if row is None else text(row[0])


def find_by_secret(conn: sqlite3.Connection, secret: str) -> Person | None:
    """Return whose account began with a secret, or null."""
    return _person(conn, "secret_hash = ?", token_hash(secret))


def add_person(
    conn: sqlite3.Connection,
    person: Person,
    now_ms: int,
    *,
    citizen_id: str | None = None,
    phone: str | None = None,
    secret: str | None = None,
) -> None:
    """Keep a new person."""
    conn.execute(
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            blob(person.id), person.user, person.name, person.status,
            citizen_id, keyed_hash(conn, citizen_id) if citizen_id else None,
            phone, keyed_hash(conn, phone) if phone else None,
            token_hash(secret) if secret else None, person.password_hash, now_ms,
        ),
    )  # fmt: skip


def add_session(conn: sqlite3.Connection, token: str, person: str, expires_ms: int) -> None:
    """Keep a session; of its token only the hash."""
    conn.execute("INSERT INTO session VALUES (?, ?, ?)", (token_hash(token), blob(person), expires_ms))


def end_session(conn: sqlite3.Connection, token: str, now_ms: int) -> None:
    """Forget a session, and those that expired."""
    conn.execute("DELETE FROM session WHERE token_hash = ? OR expires <= ?", (token_hash(token), now_ms))


def roles_of(conn: sqlite3.Connection, person: str, now_ms: int) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """Return the roles held now by unit, and the units where roles were held once."""
    now: dict[str, list[str]] = {}
    once: set[str] = set()
    rows = conn.execute(
        "SELECT unit, role, valid_from, valid_to FROM role WHERE person = ? ORDER BY unit, role", (blob(person),)
    )
    for unit, role, valid_from, valid_to in rows:
        if valid_from <= now_ms and (valid_to is None or valid_to > now_ms):
            now.setdefault(unit, []).append(role)
        elif valid_to is not None and valid_to <= now_ms:
            once.add(unit)
    return {unit: tuple(dict.fromkeys(roles)) for unit, roles in now.items()}, frozenset(once - now.keys())


def actor_of(conn: sqlite3.Connection, person: str, now_ms: int) -> Actor:
    """Return a person with the rights they have now."""
    row = conn.execute("SELECT name FROM person WHERE id = ?", (blob(person),)).fetchone()
    units, former = roles_of(conn, person, now_ms)
    return Actor(person, row[0] if row else "", units, former)


def give_role(conn: sqlite3.Connection, person: str, unit: str, role: str, now_ms: int) -> bool:
    """Give a role in a unit from now on; return whether it was not held already."""
    units, _ = roles_of(conn, person, now_ms)
    if role in units.get(unit, ()):
        return False
    conn.execute("INSERT INTO role VALUES (?, ?, ?, ?, NULL)", (blob(person), unit, role, now_ms))
    return True


def end_roles(conn: sqlite3.Connection, person: str, now_ms: int, unit: str | None = None) -> int:
    """End a person's roles, in one unit or in all; return how many ended."""
    return conn.execute(
        "UPDATE role SET valid_to = ? WHERE person = ? AND valid_to IS NULL AND (? IS NULL OR unit = ?)",
        (now_ms, blob(person), unit, unit),
    ).rowcount


def seen_device(
    conn: sqlite3.Connection, person: str, device: str, app: str | None, stats: str | None, now_ms: int
) -> None:
    """Remember when a device last synchronised and what it said of itself."""
    conn.execute(
        """INSERT INTO device VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
           app = excluded.app, last_seen = excluded.last_seen, stats = excluded.stats""",
        (blob(person), device, app, now_ms, stats),
    )


def _person(conn: sqlite3.Connection, where: str, value: object) -> Person | None:
    row = conn.execute(
        f"SELECT id, user, name, status, password_hash FROM person WHERE {where} LIMIT 1",  # noqa: S608 - constant
        (value,),
    ).fetchone()
    return None if row is None else Person(text(row[0]), *row[1:])
