"""A day that somebody decided over the calendar."""

from datetime import date

from msgspec import Struct


class Override(Struct, frozen=True):
    """A day that an administrator made a day off or a working day, with the decision that says so."""

    day: date
    working: bool
    why: str
    decision: str
    verified: bool = False


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
