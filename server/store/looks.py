"""Who looked at what: a dossier's page, or the bytes of a file in it. The record is for the people it is about."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from server.store.keys import blob, scope_key, text
from server.store.look_chain import add_look
from sync.ledger import Actor

#: What is loaded again within a minute is the same look.
SAME_LOOK_MS: Final = 60_000


def note_look(conn: sqlite3.Connection, person: str, dossier: str, now_ms: int, sha256: str | None = None) -> None:
    """Record that a person looked at a dossier, or at a file in it, unless that is recorded."""
    if not is_noted(conn, person, dossier, now_ms, sha256):
        add_look(conn, now_ms, blob(person), blob(dossier), None if sha256 is None else bytes.fromhex(sha256))


def is_noted(conn: sqlite3.Connection, person: str, dossier: str, now_ms: int, sha256: str | None) -> bool:
    """Return whether a look is the same as one recorded; who looked at a file in a dossier looked at the dossier."""
    file = None if sha256 is None else bytes.fromhex(sha256)
    row = conn.execute(
        "SELECT 1 FROM looked WHERE dossier = ? AND at > ? AND person = ? AND (? IS NULL OR file = ?)",
        (blob(dossier), now_ms - SAME_LOOK_MS, blob(person), file, file),
    ).fetchone()
    return row is not None


def dossiers_shown(conn: sqlite3.Connection, sha256: str, officer: Actor) -> list[str]:
    """Return the dossiers of an officer's units in which they see a file."""
    found = {
        text(row[0])
        for unit in officer.units_seen
        for row in conn.execute(
            "SELECT dossier FROM attached WHERE scope = ? AND sha256 = ? AND status = 'verified'",
            (scope_key("u:" + unit), bytes.fromhex(sha256)),
        )
    }
    return sorted(found)


def announced(conn: sqlite3.Connection, dossier: str, ops: Iterable[str]) -> dict[str, tuple[int | None, int]]:
    """Return, by ``attach``, how many pages its file has where it was counted, and when the op was received."""
    found: dict[str, tuple[int | None, int]] = {}
    for op in ops:
        row = conn.execute(
            "SELECT op.received, file.pages FROM op LEFT JOIN attached ON attached.dossier = op.dossier"
            " AND attached.op = op.id LEFT JOIN file ON file.sha256 = attached.sha256"
            " WHERE op.id = ? AND op.dossier = ?",
            (blob(op), blob(dossier)),
        ).fetchone()
        if row is not None:
            found[op] = (row[1], row[0])
    return found
