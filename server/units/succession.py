"""Who stands for a unit on a day, and which unit a code of before meant."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol


class Dated(Protocol):
    """A unit with the days on which it was there."""

    @property
    def id(self) -> str:
        """Return its id."""

    @property
    def name(self) -> str:
        """Return its name."""

    def there(self, day: str) -> bool:
        """Return whether it is there on a day."""


def successors(unit: str, after: Mapping[str, Sequence[str]], units: Mapping[str, Dated], day: str) -> list[str]:
    """Return the units that stand for a unit on a day, in order of name: itself, where it is there still."""
    found: dict[str, None] = {}
    waiting, seen = [unit], set()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        known = units.get(here)
        if known is not None and known.there(day):
            found[here] = None
        else:
            waiting.extend(after.get(here, ()))
    return sorted(found, key=lambda each: units[each].name)


def unit_for(
    unit: str, after: Mapping[str, Sequence[str]], units: Mapping[str, Dated], begun: date, today: date
) -> str | None:
    """Return the unit that a dossier goes to which was begun on a day for a unit: itself, or what came after it.

    Where several units came after, the one that ended: a person chooses among them. Null where nobody knows it.
    """
    meant = _meant(unit, units, begun.isoformat())
    stand = successors(meant, after, units, today.isoformat())
    return None if not stand else stand[0] if len(stand) == 1 else meant


def _meant(unit: str, units: Mapping[str, Dated], begun: str) -> str:
    """Return which unit a code meant on a day: what is there now has taken over the code of one that ended.

    Those are kept as ``{code}-{year it ended}``. A code that nobody has now means the last that had it.
    """
    known = units.get(unit)
    if known is not None and known.there(begun):
        return unit
    earlier = sorted(each for each in units if each.startswith(f"{unit}-"))
    then = [each for each in earlier if units[each].there(begun)]
    return then[0] if then else unit if known is not None or not earlier else earlier[-1]
