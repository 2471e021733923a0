"""All figures of a period as one value: what ``motcua stats --json`` prints and the pages show."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from schemas.moments import HO_CHI_MINH
from server.figures.periods import Period, months_before, read_period
from server.figures.reported import percent, reported, told
from server.store.catalogue import Catalogue
from server.store.figures import BY, FIGURES, Chosen, by_month, tally
from server.units.shipped import PROVINCE_ID

VERSION: Final = 1
MONTHS: Final = 12
_PROCEDURE: Final = list(BY).index("procedure")
#: Share → the part, the whole.
SHARES: Final = {
    "online_percent": ("online", "new"), "assisted_percent": ("assisted", "new"),
    "in_time_percent": ("in_time", "finished"),
}  # fmt: skip


def figures_of(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts with what follows from them; a share of nothing is null, never 0."""
    known: dict[str, Any] = {**counts, "in_time": counts["early"] + counts["on_time"]}
    for name, (part, whole) in SHARES.items():
        share = percent(known[part], known[whole])
        known[name] = None if share is None else float(share)
    return known


def report(
    conn: sqlite3.Connection, catalogue: Catalogue, period: Period, now_ms: int, chosen: Chosen = ()
) -> dict[str, Any]:
    """Return the figures of a period: all, by each thing they are given by, by month, and the reported ones beside.

    Of what is chosen alone; the reported ones stay beside what the province has.
    """
    places = {by: place for place, by in enumerate(BY)}
    cube = {
        key: counts
        for key, counts in tally(conn, period, now_ms, *BY).items()
        if all(key[places[by]] in wanted for by, wanted in chosen)
    }
    groups = {by: _summed(cube, itemgetter(place)) for place, by in enumerate(BY)}
    groups["field"] = _summed(cube, lambda key: catalogue.field_of(str(key[_PROCEDURE])))
    months = by_month(conn, [month.name for month in months_before(now_ms, MONTHS)], chosen)
    return {
        "v": VERSION,
        "at": datetime.fromtimestamp(now_ms / 1000, HO_CHI_MINH).isoformat(timespec="seconds"),
        "period": {"name": period.name, "kind": period.kind, "first": period.first, "last": period.last},
        **figures_of(_total(cube.values())),
        **{
            f"by_{by}": [
                {by: key, "name": _name(by, key, catalogue), **figures_of(counts)}
                for key, counts in sorted(group.items(), key=lambda each: each[0] or "")
            ]
            for by, group in groups.items()
        },
        "by_month": [figures_of(each) for each in months],
        "reported": beside(conn, now_ms),
    }


def beside(conn: sqlite3.Connection, now_ms: int) -> list[dict[str, Any]]:
    """Return the reported figures, each with what the log says of the same unit and period."""
    counted = {name: tally(conn, read_period(name, now_ms), now_ms, "unit") for name in {x.period for x in reported()}}
    return [told(each, _of_unit(counted[each.period], each.unit)) for each in reported()]


def _of_unit(counts: Mapping[tuple[str | None, ...], list[int]], unit: str) -> dict[str, int] | None:
    """Return the figures of a unit, of the whole province for the province itself."""
    if unit == PROVINCE_ID:
        return _total(counts.values())
    return _named(counts[unit,]) if (unit,) in counts else None


def _summed(
    cube: Mapping[tuple[str | None, ...], list[int]], of: Callable[[tuple[str | None, ...]], str | None]
) -> dict[str | None, dict[str, int]]:
    found: dict[str | None, list[list[int]]] = {}
    for key, counts in cube.items():
        found.setdefault(of(key), []).append(counts)
    return {key: _total(each) for key, each in found.items()}


def _total(rows: Iterable[list[int]]) -> dict[str, int]:
    return _named([sum(column) for column in zip(*rows, strict=True)] or [0] * len(FIGURES))


def _named(counts: list[int]) -> dict[str, int]:
    return dict(zip(FIGURES, counts, strict=True))


def _name(by: str, key: str | None, catalogue: Catalogue) -> str | None:
    if key is None:
        return None
    if by in ("unit", "receiving"):
        return catalogue.unit_name(key)
    return catalogue.title_of(key) if by == "procedure" else key
