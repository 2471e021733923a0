"""The floor: the same submissions into a bare SQLite in this process, three tables, ``synchronous=FULL``, no HTTP."""

import sqlite3
import time
import uuid
from pathlib import Path

from tests.bench.submission import new_id

_TABLES = """
    CREATE TABLE dossier (id BLOB PRIMARY KEY, state TEXT, body BLOB) WITHOUT ROWID;
    CREATE TABLE op (id BLOB PRIMARY KEY, dossier BLOB, body BLOB) WITHOUT ROWID;
    CREATE TABLE log (seq INTEGER PRIMARY KEY, op BLOB, at INTEGER);
"""


def floor(folder: Path, batch: int, values: bytes, seconds: float) -> float:
    """Return submissions a second, one transaction a batch."""
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_TABLES}")
    begun, stored = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        database.execute("BEGIN IMMEDIATE")
        for _ in range(batch):
            dossier, op = uuid.UUID(new_id()).bytes, uuid.UUID(new_id()).bytes
            database.execute("INSERT INTO dossier VALUES (?, '1', ?)", (dossier, values))
            database.execute("INSERT INTO op VALUES (?, ?, ?)", (op, dossier, values))
            database.execute("INSERT INTO log (op, at) VALUES (?, ?)", (op, time.time_ns() // 1_000_000))
        database.execute("COMMIT")
        stored += batch
    rate = stored / (time.perf_counter() - begun)
    database.close()
    return rate
