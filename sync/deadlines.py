"""Deadlines: when an answer is due, and why on that day (Decree 61/2018 art. 17 as observed; domain A6).

Rule 1. Time is whole minutes in Asia/Ho_Chi_Minh, which has no daylight saving. Nothing is a fraction of an hour.
Rule 2. What comes outside office hours counts as having come when the office next opens.
Rule 3. The day of reception is day 0. Of the days after it only working days count; a make-up Saturday is one.
Rule 4. What is to be answered the same day (0 working days) and comes at or after the cut-off (15:00) is due on the
next working day.
Rule 5. Calendar days and months that end on a day off end on the next working day. A month ends on the same day of its
month, or on the last one there is.
Rule 6. While a dossier waits for somebody else its time stands still: the working minutes of the pause are added.

Who asks brings the calendar; a day that it does not cover is an error and never a guess.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from schemas.moments import HO_CHI_MINH

Unit = Literal["hour", "working_day", "calendar_day", "month"]
UNITS: Final[tuple[Unit, ...]] = ("hour", "working_day", "calendar_day", "month")

RECEIVED: Final = "ngày tiếp nhận"
TOO_LATE: Final = "tới ngoài giờ làm việc"
AFTER_CUTOFF: Final = "tới sau giờ nhận việc trả trong ngày"
WORKING: Final = "ngày làm việc"
CALENDAR: Final = "tính cả ngày nghỉ"
PUSHED: Final = "ngày làm việc gần nhất sau đó"
SATURDAY: Final = "thứ Bảy"
SUNDAY: Final = "Chủ nhật"
_FRIDAY: Final = 4
_SATURDAY: Final = 5


class OutsideCalendar(Exception):
    """A day that the calendar does not cover; the argument is the day."""


class Hours(Struct, frozen=True):
    """When an office works, in minutes after midnight: spans in order, and the cut-off for answers on the same day."""

    spans: tuple[tuple[int, int], ...] = ((450, 690), (780, 1020))
    cutoff: int = 900

    @property
    def closing(self) -> int:
        """Return the minute at which the office closes for the day."""
        return self.spans[-1][1]


#: The hours of a commune's office where nothing else is set.
OFFICE: Final = Hours()


class Calendar(Struct, frozen=True):
    """The days off and the make-up days of whole years, each with its reason. ``version`` names this very content."""

    version: str
    first: date
    last: date
    days_off: dict[date, str]
    make_up_days: dict[date, str]

    def why_off(self, day: date) -> str | None:
        """Return why nobody works on a day, or null for a working day.

        Raises:
            OutsideCalendar: the calendar does not cover the day.
        """
        if not self.first <= day <= self.last:
            raise OutsideCalendar(day)
        if day in self.make_up_days:
            return None
        if day in self.days_off:
            return self.days_off[day]
        if day.weekday() <= _FRIDAY:
            return None
        return SATURDAY if day.weekday() == _SATURDAY else SUNDAY

    def why_on(self, day: date) -> str:
        """Return what kind of working day a day is."""
        return self.make_up_days.get(day, WORKING)


class Day(Struct, frozen=True):
    """One day of a reckoning: whether it counted, and why or why not."""

    date: date
    counted: bool
    why: str


class Due(Struct, frozen=True):
    """When an answer is due, and each day that led there; the first is the day it came."""

    at: datetime
    trace: tuple[Day, ...]


_NO_DAY: Final = Day(date.min, counted=False, why="")


def due(received: datetime, count: int, unit: Unit, calendar: Calendar, hours: Hours = OFFICE) -> Due:
    """Return when what was received is due, ``count`` units later.

    Raises:
        OutsideCalendar: the way there leaves the calendar.
        ValueError: a count below 0, or a moment without offset.
    """
    if count < 0 or received.tzinfo is None:
        raise ValueError("a duration is 0 or more, a moment has an offset")
    came = received.astimezone(HO_CHI_MINH).replace(second=0, microsecond=0)
    starts = opening(came, calendar, hours)
    lead = [*_before(came.date(), starts.date(), calendar), Day(starts.date(), counted=False, why=RECEIVED)]
    if unit == "hour":
        return _in_hours(starts, count, calendar, hours, lead)
    if unit == "working_day":
        return _in_working_days(starts, count, calendar, hours, lead)
    target = _plus_months(starts.date(), count) if unit == "month" else starts.date() + timedelta(days=count)
    calendar.why_off(target)
    return _pushed(
        target,
        calendar,
        hours,
        [*lead, *(Day(day, counted=True, why=CALENDAR) for day in _days(starts.date(), target))],
    )


def resumed(due_at: datetime, paused: datetime, until: datetime, calendar: Calendar, hours: Hours = OFFICE) -> datetime:
    """Return when something is due after a pause: the working minutes of the pause are added.

    Raises:
        OutsideCalendar: the way there leaves the calendar.
    """
    return later(due_at, working_minutes(paused, until, calendar, hours), calendar, hours)


def dated_anew(
    due_at: datetime, unit: Unit, since: datetime, old: Calendar, new: Calendar, hours: Hours = OFFICE
) -> datetime:
    """Return when something is due once days from a moment on are other ones.

    Hours and working days keep the working minutes that were left at that moment; calendar days and months keep their
    day, or the next working one.

    Raises:
        OutsideCalendar: the way there leaves a calendar.
    """
    due_at, since = due_at.astimezone(HO_CHI_MINH), since.astimezone(HO_CHI_MINH)
    if due_at <= since:
        return due_at
    if unit in ("hour", "working_day"):
        return later(since, working_minutes(since, due_at, old, hours), new, hours)
    return due_at if new.why_off(due_at.date()) is None else _pushed(due_at.date(), new, hours, [_NO_DAY]).at


def opening(moment: datetime, calendar: Calendar, hours: Hours = OFFICE) -> datetime:
    """Return the moment, or where the office is closed then, the next at which it opens."""
    day = moment.date()
    minute = moment.hour * 60 + moment.minute
    while True:
        if calendar.why_off(day) is None:
            for begins, ends in hours.spans:
                if minute < ends:
                    return _at(day, max(minute, begins))
        day, minute = day + timedelta(days=1), 0


def working_minutes(start: datetime, end: datetime, calendar: Calendar, hours: Hours = OFFICE) -> int:
    """Return how many minutes the office worked from one moment to another; 0 where the second is not later."""
    start, end = start.astimezone(HO_CHI_MINH), end.astimezone(HO_CHI_MINH)
    total, day = 0, start.date()
    while day <= end.date():
        if calendar.why_off(day) is None:
            low = start.hour * 60 + start.minute if day == start.date() else 0
            high = end.hour * 60 + end.minute if day == end.date() else 24 * 60
            total += sum(max(0, min(high, ends) - max(low, begins)) for begins, ends in hours.spans)
        day += timedelta(days=1)
    return total


def later(start: datetime, minutes: int, calendar: Calendar, hours: Hours = OFFICE) -> datetime:
    """Return the moment that lies so many working minutes after another; the last one of a span belongs to it."""
    moment = start.astimezone(HO_CHI_MINH)
    while minutes > 0:
        moment = opening(moment, calendar, hours)
        minute = moment.hour * 60 + moment.minute
        ends = next(ends for begins, ends in hours.spans if begins <= minute < ends)
        spent = min(minutes, ends - minute)
        minutes -= spent
        moment = _at(moment.date(), minute + spent)
    return moment


def _in_hours(starts: datetime, count: int, calendar: Calendar, hours: Hours, lead: list[Day]) -> Due:
    at = later(starts, count * 60, calendar, hours)
    return Due(
        at, (*lead[:-1], Day(starts.date(), counted=True, why=RECEIVED), *_walk(starts.date(), at.date(), calendar))
    )


def _in_working_days(starts: datetime, count: int, calendar: Calendar, hours: Hours, lead: list[Day]) -> Due:
    day, left, trace = starts.date(), count, lead
    if count == 0 and starts.hour * 60 + starts.minute >= hours.cutoff:
        trace[-1] = Day(day, counted=False, why=AFTER_CUTOFF)
        left = 1
    while left > 0:
        day += timedelta(days=1)
        step = next(_walk(day - timedelta(days=1), day, calendar))
        trace.append(step)
        left -= step.counted
    return Due(_at(day, hours.closing), tuple(trace))


def _pushed(target: date, calendar: Calendar, hours: Hours, trace: list[Day]) -> Due:
    """End on a day, or where that is a day off on the next working day."""
    while (why := calendar.why_off(target)) is not None:
        trace[-1] = Day(target, counted=trace[-1].counted, why=why)
        target += timedelta(days=1)
        trace.append(Day(target, counted=False, why=PUSHED))
    return Due(_at(target, hours.closing), tuple(trace))


def _before(came: date, starts: date, calendar: Calendar) -> list[Day]:
    """Tell the days from the one something came to the one on which the office next opened, without that one."""
    days = [came + timedelta(days=n) for n in range((starts - came).days)]
    return [Day(day, counted=False, why=calendar.why_off(day) or TOO_LATE) for day in days]


def _walk(after: date, until: date, calendar: Calendar) -> Iterator[Day]:
    """Tell each day after one and up to another: a working day counts."""
    for day in _days(after, until):
        why = calendar.why_off(day)
        yield Day(day, counted=why is None, why=why or calendar.why_on(day))


def _days(after: date, until: date) -> list[date]:
    return [after + timedelta(days=n + 1) for n in range((until - after).days)]


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=HO_CHI_MINH)
