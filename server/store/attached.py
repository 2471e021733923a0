"""Which scope sees which file in which dossier, kept beside the dossiers in the transaction that changes them.

Everything asked here begins with the asker's own scopes, so that an answer, and the time it takes, says nothing of
what others have.
"""

import sqlite3
from typing import Final

from server.store.keys import blob, scope_key, text
from sync.dossier import Dossier
from sync.ledger import Actor
from sync.uploads import keeps

_SEEN: Final = "SELECT 1 FROM attached WHERE scope = ? AND sha256 = ? AND status = 'verified' LIMIT 1"
_WAITING: Final = """
    SELECT DISTINCT dossier FROM attached WHERE scope = ? AND sha256 = ? AND status IN ('awaited', 'arriving')"""


def keep_attached(conn: sqlite3.Connection, dossier: Dossier) -> None:
    """Write what a dossier's attachments are now, for the scopes that see it now."""
    key = blob(dossier.id)
    conn.execute("DELETE FROM attached WHERE dossier = ?", (key,))
    conn.executemany(
        "INSERT INTO attached VALUES (?, ?, ?, ?, ?)",
        [
            (scope_key(scope), bytes.fromhex(file.sha256), key, blob(file.op), file.status)
            for scope in dossier.scopes
            for file in dossier.attachments
        ],
    )


def sees_file(conn: sqlite3.Connection, sha256: bytes, actor: Actor) -> bool:
    """Return whether a dossier that the actor may see has the file, verified."""
    return any(conn.execute(_SEEN, (scope_key(scope), sha256)).fetchone() for scope in actor.scopes)


def waiting_for(conn: sqlite3.Connection, sha256: bytes, actor: Actor) -> list[str]:
    """Return the dossiers that the actor may see and that wait for a file."""
    found = {row[0] for scope in actor.scopes for row in conn.execute(_WAITING, (scope_key(scope), sha256))}
    return sorted(text(dossier) for dossier in found)


def dossiers_with(conn: sqlite3.Connection, sha256: bytes) -> list[str]:
    """Return every dossier that names a file, whoever sees it: for the store's own housekeeping."""
    rows = conn.execute("SELECT DISTINCT dossier FROM attached WHERE sha256 = ?", (sha256,))
    return [text(row[0]) for row in rows]


def is_named(conn: sqlite3.Connection, sha256: bytes) -> bool:
    """Return whether an attachment that was not found bad names a file."""
    rows = conn.execute("SELECT DISTINCT status FROM attached WHERE sha256 = ?", (sha256,))
    return any(keeps(status) for (status,) in rows)
