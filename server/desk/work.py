"""What one dossier asks of the office now: where it is, how much time is left and why, which steps are lawful."""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from schemas.messages import WireStep
from schemas.moments import HO_CHI_MINH
from server.desk.words import Say, day, local, moment
from sync.deadlines import Calendar, OutsideCalendar, working_minutes
from sync.dossier import Dossier
from sync.rights import office_role
from sync.stages import stages
from sync.workflow import PAUSED, lawful, taken

#: The step that most dossiers take next, by state.
NEXT: Final = {"1": "receive", "2": "start", "4": "finish", "6": "paid", "7": "agree_withdrawal", "9": "give"}
#: State of ux.md by national state, as the office shows it.
SHOWN: Final = {
    "1": "received",
    "5": "needs_you",
    "6": "needs_you",
    "9": "ready",
    "3": "closed",
    "8": "closed",
    "10": "closed",
}
#: How results are handed over, and what a decision may be; the words are in the catalogue.
WAYS: Final = ("counter", "post", "electronic")
RESULTS: Final = ("granted", "denied")
DAY_MINUTES: Final = 480
BOLD_AFTER_DAYS: Final = 5


class Time(Struct):
    """How the office stands with time: ``state`` is ``running``, ``paused``, ``overdue``, ``done`` or ``none``."""

    state: str
    words: str
    due: str
    first_due: str | None
    trace: list[dict[str, Any]]


def state_id(dossier: Dossier) -> str:
    """Return the state of ux.md that a dossier's national state shows as."""
    return SHOWN.get(dossier.state, "office")


def sub_state(dossier: Dossier) -> str | None:
    """Return the finer state of states 5 and 9 (domain A5) as a key, or null."""
    if dossier.state == "5":
        return "desk.sub.before_reception" if dossier.received_ms is None else "desk.sub.citizen_adds"
    if dossier.state == "4" and dossier.steps[-1].command == "submit":
        return "desk.sub.citizen_added"
    return None


def time_of(dossier: Dossier, calendar: Calendar, now_ms: int, say: Say) -> Time:
    """Return how much working time is left, or since when it is over."""
    trace = [{"day": day(each.date), "counted": each.counted, "why": each.why or ""} for each in dossier.trace]
    first = day(dossier.first_due) if dossier.first_due and dossier.first_due != dossier.due else None
    if dossier.due is None:
        return Time("none", say("desk.time.none"), "", first, trace)
    due_at, now = datetime.fromisoformat(dossier.due).astimezone(HO_CHI_MINH), local(now_ms)
    shown = f"{due_at:%H:%M, %d/%m/%Y}"
    if dossier.done_ms is not None:
        on_time = local(dossier.done_ms) <= due_at
        return Time("done", say("desk.time.on_time" if on_time else "desk.time.late"), shown, first, trace)
    if dossier.state in PAUSED:
        return Time("paused", say("desk.time.paused", time=moment(dossier.paused_ms)), shown, first, trace)
    try:
        late = now > due_at
        minutes = working_minutes(due_at, now, calendar) if late else working_minutes(now, due_at, calendar)
    except OutsideCalendar:
        return Time("none", say("desk.time.none"), shown, first, trace)
    words = say("desk.time.over" if late else "desk.time.left", time=_span(minutes, say))
    return Time("overdue" if late else "running", words, shown, first, trace)


def lawful_steps(dossier: Dossier, officer: Any) -> tuple[str | None, list[str]]:
    """Return the step most take next and the other lawful ones, for this officer now."""
    role = office_role(officer, dossier)
    names = lawful(dossier, role)
    if taken(dossier, "ask_more") and role != "head":
        names = [name for name in names if name != "ask_more"]
    if taken(dossier, "reappoint"):
        names = [name for name in names if name != "reappoint"]
    first = NEXT.get(dossier.state)
    return (first if first in names else None), [name for name in names if name != first]


def life(dossier: Dossier, say: Say, names: Any) -> list[dict[str, Any]]:
    """Return the dossier's steps as lines, oldest first."""
    return [_step(step, say, names) for step in dossier.steps]


def hands(dossier: Dossier, calendar: Calendar, now_ms: int, say: Say, names: Any) -> list[dict[str, Any]]:
    """Return how long each hand at the office had a dossier, and where that was longer than it may be."""
    try:
        found = stages(dossier, calendar, now_ms)
    except OutsideCalendar:
        return []
    return [
        {
            "words": say(f"desk.stage.{each.name}"), "who": each.who or names.unit_name(each.unit),
            "since": moment(each.since_ms), "until": moment(each.until_ms), "spent": _span(each.spent, say),
            "limit": f"{each.limit:%H:%M, %d/%m/%Y}" if each.limit is not None else "", "over": each.over,
        }
        for each in found
    ]  # fmt: skip


def waits_days(since_ms: int, now_ms: int) -> int:
    """Return for how many whole days something has waited."""
    return timedelta(milliseconds=max(0, now_ms - since_ms)).days


def _step(step: WireStep, say: Say, names: Any) -> dict[str, Any]:
    said = step.args or {}
    details = [_detail(key, value, say, names) for key, value in said.items()]
    return {
        "words": say(f"desk.step.{step.command}.done"), "at": moment(step.at), "reason": step.reason,
        "until": day(step.until),
        "items": [item.text for item in step.items or []], "details": details, "unit": names.unit_name(step.unit),
        "state": step.state,
    }  # fmt: skip


def _detail(key: str, value: Any, say: Say, names: Any) -> str:
    """Return an argument of a step as an officer reads it."""
    if key == "unit":
        return str(names.unit_name(value))
    if key == "amount":
        return f"{value:,} đ".replace(",", ".")
    if key == "due":
        return day(value)
    if key == "was":
        return say("desk.time.was_due", date=day(value))
    words = {"result": "desk.result.", "how": "desk.way."}
    known = key in words and value in (*RESULTS, *WAYS)
    return say(words[key] + value) if known else str(value)


def _span(minutes: int, say: Say) -> str:
    days, rest = divmod(minutes, DAY_MINUTES)
    hours = rest // 60
    if days:
        return say("desk.time.days", days=days, hours=hours)
    return say("desk.time.hours", hours=hours, minutes=rest % 60)
