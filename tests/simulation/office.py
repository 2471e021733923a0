"""The server of the simulation: sync/push and sync/pull over a ledger in memory, backups, and what the wire does."""

import copy
import json
import random
from typing import Any

import msgspec

from schemas.forms import Form, decode_form
from schemas.messages import SyncAnswer, SyncRequest
from schemas.ops import Op, decode_op
from schemas.problems import RequestProblem
from sync.dossier import Dossier
from sync.ledger import Actor, Entry
from sync.memory import MemoryLedger, MemoryWorld
from sync.pull import pull, read_cursor, snapshot
from sync.push import claim, forms_published, push, sweep
from sync.workflow import numbers_of
from tests.simulation.papers import DAY_MS, Papers, Rows

UNITS = {"06154": "LS-06154", "06155": "LS-06155"}
ROLES = ("counter", "handler")
PROCEDURE = "9.000001"
LATEST, ASK, OFFICE = "person.note", "person.full_name", "person.checked"
MUST, SHORT, EXTRA = "person.must", "person.short", "person.extra"
OPTIONS = ("person.ways/x", "person.ways/y")
ROWS = "members"
#: What the slot takes; files of the simulation may be one byte longer.
FILE_BYTES_MAX = 40


def make_form(version: int) -> Form:
    """Return the form of the simulation: a field of each policy, options, rows, a slot and one thing required.

    The second version has no place for ``short`` and one for ``extra``.
    """

    def field(key: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "kind": "text", "label": {"vi": key}, **more}

    fields = [field("note", policy="latest"), field("full_name", policy="ask"), field("checked", policy="office")]
    fields += [field("must", policy="latest", required=True)]
    fields += [field("short", length_max=4, policy="latest") if version == 1 else field("extra", policy="ask")]
    options = [{"value": value, "label": {"vi": value}} for value in ("x", "y")]
    fields.append({"key": "ways", "kind": "choices", "label": {"vi": "Cách"}, "options": options})
    sections = [
        {"key": "person", "title": {"vi": "Người"}, "fields": fields},
        {"key": ROWS, "title": {"vi": "Thành viên"}, "rows": {}, "fields": [field("name", policy="ask")]},
    ]
    form = {"procedure": PROCEDURE, "version": version, "title": {"vi": "Mẫu"}, "sections": sections}
    slots = [{"key": "paper", "title": {"vi": "Giấy"}, "bytes_max": FILE_BYTES_MAX}]
    return decode_form(json.dumps({**form, "slots": slots}))


class Office:
    """One server with its log. ``backup`` and ``restore`` are those of an operator."""

    def __init__(self, actors: dict[str, Actor], rng: random.Random, life_ms: int = 30 * DAY_MS) -> None:
        self.actors = actors
        self.world = MemoryWorld([make_form(1)], UNITS)
        self.ledger = MemoryLedger(actors)
        self.papers = Papers(self.ledger, self.world, rng, life_ms)
        self.saved: list[tuple[MemoryLedger, frozenset[str], Rows]] = []
        self.accounts: set[str] = set()
        self.restores = 0

    @property
    def epoch(self) -> int:
        return self.world.epoch

    def backup(self) -> None:
        self.saved.append((copy.deepcopy(self.ledger), frozenset(self.accounts), self.papers.backup()))

    def restore(self, which: int, above: int, now: int, lost: set[str]) -> None:
        """Go back to a backup as ``server.store.restore`` does; ``above`` 0 in place, else on a fresh machine.

        ``lost`` are files that nobody copied there.
        """
        ledger, accounts, rows = self.saved[which]
        known = {} if above else self.ledger.numbers
        self.ledger, self.accounts = copy.deepcopy(ledger), set(accounts)
        self.ledger.actors = self.actors
        self.restores += 1
        self.world.epoch += 1 + above
        for key in {*known, *self.ledger.numbers}:
            highest = max(known.get(key, 0), self.ledger.numbers.get(key, 0))
            self.ledger.numbers[key] = highest + numbers_of(self.epoch)
        self.papers.restore(rows, self.ledger, now, lost)

    def pass_month(self, now: int) -> None:
        """What waited for 30 days is refused; backups older than that are no longer there."""
        self.saved = []
        self.papers.sweep(now)
        while True:
            with self.ledger.transaction():
                if not sweep(self.ledger, self.world, now):
                    return

    def publish(self, now: int) -> None:
        self.world.publish(make_form(2))
        with self.ledger.transaction():
            forms_published(self.ledger, self.world, PROCEDURE, now)

    def sync(self, person: str, body: bytes, now: int) -> tuple[int, Any]:
        """Answer ``POST /sync/v1`` with a status and JSON."""
        request = msgspec.json.decode(body, type=SyncRequest)
        actor, epoch = self.actors[person], f"e{self.epoch}"
        answer = SyncAnswer(server_time=now, epoch=epoch)
        try:
            if request.cursor is not None:
                read_cursor(request.cursor, actor, epoch, self.ledger.head(), self.ledger.floor())
        except RequestProblem as problem:
            return problem.status, msgspec.to_builtins(problem.problem)
        if request.ops:
            with self.ledger.transaction():
                answer.results = push(self.ledger, self.world, actor, request.ops, now)
        if request.cursor is not None:
            pulled = pull(self.ledger, actor, self.world.named, request.cursor, request.limit, epoch)
            answer.dossiers, answer.gone, answer.outcomes = pulled.dossiers, pulled.gone, pulled.outcomes
            answer.cursor, answer.more = pulled.cursor, pulled.more
        return 200, json.loads(msgspec.json.encode(answer))

    def claim(self, person: str, dossier: str, now: int) -> bool:
        """Answer ``POST /claims`` for who holds the slip of a dossier."""
        with self.ledger.transaction():
            found = self.ledger.find_dossier(dossier)
            return found is not None and claim(self.ledger, self.world, self.actors[person], found, now)

    def snapshot(self, person: str, after: str, cursor: str | None) -> tuple[int, Any]:
        """Answer ``GET /sync/v1/snapshot`` with a status and lines."""
        try:
            lines = snapshot(self.ledger, self.actors[person], self.world.named, f"e{self.epoch}", after, cursor)
            return 200, [json.loads(msgspec.json.encode(line)) for line in lines]
        except RequestProblem as problem:
            return problem.status, msgspec.to_builtins(problem.problem)

    def begin_account(self, person: str) -> tuple[int, Any]:
        """Answer ``POST /accounts``: the same secret is the same person, also after a restore."""
        self.accounts.add(person)
        return 201, {"person": person, "status": "unverified"}

    def dossiers(self) -> dict[str, Dossier]:
        """Return every dossier as it stands."""
        found = {identifier: self.ledger.find_dossier(identifier) for identifier in self.ledger.dossiers}
        return {identifier: dossier for identifier, dossier in found.items() if dossier is not None}

    def entries(self) -> dict[str, Entry]:
        """Return the log by op."""
        return self.ledger.known_fates(list(self.ledger.ops))

    def ops(self) -> dict[str, Op]:
        """Return every op in the log by id."""
        return {op: decode_op(entry.body) for op, entry in self.entries().items() if entry.body is not None}
