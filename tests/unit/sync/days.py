"""The days off that tests of deadlines reckon with, and the vectors of the domain notes."""

from datetime import date
from typing import Final

from sync.deadlines import Calendar

#: The days of these tests, written out: the engine itself knows no holiday.
CALENDAR = Calendar(
    "test",
    date(2025, 1, 1),
    date(2027, 12, 31),
    {
        date.fromisoformat(day): "nghỉ"
        for day in (
            "2025-04-07", "2025-04-30", "2025-05-01", "2025-05-02", "2026-01-01", "2026-02-16", "2026-02-17",
            "2026-02-18", "2026-02-19", "2026-02-20", "2026-04-27", "2026-04-30", "2026-05-01", "2026-08-31",
            "2026-09-01", "2026-09-02", "2026-11-24", "2027-01-01", "2027-02-04", "2027-02-05", "2027-02-08",
            "2027-02-09", "2027-02-10",
        )
    },
    {date(2025, 4, 26): "làm bù", date(2026, 8, 22): "làm bù"},
)  # fmt: skip

#: The day something came, working days to answer it in, the day it is due.
WORKING_DAYS: Final = [
    ("2026-02-12", 3, "2026-02-24"),  # Tết
    ("2026-02-13", 1, "2026-02-23"),
    ("2026-04-24", 3, "2026-05-04"),  # 27.04 moved, 30.04, 01.05
    ("2026-04-29", 2, "2026-05-05"),
    ("2026-08-21", 1, "2026-08-22"),  # a make-up Saturday
    ("2026-08-21", 5, "2026-08-27"),
    ("2026-11-20", 2, "2026-11-25"),  # 24.11
    ("2026-11-23", 1, "2026-11-25"),
    ("2026-11-23", 15, "2026-12-15"),
    ("2026-12-30", 3, "2027-01-05"),
    ("2025-04-25", 3, "2025-04-29"),
    ("2027-02-03", 2, "2027-02-12"),
]
