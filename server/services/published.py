"""The public page of figures: what `server.figures.veil` lets through of each month, and sums of that alone."""

import sqlite3
from collections.abc import Hashable, Mapping
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, Final

from schemas.moments import HO_CHI_MINH
from server.figures.chart import columns
from server.figures.periods import Period, months_before
from server.figures.report import MONTHS, SHARES, beside
from server.figures.reported import percent
from server.figures.veil import PARTS, WHOLES, Month, Sum, Tables, published, summed, together
from server.services.figures import Kept, lit, offered, procedures_lit, read_kept
from server.store.catalogue import Catalogue
from server.store.figures import month_rows
from server.store.store import Store
from server.texts import text as say
from server.units.shipped import PROVINCE_ID

#: How much of a whole has to show its part before a share speaks for all of it.
ENOUGH: Final = 0.9
#: What is counted by: the unit, and the kind of procedure, which is its field and its service level.
BY: Final = ("unit", "kind")
#: What is shown of kinds.
OF_KINDS: Final = ("field", "level")
_NOTHING: Final = Month(dict.fromkeys(WHOLES, 0), {by: {} for by in BY})
_kept: Final = Kept()


async def public_figures(store: Store, period: str, language: str) -> dict[str, Any]:
    """Return what the public page shows of a period, in a language.

    Raises:
        ValueError: there is no such period.
    """
    return await read_kept(store, _kept, period, language, partial(page_of, language=language))


def page_of(
    conn: sqlite3.Connection, catalogue: Catalogue, period: Period, at_ms: int, language: str = "vi"
) -> dict[str, Any]:
    """Return the page's values: of every month its published tables, and only sums of these."""
    months = {name: published(tables) for name, tables in tables_of(conn, catalogue).items()}
    within = [month for name, month in months.items() if _is_within(name, period)]
    at = f"{datetime.fromtimestamp(at_ms / 1000, HO_CHI_MINH):%Y-%m-%dT%H:%M:%S}"
    head = {"at": at, "period": {"name": period.name}}
    units = [_row("unit", key, row, catalogue, language) for key, row in together(within, "unit").items()]
    last = [(each.name, months.get(each.name, _NOTHING)) for each in months_before(at_ms, MONTHS)]
    chart = [(name[5:], month.total["new"] or 0) for name, month in last]
    return {
        "total": _total(within), "units": _lights(lit(conn, catalogue, {**head, "by_unit": units})),
        "tables": [
            {
                "by": by,
                "rows": [
                    _row(by, key, row, catalogue, language)
                    for key, row in _ordered(together(within, "kind", itemgetter(place)))
                ],
            }
            for place, by in enumerate(OF_KINDS)
        ],
        "months_of": [{"label": f"{name[5:]}/{name[:4]}", "new": month.total["new"]} for name, month in last],
        "reported": [_told(each, months) for each in beside(conn, at_ms)],
        "procedures": procedures_lit(conn, catalogue, head, at_ms), "period": period.name,
        "periods_of": offered(at_ms, language),
        "day": f"{datetime.fromisoformat(at):%H:%M, %d/%m/%Y}",
        "chart": columns(chart, say("figures.chart", language), say("figures.chart.says", language)),
    }  # fmt: skip


def tables_of(conn: sqlite3.Connection, catalogue: Catalogue) -> dict[str, Tables]:
    """Return the counts of each month there is, by unit and by kind of procedure."""
    months: dict[str, dict[str, dict[Hashable, dict[str, int]]]] = {}
    for month, unit, procedure, level, *counts in month_rows(conn):
        tables = months.setdefault(month, {by: {} for by in BY})
        for by, key in zip(BY, (unit, (catalogue.field_of(procedure), level)), strict=True):
            row = tables[by].setdefault(key, dict.fromkeys((*WHOLES, *PARTS), 0))
            for name, count in zip((*WHOLES, *PARTS), counts, strict=True):
                row[name] += count
    return dict(sorted(months.items()))


def _is_within(month: str, period: Period) -> bool:
    return period.first is None or period.last is None or period.first[:7] <= month <= period.last[:7]


def _ordered(rows: Mapping[str | None, dict[str, Any]]) -> list[tuple[str | None, dict[str, Any]]]:
    return sorted(rows.items(), key=lambda each: (-each[1]["new"].count, each[0] or ""))


def _row(by: str, key: str | None, row: Mapping[str, Any], catalogue: Catalogue, language: str) -> dict[str, Any]:
    """Return a row as the page shows it."""
    if by == "unit":
        name = catalogue.unit_name(key or "")
    elif by == "level":
        known = key in ("full", "partial", "online", "information")
        name = say(f"figures.level.{key}" if known else "figures.unknown", language)
    else:
        name = key or say("figures.unknown", language)
    return {by: key, "name": name, **_counts(row), **_shares(row)}


def _counts(row: Mapping[str, Any]) -> dict[str, Any]:
    sums: dict[str, Sum] = {whole: row[whole] for whole in WHOLES}
    return {name: each.shown for name, each in sums.items()} | {
        f"{name}_more": not each.whole for name, each in sums.items()
    }


def _shares(row: Mapping[str, Any], wholes: Mapping[str, Any] | None = None) -> dict[str, float | None]:
    """Return the shares, of what shows its parts: where that is less than nine tenths, it stands for nothing else."""
    found = {}
    for share, (part, whole) in SHARES.items():
        known, every = row[f"of_{part}"], (wholes or row)[whole].count
        words = percent(row[part], known) if known >= ENOUGH * every else None
        found[share] = None if words is None else float(words)
    return found


def _total(months: list[Month]) -> dict[str, Any]:
    """Return what all units have together: the months' totals, and the shares over what units show."""
    parts = summed([row for month in months for row in month.tables["unit"].values()])
    wholes = summed([month.total for month in months])
    return _counts(wholes) | _shares(parts, wholes)


def _lights(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of a share that is hidden that it is, and not that there was nothing."""
    return [
        {**row, "light": "hidden"} if row["online_percent"] is None and (row["new"] is None or row["new"]) else row
        for row in rows
    ]


def _told(each: dict[str, Any], months: Mapping[str, Month]) -> dict[str, Any]:
    """Return a reported figure with what is published of the same unit and year beside it, instead of all there is."""
    if each["computed"] is None:
        return each
    within = [month for name, month in months.items() if name.startswith(each["period"])]
    if each["unit"] == PROVINCE_ID:
        row = _total(within)
    else:
        found = together(within, "unit").get(each["unit"])
        row = {} if found is None else _counts(found)
    whole = row.get(each["of"])
    if whole is None:
        return {**each, "of": None}
    more = row[f"{each['of']}_more"]
    return {**each, "computed": {"whole": whole, "part": None, "more": more}}
