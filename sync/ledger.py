"""What the engine asks of whoever keeps the log: one transaction's view of it.

The server's SQLite store and the in-memory ledger of tests both keep this contract, and one contract suite tries both.
Nothing here awaits or fails for reasons of its own: a ledger that cannot read or write raises, and the whole
transaction is thrown away.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from msgspec import Struct

from schemas.forms import Form
from schemas.problems import Problem
from sync.deadlines import Calendar, Unit
from sync.dossier import Dossier

#: What the head of a unit is in one that ended and that theirs came after: sees its dossiers, and moves them on.
HEIR: Final = "heir"
#: The roles that see their unit's dossiers. Any other, such as ``admin``, sees none.
SEEING: Final = frozenset({"head", "handler", "counter", "inspector", HEIR})


class Actor(Struct, frozen=True):
    """Who acts. ``units`` maps a unit to the roles held in it now; ``former_units`` were held once."""

    person: str
    name: str
    units: dict[str, tuple[str, ...]] = {}
    former_units: frozenset[str] = frozenset()

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return the scopes this person may see now, sorted."""
        return ("p:" + self.person, *sorted("u:" + unit for unit in self.units_seen))

    @property
    def units_seen(self) -> tuple[str, ...]:
        """Return the units whose dossiers this person may see now, sorted: who only administers a unit sees none."""
        return tuple(sorted(unit for unit, roles in self.units.items() if not SEEING.isdisjoint(roles)))


class Allowed(Struct, frozen=True):
    """How long an answer may take."""

    count: int
    unit: Unit


class Entry(Struct, kw_only=True):
    """An op in the log with the outcome that stands. ``body`` is its JSON, null once erased by law.

    ``digest`` is the SHA-256 of its canonical content; ``role`` that of the right under which it was received, null
    while no right is known. ``seq`` is the log position of its last outcome, ``received_ms`` the time of its first
    receipt, ``device`` what the request said it came from, null for the office's desk.
    """

    op: str
    dossier: str
    person: str
    type: str
    body: bytes | None
    digest: bytes
    received_ms: int
    at: int
    seq: int = 0
    outcome: str = "held"
    reason: str | None = None
    role: str | None = None
    rev: int | None = None
    problem: Problem | None = None
    paths: list[str] | None = None
    overridden: list[str] | None = None
    code: str | None = None
    proof: str | None = None
    officer_reason: str | None = None
    was: str | None = None
    device: str | None = None
    secret: str | None = None


class File(Struct, frozen=True):
    """A file whose bytes are here and were looked at. ``kind`` is null for what no slot takes.

    ``fault`` says why nobody can use it: ``unreadable``, ``locked``, ``too-many-pixels``, ``infected``; else null.
    """

    sha256: str
    bytes: int
    kind: str | None
    fault: str | None = None


class Event(Struct, kw_only=True):
    """One line of the log, for audit and statistics: what happened to which dossier, under which circumstances.

    ``kind`` is ``op`` (first receipt), ``moved`` (an outcome changed), ``status`` (a file, a due date) or ``claim``
    (somebody claimed it; ``person`` says who).
    """

    seq: int
    kind: str
    at_ms: int
    person: str | None
    op: str | None
    dossier: str | None
    type: str | None
    outcome: str | None
    digest: bytes
    state: str | None = None
    channel: str | None = None
    assisted: bool = False
    level: str | None = None
    receiving_unit: str | None = None
    handling_unit: str | None = None
    due: str | None = None
    done_ms: int | None = None


class Ledger(Protocol):
    """One transaction's view of the log. What was saved or added in it is found again by the look-ups."""

    def expect(self, ops: Sequence[str], dossiers: Sequence[str]) -> None:
        """Be told what will be asked for, so that it can be read together. Changes no answer."""

    def find_op(self, op: str) -> Entry | None:
        """Return the op with its outcome, or null."""

    def known_fates(self, ops: Sequence[str]) -> dict[str, Entry]:
        """Return those of the ops that are in the log, by id."""

    def find_dossier(self, dossier: str) -> Dossier | None:
        """Return the dossier, or null.

        It is the same object each time within one transaction: the engine changes it in place.
        """

    def save_dossier(self, dossier: Dossier) -> None:
        """Keep the dossier as it stands at the end of the transaction."""

    def next_seq(self) -> int:
        """Allocate the next log position."""

    def add_op(self, entry: Entry) -> None:
        """Keep an op that was received for the first time."""

    def move_op(self, entry: Entry) -> None:
        """Keep the new outcome of a known op."""

    def record(self, event: Event) -> None:
        """Append a line to the log; the ledger chains the digests."""

    def enter(self, scope: str, seq: int, dossier: str, kind: str) -> None:
        """Tell a scope that a dossier is ``changed``, ``whole`` (just gained) or ``gone:moved`` and the like."""

    def tell(self, person: str, seq: int, op: str) -> None:
        """Tell an account that the outcome of an op of theirs moved."""

    def held_of(self, dossier: str) -> list[Entry]:
        """Return the held ops that name this dossier, known or not, oldest receipt first."""

    def held_count(self, person: str) -> int:
        """Return how many ops of an account are held ``waiting`` or ``healing`` for a dossier it cannot see."""

    def held_before(self, reason: str, before_ms: int, limit: int) -> list[Entry]:
        """Return ops held for a reason and first received before a moment, oldest first."""

    def held_for_form(self, procedure: str) -> list[Entry]:
        """Return ops held ``form-unknown`` whose form names the procedure."""

    def name(self, dossier: str, path: str, op: str, *, by_office: bool) -> bool:
        """Remember that an applied write of a path saw an op not yet applied; return whether the row is new.

        A row already there keeps ``by_office`` once it is true.
        """

    def take_named(self, dossier: str, op: str) -> dict[str, bool]:
        """Return and forget the paths (with ``by_office``) under which an op was named."""

    def next_number(self, unit: str, day: str, after: int = 0) -> int:
        """Return the next number of a unit's day; the first is the one above ``after``."""

    def has_code(self, code: str) -> bool:
        """Return whether a dossier has this code."""

    def actor(self, person: str) -> Actor:
        """Return a person with the rights they have now."""

    def find_file(self, sha256: str, actor: Actor) -> File | None:
        """Return a file that the actor has sent whole or may see already, else null: a hash opens nothing."""


class World(Protocol):
    """What the engine knows of forms, units and secrets: values and pure look-ups."""

    @property
    def epoch(self) -> int:
        """Return the epoch's number: 1 until the log was first restored from a backup; before that ``was`` is void."""

    def numbers_from(self, day: str) -> int:
        """Return above which number a day's codes begin: 0 but for days that an earlier epoch may have counted."""

    def form(self, procedure: str, version: int) -> Form | None:
        """Return a published version of a form, or null."""

    def newest(self, procedure: str) -> int | None:
        """Return the newest published version of a procedure's form, or null."""

    def unit_code(self, unit: str) -> str | None:
        """Return how the unit is written in dossier codes (``H37.07``, ``LS-06154``), or null for an unknown unit."""

    def takes_in(self, unit: str, day: date) -> bool:
        """Return whether the unit is known and there on a day: what has ended takes in no dossier."""

    def unit_for(self, unit: str, begun: date, today: date) -> str | None:
        """Return the unit that a dossier goes to which was begun on a day for a unit: itself, or what came after it.

        Where several units came after, the one that ended: a person chooses among them. Null where nobody knows it.
        """

    def level(self, procedure: str) -> str | None:
        """Return the service level of a procedure now, or null where unknown."""

    def allowed(self, procedure: str, channel: str) -> Allowed | None:
        """Return how long the office may take over a procedure filed by a channel, or null where unknown."""

    @property
    def calendar(self) -> Calendar:
        """Return the calendar of working days in force."""

    def prove(self, dossier: str, code: str) -> str:
        """Return the proof (a MAC) that the server gave this code to this dossier."""

    def secret(self, dossier: str) -> str:
        """Return the eight characters with which the state of a dossier is asked for, the same ever after."""
