"""How long figures take over many dossiers: reading the log, one report, one list behind a figure."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from server.figures.periods import everything, read_period
from server.figures.report import report
from server.store.catalogue import Shelf
from server.store.database import connect, migrate
from server.store.figures import dossiers_of, is_behind, read_on
from server.units.shipped import communes, keep_units

STATES = ("1", "2", "4", "9")
HOUR_MS = 3_600_000
BEGUN_MS = 1_767_200_400_000  # 1 January 2026


def measure(data: Path, dossiers: int) -> dict[str, float]:
    """Return milliseconds for a log of that many dossiers with four lines each."""
    migrate(data)
    with closing(connect(data)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("BEGIN")
        keep_units(conn)
        _fill(conn, dossiers)
        conn.execute("COMMIT")
        begun, now = time.perf_counter(), BEGUN_MS + 9000 * HOUR_MS
        while is_behind(conn):
            conn.execute("BEGIN")
            read_on(conn)
            conn.execute("COMMIT")
        read, catalogue = time.perf_counter(), Shelf().fresh(conn)
        report(conn, catalogue, everything(now), now)
        told = time.perf_counter()
        units = [unit.id for unit in communes()[:1]]
        dossiers_of(conn, "overdue", read_period("2026", now), now, (("unit", units),), 50)
        opened = time.perf_counter()
    return {"read": (read - begun) * 1000, "report": (told - read) * 1000, "open": (opened - told) * 1000}


def _fill(conn: sqlite3.Connection, dossiers: int) -> None:
    units = [unit.id for unit in communes()]
    conn.executemany(
        """INSERT INTO dossier (id, code, applicant, unit, state, procedure, rev, blob)
           VALUES (?, ?, x'00', '', '9', ?, 1, x'')""",
        ((n.to_bytes(16, "big"), f"LS-{n}", f"1.{n % 20:06}") for n in range(dossiers)),
    )
    lines = (
        (
            n * len(STATES) + step + 1, BEGUN_MS + (n % 8000 + step * (n % 90)) * HOUR_MS, n.to_bytes(16, "big"), state,
            ("online", "counter", "field", "post")[n % 4], n % 3 == 0, units[n % 65], units[n % 65],
            "2026-07-01T17:00:00+07:00" if step else None, None,
        )
        for n in range(dossiers)
        for step, state in enumerate(STATES)
    )  # fmt: skip
    conn.executemany(
        """INSERT INTO log VALUES
           (?, 'op', ?, NULL, NULL, ?, 'command', 'applied', x'', ?, ?, ?, NULL, ?, ?, ?, ?, x'')""",
        lines,
    )
