"""Whether the records are as they were written: the log's chain, the ops it speaks of, and who looked at what.

Rule 1. Each link of the log covers the one before it and its own line, so a line that was changed, taken out or put in
breaks the chain there; the last link is kept apart (``tip``), so that lines taken away at the end are missed too.
Rule 2. A line names the digest of its op. The op's body has that digest, unless it was erased; its author, dossier and
last outcome are those that the log says.
Rule 3. What cannot be seen from inside is a database replaced whole by an older or another one: whoever keeps the last
links elsewhere (a backup's manifest has the log's) can tell.
"""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from msgspec import Struct

from server.store.keys import text
from server.store.ledger import link
from server.store.look_chain import BEGINNING, end_of, look_link
from sync.ledger import Event

_LOG = """SELECT seq, kind, at, person, op, dossier, type, outcome, digest, state, channel, assisted, level,
    receiving_unit, handling_unit, due, done, chain FROM log ORDER BY seq"""
_WRONG_OPS = """
    SELECT op.id, first.op IS NULL, first.digest IS NOT op.digest, first.person IS NOT op.person,
        first.dossier IS NOT op.dossier, last.outcome IS NOT op.outcome
    FROM op LEFT JOIN (SELECT op, digest, person, dossier FROM log WHERE kind = 'op') AS first ON first.op = op.id
        LEFT JOIN (SELECT op, outcome, max(seq) FROM log WHERE kind IN ('op', 'moved') GROUP BY op) AS last
        ON last.op = op.id"""


class Break(Struct, frozen=True):
    """Where the records are not as they were written: ``log``, ``op`` or ``look``, which one, and what is wrong."""

    record: str
    at: str
    what: str


class Verified(Struct, frozen=True):
    """What was looked through, the last links of both chains, and where they break."""

    lines: int
    ops: int
    looks: int
    log_end: str
    looks_end: str
    breaks: list[Break]


def verify(conn: sqlite3.Connection, breaks_max: int = 100) -> Verified:
    """Look through all records in one read transaction; stop after so many breaks."""
    log_end, looks_end = conn.execute("SELECT chain FROM tip").fetchone()[0], end_of(conn)
    found: list[Break] = []
    for each in _breaks(conn, log_end, looks_end):
        found.append(each)
        if len(found) == breaks_max:
            break
    lines, ops, looks = (
        conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own
        for table in ("log", "op", "looked")
    )
    return Verified(lines, ops, looks, log_end.hex(), looks_end.hex(), found)


def _breaks(conn: sqlite3.Connection, log_end: bytes, looks_end: bytes) -> Iterator[Break]:
    yield from _log_breaks(conn, log_end)
    yield from _op_breaks(conn)
    yield from _look_breaks(conn, looks_end)


def _log_breaks(conn: sqlite3.Connection, end: bytes) -> Iterator[Break]:
    chain, last = bytes(32), 0
    for row in conn.execute(_LOG):
        if link(chain, _event(row)) != row[-1]:
            yield Break("log", str(row[0]), "the line, or one just before it, is not what was written")
        chain, last = row[-1], row[0]
    if chain != end:
        yield Break("log", str(last), "lines after this one are missing, or the end was changed")


def _op_breaks(conn: sqlite3.Connection) -> Iterator[Break]:
    words = ("it is not in the log", "digest", "author", "dossier", "outcome")
    for identifier, *wrong in conn.execute(_WRONG_OPS):
        if any(wrong):
            said = words[0] if wrong[0] else ", ".join(word for word, is_so in zip(words, wrong, strict=True) if is_so)
            yield Break("op", text(identifier), said if wrong[0] else f"not as the log says: {said}")
    for identifier, body, digest in conn.execute("SELECT id, body, digest FROM op WHERE body IS NOT NULL"):
        if sha256(body).digest() != digest:
            yield Break("op", text(identifier), "its body is not what was received")
    for (identifier,) in conn.execute("SELECT op FROM log WHERE kind = 'op' AND op NOT IN (SELECT id FROM op)"):
        yield Break("op", text(identifier), "it is in the log and is gone")


def _look_breaks(conn: sqlite3.Connection, end: bytes) -> Iterator[Break]:
    chain, last = BEGINNING, 0
    for n, *look, kept in conn.execute("SELECT n, at, person, dossier, file, chain FROM looked ORDER BY n"):
        if look_link(chain, *look) != kept:
            yield Break("look", str(n), "the record, or one just before it, is not what was written")
        chain, last = kept or BEGINNING, n
    if chain != end:
        yield Break("look", str(last), "records after this one are missing, or the end was changed")


def _event(row: tuple[Any, ...]) -> Event:
    person, op, dossier = (None if key is None else text(key) for key in row[3:6])
    return Event(
        seq=row[0], kind=row[1], at_ms=row[2], person=person, op=op, dossier=dossier, type=row[6], outcome=row[7],
        digest=row[8], state=row[9], channel=row[10], assisted=bool(row[11]), level=row[12], receiving_unit=row[13],
        handling_unit=row[14], due=row[15], done_ms=row[16],
    )  # fmt: skip
