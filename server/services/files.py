"""Telling dossiers what became of their files: each a job of the writer, through the same engine as a push."""

import sqlite3
from collections.abc import Iterable

from server.store.attached import dossiers_with, waiting_for
from server.store.catalogue import Shelf
from server.store.files import Found, Stored, find_stored, note_found, senders_of
from server.store.ledger import SqliteLedger, Tip
from server.store.store import now_ms
from sync import files
from sync.dossier import Dossier
from sync.ledger import File


def note_looked(conn: sqlite3.Connection, tip: Tip, shelf: Shelf, sha256: str, found: Found) -> None:
    """Keep what a file is and let it meet what waits for it where one of its senders may see."""
    note_found(conn, sha256, found)
    stored = find_stored(conn, sha256)
    if stored is not None:
        meet_waiting(conn, tip, shelf, stored, senders_of(conn, sha256))


def meet_waiting(conn: sqlite3.Connection, tip: Tip, shelf: Shelf, stored: Stored, persons: Iterable[str]) -> None:
    """Let a file meet what waits for it in the dossiers that these persons may see."""
    now = now_ms()
    ledger = SqliteLedger(conn, tip, now)
    world = shelf.fresh(conn)
    file = File(stored.sha256, stored.bytes, stored.kind, stored.fault)
    for person in persons:
        for dossier in _waiting(conn, ledger, stored.sha256, person):
            files.settle(ledger, world, dossier, file, now)
    ledger.flush(world)


def note_arriving(conn: sqlite3.Connection, tip: Tip, shelf: Shelf, sha256: str, person: str, received: int) -> None:
    """Say in the dossiers that wait for a file, and that its sender may see, how much of it is here."""
    now = now_ms()
    ledger = SqliteLedger(conn, tip, now)
    world = shelf.fresh(conn)
    for dossier in _waiting(conn, ledger, sha256, person):
        files.arriving(ledger, world, dossier, sha256, received, now)
    ledger.flush(world)


def note_lost(conn: sqlite3.Connection, tip: Tip, shelf: Shelf, sha256: str) -> None:
    """Let every dossier that has a file wait for it again: its bytes are no longer here."""
    now = now_ms()
    ledger = SqliteLedger(conn, tip, now)
    world = shelf.fresh(conn)
    for identifier in dossiers_with(conn, bytes.fromhex(sha256)):
        dossier = ledger.find_dossier(identifier)
        if dossier is not None:
            files.lost(ledger, world, dossier, sha256, now)
    ledger.flush(world)
    conn.execute("DELETE FROM file WHERE sha256 = ?", (bytes.fromhex(sha256),))
    conn.execute("UPDATE upload SET state = 'gone' WHERE sha256 = ? AND state = 'done'", (bytes.fromhex(sha256),))


def _waiting(conn: sqlite3.Connection, ledger: SqliteLedger, sha256: str, person: str) -> list[Dossier]:
    found = map(ledger.find_dossier, waiting_for(conn, bytes.fromhex(sha256), ledger.actor(person)))
    return [dossier for dossier in found if dossier is not None]
