"""Importing a file of the national portal: read and checked beside the database, then carried out in one transaction.

Rule 1. What is read waits in a temporary table, so that a server on the same directory is held up only by what changes.
Rule 2. A record that is refused is left out; whatever was known under its code stays as it was.
Rule 3. Withdrawn is what the last files of this shape had and this one has no more. A file of which no record could be
taken withdraws nothing.
Rule 4. Of the file, and of what is kept, one record at a time is in memory: a file of the largest size needs no more
of it than a small one.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

import msgspec
from msgspec import Struct

from server.catalogue.reading import FILE_MB_MAX, UnreadableFileError, records_in
from server.catalogue.records import RefusedError, Shape, code_in, read_record, shape_of
from server.store.procedures import encoded, note_file, put_record, record_of, standing_of, withdraw

STAGE: Final = "CREATE TEMP TABLE staged (code TEXT PRIMARY KEY, n INTEGER NOT NULL, doc BLOB) WITHOUT ROWID"

TOO_LARGE: Final = f"it is larger than {FILE_MB_MAX} MB"


class Refused(Struct):
    """A record that is left out: its place in the file (from 0), its code where it has one, and why."""

    index: int
    code: str | None
    reason: str


class Report(Struct):
    """What became of an import."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    refused: list[Refused] = []


class _Hashed:
    """A file whose digest is known once it was read, whose reader hears how far it is, and which ends at the limit."""

    def __init__(self, file: IO[bytes], progress: Callable[[int], None]) -> None:
        self._file, self._progress, self._hash = file, progress, hashlib.sha256()
        self._left = FILE_MB_MAX * 1024 * 1024

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise UnreadableFileError(TOO_LARGE)
        self._hash.update(piece)
        self._progress(len(piece))
        return piece

    def digest(self) -> bytes:
        return self._hash.digest()


def import_file(
    conn: sqlite3.Connection, file: IO[bytes], now_ms: int, *, dry_run: bool, progress: Callable[[int], None]
) -> Report:
    """Take a file, or say only what it would change; ``progress`` is told how many bytes were read.

    Raises:
        UnreadableFileError: nothing of it was taken.
    """
    report, hashed = Report(), _Hashed(file, progress)
    conn.execute(STAGE)
    shape = _stage(conn, hashed, report)
    conn.execute("BEGIN IMMEDIATE")
    try:
        _carry_out(conn, shape, hashed.digest(), now_ms, report)
        conn.execute("ROLLBACK" if dry_run else "COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
    conn.execute("DROP TABLE staged")
    return report


def _stage(conn: sqlite3.Connection, file: Any, report: Report) -> Shape:
    """Put the records that can be taken aside, with those whose code alone is known, and list what is refused."""
    shape: Shape | None = None
    conn.execute("BEGIN")
    for index, raw in enumerate(records_in(file)):
        shape = shape or shape_of(raw)
        code = code_in(raw)
        try:
            if shape is None:
                raise RefusedError("it is no record")  # noqa: TRY301 - refused like the others
            if code is not None and (first := _staged(conn, code)) is not None:
                raise RefusedError(f"its code is that of record {first} too")  # noqa: TRY301 - as above
            doc = encoded(read_record(raw, shape))
        except RefusedError as fault:
            report.refused.append(Refused(index, code, str(fault)))
            if code is not None and shape_of(raw) == shape:
                conn.execute("INSERT OR IGNORE INTO staged VALUES (?, ?, NULL)", (code, index))
            continue
        conn.execute("INSERT INTO staged VALUES (?, ?, ?)", (code, index, doc))
    conn.execute("COMMIT")
    if shape is None:
        raise UnreadableFileError("it holds no record of a shape known here")
    return shape


def _staged(conn: sqlite3.Connection, code: str) -> int | None:
    found = conn.execute("SELECT n FROM staged WHERE code = ?", (code,)).fetchone()
    return None if found is None else int(found[0])


def _carry_out(conn: sqlite3.Connection, shape: Shape, file: bytes, now_ms: int, report: Report) -> None:
    """Compare what was staged with what is kept, a record at a time, and write what is different."""
    gone = set(standing_of(conn, shape))
    taken = 0
    for (code,) in conn.execute("SELECT code FROM staged ORDER BY n").fetchall():
        gone.discard(code)
        doc = conn.execute("SELECT doc FROM staged WHERE code = ?", (code,)).fetchone()[0]
        if doc is None:
            continue
        taken += 1
        found = record_of(conn, code, shape)
        if found == (doc, True):
            report.unchanged += 1
            continue
        put_record(conn, code, shape, doc, file, now_ms)
        report.added, report.changed = report.added + (found is None), report.changed + (found is not None)
    withdrawn = sorted(gone) if taken else []
    withdraw(conn, withdrawn, shape, file, now_ms)
    report.withdrawn = len(withdrawn)
    if report.added or report.changed or report.withdrawn:
        note_file(conn, shape, file, now_ms, json.dumps(msgspec.to_builtins(report), ensure_ascii=False))


def lines_of(report: Report, *, dry_run: bool) -> Iterator[str]:
    """Say a report in lines."""
    for each in report.refused:
        yield f"refused: {each.index} ({each.code or '-'}): {each.reason}"
    counts = (
        f"{report.added} added, {report.changed} changed, {report.withdrawn} withdrawn, {report.unchanged} unchanged"
    )
    yield f"{'would be: ' if dry_run else ''}{counts}, {len(report.refused)} refused"
