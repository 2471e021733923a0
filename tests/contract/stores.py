"""The stores that keep the engine's contract, behind the same calls: a transaction, and a feed of what was kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from server.store.catalogue import Shelf
from server.store.database import connect, migrate
from server.store.feed import SqliteFeed
from server.store.ledger import SqliteLedger, Tip
from server.store.people import Person, add_person
from sync.ledger import Actor, Ledger
from sync.memory import MemoryLedger
from sync.pull import Feed

NOW = 1_795_485_000_000


class Kept(Protocol):
    """A store under test."""

    def transaction(self) -> AbstractContextManager[Ledger]:
        """Run a unit of work: all of it is kept, or, when it raises, none."""

    def feed(self) -> Feed:
        """Return what was kept, to be pulled."""


class InMemory:
    """`sync.memory`."""

    def __init__(self, actors: dict[str, Actor]) -> None:
        self._ledger = MemoryLedger(actors)

    def transaction(self) -> AbstractContextManager[Any]:
        return self._ledger.transaction()

    def feed(self) -> Any:
        return self._ledger


class OnDisk:
    """`server.store`, as the writer uses it."""

    def __init__(self, data: Path, actors: dict[str, Actor]) -> None:
        migrate(data)
        self.conn = connect(data)
        self.catalogue = Shelf().fresh(self.conn)
        for actor in actors.values():
            add_person(self.conn, Person(actor.person, actor.person, actor.name, "verified"), NOW)
            for unit, roles in actor.units.items():
                self.conn.execute(
                    "INSERT OR IGNORE INTO unit (id, kind, name, valid_from) VALUES (?, 'commune', ?, '')", (unit, unit)
                )
                rows = [(bytes.fromhex(actor.person.replace("-", "")), unit, role, 0) for role in roles]
                self.conn.executemany("INSERT INTO role VALUES (?, ?, ?, ?, NULL)", rows)

    @contextmanager
    def transaction(self) -> Iterator[Ledger]:
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            tip = Tip(self.conn)
            ledger = SqliteLedger(self.conn, tip, NOW)
            yield ledger
            ledger.flush(self.catalogue)
            tip.save(self.conn)
            self.conn.execute("COMMIT")
        except BaseException:
            self.conn.execute("ROLLBACK")
            raise

    def feed(self) -> Feed:
        return SqliteFeed(self.conn)

    def rows(self, sql: str) -> list[sqlite3.Row]:
        return self.conn.execute(sql).fetchall()
