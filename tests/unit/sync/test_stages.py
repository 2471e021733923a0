"""How long each hand had a dossier: stretches by state and hand, their limits, and what went over."""

from datetime import date, datetime
from typing import Any

import pytest

from schemas.messages import WireStep
from schemas.moments import HO_CHI_MINH
from sync.deadlines import Calendar, OutsideCalendar
from sync.dossier import Dossier
from sync.stages import Stage, stages

CALENDAR = Calendar("test", date(2026, 11, 1), date(2026, 12, 31), {date(2026, 11, 24): "nghỉ"}, {})


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=HO_CHI_MINH).timestamp() * 1000)


def lived(*steps: tuple[str, str, str], due: str | None = None, **args: dict[str, Any]) -> Dossier:
    made = [
        WireStep(str(n), command, state, at(when), "06154", args=args.get(command))
        for n, (command, state, when) in enumerate(steps)
    ]
    return Dossier(
        id="d", procedure="1.1", form="1.1@1", unit="06154", channel="online", applicant="p", steps=made, due=due
    )


def told(found: list[Stage]) -> list[tuple[str, int, str | None, bool]]:
    return [(each.name, each.spent, f"{each.limit:%m-%d %H:%M}" if each.limit else None, each.over) for each in found]


def test_a_life_is_told_hand_by_hand() -> None:
    dossier = lived(
        ("submit", "1", "11-18 09:00"), ("receive", "2", "11-18 10:00"), ("start", "4", "11-18 16:00"),
        ("hand_over", "4", "11-19 09:30"), ("reappoint", "4", "11-19 10:00"), ("finish", "9", "11-20 17:00"),
        due="2026-11-20T11:00:00+07:00", hand_over={"to": "Chị Hoa"},
    )  # fmt: skip
    found = stages(dossier, CALENDAR, at("12-01 09:00"))
    assert told(found) == [
        ("reception", 60, "11-19 09:00", False), ("passing_on", 270, "11-18 17:00", False),
        ("handling", 180, "11-20 11:00", False), ("handling", 840, "11-20 11:00", True),
    ]  # fmt: skip
    assert [each.who for each in found] == [None, None, None, "Chị Hoa"]
    assert found[-1].until_ms == at("11-20 17:00")


@pytest.mark.parametrize(
    ("received", "limit"),
    [("11-18 14:59", "11-18 17:00"), ("11-18 15:00", "11-19 11:30"), ("11-20 18:00", "11-23 17:00"),
     ("11-23 16:00", "11-25 11:30")],
)  # fmt: skip
def test_what_is_received_after_the_cut_off_is_passed_on_the_next_working_morning(received: str, limit: str) -> None:
    dossier = lived(("submit", "1", "11-18 08:00"), ("receive", "2", received))
    assert told(stages(dossier, CALENDAR, at(received)))[-1][2] == limit


def test_what_the_office_waits_for_is_no_stage_and_reception_goes_on_with_what_is_left() -> None:
    dossier = lived(("submit", "1", "11-18 08:00"), ("ask_more", "5", "11-18 10:00"), ("submit", "1", "11-19 08:00"))
    found = stages(dossier, CALENDAR, at("11-19 16:00"))
    assert told(found) == [("reception", 120, "11-19 08:00", False), ("reception", 390, "11-19 15:30", True)]
    assert found[-1].until_ms is None


def test_a_dossier_moved_to_another_unit_begins_anew_there_and_has_no_limit_without_a_day() -> None:
    dossier = lived(("start", "4", "11-18 08:00"), ("transfer", "4", "11-18 09:00"), ("withdraw", "7", "11-18 10:00"))
    assert told(stages(dossier, CALENDAR, at("11-19 16:00"))) == [("handling", 60, None, False)] * 2


def test_a_life_outside_the_calendar_is_an_error() -> None:
    with pytest.raises(OutsideCalendar):
        stages(lived(("submit", "1", "01-05 08:00")), CALENDAR, at("01-06 08:00"))
