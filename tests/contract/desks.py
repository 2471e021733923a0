"""The stores that keep the desk's contract, with the same people, forms, units, clock and calendar."""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
import pytest

from schemas import lists
from schemas.ids import id_from
from schemas.messages import OpResult
from server.catalogue.shipped import shipped_procedures
from server.desk.memory import Memory, MemoryDeskStore
from server.desk.store import DeskStore, Machine
from server.services import desk as sqlite_desk
from server.services import syncing
from server.shipped import keep_shipped
from server.store.keys import text
from server.store.people import Person, actor_of, add_person, give_role, seen_device
from server.store.store import Store
from sync.ledger import Actor
from sync.memory import MemoryLedger, MemoryWorld
from tests.bench.submission import answers

T = TypeVar("T")
MORNING = 1_795_485_600_000  # 2026-11-24, 09:00 in Lạng Sơn
UNIT, OTHER_UNIT, PROCEDURE = "06154", "06151", "1.004873"
FORM = f"{PROCEDURE}@1"


class Clock:
    """A clock that stands still until it is moved, and ids of its moment."""

    def __init__(self) -> None:
        self.now, self._serial = MORNING, itertools.count(1)

    def __call__(self) -> int:
        return self.now

    def draw(self, at_ms: int) -> str:
        return id_from(at_ms, next(self._serial))


def actors(clock: Clock) -> dict[str, Actor]:
    """Return the office's people by what they are."""
    held = {
        "an": ("Hoàng Thị An", {}),
        "counter": ("Cán bộ một cửa", {UNIT: ("counter", "handler")}),
        "head": ("Lãnh đạo xã", {UNIT: ("head",)}),
        "inspector": ("Thanh tra", {UNIT: ("inspector",)}),
        "elsewhere": ("Cán bộ xã khác", {OTHER_UNIT: ("counter",)}),
    }
    return {word: Actor(clock.draw(MORNING - 1), name, units) for word, (name, units) in held.items()}


class Desk(Protocol):
    """A desk's store under test, and what lies behind it."""

    clock: Clock
    people: dict[str, Actor]

    def at(self, who: str) -> DeskStore:
        """Return the store as a person has it."""

    def push(self, who: str, *ops: dict[str, Any]) -> list[OpResult]:
        """Push ops as a phone would."""

    def heard(self, who: str, device: str, app: str | None, stats: dict[str, Any] | None) -> None:
        """Have a device of somebody's synchronise now."""

    def looks(self) -> list[tuple[int, str, str]]:
        """Return who looked at what: moment, person, dossier."""

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        """Wait for an answer."""


class OnDisk:
    """`server.services.desk` on SQLite."""

    def __init__(self, data: Path, clock: Clock, people: dict[str, Actor]) -> None:
        self.clock, self.people, self.store = clock, people, Store(data)
        self._loop = asyncio.new_event_loop()
        self.store.writer.submit(lambda conn, _: self._seed(conn)).result()

    def _seed(self, conn: Any) -> None:
        keep_shipped(conn, MORNING - 1)
        for word, actor in self.people.items():
            add_person(conn, Person(actor.person, word, actor.name, "verified"), MORNING - 1)
            for unit, roles in actor.units.items():
                for role in roles:
                    give_role(conn, actor.person, unit, role, MORNING - 1)

    def at(self, who: str) -> DeskStore:
        return sqlite_desk.SqliteDeskStore(self.store, actor_of(self.store.conn, self.people[who].person, self.clock()))

    def push(self, who: str, *ops: dict[str, Any]) -> list[OpResult]:
        encoded = [msgspec.json.encode(op) for op in ops]
        return self.run(syncing.push_ops(self.store, self.people[who].person, encoded))

    def heard(self, who: str, device: str, app: str | None, stats: dict[str, Any] | None) -> None:
        said, person = None if stats is None else json.dumps(stats), self.people[who].person
        self.store.writer.submit(lambda conn, _: seen_device(conn, person, device, app, said, self.clock.now)).result()

    def looks(self) -> list[tuple[int, str, str]]:
        rows = self.store.conn.execute("SELECT at, person, dossier FROM looked ORDER BY n")
        return [(at, text(person), text(dossier)) for at, person, dossier in rows]

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asked)

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.store.close()


class InMemory:
    """`server.desk.memory`. What the world knows is read from a store on disk, so that both know the same."""

    def __init__(self, world: Store, clock: Clock, people: dict[str, Actor]) -> None:
        known = world.shelf.fresh(world.conn)
        forms = [published.form for published in known.forms.values()]
        there = [unit for unit in known.units.values() if unit.valid_to is None and not unit.demo]
        codes = {unit.id: str(known.unit_code(unit.id)) for unit in there}
        made = MemoryWorld(forms, codes)
        made.calendar = known.calendar
        made.times = {procedure: allowed for (procedure, _), allowed in known.times.items()}
        self.clock, self.people = clock, people
        self.memory = Memory(
            MemoryLedger({actor.person: actor for actor in people.values()}), made, clock, clock.draw,
            {unit.id: unit.name for unit in there},
            {name: msgspec.json.decode(lists.raw(name)) for name in lists.NAMES},
            procedure_names={each.code: each.name for each in shipped_procedures()},
        )  # fmt: skip

    def at(self, who: str) -> DeskStore:
        return MemoryDeskStore(self.memory, self.people[who])

    def push(self, who: str, *ops: dict[str, Any]) -> list[OpResult]:
        return self.memory.push(self.people[who].person, [msgspec.json.encode(op) for op in ops])

    def heard(self, who: str, device: str, app: str | None, stats: dict[str, Any] | None) -> None:
        actor = self.people[who]
        self.memory.machines[actor.person, device] = Machine(
            actor.name, None, device, app, self.clock.now, **(stats or {})
        )

    def looks(self) -> list[tuple[int, str, str]]:
        return self.memory.looked

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(asked)


class Phone:
    """Makes ops and dossiers at the desk's moment."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        found = desk.at("counter").form(FORM)
        assert found is not None
        self.values = answers(msgspec.json.encode(found))[1]

    def op(self, kind: str, dossier: str, **keys: Any) -> dict[str, Any]:
        made = {"id": self.desk.clock.draw(self.desk.clock.now), "dossier": dossier, "type": kind}
        return {**made, "at": self.desk.clock.now, "form": FORM, **keys}

    def draft(self, name: str = "Hoàng Thị An", unit: str = UNIT, **values: Any) -> str:
        """Begin a dossier a second later; return its id."""
        self.desk.clock.now += 1000
        dossier = self.desk.clock.draw(self.desk.clock.now)
        create = self.op("create", dossier, procedure=PROCEDURE, unit=unit, channel="online")
        patch = self.op("patch", dossier, set=self.values | {"applicant.full_name": name} | values)
        assert [each.outcome for each in self.desk.push("an", create, patch)] == ["applied", "applied"]
        return dossier

    def filed(self, name: str = "Hoàng Thị An", unit: str = UNIT, **values: Any) -> str:
        """Begin and submit a dossier; return its id."""
        dossier = self.draft(name, unit, **values)
        submit = self.op("submit", dossier, expect={"state": "draft"})
        assert self.desk.push("an", submit)[0].outcome == "applied"
        return dossier

    def write(self, who: str, dossier: str, path: str, value: Any) -> OpResult:
        """Write a field that nobody saw before, a second later."""
        self.desk.clock.now += 1000
        return self.desk.push(who, self.op("patch", dossier, set={path: value}))[0]

    def receive(self, dossier: str) -> OpResult:
        self.desk.clock.now += 1000
        command = self.op("command", dossier, name="receive", expect={"state": "1"})
        return self.desk.run(self.desk.at("counter").push([msgspec.json.encode(command)]))[0]


def desks(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Desk]]:
    """Yield what makes a desk's store by its kind, ``memory`` or ``sqlite``."""
    made: list[OnDisk] = []

    def make(kind: str) -> Desk:
        clock = Clock()
        people = actors(clock)
        disk = OnDisk(data / kind, clock, people)
        made.append(disk)
        if kind == "memory":
            return InMemory(disk.store, clock, people)
        for module in (sqlite_desk, syncing):
            monkeypatch.setattr(module, "now_ms", clock)
        return disk

    yield make
    for disk in made:
        disk.close()
