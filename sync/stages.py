"""How long each hand at the office had a dossier, and how long it may have it (domain A5, A6; Decree 61/2018, verify).

Rule 1. A stage is a stretch in one state and one hand: reception (state 1), passing on (2), handling (4). It ends with
the step that leaves the state, hands the dossier over or moves it. There is none while the office waits for somebody.
Rule 2. Reception may take 8 working hours in all.
Rule 3. What was received before the cut-off is passed on the same day, what came after it by the end of the next
working morning.
Rule 4. Who handles it has until the day that was promised.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import Struct

from schemas.moments import HO_CHI_MINH
from sync.deadlines import OFFICE, Calendar, Hours, later, opening, working_minutes
from sync.dossier import Dossier

RECEPTION: Final = "reception"
PASSING_ON: Final = "passing_on"
HANDLING: Final = "handling"
STAGES: Final = {"1": RECEPTION, "2": PASSING_ON, "4": HANDLING}
RECEPTION_MINUTES: Final = 480
#: Steps after which another hand has the dossier although its state is the same.
CHANGES_HANDS: Final = frozenset({"hand_over", "transfer"})


class Stage(Struct, frozen=True):
    """One stretch. ``spent`` is working minutes, ``until_ms`` null while it lasts, ``limit`` null where none is set."""

    name: str
    who: str | None
    unit: str
    since_ms: int
    until_ms: int | None
    spent: int
    limit: datetime | None
    over: bool


class _Begun(Struct):
    name: str
    who: str | None
    unit: str
    since_ms: int


def stages(dossier: Dossier, calendar: Calendar, now_ms: int, hours: Hours = OFFICE) -> list[Stage]:
    """Return the stages of a dossier's life so far, in their order.

    Raises:
        OutsideCalendar: the calendar does not cover its life.
    """
    found: list[Stage] = []
    begun: _Begun | None = None
    for step in dossier.steps:
        name = STAGES.get(step.state)
        if begun is not None and (name != begun.name or step.command in CHANGES_HANDS):
            found.append(_stage(dossier, begun, step.at, now_ms, found, calendar, hours))
            begun = None
        if begun is None and name is not None:
            who = (step.args or {}).get("to") if step.command == "hand_over" else None
            begun = _Begun(name, who, step.unit, step.at)
    return found if begun is None else [*found, _stage(dossier, begun, None, now_ms, found, calendar, hours)]


def _stage(
    dossier: Dossier,
    begun: _Begun,
    until_ms: int | None,
    now_ms: int,
    before: list[Stage],
    calendar: Calendar,
    hours: Hours,
) -> Stage:
    since, until = _at(begun.since_ms), _at(now_ms if until_ms is None else until_ms)
    limit = _limit(dossier, begun, since, before, calendar, hours)
    spent = working_minutes(since, until, calendar, hours)
    over = limit is not None and until > limit
    return Stage(begun.name, begun.who, begun.unit, begun.since_ms, until_ms, spent, limit, over)


def _limit(
    dossier: Dossier, begun: _Begun, since: datetime, before: list[Stage], calendar: Calendar, hours: Hours
) -> datetime | None:
    if begun.name == RECEPTION:
        used = sum(stage.spent for stage in before if stage.name == RECEPTION)
        return later(since, max(0, RECEPTION_MINUTES - used), calendar, hours)
    if begun.name == PASSING_ON:
        return _passed_on_by(since, calendar, hours)
    return None if dossier.due is None else datetime.fromisoformat(dossier.due)


def _passed_on_by(since: datetime, calendar: Calendar, hours: Hours) -> datetime:
    came = opening(since, calendar, hours)
    if came.hour * 60 + came.minute < hours.cutoff:
        return _minute(came.date(), hours.closing)
    morning = opening(_minute(came.date() + timedelta(days=1), 0), calendar, hours)
    return _minute(morning.date(), hours.spans[0][1])


def _minute(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=HO_CHI_MINH)


def _at(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(HO_CHI_MINH)
