"""Who came after whom, and what units were before: on a connection whose transaction is the caller's."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.store.catalogue import Unit, change_unit, put_unit, raise_stamp


def after_of(conn: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the successors of each unit that has some."""
    found: dict[str, list[str]] = {}
    for unit, successor in conn.execute("SELECT unit, successor FROM succession ORDER BY unit, successor"):
        found.setdefault(unit, []).append(successor)
    return found


def follow(conn: sqlite3.Connection, after: Mapping[str, Sequence[str]]) -> int:
    """Keep who came after whom; return how many lines are new. None is ever taken back."""
    rows = [(unit, each) for unit, successors in after.items() for each in successors]
    if not rows:
        return 0
    new = conn.executemany("INSERT INTO succession VALUES (?, ?) ON CONFLICT DO NOTHING", rows).rowcount
    if new:
        raise_stamp(conn)
    return new


def write_units(conn: sqlite3.Connection, units: Mapping[str, Unit], known: Mapping[str, Unit], now_ms: int) -> None:
    """Keep units as they are said to be now, those above before those below, and what each was before."""
    waiting = dict(units)
    while waiting:
        for key in [key for key, unit in waiting.items() if unit.parent not in waiting]:
            unit, before = waiting.pop(key), known.get(key)
            if before is None:
                put_unit(conn, unit)
                continue
            was = msgspec.json.encode(before).decode()
            conn.execute("INSERT INTO unit_before (unit, until, was) VALUES (?, ?, ?)", (key, now_ms, was))
            change_unit(conn, unit)


def history_of(conn: sqlite3.Connection, unit: str) -> list[dict[str, Any]]:
    """Return what a unit was before, oldest first, each with the moment until which it was so."""
    rows = conn.execute("SELECT until, was FROM unit_before WHERE unit = ? ORDER BY n", (unit,))
    return [{"until": until, **msgspec.json.decode(was)} for until, was in rows]
