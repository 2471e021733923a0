"""What every installation begins with: the forms this project ships and the communes of Lạng Sơn.

All of it can be done again: what is there already stays as it is.
"""

import logging
import sqlite3
from pathlib import Path
from typing import Final

from schemas import lists
from server.catalogue.shipped import keep_procedures
from server.figures.targets import decided, set_targets
from server.figures.targets import shipped as shipped_targets
from server.store.catalogue import allow, publish
from server.units.shipped import keep_units
from sync.deadlines import Unit as UnitOfTime

log = logging.getLogger("motcua")
FORMS: Final = Path(lists.__file__).parent.parent / "procedures"

#: How long the office may take over the shipped procedures; 0 working days is the same day, from 15:00 the next.
TIMES: Final[dict[str, tuple[int, UnitOfTime, str]]] = {
    "1.001193": (0, "working_day", "Luật Hộ tịch 2014, điều 16"),
    "1.004873": (3, "working_day", "NĐ 123/2015/NĐ-CP, điều 22"),
    "2.000635": (0, "working_day", "Luật Hộ tịch 2014, điều 64"),
    "2.000815": (0, "working_day", "NĐ 23/2015/NĐ-CP, điều 7"),
}


def documents() -> list[bytes]:
    """Return the shipped form documents, in order of procedure."""
    return [path.read_bytes() for path in sorted(FORMS.glob("*.json"))]


def keep_shipped(conn: sqlite3.Connection, now_ms: int) -> None:
    """Publish the shipped forms and keep units and procedures written here, in the caller's transaction.

    A version that was published here with another content stays as it is: it never changes.
    """
    keep_units(conn)
    keep_procedures(conn, now_ms)
    set_targets(conn, [each for each in shipped_targets() if not decided(conn, each)], now_ms)
    for procedure, (count, unit, source) in TIMES.items():
        allow(conn, procedure, count, unit, source)
    for doc in documents():
        try:
            publish(conn, doc, now_ms)
        except ValueError as fault:
            log.warning("a shipped form was left out: %s", fault)
