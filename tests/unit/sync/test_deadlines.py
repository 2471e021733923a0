"""When an answer is due, and why: the vectors of the domain notes, edges of days and years, pauses."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HO_CHI_MINH
from sync.deadlines import (
    AFTER_CUTOFF,
    OFFICE,
    PUSHED,
    RECEIVED,
    SATURDAY,
    SUNDAY,
    TOO_LATE,
    UNITS,
    Calendar,
    OutsideCalendar,
    Unit,
    dated_anew,
    due,
    later,
    opening,
    resumed,
    working_minutes,
)
from tests.unit.sync.days import CALENDAR, DUE, GOLDEN, WORKING_DAYS


def at(text: str) -> datetime:
    """Read ``2026-11-24 09:14`` as a moment in Ho Chi Minh City."""
    return datetime.fromisoformat(text).replace(tzinfo=HO_CHI_MINH)


@pytest.mark.parametrize(
    ("received", "count", "expected"),
    WORKING_DAYS,
)
def test_working_days_end_at_closing_time_of_the_last_one(received: str, count: int, expected: str) -> None:
    answer = due(at(f"{received} 09:14"), count, "working_day", CALENDAR)
    assert answer.at == at(f"{expected} 17:00")
    assert sum(day.counted for day in answer.trace) == count
    assert answer.trace[0].date.isoformat() == received


def test_the_trace_says_of_each_day_why_it_counted_or_not() -> None:
    trace = due(at("2026-11-20 16:59"), 2, "working_day", CALENDAR).trace
    assert [(day.date.day, day.counted, day.why) for day in trace] == [
        (20, False, RECEIVED),
        (21, False, SATURDAY),
        (22, False, SUNDAY),
        (23, True, "ngày làm việc"),
        (24, False, "nghỉ"),
        (25, True, "ngày làm việc"),
    ]
    make_up = due(at("2026-08-21 09:00"), 1, "working_day", CALENDAR).trace[-1]
    assert (make_up.counted, make_up.why) == (True, "làm bù")


def test_what_comes_after_closing_came_on_the_next_working_day() -> None:
    answer = due(at("2026-11-20 17:00"), 1, "working_day", CALENDAR)
    assert answer.at == at("2026-11-25 17:00")
    assert [(day.date.day, day.why) for day in answer.trace[:4]] == [
        (20, TOO_LATE), (21, SATURDAY), (22, SUNDAY), (23, RECEIVED),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("received", "expected", "why"),
    [
        ("2026-11-20 14:59", "2026-11-20 17:00", RECEIVED),
        ("2026-11-20 15:00", "2026-11-23 17:00", AFTER_CUTOFF),
        ("2026-11-20 07:00", "2026-11-20 17:00", RECEIVED),
        ("2026-11-23 15:00", "2026-11-25 17:00", AFTER_CUTOFF),
    ],
)
def test_the_same_day_means_the_next_one_from_fifteen_o_clock(received: str, expected: str, why: str) -> None:
    answer = due(at(received), 0, "working_day", CALENDAR)
    assert (answer.at, answer.trace[0].why) == (at(expected), why)


@pytest.mark.parametrize(("received", "count", "unit", "expected"), DUE)
def test_it_is_due_when_the_cases_say_that_the_phone_answers_too(
    received: str, count: int, unit: Unit, expected: str | None
) -> None:
    """Each unit, ends of spans, of months and of the calendar: calendar days and months end on a working day."""
    if expected is None:
        with pytest.raises(OutsideCalendar):
            due(at(received), count, unit, CALENDAR)
    else:
        assert due(at(received), count, unit, CALENDAR).at == at(expected)


def test_a_day_off_at_the_end_of_calendar_days_is_told() -> None:
    trace = due(at("2026-11-19 09:00"), 5, "calendar_day", CALENDAR).trace
    assert [(day.date.day, day.counted, day.why) for day in trace[-2:]] == [(24, True, "nghỉ"), (25, False, PUSHED)]


def test_any_offset_is_the_same_moment() -> None:
    utc = datetime.fromisoformat("2026-11-20T02:14:30+00:00")
    assert due(utc, 2, "working_day", CALENDAR) == due(at("2026-11-20 09:14"), 2, "working_day", CALENDAR)


def test_time_stands_still_in_a_pause_also_over_a_make_up_saturday() -> None:
    before = at("2026-08-25 17:00")
    assert resumed(before, at("2026-08-21 16:00"), at("2026-08-22 08:30"), CALENDAR) == at("2026-08-26 09:30")
    assert resumed(before, at("2026-08-22 18:00"), at("2026-08-23 20:00"), CALENDAR) == before
    assert working_minutes(at("2026-08-22 00:00"), at("2026-08-23 23:59"), CALENDAR) == 480
    assert working_minutes(at("2026-08-24 12:00"), at("2026-08-24 11:00"), CALENDAR) == 0


def test_what_is_asked_wrongly_or_lies_outside_the_calendar_is_an_error() -> None:
    for count, moment in ((-1, at("2026-11-20 09:00")), (1, datetime(2026, 11, 20, 9))):  # noqa: DTZ001 - that is the fault
        with pytest.raises(ValueError, match="a duration"):
            due(moment, count, "working_day", CALENDAR)
    for received, count, unit in (("2024-12-31 09:00", 1, "hour"), ("2027-12-30 09:00", 9, "working_day"), ("2027-06-01 09:00", 12, "month")):  # fmt: skip # noqa: E501
        with pytest.raises(OutsideCalendar):
            due(at(received), count, unit, CALENDAR)  # type: ignore[arg-type] # as listed


def test_the_cases_have_the_hours_of_the_office() -> None:
    assert GOLDEN["calendar"]["hours"] == {"spans": [list(span) for span in OFFICE.spans], "cutoff": OFFICE.cutoff}


START = at("2025-02-01 00:00")
moments = st.integers(0, 665 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@given(moments, st.integers(0, 60), st.sampled_from(UNITS))
def test_an_answer_is_due_when_the_office_works_never_before_it_came_and_never_sooner_for_more(moment: datetime, count: int, unit: str) -> None:  # fmt: skip # noqa: E501
    count = min(count, 6) if unit == "month" else count
    answer = due(moment, count, unit, CALENDAR)  # type: ignore[arg-type] # as listed
    more = due(moment, count + 1, unit, CALENDAR)  # type: ignore[arg-type] # as listed
    assert answer.at >= moment.replace(second=0, microsecond=0)
    assert CALENDAR.why_off(answer.at.date()) is None
    assert more.at >= answer.at
    days = [day.date for day in answer.trace]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert (days[0], days[-1]) == (moment.date(), answer.at.date())


@given(moments, st.integers(0, 5000))
def test_so_many_working_minutes_later_is_so_many_working_minutes_away(moment: datetime, minutes: int) -> None:
    start = opening(moment.replace(second=0, microsecond=0), CALENDAR)
    assert working_minutes(start, later(start, minutes, CALENDAR), CALENDAR) == minutes


def with_day(day: str, *, off: bool) -> Calendar:
    """The calendar of these tests with one day decided over."""
    days_off, make_up = dict(CALENDAR.days_off), dict(CALENDAR.make_up_days)
    (days_off if off else make_up)[date.fromisoformat(day)] = "theo quyết định"
    return Calendar("other", CALENDAR.first, CALENDAR.last, days_off, make_up)


@pytest.mark.parametrize(
    ("unit", "due_at", "day", "off", "anew"),
    [
        ("working_day", "2026-12-10 17:00", "2026-12-09", True, "2026-12-11 17:00"),
        ("working_day", "2026-12-11 17:00", "2026-12-09", True, "2026-12-14 17:00"),
        ("working_day", "2026-12-14 17:00", "2026-12-12", False, "2026-12-12 17:00"),
        ("working_day", "2026-12-09 17:00", "2026-12-10", True, "2026-12-09 17:00"),
        ("hour", "2026-12-10 09:00", "2026-12-10", True, "2026-12-11 09:00"),
        ("calendar_day", "2026-12-10 17:00", "2026-12-10", True, "2026-12-11 17:00"),
        ("month", "2026-12-11 17:00", "2026-12-11", True, "2026-12-14 17:00"),
        ("calendar_day", "2026-12-10 17:00", "2026-12-09", True, "2026-12-10 17:00"),
    ],
)
def test_a_day_that_is_decided_over_dates_anew_what_is_due_after_it(
    unit: Any, due_at: str, day: str, *, off: bool, anew: str
) -> None:
    since = at(day + " 00:00")
    assert dated_anew(at(due_at), unit, since, CALENDAR, with_day(day, off=off)) == at(anew)


@given(st.integers(1, 30), st.dates(date(2026, 3, 1), date(2026, 10, 1)), st.integers(0, 60))
def test_dating_anew_is_reckoning_again_by_the_other_calendar(count: int, received: date, later_days: int) -> None:
    came = datetime(received.year, received.month, received.day, 9, tzinfo=HO_CHI_MINH)
    day = received + timedelta(days=1 + later_days)
    new = with_day(day.isoformat(), off=True)
    old_due = due(came, count, "working_day", CALENDAR).at
    since = datetime(day.year, day.month, day.day, tzinfo=HO_CHI_MINH)
    assert dated_anew(old_due, "working_day", since, CALENDAR, new) == due(came, count, "working_day", new).at
