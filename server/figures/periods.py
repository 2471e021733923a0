"""Periods that figures are given for: a month, a quarter, a year or two days, in the office's own time."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from schemas.moments import HO_CHI_MINH

ALL: Final = "all"
_WRITTEN: Final = re.compile(r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class Period(Struct, frozen=True):
    """From one moment to before another, in milliseconds; ``name`` is how it is written (``2026-Q4``)."""

    name: str
    kind: str
    first: str | None
    last: str | None
    from_ms: int
    to_ms: int


def everything(now_ms: int) -> Period:
    """Return all that was up to now."""
    return Period(ALL, ALL, None, None, 0, now_ms + 1)


def read_period(words: str, now_ms: int) -> Period:
    """Return the period that words name: ``all``, ``2026``, ``2026-Q4`` or ``2026-11``.

    Raises:
        ValueError: they name none.
    """
    if words == ALL:
        return everything(now_ms)
    found = _WRITTEN.fullmatch(words)
    if found is None or int(found["year"]) < 1:
        raise ValueError(f"{words} is no period: all, 2026, 2026-Q4 or 2026-11")
    year = int(found["year"])
    if found["month"]:
        first, months, kind = int(found["month"]), 1, "month"
    elif found["quarter"]:
        first, months, kind = 3 * int(found["quarter"]) - 2, 3, "quarter"
    else:
        first, months, kind = 1, 12, "year"
    return _between(words, kind, date(year, first, 1), _after(year, first, months))


def months_before(now_ms: int, count: int) -> list[Period]:
    """Return the last months, oldest first, the present one last."""
    today = datetime.fromtimestamp(now_ms / 1000, HO_CHI_MINH).date()
    numbers = [today.year * 12 + today.month - 1 - back for back in reversed(range(count))]
    return [read_period(f"{number // 12:04}-{number % 12 + 1:02}", now_ms) for number in numbers]


def _after(year: int, month: int, months: int) -> date:
    number = year * 12 + month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _between(name: str, kind: str, first: date, after: date) -> Period:
    last = after - timedelta(days=1)
    return Period(name, kind, first.isoformat(), last.isoformat(), _midnight(first), _midnight(after))


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=HO_CHI_MINH).timestamp() * 1000)
