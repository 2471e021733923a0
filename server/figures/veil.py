"""What the public may see: no count below five, and none that could be computed from what else is published.

Rule 1. Months are what everything is made of. A quarter, a year and all of time are sums of what the months show, and
nothing else; so two periods tell no more than their months do.
Rule 2. In a month, a category (a unit, a field, a service level) with 1 to 4 is hidden. The month's total is published,
so with it goes every category that has the least of what would still be shown. Which are hidden follows from the
numbers alone, whatever they belong to: any hidden one could be the small one, or the larger.
Rule 3. Where nothing larger is left to hide behind, the month is withheld, in every table: another table would tell its
total. 0 is shown: it is about nobody.
Rule 4. Parts (handed in online, with help; finished in time, overdue) are shown of units alone, where both the part and
the rest are 0 or at least five, and are added up over the units that show them: no total of a part is published.
Rule 5. Nothing is published by two things at once (a unit's field), nor by channel, which is a part. Field and level
both follow from the procedure, as everybody can look up: their tables are made of the kinds (field and level together).
What is not guarded against is who reads a page before and after one dossier comes in.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

LEAST: Final = 5
WHOLES: Final = ("new", "finished")
#: Part → its whole.
PARTS: Final = {"online": "new", "assisted": "new", "in_time": "finished", "overdue": "finished"}
UNITS: Final = "unit"
#: Of a category, or of a month, by the name of the figure.
Counts = Mapping[str, int]
#: By what (unit, kind) → category → its counts.
Tables = Mapping[str, Mapping[Hashable, Counts]]


class Month(Struct):
    """What of a month is published: null in the place of what is hidden."""

    total: dict[str, int | None]
    tables: dict[str, dict[Hashable, dict[str, int | None]]]


class Sum(Struct):
    """A number that months add up to; ``whole`` is false where some of them are hidden, so that it may be more."""

    count: int = 0
    whole: bool = True

    @property
    def shown(self) -> int | None:
        """Return the number, null where all of it is hidden."""
        return self.count if self.whole or self.count else None


def published(tables: Tables) -> Month:
    """Return what may be published of a month, of which every table counts the same dossiers."""
    month = Month({}, {by: {key: {} for key in rows} for by, rows in tables.items()})
    for whole in WHOLES:
        hidden = {by: _hidden({key: row[whole] for key, row in rows.items()}) for by, rows in tables.items()}
        withheld = any(each is None for each in hidden.values())
        for by, rows in tables.items():
            gone = {key for key, row in rows.items() if row[whole]} if withheld else hidden[by] or set()
            for key, row in rows.items():
                month.tables[by][key][whole] = None if key in gone else row[whole]
        total = sum(row[whole] for row in tables[UNITS].values())
        month.total[whole] = None if withheld else total
    for key, row in tables[UNITS].items():
        shown = month.tables[UNITS][key]
        shown |= {part: _part(row, part) if shown[whole] is not None else None for part, whole in PARTS.items()}
    return month


def together(
    months: Iterable[Month], by: str, group: Callable[[Any], Any] = lambda key: key
) -> dict[Any, dict[str, Any]]:
    """Return the rows of a period, made of what its months show; those of a group together."""
    found: dict[Any, list[Mapping[str, int | None]]] = {}
    for month in months:
        for key, row in month.tables[by].items():
            found.setdefault(group(key), []).append(row)
    return {key: summed(rows) for key, rows in found.items()}


def summed(rows: Iterable[Mapping[str, int | None]]) -> dict[str, Any]:
    """Return published counts added up: ``new`` and ``finished`` as sums, parts as shares of what shows them."""
    rows = list(rows)
    told: dict[str, Any] = {whole: _sum(row[whole] for row in rows) for whole in WHOLES}
    for part, whole in PARTS.items():
        pairs = [(row[part], row[whole]) for row in rows if part in row]
        known = [(some, every) for some, every in pairs if some is not None and every is not None]
        told[part], told[f"of_{part}"] = sum(some for some, _ in known), sum(every for _, every in known)
    return told


def _sum(counts: Iterable[int | None]) -> Sum:
    known = list(counts)
    return Sum(sum(each or 0 for each in known), None not in known)


def _hidden(counts: Mapping[Hashable, int]) -> set[Hashable] | None:
    """Return which categories are hidden, null where there is nothing to hide the small ones behind."""
    small = {key for key, count in counts.items() if 0 < count < LEAST}
    if not small:
        return set()
    larger = [count for count in counts.values() if count >= LEAST]
    return small | {key for key, count in counts.items() if count == min(larger)} if larger else None


def _part(row: Counts, part: str) -> int | None:
    some, rest = row[part], row[PARTS[part]] - row[part]
    return some if all(each == 0 or each >= LEAST for each in (some, rest)) else None
