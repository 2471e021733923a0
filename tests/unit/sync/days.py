"""The days off that tests of deadlines reckon with, and the cases that server and phone answer alike (``due.json``).

The calendar stands there as a pack has it: the engine itself knows no holiday.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from sync.deadlines import Calendar

GOLDEN: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("due.json").read_text(encoding="utf-8"))


def calendar_in(packed: dict[str, Any]) -> Calendar:
    """Read a calendar as a pack has it."""
    days = [(date.fromisoformat(day), told) for day, told in packed["days"].items()]
    off = {day: told["why"] for day, told in days if told["off"]}
    made_up = {day: told["why"] for day, told in days if not told["off"]}
    first, last = (date.fromisoformat(packed[end]) for end in ("first", "last"))
    return Calendar(packed["version"], first, last, off, made_up)


CALENDAR: Final = calendar_in(GOLDEN["calendar"])
#: When something came, how much of what to answer it in, when it is due (null: the calendar ends before).
DUE: Final[list[tuple[str, int, Any, str | None]]] = [tuple(case.values()) for case in GOLDEN["cases"]]
#: The day something came, working days to answer it in, the day it is due.
WORKING_DAYS: Final = [
    (came[:10], count, due[:10])
    for came, count, unit, due in DUE
    if unit == "working_day" and count and due is not None and came.endswith("09:14")
]
