"""Server and phone promise the same day: the cases of ``due.json``, and random ones by the calendar that ships."""

import random
from datetime import datetime, timedelta
from typing import Any

from schemas.moments import HO_CHI_MINH
from server.calendar import calendar_of
from server.services.packing import calendar_part
from sync.deadlines import UNITS, OutsideCalendar, Unit, due
from tests.property.phone import ask
from tests.unit.sync.days import DUE, GOLDEN, calendar_in

CASES = 2_000
COUNT_MAX = {"hour": 200, "working_day": 90, "calendar_day": 120, "month": 14}


def told(moment: datetime, count: int, unit: Unit, packed: dict[str, Any]) -> dict[str, Any] | None:
    """Answer as the phone does."""
    try:
        at = due(moment, count, unit, calendar_in(packed)).at
    except OutsideCalendar:
        return None
    return {"day": at.date().isoformat(), "minute": at.hour * 60 + at.minute}


def asked(moment: datetime, count: int, unit: Unit, packed: dict[str, Any]) -> dict[str, Any]:
    ms = int(moment.timestamp() * 1000)
    return {"ask": "due", "ms": ms, "allowed": {"count": count, "unit": unit}, "calendar": packed}


def test_the_phone_answers_the_cases() -> None:
    moments = [datetime.fromisoformat(came).replace(tzinfo=HO_CHI_MINH) for came, *_ in DUE]
    answers = ask([asked(at, case[1], case[2], GOLDEN["calendar"]) for at, case in zip(moments, DUE, strict=True)])
    said = [f"{each['day']} {each['minute'] // 60:02}:{each['minute'] % 60:02}" if each else None for each in answers]
    assert said == [expected for *_, expected in DUE]


def test_server_and_phone_agree_on_any_moment() -> None:
    drawn = random.Random(7)
    packed = calendar_part(calendar_of(), datetime(2026, 11, 24, tzinfo=HO_CHI_MINH).date())
    cases: list[tuple[datetime, int, Unit]] = []
    for _ in range(CASES):
        minutes = drawn.randrange(-400 * 24 * 60, 800 * 24 * 60)
        unit = drawn.choice(UNITS)
        moment = datetime(2026, 1, 1, tzinfo=HO_CHI_MINH) + timedelta(minutes=minutes, seconds=drawn.randrange(60))
        cases.append((moment, drawn.randrange(COUNT_MAX[unit] + 1), unit))
    answers = ask([asked(*case, packed) for case in cases])
    wrong = [(case, answer) for case, answer in zip(cases, answers, strict=True) if answer != told(*case, packed)]
    assert wrong == []
    assert 0 < answers.count(None) < CASES / 3
