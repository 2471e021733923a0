"""The procedures that are written here, so that a copy of this project alone is useful: of communes, in plain words."""

import sqlite3
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from schemas.catalogue import Procedure
from server.store.procedures import encoded, note_file, put_record, record_of

FILE: Final = Path(__file__).with_name("shipped.json")


@cache
def shipped_procedures() -> tuple[Procedure, ...]:
    """Return the procedures written here."""
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[Procedure, ...])


def keep_procedures(conn: sqlite3.Connection, now_ms: int) -> None:
    """Keep them in the caller's transaction; what is there already stays as it is."""
    own = [(each.code, encoded(each)) for each in shipped_procedures()]
    new = [(code, doc) for code, doc in own if record_of(conn, code, "own") != (doc, True)]
    file = sha256(FILE.read_bytes()).digest()
    for code, doc in new:
        put_record(conn, code, "own", doc, file, now_ms)
    if new:
        note_file(conn, "own", file, now_ms, f'{{"kept":{len(new)}}}')
