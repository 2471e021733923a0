"""The rows that figures are made of: one for each dossier that was handed in, folded from the log (`counting.py`).

Rule 1. They are a reading of the log up to a position that is kept beside them. Whoever asks for figures first reads on
from there, in one transaction; so do pushes not at all. A row can be thrown away and made again.
Rule 2. A figure and the list of its dossiers are the same condition over the same rows.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from schemas.moments import local_day
from server.figures.counting import Counted, Line, counted
from server.figures.periods import Period

LINES_AT_ONCE: Final = 5_000
READ_TO: Final = "counted_to"
TABLES: Final = (
    """CREATE TABLE counted (
        id BLOB PRIMARY KEY, procedure TEXT NOT NULL, receiving TEXT NOT NULL, handling TEXT NOT NULL,
        channel TEXT NOT NULL, assisted INTEGER NOT NULL, level TEXT, submitted INTEGER NOT NULL, state TEXT NOT NULL,
        due INTEGER, promise INTEGER, finished INTEGER, ending TEXT, timing TEXT,
        month TEXT NOT NULL, finished_month TEXT) STRICT, WITHOUT ROWID""",
    "CREATE INDEX counted_unit ON counted (handling, submitted)",
    "CREATE INDEX counted_submitted ON counted (submitted)",
    "INSERT INTO meta VALUES ('counted_to', 0)",
)
_FIELDS: Final = (
    "receiving, handling, channel, assisted, level, submitted, state, due, promise, finished, ending, timing, "
    "month, finished_month"
)
_LINES: Final = """
    SELECT seq, dossier, at, state, channel, assisted, level, receiving_unit, handling_unit, due, done FROM log
    WHERE seq > ? AND dossier IS NOT NULL AND state IS NOT NULL AND state <> 'draft' ORDER BY seq LIMIT ?"""
#: Figure → the rows it counts, of those that were handed in before the end and not finished before the beginning.
FIGURES: Final[dict[str, str]] = {
    "received": "1",
    "carried": "submitted < :from",
    "new": "submitted >= :from",
    "online": "submitted >= :from AND channel = 'online'",
    "counter": "submitted >= :from AND channel = 'counter'",
    "in_village": "submitted >= :from AND channel = 'field'",
    "post": "submitted >= :from AND channel = 'post'",
    "assisted": "submitted >= :from AND assisted",
    "finished": "coalesce(finished < :to, 0)",
    "early": "coalesce(finished < :to, 0) AND timing = 'early'",
    "on_time": "coalesce(finished < :to, 0) AND timing = 'on_time'",
    "overdue": "coalesce(finished < :to, 0) AND timing = 'overdue'",
    "rejected": "coalesce(finished < :to, 0) AND ending = 'rejected'",
    "stopped": "coalesce(finished < :to, 0) AND ending = 'stopped'",
    "withdrawn": "coalesce(finished < :to, 0) AND ending = 'withdrawn'",
    "undated": "coalesce(finished < :to, 0) AND ending = 'result' AND promise IS NULL",
    "open": "coalesce(finished >= :to, 1)",
    "open_overdue": "finished IS NULL AND state IN ('2', '4') AND promise < :now AND :to > :now",
}
_SUMS: Final = ", ".join(f"coalesce(sum({condition}), 0)" for condition in FIGURES.values())
CAME: Final = ("new", "online", "counter", "in_village", "post", "assisted")
DONE: Final = ("finished", "early", "on_time", "overdue")
_CAME: Final = """
    SELECT month, count(*), sum(channel = 'online'), sum(channel = 'counter'), sum(channel = 'field'),
        sum(channel = 'post'), sum(assisted) FROM counted WHERE {within} GROUP BY month"""
_DONE: Final = """
    SELECT finished_month, count(*), sum(timing = 'early'), sum(timing = 'on_time'), sum(timing = 'overdue')
    FROM counted WHERE finished_month IS NOT NULL AND {within} GROUP BY finished_month"""
_IN_PERIOD: Final = "submitted < :to AND coalesce(finished >= :from, 1)"
#: What figures are given by → the column.
BY: Final = {
    "unit": "handling", "receiving": "receiving", "procedure": "procedure", "channel": "channel", "level": "level",
}  # fmt: skip
#: By what rows are chosen, each with the values that will do: all of them hold. Nothing chosen is everything.
Chosen = Sequence[tuple[str, Sequence[str | None]]]


def is_behind(conn: sqlite3.Connection) -> bool:
    """Return whether the log has lines that were not read yet."""
    last = conn.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()[0]
    return bool(last > _read_to(conn))


def read_on(conn: sqlite3.Connection) -> int:
    """Read some more lines of the log; return how many. The caller owns the transaction."""
    lines = conn.execute(_LINES, (_read_to(conn), LINES_AT_ONCE)).fetchall()
    rows: dict[bytes, Counted] = {}
    known = _rows_of(conn, {line[1] for line in lines})
    for _, key, at_ms, state, channel, assisted, *rest in lines:
        line = Line(key, at_ms, state, channel, bool(assisted), *rest)
        rows[key] = counted(rows.get(key) or known.get(key), line)
    conn.executemany(
        f"""INSERT INTO counted (id, procedure, {_FIELDS}) VALUES
            (?1, (SELECT procedure FROM dossier WHERE id = ?1), {", ".join(f"?{n}" for n in range(2, 16))})
            ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _FIELDS.split(", "))}""",  # noqa: S608
        [(key, *_values(row)) for key, row in rows.items()],
    )
    to = (
        lines[-1][0]
        if len(lines) == LINES_AT_ONCE
        else conn.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()[0]
    )
    conn.execute("UPDATE meta SET value = ? WHERE key = ?", (to, READ_TO))
    return len(lines)


def read_all(conn: sqlite3.Connection) -> None:
    """Read the log to its end, in the caller's transaction."""
    while is_behind(conn):
        read_on(conn)


def forget(conn: sqlite3.Connection) -> None:
    """Throw all rows away; the next reading begins with the first line."""
    conn.execute("DELETE FROM counted")
    conn.execute("UPDATE meta SET value = 0 WHERE key = ?", (READ_TO,))


def tally(conn: sqlite3.Connection, period: Period, now_ms: int, *by: str) -> dict[tuple[str | None, ...], list[int]]:
    """Return all figures of a period, in the order of ``FIGURES``, by what they are given by."""
    columns = ", ".join(BY[each] for each in by) or "NULL"
    rows = conn.execute(
        f"SELECT {columns}, {_SUMS} FROM counted WHERE {_IN_PERIOD} GROUP BY {columns}",  # noqa: S608 - constants
        _values_of(period, now_ms),
    )
    keys = max(len(by), 1)
    return {row[:keys]: list(row[keys:]) for row in rows}


def by_month(conn: sqlite3.Connection, names: Iterable[str], chosen: Chosen = ()) -> list[dict[str, Any]]:
    """Return of months what was handed in and what was finished in each, of what is chosen alone."""
    within, values = _among(chosen)
    came = {row[0]: row[1:] for row in conn.execute(_CAME.format(within=within), values)}
    done = {row[0]: row[1:] for row in conn.execute(_DONE.format(within=within), values)}
    return [
        {"month": name} | dict(zip(CAME, came.get(name, (0,) * len(CAME)), strict=True))
        | dict(zip(DONE, done.get(name, (0,) * len(DONE)), strict=True))
        for name in names
    ]  # fmt: skip


def month_rows(conn: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return what came in and what was finished by month, unit, procedure and service level.

    In the order: new, finished, online, assisted, in time, overdue.
    """
    return conn.execute(
        """SELECT month, handling, procedure, level,
                  sum(came), sum(done), sum(online), sum(helped), sum(kept), sum(late)
           FROM (SELECT month, handling, procedure, level, 1 AS came, 0 AS done, channel = 'online' AS online,
                        assisted AS helped, 0 AS kept, 0 AS late FROM counted
                 UNION ALL
                 SELECT finished_month, handling, procedure, level, 0, 1, 0, 0, timing IN ('early', 'on_time'),
                        timing = 'overdue' FROM counted WHERE finished_month IS NOT NULL)
           GROUP BY 1, 2, 3, 4"""
    ).fetchall()


def dossiers_of(
    conn: sqlite3.Connection,
    figure: str,
    period: Period,
    now_ms: int,
    chosen: Chosen,
    limit: int,
    after: tuple[int, bytes] | None = None,
) -> list[tuple[Any, ...]]:
    """Return the dossiers that a figure counts, of what is chosen, the newest first, from one on.

    Each as id, code, procedure, state, handed in, finished.
    """
    among, values = _among(chosen)
    conditions = [_IN_PERIOD, FIGURES[figure], among, "(submitted, id) < (:after, :after_id)" if after else "1"]
    begin = {} if after is None else {"after": after[0], "after_id": after[1]}
    return conn.execute(
        f"""SELECT found.id, dossier.code, found.procedure, found.state, found.submitted, found.finished
            FROM (SELECT * FROM counted WHERE {" AND ".join(f"({each})" for each in conditions)}
                  ORDER BY submitted DESC, id DESC LIMIT :limit) AS found
            JOIN dossier ON dossier.id = found.id ORDER BY found.submitted DESC, found.id DESC""",  # noqa: S608 - constants
        values | begin | _values_of(period, now_ms) | {"limit": limit},
    ).fetchall()


def _among(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    """Return the condition that a row is of what is chosen, and its values; null is not known."""
    conditions, values = ["1"], dict[str, Any]()
    for by, wanted in chosen:
        names = {f"{by}{number}": value for number, value in enumerate(wanted)}
        either = " OR ".join(f"{BY[by]} IS :{name}" for name in names)
        conditions.append(f"({either or '0'})")
        values |= names
    return " AND ".join(conditions), values


def online_procedures(conn: sqlite3.Connection, period: Period) -> dict[str, set[str]]:
    """Return, by handling unit, the procedures with a dossier that was handed in online in a period."""
    rows = conn.execute(
        """SELECT DISTINCT handling, procedure FROM counted
           WHERE submitted >= ? AND submitted < ? AND channel = 'online'""",
        (period.from_ms, period.to_ms),
    )
    found: dict[str, set[str]] = {}
    for unit, procedure in rows:
        found.setdefault(unit, set()).add(procedure)
    return found


def _rows_of(conn: sqlite3.Connection, ids: Iterable[bytes]) -> dict[bytes, Counted]:
    found: dict[bytes, Counted] = {}
    for key in ids:
        row = conn.execute(f"SELECT {_FIELDS} FROM counted WHERE id = ?", (key,)).fetchone()  # noqa: S608 - constant
        if row is not None:
            receiving, handling, channel, assisted, *rest, _, _ = row
            found[key] = Counted(receiving, handling, channel, bool(assisted), *rest)
    return found


def _values(row: Counted) -> tuple[Any, ...]:
    return (
        row.receiving, row.handling, row.channel, row.assisted, row.level, row.submitted_ms, row.state, row.due_ms,
        row.promise_ms, row.finished_ms, row.ending, row.timing, _month(row.submitted_ms), _month(row.finished_ms),
    )  # fmt: skip


def _month(at_ms: int | None) -> str | None:
    return None if at_ms is None else f"{local_day(at_ms):%Y-%m}"


def _values_of(period: Period, now_ms: int) -> dict[str, Any]:
    return {"from": period.from_ms, "to": period.to_ms, "now": now_ms}


def _read_to(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT value FROM meta WHERE key = ?", (READ_TO,)).fetchone()[0])
