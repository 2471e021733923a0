"""The desk's store on SQLite: one for each request, scoped to the officer who asks."""

import json
import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from schemas import lists
from schemas.forms import Form
from schemas.ids import is_id
from schemas.messages import OpResult
from schemas.moments import local_day
from server.desk.listing import span_of
from server.desk.store import COUNT_MAX, LISTS, PAGE, List, Listed, Machine, Row
from server.ids import new_id
from server.services.syncing import push_ops
from server.store import worklist
from server.store.dossiers import load_dossier
from server.store.entries import COLUMNS, entry_of
from server.store.keys import blob, text
from server.store.ledger import Tip
from server.store.looks import announced, note_look
from server.store.machines import machines_of
from server.store.store import Store, now_ms
from sync.deadlines import Calendar
from sync.dossier import Dossier
from sync.ledger import Actor, Entry
from sync.rights import office_role

_HANDLERS: Final = """
    SELECT DISTINCT person.id, person.name FROM role JOIN person ON person.id = role.person
    WHERE role.unit = ? AND role.role IN ('handler', 'head') AND role.valid_from <= ?
        AND (role.valid_to IS NULL OR role.valid_to > ?) ORDER BY person.name"""
LISTED_AT_ONCE: Final = 500


class SqliteDeskStore:
    """The dossiers of an officer's units, with what the desk must know beside them."""

    def __init__(self, store: Store, officer: Actor) -> None:
        """Take the store and who is signed in."""
        self._store, self.officer = store, officer
        self._catalogue = store.shelf.fresh(store.conn)

    @property
    def calendar(self) -> Calendar:
        """Return the calendar in force."""
        return self._catalogue.calendar

    def now_ms(self) -> int:
        """Return the moment."""
        return now_ms()

    def new_id(self) -> str:
        """Return a new id."""
        return new_id(now_ms())

    def form(self, name: str) -> Form | None:
        """Return a form by ``procedure@version``, or null."""
        return self._catalogue.named(name)

    def title(self, procedure: str) -> str:
        """Return a procedure's name; its code where no form names it."""
        return self._catalogue.title_of(procedure)

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; its id where it is not known."""
        return self._catalogue.unit_name(unit)

    def units(self) -> list[tuple[str, str]]:
        """Return the units that take in dossiers today, by id and name."""
        today = local_day(now_ms()).isoformat()
        there = (unit for unit in self._catalogue.units.values() if unit.there(today) and not unit.demo)
        return sorted(((unit.id, unit.name) for unit in there), key=lambda each: each[1])

    def options(self, name: str) -> list[dict[str, Any]]:
        """Return a shared list of options."""
        found: list[dict[str, Any]] = json.loads(lists.raw(name))
        return found

    async def counts(self) -> dict[List, int]:
        """Return how many dossiers each list has."""
        units, now = self.officer.units_seen, now_ms()
        return await self._store.read(
            lambda conn: {name: worklist.count(conn, units, name, span_of(name, now), COUNT_MAX + 1) for name in LISTS}
        )

    async def listed(self, name: List, after: str | None) -> Listed:
        """Return a page of a list."""
        units, now = self.officer.units_seen, now_ms()
        rows = await self._store.read(
            lambda conn: worklist.listed(conn, units, name, span_of(name, now), _position(after), PAGE + 1)
        )
        onward = f"{rows[PAGE - 1][-2]}.{rows[PAGE - 1][-1]}" if len(rows) > PAGE else None
        return Listed([_row(row) for row in rows[:PAGE]], onward)

    async def found(self, words: str) -> Listed:
        """Return what has all the words."""
        await word_all(self._store)
        units = list(self.officer.units_seen)
        rows = await self._store.read(lambda conn: worklist.found(conn, units, words, PAGE))
        return Listed([_row(row) for row in rows], None)

    async def dossier(self, dossier: str) -> Dossier | None:
        """Return a dossier, and record who looked."""
        found = await self._store.read(lambda conn: self._visible(conn, dossier))
        if found is not None:
            await self._store.write(lambda conn, _: note_look(conn, self.officer.person, dossier, now_ms()))
        return found

    async def op(self, op: str) -> Entry | None:
        """Return an op of a visible dossier."""

        def look(conn: sqlite3.Connection) -> Entry | None:
            row = conn.execute(f"SELECT {COLUMNS} FROM op WHERE id = ?", (blob(op),)).fetchone()  # noqa: S608 - constant
            entry = entry_of(row) if row is not None else None
            return entry if entry is not None and self._visible(conn, entry.dossier) is not None else None

        return await self._store.read(look) if is_id(op) else None

    async def history(self, dossier: str) -> list[Entry]:
        """Return a visible dossier's ops in the order they came."""

        def look(conn: sqlite3.Connection) -> list[Entry]:
            if self._visible(conn, dossier) is None:
                return []
            rows = conn.execute(f"SELECT {COLUMNS} FROM op WHERE dossier = ? ORDER BY n", (blob(dossier),))  # noqa: S608
            return [entry_of(row) for row in rows]

        return await self._store.read(look)

    async def files(self, dossier: Dossier) -> dict[str, tuple[int | None, int]]:
        """Return pages and moment of a dossier's files."""
        named = [file.op for file in dossier.attachments]
        return await self._store.read(lambda conn: announced(conn, dossier.id, named))

    async def officers(self, unit: str) -> list[tuple[str, str]]:
        """Return who handles dossiers in a unit now."""

        def look(conn: sqlite3.Connection) -> list[tuple[str, str]]:
            rows = conn.execute(_HANDLERS, (unit, now := now_ms(), now))
            return [(text(person), name) for person, name in rows]

        return await self._store.read(look)

    async def machines(self) -> list[Machine] | None:
        """Return the devices of the officers of the reader's units, where they are a head."""
        units = [unit for unit, roles in self.officer.units.items() if "head" in roles]
        return await self._store.read(lambda conn: machines_of(conn, units, now_ms())) if units else None

    async def push(self, ops: Sequence[bytes]) -> list[OpResult]:
        """Give each op its outcome."""
        return await push_ops(self._store, self.officer.person, ops)

    def _visible(self, conn: sqlite3.Connection, dossier: str) -> Dossier | None:
        found = load_dossier(conn, dossier) if is_id(dossier) else None
        return found if found is not None and office_role(self.officer, found) is not None else None


def _word(store: Store, conn: sqlite3.Connection, _: Tip) -> int:
    return worklist.word(conn, store.shelf.fresh(conn), LISTED_AT_ONCE)


async def word_all(store: Store) -> None:
    """Make what changed findable, before anybody has to wait for it."""
    while await store.read(worklist.are_stale):
        await store.write(partial(_word, store))


async def list_all(store: Store) -> None:
    """List the dossiers of a directory from before there were lists; afterwards there is nothing to ask."""
    while store.conn.execute("SELECT 1 FROM meta WHERE key = ?", (worklist.UNLISTED,)).fetchone() is not None:
        await store.write(partial(_list_some, store))


def _list_some(store: Store, conn: sqlite3.Connection, _: Tip) -> None:
    rows = conn.execute(
        "SELECT id FROM dossier WHERE submitted IS NOT NULL AND id NOT IN (SELECT id FROM work) LIMIT ?",
        (LISTED_AT_ONCE,),
    ).fetchall()
    found = (load_dossier(conn, text(row[0])) for row in rows)
    worklist.index(conn, [each for each in found if each is not None], store.shelf.fresh(conn))
    if len(rows) < LISTED_AT_ONCE:
        conn.execute("DELETE FROM meta WHERE key = ?", (worklist.UNLISTED,))


def _position(after: str | None) -> tuple[int, int] | None:
    order, _, number = (after or "").partition(".")
    fits = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (order, number))  # noqa: PLR2004
    return (int(order), int(number)) if fits else None


def _row(row: tuple[Any, ...]) -> Row:
    return Row(worklist.number_of(row), *row[1:11])
