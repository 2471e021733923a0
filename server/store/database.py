"""The database file of a data directory: how it is opened, migrated and locked."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from server.store.migrations import migrations

FILE: Final = "motcua.db"
BUSY_S: Final = 10.0
CACHE_KIB: Final = 64 * 1024


class AlreadyServedError(Exception):
    """Another server runs on this data directory."""


def connect(data: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """Open the database: WAL, every commit fsynced, transactions begun by hand, checkpoints the checkpointer's."""
    address = (data / FILE).resolve().as_uri() + ("?mode=ro" if readonly else "")
    conn = sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    if not readonly:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA wal_autocheckpoint = 0")
    conn.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return conn


def migrate(data: Path) -> list[str]:
    """Create the data directory and bring its tables up to date; return the names of the migrations applied."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    conn = connect(data)
    try:
        database = Database(conn)
        pending = [migration.name for migration in migrations.pending(database)]
        if pending:
            migrations.apply(database)
        return pending
    finally:
        conn.close()


class DataLock:
    """The right to serve a data directory, kept for the life of the process."""

    def __init__(self, data: Path) -> None:
        self._file = (data / "serve.lock").open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            self._file.close()
            raise AlreadyServedError(f"a server already runs on {data}") from fault
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another server have the directory."""
        self._file.close()
