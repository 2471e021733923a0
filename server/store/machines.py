"""Officers' devices, as each was heard of last."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from server.desk.store import FORMER_DAYS, Machine
from server.settings import DAY_MS
from sync.ledger import SEEING

LISTED_MAX: Final = 500


def machines_of(conn: sqlite3.Connection, units: Sequence[str], now_ms: int) -> list[Machine]:
    """Return the devices of who is, or was until lately, an officer of one of the units, by person and name."""
    marks, roles = ",".join("?" * len(units)), ",".join(f"'{role}'" for role in sorted(SEEING))
    rows = conn.execute(
        f"""SELECT person.name, person.phone, device.id, device.app, device.last_seen, device.stats
            FROM device JOIN person ON person.id = device.person
            WHERE device.person IN (
                SELECT person FROM role WHERE unit IN ({marks}) AND role IN ({roles}) AND valid_from <= ?
                    AND (valid_to IS NULL OR valid_to > ?))
            ORDER BY device.person, device.id LIMIT ?""",  # noqa: S608 - question marks and names of our own
        (*units, now_ms, now_ms - FORMER_DAYS * DAY_MS, LISTED_MAX),
    )
    return [_machine(*row) for row in rows]


def _machine(name: str, phone: str | None, device: str, app: str | None, seen_ms: int, stats: str | None) -> Machine:
    said: dict[str, Any] = json.loads(stats) if stats is not None else {}
    return Machine(
        name, phone, device, app, seen_ms, said.get("outbox"), said.get("oldest_s"), said.get("blobs"),
        said.get("free_mb"),
    )  # fmt: skip
