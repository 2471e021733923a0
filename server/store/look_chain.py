"""The chain of who looked at what, beside the log's: looking changes no dossier and takes no position in the log.

Each link covers the one before it, the moment, the person, the dossier and the file. The last link is kept apart
(``meta``), so that a record taken away at the end is missed too.
"""

import sqlite3
from hashlib import sha256
from typing import Final

END: Final = "looked_end"
BEGINNING: Final = bytes(32)


def add_look(conn: sqlite3.Connection, at_ms: int, person: bytes, dossier: bytes, file: bytes | None) -> None:
    """Append a record and its link."""
    link = look_link(end_of(conn), at_ms, person, dossier, file)
    conn.execute(
        "INSERT INTO looked (at, person, dossier, file, chain) VALUES (?, ?, ?, ?, ?)",
        (at_ms, person, dossier, file, link),
    )
    conn.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (END, link))


def look_link(chain: bytes, at_ms: int, person: bytes, dossier: bytes, file: bytes | None) -> bytes:
    """Return the next link of the chain; a moment that somebody made negative has one too."""
    return sha256(chain + at_ms.to_bytes(8, "big", signed=True) + person + dossier + (file or b"")).digest()


def end_of(conn: sqlite3.Connection) -> bytes:
    """Return the last link there should be."""
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (END,)).fetchone()
    return BEGINNING if row is None else row[0]


def chain_all(conn: sqlite3.Connection) -> None:
    """Give records from before there was a chain their links."""
    chain = BEGINNING
    for n, *look in conn.execute("SELECT n, at, person, dossier, file FROM looked ORDER BY n").fetchall():
        chain = look_link(chain, *look)
        conn.execute("UPDATE looked SET chain = ? WHERE n = ?", (chain, n))
    conn.execute("INSERT INTO meta VALUES (?, ?)", (END, chain))
