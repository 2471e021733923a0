"""What the desk lists and finds: one row for each submitted dossier, its words and the hashes of its numbers.

Rule 1. The lists are written in the transaction that changes the dossier, by one statement; the words follow, before
the next search. Both can be made again from the dossiers alone.
Rule 2. A page of a list costs the same at any size: each list is a partial index in its own order.
Rule 3. The words are codes, names and procedures. Citizen IDs and phones are found by keyed hash, whole.
Rule 4. A search costs what its own units have: the unit is a word of the index too, so that what other units have by
the same name is not visited. Which rows may be seen is asked of the row all the same.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from server.desk.listing import WORDS_MAX, number_in, numbers_of, row_of, words_in, words_of
from server.store.catalogue import Catalogue
from server.store.dossiers import load_dossier
from server.store.keys import blob, text
from server.store.people import keyed_hash
from sync.dossier import Dossier

#: In ``meta`` while dossiers from before there were lists are not all listed.
UNLISTED: Final = "unlisted"
#: List → the condition that its index has, and the column it is ordered by.
LISTS: Final[dict[str, tuple[str, str]]] = {
    "decide": ("state IN ('1','2','4','7')", "sort"),
    "due": ("due IS NOT NULL AND state IN ('2','4')", "due"),
    "overdue": ("due IS NOT NULL AND state IN ('2','4')", "due"),
    "files": ("files > 0", "sort"),
    "two": ("conflicts > 0", "sort"),
    "held": ("held > 0", "sort"),
    "all": ("submitted IS NOT NULL", "submitted"),
}
_COLUMNS: Final = "id, code, procedure, name, state, unit, submitted, due, conflicts, held, files"

_UPSERT: Final = """
    INSERT INTO work (id, code, procedure, name, state, unit, submitted, due, sort, conflicts, held, files, stale)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, state = excluded.state,
        unit = excluded.unit, submitted = excluded.submitted, due = excluded.due, sort = excluded.sort,
        conflicts = excluded.conflicts, held = excluded.held, files = excluded.files, stale = 1"""

TABLES: Final = (
    """CREATE TABLE work (
        n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, code TEXT NOT NULL, procedure TEXT NOT NULL, name TEXT NOT NULL,
        state TEXT NOT NULL, unit TEXT NOT NULL, submitted INTEGER NOT NULL, due INTEGER, sort INTEGER NOT NULL,
        conflicts INTEGER NOT NULL, held INTEGER NOT NULL, files INTEGER NOT NULL, stale INTEGER NOT NULL) STRICT""",
    "CREATE INDEX work_decide ON work (unit, sort, n) WHERE state IN ('1','2','4','7')",
    "CREATE INDEX work_due ON work (unit, due, n) WHERE due IS NOT NULL AND state IN ('2','4')",
    "CREATE INDEX work_files ON work (unit, sort, n) WHERE files > 0",
    "CREATE INDEX work_two ON work (unit, sort, n) WHERE conflicts > 0",
    "CREATE INDEX work_held ON work (unit, sort, n) WHERE held > 0",
    "CREATE INDEX work_all ON work (unit, submitted, n)",
    "CREATE INDEX work_stale ON work (n) WHERE stale = 1",
    "CREATE VIRTUAL TABLE work_words USING fts5 (words, tokenize='unicode61')",
    "CREATE TABLE work_number (hash BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (hash, n)) STRICT, WITHOUT ROWID",
    """CREATE TABLE looked (
        n INTEGER PRIMARY KEY, at INTEGER NOT NULL, person BLOB NOT NULL, dossier BLOB NOT NULL) STRICT""",
    "CREATE INDEX looked_dossier ON looked (dossier, at)",
)


def index(conn: sqlite3.Connection, dossiers: Iterable[Dossier], catalogue: Catalogue) -> None:
    """List dossiers as they stand now, by one statement; drafts are nobody's work yet. Their words follow.

    A draft that waited for a head and was declined is nobody's again: its row has no unit, so that no list has it.
    """
    rows, unlisted = [], []
    for dossier in dossiers:
        if dossier.sent_ms is not None:
            rows.append(_row(dossier, catalogue))
        elif dossier.channel != "online":
            unlisted.append((blob(dossier.id),))
    if rows:
        conn.executemany(_UPSERT, rows)
    if unlisted:
        conn.executemany("UPDATE work SET unit = '', stale = 1 WHERE id = ? AND unit <> ''", unlisted)


def word(conn: sqlite3.Connection, catalogue: Catalogue, limit: int) -> int:
    """Make dossiers findable that changed since they last were; return how many. Before a search, and now and then."""
    stale = conn.execute("SELECT n, id, unit FROM work WHERE stale = 1 LIMIT ?", (limit,)).fetchall()
    for n, identifier, unit in stale:
        dossier = load_dossier(conn, text(identifier))
        if dossier is None:
            raise AssertionError("what is listed is there")
        form = catalogue.named(dossier.form)
        words, numbers = words_of(dossier, form, catalogue.title_of(dossier.procedure)), numbers_of(dossier, form)
        conn.execute("DELETE FROM work_words WHERE rowid = ?", (n,))
        conn.execute("INSERT INTO work_words (rowid, words) VALUES (?, ?)", (n, f"{unit_word(unit)} {words}"))
        hashes = [(keyed_hash(conn, number), n) for number in dict.fromkeys(numbers)]
        conn.executemany("INSERT OR IGNORE INTO work_number VALUES (?, ?)", hashes)
    conn.executemany("UPDATE work SET stale = 0 WHERE n = ?", [(n,) for n, _, _ in stale])
    return len(stale)


def are_stale(conn: sqlite3.Connection) -> bool:
    """Return whether some dossiers cannot be found yet as they are now."""
    return conn.execute("SELECT 1 FROM work WHERE stale = 1 LIMIT 1").fetchone() is not None


def _row(dossier: Dossier, catalogue: Catalogue) -> tuple[Any, ...]:
    row = row_of(dossier, catalogue.named(dossier.form))
    return (
        blob(row.id), row.code, row.procedure, row.name, row.state, row.unit, row.submitted_ms, row.due_ms,
        row.due_ms or row.submitted_ms, row.conflicts, row.held, row.files,
    )  # fmt: skip


def listed(
    conn: sqlite3.Connection,
    units: Iterable[str],
    name: str,
    span: tuple[int, int],
    after: tuple[int, int] | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return rows of a list (``_COLUMNS``, then order and number), in its order, from a position on.

    ``span`` bounds the order: from, and below, in milliseconds since 1970.
    """
    condition, order = LISTS[name]
    down = name == "all"
    begin = after or ((2**62, 0) if down else (span[0], 0))
    where = f"({order}, n) < (?, ?)" if down else f"({order}, n) > (?, ?) AND {order} < {span[1]:d}"
    found: list[tuple[Any, ...]] = []
    for unit in units:
        found += conn.execute(
            f"SELECT {_COLUMNS}, {order}, n FROM work WHERE unit = ? AND {condition} AND {where}"  # noqa: S608 - constants
            f" ORDER BY {order} {'DESC' if down else ''}, n {'DESC' if down else ''} LIMIT ?",
            (unit, *begin, limit),
        )
    return sorted(found, key=lambda row: row[-2:], reverse=down)[:limit]


def open_in(conn: sqlite3.Connection, unit: str, limit: int) -> list[tuple[Any, ...]]:
    """Return a unit's open dossiers, the oldest first: id, code, procedure, name, state, rev."""
    return conn.execute(
        """SELECT work.id, work.code, work.procedure, work.name, work.state, dossier.rev
           FROM work JOIN dossier ON dossier.id = work.id
           WHERE work.unit = ? AND work.state IN ('1', '2', '4', '5', '6', '7')
           ORDER BY work.submitted, work.n LIMIT ?""",
        (unit, limit),
    ).fetchall()


def count(conn: sqlite3.Connection, units: Iterable[str], name: str, span: tuple[int, int], most: int) -> int:
    """Return how many rows a list has, and no more than ``most``."""
    condition, order = LISTS[name]
    total = 0
    for unit in units:
        total += conn.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM work WHERE unit = ? AND {condition}"  # noqa: S608 - constants
            f" AND {order} >= ? AND {order} < ? LIMIT ?)",
            (unit, *span, most),
        ).fetchone()[0]
        if total >= most:
            return most
    return total


def found(conn: sqlite3.Connection, units: list[str], words: str, limit: int) -> list[tuple[Any, ...]]:
    """Return rows that have all the words, in any order, each at least begun; or a number exactly. Newest first."""
    number = number_in(words)
    if number is not None:
        marks = ",".join("?" * len(units))
        return conn.execute(
            f"SELECT {_COLUMNS}, submitted, n FROM work WHERE n IN (SELECT n FROM work_number WHERE hash = ?)"  # noqa: S608
            f" AND unit IN ({marks}) ORDER BY n DESC LIMIT ?",
            (keyed_hash(conn, number), *units, limit),
        ).fetchall()
    parts = words_in(words)[:WORDS_MAX]
    if not parts or not units:
        return []
    match = f"({' OR '.join(map(unit_word, units))}) AND " + " AND ".join(f'"{part}"*' for part in parts)
    marks = ",".join("?" * len(units))
    return conn.execute(
        f"SELECT {_COLUMNS}, submitted, work.n FROM work_words JOIN work ON work.n = work_words.rowid"  # noqa: S608
        f" WHERE work_words MATCH ? AND unit IN ({marks}) ORDER BY work_words.rowid DESC LIMIT ?",
        (match, *units, limit),
    ).fetchall()


def unit_word(unit: str) -> str:
    """Return the word of the index that stands for a unit, whatever its id is made of."""
    return "unit" + unit.encode().hex()


def number_of(row: tuple[Any, ...]) -> str:
    """Return the id of a row's dossier."""
    return text(row[0])
