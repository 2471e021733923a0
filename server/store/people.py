"""Persons, their roles and their devices: look-ups and writes on a connection; the caller owns the transaction."""

import base64
import hmac
import sqlite3
from typing import Final

from msgspec import Struct

from schemas.moments import local_day
from schemas.values import is_citizen_id
from server.store.keys import blob, text
from server.store.sessions import NEVER_MS, add_session, token_hash
from sync.ledger import HEIR, SEEING, Actor

HASH_KEY: Final = "hash_key"
NAMESAKES_MAX: Final = 3
#: How many devices of a person are remembered: those heard of last.
DEVICES_MAX: Final = 50
_COLUMNS: Final = "id, user, name, status, password_hash"


class Person(Struct, frozen=True):
    """Someone with an account. ``password_hash`` is null until a password is set."""

    id: str
    user: str
    name: str
    status: str
    password_hash: str | None = None


def keyed_hash(conn: sqlite3.Connection, value: str) -> bytes:
    """Return the hash by which a citizen ID or phone is found without an index of its own text."""
    key: bytes = conn.execute("SELECT value FROM meta WHERE key = ?", (HASH_KEY,)).fetchone()[0]
    return hmac.digest(key, value.encode(), "sha256")


def known_mark(conn: sqlite3.Connection, person: str, nonce: str) -> str:
    """Return the mark by which a device shows that a person was signed in on it; 128 bits."""
    mark = keyed_hash(conn, f"known device\n{person}\n{nonce}")[:16]
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def known_of(conn: sqlite3.Connection, person: Person) -> list[str]:
    """Return what others know of a person, and so no password may be."""
    row = conn.execute("SELECT citizen_id, phone FROM person WHERE id = ?", (blob(person.id),)).fetchone()
    return [word for word in (person.user, person.name, *(row or ())) if word]


def find_person(conn: sqlite3.Connection, identifier: str) -> Person | None:
    """Return a person by id, or null."""
    return _person(conn, "id = ?", blob(identifier))


def find_user(conn: sqlite3.Connection, user: str) -> Person | None:
    """Return a person by user name, or null."""
    return _person(conn, "user = ?", user)


def who_may_be(conn: sqlite3.Connection, user: str) -> list[Person]:
    """Return who may be meant by what is typed to sign in: a user name, or a citizen ID with a password set.

    Anybody may begin an account under any citizen ID, so that several may have one: the verified first, then the
    oldest, and no more than ``NAMESAKES_MAX``. Others sign in under their user name until they are verified.
    """
    known = find_user(conn, user)
    if known is not None:
        return [known]
    if not is_citizen_id(user):
        return []
    rows = conn.execute(
        f"""SELECT {_COLUMNS} FROM person WHERE citizen_id_hash = ? AND password_hash IS NOT NULL
            ORDER BY status <> 'verified', created, id LIMIT ?""",  # noqa: S608 - constant
        (keyed_hash(conn, user), NAMESAKES_MAX),
    )
    return [Person(text(row[0]), *row[1:]) for row in rows]


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
    label: str = "",
) -> None:
    """Keep a new person; the secret they begin with is their first session, of a device with that label."""
    conn.execute(
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            blob(person.id), person.user, person.name, person.status,
            citizen_id, keyed_hash(conn, citizen_id) if citizen_id else None,
            phone, keyed_hash(conn, phone) if phone else None,
            token_hash(secret) if secret else None, person.password_hash, now_ms,
        ),
    )  # fmt: skip
    if secret:
        add_session(conn, secret, person.id, now_ms, label=label, expires_ms=NEVER_MS)


def set_password(conn: sqlite3.Connection, person: str, hashed: str, before: str | None) -> bool:
    """Set a password where the one before it is still the one given; return whether it was."""
    return bool(
        conn.execute(
            "UPDATE person SET password_hash = ? WHERE id = ? AND password_hash IS ?", (hashed, blob(person), before)
        ).rowcount
    )


def roles_of(conn: sqlite3.Connection, person: str, now_ms: int) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """Return the roles held now by unit, and the units whose dossiers were seen once."""
    now: dict[str, list[str]] = {}
    once: set[str] = set()
    rows = conn.execute(
        "SELECT unit, role, valid_from, valid_to FROM role WHERE person = ? ORDER BY unit, role", (blob(person),)
    )
    for unit, role, valid_from, valid_to in rows:
        if valid_from <= now_ms and (valid_to is None or valid_to > now_ms):
            now.setdefault(unit, []).append(role)
        elif valid_to is not None and valid_to <= now_ms and role in SEEING:
            once.add(unit)
    return {unit: tuple(dict.fromkeys(roles)) for unit, roles in now.items()}, frozenset(once - now.keys())


def actor_of(conn: sqlite3.Connection, person: str, now_ms: int) -> Actor:
    """Return a person with the rights they have now."""
    row = conn.execute("SELECT name FROM person WHERE id = ?", (blob(person),)).fetchone()
    units, former = roles_of(conn, person, now_ms)
    heads = [unit for unit, roles in units.items() if "head" in roles]
    for unit in _before(conn, heads, local_day(now_ms).isoformat()) if heads else ():
        units[unit] = (*units.get(unit, ()), HEIR)
    return Actor(person, row[0] if row else "", units, former)


def _before(conn: sqlite3.Connection, units: list[str], today: str) -> list[str]:
    """Return the units that ended before a day and that some units came after, also by way of another that ended."""
    marks = ", ".join("?" * len(units))
    rows = conn.execute(
        f"""WITH RECURSIVE gone (id) AS (
                SELECT succession.unit FROM succession JOIN unit ON unit.id = succession.unit AND unit.valid_to < ?1
                WHERE successor IN ({marks})
                UNION
                SELECT succession.unit FROM gone JOIN succession ON succession.successor = gone.id
                JOIN unit ON unit.id = succession.unit AND unit.valid_to < ?1)
            SELECT id FROM gone ORDER BY id""",  # noqa: S608 - marks
        (today, *units),
    )
    return [unit for (unit,) in rows]


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
    conn.execute(
        """DELETE FROM device WHERE person = ?1 AND id IN (
               SELECT id FROM device WHERE person = ?1 ORDER BY last_seen DESC, id LIMIT -1 OFFSET ?2)""",
        (blob(person), DEVICES_MAX),
    )


def _person(conn: sqlite3.Connection, where: str, value: object) -> Person | None:
    row = conn.execute(
        f"SELECT {_COLUMNS} FROM person WHERE {where} LIMIT 1",  # noqa: S608 - constant
        (value,),
    ).fetchone()
    return None if row is None else Person(text(row[0]), *row[1:])
