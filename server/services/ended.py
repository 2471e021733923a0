"""What lies in units that ended, for the heads of those that came after: where it may go, and moving it there."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from schemas.moments import local_day
from server.desk.ended import Choice, Ended, Left
from server.ids import new_id
from server.services.syncing import push_ops
from server.store import worklist
from server.store.store import Store, now_ms
from server.units.succession import successors
from sync.ledger import HEIR, Actor

#: How many dossiers of a unit are shown, and moved, at once.
AT_ONCE: Final = 100


class SqliteEnded:
    """The dossiers of units that ended, as the head of one that came after sees them."""

    def __init__(self, store: Store, officer: Actor) -> None:
        """Take the store and who is signed in."""
        self._store, self.officer = store, officer
        self._catalogue = store.shelf.fresh(store.conn)

    async def units(self) -> list[Ended]:
        """Return the units with open dossiers, each with these, the oldest first, and with who came after it."""
        mine = [unit for unit, roles in self.officer.units.items() if HEIR in roles]
        return [each for each in await self._store.read(lambda conn: [self._ended(conn, u) for u in mine]) if each.rows]

    async def move(self, chosen: Mapping[str, Choice], reason: str) -> tuple[int, list[str]]:
        """Move dossiers on; return how many went, and the codes of problems of those that did not."""
        at_ms = now_ms()
        ops = [
            msgspec.json.encode(
                {
                    "id": new_id(at_ms), "dossier": dossier, "type": "command", "at": at_ms, "name": "transfer",
                    "expect": {"state": choice.state, "rev": choice.rev},
                    "args": {"unit": choice.unit, "reason": reason},
                }
            )
            for dossier, choice in chosen.items()
        ]  # fmt: skip
        results = await push_ops(self._store, self.officer.person, ops) if ops else []
        problems = [each.problem.code for each in results if each.problem is not None]
        return sum(each.outcome == "applied" for each in results), sorted(set(problems))

    def _ended(self, conn: sqlite3.Connection, unit: str) -> Ended:
        known, today = self._catalogue.units[unit], local_day(now_ms()).isoformat()
        stand = successors(unit, self._catalogue.after, self._catalogue.units, today)
        rows = worklist.open_in(conn, unit, AT_ONCE + 1)
        return Ended(
            unit, known.name, known.valid_to or "", [(each, self._catalogue.unit_name(each)) for each in stand],
            [self._left(row) for row in rows[:AT_ONCE]], more=len(rows) > AT_ONCE,
        )  # fmt: skip

    def _left(self, row: tuple[Any, ...]) -> Left:
        key, code, procedure, name, state, rev = worklist.number_of(row), *row[1:5], row[5]
        return Left(key, code, self._catalogue.title_of(procedure), name, state, rev)
