"""What an applied op does to its dossier. Everything here has been judged before; nothing here refuses."""

from typing import Any

from msgspec import Struct, to_builtins

from schemas.checking import compute
from schemas.forms import Form
from schemas.ids import is_id, made_at
from schemas.messages import WireNote, WireStep
from schemas.moments import local_day, to_ms
from schemas.ops import Attach, Command, Create, Detach, Note, Op, Patch, Submit, Withdraw
from sync.dossier import Attachment, Dossier, Mark, Sibling
from sync.files import meet
from sync.judge import Case, begun_on, form_of
from sync.ledger import HEIR, Actor, Entry, Ledger
from sync.merge import (
    APPLICANT,
    Policy,
    canonical_value,
    conflict_level,
    folded,
    is_office,
    merged,
    put,
    put_computed,
    row_in_conflict,
    row_of,
    shown,
    write_time,
)
from sync.rights import WRITING
from sync.steps import paused, take
from sync.view import policy_of

SLOT = "@"  # begins the path under which ops named by a ``detach`` are remembered


class Applied(Struct):
    """What the result of an applied op says besides its rev."""

    paths: list[str] = []
    overridden: list[str] = []


def begin(case: Case, op: Create) -> Dossier:
    """Return the dossier that a ``create`` begins."""
    newest = case.world.newest(op.procedure)
    begun = begun_on(op.dossier, case.entry.received_ms)
    unit = case.world.unit_for(op.unit, begun, case.today) or op.unit
    return Dossier(
        id=op.dossier,
        procedure=op.procedure,
        form=op.form or f"{op.procedure}@{newest}",
        unit=unit,
        channel=op.channel,
        applicant=case.actor.person,
        on_behalf=_plain(op.on_behalf),
        created_ms=case.now_ms,
        intake=_intake(case.actor, op, unit),
    )


def apply(case: Case, dossier: Dossier, seq: int) -> Applied:
    """Carry out an op that was judged applicable. The caller raises ``rev`` and writes the log."""
    op, entry = case.op, case.entry
    dossier.people[case.actor.person] = case.actor.name
    named = case.ledger.take_named(dossier.id, op.id) if dossier.named else {}
    dossier.named -= len(named)
    if isinstance(op, Patch):
        return _patch(case, dossier, op, named, seq)
    if isinstance(op, Attach):
        if SLOT + op.slot not in named:
            dossier.attachments.append(_attachment(case, op))
    elif isinstance(op, Detach):
        _detach(case.ledger, dossier, op, entry)
    elif isinstance(op, Note):
        dossier.notes.append(
            WireNote(op.id, op.text, entry.received_ms, _title(entry.role) or APPLICANT, case.actor.name, op.visible)
        )
    elif isinstance(op, Submit):
        _submit(case, dossier, op, seq)
    elif isinstance(op, Withdraw):
        paused(dossier, "7", case.world, case.now_ms)
        _step(case, dossier, "withdraw", "7", op.reason)
    elif isinstance(op, Command):
        step = take(dossier, op, case.world, case.now_ms)
        step.role = _title(entry.role)
        dossier.steps.append(step)
    return Applied()


def _title(role: str | None) -> str | None:
    """Return the role as others read it: who moves on what another unit left is a head."""
    return "head" if role == HEIR else role


def forget_named(ledger: Ledger, dossier: Dossier | None, op: str) -> None:
    """Forget that a refused op was named."""
    if dossier is not None and dossier.named:
        dossier.named -= len(ledger.take_named(dossier.id, op))
        ledger.save_dossier(dossier)


def _patch(case: Case, dossier: Dossier, op: Patch, named: dict[str, bool], seq: int) -> Applied:
    form = _form(case)
    role = case.entry.role or APPLICANT
    _raise_form(dossier, op)
    mark = len(dossier.by)
    dossier.by.append(Mark(op.id, case.actor.person, role, to_ms(op.at)))
    ids = _unknown(case.ledger, dossier, op)
    result = Applied()
    written: list[tuple[str, Policy]] = []
    at_ms, received_ms = to_ms(op.at), case.entry.received_ms
    blind_ms = write_time(at_ms, (), received_ms)
    for path, value in op.set.items():
        policy = policy_of(form, path)
        if policy == "computed":
            continue
        cell = dossier.cells.get(path)
        if cell is None and path not in op.saw and not named and "/" not in path:
            put(dossier, path, [Sibling(value, mark, blind_ms)], seq)
            continue  # the first value of a field: nothing to merge, to fold or to report
        saw = frozenset(op.saw.get(path, ()))
        siblings = cell.siblings if cell is not None else []
        time_ms = write_time(at_ms, (made_at(i) for i in saw if is_id(i)), received_ms)
        new = Sibling(value, mark, time_ms, sorted(saw) if policy == "row" else [])
        kept = merged(siblings, dossier.by, new, saw, policy, named_by_office=named.get(path))
        put(dossier, path, folded(kept, dossier.by, policy), seq)
        if saw:
            _remember(case.ledger, dossier, path, saw & ids, role)
        written.append((path, policy))
    if form.plan.computes:
        put_computed(dossier, compute(form, shown(dossier), case.today), seq)
    for path, policy in written:
        _report(dossier, path, policy, op, result, entered=any(s.mark == mark for s in dossier.cells[path].siblings))
    if op.reason is not None and is_office(role):
        told = WireNote(op.id, op.reason, received_ms, role, case.actor.name, paths=list(op.set))
        dossier.notes.append(told)  # the citizen reads why the office wrote what it wrote
    return result


def _form(case: Case) -> Form:
    form = form_of(case)
    if not isinstance(form, Form):
        raise AssertionError("judged: the form is there")  # noqa: TRY004 - not the caller's type
    return form


def _report(dossier: Dossier, path: str, policy: Policy, op: Patch, result: Applied, *, entered: bool) -> None:
    siblings = dossier.cells[path].siblings
    row = row_of(path)
    if (row is not None and row_in_conflict(dossier, row)) or conflict_level(siblings, dossier.by, policy):
        result.paths.append(path)
    elif entered and policy != "row" and canonical_value(siblings[0].value) != canonical_value(op.set[path]):
        result.overridden.append(path)


def _unknown(ledger: Ledger, dossier: Dossier, op: Patch) -> frozenset[str]:
    """Return the ids a patch saw that are neither in a cell's marks nor applied or refused already."""
    if not op.saw:
        return frozenset()
    seen = {i for ids in op.saw.values() for i in ids if is_id(i)} - {mark.op for mark in dossier.by}
    return _not_settled(ledger, seen)


def _not_settled(ledger: Ledger, ids: set[str]) -> frozenset[str]:
    if not ids:
        return frozenset()
    known = ledger.known_fates(sorted(ids))
    return frozenset(i for i in ids if i not in known or known[i].outcome == "held")


def _remember(ledger: Ledger, dossier: Dossier, path: str, ids: frozenset[str], role: str) -> None:
    for identifier in sorted(ids):
        if ledger.name(dossier.id, path, identifier, by_office=is_office(role)):
            dossier.named += 1


def _attachment(case: Case, op: Attach) -> Attachment:
    role = case.entry.role or APPLICANT
    attachment = Attachment(op.id, op.slot, op.sha256, op.bytes, op.media, op.name, op.page, role)
    file = case.ledger.find_file(op.sha256, case.actor)
    if file is not None:
        meet(attachment, _form(case).plan.slot(op.slot), file)
    return attachment


def _detach(ledger: Ledger, dossier: Dossier, op: Detach, entry: Entry) -> None:
    saw = {i for i in op.saw if is_id(i)}
    there = {file.op for file in dossier.attachments if file.slot == op.slot}
    dossier.attachments = [f for f in dossier.attachments if f.slot != op.slot or f.op not in saw]
    _remember(ledger, dossier, SLOT + op.slot, _not_settled(ledger, saw - there), entry.role or APPLICANT)


def _raise_form(dossier: Dossier, op: Op) -> None:
    """Keep the highest version that ops were written for."""
    if op.form is not None and int(op.form.partition("@")[2]) > int(dossier.form.partition("@")[2]):
        dossier.form = op.form


def _submit(case: Case, dossier: Dossier, op: Submit, seq: int) -> None:
    if dossier.state != "draft":
        if op.expect.state == dossier.state == "5":
            _answer(case, dossier)
            return
        if dossier.code is None:
            raise AssertionError("a submitted dossier has its code")
        _give_code(case, dossier, dossier.code)  # healed: its author learns the code that stands
        return
    _raise_form(dossier, op)
    form = _form(case)
    if form.plan.computes:
        put_computed(dossier, compute(form, shown(dossier), case.today), seq)
    # Its unit is one of the day it came: what ended since then has others after it.
    came = local_day(dossier.created_ms)
    dossier.unit = case.world.unit_for(dossier.unit, came, case.today) or dossier.unit
    dossier.submitted_ms = case.entry.received_ms
    dossier.code = _code(case, dossier)
    dossier.secret = case.world.secret(dossier.id)
    _give_code(case, dossier, dossier.code)
    _step(case, dossier, "submit", "1", None)


def _give_code(case: Case, dossier: Dossier, code: str) -> None:
    case.entry.code, case.entry.proof = code, case.world.prove(dossier.id, code)
    case.entry.secret = dossier.secret


def _answer(case: Case, dossier: Dossier) -> None:
    state = "1" if dossier.received_ms is None else "4"
    paused(dossier, state, case.world, case.now_ms)
    _step(case, dossier, "submit", state, None)


def _code(case: Case, dossier: Dossier) -> str:
    """Return the code that was proven when the op came, else the next; none that a dossier has is given again."""
    restored, code = case.world.epoch > 1, case.entry.code
    while code is None or (restored and case.ledger.has_code(code)):
        day = local_day(case.now_ms).isoformat()[2:].replace("-", "")
        number = case.ledger.next_number(dossier.unit, day, case.world.numbers_from(day))
        code = f"{case.world.unit_code(dossier.unit)}-{day}-{number:04d}"
    return code


def _step(case: Case, dossier: Dossier, command: str, state: str, reason: str | None) -> None:
    dossier.state = state
    role = case.entry.role
    dossier.steps.append(WireStep(case.op.id, command, state, case.now_ms, dossier.unit, reason, role=role))


def _intake(actor: Actor, op: Create, unit: str) -> str | None:
    """Return the unit in which an officer takes in a dossier that another unit will handle, or null."""
    own = [unit for unit, roles in sorted(actor.units.items()) if not set(WRITING).isdisjoint(roles)]
    return own[0] if own and op.on_behalf is not None and unit not in own else None


def _plain(value: Any) -> dict[str, Any] | None:

    return None if value is None else to_builtins(value)
