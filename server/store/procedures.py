"""The catalogue of procedures as it is kept: a record of each source, what it was before, and the files they came from.

Three sources may speak of one procedure: ``own`` (written here), ``full`` and ``line`` (two shapes of the national
portal's files). Rule: what is written here comes first, then what the full record says, then the line; a fact that one
of them leaves open is taken from the next. A procedure is withdrawn where every file that had it has it no longer.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from schemas.catalogue import Procedure

Source = Literal["own", "full", "line"]
ORDER: Final[tuple[Source, ...]] = ("own", "full", "line")
TABLES: Final = (
    # ``withdrawn``: when the file came that had it no longer; ``file``: the SHA-256 of the file it came from.
    """CREATE TABLE procedure_record (
        code TEXT NOT NULL, source TEXT NOT NULL, doc BLOB NOT NULL, file BLOB NOT NULL, since INTEGER NOT NULL,
        withdrawn INTEGER, PRIMARY KEY (code, source)) STRICT""",
    """CREATE TABLE procedure_change (
        n INTEGER PRIMARY KEY, code TEXT NOT NULL, source TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL,
        file BLOB NOT NULL, was BLOB) STRICT""",
    """CREATE INDEX procedure_change_code ON procedure_change (code, n)""",
    """CREATE TABLE procedure_file (
        n INTEGER PRIMARY KEY, source TEXT NOT NULL, file BLOB NOT NULL, at INTEGER NOT NULL, report TEXT NOT NULL)
        STRICT""",
)


class Change(Struct, frozen=True):
    """A change of a record: what, when (ms since 1970), by which file, and the record as it was before."""

    what: str
    source: str
    at: int
    file: str
    was: Procedure | None


class Known(Struct, frozen=True):
    """A procedure, and since when (ms since 1970) no file has it any more; null while one does."""

    procedure: Procedure
    withdrawn: int | None = None


def procedure(conn: sqlite3.Connection, code: str) -> Known | None:
    """Return what is known of a procedure, withdrawn or not, or null."""
    rows = conn.execute("SELECT source, doc, withdrawn FROM procedure_record WHERE code = ?", (code,)).fetchall()
    return _known(rows) if rows else None


def procedures(conn: sqlite3.Connection) -> Iterator[Procedure]:
    """Give the procedures that stand in the catalogue today, in order of code."""
    code, rows = "", list[tuple[str, bytes, int | None]]()
    for next_code, *row in conn.execute("SELECT code, source, doc, withdrawn FROM procedure_record ORDER BY code"):
        if next_code != code:
            yield from _standing(rows)
            code, rows = next_code, []
        rows.append((row[0], row[1], row[2]))
    yield from _standing(rows)


def changes_of(conn: sqlite3.Connection, code: str) -> list[Change]:
    """Return what happened to a procedure's records, in order."""
    rows = conn.execute("SELECT what, source, at, file, was FROM procedure_change WHERE code = ? ORDER BY n", (code,))
    return [Change(what, source, at, file.hex(), _read(was) if was else None) for what, source, at, file, was in rows]


def record_of(conn: sqlite3.Connection, code: str, source: Source) -> tuple[bytes, bool] | None:
    """Return a source's document of a procedure and whether it stands, or null."""
    found = conn.execute(
        "SELECT doc, withdrawn FROM procedure_record WHERE code = ? AND source = ?", (code, source)
    ).fetchone()
    return None if found is None else (found[0], found[1] is None)


def standing_of(conn: sqlite3.Connection, source: Source) -> list[str]:
    """Return the codes of a source's records that stand."""
    rows = conn.execute("SELECT code FROM procedure_record WHERE source = ? AND withdrawn IS NULL", (source,))
    return [code for (code,) in rows]


def put_record(conn: sqlite3.Connection, code: str, source: Source, doc: bytes, file: bytes, at_ms: int) -> None:
    """Keep a record, new or in the place of another, and what it was before."""
    was = conn.execute("SELECT doc FROM procedure_record WHERE code = ? AND source = ?", (code, source)).fetchone()
    _note(conn, code, source, "changed" if was else "added", file, at_ms, was[0] if was else None)
    conn.execute(
        "INSERT OR REPLACE INTO procedure_record VALUES (?, ?, ?, ?, ?, NULL)", (code, source, doc, file, at_ms)
    )


def withdraw(conn: sqlite3.Connection, codes: Iterable[str], source: Source, file: bytes, at_ms: int) -> None:
    """Say of records that the last file has them no longer; they stay readable."""
    for code in codes:
        _note(conn, code, source, "withdrawn", file, at_ms, None)
        conn.execute("UPDATE procedure_record SET withdrawn = ? WHERE code = ? AND source = ?", (at_ms, code, source))


def note_file(conn: sqlite3.Connection, source: Source, file: bytes, at_ms: int, report: str) -> None:
    """Remember a file that changed something, and have a running server look again."""
    conn.execute(
        "INSERT INTO procedure_file (source, file, at, report) VALUES (?, ?, ?, ?)", (source, file, at_ms, report)
    )
    conn.execute("UPDATE tip SET catalogue = catalogue + 1")


def encoded(record: Procedure) -> bytes:
    """Return a record as it is kept."""
    return msgspec.json.encode(record)


def _note(
    conn: sqlite3.Connection, code: str, source: Source, what: str, file: bytes, at_ms: int, was: bytes | None
) -> None:
    conn.execute(
        "INSERT INTO procedure_change (code, source, what, at, file, was) VALUES (?, ?, ?, ?, ?, ?)",
        (code, source, what, at_ms, file, was),
    )


def _read(doc: bytes) -> Procedure:
    return msgspec.json.decode(doc, type=Procedure)


def _standing(rows: list[tuple[str, bytes, int | None]]) -> Iterator[Procedure]:
    if rows and (known := _known(rows)).withdrawn is None:
        yield known.procedure


def _known(rows: list[tuple[str, bytes, int | None]]) -> Known:
    rows.sort(key=lambda row: ORDER.index(row[0]))
    files = [withdrawn for source, _, withdrawn in rows if source != "own"]
    gone = [withdrawn for withdrawn in files if withdrawn is not None]
    return Known(_merged([_read(doc) for _, doc, _ in rows]), max(gone) if gone and len(gone) == len(files) else None)


def _merged(records: list[Procedure]) -> Procedure:
    first, *others = records
    found: dict[str, Any] = msgspec.structs.asdict(first)
    for other in others:
        for name, value in msgspec.structs.asdict(other).items():
            if found[name] in (None, "", (), False):
                found[name] = value
    return Procedure(**found)
