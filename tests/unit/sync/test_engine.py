"""The engine's contract, one fact a test (protocol §2 and §3)."""

from typing import Any

import pytest

from schemas.ids import id_from
from schemas.messages import OpResult
from schemas.moments import local_day
from sync.judge import WAITING_DAYS, WAITING_MAX
from sync.ledger import Actor
from sync.push import forms_published, push, sweep
from tests.unit.sync.bench import Office, form


@pytest.fixture
def office() -> Office:
    return Office()


def shown(office: Office, dossier: str, path: str, actor: Any = None) -> list[Any]:
    return [value for value, _ in office.sees(actor or office.an, dossier).cells[path]]


def code(result: OpResult) -> str | None:
    return result.problem.code if result.problem else None


def test_a_dossier_is_created_patched_submitted_and_gets_its_code(office: Office) -> None:
    dossier, patch = office.draft(**{"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[patch["id"]])
    result = office.push(office.an, submit)[0]
    assert (result.outcome, result.rev) == ("applied", 3)
    assert result.code == f"LS-06154-{local_day(office.now):%y%m%d}-0001"
    assert result.proof == office.world.prove(dossier, result.code)
    seen = office.sees(office.officer, dossier)
    assert (seen.state, seen.code, seen.whole) == ("1", result.code, True)
    assert seen.cells["a.name"][0][0] == "An"


def test_a_draft_is_seen_by_nobody_else(office: Office) -> None:
    office.draft(**{"a.name": "An"})
    assert office.pull(office.officer).dossiers == []
    assert office.pull(office.binh).dossiers == []


def test_a_replay_changes_nothing_and_says_again(office: Office) -> None:
    _, patch = office.draft(**{"a.name": "An"})
    seq = office.ledger.seq
    result = office.push(office.an, patch)[0]
    assert (result.outcome, result.rev, result.again) == ("applied", 2, True)
    assert office.ledger.seq == seq


def test_the_same_id_with_other_content_is_a_mismatch(office: Office) -> None:
    _, patch = office.draft(**{"a.name": "An"})
    assert code(office.push(office.an, {**patch, "set": {"a.name": "Ân"}})[0]) == "idempotency-mismatch"


def test_keys_gained_by_sending_again_are_not_content(office: Office) -> None:
    _, patch = office.draft(**{"a.name": "An"})
    assert office.push(office.an, {**patch, "was": "applied"})[0].again


def test_a_squatted_op_id_says_nothing_more(office: Office) -> None:
    _, patch = office.draft(**{"a.name": "An"})
    result = office.push(office.binh, patch)[0]
    assert (code(result), result.rev, result.again) == ("forbidden-op", None, False)


def test_what_the_author_saw_is_replaced_and_what_they_did_not_see_stays(office: Office) -> None:
    dossier, first = office.filed()
    mine = office.op("patch", dossier, set={"a.name": "Ân"}, saw={"a.name": [first["id"]]})
    theirs = office.op("patch", dossier, set={"a.name": "Ấn"}, saw={"a.name": [first["id"]]})
    assert office.push(office.an, mine)[0].outcome == "applied"
    result = office.push(office.officer, theirs)[0]
    assert (result.outcome, result.paths) == ("conflict", ["a.name"])
    conflict = office.sees(office.officer, dossier).conflicts[0]
    assert (conflict.level, {s.value for s in conflict.siblings}) == ("blocking", {"Ân", "Ấn"})
    settled = office.op(
        "patch", dossier, set={"a.name": "Ấn"}, saw={"a.name": [mine["id"], theirs["id"]]}, reason="theo căn cước"
    )
    assert office.push(office.officer, settled)[0].outcome == "applied"
    assert office.sees(office.an, dossier).conflicts == []


def test_a_write_already_seen_does_not_enter_when_it_comes_late(office: Office) -> None:
    dossier, first = office.filed()
    early = office.op("patch", dossier, set={"a.name": "Sớm"}, saw={"a.name": [first["id"]]})
    late = office.op("patch", dossier, set={"a.name": "Muộn"}, saw={"a.name": [first["id"], early["id"]]})
    office.push(office.an, late)
    result = office.push(office.an, early)[0]
    assert (result.outcome, result.overridden) == ("applied", None)
    assert shown(office, dossier, "a.name") == ["Muộn"]
    assert office.ledger.rows == {}


def test_equal_values_are_no_conflict_and_both_stay(office: Office) -> None:
    dossier, _ = office.filed()
    assert office.push(office.officer, office.op("patch", dossier, set={"a.name": "An"}))[0].outcome == "applied"
    assert shown(office, dossier, "a.name") == ["An", "An"]


def test_latest_shows_the_newest_and_tells_who_lost(office: Office) -> None:
    dossier, _ = office.filed()
    new = office.op("patch", dossier, set={"a.note": "mới"})
    old = {**office.op("patch", dossier, set={"a.note": "cũ"}), "at": office.now - 86_400_000}
    office.push(office.officer, new)
    result = office.push(office.an, old)[0]
    assert (result.outcome, result.overridden) == ("applied", ["a.note"])
    assert shown(office, dossier, "a.note") == ["mới", "cũ"]


def test_a_clock_ahead_counts_at_most_as_its_receipt(office: Office) -> None:
    dossier, _ = office.filed()
    ahead = {**office.op("patch", dossier, set={"a.note": "tương lai"}), "at": office.now + 10**11}
    office.push(office.an, ahead)
    office.push(office.officer, office.op("patch", dossier, set={"a.note": "sau"}, saw={}))
    office.now += 5000
    office.push(office.officer, office.op("patch", dossier, set={"a.note": "sau nữa"}))
    assert shown(office, dossier, "a.note")[0] == "sau nữa"


def test_under_office_an_applicant_replaces_nothing_of_the_office(office: Office) -> None:
    dossier, _ = office.filed()
    verified = office.op("patch", dossier, set={"a.checked": "đúng"})
    office.push(office.officer, verified)
    result = office.push(
        office.an, office.op("patch", dossier, set={"a.checked": "khác"}, saw={"a.checked": [verified["id"]]})
    )[0]
    assert (result.outcome, result.paths) == ("conflict", ["a.checked"])
    assert shown(office, dossier, "a.checked") == ["đúng", "khác"]
    assert office.sees(office.an, dossier).conflicts[0].level == "advisory"


def test_under_office_an_applicants_naming_does_not_keep_an_officers_op_out(office: Office) -> None:
    dossier, _ = office.filed()
    verified = office.op("patch", dossier, set={"a.checked": "đúng"})
    office.push(office.an, office.op("patch", dossier, set={"a.checked": "khác"}, saw={"a.checked": [verified["id"]]}))
    office.push(office.officer, verified)
    assert shown(office, dossier, "a.checked")[0] == "đúng"


def test_of_several_choices_true_wins(office: Office) -> None:
    dossier, first = office.filed(**{"a.ways/x": True})
    result = office.push(office.officer, office.op("patch", dossier, set={"a.ways/x": False}))[0]
    assert (result.outcome, result.overridden) == ("applied", ["a.ways/x"])
    assert shown(office, dossier, "a.ways/x")[0] is True
    seen = office.op("patch", dossier, set={"a.ways/x": False}, saw={"a.ways/x": [first["id"], result.id]})
    office.push(office.an, seen)
    assert shown(office, dossier, "a.ways/x") == [False]


def test_a_row_removed_by_who_saw_all_of_it_is_gone(office: Office) -> None:
    dossier, row = office.id(), office.id()
    member = office.op("patch", dossier, set={"a.name": "An", f"members/{row}/name": "Bé"})
    gone = office.op("patch", dossier, set={f"members/{row}": "gone"}, saw={f"members/{row}": [member["id"]]})
    results = office.push(office.an, office.create(dossier), member, gone)
    assert [r.outcome for r in results] == ["applied"] * 3
    assert office.sees(office.an, dossier).conflicts == []
    here = office.op("patch", dossier, set={f"members/{row}": "here"}, saw={f"members/{row}": [gone["id"]]})
    office.push(office.an, here)
    assert shown(office, dossier, f"members/{row}") == ["here"]
    assert shown(office, dossier, f"members/{row}/name") == ["Bé"]


def test_a_row_removed_against_an_edit_is_a_conflict_whatever_comes_first(office: Office) -> None:
    for edit_first in (True, False):
        row = office.id()
        dossier, member = office.filed(**{f"members/{row}/name": "Bé"})
        gone = office.op("patch", dossier, set={f"members/{row}": "gone"}, saw={f"members/{row}": [member["id"]]})
        edit = office.op(
            "patch", dossier, set={f"members/{row}/name": "Bi"}, saw={f"members/{row}/name": [member["id"]]}
        )
        pair = [(office.officer, edit), (office.an, gone)]
        for actor, op in pair if edit_first else reversed(pair):
            result = office.push(actor, op)[0]
        assert result.outcome == "conflict"
        assert [c.path for c in office.sees(office.an, dossier).conflicts] == [f"members/{row}"]


def test_a_file_detached_before_it_arrives_does_not_come_back(office: Office) -> None:
    dossier, _ = office.filed()
    attach = office.op("attach", dossier, slot="paper", sha256="a" * 64, bytes=9, media="image/jpeg", name="x", page=1)
    other = {**attach, "id": office.id(), "sha256": "b" * 64}
    office.push(office.an, office.op("detach", dossier, slot="paper", saw=[attach["id"]]), attach, other)
    assert [file.sha256 for file in office.sees(office.an, dossier).attachments] == ["b" * 64]
    office.push(office.an, office.op("detach", dossier, slot="paper", saw=[other["id"]]))
    assert office.sees(office.an, dossier).attachments == []
    assert code(office.push(office.an, {**attach, "id": office.id(), "slot": "none"})[0]) == "slot-unknown"


def test_ops_before_their_create_wait_and_release_themselves(office: Office) -> None:
    dossier = office.id()
    create = office.create(dossier)
    patch = office.op("patch", dossier, set={"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[create["id"], patch["id"]])
    assert [(r.outcome, r.reason) for r in office.push(office.an, submit, patch)] == [("held", "waiting")] * 2
    assert office.push(office.an, create)[0].outcome == "applied"
    assert office.sees(office.an, dossier).state == "1"
    assert {r.id: r.outcome for r in office.pull(office.an).outcomes} == {
        submit["id"]: "applied",
        patch["id"]: "applied",
    }


def test_a_long_chain_of_waiting_ops_is_released_without_recursion(office: Office) -> None:
    dossier, patch = office.draft(**{"a.name": "An"})
    chain = [office.op("note", dossier, text="0")]
    steps = []
    for _ in range(400):
        before = steps[-1]["id"] if steps else chain[0]["id"]
        steps.append(office.op("submit", dossier, expect={"state": "draft"}, after=[before]))
    office.push(office.an, *reversed(steps))
    office.push(office.an, *chain)
    ends = {office.ledger.find_op(step["id"]).outcome for step in steps}
    assert ends == {"applied", "refused"}
    del patch


def test_a_refused_predecessor_refuses_what_came_after_it(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    bad = office.op("patch", dossier, set={"a.phone": "không"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[bad["id"]])
    assert [code(r) for r in office.push(office.an, bad, submit)] == ["field-invalid", "predecessor-refused"]


def test_an_unreadable_predecessor_counts_as_refused(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    bad = {**office.op("patch", dossier, set={"a.name": "An"}), "surprise": 1}
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[bad["id"]])
    assert office.push(office.an, submit)[0].reason == "waiting"
    assert code(office.push(office.an, bad)[0]) == "malformed"
    assert office.ledger.find_op(submit["id"]).problem.code == "predecessor-refused"


def test_after_names_only_ops_of_the_same_author_and_dossier(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    _, elsewhere = office.draft(**{"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[elsewhere["id"]])
    assert code(office.push(office.an, submit)[0]) == "malformed"
    selfish = office.op("submit", dossier, expect={"state": "draft"})
    assert code(office.push(office.an, {**selfish, "after": [selfish["id"]]})[0]) == "malformed"


def test_submit_says_every_fault_at_once(office: Office) -> None:
    dossier, _ = office.draft(**{"a.note": "x"})
    result = office.push(office.an, office.op("submit", dossier, expect={"state": "draft"}))[0]
    assert code(result) == "rule-broken"
    assert [error.path for error in result.problem.errors] == ["a.name"]


def test_a_second_submission_is_stale(office: Office) -> None:
    dossier, _ = office.filed()
    result = office.push(office.an, office.op("submit", dossier, expect={"state": "draft"}))[0]
    assert code(result) == "stale-state"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [("a.none", "x", "field-unknown"), ("a.phone", 7, "field-invalid"), ("none/x", "y", "field-unknown")],
)
def test_unknown_paths_and_wrong_types_are_refused(office: Office, path: str, value: Any, expected: str) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    result = office.push(office.an, office.op("patch", dossier, set={"a.name": "Ân", path: value}))[0]
    assert (code(result), result.problem.path) == (expected, path)
    assert shown(office, dossier, "a.name") == ["An"]


def test_forms_newer_than_the_server_wait_and_all_else_unknown_is_refused(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    newer = {**office.op("patch", dossier, set={"a.note": "x"}), "form": "1.000001@2"}
    foreign = {**office.op("patch", dossier, set={"a.note": "x"}), "form": "1.000002@1"}
    results = office.push(office.an, newer, foreign)
    assert (results[0].outcome, results[0].reason, code(results[1])) == ("held", "form-unknown", "form-unknown")
    office.world.publish(form(2))
    with office.ledger.transaction():
        forms_published(office.ledger, office.world, "1.000001", office.now)
    assert office.ledger.find_op(newer["id"]).outcome == "applied"
    assert office.sees(office.an, dossier).form == "1.000001@2"


def test_a_whole_dossier_of_a_newer_form_is_released_together(office: Office) -> None:
    dossier = office.id()
    create = {**office.create(dossier), "form": "1.000001@2"}
    patch = {**office.op("patch", dossier, set={"a.name": "An"}), "form": "1.000001@2"}
    submit = {
        **office.op("submit", dossier, expect={"state": "draft"}, after=[create["id"], patch["id"]]),
        "form": "1.000001@2",
    }
    results = office.push(office.an, create, patch, submit)
    assert [(each.outcome, each.reason) for each in results] == [
        ("held", "form-unknown"),
        ("held", "waiting"),
        ("held", "waiting"),
    ]
    office.world.publish(form(2))
    with office.ledger.transaction():
        forms_published(office.ledger, office.world, "1.000001", office.now)
    assert [office.ledger.find_op(op["id"]).outcome for op in (create, patch, submit)] == ["applied"] * 3
    assert office.sees(office.an, dossier).state == "1"


def test_create_knows_its_unit_form_and_author(office: Office) -> None:
    create = office.create(office.id())
    cases = [
        ({"unit": "99999"}, "unit-unknown"),
        ({"procedure": "9.999999", "form": None}, "form-unknown"),
        ({"channel": "counter"}, "forbidden-op"),
    ]
    for change, expected in cases:
        assert code(office.push(office.an, {**create, "id": office.id(), **change})[0]) == expected
    assert office.push(office.an, create)[0].outcome == "applied"
    assert office.push(office.an, {**create, "id": office.id()})[0].outcome == "applied"
    assert code(office.push(office.binh, {**create, "id": office.id()})[0]) == "forbidden-op"


def test_a_form_is_closed_to_drafts_begun_after_its_end(office: Office) -> None:
    office.world.publish(form(1, effective_to="2026-06-30"))
    assert code(office.push(office.an, office.create(office.id()))[0]) == "form-closed"
    begun_before = id_from(1_780_000_000_000, 1 << 40)
    assert office.push(office.an, office.create(begun_before))[0].outcome == "applied"


def test_an_older_version_does_not_outlive_a_newer_one_that_has_ended(office: Office) -> None:
    office.world.publish(form(1))
    office.world.publish(form(2, effective_to="2026-06-30"))
    assert code(office.push(office.an, office.create(office.id()))[0]) == "form-closed"
    begun_before = id_from(1_780_000_000_000, 2 << 40)
    assert office.push(office.an, office.create(begun_before))[0].outcome == "applied"
    office.world.publish(form(3))
    assert office.push(office.an, office.create(office.id()))[0].outcome == "applied"


def test_a_stranger_cannot_tell_a_foreign_dossier_from_none(office: Office) -> None:
    dossier, _ = office.filed()
    for target in (dossier, office.id()):
        result = office.push(office.binh, office.op("patch", target, set={"a.name": "X"}))[0]
        assert (result.outcome, result.reason) == ("held", "waiting")
    assert office.sees(office.an, dossier).held == []


def test_waiting_for_the_invisible_has_a_quota_and_an_end(office: Office) -> None:
    ops = [office.op("note", office.id(), text="x") for _ in range(WAITING_MAX + 1)]
    last = office.push(office.binh, *ops)[-1]
    assert code(last) == "dossier-unknown"
    assert office.ledger.find_op(ops[-1]["id"]) is None
    office.now += (WAITING_DAYS + 1) * 86_400_000
    with office.ledger.transaction():
        assert sweep(office.ledger, office.world, office.now) > 0
    assert office.ledger.find_op(ops[0]["id"]).problem.code == "dossier-unknown"


def test_a_predecessor_that_never_comes_refuses_after_thirty_days(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[office.id()])
    assert office.push(office.an, submit)[0].reason == "waiting"
    assert [held.reason for held in office.sees(office.an, dossier).held] == ["waiting"]
    office.now += (WAITING_DAYS + 1) * 86_400_000
    with office.ledger.transaction():
        sweep(office.ledger, office.world, office.now)
    assert office.ledger.find_op(submit["id"]).problem.code == "predecessor-refused"
    assert office.sees(office.an, dossier).held == []


def receive(office: Office, dossier: str, **expect: Any) -> dict[str, Any]:
    return office.op("command", dossier, name="receive", expect={"state": "1", **expect})


def test_reception_is_compare_and_set_and_for_officers_of_the_unit(office: Office) -> None:
    dossier, _ = office.filed()
    assert code(office.push(office.an, receive(office, dossier))[0]) == "forbidden-op"
    assert code(office.push(office.inspector, receive(office, dossier))[0]) == "forbidden-op"
    assert office.push(office.other, receive(office, dossier))[0].reason == "waiting"
    assert code(office.push(office.officer, receive(office, dossier, rev=99))[0]) == "stale-state"
    assert code(office.push(office.officer, {**receive(office, dossier), "name": "dance"})[0]) == "forbidden-op"
    assert office.push(office.officer, receive(office, dossier, rev=3))[0].outcome == "applied"
    assert office.sees(office.an, dossier).state == "2"
    assert code(office.push(office.officer, receive(office, dossier))[0]) == "stale-state"


def test_a_late_edit_is_held_then_accepted_or_declined(office: Office) -> None:
    dossier, first = office.filed()
    office.push(office.officer, receive(office, dossier))
    cursor = office.pull(office.an).cursor
    edits = [office.op("patch", dossier, set={"a.name": name}, saw={"a.name": [first["id"]]}) for name in ("Ba", "Ca")]
    assert [r.reason for r in office.push(office.an, *edits)] == ["late", "late"]
    assert [h.reason for h in office.sees(office.officer, dossier).held] == ["late", "late"]
    assert code(office.push(office.an, office.op("accept", dossier, op=edits[0]["id"]))[0]) == "forbidden-op"
    accept = office.op("accept", dossier, op=edits[0]["id"], reason="đúng")
    decline = office.op("decline", dossier, op=edits[1]["id"], reason="sai tên")
    assert [r.outcome for r in office.push(office.officer, accept, decline)] == ["applied", "applied"]
    assert shown(office, dossier, "a.name") == ["Ba"]
    told = {r.id: r for r in office.pull(office.an, cursor).outcomes}
    assert (told[edits[0]["id"]].outcome, told[edits[0]["id"]].officer_reason) == ("applied", "đúng")
    assert (code(told[edits[1]["id"]]), told[edits[1]["id"]].officer_reason) == ("declined", "sai tên")
    assert office.sees(office.officer, dossier).held == []
    again = office.op("accept", dossier, op=edits[0]["id"])
    assert code(office.push(office.officer, again)[0]) == "stale-state"
    assert code(office.push(office.officer, office.op("decline", dossier, op=edits[0]["id"]))[0]) == "malformed"


def test_an_accept_waits_for_the_op_it_names(office: Office) -> None:
    dossier, first = office.filed()
    office.push(office.officer, receive(office, dossier))
    edit = office.op("patch", dossier, set={"a.name": "Ba"}, saw={"a.name": [first["id"]]})
    accept = office.op("accept", dossier, op=edit["id"])
    assert office.push(office.officer, accept)[0].reason == "waiting"
    assert office.push(office.an, edit)[0].outcome == "applied"
    assert office.ledger.find_op(accept["id"]).outcome == "applied"


def test_a_stale_withdrawal_is_held_and_a_fresh_one_applied(office: Office) -> None:
    dossier, _ = office.filed()
    office.push(office.officer, receive(office, dossier))
    stale = office.op("withdraw", dossier, expect={"state": "1"})
    assert office.push(office.an, stale)[0].reason == "stale-state"
    assert office.push(office.officer, office.op("accept", dossier, op=stale["id"]))[0].outcome == "applied"
    assert office.sees(office.an, dossier).state == "7"


def test_notes_for_the_office_are_not_shown_to_the_applicant(office: Office) -> None:
    dossier, _ = office.filed()
    office.push(office.officer, office.op("note", dossier, text="kín", visible="office"))
    office.push(office.inspector, office.op("note", dossier, text="mở", visible="all"))
    assert [n.text for n in office.sees(office.an, dossier).notes] == ["mở"]
    assert [n.text for n in office.sees(office.officer, dossier).notes] == ["kín", "mở"]


def test_limits_of_saw_and_size(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    many = [office.id() for _ in range(501)]
    wide = {f"a.{key}": many[:500] for key in ("name", "phone", "note", "checked", "none")}
    huge = {"a.note": "x" * 300_000}
    for keys in ({"set": {}, "saw": {"a.name": many}}, {"set": {}, "saw": wide}, {"set": huge}):
        assert code(office.push(office.an, office.op("patch", dossier, **keys))[0]) == "malformed"
    fine = office.op("patch", dossier, set={"a.note": "Ân"}, saw={"a.note": many[:500]})
    assert office.push(office.an, fine)[0].outcome == "applied"


@pytest.mark.parametrize("raw", [b"1", b"[]", b'{"id":7}', b'{"id":"x","type":"patch"}', b'{"type":"nothing"}'])
def test_an_op_without_a_usable_id_is_refused_in_its_place(office: Office, raw: bytes) -> None:
    with office.ledger.transaction():
        result = push(office.ledger, office.world, office.an, [raw], office.now)[0]
    assert (result.outcome, code(result)) == ("refused", "malformed")


def test_a_restored_server_holds_what_was_applied_and_cannot_be_yet() -> None:
    office = Office(epoch=2)
    dossier = office.id()
    create, patch = office.create(dossier), office.op("patch", dossier, set={"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[patch["id"]])
    receive_op = receive(office, dossier, rev=3)
    proof = office.world.prove(dossier, "LS-06154-261101-0042")
    held = office.push(office.officer, {**receive_op, "was": "applied"})[0]
    assert (held.outcome, held.reason) == ("held", "healing")
    refused = office.op("patch", dossier, set={"a.name": "Sai"})
    assert office.push(office.an, {**refused, "was": "refused"})[0].outcome == "refused"
    submit_again = {**submit, "was": "applied", "code": "LS-06154-261101-0042", "proof": proof}
    office.push(office.an, {**create, "was": "applied"}, {**patch, "was": "applied"}, submit_again)
    seen = office.sees(office.an, dossier)
    assert (seen.code, seen.state) == ("LS-06154-261101-0042", "2")
    assert office.ledger.find_op(receive_op["id"]).outcome == "applied"


def test_what_was_received_stays_received_though_a_required_value_is_not_back() -> None:
    """Another device had written it, and comes back later or never: the proven code says that it was there."""
    office = Office(epoch=2)
    dossier, code = office.id(), "LS-06154-261101-0042"
    office.push(office.an, {**office.create(dossier), "was": "applied"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, was="applied", code=code)
    submit["proof"] = office.world.prove(dossier, code)
    assert office.push(office.an, submit)[0].outcome == "applied"
    assert (office.sees(office.an, dossier).state, office.sees(office.an, dossier).code) == ("1", code)


def test_an_answer_that_was_taken_waits_for_what_is_not_back_and_an_officer_may_take_it_again() -> None:
    office = Office(epoch=2)
    dossier, code = office.id(), "LS-06154-261101-0042"
    submit = office.op("submit", dossier, expect={"state": "draft"}, was="applied", code=code)
    submit["proof"] = office.world.prove(dossier, code)
    office.push(office.an, {**office.create(dossier), "was": "applied"}, submit)
    rev = office.sees(office.an, dossier).rev
    items = [{"text": "Bổ sung họ tên", "path": "a.name"}]
    args = {"items": items, "until": "2026-12-01", "reason": "Thiếu"}
    ask = office.op("command", dossier, name="ask_more", expect={"state": "1", "rev": rev}, args=args)
    assert office.push(office.officer, ask)[0].outcome == "applied"
    answer = office.op("submit", dossier, expect={"state": "5"}, was="applied")
    held = office.push(office.an, answer)[0]
    assert (held.outcome, held.reason) == ("held", "healing")
    office.push(office.officer, office.op("accept", dossier, op=answer["id"]))
    assert office.sees(office.an, dossier).state == "1"


def test_before_any_restore_was_means_nothing(office: Office) -> None:
    result = office.push(office.binh, {**office.op("note", office.id(), text="x"), "was": "applied"})[0]
    assert result.reason == "waiting"


def test_officers_work_for_others_counts_as_the_applicants_until_reception(office: Office) -> None:
    dossier = office.id()
    behalf = {
        "name": "Lý Thị Sáng", "relation": "self", "seen": "known",
        "consent": {"text": "đồng ý", "version": "1", "at": office.now},
    }  # fmt: skip
    create = office.create(dossier, channel="field", on_behalf=behalf)
    patch = office.op("patch", dossier, set={"a.name": "Sáng", "a.checked": "x"})
    submit = office.op("submit", dossier, expect={"state": "draft"})
    results = office.push(office.officer, create, patch, submit)
    assert [r.outcome for r in results] == ["applied", "applied", "applied"]
    assert office.sees(office.officer, dossier).office == []  # they wrote for another, also in a field of the office's
    assert office.push(office.officer, receive(office, dossier))[0].outcome == "applied"


def test_a_pull_brings_only_the_cells_that_changed(office: Office) -> None:
    dossier, _ = office.filed(**{"a.note": "x"})
    cursor = office.pull(office.an).cursor
    office.push(office.officer, office.op("patch", dossier, set={"a.phone": "0987654321"}))
    pulled = office.pull(office.an, cursor)
    assert list(pulled.dossiers[0].cells) == ["a.phone"]
    assert office.pull(office.an, pulled.cursor).dossiers == []


def test_pages_of_a_pull_lead_to_each_other_and_miss_nothing(office: Office) -> None:
    ids = {office.filed()[0] for _ in range(7)}
    seen, cursor, more = set(), "", True
    while more:
        page = office.pull(office.officer, cursor, 2)
        assert len(page.dossiers) <= 2
        seen |= {d.id for d in page.dossiers}
        cursor, more = page.cursor, page.more
    assert seen == ids


def test_after_a_restore_revs_and_numbers_go_on_above_those_of_the_epoch_before() -> None:
    office = Office(epoch=3)
    dossier, _ = office.filed()
    assert office.sees(office.an, dossier).rev == 3_000_003
    assert str(office.sees(office.an, dossier).code).endswith("-3001")


def test_a_restored_dossier_keeps_its_rev_until_its_next_op() -> None:
    office = Office()
    dossier, _ = office.filed()
    office.world.epoch = 2
    assert office.sees(office.an, dossier).rev == 3
    office.push(office.an, office.op("note", dossier, text="còn đây", visible="all"))
    assert office.sees(office.an, dossier).rev == 2_000_001
    office.push(office.an, office.op("note", dossier, text="và đây", visible="all"))
    assert office.sees(office.an, dossier).rev == 2_000_002


def test_a_code_that_a_dossier_has_is_not_given_again() -> None:
    """A day without a counter, and dossiers that brought their codes from the epoch before."""
    office = Office(epoch=2)
    day = "261124"
    taken = [f"LS-06154-{day}-{number}" for number in (2001, 2002)]
    for code in taken:
        dossier = office.id()
        submit = office.op("submit", dossier, expect={"state": "draft"}, was="applied", code=code)
        submit["proof"] = office.world.prove(dossier, code)
        results = office.push(
            office.an, office.create(dossier), office.op("patch", dossier, set={"a.name": "An"}), submit
        )
        assert results[2].code == code
    dossier, _ = office.filed()
    assert office.sees(office.an, dossier).code == f"LS-06154-{day}-2003"


def test_a_proven_code_that_another_dossier_has_gives_way() -> None:
    """Two machines may have given it out after the same backup; the one that is there keeps it."""
    office = Office(epoch=2)
    first, _ = office.filed()
    code = str(office.sees(office.an, first).code)
    dossier = office.id()
    submit = office.op("submit", dossier, expect={"state": "draft"}, was="applied", code=code)
    submit["proof"] = office.world.prove(dossier, code)
    results = office.push(office.an, office.create(dossier), office.op("patch", dossier, set={"a.name": "An"}), submit)
    assert [result.outcome for result in results] == ["applied"] * 3
    assert results[2].code not in (None, code)
    assert results[2].proof == office.world.prove(dossier, str(results[2].code))


def test_what_waited_for_its_dossier_goes_on_waiting_for_an_op_and_is_released_by_it() -> None:
    """A submit overtakes its create and its patch; each lets it in a step further."""
    office = Office()
    dossier = office.id()
    create, patch = office.create(dossier), office.op("patch", dossier, set={"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[create["id"], patch["id"]])
    assert [r.reason for r in office.push(office.an, submit)] == ["waiting"]
    office.push(office.an, create)
    assert [held.op for held in office.sees(office.an, dossier).held] == [submit["id"]]
    office.push(office.an, patch)
    assert office.sees(office.an, dossier).state == "1"
    assert office.sees(office.an, dossier).held == []


def test_who_heads_what_came_after_moves_a_dossier_and_does_nothing_else_with_it() -> None:
    office = Office()
    heir = Actor(office.id(), "Lãnh đạo xã mới", {"06154": ("heir",), "06151": ("head",)})
    office.ledger.actors[heir.person] = heir
    dossier = office.id()
    create, patch = office.create(dossier), office.op("patch", dossier, set={"a.name": "An"})
    office.push(office.an, create, patch, office.op("submit", dossier, expect={"state": "draft"}))
    assert office.sees(heir, dossier).state == "1"
    rev = office.sees(heir, dossier).rev

    def asked(name: str, **args: Any) -> dict[str, Any]:
        return office.op("command", dossier, name=name, expect={"state": "1", "rev": rev}, args=args)

    codes = [
        result.problem.code if result.problem is not None else result.outcome
        for result in office.push(
            heir, asked("receive"), asked("reappoint", due="2026-12-01", reason="r"),
            office.op("patch", dossier, set={"a.name": "Bình"}), asked("transfer", unit="06151", reason="r"),
        )
    ]  # fmt: skip
    assert codes == ["forbidden-op", "forbidden-op", "forbidden-op", "applied"]
    assert office.sees(heir, dossier).steps[-1].role == "head"
    assert office.push(heir, office.op("note", dossier, text="đã chuyển", visible="all"))[0].outcome == "applied"


def test_what_an_officer_takes_in_for_another_unit_keeps_who_took_it_in(office: Office) -> None:
    behalf = {
        "name": "Vi Thị Mẩy",
        "relation": "self",
        "seen": "known",
        "consent": {"text": "t", "version": "1", "at": office.now},
    }
    for unit, intake in (("06151", "06154"), ("06154", None)):
        dossier = office.id()
        begin = office.create(dossier, unit=unit, channel="counter", on_behalf=behalf)
        assert office.push(office.officer, begin)[0].outcome == "applied"
        found = office.ledger.find_dossier(dossier)
        assert found is not None
        assert (found.intake, found.receiving_unit, found.unit) == (intake, "06154", unit)
    assert {(event.receiving_unit, event.handling_unit) for event in office.ledger.events} == {
        ("06154", "06151"), ("06154", "06154"),
    }  # fmt: skip
