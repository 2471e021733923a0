"""Slips as rows: by which code and secret a dossier is followed and claimed, and an assisted account is finished.

Rule 1. Of a secret only a keyed hash is kept, made with the code, so that equal secrets look different.
Rule 2. Whoever asks with a wrong code costs the same look-ups and comparisons as who asks with a right one.
"""

import hmac
import sqlite3
from typing import Final

from msgspec import Struct

from schemas.slips import HandOver
from server.store.keys import blob, blob_or_none, text
from server.store.people import keyed_hash

#: Slips one dossier may have, and those an officer may have waiting for dossiers that have not come.
SLIPS_MAX: Final = 5
WAITING_MAX: Final = 1_000
_COLUMNS: Final = "code, dossier, secret, officer, account, person"


class Slip(Struct, frozen=True):
    """One slip: ``officer`` gave it out, ``person`` has claimed with it, ``account`` was begun with it."""

    code: str
    dossier: str
    secret: bytes
    officer: str
    account: str | None
    person: str | None


class Assisted(Struct, frozen=True):
    """An account that an officer began: what finishes it, whose it is, and under which id the tablet began it."""

    code: str
    secret: bytes
    person: str
    officer: str
    account: str
    finished: bool


def secret_hash(conn: sqlite3.Connection, slip: HandOver) -> bytes:
    """Return what is kept of a secret."""
    return keyed_hash(conn, f"slip\n{slip.code}\n{slip.secret}")


def find_slip(conn: sqlite3.Connection, code: str) -> Slip | None:
    """Return the slip with a provisional code, or null."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM handover WHERE code = ?", (code,)).fetchone()  # noqa: S608 - constant
    return None if row is None else _slip(row)


def slips_of(conn: sqlite3.Connection, dossier: str) -> list[Slip]:
    """Return the slips that were given out for a dossier."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM handover WHERE dossier = ?", (blob(dossier),))  # noqa: S608 - constant
    return [_slip(row) for row in rows]


def slips_of_account(conn: sqlite3.Connection, account: str) -> list[Slip]:
    """Return the slips of the dossiers that belong to an account begun with them."""
    rows = conn.execute(f"SELECT {_COLUMNS} FROM handover WHERE account = ?", (blob(account),))  # noqa: S608 - constant
    return [_slip(row) for row in rows]


def add_slip(conn: sqlite3.Connection, slip: Slip, now_ms: int) -> None:
    """Keep a slip."""
    conn.execute(
        "INSERT INTO handover VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)",
        (slip.code, blob(slip.dossier), slip.secret, blob(slip.officer), blob_or_none(slip.account), now_ms),
    )


def set_account(conn: sqlite3.Connection, code: str, account: str) -> None:
    """Say which account a slip's dossier belongs to, where nothing was said of it before."""
    conn.execute("UPDATE handover SET account = ? WHERE code = ? AND account IS NULL", (blob(account), code))


def drop_strangers(conn: sqlite3.Connection, dossier: str, officer: str) -> None:
    """Forget slips of a dossier that somebody announced who did not begin it."""
    conn.execute("DELETE FROM handover WHERE dossier = ? AND officer <> ?", (blob(dossier), blob(officer)))


def waiting_of(conn: sqlite3.Connection, officer: str) -> int:
    """Return how many slips of an officer wait for dossiers that have not come."""
    row = conn.execute(
        """SELECT count(*) FROM (SELECT 1 FROM handover LEFT JOIN dossier ON dossier.id = handover.dossier
           WHERE officer = ? AND dossier.id IS NULL LIMIT ?)""",
        (blob(officer), WAITING_MAX),
    ).fetchone()
    return int(row[0])


def use_slip(conn: sqlite3.Connection, code: str, person: str, now_ms: int) -> None:
    """Remember who has claimed with a slip."""
    conn.execute(
        "UPDATE handover SET person = ?, claimed = ? WHERE code = ? AND person IS NULL", (blob(person), now_ms, code)
    )


def find_assisted(conn: sqlite3.Connection, code: str) -> Assisted | None:
    """Return the account that a slip finishes, or null."""
    row = conn.execute(
        "SELECT code, secret, person, officer, account, finished FROM assisted WHERE code = ?", (code,)
    ).fetchone()
    if row is None:
        return None
    person, officer, account = map(text, row[2:5])
    return Assisted(row[0], row[1], person, officer, account, finished=row[5] is not None)


def add_assisted(conn: sqlite3.Connection, row: Assisted, now_ms: int) -> None:
    """Keep an account that an officer began."""
    conn.execute(
        "INSERT INTO assisted (code, secret, person, officer, made, account) VALUES (?, ?, ?, ?, ?, ?)",
        (row.code, row.secret, blob(row.person), blob(row.officer), now_ms, blob(row.account)),
    )


def finish_assisted(conn: sqlite3.Connection, code: str, now_ms: int) -> bool:
    """Mark an account as its owner's; return false where it was before."""
    done = conn.execute("UPDATE assisted SET finished = ? WHERE code = ? AND finished IS NULL", (now_ms, code))
    return bool(done.rowcount)


def owner_of(conn: sqlite3.Connection, account: str) -> str | None:
    """Return whose an account begun by an officer is, once its owner has finished it."""
    row = conn.execute(
        "SELECT person FROM assisted WHERE account = ? AND finished IS NOT NULL", (blob(account),)
    ).fetchone()
    return None if row is None else text(row[0])


def followed(conn: sqlite3.Connection, code: str) -> str | None:
    """Return the dossier that an official code names, or null."""
    row = conn.execute("SELECT id FROM dossier WHERE code = ?", (code,)).fetchone()
    return None if row is None else text(row[0])


def fits(expected: bytes | None, given: bytes) -> bool:
    """Compare in constant time; with nothing expected the same is done for nothing."""
    same = hmac.compare_digest(expected or bytes(len(given)), given)
    return same and expected is not None


def _slip(row: tuple[str, bytes, bytes, bytes, bytes | None, bytes | None]) -> Slip:
    account, person = (None if key is None else text(key) for key in row[4:])
    return Slip(row[0], text(row[1]), row[2], text(row[3]), account, person)
