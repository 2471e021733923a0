"""The database file of a data directory: how it is opened, migrated and locked."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from server.store.migrations import migrations

FILE: Final = "motcua.db"
#: A restored database that is to take the present one's place: from its appearance on, the restore has happened.
NEXT: Final = FILE + ".next"
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
    """Create the data directory and bring its tables up to date; return the names of the migrations applied.

    A restore that was stopped in the middle is finished first.

    Raises:
        AlreadyServedError: such a restore is under way now.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (data / NEXT).exists():
        lock = DataLock(data)
        try:
            take_over(data)
        finally:
            lock.release()
    conn = connect(data)
    try:
        database = Database(conn)
        pending = [migration.name for migration in migrations.pending(database)]
        if pending:
            migrations.apply(database)
        return pending
    finally:
        conn.close()


def take_over(data: Path) -> None:
    """Let a restored database take the present one's place. Whoever calls it holds the lock; it can be done again."""
    if not (data / NEXT).exists():
        return
    for tail in ("-wal", "-shm"):  # the replaced one's, kept beside it: the new one would read them as its own
        (data / (FILE + tail)).unlink(missing_ok=True)
    (data / NEXT).replace(data / FILE)
    sync_folder(data)


def sync_folder(folder: Path) -> None:
    """Put a directory's names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
