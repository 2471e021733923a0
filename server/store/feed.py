"""What a pull reads, on a connection of its own: each read transaction sees the log at one point in time."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Final

from server.store.database import connect
from server.store.dossiers import load_dossier
from server.store.entries import COLUMNS, entry_of
from server.store.keys import blob, scope_key, text
from sync.dossier import Dossier
from sync.ledger import Entry

READERS: Final = 4

_OUTCOMES: Final = f"""
    SELECT {", ".join("op." + name for name in COLUMNS.split(", "))} FROM op JOIN (
        SELECT op AS told, max(seq) AS last FROM outcome_feed WHERE person = ? AND seq > ? AND seq <= ? GROUP BY op
    ) ON op.id = told ORDER BY last"""  # noqa: S608 - constant columns
_OF_PERSON: Final = """
    SELECT id FROM dossier WHERE applicant = ?1 AND id > ?2
    UNION SELECT id FROM dossier WHERE beginner = ?1 AND id > ?2 ORDER BY id LIMIT ?3"""
_OF_UNIT: Final = """
    SELECT id FROM dossier INDEXED BY dossier_unit
    WHERE unit = ? AND id > ? AND submitted IS NOT NULL ORDER BY id LIMIT ?"""


class SqliteFeed:
    """The log as one read transaction sees it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    def head(self) -> int:
        """Return the last position of the log."""
        return int(self.conn.execute("SELECT head FROM tip").fetchone()[0])

    def floor(self) -> int:
        """Return the position up to which the log is no longer kept."""
        return int(self.conn.execute("SELECT floor FROM tip").fetchone()[0])

    def entries(self, scope: str, after: int, upto: int, limit: int) -> list[tuple[int, str, str]]:
        """Return the entries of a scope with ``after`` < seq <= ``upto``, in order."""
        rows = self.conn.execute(
            "SELECT seq, dossier, kind FROM feed WHERE scope = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            (scope_key(scope), after, upto, limit),
        )
        return [(seq, text(dossier), kind) for seq, dossier, kind in rows]

    def outcomes(self, person: str, after: int, upto: int) -> list[Entry]:
        """Return an account's ops whose outcome moved in that range, each once, by its last move."""
        return [entry_of(row) for row in self.conn.execute(_OUTCOMES, (blob(person), after, upto))]

    def find_dossier(self, dossier: str) -> Dossier | None:
        """Return the dossier, or null."""
        return load_dossier(self.conn, dossier)

    def dossier_ids(self, scope: str, after: str, limit: int) -> list[str]:
        """Return ids of dossiers a scope sees now, greater than ``after``, in order."""
        past = blob(after) if after else b""
        if scope.startswith("p:"):
            rows = self.conn.execute(_OF_PERSON, (blob(scope[2:]), past, limit))
        else:
            rows = self.conn.execute(_OF_UNIT, (scope[2:], past, limit))
        return [text(row[0]) for row in rows]


class Readers:
    """A few threads, each with a read-only connection of its own."""

    def __init__(self, data: Path, threads: int = READERS) -> None:
        self._data, self._local = data, local()
        self._opened: list[sqlite3.Connection] = []
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        conn: sqlite3.Connection | None = getattr(self._local, "conn", None)
        if conn is None:
            conn = self._local.conn = connect(self._data, readonly=True)
            self._opened.append(conn)
        return conn

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Run a read transaction on this thread's connection."""
        conn = self.connection()
        conn.execute("BEGIN")
        try:
            yield conn
        finally:
            conn.execute("ROLLBACK")

    def close(self) -> None:
        """End the threads and their connections."""
        self.pool.shutdown()
        for conn in self._opened:
            conn.close()
