"""A day that somebody decided over the calendar."""

from datetime import date

from msgspec import Struct


class Override(Struct, frozen=True):
    """A day that an administrator made a day off or a working day, with the decision that says so.

    Once it is in force, ``by`` is the name of who put it there, null where it was by command, and ``at_ms`` when, in
    milliseconds since 1970.
    """

    day: date
    working: bool
    why: str
    decision: str
    verified: bool = False
    by: str | None = None
    at_ms: int | None = None


class Moved(Struct, frozen=True):
    """A dossier that would be due at another moment (RFC 3339)."""

    code: str
    unit: str
    before: str
    after: str


class Effect(Struct, frozen=True):
    """What a decision over a day would change: the calendar's version, and open dossiers that it would date anew.

    ``moved`` lists the first of ``count`` dossiers, by the day they are due.
    """

    before: str
    after: str
    count: int
    moved: list[Moved]
