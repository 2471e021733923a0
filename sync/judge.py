"""What may become of an op: applied, held or refused. The rules of rights and state, and nothing that changes anything.

``judge`` answers null when the op may be applied. The order of the questions is part of the contract: first whether
the dossier can be seen at all (and if not, nothing else is said), then whether it is closed, then the form, then the
right, then what was waited for, then the state.
"""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from schemas.checking import faults
from schemas.forms import Form
from schemas.ids import made_at
from schemas.moments import local_day
from schemas.ops import (
    SAW_OP_MAX,
    SAW_PATH_MAX,
    Accept,
    Attach,
    Command,
    Create,
    Decline,
    Detach,
    Note,
    Op,
    Patch,
    Submit,
    Withdraw,
)
from schemas.problems import Problem, op_problem
from schemas.values import fault_of
from sync.dossier import RIGHT_LOST, Dossier
from sync.ledger import HEIR, Actor, Entry, Ledger, World
from sync.merge import APPLICANT, GONE, HERE, shown
from sync.rights import FORMER, WRITING, is_officer, may_write, office_role, role_of, took_in_under_former_right
from sync.steps import guarded, wrong_args
from sync.workflow import CLOSED, COMMANDS, MOVING, OPEN_TO_APPLICANT, WITHDRAWABLE

DAY_MS = 86_400_000
WAITING_DAYS = 30
HANDLER = "handler"
TRANSFER = "transfer"
#: Ops an account may have waiting for dossiers that it cannot see.
WAITING_MAX = 1_000


class Hold(Struct):
    """Store the op and do not apply it yet."""

    reason: str


class Refuse(Struct):
    """Refuse the op; ``remembered`` is false for the one answer that may change when asked again."""

    problem: Problem
    remembered: bool = True


Ruling = Hold | Refuse | None


class Case(Struct):
    """One op before the judge: what is known of it at this moment. ``waived`` is the reason an officer waived."""

    ledger: Ledger
    world: World
    actor: Actor
    entry: Entry
    op: Op
    dossier: Dossier | None
    now_ms: int
    waived: str | None = None

    @property
    def today(self) -> date:
        """Return the date in Asia/Ho_Chi_Minh."""
        return local_day(self.now_ms)


def begun_on(dossier: str, received_ms: int) -> date:
    """Return the day on which a draft was begun, by its id: not after it was first received."""
    return local_day(min(made_at(dossier), received_ms))


def malformed(op: Op) -> str | None:
    """Return what is wrong with an op that is wrong whatever it meets."""
    if isinstance(op, Patch):
        counts = [len(ids) for ids in op.saw.values()]
        if any(count > SAW_PATH_MAX for count in counts) or sum(counts) > SAW_OP_MAX:
            return "saw names too many ops"
    if isinstance(op, Detach) and len(op.saw) > SAW_PATH_MAX:
        return "saw names too many ops"
    if isinstance(op, Submit | Withdraw | Command):
        if op.id in op.after:
            return "an op cannot come after itself"
        if len(op.after) > SAW_OP_MAX:
            return "after names too many ops"
    if isinstance(op, Decline) and not (op.reason or "").strip():
        return "a decline needs a reason"
    return wrong_args(op) if isinstance(op, Command) else None


def judge(case: Case) -> Ruling:
    """Return null when the op may be applied, else why not."""
    ruling = _judge(case)
    if ruling is not None and _was_applied(case.entry) and case.waived != "healing":
        return _healing(ruling)
    return ruling


def form_of(case: Case) -> Form | Hold | Refuse:
    """Return the form version the op was written for, or why there is none."""
    op = case.op
    if isinstance(op, Create):
        procedure = op.procedure
    elif case.dossier is not None:
        procedure = case.dossier.procedure
    else:  # pragma: no cover - asked only of a visible dossier
        raise AssertionError("a form is asked for only once the dossier is known")
    newest = case.world.newest(procedure)
    if newest is None:
        return Refuse(op_problem("form-unknown"))
    named = op.form or (f"{procedure}@{newest}" if case.dossier is None else case.dossier.form)
    code, _, number = named.partition("@")
    if code != procedure or not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004
        return Refuse(op_problem("form-unknown", named))
    if int(number) > newest:
        return Hold("form-unknown")
    return case.world.form(procedure, int(number)) or Refuse(op_problem("form-unknown", named))


def _judge(case: Case) -> Ruling:
    if isinstance(case.op, Create):
        return _judge_create(case, case.op)
    unseen = _judge_sight(case)
    if unseen is not None:
        return unseen
    dossier = _dossier(case)
    op = case.op
    if dossier.state in CLOSED and not isinstance(op, Note | Decline):
        healed = isinstance(op, Submit) and _was_applied(case.entry)
        return None if healed else Refuse(op_problem("dossier-closed"))
    if isinstance(op, Note):
        return None
    if isinstance(op, Patch | Attach | Detach):
        return _judge_write(case, dossier, op)
    if isinstance(op, Accept | Decline):
        return _judge_settling(case, dossier, op)
    return _judge_step(case, dossier, op)


def _judge_create(case: Case, op: Create) -> Ruling:
    dossier = case.dossier
    if dossier is not None:
        same = case.actor.person in (dossier.applicant, dossier.begun_by) and dossier.procedure == op.procedure
        return None if same else Refuse(op_problem("forbidden-op"))
    may = is_officer(case.actor) or op.unit in case.actor.former_units
    if (op.channel != "online" or op.on_behalf is not None) and not may:
        return Refuse(op_problem("forbidden-op", "only an officer takes in a dossier for another person"))
    form = form_of(case)
    if isinstance(form, Hold | Refuse):
        return form
    begun = begun_on(op.dossier, case.entry.received_ms)
    if case.world.unit_for(op.unit, begun, case.today) is None:
        return Refuse(op_problem("unit-unknown", op.unit))
    ended = _ended(case, form, begun.isoformat())
    return None if ended is None else Refuse(op_problem("form-closed", ended))


def _ended(case: Case, form: Form, begun: str) -> str | None:
    """Return the last day on which a form was open, if the draft was begun later: its own, or the procedure's.

    A draft on an older version goes on when a newer one comes; it does not outlive a newer one that has ended.
    """
    newest = case.world.form(form.procedure, case.world.newest(form.procedure) or form.version) or form
    return next((each.effective_to for each in (form, newest) if each.effective_to and begun > each.effective_to), None)


def _judge_sight(case: Case) -> Ruling:
    """Nobody can tell a dossier that is not there from one that they may not see."""
    dossier = case.dossier
    role = _role_in(case, dossier) if dossier is not None else None
    if dossier is not None and case.waived in (RIGHT_LOST, "healing") and role in (None, FORMER):
        case.entry.role = APPLICANT if role is None or _counts_as_applicant(dossier) else HANDLER
        return None
    if role == FORMER:
        return Hold(RIGHT_LOST)
    if dossier is None or (role is None and case.entry.role is None):
        if case.ledger.held_count(case.actor.person) >= WAITING_MAX:
            return Refuse(op_problem("dossier-unknown"), remembered=False)
        return Hold("waiting")
    if case.entry.role is None:
        case.entry.role = role
    return None


def _role_in(case: Case, dossier: Dossier) -> str | None:
    """Return the role in which an op is judged: what only the office does is done as the office."""
    role = role_of(case.actor, dossier)
    if role == APPLICANT and isinstance(case.op, Command | Accept | Decline):
        office = office_role(case.actor, dossier)
        return office if office in (*WRITING, HEIR) else role
    return role


def _counts_as_applicant(dossier: Dossier) -> bool:
    return dossier.on_behalf is not None and dossier.state in OPEN_TO_APPLICANT


def _judge_write(case: Case, dossier: Dossier, op: Patch | Attach | Detach) -> Ruling:
    form = form_of(case)
    if isinstance(form, Hold | Refuse):
        return form
    role = _role(case)
    if not may_write(role):
        return Refuse(op_problem("forbidden-op"))
    refusal = _check_values(form, op) if isinstance(op, Patch) else _check_slot(form, op)
    if refusal is not None:
        return refusal
    if role != APPLICANT or dossier.state in OPEN_TO_APPLICANT or case.waived in ("late", "healing"):
        return None
    return None if dossier.state == "5" and _was_asked(dossier, op) else Hold("late")


def _check_values(form: Form, op: Patch) -> Refuse | None:
    for path, value in op.set.items():
        field = form.plan.field(path)
        if field is None:
            return Refuse(op_problem("field-unknown", path=path))
        if field.policy == "computed":
            continue
        fault = _row_fault(value) if field.kind == "row" else fault_of(field, value)
        if fault is not None:
            return Refuse(op_problem("field-invalid", fault, path))
    return None


def _row_fault(value: object) -> str | None:
    return None if value in (GONE, HERE) else "gone or here"


def _check_slot(form: Form, op: Attach | Detach) -> Refuse | None:
    return None if form.plan.slot(op.slot) is not None else Refuse(op_problem("slot-unknown", path=op.slot))


def _was_asked(dossier: Dossier, op: Patch | Attach | Detach) -> bool:
    """Return whether the last supplement request asked for all that an op answers."""
    asked = next((step.items or [] for step in reversed(dossier.steps) if step.command == "ask_more"), [])
    if isinstance(op, Patch):
        paths = {item.path for item in asked}
        return all(any(path == asked_path or _inside(path, asked_path) for asked_path in paths) for path in op.set)
    return op.slot in {item.slot for item in asked}


def _inside(path: str, asked: str | None) -> bool:
    return asked is not None and path.startswith(asked + "/")


def _judge_settling(case: Case, dossier: Dossier, op: Accept | Decline) -> Ruling:
    deciding = (*WRITING, HEIR) if dossier.state == "draft" else WRITING
    if _role(case) not in deciding:
        return Refuse(op_problem("forbidden-op"))
    target = case.ledger.find_op(op.op)
    if target is None:
        return Hold("waiting")
    if target.dossier != dossier.id or op.op not in {held.op for held in dossier.held}:
        return Refuse(op_problem("stale-state", "this op is not held here"))
    if dossier.state == "draft" and _role(case) not in MOVING:
        return Refuse(op_problem("forbidden-op", "a head decides over what a former officer took in"))
    if isinstance(op, Accept) and (target.reason == "form-unknown" or target.type in ("accept", "decline")):
        return Refuse(op_problem("stale-state", "what this op waits for is not there yet"))
    return None


def _judge_step(case: Case, dossier: Dossier, op: Submit | Withdraw | Command) -> Ruling:
    refusal = _judge_actor(_role(case), dossier, op)
    if refusal is not None:
        return refusal
    if case.waived != "waiting":
        ruling = _judge_after(case, op)
        if ruling is not None:
            return ruling
    if isinstance(op, Submit):
        return _judge_submit(case, dossier, op)
    stale = _is_stale(case, dossier, op)
    if isinstance(op, Withdraw):
        if stale and case.waived not in ("stale-state", "healing"):
            return Hold("stale-state")
        allowed = dossier.state in WITHDRAWABLE
    else:
        leaves = COMMANDS[op.name].leaves
        if case.waived != "healing" and (stale or dossier.state not in leaves):
            return Refuse(op_problem("stale-state", f"state {dossier.state}, rev {dossier.rev}"))
        problem = guarded(dossier, op, _role(case), case.world, case.today, healing=case.waived == "healing")
        return Refuse(problem) if problem is not None else None
    return None if allowed else Refuse(op_problem("stale-state", f"state {dossier.state}, rev {dossier.rev}"))


def _judge_actor(role: str, dossier: Dossier, op: Submit | Withdraw | Command) -> Refuse | None:
    """Commands are the office's; so is sending on behalf of who was helped; all else is the applicant's.

    Who heads a unit that came after the dossier's does nothing else with it than move it on.
    """
    if isinstance(op, Command):
        allowed = op.name in COMMANDS and (role in WRITING or (role == HEIR and op.name == TRANSFER))
    else:
        assists = isinstance(op, Submit) and dossier.on_behalf is not None and role in WRITING
        allowed = role == APPLICANT or assists
    return None if allowed else Refuse(op_problem("forbidden-op"))


def _judge_after(case: Case, op: Submit | Withdraw | Command) -> Ruling:
    if not op.after:
        return None
    fates = case.ledger.known_fates(op.after)
    waiting = False
    for name in op.after:
        fate = fates.get(name)
        if fate is None:
            waiting = True
            continue
        if fate.person != case.entry.person or fate.dossier != op.dossier:
            return Refuse(op_problem("malformed", "after names an op of another author or dossier"))
        if fate.outcome == "refused":
            return Refuse(op_problem("predecessor-refused", name))
        waiting = waiting or (fate.outcome == "held" and fate.reason in ("waiting", "form-unknown"))
    return Hold("waiting") if waiting else None


def _is_stale(case: Case, dossier: Dossier, op: Submit | Withdraw | Command) -> bool:
    if op.expect.state != dossier.state:
        return True
    rev = op.expect.rev if not _was_applied(case.entry) else None
    return rev is not None and rev != dossier.rev


def _judge_submit(case: Case, dossier: Dossier, op: Submit) -> Ruling:
    if _was_applied(case.entry) and dossier.state != "draft" and op.expect.state == "draft":
        return None
    if op.expect.state not in ("draft", "5") or _is_stale(case, dossier, op):
        return Refuse(op_problem("stale-state", f"state {dossier.state}, rev {dossier.rev}"))
    form = form_of(case)
    if isinstance(form, Hold | Refuse):
        return form
    errors = faults(form, shown(dossier), case.today) if not _was_whole(case) else []
    if errors:
        return Refuse(op_problem("rule-broken", errors=errors))
    lost = took_in_under_former_right(case.actor, dossier) and case.waived != RIGHT_LOST and not _was_whole(case)
    return Hold(RIGHT_LOST) if lost else None


def _was_applied(entry: Entry) -> bool:
    return entry.was in ("applied", "conflict")


def _was_whole(case: Case) -> bool:
    """Return whether the office had taken it before a restore: the code proves it, or an officer says so.

    What other devices had written may not have come back yet, or never will; what was received stays received.
    """
    return _was_applied(case.entry) and (case.entry.code is not None or case.waived == "healing")


_CURABLE = frozenset({"forbidden-op", "stale-state", "dossier-unknown", "form-unknown", "rule-broken"})


def _healing(ruling: Hold | Refuse) -> Ruling:
    """An op that was applied before a restore and cannot be yet is never refused for what may still come back."""
    if isinstance(ruling, Hold) and ruling.reason == RIGHT_LOST:
        return ruling  # its head sees it and lets it in
    if isinstance(ruling, Hold) or ruling.problem.code in _CURABLE:
        return Hold("healing")
    return ruling


def _dossier(case: Case) -> Dossier:
    if case.dossier is None:
        raise AssertionError("sight comes first")
    return case.dossier


def _role(case: Case) -> str:
    if case.entry.role is None:
        raise AssertionError("sight comes first")
    return case.entry.role


def waited_too_long(ledger: Ledger, now_ms: int, limit: int) -> Iterator[Entry]:
    """Yield ops that have waited for longer than is allowed."""
    yield from ledger.held_before("waiting", now_ms - WAITING_DAYS * DAY_MS, limit)
