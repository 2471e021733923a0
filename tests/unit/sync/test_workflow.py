"""A dossier's way through the office: every step from every state, and what a step does besides."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schemas.moments import HO_CHI_MINH
from schemas.steps import ARGS
from sync.deadlines import Calendar
from sync.dossier import Dossier
from sync.ledger import Actor, Allowed
from sync.workflow import CLOSED, COMMANDS, PAUSED, RUNNING, State, before_withdrawal, lawful
from tests.unit.sync.bench import Office, form

ARGUMENTS: dict[str, dict[str, Any]] = {
    "reject": {"reason": "không đúng nơi"},
    "hand_over": {"to": "Lý Văn Bình"},
    "ask_more": {
        "items": [{"text": "Ghi rõ tên", "path": "a.name"}, {"text": "Bản chính", "slot": "paper"}],
        "until": "2026-12-31",
        "reason": "thiếu",
    },
    "charge": {"amount": 8000, "item": "lệ phí"},
    "stop": {"reason": "quá hạn bổ sung"},
    "agree_withdrawal": {"reason": "theo đơn"},
    "refuse_withdrawal": {"reason": "đã ký"},
    "finish": {"result": "granted"},
    "give": {"how": "counter", "to": "An"},
    "reappoint": {"due": "2026-12-15", "reason": "cần xác minh"},
    "transfer": {"unit": "06151", "reason": "nhầm xã"},
}
#: A way into each state, as (who, step).
WAYS: dict[str, list[str]] = {
    "1": [],
    "2": ["receive"],
    "3": ["reject"],
    "4": ["receive", "start"],
    "5": ["receive", "ask_more"],
    "6": ["receive", "charge"],
    "7": ["receive", "withdraw"],
    "8": ["receive", "withdraw", "agree_withdrawal"],
    "9": ["receive", "start", "finish"],
    "10": ["receive", "start", "finish", "give"],
}
CALENDAR = Calendar("test", date(2026, 1, 1), date(2027, 12, 31), {}, {})


class Hall(Office):
    """An office with a counter officer, a handler and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.counter = self.joins("Cán bộ tiếp nhận", "counter")
        self.handler = self.joins("Công chức hộ tịch", "handler")
        self.head = self.joins("Chủ tịch", "head")
        self.world.times = {"1.000001": Allowed(3, "working_day")}
        self.world.calendar = CALENDAR

    def joins(self, name: str, *roles: str) -> Actor:
        actor = Actor(self.id(), name, {"06154": roles})
        self.ledger.actors[actor.person] = actor
        return actor

    def find(self, dossier: str) -> Dossier:
        with self.ledger.transaction():
            found = self.ledger.find_dossier(dossier)
        assert found is not None
        return found

    def command(self, actor: Actor, dossier: str, name: str, **keys: Any) -> str:
        """Give a command as the dossier stands; return the outcome, or the problem."""
        found = self.find(dossier)
        expect = {"state": found.state, **({"rev": found.rev} if COMMANDS[name].names_rev else {})}
        op = {"name": name, "expect": expect, "args": ARGUMENTS.get(name, {}), **keys}
        answer = self.push(actor, self.op("command", dossier, **op))[0]
        return answer.problem.code if answer.problem is not None else answer.outcome

    def withdraw(self, dossier: str) -> str:
        op = self.op("withdraw", dossier, expect={"state": self.find(dossier).state}, reason="đổi ý")
        return str(self.push(self.an, op)[0].outcome)

    def brought_to(self, state: str) -> str:
        dossier, _ = self.filed()
        for step in WAYS[state]:
            assert (
                self.withdraw(dossier) if step == "withdraw" else self.command(self.head, dossier, step)
            ) == "applied"
        assert self.find(dossier).state == state
        return dossier


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_every_command_has_arguments_and_every_state_a_way() -> None:
    assert set(COMMANDS) == set(ARGS)
    assert {"draft", *WAYS} == set(State.__args__)  # type: ignore[attr-defined] # a Literal has them


@pytest.mark.parametrize("role", ["counter", "handler", "head"])
@pytest.mark.parametrize("state", list(WAYS))
def test_a_step_is_taken_from_the_states_and_by_the_roles_of_the_table_alone(state: str, role: str) -> None:
    for name, step in COMMANDS.items():
        hall = Hall()
        dossier = hall.brought_to(state)
        asked_before = name == "ask_more" and state == "5"
        outcome = hall.command(getattr(hall, role), dossier, name)
        if state in CLOSED:
            assert outcome == "dossier-closed"
        elif state not in step.leaves or asked_before:
            assert outcome == "stale-state"
        elif role not in step.leaves[state]:
            assert outcome == "forbidden-op"
        else:
            assert outcome == "applied"
            assert name not in lawful(hall.find(dossier), "inspector")
            assert hall.find(dossier).state == {None: state, "back": "2"}.get(step.to, step.to)


def test_neither_the_applicant_nor_a_reader_takes_a_step(hall: Hall) -> None:
    dossier = hall.brought_to("1")
    for actor in (hall.an, hall.inspector):
        assert hall.command(actor, dossier, "receive") == "forbidden-op"
    assert hall.find(dossier).steps[-1].command == "submit"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("receive", {"note": "x"}),
        ("reject", {}),
        ("reject", {"reason": " "}),
        ("ask_more", {**ARGUMENTS["ask_more"], "items": []}),
        ("ask_more", {**ARGUMENTS["ask_more"], "until": "soon"}),
        ("charge", {"amount": -1, "item": "x"}),
        ("charge", {"amount": "8000", "item": "x"}),
        ("finish", {}),
        ("give", {"how": "counter"}),
        ("reappoint", {"due": "2026-12-15T17:00:00", "reason": "x"}),
        ("transfer", {"unit": "06151"}),
        ("hand_over", {"to": ""}),
    ],
)
def test_a_command_says_all_that_it_must_and_nothing_else(hall: Hall, name: str, args: dict[str, Any]) -> None:
    assert hall.command(hall.head, hall.brought_to("4"), name, args=args) == "malformed"


@pytest.mark.parametrize("name", [name for name, step in COMMANDS.items() if step.names_rev])
def test_what_leaves_the_state_or_decides_names_the_rev_it_saw(hall: Hall, name: str) -> None:
    dossier = hall.brought_to("4")
    assert hall.command(hall.head, dossier, name, expect={"state": "4"}) == "malformed"
    assert hall.command(hall.head, dossier, name, expect={"state": "4", "rev": 1}) == "stale-state"
    assert hall.command(hall.head, dossier, name) == "applied"


def test_more_is_asked_for_once_and_again_by_the_head_alone(hall: Hall) -> None:
    dossier = hall.brought_to("2")
    assert hall.command(hall.counter, dossier, "ask_more") == "applied"
    step = hall.sees(hall.an, dossier).steps[-1]  # type: ignore[index] # a whole dossier has them
    assert (step.reason, step.until, [item.path or item.slot for item in step.items or []]) == (
        "thiếu",
        "2026-12-31",
        ["a.name", "paper"],
    )
    assert hall.push(hall.an, hall.op("patch", dossier, set={"a.name": "Ân"}))[0].outcome == "conflict"
    assert hall.push(hall.an, hall.op("patch", dossier, set={"a.note": "x"}))[0].reason == "late"
    assert hall.push(hall.an, hall.op("submit", dossier, expect={"state": "5"}))[0].outcome == "applied"
    assert hall.find(dossier).state == "4"
    assert hall.command(hall.handler, dossier, "ask_more") == "forbidden-op"
    assert hall.command(hall.head, dossier, "ask_more") == "applied"


def test_what_is_asked_for_exists(hall: Hall) -> None:
    dossier = hall.brought_to("2")
    for item, problem in (
        ({"path": "a.nothing"}, "field-unknown"),
        ({"slot": "nothing"}, "slot-unknown"),
        ({"path": "a.ways"}, "applied"),
    ):
        args = {**ARGUMENTS["ask_more"], "items": [{"text": "x", **item}]}
        assert hall.command(hall.head, dossier, "ask_more", args=args) == problem


def test_rows_can_be_asked_for_as_a_whole(hall: Hall) -> None:
    dossier = hall.brought_to("1")
    args = {**ARGUMENTS["ask_more"], "items": [{"text": "Ghi thêm người", "path": "members"}]}
    assert hall.command(hall.counter, dossier, "ask_more", args=args) == "applied"
    row = hall.id()
    patch = hall.op("patch", dossier, set={f"members/{row}": "here", f"members/{row}/name": "Bình"})
    assert hall.push(hall.an, patch)[0].outcome == "applied"
    assert hall.push(hall.an, hall.op("submit", dossier, expect={"state": "5"}))[0].outcome == "applied"
    assert hall.find(dossier).state == "1"


def test_a_form_without_choices_is_asked_by_its_own_paths(hall: Hall) -> None:
    hall.world.publish(
        form(
            sections=[
                {"key": "a", "title": {"vi": "A"}, "fields": [{"key": "name", "kind": "name", "label": {"vi": "Tên"}}]}
            ]
        )
    )
    args = {**ARGUMENTS["ask_more"], "items": [{"text": "x", "path": "a.ways"}]}
    assert hall.command(hall.head, hall.brought_to("2"), "ask_more", args=args) == "field-unknown"


def test_one_new_day_is_promised_and_the_first_stays_known(hall: Hall) -> None:
    dossier = hall.brought_to("4")
    promised = hall.find(dossier).due
    assert hall.command(hall.head, dossier, "reappoint") == "applied"
    found = hall.find(dossier)
    assert (found.due, found.first_due) == ("2026-12-15T17:00:00+07:00", promised)
    assert found.steps[-1].args == {"due": "2026-12-15", "was": promised}
    assert hall.command(hall.head, dossier, "reappoint") == "forbidden-op"
    again = hall.brought_to("4")
    moment = {"due": "2026-12-15T02:30:00+00:00", "reason": "x"}
    assert hall.command(hall.head, again, "reappoint", args=moment) == "applied"
    assert hall.find(again).due == "2026-12-15T09:30:00+07:00"


def test_a_moved_dossier_leaves_one_unit_and_comes_whole_to_the_other(hall: Hall) -> None:
    dossier = hall.brought_to("4")
    cursor, other = hall.pull(hall.officer).cursor, hall.pull(hall.other).cursor
    assert hall.command(hall.head, dossier, "transfer", args={"unit": "06154", "reason": "x"}) == "forbidden-op"
    assert hall.command(hall.head, dossier, "transfer", args={"unit": "00000", "reason": "x"}) == "unit-unknown"
    assert hall.command(hall.head, dossier, "transfer") == "applied"
    assert [(gone.id, gone.why) for gone in hall.pull(hall.officer, cursor).gone] == [(dossier, "moved")]
    gained = hall.pull(hall.other, other).dossiers
    assert [(each.id, each.whole, each.unit) for each in gained] == [(dossier, True, "06151")]
    assert gained[0].code is not None
    assert gained[0].code.startswith("LS-06154-")
    op = hall.op("command", dossier, name="finish", expect={"state": "4", "rev": 9}, args={"result": "granted"})
    assert hall.push(hall.head, op)[0].reason == "right-lost"
    assert hall.command(hall.other, dossier, "finish") == "applied"
    assert hall.ledger.events[-1].receiving_unit == "06154"
    assert hall.ledger.events[-1].handling_unit == "06151"


def test_a_decision_waits_for_the_values_in_dispute(hall: Hall) -> None:
    dossier = hall.brought_to("4")
    assert hall.push(hall.handler, hall.op("patch", dossier, set={"a.name": "Ân"}))[0].outcome == "conflict"
    assert hall.command(hall.handler, dossier, "finish") == "conflict-open"
    siblings = hall.sees(hall.handler, dossier).conflicts[0].siblings  # type: ignore[index] # a whole dossier has them
    settle = hall.op(
        "patch", dossier, set={"a.name": "Ân"}, saw={"a.name": [each.op for each in siblings]}, reason="theo CCCD"
    )
    assert hall.push(hall.handler, settle)[0].outcome == "applied"
    assert hall.command(hall.handler, dossier, "finish") == "applied"


def test_a_refused_withdrawal_leads_back_and_an_agreed_one_ends(hall: Hall) -> None:
    for state, withdrawn in (("1", "1"), ("2", "2"), ("4", "4"), ("5", "5"), ("6", "6")):
        dossier = hall.brought_to(state)
        assert hall.withdraw(dossier) == "applied"
        assert hall.command(hall.head, dossier, "transfer", args={"unit": "06151", "reason": "x"}) == "applied"
        hall.ledger.actors[hall.head.person] = hall.head = Actor(
            hall.head.person, "Chủ tịch", {"06151": ("head",), "06154": ("head",)}
        )
        assert hall.command(hall.head, dossier, "refuse_withdrawal") == "applied"
        assert hall.find(dossier).state == withdrawn
    assert (
        before_withdrawal(
            Dossier(id="x", procedure="p", form="p@1", unit="u", channel="online", applicant="a", state="7")
        )
        == "7"
    )


def test_the_offices_time_begins_with_reception_stands_still_and_ends(hall: Hall) -> None:
    hall.now = ms("2026-11-23 09:00")
    dossier = hall.brought_to("1")
    assert hall.find(dossier).due is None
    assert hall.command(hall.counter, dossier, "receive") == "applied"
    found = hall.find(dossier)
    assert (found.due, found.first_due, found.calendar) == ("2026-11-26T17:00:00+07:00",) * 2 + ("test",)
    seen = hall.sees(hall.an, dossier)
    assert [(day.date, day.counted) for day in seen.trace or []][:2] == [("2026-11-23", False), ("2026-11-24", True)]
    hall.now = ms("2026-11-24 10:00")
    assert hall.command(hall.counter, dossier, "ask_more") == "applied"
    hall.now = ms("2026-11-24 14:00")
    assert hall.withdraw(dossier) == "applied"
    assert hall.command(hall.head, dossier, "refuse_withdrawal") == "applied"
    assert hall.find(dossier).paused_ms == ms("2026-11-24 10:00") + 1000
    hall.now = ms("2026-11-25 10:00")
    assert hall.push(hall.an, hall.op("submit", dossier, expect={"state": "5"}))[0].outcome == "applied"
    found = hall.find(dossier)
    assert (found.due, found.first_due, found.paused_ms) == (
        "2026-11-27T17:00:00+07:00",
        "2026-11-26T17:00:00+07:00",
        None,
    )
    assert found.trace[-1].why == "tạm dừng chờ 10:00 24/11 – 10:00 25/11"
    assert hall.command(hall.handler, dossier, "finish") == "applied"
    assert hall.ledger.events[-1].done_ms == hall.now


def test_where_no_time_is_set_or_the_calendar_ends_no_day_is_promised(hall: Hall) -> None:
    hall.world.times = {}
    assert hall.find(hall.brought_to("2")).due is None
    hall.world.times = {"1.000001": Allowed(900, "working_day")}
    assert hall.find(hall.brought_to("2")).due is None
    hall.world.times = {"1.000001": Allowed(1, "working_day")}
    dossier = hall.brought_to("6")
    promised = hall.find(dossier).due
    hall.world.calendar = Calendar("ended", date(2026, 1, 1), date(2026, 11, 1), {}, {})
    assert hall.command(hall.counter, dossier, "paid") == "applied"
    assert hall.find(dossier).due == promised


def test_a_hand_over_says_to_whom(hall: Hall) -> None:
    dossier = hall.brought_to("4")
    assert hall.command(hall.handler, dossier, "hand_over") == "applied"
    assert (hall.find(dossier).handler, hall.find(dossier).steps[-1].args) == ("Lý Văn Bình", {"to": "Lý Văn Bình"})


def test_a_lost_step_is_waived_by_a_person_after_a_restore() -> None:
    hall = Hall()
    hall.world.epoch = 2
    dossier = hall.brought_to("2")
    paid = hall.op("command", dossier, name="paid", expect={"state": "6"}, was="applied")
    assert hall.push(hall.counter, paid)[0].reason == "healing"
    assert hall.push(hall.head, hall.op("accept", dossier, op=paid["id"]))[0].outcome == "applied"
    assert hall.find(dossier).state == "4"


class Lives(RuleBasedStateMachine):
    """Several officers and a citizen at one dossier: whatever they try, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.hall = Hall()
        self.dossier, _ = self.hall.filed()
        self.codes = {self.hall.find(self.dossier).code}
        self.serial = itertools.count()

    @rule(
        name=st.sampled_from(sorted(COMMANDS)),
        who=st.sampled_from(["counter", "handler", "head", "an", "other"]),
        stale=st.booleans(),
        hours=st.integers(0, 40),
    )
    def command(self, name: str, who: str, stale: bool, hours: int) -> None:  # noqa: FBT001 - Hypothesis names its arguments
        self.hall.now += hours * 3_600_000
        before = self.hall.find(self.dossier)
        keys = {"expect": {"state": before.state, "rev": max(0, before.rev - 1)}} if stale else {}
        outcome = self.hall.command(getattr(self.hall, who), self.dossier, name, **keys)
        after = self.hall.find(self.dossier)
        if outcome == "applied":
            assert not stale
            assert before.state in COMMANDS[name].leaves
            assert after.rev == before.rev + 1
        else:
            assert after.state == before.state

    @rule(hours=st.integers(0, 40))
    def withdraw(self, hours: int) -> None:
        self.hall.now += hours * 3_600_000
        self.hall.withdraw(self.dossier)

    @rule()
    def answer(self) -> None:
        self.hall.push(self.hall.an, self.hall.op("submit", self.dossier, expect={"state": "5"}))

    @invariant()
    def time_runs_or_stands_still_with_the_state(self) -> None:
        found = self.hall.find(self.dossier)
        if found.state in RUNNING:
            assert found.paused_ms is None
            assert found.due is not None
        if found.state in PAUSED and found.received_ms is not None:
            assert found.paused_ms is not None
        assert (found.done_ms is not None) == (found.state in ("9", "10"))

    @invariant()
    def the_code_never_changes(self) -> None:
        self.codes.add(self.hall.find(self.dossier).code)
        assert len(self.codes) == 1

    @invariant()
    def the_steps_lead_to_the_state(self) -> None:
        found = self.hall.find(self.dossier)
        assert found.steps[-1].state == found.state
        assert sum(step.command == "reappoint" for step in found.steps) <= 1


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def ms(text: str) -> int:
    """Return ``2026-11-24 10:00`` in Ho Chi Minh City as milliseconds."""
    moment = datetime.fromisoformat(text).replace(tzinfo=HO_CHI_MINH)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000
