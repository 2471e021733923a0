"""Dossiers as they are kept: one packed record each, by id."""

import sqlite3

import msgspec

from server.store.keys import blob
from sync.dossier import Dossier

_dossiers = msgspec.msgpack.Decoder(Dossier)


def unpack(packed: bytes) -> Dossier:
    """Return a dossier from its record."""
    return _dossiers.decode(packed)


def load_dossier(conn: sqlite3.Connection, dossier: str) -> Dossier | None:
    """Return a dossier by id, or null."""
    row = conn.execute("SELECT blob FROM dossier WHERE id = ?", (blob(dossier),)).fetchone()
    return None if row is None else unpack(row[0])
