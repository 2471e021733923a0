"""Figures for pages: read on from the log first, kept for a while where they cost much, and who may see which."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from schemas.ids import is_id
from server.desk.figures import Filters
from server.figures.chart import columns
from server.figures.periods import ALL, Period, months_before, read_period
from server.figures.report import MONTHS, report
from server.figures.targets import league, light, target_for, targets_of
from server.services.calendar import administers
from server.store import figures
from server.store.catalogue import Catalogue
from server.store.figures import Chosen
from server.store.keys import blob, text
from server.store.ledger import Tip
from server.store.store import Store, now_ms
from server.texts import text as say
from server.units.shipped import PROVINCE_ID
from sync.ledger import Actor

OPENED_MAX: Final = 200
#: A report that cost more than this is kept for a minute whatever comes in meanwhile.
DEAR_S: Final = 0.2
KEPT_S: Final = 60
QUARTERS: Final = 4
#: What stands for what is not known, where something is chosen.
UNKNOWN: Final = "none"
_WORDS: Final = {("channel", each): f"figures.channel.{each}" for each in ("online", "counter", "field", "post")} | {
    ("level", each): f"figures.level.{each}" for each in ("full", "partial", "online", "information")
}
#: Of which data directory, period, state of the catalogue, and what is chosen.
Key = tuple[str, str, str, str]
#: What makes figures of a period, at a moment.
Make = Callable[[sqlite3.Connection, Catalogue, Period, int], dict[str, Any]]


class Kept:
    """Reports that were made, by directory, period and units: good while nothing came in, dear ones for a minute."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: dict[Key, tuple[float, float, int, dict[str, Any]]] = {}

    def told(self, conn: sqlite3.Connection, key: Key, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return a report that is still good, else make it and keep it."""
        head = conn.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()[0]
        found = self._find(key, head)
        if found is None:
            begun = time.monotonic()
            found = make()
            self._keep(key, head, begun, found)
        return found

    def _find(self, key: Key, head: int) -> dict[str, Any] | None:
        made, cost, seen, told = self._held.get(key, (0.0, 0.0, -1, {}))
        age = time.monotonic() - made
        fresh = age < KEPT_S and (seen == head or cost > DEAR_S)
        return told if fresh else None

    def _keep(self, key: Key, head: int, begun: float, told: dict[str, Any]) -> None:
        if len(self._held) > 1000:  # noqa: PLR2004 - as many as periods and officers' units, so few are kept
            self._held.clear()
        now = time.monotonic()
        self._held[key] = (now, now - begun, head, told)


_kept: Final = Kept()


async def read_figures(store: Store) -> None:
    """Read the log's new lines into the rows that figures are made of, a few at a time between pushes."""
    while await store.read(figures.is_behind):
        await store.write(_read_on)


async def report_of(store: Store, period: str, chosen: Chosen = ()) -> dict[str, Any]:
    """Return the report of a period, of what is chosen alone.

    Raises:
        ValueError: there is no such period.
    """
    return await read_kept(store, _kept, period, repr(chosen), partial(_report, chosen))


async def read_kept(store: Store, kept: Kept, period: str, what: str, make: Make) -> dict[str, Any]:
    """Return what is made of a period's figures, from what was kept where that is still good.

    Raises:
        ValueError: there is no such period.
    """
    read_period(period, now_ms())
    await read_figures(store)
    catalogue = store.shelf.fresh(store.conn)
    key = str(store.data), period, str(catalogue.stamp), what

    def read(conn: sqlite3.Connection) -> dict[str, Any]:
        at_ms = now_ms()
        return kept.told(conn, key, lambda: make(conn, catalogue, read_period(period, at_ms), at_ms))

    return await store.read(read)


def _report(
    chosen: Chosen, conn: sqlite3.Connection, catalogue: Catalogue, period: Period, at_ms: int
) -> dict[str, Any]:
    told = report(conn, catalogue, period, at_ms, chosen)
    told["by_unit"] = lit(conn, catalogue, told)
    told["procedures"] = procedures_lit(conn, catalogue, told, at_ms)
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


def offered(at_ms: int, language: str = "vi") -> list[dict[str, str]]:
    """Return the periods that pages lead to: all, two years, four quarters, twelve months."""
    months = [each.name for each in reversed(months_before(at_ms, MONTHS))]
    years = list(dict.fromkeys((months[0][:4], str(int(months[0][:4]) - 1))))
    quarters = list(dict.fromkeys(f"{name[:4]}-Q{(int(name[5:]) + 2) // 3}" for name in months))[:QUARTERS]
    return [{"name": name, "label": label(name, language)} for name in (ALL, *years, *quarters, *months)]


def label(period: str, language: str = "vi") -> str:
    """Return a period as people write it: 11/2026, quý 4/2026."""
    year, _, rest = period.partition("-")
    if rest.startswith("Q"):
        return say("figures.quarter", language, n=rest[1:], year=year)
    return f"{rest}/{year}" if rest else year


class SqliteFigures:
    """The figures of an officer's units, of all for who administers the province, and the dossiers behind each."""

    def __init__(self, store: Store, officer: Actor) -> None:
        """Take the store and who is signed in."""
        self._store, self.officer = store, officer
        self._catalogue = store.shelf.fresh(store.conn)
        self.sees_all = administers(self._catalogue.units, officer)

    async def shown(self, period: str, filters: Filters) -> dict[str, Any]:
        """Return what the page shows, and what can be chosen beside."""
        mine: Chosen = () if self.sees_all else (("unit", self.officer.units_seen),)
        every = await report_of(self._store, period, mine)
        told = await report_of(self._store, period, (*mine, *self._chosen(filters))) if filters else every
        months = [{**each, "label": label(each["month"])} for each in told["by_month"]]
        bars = [(each["month"][5:], each["new"]) for each in months]
        return {
            "total": told, "units": told["by_unit"], "months_of": months, "reported": told["reported"],
            "procedures": told["procedures"], "period": period, "periods_of": offered(now_ms()),
            "day": f"{datetime.fromisoformat(told['at']):%H:%M, %d/%m/%Y}",
            "chart": columns(bars, say("figures.chart"), say("figures.chart.says")),
            "choices": {by: _choices(by, every) for by in Filters.__struct_fields__},
            "opens": self._opened_units(None), "inbox": bool(self.officer.units_seen),
            "sees_all": self.sees_all,
        }  # fmt: skip

    async def opened(
        self, figure: str, period: str, unit: str | None, filters: Filters, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return a page of the dossiers that a figure counts, of one unit of theirs or of all, and where it goes on."""
        await read_figures(self._store)
        at_ms = now_ms()
        look = partial(
            figures.dossiers_of, figure=figure, period=read_period(period, at_ms), now_ms=at_ms,
            chosen=(("unit", self._opened_units(unit)), *self._chosen(filters)), limit=OPENED_MAX + 1,
            after=_position(after),
        )  # fmt: skip
        found = await self._store.read(look)
        rows = [
            {
                "id": text(key), "code": code, "title": self._catalogue.title_of(procedure), "state": state,
                "submitted_ms": at,
            }
            for key, code, procedure, state, at, _ in found[:OPENED_MAX]
        ]  # fmt: skip
        onward = f"{rows[-1]['submitted_ms']}.{rows[-1]['id']}" if len(found) > OPENED_MAX else None
        return rows, onward

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; its id where it is not known."""
        return self._catalogue.unit_name(unit)

    def _opened_units(self, unit: str | None) -> list[str]:
        """Return the units whose dossiers may be opened: none are, by who only administers."""
        return [each for each in self.officer.units_seen if unit in (None, each)]

    def _chosen(self, filters: Filters) -> list[tuple[str, Sequence[str | None]]]:
        chosen: list[tuple[str, Sequence[str | None]]] = []
        if filters.field:
            named = None if filters.field == UNKNOWN else filters.field
            procedures = {*self._catalogue.latest, *self._catalogue.records}
            chosen.append(("procedure", sorted(p for p in procedures if self._catalogue.field_of(p) == named)))
        for by, value in (("channel", filters.channel), ("level", filters.level)):
            if value:
                chosen.append((by, [None if value == UNKNOWN else value]))
        return chosen


def _choices(by: str, told: dict[str, Any]) -> list[dict[str, str]]:
    """Return what can be chosen, by the words that people read."""
    found = []
    for each in told[f"by_{by}"]:
        key = each[by] or UNKNOWN
        known = by == "field" and key != UNKNOWN
        found.append({"name": key, "words": key if known else say(_WORDS.get((by, key), "figures.unknown"))})
    return found


def _position(after: str | None) -> tuple[int, bytes] | None:
    at, _, dossier = (after or "").partition(".")
    fits = at.isascii() and at.isdigit() and len(at) < 19 and is_id(dossier)  # noqa: PLR2004 - digits of a time
    return (int(at), blob(dossier)) if fits else None


def _read_on(conn: sqlite3.Connection, _: Tip) -> int:
    return figures.read_on(conn)
