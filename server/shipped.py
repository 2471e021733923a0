"""What every installation begins with: the forms this project ships and the communes of Lạng Sơn.

All of it can be done again: what is there already stays as it is.
"""

import json
import logging
import sqlite3
from pathlib import Path
from typing import Final

from schemas import lists
from server.store.catalogue import Unit, publish, put_unit

log = logging.getLogger("motcua")
FORMS: Final = Path(lists.__file__).parent.parent / "procedures"


def documents() -> list[bytes]:
    """Return the shipped form documents, in order of procedure."""
    return [path.read_bytes() for path in sorted(FORMS.glob("*.json"))]


def keep_shipped(conn: sqlite3.Connection, now_ms: int) -> None:
    """Publish the shipped forms and keep the 65 communes and wards, in the caller's transaction.

    A version that was published here with another content stays as it is: it never changes.
    """
    for commune in json.loads(lists.raw("communes")):
        kind, word = ("ward", "Phường") if commune["type"] == "ward" else ("commune", "Xã")
        put_unit(conn, Unit(commune["code"], kind, f"{word} {commune['name']}"))
    for doc in documents():
        try:
            publish(conn, doc, now_ms)
        except ValueError as fault:
            log.warning("a shipped form was left out: %s", fault)
