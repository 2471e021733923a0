"""The units as a tree with time: who is under whom, who came after whom, and what an old name means today.

Rule 1. A unit that ended stays for good, with the last day it was there: dossiers and figures name it.
Rule 2. Communes of before July 2025 share codes with those of after: an old one is kept as ``{code}-{year it ended}``.
Rule 3. A unit that was split has several successors; nobody but a person says which one a dossier belongs to.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from schemas.folding import folded
from server.store.catalogue import Unit

#: Words before a name that everybody leaves out, as they are folded.
_TITLES: Final = ("thanh pho", "thi tran", "phuong", "huyen", "tinh", "tp", "tt", "xa")


def cycles(parents: Mapping[str, str | None]) -> set[str]:
    """Return the ids that are above themselves."""
    caught: set[str] = set()
    for start in parents:
        seen: list[str] = []
        here: str | None = start
        while here is not None and here not in seen:
            seen.append(here)
            here = parents.get(here)
        if here is not None:
            caught.update(seen[seen.index(here) :])
    return caught


def meant(words: str, units: Iterable[Unit]) -> list[Unit]:
    """Return the units that an address means: a name, and where several have it, the district after a comma.

    What is there now comes first. Diacritics and the words xã, phường, huyện do not count.
    """
    parts = [part for part in (_bare(each) for each in words.split(",")) if part]
    if not parts:
        return []
    known = {unit.id: unit for unit in units}
    named = [unit for unit in known.values() if _bare(unit.name) == parts[0]]
    narrowed = [unit for unit in named if _under(unit, known) & set(parts[1:])]
    return sorted(narrowed or named, key=lambda unit: (unit.valid_to is not None, unit.name, unit.id))


def _under(unit: Unit, units: Mapping[str, Unit]) -> set[str]:
    """Return the bare names of what is above a unit."""
    above = units.get(unit.parent or "")
    return set() if above is None else {_bare(above.name)}


def _bare(name: str) -> str:
    plain = " ".join(folded(name).replace(".", " ").split())
    for title in _TITLES:
        if plain.startswith(title + " "):
            return plain.removeprefix(title + " ")
    return plain
