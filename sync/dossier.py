"""A dossier as the engine keeps it: cells of siblings, slots, steps, and what waits. Plain values.

What there is by the hundred in a push is plain to the collector too (``gc=False``): nothing in it points back at it.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct

from schemas.messages import WireNote, WireStep, WireTrace

#: Why work waits that its author had the right to do once.
RIGHT_LOST: Final = "right-lost"


class Mark(Struct, array_like=True, gc=False):
    """An op that wrote something that is still in a cell; ``at`` is its device's time."""

    op: str
    actor: str
    role: str
    at: int


class Sibling(Struct, array_like=True, gc=False):
    """One value of a cell. ``mark`` indexes ``Dossier.by`` (null: computed); ``names`` is what a ``gone`` saw.

    ``time_ms`` is the time of the write as ``latest`` reckons it (protocol §2).
    """

    value: Any
    mark: int | None
    time_ms: int = 0
    names: list[str] = []


class Cell(Struct, array_like=True, gc=False):
    """The siblings of a path, in the order of the fold, and the log position of their last change."""

    seq: int
    siblings: list[Sibling]


class Attachment(Struct):
    """A file in a slot. ``status`` is ``awaited``, ``arriving``, ``verified`` or ``bad``; ``received`` counts bytes.

    ``why`` says what is wrong with a ``bad`` one.
    """

    op: str
    slot: str
    sha256: str
    bytes: int
    media: str
    name: str
    page: int
    role: str
    status: str = "awaited"
    received: int = 0
    why: str | None = None


class Held(Struct, array_like=True, gc=False):
    """An op of this dossier that is stored and not applied."""

    op: str
    reason: str
    role: str
    actor: str
    since: int


class Dossier(Struct, kw_only=True, omit_defaults=True):
    """One person's application under one procedure.

    ``people`` maps an actor to the name shown beside what they did. ``former_units`` are units it was moved out of.
    ``named`` counts the ledger's rows of ids named in a ``saw`` and not yet arrived. ``due`` is RFC 3339 with the
    ``trace`` of the days that led there by the ``calendar`` of that version; ``first_due`` is what was promised first.
    ``intake`` is the unit whose officer took it in for another unit, null where it came to the unit that handles it.
    ``begun_by`` is the officer who began it, once somebody claimed it; ``secret`` is what its state is asked for with.
    ``paused_ms`` is since when the office's time stands still, ``done_ms`` when it ended with a result.
    """

    id: str
    procedure: str
    form: str
    unit: str
    channel: str
    applicant: str
    on_behalf: dict[str, Any] | None = None
    state: str = "draft"
    rev: int = 0
    code: str | None = None
    due: str | None = None
    created_ms: int = 0
    submitted_ms: int | None = None
    received_ms: int | None = None
    by: list[Mark] = msgspec.field(default_factory=list)
    cells: dict[str, Cell] = msgspec.field(default_factory=dict)
    attachments: list[Attachment] = msgspec.field(default_factory=list)
    held: list[Held] = msgspec.field(default_factory=list)
    notes: list[WireNote] = msgspec.field(default_factory=list)
    steps: list[WireStep] = msgspec.field(default_factory=list)
    people: dict[str, str] = msgspec.field(default_factory=dict)
    former_units: list[str] = msgspec.field(default_factory=list)
    named: int = 0
    handler: str | None = None
    first_due: str | None = None
    trace: list[WireTrace] = msgspec.field(default_factory=list)
    calendar: str | None = None
    paused_ms: int | None = None
    done_ms: int | None = None
    intake: str | None = None
    begun_by: str | None = None
    secret: str | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return the scopes that may see it now: its owner's, and from ``submit`` on its unit's.

        A draft that was claimed stays with the officer who began it too, who has not sent it yet. The unit sees one
        whose ``submit`` waits for its head.
        """
        seeing = [person_scope(self.applicant)]
        if self.state == "draft" and self.begun_by is not None:
            seeing.append(person_scope(self.begun_by))
        if self.sent_ms is not None:
            seeing.append(unit_scope(self.unit))
        return tuple(seeing)

    @property
    def sent_ms(self) -> int | None:
        """Return since when its unit sees it: since ``submit``, or since that waits for a head (``right-lost``)."""
        if self.state != "draft" or self.submitted_ms is not None:
            return self.submitted_ms
        return next((held.since for held in self.held if held.reason == RIGHT_LOST), None)

    @property
    def receiving_unit(self) -> str:
        """Return the unit that took it in: that of the officer who did, else the first that it came to."""
        return self.intake or [*self.former_units, self.unit][0]


def person_scope(person: str) -> str:
    """Return the scope of what a person began or owns."""
    return "p:" + person


def unit_scope(unit: str) -> str:
    """Return the scope of a unit's dossiers."""
    return "u:" + unit
