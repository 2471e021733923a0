"""A desk's store in memory, on the same engine: for a browser that has no network, and for tests.

It knows what it is given: the ledger, forms and units, the clock and the source of ids are its caller's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from schemas.forms import Form
from schemas.ids import is_id
from schemas.messages import OpResult
from server.desk.listing import (
    WORDS_MAX,
    belongs,
    number_in,
    numbers_of,
    order_of,
    row_of,
    span_of,
    words_in,
    words_of,
)
from server.desk.store import COUNT_MAX, LISTS, PAGE, List, Listed, Machine, Row
from sync.deadlines import Calendar
from sync.dossier import Dossier
from sync.ledger import Actor, Entry
from sync.memory import MemoryLedger, MemoryWorld
from sync.push import push
from sync.rights import office_role

LOOKED_EVERY_MS: Final = 60_000
HANDLING: Final = frozenset({"handler", "head"})


class Memory(Struct):
    """What all officers of an office in memory share.

    ``looked`` is who looked at what: moment, person, dossier; ``machines`` are devices by person and name.
    """

    ledger: MemoryLedger
    world: MemoryWorld
    clock: Callable[[], int]
    draw: Callable[[int], str]
    unit_names: Mapping[str, str] = {}
    options: Mapping[str, list[dict[str, Any]]] = {}
    looked: list[tuple[int, str, str]] = []
    machines: dict[tuple[str, str], Machine] = {}
    procedure_names: Mapping[str, str] = {}

    def push(self, person: str, ops: Sequence[bytes]) -> list[OpResult]:
        """Give each op of a person its outcome, in one transaction."""
        with self.ledger.transaction() as ledger:
            return push(ledger, self.world, ledger.actor(person), ops, self.clock())


class MemoryDeskStore:
    """The dossiers of an officer's units, read from the ledger each time: for an office of hundreds, not thousands."""

    def __init__(self, memory: Memory, officer: Actor) -> None:
        """Take the office and who is signed in."""
        self._memory, self.officer = memory, officer

    @property
    def calendar(self) -> Calendar:
        """Return the calendar in force."""
        return self._memory.world.calendar

    def now_ms(self) -> int:
        """Return the moment."""
        return self._memory.clock()

    def new_id(self) -> str:
        """Return a new id."""
        return self._memory.draw(self.now_ms())

    def form(self, name: str) -> Form | None:
        """Return a form by ``procedure@version``, or null."""
        return self._memory.world.named(name)

    def title(self, procedure: str) -> str:
        """Return a procedure's own name, else what its form is called; its code where there is neither."""
        form, own = self._newest(procedure), self._memory.procedure_names.get(procedure)
        if own is not None:
            return own
        return procedure if form is None else form.title.vi

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; its id where it is not known."""
        return self._memory.unit_names.get(unit, unit)

    def units(self) -> list[tuple[str, str]]:
        """Return all units by id and name."""
        return sorted(self._memory.unit_names.items(), key=lambda each: each[1])

    def options(self, name: str) -> list[dict[str, Any]]:
        """Return a shared list of options."""
        return self._memory.options[name]

    async def counts(self) -> dict[List, int]:
        """Return how many dossiers each list has."""
        rows = [row for row, _ in self._rows()]
        return {name: min(len(self._in(name, rows)), COUNT_MAX + 1) for name in LISTS}

    async def listed(self, name: List, after: str | None) -> Listed:
        """Return a page of a list."""
        down = name == "all"
        rows = [(order_of(name, row), row.id, row) for row in self._in(name, [row for row, _ in self._rows()])]
        rows.sort(key=lambda each: each[:2], reverse=down)
        begin = _position(after)
        if begin is not None:
            rows = [each for each in rows if (each[:2] < begin if down else each[:2] > begin)]
        onward = f"{rows[PAGE - 1][0]}.{rows[PAGE - 1][1]}" if len(rows) > PAGE else None
        return Listed([row for _, _, row in rows[:PAGE]], onward)

    async def found(self, words: str) -> Listed:
        """Return what has all the words."""
        number, parts = number_in(words), words_in(words)[:WORDS_MAX]
        fits = [
            row
            for row, dossier in self._rows()
            if (number in self._numbers(dossier) if number is not None else self._has(dossier, parts))
        ]
        fits.sort(key=lambda row: (row.submitted_ms, row.id), reverse=True)
        return Listed(fits[:PAGE], None)

    async def dossier(self, dossier: str) -> Dossier | None:
        """Return a dossier, and record who looked; a page loaded again within a minute is the same look."""
        found = self._visible(dossier)
        now, person = self.now_ms(), self.officer.person
        since = now - LOOKED_EVERY_MS
        if found is not None and not any(
            at > since and (who, what) == (person, dossier) for at, who, what in self._memory.looked
        ):
            self._memory.looked.append((now, person, dossier))
        return found

    async def op(self, op: str) -> Entry | None:
        """Return an op of a visible dossier."""
        with self._memory.ledger.transaction() as ledger:
            entry = ledger.find_op(op) if is_id(op) else None
        return entry if entry is not None and self._visible(entry.dossier) is not None else None

    async def history(self, dossier: str) -> list[Entry]:
        """Return a visible dossier's ops in the order they came."""
        if self._visible(dossier) is None:
            return []
        with self._memory.ledger.transaction() as ledger:
            entries = (ledger.find_op(op) for op in ledger.ops)
            return [entry for entry in entries if entry is not None and entry.dossier == dossier]

    async def files(self, dossier: Dossier) -> dict[str, tuple[int | None, int]]:
        """Return when a dossier's files were announced; nobody counts pages here."""
        with self._memory.ledger.transaction() as ledger:
            entries = [ledger.find_op(file.op) for file in dossier.attachments]
        return {entry.op: (None, entry.received_ms) for entry in entries if entry is not None}

    async def officers(self, unit: str) -> list[tuple[str, str]]:
        """Return who handles dossiers in a unit."""
        actors = self._memory.ledger.actors.values()
        found = [(a.person, a.name) for a in actors if not HANDLING.isdisjoint(a.units.get(unit, ()))]
        return sorted(found, key=lambda each: each[1])

    async def machines(self) -> list[Machine] | None:
        """Return the devices of the officers of the reader's units, where they are a head."""
        units = {unit for unit, roles in self.officer.units.items() if "head" in roles}
        if not units:
            return None
        actors = self._memory.ledger.actors
        return [
            machine
            for (person, _), machine in sorted(self._memory.machines.items())
            if units & (set(actors[person].units_seen) | actors[person].former_units)
        ]

    async def push(self, ops: Sequence[bytes]) -> list[OpResult]:
        """Give each op its outcome."""
        return self._memory.push(self.officer.person, ops)

    def _visible(self, dossier: str) -> Dossier | None:
        with self._memory.ledger.transaction() as ledger:
            found = ledger.find_dossier(dossier)
        return found if found is not None and office_role(self.officer, found) is not None else None

    def _rows(self) -> Iterator[tuple[Row, Dossier]]:
        units = self.officer.units_seen
        with self._memory.ledger.transaction() as ledger:
            dossiers = [ledger.find_dossier(each) for each in ledger.dossiers]
        for dossier in dossiers:
            if dossier is not None and dossier.sent_ms is not None and dossier.unit in units:
                yield row_of(dossier, self.form(dossier.form)), dossier

    def _in(self, name: List, rows: list[Row]) -> list[Row]:
        begin, end = span_of(name, self.now_ms())
        return [row for row in rows if belongs(name, row) and begin <= order_of(name, row) < end]

    def _numbers(self, dossier: Dossier) -> list[str]:
        return numbers_of(dossier, self.form(dossier.form))

    def _has(self, dossier: Dossier, parts: list[str]) -> bool:
        """Return whether each part begins a word of the dossier; nothing asked for is nothing found."""
        known = words_in(words_of(dossier, self.form(dossier.form)))
        return bool(parts) and all(any(word.startswith(part) for word in known) for part in parts)

    def _newest(self, procedure: str) -> Form | None:
        version = self._memory.world.newest(procedure)
        return None if version is None else self._memory.world.form(procedure, version)


def _position(after: str | None) -> tuple[int, str] | None:
    order, _, dossier = (after or "").partition(".")
    fits = order.isascii() and order.isdigit() and len(order) < 19 and is_id(dossier)  # noqa: PLR2004 - digits of a time
    return (int(order), dossier) if fits else None
