"""The calendar of Vietnam's working days: the `holidays` package, and what an administrator decided over it.

The package knows the public holidays (Labour Code 2019, art. 112, with the Cultural Day from 2026), their moved days
and the make-up Saturdays of the yearly announcements. What it lacks is an override with its decision.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final

import holidays
import msgspec

from server.desk.overrides import Override
from sync.deadlines import Calendar

FIRST_YEAR: Final = 2015
LAST_YEAR: Final = 2045
MAKE_UP: Final = "làm bù"


#: Announced, and not in the package: Friday 2 January 2026 off, Saturday 10 January 2026 worked instead.
_NEW_YEAR_2026: Final = "thông báo nghỉ Tết Dương lịch 2026"
SHIPPED: Final = (
    Override(date(2026, 1, 2), working=False, why="nghỉ hoán đổi cho ngày 10/01/2026", decision=_NEW_YEAR_2026),
    Override(date(2026, 1, 10), working=True, why="làm bù cho ngày 02/01/2026", decision=_NEW_YEAR_2026),
)


@cache
def _public() -> tuple[dict[date, str], frozenset[date]]:
    known = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    return dict(known.items()), frozenset(known.weekend_workdays)


def calendar_of(overrides: Iterable[Override] = SHIPPED) -> Calendar:
    """Return the calendar with the given overrides, later ones over earlier ones; its version is a hash of its days."""
    named, make_up = _public()
    days_off, make_up_days = dict(named), dict.fromkeys(make_up, MAKE_UP)
    for each in overrides:
        days_off.pop(each.day, None)
        make_up_days.pop(each.day, None)
        (make_up_days if each.working else days_off)[each.day] = each.why
    content = msgspec.json.encode([sorted(days_off.items()), sorted(make_up_days.items())])
    return Calendar(
        hashlib.sha256(content).hexdigest()[:12],
        date(FIRST_YEAR, 1, 1),
        date(LAST_YEAR, 12, 31),
        days_off,
        make_up_days,
    )
