"""What the engine asks of a ledger and of a feed, one fact a test."""

from contextlib import suppress
from typing import Any

import pytest

from sync.dossier import Cell, Dossier, Mark, Sibling
from sync.ledger import Entry, Event
from tests.contract.stores import Kept
from tests.unit.sync.bench import Office


class Broken(Exception):
    """A push that fails."""


def entry(office: Office, **changes: Any) -> Entry:
    known = {
        "op": office.id(), "dossier": office.id(), "person": office.an.person, "type": "patch", "body": b"{}",
        "digest": b"d" * 32, "received_ms": office.now, "at": office.now,
    }  # fmt: skip
    return Entry(**{**known, **changes})


def dossier(office: Office, **changes: Any) -> Dossier:
    known = {
        "id": office.id(), "procedure": "1.000001", "form": "1.000001@1", "unit": "06154", "channel": "online",
        "applicant": office.an.person,
    }  # fmt: skip
    return Dossier(**{**known, **changes})


def event(office: Office, seq: int, **changes: Any) -> Event:
    known = {
        "seq": seq, "kind": "op", "at_ms": office.now, "person": office.an.person, "op": office.id(),
        "dossier": office.id(), "type": "patch", "outcome": "applied", "digest": b"d" * 32,
    }  # fmt: skip
    return Event(**{**known, **changes})


def test_an_op_is_found_in_its_transaction_and_after_it(store: Kept, office: Office) -> None:
    op = entry(office, outcome="refused", reason=None, paths=["a.b"], was="applied", seq=3)
    with store.transaction() as ledger:
        assert ledger.find_op(op.op) is None
        ledger.add_op(op)
        assert ledger.find_op(op.op) is op
    with store.transaction() as ledger:
        assert ledger.find_op(op.op) == op


def test_an_op_is_added_once(store: Kept, office: Office) -> None:
    op = entry(office)
    with store.transaction() as ledger:
        ledger.add_op(op)
    with pytest.raises(Exception, match=r"once|UNIQUE"), store.transaction() as ledger:
        ledger.add_op(op)


def test_an_erased_body_is_kept_as_nothing(store: Kept, office: Office) -> None:
    op = entry(office, body=None, dossier="")
    with store.transaction() as ledger:
        ledger.add_op(op)
    with store.transaction() as ledger:
        assert ledger.find_op(op.op) == op


def test_a_moved_op_keeps_its_new_outcome(store: Kept, office: Office) -> None:
    op = entry(office)
    with store.transaction() as ledger:
        ledger.add_op(op)
    with store.transaction() as ledger:
        found = ledger.find_op(op.op)
        assert found is not None
        found.outcome, found.rev, found.role, found.seq = "applied", 7, "applicant", 9
        ledger.move_op(found)
    with store.transaction() as ledger:
        again = ledger.find_op(op.op)
        assert again is not None
        assert (again.outcome, again.rev, again.role, again.seq) == ("applied", 7, "applicant", 9)


def test_known_fates_are_those_that_are_there(store: Kept, office: Office) -> None:
    ops = [entry(office) for _ in range(1_200)]
    with store.transaction() as ledger:
        for op in ops[:1_100]:
            ledger.add_op(op)
    with store.transaction() as ledger:
        ledger.add_op(ops[1_100])
        found = ledger.known_fates([op.op for op in ops])
    assert set(found) == {op.op for op in ops[:1_101]}


def test_a_dossier_is_one_object_in_a_transaction_and_kept_as_it_stood(store: Kept, office: Office) -> None:
    made = dossier(office)
    with store.transaction() as ledger:
        assert ledger.find_dossier(made.id) is None
        ledger.save_dossier(made)
        assert ledger.find_dossier(made.id) is made
        made.by.append(Mark(office.id(), office.an.person, "applicant", 5))
        made.cells["a.name"] = Cell(4, [Sibling({"x": [1, "An", None]}, 0, 7)])
    with store.transaction() as ledger:
        found = ledger.find_dossier(made.id)
        assert found == made
        assert ledger.find_dossier(made.id) is found


def test_what_fails_leaves_nothing(store: Kept, office: Office) -> None:
    op, made = entry(office), dossier(office, state="1", submitted_ms=5)
    with store.transaction() as ledger:
        first = ledger.next_seq()
        ledger.record(event(office, first))
    with suppress(Broken), store.transaction() as ledger:
        ledger.add_op(op)
        ledger.save_dossier(made)
        seq = ledger.next_seq()
        ledger.record(event(office, seq))
        ledger.enter("p:" + office.an.person, seq, made.id, "changed")
        ledger.tell(office.an.person, seq, op.op)
        ledger.name(made.id, "a.name", op.op, by_office=False)
        ledger.next_number("06154", "261124")
        raise Broken
    feed = store.feed()
    assert feed.head() == first
    assert feed.entries("p:" + office.an.person, 0, 99, 9) == []
    assert feed.find_dossier(made.id) is None
    with store.transaction() as ledger:
        assert ledger.find_op(op.op) is None
        assert ledger.next_seq() == first + 1
        assert ledger.take_named(made.id, op.op) == {}
        assert ledger.next_number("06154", "261124") == 1
        assert ledger.held_of(op.dossier) == []
        assert ledger.held_count(office.an.person) == 0


def test_held_ops_of_a_dossier_come_oldest_first(store: Kept, office: Office) -> None:
    home = office.id()
    late, early, other = (
        entry(office, dossier=home, received_ms=9, seq=1), entry(office, dossier=home, received_ms=3, seq=2),
        entry(office),
    )  # fmt: skip
    done = entry(office, dossier=home, outcome="applied")
    with store.transaction() as ledger:
        for op in (late, early, other, done):
            ledger.add_op(op)
        assert [op.op for op in ledger.held_of(home)] == [early.op, late.op]
    with store.transaction() as ledger:
        found = ledger.held_of(home)
        assert [op.op for op in found] == [early.op, late.op]
        found[0].outcome = "applied"
        ledger.move_op(found[0])
        newest = entry(office, dossier=home, received_ms=10)
        ledger.add_op(newest)
        assert [op.op for op in ledger.held_of(home)] == [late.op, newest.op]


def test_only_ops_without_a_right_count_against_the_quota(store: Kept, office: Office) -> None:
    waiting = [entry(office, reason="waiting") for _ in range(3)]
    with store.transaction() as ledger:
        for op in (*waiting, entry(office, reason="late", role="applicant"), entry(office, outcome="applied")):
            ledger.add_op(op)
        assert ledger.held_count(office.an.person) == 3
        assert ledger.held_count(office.binh.person) == 0
    with store.transaction() as ledger:
        moved = ledger.find_op(waiting[0].op)
        assert moved is not None
        moved.outcome = "refused"
        ledger.move_op(moved)
        assert ledger.held_count(office.an.person) == 2
    with store.transaction() as ledger:
        assert ledger.held_count(office.an.person) == 2


def test_what_waited_too_long_comes_oldest_first(store: Kept, office: Office) -> None:
    ops = [entry(office, reason="waiting", received_ms=at) for at in (5, 3, 4, 20)]
    with store.transaction() as ledger:
        for op in (*ops, entry(office, reason="late", received_ms=1)):
            ledger.add_op(op)
    with store.transaction() as ledger:
        assert [op.received_ms for op in ledger.held_before("waiting", 10, 2)] == [3, 4]
        assert [op.received_ms for op in ledger.held_before("waiting", 10, 9)] == [3, 4, 5]


def test_what_waits_for_a_form_is_found_by_its_procedure(store: Kept, office: Office) -> None:
    mine = entry(office, reason="form-unknown", body=b'{"form":"1.000001@9"}')
    with store.transaction() as ledger:
        ledger.add_op(mine)
        ledger.add_op(entry(office, reason="form-unknown", body=b'{"form":"1.000002@9"}'))
        assert [op.op for op in ledger.held_for_form("1.000001")] == [mine.op]
    with store.transaction() as ledger:
        assert [op.op for op in ledger.held_for_form("1.000001")] == [mine.op]


def test_a_name_is_new_once_and_taken_once(store: Kept, office: Office) -> None:
    home, op = office.id(), office.id()
    with store.transaction() as ledger:
        assert ledger.name(home, "a.name", op, by_office=False)
        assert not ledger.name(home, "a.name", op, by_office=True)
        assert ledger.name(home, "a.note", op, by_office=False)
    with store.transaction() as ledger:
        assert not ledger.name(home, "a.name", op, by_office=False)
        assert ledger.take_named(home, op) == {"a.name": True, "a.note": False}
        assert ledger.take_named(home, op) == {}
    with store.transaction() as ledger:
        assert ledger.take_named(home, op) == {}


def test_numbers_count_for_each_unit_and_day(store: Kept) -> None:
    with store.transaction() as ledger:
        assert [ledger.next_number("06154", "261124") for _ in range(2)] == [1, 2]
        assert ledger.next_number("06151", "261124") == 1
    with store.transaction() as ledger:
        assert ledger.next_number("06154", "261124") == 3
        assert ledger.next_number("06154", "261125") == 1


def test_the_numbers_of_a_day_begin_above_what_an_earlier_epoch_may_have_given(store: Kept) -> None:
    with store.transaction() as ledger:
        assert [ledger.next_number("06154", "261124", 2_000) for _ in range(2)] == [2_001, 2_002]
    with store.transaction() as ledger:
        assert ledger.next_number("06154", "261124", 9_000) == 2_003, "only the first is asked where to begin"


def test_a_code_is_known_once_a_dossier_has_it(store: Kept, office: Office) -> None:
    made = dossier(office, state="1", submitted_ms=1, code="LS-06154-261124-0001")
    with store.transaction() as ledger:
        assert not ledger.has_code("LS-06154-261124-0001")
        ledger.save_dossier(made)
        assert ledger.has_code("LS-06154-261124-0001")
    with store.transaction() as ledger:
        assert ledger.has_code("LS-06154-261124-0001")
        assert not ledger.has_code("LS-06154-261124-0002")


def test_positions_are_never_given_twice(store: Kept, office: Office) -> None:
    with store.transaction() as ledger:
        seqs = [ledger.next_seq() for _ in range(3)]
        ledger.enter("u:06154", seqs[2], office.id(), "changed")
    assert store.feed().head() == seqs[2]
    with store.transaction() as ledger:
        assert ledger.next_seq() == seqs[2] + 1


def test_entries_of_a_scope_come_in_order_and_within_bounds(store: Kept, office: Office) -> None:
    scope, homes = "u:06154", [office.id() for _ in range(4)]
    with store.transaction() as ledger:
        for home in homes:
            ledger.enter(scope, ledger.next_seq(), home, "changed")
        ledger.enter("u:06151", ledger.next_seq(), homes[0], "whole")
        ledger.enter("p:" + office.an.person, ledger.next_seq(), homes[0], "gone:moved")
    feed = store.feed()
    assert feed.entries(scope, 1, 4, 9) == [
        (2, homes[1], "changed"),
        (3, homes[2], "changed"),
        (4, homes[3], "changed"),
    ]
    assert [seq for seq, *_ in feed.entries(scope, 0, 99, 2)] == [1, 2]
    assert feed.entries("u:06151", 0, 99, 9) == [(5, homes[0], "whole")]
    assert feed.entries("p:" + office.an.person, 0, 99, 9) == [(6, homes[0], "gone:moved")]


def test_outcomes_come_once_each_by_their_last_move(store: Kept, office: Office) -> None:
    one, two = entry(office, outcome="applied", rev=1), entry(office, outcome="applied", rev=2)
    with store.transaction() as ledger:
        for op in (one, two):
            ledger.add_op(op)
        for op in (one, two, one):
            ledger.tell(office.an.person, ledger.next_seq(), op.op)
    feed = store.feed()
    assert [op.op for op in feed.outcomes(office.an.person, 0, 9)] == [two.op, one.op]
    assert [op.op for op in feed.outcomes(office.an.person, 1, 2)] == [two.op]
    assert feed.outcomes(office.binh.person, 0, 9) == []


def test_ids_of_a_scope_are_those_it_sees_now_in_order(store: Kept, office: Office) -> None:
    draft, sent, elsewhere = (
        dossier(office), dossier(office, state="1", submitted_ms=1),
        dossier(office, state="2", submitted_ms=2, unit="06151"),
    )  # fmt: skip
    with store.transaction() as ledger:
        for made in (sent, draft, elsewhere):
            ledger.save_dossier(made)
            for scope in made.scopes:
                ledger.enter(scope, ledger.next_seq(), made.id, "changed")
    feed, own = store.feed(), "p:" + office.an.person
    assert feed.dossier_ids(own, "", 9) == [draft.id, sent.id, elsewhere.id]
    assert feed.dossier_ids(own, draft.id, 1) == [sent.id]
    assert feed.dossier_ids("u:06154", "", 9) == [sent.id]
    assert feed.dossier_ids("u:06151", "", 9) == [elsewhere.id]


def test_rights_are_those_held_now(store: Kept, office: Office) -> None:
    with store.transaction() as ledger:
        assert ledger.actor(office.officer.person) == office.officer
        assert ledger.actor(office.an.person) == office.an
