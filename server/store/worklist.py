"""What the desk lists and finds: one row for each submitted dossier, its words and the hashes of its numbers.

Rule 1. It is written in the transaction that changes the dossier, and can be made again from the dossiers alone.
Rule 2. A page of a list costs the same at any size: each list is a partial index in its own order.
Rule 3. The words are codes, names and procedures. Citizen IDs and phones are found by keyed hash, exactly, or not at all.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from server.store.catalogue import Catalogue
from server.store.keys import blob, text
from server.store.people import keyed_hash
from sync.dossier import Dossier
from sync.merge import conflicts
from sync.view import policy_of

OPEN: Final = ("1", "2", "4", "5", "6", "7", "9")
WORDS_MAX: Final = 12
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

TABLES: Final = (
    """CREATE TABLE work (
        n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, code TEXT NOT NULL, procedure TEXT NOT NULL, name TEXT NOT NULL,
        state TEXT NOT NULL, unit TEXT NOT NULL, submitted INTEGER NOT NULL, due INTEGER, sort INTEGER NOT NULL,
        conflicts INTEGER NOT NULL, held INTEGER NOT NULL, files INTEGER NOT NULL, words TEXT NOT NULL) STRICT""",
    "CREATE INDEX work_decide ON work (unit, sort, n) WHERE state IN ('1','2','4','7')",
    "CREATE INDEX work_due ON work (unit, due, n) WHERE due IS NOT NULL AND state IN ('2','4')",
    "CREATE INDEX work_files ON work (unit, sort, n) WHERE files > 0",
    "CREATE INDEX work_two ON work (unit, sort, n) WHERE conflicts > 0",
    "CREATE INDEX work_held ON work (unit, sort, n) WHERE held > 0",
    "CREATE INDEX work_all ON work (unit, submitted, n)",
    "CREATE VIRTUAL TABLE work_words USING fts5 (words, content='work', content_rowid='n', tokenize='unicode61')",
    "CREATE TABLE work_number (hash BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (hash, n)) STRICT, WITHOUT ROWID",
    """CREATE TABLE looked (
        n INTEGER PRIMARY KEY, at INTEGER NOT NULL, person BLOB NOT NULL, dossier BLOB NOT NULL) STRICT""",
    "CREATE INDEX looked_dossier ON looked (dossier, at)",
)


def folded(words: str) -> str:
    """Return words in lower case and without diacritics, as people type them."""
    plain = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def index(conn: sqlite3.Connection, dossiers: Iterable[Dossier], catalogue: Catalogue) -> None:
    """List dossiers as they stand now; drafts are nobody's work yet."""
    for dossier in dossiers:
        if dossier.submitted_ms is not None:
            _index_one(conn, dossier, catalogue)


def _index_one(conn: sqlite3.Connection, dossier: Dossier, catalogue: Catalogue) -> None:
    form = catalogue.named(dossier.form)
    known = conn.execute("SELECT n, words FROM work WHERE id = ?", (blob(dossier.id),)).fetchone()
    name, numbers = _names_and_numbers(dossier, form)
    title = form.title.vi if form is not None else ""
    words = folded(" ".join([dossier.code or "", *name, title, dossier.procedure, _unit_word(dossier.unit)]))
    due = None if dossier.due is None else int(datetime.fromisoformat(dossier.due).timestamp() * 1000)
    open_ = dossier.state in OPEN
    disputes = sum(1 for _, level, _ in conflicts(dossier, lambda path: policy_of(form, path)) if level == "blocking")
    files = sum(file.status in ("awaited", "arriving") for file in dossier.attachments)
    row = (
        blob(dossier.id), dossier.code or "", dossier.procedure, name[0] if name else "", dossier.state, dossier.unit,
        dossier.submitted_ms, due, due or dossier.submitted_ms, disputes if open_ else 0, len(dossier.held),
        files if open_ else 0, words,
    )  # fmt: skip
    if known is None:
        n = conn.execute(
            "INSERT INTO work (id, code, procedure, name, state, unit, submitted, due, sort, conflicts, held, files, words)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        ).lastrowid
        conn.execute("INSERT INTO work_words (rowid, words) VALUES (?, ?)", (n, words))
    else:
        n = known[0]
        conn.execute(
            "UPDATE work SET id = ?, code = ?, procedure = ?, name = ?, state = ?, unit = ?, submitted = ?, due = ?,"
            " sort = ?, conflicts = ?, held = ?, files = ?, words = ? WHERE n = ?",
            (*row, n),
        )
        if words != known[1]:
            conn.execute("INSERT INTO work_words (work_words, rowid, words) VALUES ('delete', ?, ?)", (n, known[1]))
            conn.execute("INSERT INTO work_words (rowid, words) VALUES (?, ?)", (n, words))
    conn.executemany(
        "INSERT OR IGNORE INTO work_number VALUES (?, ?)", [(keyed_hash(conn, number), n) for number in numbers]
    )


def listed(
    conn: sqlite3.Connection, units: Iterable[str], name: str, span: tuple[int, int], after: tuple[int, int] | None, limit: int
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
    digits = "".join(letter for letter in words if letter.isdigit())
    if len(digits) >= 9 and len(digits) == len(words.replace(" ", "").replace(".", "").lstrip("+")):  # noqa: PLR2004
        number = "0" + digits[2:] if words.strip().startswith("+84") else digits
        marks = ",".join("?" * len(units))
        return conn.execute(
            f"SELECT {_COLUMNS}, submitted, n FROM work WHERE n IN (SELECT n FROM work_number WHERE hash = ?)"  # noqa: S608
            f" AND unit IN ({marks}) ORDER BY n DESC LIMIT ?",
            (keyed_hash(conn, number), *units, limit),
        ).fetchall()
    parts = "".join(letter if letter.isalnum() else " " for letter in folded(words)).split()[:WORDS_MAX]
    if not parts or not units:
        return []
    match = " AND ".join(f'"{part}"*' for part in parts)
    scope = " OR ".join(f'"{_unit_word(unit)}"' for unit in units)
    return conn.execute(
        f"SELECT {_COLUMNS}, submitted, n FROM work WHERE n IN ("  # noqa: S608 - constant columns
        " SELECT rowid FROM work_words WHERE work_words MATCH ? ORDER BY rowid DESC LIMIT ?) ORDER BY n DESC",
        (f"({match}) AND ({scope})", limit),
    ).fetchall()


def number_of(row: tuple[Any, ...]) -> str:
    """Return the id of a row's dossier."""
    return text(row[0])


def _unit_word(unit: str) -> str:
    return "u" + "".join(letter for letter in folded(unit) if letter.isalnum()) + "u"


def _names_and_numbers(dossier: Dossier, form: Any) -> tuple[list[str], list[str]]:
    names = [str(dossier.on_behalf.get("name", ""))] if dossier.on_behalf else []
    numbers = [str(dossier.on_behalf[key]) for key in ("citizen_id", "phone") if dossier.on_behalf and dossier.on_behalf.get(key)]
    for path, cell in dossier.cells.items():
        field = form.plan.field(path) if form is not None and cell.siblings else None
        if field is None:
            continue
        if field.kind == "name":
            names += [str(sibling.value) for sibling in cell.siblings if sibling.value]
        elif field.kind in ("citizen_id", "phone"):
            numbers += [str(sibling.value) for sibling in cell.siblings if sibling.value]
    return names, numbers
