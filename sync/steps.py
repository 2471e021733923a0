"""What an officer's step does, and what stands against it besides state and right (domain A5).

Rule 1. Who asks for more asks once, for all of it; asking again is the head's, with a reason.
Rule 2. One new day may be promised, no more. What was promised first stays known, and the step says which day it was
that the new one takes the place of (``was``): an apology names both.
Rule 3. A decision waits until no value is in dispute.
Rule 4. The office's time begins with reception, stands still while it waits for somebody else, and ends with a result.
"""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import to_builtins

from schemas.forms import Form
from schemas.messages import WireItem, WireStep, WireTrace
from schemas.moments import HO_CHI_MINH
from schemas.ops import Command
from schemas.problems import Problem, op_problem
from schemas.steps import ARGS, AskMore, Reappoint, Transfer, read_args, read_day
from sync.deadlines import OFFICE, OutsideCalendar, due, resumed
from sync.dossier import Dossier
from sync.ledger import World
from sync.merge import conflicts
from sync.view import policy_of
from sync.workflow import BACK, COMMANDS, PAUSED, RUNNING, before_withdrawal, taken

STOOD_STILL = "tạm dừng chờ"


def wrong_args(op: Command) -> str | None:
    """Return what is wrong with a command whatever it meets; an unknown name is a matter of rights."""
    if op.name not in ARGS:
        return None
    if COMMANDS[op.name].names_rev and op.expect.rev is None:
        return f"{op.name} names the rev it saw"
    try:
        read_args(op.name, op.args)
    except msgspec.ValidationError as fault:
        return str(fault)
    return None


def guarded(dossier: Dossier, op: Command, role: str, world: World, today: date, *, healing: bool) -> Problem | None:
    """Return why a lawful-looking step may not be taken, or null."""
    step, args = COMMANDS[op.name], read_args(op.name, op.args)
    if not healing and role not in step.leaves[dossier.state]:
        return op_problem("forbidden-op", f"{op.name} is for {', '.join(step.leaves[dossier.state])}")
    if isinstance(args, AskMore):
        return _asks_wrongly(dossier, args, role, _form(dossier, world))
    if isinstance(args, Reappoint) and taken(dossier, op.name):
        return op_problem("forbidden-op", "a new day is promised once")
    if isinstance(args, Transfer):
        return _moves_wrongly(dossier, args, world, today)
    if step.decides and any(level == "blocking" for _, level, _ in _open(dossier, world)):
        return op_problem("conflict-open")
    return None


def take(dossier: Dossier, op: Command, world: World, now_ms: int) -> WireStep:
    """Take a step that was judged lawful; return its line in the dossier's life."""
    step, args = COMMANDS[op.name], read_args(op.name, op.args)
    to = before_withdrawal(dossier) if step.to == BACK else step.to or dossier.state
    paused(dossier, to, world, now_ms)
    dossier.state = to
    before = dossier.due
    if op.name == "receive":
        _receive(dossier, world, now_ms)
    elif op.name == "finish":
        dossier.done_ms = now_ms
    elif op.name == "hand_over":
        dossier.handler = args.to
    elif isinstance(args, Reappoint):
        dossier.due = _moment(args.due)
    elif isinstance(args, Transfer):
        dossier.former_units = [*dossier.former_units, dossier.unit]
        dossier.unit, dossier.handler = args.unit, None
    line = _line(op, args, to, dossier.unit, now_ms)
    if isinstance(args, Reappoint) and before is not None:
        line.args = {"due": args.due, "was": before}
    return line


def paused(dossier: Dossier, to: str, world: World, now_ms: int) -> None:
    """Let the office's time stand still or go on, as the state changes."""
    if dossier.state in RUNNING and to in PAUSED:
        dossier.paused_ms = now_ms
    elif dossier.paused_ms is not None and to not in PAUSED:
        if to in RUNNING and dossier.due is not None:
            _resume(dossier, dossier.due, dossier.paused_ms, world, now_ms)
        dossier.paused_ms = None


def _resume(dossier: Dossier, due_at: str, paused_ms: int, world: World, now_ms: int) -> None:
    since, until = _at(paused_ms), _at(now_ms)
    try:
        later = resumed(datetime.fromisoformat(due_at), since, until, world.calendar, OFFICE)
    except OutsideCalendar:
        return  # the day promised stands: a calendar that ends is no reason to take it back
    dossier.due = later.isoformat()
    dossier.calendar = world.calendar.version
    why = f"{STOOD_STILL} {since:%H:%M %d/%m} – {until:%H:%M %d/%m}"
    dossier.trace.append(WireTrace(later.date().isoformat(), counted=False, why=why))


def _receive(dossier: Dossier, world: World, now_ms: int) -> None:
    dossier.received_ms = now_ms
    allowed = world.allowed(dossier.procedure, dossier.channel)
    if allowed is None:
        return
    try:
        answer = due(_at(now_ms), allowed.count, allowed.unit, world.calendar, OFFICE)
    except OutsideCalendar:
        return  # no date is better than a guess: the office names one
    dossier.due = dossier.first_due = answer.at.isoformat()
    dossier.trace = [WireTrace(day.date.isoformat(), counted=day.counted, why=day.why) for day in answer.trace]
    dossier.calendar = world.calendar.version


def _asks_wrongly(dossier: Dossier, args: AskMore, role: str, form: Form | None) -> Problem | None:
    if taken(dossier, "ask_more") and role != "head":
        return op_problem("forbidden-op", "more was asked for once; asking again is the head's")
    for item in args.items:
        if form is not None and item.path is not None and not _is_asked_for(form, item.path):
            return op_problem("field-unknown", path=item.path)
        if form is not None and item.slot is not None and form.plan.slot(item.slot) is None:
            return op_problem("slot-unknown", path=item.slot)
    return None


def _is_asked_for(form: Form, path: str) -> bool:
    """Return whether a path names a field, a row, or a whole section of rows."""
    rows = {section.key for section in form.sections if section.rows is not None}
    options = any(field.kind == "choices" for section in form.sections for field in section.fields)
    return path in rows or form.plan.field(path) is not None or (options and _is_choices(form, path))


def _is_choices(form: Form, path: str) -> bool:
    section, _, key = path.partition(".")
    return any(s.key == section and any(f.key == key for f in s.fields) for s in form.sections)


def _moves_wrongly(dossier: Dossier, args: Transfer, world: World, today: date) -> Problem | None:
    if not world.takes_in(args.unit, today):
        return op_problem("unit-unknown", args.unit)
    return op_problem("forbidden-op", "the dossier is there already") if args.unit == dossier.unit else None


def _open(dossier: Dossier, world: World) -> Any:
    form = _form(dossier, world)
    return conflicts(dossier, lambda path: policy_of(form, path))


def _form(dossier: Dossier, world: World) -> Form | None:
    return world.form(dossier.procedure, int(dossier.form.partition("@")[2]))


def _line(op: Command, args: Any, state: str, unit: str, now_ms: int) -> WireStep:
    said = to_builtins(args)
    until = said.pop("until", None)
    items = [WireItem(item["text"], item.get("path"), item.get("slot")) for item in said.pop("items", [])] or None
    reason = said.pop("reason", None)
    return WireStep(op.id, op.name, state, now_ms, unit, reason, until, items, args=said or None)


def _moment(text: str) -> str:
    """Return a promised day as a moment: a date alone is its closing time."""
    day = read_day(text)
    if isinstance(day, datetime):
        return day.astimezone(HO_CHI_MINH).isoformat()
    closing = OFFICE.closing
    return datetime(day.year, day.month, day.day, closing // 60, closing % 60, tzinfo=HO_CHI_MINH).isoformat()


def _at(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms // 1000, UTC).astimezone(HO_CHI_MINH)
