"""How a dossier is counted, what reports say of themselves, and the golden figures of 2022."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.moments import HO_CHI_MINH
from server.figures.counting import Counted, Line, counted
from server.figures.reported import faults, percent, reckoned, reported, told


def at(text: str) -> int:
    return int(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=HO_CHI_MINH).timestamp() * 1000)


def lived(*steps: tuple[str, str, str | None]) -> Counted:
    """Count a life: (moment, state, day promised)."""
    row = None
    for moment, state, due in steps:
        promised = None if due is None else datetime.fromtimestamp(at(due) / 1000, UTC).isoformat()
        done = at(moment) if state == "9" else None
        row = counted(row, Line(b"x", at(moment), state, "online", False, None, "06154", "06154", promised, done))
    assert row is not None
    return row


IN = ("11-02 08:00", "1", None)
TAKEN = ("11-02 09:00", "2", "11-10 17:00")


@pytest.mark.parametrize(
    ("steps", "timing", "ending"),
    [
        ([IN, TAKEN], None, None),
        ([IN, TAKEN, ("11-09 23:00", "9", "11-10 17:00")], "early", "result"),
        ([IN, TAKEN, ("11-10 08:00", "9", "11-10 17:00")], "on_time", "result"),
        ([IN, TAKEN, ("11-10 17:00", "9", "11-10 17:00")], "on_time", "result"),
        ([IN, TAKEN, ("11-10 17:01", "9", "11-10 17:00")], "overdue", "result"),
        ([IN, ("11-02 09:00", "2", None), ("12-30 09:00", "9", None)], "on_time", "result"),
        ([IN, ("11-02 09:00", "3", None)], "on_time", "rejected"),
        ([IN, TAKEN, ("11-20 09:00", "7", "11-10 17:00"), ("11-21 09:00", "8", "11-10 17:00")], "on_time", "withdrawn"),
        ([IN, TAKEN, ("11-20 09:00", "8", "11-10 17:00")], "on_time", "stopped"),
        # another day was promised: measured by the one it took the place of
        ([IN, TAKEN, ("11-09 09:00", "2", "11-20 17:00"), ("11-19 09:00", "9", "11-20 17:00")], "overdue", "result"),
        ([IN, TAKEN, ("11-09 09:00", "2", "11-20 17:00"), ("11-10 09:00", "9", "11-20 17:00")], "on_time", "result"),
        # the time stood still: the day moved with it
        (
            [IN, TAKEN, ("11-09 09:00", "5", "11-10 17:00"), ("11-16 09:00", "4", "11-17 17:00"),
             ("11-17 09:00", "9", "11-17 17:00")],
            "on_time", "result",
        ),
        (
            [IN, TAKEN, ("11-03 09:00", "2", "11-20 17:00"), ("11-09 09:00", "5", "11-20 17:00"),
             ("11-11 09:00", "4", "11-22 17:00"), ("11-12 09:00", "9", "11-22 17:00")],
            "on_time", "result",
        ),
        # given out late, made in time
        ([IN, TAKEN, ("11-09 23:00", "9", "11-10 17:00"), ("12-01 08:00", "10", "11-10 17:00")], "early", "result"),
    ],
)  # fmt: skip
def test_a_dossier_is_early_on_time_or_overdue_when_its_result_is_made(
    steps: list[tuple[str, str, str | None]], timing: str | None, ending: str | None
) -> None:
    row = lived(*steps)
    assert (row.timing, row.ending) == (timing, ending)
    assert (row.finished_ms is None) == (timing is None)


def test_what_goes_on_after_an_end_is_open_again() -> None:
    row = lived(IN, TAKEN, ("11-09 09:00", "8", "11-10 17:00"), ("11-09 10:00", "4", "11-10 17:00"))
    assert (row.finished_ms, row.timing, row.ending) == (None, None, None)


def by_id(name: str) -> Any:
    return next(each for each in reported() if each.id == name)


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("received.province", "28.87"), ("received.centre", "70.2"), ("received.184", "17.71"),
        ("catalogue.linked", "96.64"), ("catalogue.level4", "57.87"),
    ],
)  # fmt: skip
def test_the_golden_figures_follow_from_their_counts(name: str, share: str) -> None:
    assert reckoned(by_id(name)) == share


def test_only_the_figure_that_contradicts_itself_is_said_to() -> None:
    assert {each.id: faults(each) for each in reported() if faults(each)} == {"catalogue.level4": ["percent"]}
    assert told(by_id("catalogue.linked"), None)["remainder"] == 61
    assert by_id("catalogue.184").parts == {"3": 45, "4": 149}
    assert all(each.period == "2022" and each.published == "2024-09-20" for each in reported())
    wrong = by_id("catalogue.184").__class__(**{**told_fields(by_id("catalogue.184")), "whole": 195})
    assert faults(wrong) == ["sum"]


def told_fields(each: Any) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__struct_fields__}


def test_what_the_log_counts_stands_beside_and_nothing_is_not_nought() -> None:
    assert told(by_id("received.184"), None)["computed"] is None
    assert told(by_id("received.184"), {"new": 0, "online": 0})["computed"] is None
    assert told(by_id("received.184"), {"new": 8, "online": 1})["computed"] == {
        "whole": 8,
        "part": 1,
        "percent": "12.50",
    }
    assert told(by_id("catalogue.linked"), {"new": 8, "online": 1})["computed"] is None
    assert percent(0, 0) is None
    assert [percent(1, 8, 1), percent(1, 3), percent(2, 3)] == ["12.5", "33.33", "66.67"]
