"""The engine's ledger on SQLite: one push's unit of work inside the writer's transaction.

What the engine reads is remembered, what it writes is buffered, and ``flush`` writes all of it with one statement a
table. A push that fails is thrown away with its buffer, and its neighbours in the same transaction never see it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from server.store.attached import keep_attached
from server.store.catalogue import Catalogue
from server.store.dossiers import load_dossier, unpack
from server.store.entries import COLUMNS, entry_of, rest_of, row_of
from server.store.files import find_known
from server.store.keys import blob, blob_or_none, scope_key, text
from server.store.people import actor_of
from server.store.worklist import index
from sync.dossier import Dossier
from sync.ledger import Actor, Entry, Event, File

T = TypeVar("T")
IDS_A_STATEMENT: Final = 500
UNSEEN_MAX: Final = 100_000

_SELECT: Final = f"SELECT {COLUMNS} FROM op"  # noqa: S608 - constant columns
_ADD_OP: Final = f"INSERT INTO op ({COLUMNS}) VALUES ({','.join('?' * 15)})"  # noqa: S608 - constant columns
_MOVE_OP: Final = "UPDATE op SET seq = ?, outcome = ?, reason = ?, role = ?, rev = ?, rest = ? WHERE id = ?"
_LOG: Final = f"INSERT INTO log VALUES ({','.join('?' * 18)})"  # noqa: S608 - constant
_DOSSIER: Final = """
    INSERT INTO dossier (id, code, applicant, unit, state, procedure, rev, submitted, beginner, blob)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET code = excluded.code, applicant = excluded.applicant, unit = excluded.unit,
        state = excluded.state, procedure = excluded.procedure, rev = excluded.rev, submitted = excluded.submitted,
        beginner = excluded.beginner, blob = excluded.blob"""

_pack = msgspec.msgpack.Encoder()


class Tip:
    """The end of the log: the last position given out and the chain's last link, as one transaction sees them."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.head, self.chain = conn.execute("SELECT head, chain FROM tip").fetchone()
        self._saved = (self.head, self.chain)

    def save(self, conn: sqlite3.Connection) -> None:
        """Write it where it has moved."""
        if (self.head, self.chain) != self._saved:
            conn.execute("UPDATE tip SET head = ?, chain = ?", (self.head, self.chain))
            self._saved = (self.head, self.chain)


def link(chain: bytes, event: Event) -> bytes:
    """Return the chain's next link: it covers the event with its body's digest, never the body, which may be erased."""
    return sha256(chain + sha256(_pack.encode(event)).digest()).digest()


class SqliteLedger:
    """One unit of work. Good for one push, and only inside a transaction of the writer."""

    def __init__(self, conn: sqlite3.Connection, tip: Tip, now_ms: int) -> None:
        self._conn, self._tip, self._now_ms = conn, tip, now_ms
        self._head: int = tip.head
        self._ops: dict[str, Entry] = {}
        self._absent: set[str] = set()
        self._held_for: dict[str, list[Entry]] = {}
        self._added: dict[str, Entry] = {}
        self._moved: dict[str, Entry] = {}
        self._by_dossier: dict[str, dict[str, Entry]] = {}
        self._unseen: dict[str, set[str]] = {}
        self._dossiers: dict[str, Dossier | None] = {}
        self._saved: dict[str, Dossier] = {}
        self._had_files: set[str] = set()
        self._events: list[Event] = []
        self._feed: list[tuple[bytes, int, bytes, str]] = []
        self._told: list[tuple[bytes, int, bytes]] = []
        self._named: dict[tuple[str, str], dict[str, bool]] = {}
        self._named_changed: set[tuple[str, str]] = set()
        self._numbers: dict[tuple[str, str], int] = {}
        self._actors: dict[str, Actor] = {}

    def expect(self, ops: Sequence[str], dossiers: Sequence[str]) -> None:
        """Read together what will be asked for: ops, dossiers and what is held for these."""
        self.known_fates(ops)
        self._absent.update(op for op in ops if op not in self._ops)
        for some in _slices([dossier for dossier in dossiers if dossier not in self._dossiers]):
            marks, keys = ",".join("?" * len(some)), [blob(dossier) for dossier in some]
            self._dossiers.update(dict.fromkeys(some))
            found = f"SELECT id, blob FROM dossier WHERE id IN ({marks})"  # noqa: S608 - question marks only
            for row in self._conn.execute(found, keys):
                self._dossiers[text(row[0])] = unpack(row[1])
            self._held_for.update({dossier: [] for dossier in some})
            held = f"{_SELECT} WHERE outcome = 'held' AND dossier IN ({marks}) ORDER BY received, n"
            for entry in map(self._remember, self._conn.execute(held, keys)):
                self._held_for[entry.dossier].append(entry)

    def find_op(self, op: str) -> Entry | None:
        """Return the op with its outcome, or null."""
        known = self._ops.get(op)
        if known is not None or op in self._absent:
            return known
        row = self._conn.execute(_SELECT + " WHERE id = ?", (blob(op),)).fetchone()
        return None if row is None else self._remember(row)

    def known_fates(self, ops: Sequence[str]) -> dict[str, Entry]:
        """Return those of the ops that are in the log, by id."""
        missing = [blob(op) for op in ops if op not in self._ops and op not in self._absent]
        for some in _slices(missing):
            marks = ",".join("?" * len(some))
            for row in self._conn.execute(f"{_SELECT} WHERE id IN ({marks})", some):
                self._remember(row)
        return {op: self._ops[op] for op in ops if op in self._ops}

    def find_dossier(self, dossier: str) -> Dossier | None:
        """Return the dossier, the same object each time, or null."""
        if dossier not in self._dossiers:
            found = self._dossiers[dossier] = load_dossier(self._conn, dossier)
            if found is not None and found.attachments:
                self._had_files.add(dossier)
        return self._dossiers[dossier]

    def save_dossier(self, dossier: Dossier) -> None:
        """Keep the dossier as it stands at the end of the push."""
        self._dossiers[dossier.id] = self._saved[dossier.id] = dossier

    def next_seq(self) -> int:
        """Allocate the next log position; it is given back if the push fails."""
        self._head += 1
        return self._head

    def add_op(self, entry: Entry) -> None:
        """Keep an op that was received for the first time."""
        if entry.op in self._added:
            raise AssertionError("an op is added once")
        self._added[entry.op] = entry
        self._keep(entry)

    def move_op(self, entry: Entry) -> None:
        """Keep the new outcome of a known op."""
        if entry.op not in self._added:
            self._moved[entry.op] = entry
        self._keep(entry)

    def record(self, event: Event) -> None:
        """Append a line to the log."""
        self._events.append(event)

    def enter(self, scope: str, seq: int, dossier: str, kind: str) -> None:
        """Tell a scope that a dossier changed."""
        self._feed.append((scope_key(scope), seq, blob(dossier), kind))

    def tell(self, person: str, seq: int, op: str) -> None:
        """Tell an account that the outcome of an op of theirs moved."""
        self._told.append((blob(person), seq, blob(op)))

    def held_of(self, dossier: str) -> list[Entry]:
        """Return the held ops that name this dossier, oldest receipt first."""
        known = self._held_for.get(dossier)
        if known is None:
            rows = self._conn.execute(
                _SELECT + " WHERE outcome = 'held' AND dossier = ? ORDER BY received, n", (blob(dossier),)
            )
            known = self._held_for[dossier] = [self._remember(row) for row in rows]
        return _still_held(known, self._by_dossier.get(dossier, {}).values())

    def held_count(self, person: str) -> int:
        """Return how many ops of an account wait for a dossier that it cannot see."""
        return len(self._unseen_of(person))

    def held_before(self, reason: str, before_ms: int, limit: int) -> list[Entry]:
        """Return ops held for a reason and first received before a moment, oldest first."""
        rows = self._conn.execute(
            _SELECT + " WHERE outcome = 'held' AND reason = ? AND received < ? ORDER BY received, n LIMIT ?",
            (reason, before_ms, limit),
        )
        found = _still_held(map(self._remember, rows), list(self._ops.values()))
        return [entry for entry in found if entry.reason == reason and entry.received_ms < before_ms][:limit]

    def held_for_form(self, procedure: str) -> list[Entry]:
        """Return ops held ``form-unknown`` whose form names the procedure."""
        rows = self._conn.execute(_SELECT + " WHERE outcome = 'held' AND reason = 'form-unknown' ORDER BY received, n")
        wanted = f'"{procedure}@'.encode()
        found = _still_held(map(self._remember, rows), list(self._ops.values()))
        return [entry for entry in found if entry.reason == "form-unknown" and wanted in (entry.body or b"")]

    def name(self, dossier: str, path: str, op: str, *, by_office: bool) -> bool:
        """Remember that an applied write of a path saw an op not yet applied; return whether the row is new."""
        paths = self._named_of(dossier, op)
        new = path not in paths
        paths[path] = paths.get(path, False) or by_office
        self._named_changed.add((dossier, op))
        return new

    def take_named(self, dossier: str, op: str) -> dict[str, bool]:
        """Return and forget the paths under which an op was named before it was applied or refused."""
        paths = self._named_of(dossier, op)
        if paths:
            self._named[dossier, op] = {}
            self._named_changed.add((dossier, op))
        return paths

    def next_number(self, unit: str, day: str, after: int = 0) -> int:
        """Return the next number of a unit's day."""
        if (unit, day) not in self._numbers:
            row = self._conn.execute("SELECT last FROM counter WHERE unit = ? AND day = ?", (unit, day)).fetchone()
            self._numbers[unit, day] = int(row[0]) if row else after
        number = self._numbers[unit, day] = self._numbers[unit, day] + 1
        return number

    def has_code(self, code: str) -> bool:
        """Return whether a dossier has this code."""
        if any(dossier.code == code for dossier in self._saved.values()):
            return True
        return self._conn.execute("SELECT 1 FROM dossier WHERE code = ?", (code,)).fetchone() is not None

    def actor(self, person: str) -> Actor:
        """Return a person with the rights they have now."""
        if person not in self._actors:
            self._actors[person] = actor_of(self._conn, person, self._now_ms)
        return self._actors[person]

    def find_file(self, sha256: str, actor: Actor) -> File | None:
        """Return a file that the actor has sent whole or may see already."""
        return find_known(self._conn, sha256, actor)

    def flush(self, catalogue: Catalogue) -> None:
        """Write all that was buffered, and list what changed for the desk; the caller commits."""
        write = self._conn.executemany
        if self._added:
            write(_ADD_OP, map(row_of, self._added.values()))
        if self._moved:
            write(_MOVE_OP, [_moved_row(entry) for entry in self._moved.values()])
        if self._saved:
            write(_DOSSIER, map(_dossier_row, self._saved.values()))
            for dossier in self._saved.values():
                if dossier.attachments or dossier.id in self._had_files:
                    keep_attached(self._conn, dossier)
        if self._feed:
            write("INSERT INTO feed VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind", self._feed)
        if self._told:
            write("INSERT OR IGNORE INTO outcome_feed VALUES (?, ?, ?)", self._told)
        if self._numbers:
            rows = [(unit, day, last) for (unit, day), last in self._numbers.items()]
            write("INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last", rows)
        self._flush_named()
        self._flush_log()
        index(self._conn, self._saved.values(), catalogue)
        self._tip.head = self._head

    def _flush_named(self) -> None:
        for dossier, op in self._named_changed:
            key = (blob(dossier), blob(op))
            self._conn.execute("DELETE FROM named WHERE dossier = ? AND op = ?", key)
            rows = [(*key, path, by_office) for path, by_office in self._named[dossier, op].items()]
            self._conn.executemany("INSERT INTO named VALUES (?, ?, ?, ?)", rows)

    def _flush_log(self) -> None:
        chain, rows = self._tip.chain, []
        for event in sorted(self._events, key=lambda event: event.seq):
            chain = link(chain, event)
            rows.append(_log_row(event, chain))
        if rows:
            self._conn.executemany(_LOG, rows)
            self._tip.chain = chain

    def _remember(self, row: tuple[Any, ...]) -> Entry:
        entry = entry_of(row)
        return self._ops.setdefault(entry.op, entry)

    def _keep(self, entry: Entry) -> None:
        self._ops[entry.op] = entry
        self._by_dossier.setdefault(entry.dossier, {})[entry.op] = entry
        if entry.outcome == "held" and entry.role is None:
            self._unseen_of(entry.person).add(entry.op)
        elif entry.person in self._unseen:
            self._unseen[entry.person].discard(entry.op)

    def _unseen_of(self, person: str) -> set[str]:
        if person not in self._unseen:
            rows = self._conn.execute(
                "SELECT id FROM op WHERE outcome = 'held' AND role IS NULL AND person = ? LIMIT ?",
                (blob(person), UNSEEN_MAX),
            )
            moved = self._moved
            self._unseen[person] = {op for op in (text(row[0]) for row in rows) if op not in moved}
        return self._unseen[person]

    def _named_of(self, dossier: str, op: str) -> dict[str, bool]:
        if (dossier, op) not in self._named:
            rows = self._conn.execute(
                "SELECT path, by_office FROM named WHERE dossier = ? AND op = ?", (blob(dossier), blob(op))
            )
            self._named[dossier, op] = {path: bool(by_office) for path, by_office in rows}
        return self._named[dossier, op]


def _still_held(rows: Iterable[Entry], open_: Iterable[Entry]) -> list[Entry]:
    """Return what is held now, oldest receipt first: of what was, and of what this push has touched."""
    found = {entry.op: entry for entry in rows}
    found.update({entry.op: entry for entry in open_})
    held = [entry for entry in found.values() if entry.outcome == "held"]
    return sorted(held, key=lambda entry: entry.received_ms)


def _slices(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(ids), IDS_A_STATEMENT):
        yield ids[start : start + IDS_A_STATEMENT]


def _moved_row(entry: Entry) -> tuple[Any, ...]:
    return (entry.seq, entry.outcome, entry.reason, entry.role, entry.rev, rest_of(entry), blob(entry.op))


def _dossier_row(dossier: Dossier) -> tuple[Any, ...]:
    return (
        blob(dossier.id), dossier.code, blob(dossier.applicant), dossier.unit, dossier.state, dossier.procedure,
        dossier.rev, dossier.sent_ms, blob_or_none(dossier.begun_by if dossier.state == "draft" else None),
        _pack.encode(dossier),
    )  # fmt: skip


def _log_row(event: Event, chain: bytes) -> tuple[Any, ...]:
    return (
        event.seq, event.kind, event.at_ms, blob_or_none(event.person), blob_or_none(event.op),
        blob_or_none(event.dossier), event.type, event.outcome, event.digest, event.state, event.channel,
        event.assisted, event.level, event.receiving_unit, event.handling_unit, event.due, event.done_ms, chain,
    )  # fmt: skip
