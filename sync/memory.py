"""A ledger that lives in memory: for the simulation, for tests, and for a desk that runs where there is no database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256

import msgspec

from schemas.forms import Form
from schemas.slips import secret_of
from sync.deadlines import Calendar
from sync.dossier import Dossier
from sync.ledger import Actor, Allowed, Entry, Event, File
from sync.workflow import numbers_of

_encoder = msgspec.msgpack.Encoder()
_dossiers = msgspec.msgpack.Decoder(Dossier)
_entries = msgspec.msgpack.Decoder(Entry)


class MemoryWorld:
    """Forms and units given as values; proofs are hashes with a key."""

    def __init__(self, forms: Sequence[Form], units: dict[str, str], key: str = "key", *, epoch: int = 1) -> None:
        """Take published forms, units with the way each is written in codes, the key of proofs and the epoch."""
        self.forms = {(form.procedure, form.version): form for form in forms}
        self.units, self.key, self.epoch = units, key, epoch
        self.times: dict[str, Allowed] = {}
        self.calendar = Calendar("weeks", date(1970, 1, 1), date(9999, 12, 31), {}, {})

    def publish(self, form: Form) -> None:
        """Publish a version of a form."""
        self.forms[form.procedure, form.version] = form

    def form(self, procedure: str, version: int) -> Form | None:
        """Return a published version of a form, or null."""
        return self.forms.get((procedure, version))

    def named(self, form: str) -> Form | None:
        """Return a form by ``procedure@version``."""
        procedure, _, version = form.partition("@")
        return self.form(procedure, int(version))

    def newest(self, procedure: str) -> int | None:
        """Return the newest version of a procedure's form, or null."""
        return max((version for code, version in self.forms if code == procedure), default=None)

    def unit_code(self, unit: str) -> str | None:
        """Return how a unit is written in dossier codes."""
        return self.units.get(unit)

    def takes_in(self, unit: str, day: date) -> bool:
        """Return whether the unit is known; none of these ends."""
        del day
        return unit in self.units

    def unit_for(self, unit: str, begun: date, today: date) -> str | None:
        """Return the unit itself; none of these ends."""
        del begun
        return unit if self.takes_in(unit, today) else None

    def level(self, procedure: str) -> str | None:
        """Return null: no service level is known here."""
        del procedure
        return None

    def allowed(self, procedure: str, channel: str) -> Allowed | None:
        """Return how long the office may take, or null."""
        del channel
        return self.times.get(procedure)

    def numbers_from(self, day: str) -> int:
        """Return above which number a day's codes begin: here no day is surely new."""
        del day
        return numbers_of(self.epoch)

    def prove(self, dossier: str, code: str) -> str:
        """Return the proof of a code."""
        return sha256(f"{self.key}\n{dossier}\n{code}".encode()).hexdigest()

    def secret(self, dossier: str) -> str:
        """Return the secret of a dossier."""
        return secret_of(sha256(f"{self.key}\nsecret\n{dossier}".encode()).digest())


class MemoryLedger:
    """A log in memory. Within ``transaction`` it is a ``Ledger``; outside it, a ``Feed`` of what was committed."""

    def __init__(self, actors: dict[str, Actor]) -> None:
        """Take the actors by person."""
        self.actors = actors
        self.ops: dict[str, bytes] = {}
        self.dossiers: dict[str, bytes] = {}
        self.events: list[Event] = []
        self.feed: dict[str, list[tuple[int, str, str]]] = {}
        self.told: dict[str, list[tuple[int, str]]] = {}
        self.rows: dict[tuple[str, str], dict[str, bool]] = {}
        self.numbers: dict[tuple[str, str], int] = {}
        self.files: dict[str, File] = {}
        self.senders: set[tuple[str, str]] = set()
        self.seq = self.kept_from = 0
        self._open_ops: dict[str, Entry] = {}
        self._open_dossiers: dict[str, Dossier] = {}
        self._saved: dict[str, None] = {}
        self._moved: dict[str, None] = {}
        self._held: dict[str, str] = {}

    @contextmanager
    def transaction(self) -> Iterator["MemoryLedger"]:
        """Run a transaction: all of it is kept, or, when it raises, none."""
        kept = (
            self.seq, len(self.events), {scope: len(rows) for scope, rows in self.feed.items()},
            {person: len(rows) for person, rows in self.told.items()},
            {key: dict(rows) for key, rows in self.rows.items()}, dict(self.numbers), dict(self._held),
        )  # fmt: skip
        try:
            yield self
        except BaseException:
            self.seq, events, feed, told, self.rows, self.numbers, self._held = kept
            del self.events[events:]
            self.feed = {scope: rows[: feed.get(scope, 0)] for scope, rows in self.feed.items()}
            self.told = {person: rows[: told.get(person, 0)] for person, rows in self.told.items()}
            raise
        else:
            self.ops.update({op: _encoder.encode(self._open_ops[op]) for op in self._moved})
            self.dossiers.update({d: _encoder.encode(self._open_dossiers[d]) for d in self._saved})
        finally:
            self._open_ops, self._open_dossiers, self._saved, self._moved = {}, {}, {}, {}

    def expect(self, ops: Sequence[str], dossiers: Sequence[str]) -> None:
        """Do nothing: all of it is at hand."""

    def find_op(self, op: str) -> Entry | None:
        """Return the op with its outcome, or null."""
        if op not in self._open_ops:
            if op not in self.ops:
                return None
            self._open_ops[op] = _entries.decode(self.ops[op])
        return self._open_ops[op]

    def known_fates(self, ops: Sequence[str]) -> dict[str, Entry]:
        """Return those of the ops that are in the log, by id."""
        found = ((op, self.find_op(op)) for op in ops)
        return {op: entry for op, entry in found if entry is not None}

    def find_dossier(self, dossier: str) -> Dossier | None:
        """Return the dossier, or null."""
        if dossier not in self._open_dossiers:
            if dossier not in self.dossiers:
                return None
            self._open_dossiers[dossier] = _dossiers.decode(self.dossiers[dossier])
        return self._open_dossiers[dossier]

    def save_dossier(self, dossier: Dossier) -> None:
        """Keep the dossier as it stands at the end of the transaction."""
        self._open_dossiers[dossier.id] = dossier
        self._saved[dossier.id] = None

    def next_seq(self) -> int:
        """Allocate the next log position."""
        self.seq += 1
        return self.seq

    def add_op(self, entry: Entry) -> None:
        """Keep an op that was received for the first time."""
        if entry.op in self.ops or entry.op in self._open_ops:
            raise AssertionError("an op is added once")
        self.move_op(entry)

    def move_op(self, entry: Entry) -> None:
        """Keep the new outcome of a known op."""
        self._open_ops[entry.op] = entry
        self._moved[entry.op] = None
        if entry.outcome == "held":
            self._held[entry.op] = entry.dossier
        else:
            self._held.pop(entry.op, None)

    def record(self, event: Event) -> None:
        """Append a line to the log."""
        self.events.append(event)

    def enter(self, scope: str, seq: int, dossier: str, kind: str) -> None:
        """Tell a scope that a dossier changed."""
        rows = self.feed.setdefault(scope, [])
        rows.append((seq, dossier, kind))
        rows.sort()

    def tell(self, person: str, seq: int, op: str) -> None:
        """Tell an account that an outcome moved."""
        self.told.setdefault(person, []).append((seq, op))

    def held_of(self, dossier: str) -> list[Entry]:
        """Return the held ops that name this dossier, oldest receipt first."""
        return self._by_receipt(entry for entry in self._all_held() if entry.dossier == dossier)

    def held_count(self, person: str) -> int:
        """Return how many ops of an account wait for a dossier that it cannot see."""
        return sum(e.person == person and e.role is None for e in self._all_held())

    def held_before(self, reason: str, before_ms: int, limit: int) -> list[Entry]:
        """Return ops held for a reason and first received before a moment, oldest first."""
        found = (e for e in self._all_held() if e.reason == reason and e.received_ms < before_ms)
        return self._by_receipt(found)[:limit]

    def held_for_form(self, procedure: str) -> list[Entry]:
        """Return ops held ``form-unknown`` of a procedure."""
        found = (e for e in self._all_held() if e.reason == "form-unknown")
        return self._by_receipt(e for e in found if f'"{procedure}@'.encode() in (e.body or b""))

    def name(self, dossier: str, path: str, op: str, *, by_office: bool) -> bool:
        """Remember that an applied write of a path saw an op not yet applied."""
        rows = self.rows.setdefault((dossier, op), {})
        new = path not in rows
        rows[path] = rows.get(path, False) or by_office
        return new

    def take_named(self, dossier: str, op: str) -> dict[str, bool]:
        """Return and forget the paths under which an op was named."""
        return self.rows.pop((dossier, op), {})

    def next_number(self, unit: str, day: str, after: int = 0) -> int:
        """Return the next number of a unit's day."""
        number = self.numbers.get((unit, day), after) + 1
        self.numbers[unit, day] = number
        return number

    def has_code(self, code: str) -> bool:
        """Return whether a dossier has this code."""
        return any(dossier is not None and dossier.code == code for dossier in map(self.find_dossier, self._all()))

    def actor(self, person: str) -> Actor:
        """Return a person with the rights they have now."""
        return self.actors[person]

    def find_file(self, sha256: str, actor: Actor) -> File | None:
        """Return a file that the actor has sent whole or may see already."""
        if (actor.person, sha256) in self.senders or any(
            file.sha256 == sha256 and file.status == "verified"
            for dossier in map(self.find_dossier, self._all())
            if dossier is not None and not set(actor.scopes).isdisjoint(dossier.scopes)
            for file in dossier.attachments
        ):
            return self.files.get(sha256)
        return None

    def head(self) -> int:
        """Return the last position of the log."""
        return self.seq

    def floor(self) -> int:
        """Return the position up to which the log is no longer kept."""
        return self.kept_from

    def forget(self, upto: int) -> None:
        """Keep the log no longer up to a position: cursors before it have expired."""
        self.kept_from = upto
        self.feed = {scope: [row for row in rows if row[0] > upto] for scope, rows in self.feed.items()}
        self.told = {person: [row for row in rows if row[0] > upto] for person, rows in self.told.items()}

    def entries(self, scope: str, after: int, upto: int, limit: int) -> list[tuple[int, str, str]]:
        """Return the entries of a scope in a range, in order."""
        return [row for row in self.feed.get(scope, []) if after < row[0] <= upto][:limit]

    def outcomes(self, person: str, after: int, upto: int) -> list[Entry]:
        """Return an account's ops whose outcome moved in a range, each once."""
        moved = dict.fromkeys(op for seq, op in reversed(self.told.get(person, [])) if after < seq <= upto)
        return [_entries.decode(self.ops[op]) for op in reversed(moved)]

    def dossier_ids(self, scope: str, after: str, limit: int) -> list[str]:
        """Return ids of dossiers a scope sees now."""
        found = (_dossiers.decode(self.dossiers[dossier]) for dossier in sorted(self.dossiers) if dossier > after)
        return [dossier.id for dossier in found if scope in dossier.scopes][:limit]

    def _all(self) -> list[str]:
        return sorted({*self.dossiers, *self._open_dossiers})

    def _all_held(self) -> Iterator[Entry]:
        found = map(self.find_op, list(self._held))
        return (entry for entry in found if entry is not None)

    @staticmethod
    def _by_receipt(entries: Iterator[Entry]) -> list[Entry]:
        return sorted(entries, key=lambda e: (e.received_ms, e.seq))
