"""A push: each op finds its one outcome (protocol §3 and §4).

For each op, in the order sent: is it readable; is it a replay; may its author do this; then it is applied, held or
refused, and whatever it released is judged again. The results are read at the end, as things stand then.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from schemas.ids import is_id
from schemas.messages import OpResult
from schemas.moments import to_ms
from schemas.ops import OP_BYTES_MAX, Accept, Command, Create, Decline, Op, Submit, Withdraw, canonical, decode_op
from schemas.problems import Problem, op_problem
from sync.dossier import Dossier, Held
from sync.effects import apply, begin, forget_named
from sync.judge import Case, Hold, Refuse, judge, malformed, waited_too_long
from sync.ledger import Actor, Entry, Event, Ledger, World
from sync.merge import APPLICANT, compact
from sync.rights import may_see
from sync.workflow import revs_of

RELEASED_BY_ITSELF = frozenset({"waiting", "form-unknown", "healing"})
SWEEP_MAX = 500


def push(
    ledger: Ledger,
    world: World,
    actor: Actor,
    raw_ops: Sequence[bytes | msgspec.Raw],
    now_ms: int,
    device: str | None = None,
) -> list[OpResult]:
    """Give each op its outcome and return the results in the order sent."""
    reconciler = _Reconciler(ledger, world, now_ms, device)
    read = [_read(raw) for raw in raw_ops]
    ops = [op for op in read if not isinstance(op, str)]
    ledger.expect([op.id for op in ops], list({op.dossier: None for op in ops}))
    answers = [reconciler.receive(actor, raw, op) for raw, op in zip(raw_ops, read, strict=True)]
    return [a if isinstance(a, OpResult) else result_of(a[0], again=a[1]) for a in answers]


def sweep(ledger: Ledger, world: World, now_ms: int) -> int:
    """Refuse what has waited for too long; return how many ops that were."""
    late = list(waited_too_long(ledger, now_ms, SWEEP_MAX))
    reconciler = _Reconciler(ledger, world, now_ms)
    for entry in late:
        reconciler.give_up(entry)
    return len(late)


def forms_published(ledger: Ledger, world: World, procedure: str, now_ms: int) -> None:
    """Judge again what was held because its form was newer than the server."""
    reconciler = _Reconciler(ledger, world, now_ms)
    for entry in ledger.held_for_form(procedure):
        if entry.outcome == "held":  # what another's release brought along is done
            reconciler.release_for_form(entry)


def claim(ledger: Ledger, world: World, claimer: Actor, dossier: Dossier, now_ms: int) -> bool:
    """Give a dossier that an officer took in to whom it is for; return whether it is theirs now.

    It comes whole to its new owner. Who began it goes on sending a draft, and sees what was sent through their unit.
    Repeating it changes nothing; what belongs to somebody else already stays theirs.
    """
    if claimer.person in (dossier.applicant, dossier.begun_by) or dossier.begun_by is not None:
        return claimer.person == dossier.applicant
    if dossier.on_behalf is None:
        return False
    _Reconciler(ledger, world, now_ms).give(dossier, claimer)
    return True


def result_of(entry: Entry, *, again: bool = False) -> OpResult:
    """Return what the log says of an op, as a result."""
    return OpResult(
        id=entry.op,
        outcome=entry.outcome,  # type: ignore[arg-type] # the ledger keeps what was put in
        rev=entry.rev,
        reason=entry.reason if entry.outcome == "held" else None,  # type: ignore[arg-type] # as above
        problem=entry.problem,
        paths=entry.paths or None,
        overridden=entry.overridden or None,
        code=entry.code,
        proof=entry.proof,
        officer_reason=entry.officer_reason,
        again=again,
        secret=entry.secret,
    )


class _Reconciler:
    """One push under way: the ledger's transaction, what the world is like, and the moment."""

    def __init__(self, ledger: Ledger, world: World, now_ms: int, device: str | None = None) -> None:
        self.ledger, self.world, self.now_ms, self.device = ledger, world, now_ms, device

    def receive(self, actor: Actor, raw: bytes | msgspec.Raw, op: Op | str) -> Any:
        """Return a result, or an entry and whether it was known, to be read at the end of the push."""
        if isinstance(op, str):
            return self._unreadable(actor, raw, op)
        wrong = malformed(op) if memoryview(raw).nbytes <= OP_BYTES_MAX else "an op has at most 256 KiB"
        if wrong:
            return self._unreadable(actor, raw, wrong)
        body = canonical(raw)
        digest = sha256(body).digest()
        known = self._replay(actor, op.id, digest)
        if known is not None:
            return self._with_code(op, known)
        entry = Entry(
            op=op.id, dossier=op.dossier, person=actor.person, type=_type(op), body=body,
            digest=digest, received_ms=self.now_ms, at=to_ms(op.at), was=op.was, device=self.device,
        )  # fmt: skip
        self._take_code(op, entry)
        return self._first(actor, op, entry)

    def release(self, entry: Entry, waived: str | None = None) -> bool:
        """Judge a held op again; return whether its outcome moved."""
        if entry.body is None:
            return False
        op = decode_op(entry.body)
        actor = self.ledger.actor(entry.person)
        dossier = self.ledger.find_dossier(entry.dossier)
        case = Case(self.ledger, self.world, actor, entry, op, dossier, self.now_ms, waived)
        ruling = judge(case)
        if isinstance(ruling, Hold):
            return self._hold_again(case, ruling)
        self._unlist(dossier, entry.op)
        seq = self.ledger.next_seq()
        if isinstance(ruling, Refuse):
            self._refuse(case, ruling.problem, seq)
        else:
            self._apply(case, seq)
        return True

    def release_for_form(self, entry: Entry) -> None:
        """Judge again an op whose form is known now, and then what waited for it, or for the dossier it began."""
        if self.release(entry):
            self._release_waiting(entry.dossier, {entry.op}, opened=_opens(entry))

    def give_up(self, entry: Entry) -> None:
        """Refuse an op that has waited for too long."""
        dossier = self.ledger.find_dossier(entry.dossier)
        seen = dossier is not None and any(held.op == entry.op for held in dossier.held)
        self._end(entry, op_problem("predecessor-refused" if seen else "dossier-unknown"), dossier)
        self._release_waiting(entry.dossier, {entry.op})

    def give(self, dossier: Dossier, claimer: Actor) -> None:
        """Make somebody the owner of a dossier, tell all scopes, and judge again what of theirs waited for it."""
        before, seq = dossier.scopes, self.ledger.next_seq()
        dossier.begun_by, dossier.applicant = dossier.applicant, claimer.person
        dossier.people[claimer.person] = claimer.name
        self.ledger.save_dossier(dossier)
        self._announce(dossier, seq, before)
        digest = sha256(f"claim\n{dossier.id}\n{claimer.person}".encode()).digest()
        self.ledger.record(
            self._event(
                dossier, seq, kind="claim", person=claimer.person, type="claim", digest=digest, op=None,
                dossier=dossier.id, outcome=None,
            )
        )  # fmt: skip
        self._release_waiting(dossier.id, set(), opened=True)

    def _end(self, entry: Entry, problem: Problem, dossier: Dossier | None) -> None:
        """Refuse a held op whatever it says, and tell its author."""
        self._unlist(dossier, entry.op)
        seq = self.ledger.next_seq()
        entry.outcome, entry.reason, entry.problem = "refused", None, problem
        self._settle_refused(dossier, entry, seq)

    def _unreadable(self, actor: Actor, raw: bytes | msgspec.Raw, detail: str) -> Any:
        problem = op_problem("malformed", detail[:500])
        try:
            content = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, RecursionError):
            return OpResult(None, "refused", problem=problem)
        identifier = content.get("id") if isinstance(content, dict) else None
        if not isinstance(identifier, str) or not is_id(identifier):
            return OpResult(identifier if isinstance(identifier, str) else None, "refused", problem=problem)
        body = canonical(raw)
        digest = sha256(body).digest()
        known = self._replay(actor, identifier, digest)
        if known is not None:
            return known
        named = content.get("dossier")
        entry = Entry(
            op=identifier, dossier=named if is_id(named) else "", person=actor.person, type="malformed",
            body=body if len(body) <= OP_BYTES_MAX else None, digest=digest,
            received_ms=self.now_ms, at=self.now_ms, outcome="refused", problem=problem, device=self.device,
        )  # fmt: skip
        dossier = self.ledger.find_dossier(entry.dossier) if entry.dossier else None
        mine = dossier if dossier is not None and may_see(actor, dossier) else None
        self._settle_refused(mine, entry, self.ledger.next_seq(), first=True)
        if mine is not None:
            self._release_waiting(mine.id, {entry.op})
        return entry, False

    def _replay(self, actor: Actor, identifier: str, digest: bytes) -> Any:
        known = self.ledger.find_op(identifier)
        if known is None:
            return None
        if known.person != actor.person:
            return OpResult(identifier, "refused", problem=op_problem("forbidden-op"))
        if known.digest != digest:
            return OpResult(identifier, "refused", problem=op_problem("idempotency-mismatch"), again=True)
        return known, True

    def _with_code(self, op: Op, known: Any) -> Any:
        """Let a replay bring the code of a ``submit`` that is held: a phone never told it may have sent it first."""
        if not isinstance(known, OpResult) and known[0].outcome == "held" and self._take_code(op, known[0]):
            self.ledger.move_op(known[0])
        return known

    def _take_code(self, op: Op, entry: Entry) -> bool:
        """Keep a proven code with its ``submit``, whose body does not hold it, until it is applied."""
        if not isinstance(op, Submit) or op.code is None or entry.code is not None:
            return False
        if op.proof is None or op.proof != self.world.prove(op.dossier, op.code):
            return False
        entry.code, entry.proof = op.code, op.proof
        return True

    def _first(self, actor: Actor, op: Op, entry: Entry) -> Any:
        dossier = self.ledger.find_dossier(op.dossier)
        case = Case(self.ledger, self.world, actor, entry, op, dossier, self.now_ms)
        if self.world.epoch == 1:
            entry.was = None
        if entry.was == "refused":
            ruling: Any = Refuse(op_problem("forbidden-op", "refused before the system was restored"))
        else:
            ruling = judge(case)
        if isinstance(ruling, Refuse) and not ruling.remembered:
            return OpResult(op.id, "refused", problem=ruling.problem)
        seq = self.ledger.next_seq()
        if isinstance(ruling, Hold):
            self._hold(case, ruling, seq)
        elif isinstance(ruling, Refuse):
            entry.outcome, entry.problem = "refused", ruling.problem
            mine = dossier if dossier is not None and entry.role is not None else None
            self._settle_refused(mine, entry, seq, first=True)
        else:
            self._apply(case, seq, first=True)
        settled = {op.id, op.op} if isinstance(op, Accept | Decline) else {op.id}
        self._release_waiting(op.dossier, settled, opened=_opens(entry))
        return entry, False

    def _hold(self, case: Case, ruling: Hold, seq: int) -> None:
        entry, dossier = case.entry, case.dossier
        entry.outcome, entry.reason, entry.seq = "held", ruling.reason, seq
        self.ledger.add_op(entry)
        self._record(entry, dossier, seq, "op")
        self._list(case, ruling, seq)

    def _hold_again(self, case: Case, ruling: Hold) -> bool:
        entry, moved = case.entry, ruling.reason != case.entry.reason
        if not moved and not self._is_to_be_listed(case, ruling):
            return False
        seq = self.ledger.next_seq()
        entry.reason, entry.seq = ruling.reason, seq
        self.ledger.move_op(entry)
        self._list(case, ruling, seq)
        if moved:
            self.ledger.tell(entry.person, seq, entry.op)
        return moved

    def _is_to_be_listed(self, case: Case, ruling: Hold) -> bool:
        """Return whether a held op is not yet listed with its dossier, which its author has come to see meanwhile."""
        listed = case.dossier is None or any(held.op == case.entry.op for held in case.dossier.held)
        return not listed and _is_listed(case, ruling)

    def _list(self, case: Case, ruling: Hold, seq: int) -> None:
        """Show a held op with its dossier, to all who see it."""
        entry, dossier = case.entry, case.dossier
        if dossier is None or not _is_listed(case, ruling):
            return
        self._unlist(dossier, entry.op)
        before, role = dossier.scopes, entry.role or APPLICANT
        dossier.held.append(Held(entry.op, ruling.reason, role, entry.person, entry.received_ms))
        dossier.people[case.actor.person] = case.actor.name
        self.ledger.save_dossier(dossier)
        self._announce(dossier, seq, before)

    def _apply(self, case: Case, seq: int, *, first: bool = False) -> None:
        entry, op = case.entry, case.op
        dossier, before = case.dossier, () if case.dossier is None else case.dossier.scopes
        if dossier is None and isinstance(op, Create):
            dossier = begin(case, op)
        if dossier is None:
            raise AssertionError("only a create is applied without a dossier")
        if isinstance(op, Create):
            entry.role = APPLICANT
        done = apply(case, dossier, seq)
        dossier.rev = max(dossier.rev, revs_of(self.world.epoch)) + 1
        entry.outcome, entry.reason = "conflict" if done.paths else "applied", None
        entry.rev, entry.seq = dossier.rev, seq
        entry.paths, entry.overridden = done.paths or None, done.overridden or None
        self._keep(entry, first=first)
        self._record(entry, dossier, seq, "op" if first else "moved")
        if isinstance(op, Accept | Decline):
            self._settle(op, dossier)
        compact(dossier)
        self.ledger.save_dossier(dossier)
        self._announce(dossier, seq, before)

    def _settle(self, op: Accept | Decline, dossier: Dossier) -> None:
        target = self.ledger.find_op(op.op)
        if target is None:
            raise AssertionError("judged: the op is held here")
        target.officer_reason = op.reason
        if isinstance(op, Decline):
            self._end(target, op_problem("declined", op.reason), dossier)
        elif not self.release(target, waived=target.reason):
            raise AssertionError("a waived reason never holds again")

    def _refuse(self, case: Case, problem: Problem, seq: int) -> None:
        case.entry.outcome, case.entry.reason, case.entry.problem = "refused", None, problem
        self._settle_refused(case.dossier, case.entry, seq)

    def _settle_refused(self, dossier: Dossier | None, entry: Entry, seq: int, *, first: bool = False) -> None:
        entry.seq = seq
        self._keep(entry, first=first)
        forget_named(self.ledger, dossier, entry.op)
        self._record(entry, dossier, seq, "op" if first else "moved")
        if dossier is not None and not first:
            self.ledger.save_dossier(dossier)
            self._announce(dossier, seq, dossier.scopes)

    def _unlist(self, dossier: Dossier | None, op: str) -> None:
        if dossier is not None:
            dossier.held = [held for held in dossier.held if held.op != op]

    def _keep(self, entry: Entry, *, first: bool) -> None:
        """Keep an op's outcome; its author is told where it has moved."""
        if first:
            self.ledger.add_op(entry)
        else:
            self.ledger.move_op(entry)
            self.ledger.tell(entry.person, entry.seq, entry.op)

    def _release_waiting(self, dossier_id: str, settled: set[str], *, opened: bool = False) -> None:
        """Judge again what waited for settled ops; where a dossier was just opened, all that waits for it."""
        dossier = self.ledger.find_dossier(dossier_id)
        if dossier is None or not (dossier.held or opened):
            return
        waiting = {
            entry.op: (entry, _waits_for(entry))
            for entry in self.ledger.held_of(dossier_id)
            if entry.reason in RELEASED_BY_ITSELF
        }
        healing = [op for op, (entry, _) in waiting.items() if entry.reason == "healing"]
        queue = [op for op, (_, names) in waiting.items() if opened or names & settled]
        queue += [op for op in healing if op not in queue]
        while queue:
            op = queue.pop(0)
            if op not in waiting or not self.release(waiting[op][0]):
                continue
            entry = waiting[op][0]
            if entry.outcome != "held":
                del waiting[op]
            opened = _opens(entry)
            queue += [w for w, (_, names) in waiting.items() if (opened or op in names) and w not in queue]
            queue += [w for w in healing if w in waiting and w not in queue]

    def _announce(self, dossier: Dossier, seq: int, before: tuple[str, ...]) -> None:
        """Enter the change into each scope that sees the dossier; a scope that just gained it gets it whole."""
        for scope in dossier.scopes:
            kind = "changed" if not before or scope in before else "whole"
            self.ledger.enter(scope, seq, dossier.id, kind)
        for scope in before:
            if scope not in dossier.scopes:
                self.ledger.enter(scope, seq, dossier.id, "gone:moved")

    def _record(self, entry: Entry, dossier: Dossier | None, seq: int, kind: str) -> None:
        self.ledger.record(
            self._event(
                dossier, seq, kind=kind, person=entry.person, type=entry.type, digest=entry.digest, op=entry.op,
                dossier=entry.dossier or None, outcome=entry.outcome,
            )
        )  # fmt: skip

    def _event(self, about: Dossier | None, seq: int, **said: Any) -> Event:
        """Return a line of the log, with what the dossier is like at that moment."""
        if about is None:
            return Event(seq=seq, at_ms=self.now_ms, **said)
        return Event(
            seq=seq, at_ms=self.now_ms, state=about.state, channel=about.channel,
            assisted=about.on_behalf is not None, level=self.world.level(about.procedure),
            receiving_unit=about.receiving_unit, handling_unit=about.unit, due=about.due, done_ms=about.done_ms,
            **said,
        )  # fmt: skip


def _read(raw: bytes | msgspec.Raw) -> Op | str:
    """Return an op with ids that are some, or why it cannot be read."""
    try:
        op = decode_op(raw)
    except (msgspec.MsgspecError, RecursionError) as fault:
        return str(fault)
    return op if is_id(op.id) and is_id(op.dossier) else "ids are UUIDv7 in small letters"


def _opens(entry: Entry) -> bool:
    """Return whether an op may have made its dossier visible to somebody whose ops wait for that."""
    return entry.outcome == "applied" and entry.type in ("create", "submit", "accept")


def _waits_for(entry: Entry) -> set[str]:
    """Return the ops that a held op names as its predecessors."""
    op = decode_op(entry.body) if entry.body is not None else None
    if isinstance(op, Accept | Decline):
        return {op.op}
    return set(op.after) if isinstance(op, Submit | Withdraw | Command) else set()


def _is_listed(case: Case, ruling: Hold) -> bool:
    """What waits for a dossier that its author cannot see is listed to nobody."""
    return ruling.reason in ("right-lost", "healing") or case.entry.role is not None


def _type(op: Op) -> str:
    return type(op).__name__.lower()
