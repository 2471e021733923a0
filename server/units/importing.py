"""Importing a file of units: all of it or nothing, and nothing at all where a record is refused."""

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from server.store.catalogue import units_of
from server.store.units import after_of, follow, write_units
from server.units.reading import Refusal, read_file


class Report(Struct):
    """What a file changes. ``withdrawn`` counts units that it ends; ``in_force`` is whether it was carried out."""

    added: int
    changed: int
    withdrawn: int
    unchanged: int
    refused: list[Refusal]
    in_force: bool
    dry_run: bool


def import_units(conn: sqlite3.Connection, raw: bytes, now_ms: int, *, dry_run: bool) -> Report:
    """Carry out a file of units in the caller's transaction, or say only what it would do.

    Raises:
        UnreadableFile: it is no file of units.
    """
    known = units_of(conn)
    read = read_file(raw, known)
    added = [key for key in read.units if key not in known]
    moved = [key for key, unit in read.units.items() if key in known and unit != known[key]]
    ended = [key for key in moved if read.units[key].valid_to is not None and known[key].valid_to is None]
    done = not read.refused and not dry_run
    if done:
        write_units(conn, {key: read.units[key] for key in (*added, *moved)}, known, now_ms)
        followed = after_of(conn)
        follow(conn, {key: each for key, each in read.after.items() if each != followed.get(key)})
    return Report(
        len(added), len(moved) - len(ended), len(ended), len(read.units) - len(added) - len(moved),
        read.refused, done, dry_run,
    )  # fmt: skip


def lines_of(report: Report) -> Iterator[str]:
    """Say a report in lines."""
    for each in report.refused:
        where = f"{each.list} " if each.list is not None else ""
        yield f"refused: {where}{each.index} ({each.code or '-'}): {each.reason}"
    counts = f"{report.added} added, {report.changed} changed, {report.withdrawn} ended, {report.unchanged} unchanged"
    if report.refused:
        yield f"nothing was done: {len(report.refused)} records refused ({counts})"
    else:
        yield f"would be: {counts}" if report.dry_run else counts
