"""Which procedures an office handles, asked by its code, by its name of today, or by one from before July 2025."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from schemas.folding import folded
from server.store.catalogue import Unit
from server.units.kinds import COMMUNES
from server.units.succession import successors
from server.units.tree import meant

#: An address that means more than these is no address.
MEANT_MAX: Final = 3


class Place(Struct, frozen=True):
    """What somebody asked for, and the units that stand for it today; ``ended`` is what it was called, else empty."""

    ended: str
    now: tuple[Unit, ...]

    @property
    def names(self) -> str:
        """Return what stands for it today, as people say it."""
        return ", ".join(unit.name for unit in self.now)

    @property
    def phones(self) -> list[tuple[str, str]]:
        """Return the names and telephones that are known."""
        return [(unit.name, unit.phone) for unit in self.now if unit.phone]

    @property
    def is_commune(self) -> bool:
        """Return whether what every commune handles is handled there."""
        return any(unit.kind in COMMUNES for unit in self.now)

    def handles(self, office: str) -> bool:
        """Return whether an office, as the catalogue writes it, is one of these."""
        plain = folded(office)
        return any(folded(name) in plain for unit in self.now for name in (unit.name, unit.agency) if name)


class Offices:
    """The units on a day, and who came after whom."""

    def __init__(self, units: Mapping[str, Unit], after: Mapping[str, Sequence[str]], day: str) -> None:
        """Take them as they stand."""
        self._units, self._after, self._day = units, after, day
        self._coded = {unit.official_code: unit for unit in units.values() if unit.official_code}

    def find(self, words: str) -> Place | None:
        """Return the place that words mean, or null where they mean none."""
        exact = self._units.get(words.strip()) or self._coded.get(words.strip())
        units = [exact] if exact is not None else meant(words, self._units.values())
        here = [unit for unit in units if unit.there(self._day)]
        gone = [unit for unit in units if not unit.there(self._day)]
        if here and not (gone and "," in words):
            return Place("", tuple(here)) if len(here) <= MEANT_MAX else None
        stand = dict.fromkeys(
            each for unit in gone for each in successors(unit.id, self._after, self._units, self._day)
        )
        if not stand:
            return None
        return Place(gone[0].name, tuple(self._units[each] for each in stand))
