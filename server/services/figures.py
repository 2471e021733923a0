"""Figures for pages: read on from the log first, kept for a while where they cost much, and who may see which."""

import sqlite3
import time
from datetime import datetime
from functools import partial
from typing import Any, Final

from server.figures.chart import columns
from server.figures.periods import read_period
from server.figures.report import report
from server.figures.targets import league, light, target_for, targets_of
from server.figures.veil import veiled, veiled_months
from server.store import figures
from server.store.catalogue import Catalogue
from server.store.keys import text
from server.store.ledger import Tip
from server.store.store import Store, now_ms
from server.texts import text as say
from server.units.shipped import PROVINCE_ID
from sync.ledger import Actor

OPENED_MAX: Final = 200
#: A report that cost more than this is kept for a minute whatever comes in meanwhile.
DEAR_S: Final = 0.2
KEPT_S: Final = 60
PERIODS: Final = 13
#: Of which data directory, period and units.
Key = tuple[str, str, tuple[str, ...] | None]


class Kept:
    """Reports that were made, by directory, period and units: good while nothing came in, dear ones for a minute."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: dict[Key, tuple[float, float, int, dict[str, Any]]] = {}

    def find(self, key: Key, head: int) -> dict[str, Any] | None:
        """Return a report that is still good."""
        made, cost, seen, told = self._held.get(key, (0.0, 0.0, -1, {}))
        age = time.monotonic() - made
        fresh = age < KEPT_S and (seen == head or cost > DEAR_S)
        return told if fresh else None

    def keep(self, key: Key, head: int, begun: float, told: dict[str, Any]) -> None:
        """Keep a report; there are as many as periods and officers' units, so few are kept."""
        if len(self._held) > 1000:  # noqa: PLR2004 - a bound, not a measure
            self._held.clear()
        now = time.monotonic()
        self._held[key] = (now, now - begun, head, told)


_kept: Final = Kept()


async def read_figures(store: Store) -> None:
    """Read the log's new lines into the rows that figures are made of, a few at a time between pushes."""
    while await store.read(figures.is_behind):
        await store.write(_read_on)


async def report_of(store: Store, period: str, units: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return the report of a period, of some units alone where they are named.

    Raises:
        ValueError: there is no such period.
    """
    read_period(period, now_ms())
    await read_figures(store)
    catalogue = store.shelf.fresh(store.conn)
    return await store.read(partial(_report, catalogue, str(store.data), period, units))


def _report(
    catalogue: Catalogue, data: str, period: str, units: tuple[str, ...] | None, conn: sqlite3.Connection
) -> dict[str, Any]:
    head = conn.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()[0]
    key = data, period, units
    told = _kept.find(key, head)
    if told is None:
        begun, at_ms = time.monotonic(), now_ms()
        told = report(conn, catalogue, read_period(period, at_ms), at_ms, units)
        told["by_unit"] = lit(conn, catalogue, told)
        told["procedures"] = procedures_lit(conn, catalogue, told, at_ms)
        _kept.keep(key, head, begun, told)
    return told


def lit(conn: sqlite3.Connection, catalogue: Catalogue, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return units in the order of their share online, each with its rank, its target and how it stands to it."""
    targets = targets_of(conn)
    ranked = league(told["by_unit"], "online_percent")
    rest = [{**row, "rank": None} for row in told["by_unit"] if row["online_percent"] is None]
    found = []
    for row in (*ranked, *rest):
        target = target_for(targets, "online_dossiers", catalogue.units.get(row["unit"]), year_of(told))
        light_of = light(row["online_percent"], target)
        found.append({**row, "target": None if target is None else target.percent, "light": light_of})
    return found


def procedures_lit(conn: sqlite3.Connection, catalogue: Catalogue, told: dict[str, Any], at_ms: int) -> dict[str, Any]:
    """Return how many of the procedures that can be sent online were, and how that stands to the province's target."""
    period = read_period(told["period"]["name"], at_ms)
    enabled = set(catalogue.latest)
    used = set().union(*figures.online_procedures(conn, period).values()) & enabled
    share = round(100 * len(used) / len(enabled), 2) if enabled else None
    target = target_for(targets_of(conn), "online_procedures", catalogue.units.get(PROVINCE_ID), year_of(told))
    return {
        "enabled": len(enabled), "used": len(used), "percent": share,
        "target": None if target is None else target.percent, "light": light(share, target),
    }  # fmt: skip


def year_of(told: dict[str, Any]) -> str:
    """Return the year whose targets count: that of the period, for all of time the present one."""
    name = told["period"]["name"]
    return str(told["at"][:4] if name == "all" else name[:4])


def shown(told: dict[str, Any], *, public: bool) -> dict[str, Any]:
    """Return what a page shows of a report: for the public with what is small hidden, and the picture beside."""
    total, rows = veiled(told, told["by_unit"]) if public else (told, told["by_unit"])
    ranked = [{**row, "rank": None} if row["online_percent"] is None else row for row in rows]
    if public:
        again = league([row for row in rows if row["online_percent"] is not None], "online_percent")
        ranked = again + [{**row, "rank": None, "light": "hidden"} for row in rows if row["online_percent"] is None]
    months = [{**each, "label": f"{each['month'][5:]}/{each['month'][:4]}"} for each in told["by_month"]]
    if public:
        months = veiled_months(months)
    bars = [(each["month"][5:], each["new"] or 0) for each in months]
    names = ["all", *(each["month"] for each in reversed(told["by_month"]))]
    years = [told["at"][:4], str(int(told["at"][:4]) - 1)]
    offered = [{"name": name, "label": label(name)} for name in names[:1] + years + names[1:PERIODS]]
    return {
        "total": total, "units": ranked, "months_of": months,
        "reported": told["reported"], "procedures": told["procedures"],
        "period": told["period"]["name"], "periods_of": offered,
        "day": f"{datetime.fromisoformat(told['at']):%H:%M, %d/%m/%Y}",
        "chart": columns(bars, say("figures.chart"), say("figures.chart.says")),
    }  # fmt: skip


def label(period: str) -> str:
    """Return a period as people write it: 11/2026."""
    year, _, month = period.partition("-")
    return f"{month}/{year}" if month else year


class SqliteFigures:
    """The figures of an officer's units, and the dossiers behind each."""

    def __init__(self, store: Store, officer: Actor) -> None:
        """Take the store and who is signed in."""
        self._store, self.officer = store, officer
        self._catalogue = store.shelf.fresh(store.conn)

    async def shown(self, period: str) -> dict[str, Any]:
        """Return what the page shows."""
        return shown(await report_of(self._store, period, tuple(self.officer.units_seen)), public=False)

    async def opened(self, figure: str, period: str, unit: str | None) -> list[dict[str, Any]]:
        """Return the dossiers that a figure counts, of one unit of theirs or of all; none of another's."""
        await read_figures(self._store)
        units = [each for each in self.officer.units_seen if unit in (None, each)]
        at_ms = now_ms()
        look = partial(
            figures.dossiers_of, figure=figure, period=read_period(period, at_ms), now_ms=at_ms, units=units,
            chosen={}, limit=OPENED_MAX,
        )  # fmt: skip
        return [
            {
                "id": text(key), "code": code, "title": self._catalogue.title_of(procedure), "state": state,
                "submitted_ms": at,
            }
            for key, code, procedure, state, at, _ in await self._store.read(look)
        ]  # fmt: skip

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; its id where it is not known."""
        return self._catalogue.unit_name(unit)


def _read_on(conn: sqlite3.Connection, _: Tip) -> int:
    return figures.read_on(conn)
