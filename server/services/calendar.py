"""Deciding over a day of the calendar: what it would change is shown first, then it is put in force.

Dossiers keep the day they were promised and the version of the calendar that gave it; what is received, or goes on
after a pause, from then on is reckoned by the new one. Who reads the list may promise another day, once.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from schemas.moments import HO_CHI_MINH
from server.calendar import SHIPPED, calendar_of
from server.desk.overrides import Effect, Moved, Override
from server.store.catalogue import Catalogue, Unit, decide_day, overrides_of
from server.store.dossiers import load_dossier
from server.store.keys import text
from server.store.store import Store, now_ms
from server.units.kinds import PROVINCE
from sync.deadlines import Calendar, OutsideCalendar, dated_anew
from sync.dossier import Dossier
from sync.ledger import Actor

LISTED_MAX: Final = 50
ADMIN: Final = "admin"
_OPEN: Final = """
    SELECT id FROM work WHERE due >= ? AND state IN ('2', '4', '5', '6', '7') ORDER BY due, n"""


def administers(units: Mapping[str, Unit], person: Actor) -> bool:
    """Return whether somebody administers the province: what counts for all units is theirs to see and decide."""
    held = person.units.items()
    return any(ADMIN in roles and unit in units and units[unit].kind == PROVINCE for unit, roles in held)


class SqliteDays:
    """The calendar in force, for one signed-in person."""

    def __init__(self, store: Store, person: Actor) -> None:
        """Take the store and who is signed in."""
        self._store, self.person = store, person
        self._catalogue = store.shelf.fresh(store.conn)

    @property
    def administers(self) -> bool:
        """Return whether they administer the province: its calendar is everybody's."""
        return administers(self._catalogue.units, self.person)

    @property
    def calendar(self) -> Calendar:
        """Return the calendar in force."""
        return self._catalogue.calendar

    def now_ms(self) -> int:
        """Return the moment."""
        return now_ms()

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; its id where it is not known."""
        known = self._catalogue.units.get(unit)
        return unit if known is None else known.name

    async def overrides(self) -> list[Override]:
        """Return what was decided over the calendar, in the order it was."""
        return [*SHIPPED, *await self._store.read(overrides_of)]

    async def effect(self, override: Override) -> Effect:
        """Return what a decision would change."""
        return await self._store.read(lambda conn: effect_of(conn, self._catalogue, override))

    async def decide(self, override: Override, seen: str) -> bool:
        """Put a decision in force; false where the calendar is no longer the one that was seen."""
        shelf, person = self._store.shelf, self.person.person

        def put(conn: sqlite3.Connection, _: object) -> bool:
            if shelf.fresh(conn).calendar.version != seen:
                return False
            decide_day(conn, override, now_ms(), person)
            return True

        return await self._store.write(put)


def effect_of(conn: sqlite3.Connection, catalogue: Catalogue, override: Override) -> Effect:
    """Return what a decision over a day would change."""
    old = catalogue.calendar
    new = calendar_of([*SHIPPED, *overrides_of(conn), override])
    since = datetime(override.day.year, override.day.month, override.day.day, tzinfo=HO_CHI_MINH)
    moved = list(_moved(conn, catalogue, old, new, since))
    return Effect(old.version, new.version, len(moved), moved[:LISTED_MAX])


def _moved(
    conn: sqlite3.Connection, catalogue: Catalogue, old: Calendar, new: Calendar, since: datetime
) -> Iterator[Moved]:
    for (identifier,) in conn.execute(_OPEN, (int(since.timestamp() * 1000),)).fetchall():
        dossier = load_dossier(conn, text(identifier))
        if dossier is None or dossier.due is None:
            raise AssertionError("what is listed with a day is there")
        after = _dated(dossier, dossier.due, catalogue, old, new, since)
        if after != datetime.fromisoformat(dossier.due):
            yield Moved(dossier.code or "", dossier.unit, dossier.due, after.isoformat())


def _dated(dossier: Dossier, due: str, catalogue: Catalogue, old: Calendar, new: Calendar, since: datetime) -> datetime:
    allowed = catalogue.allowed(dossier.procedure, dossier.channel)
    due_at = datetime.fromisoformat(due)
    start = max(since, datetime.fromtimestamp((dossier.received_ms or 0) / 1000, UTC))
    try:
        return dated_anew(due_at, allowed.unit if allowed is not None else "working_day", start, old, new)
    except OutsideCalendar:
        return due_at
