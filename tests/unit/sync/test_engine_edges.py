"""What the engine does at its edges: op by op, the answers that longer journeys do not come by."""

from typing import Any

import msgspec
import pytest

from schemas.problems import RequestProblem
from sync.dossier import Cell, Dossier, Sibling
from sync.judge import WAITING_DAYS
from sync.ledger import Actor, File
from sync.merge import compact, shown
from sync.pull import snapshot
from sync.push import forms_published, push, sweep
from sync.view import policy_of
from tests.unit.sync.bench import FORM, Office, form

SHA = "ab" * 32


@pytest.fixture
def office() -> Office:
    return Office()


def code(result: Any) -> str:
    return str(result.problem.code)


def attach(office: Office, dossier: str, **keys: Any) -> dict[str, Any]:
    return office.op("attach", dossier, **{"slot": "paper", "sha256": SHA, "bytes": 7, "media": "image/jpeg", **keys})


def asked(office: Office, dossier: str, actor: Actor) -> None:
    """Receive a dossier and ask its applicant for the name and the paper."""
    rev = office.sees(actor, dossier).rev
    receive = office.op("command", dossier, name="receive", expect={"state": "1"})
    args = {"items": [{"text": "Tên", "path": "a.name"}, {"text": "Giấy", "slot": "paper"}], "until": "2026-12-31"}
    ask = office.op(
        "command", dossier, name="ask_more", expect={"state": "2", "rev": rev + 1}, args={**args, "reason": "thiếu"}
    )
    assert [result.outcome for result in office.push(actor, receive, ask)] == ["applied"] * 2


def test_lists_of_ids_have_a_limit_in_every_op(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    many = [office.id() for _ in range(2_001)]
    detach = office.op("detach", dossier, slot="paper", saw=many[:501])
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=many)
    assert [code(result) for result in office.push(office.an, detach, submit)] == ["malformed"] * 2


def test_what_is_no_json_is_refused_in_its_place(office: Office) -> None:
    deep = b'{"id":' + b"[" * 200_000 + b"}"
    with office.ledger.transaction():
        results = push(office.ledger, office.world, office.an, [b"{", deep], office.now)
    assert [(result.id, code(result)) for result in results] == [(None, "malformed")] * 2


def test_an_op_that_cannot_be_read_has_one_outcome_too(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    broken = {**office.op("patch", dossier), "nothing": 1}
    first, again = office.push(office.an, broken)[0], office.push(office.an, broken)[0]
    assert (code(first), first.again, code(again), again.again) == ("malformed", False, "malformed", True)
    strange = {**office.op("patch", office.id()), "nothing": 1}
    assert code(office.push(office.an, strange)[0]) == "malformed", "also for a dossier that is not there"


def test_who_only_looks_writes_nothing(office: Office) -> None:
    dossier, _ = office.filed()
    patch = office.op("patch", dossier, set={"a.note": "x"})
    assert code(office.push(office.inspector, patch)[0]) == "forbidden-op"


def test_a_supplement_request_is_answered_with_what_it_asked_for(office: Office) -> None:
    dossier, _ = office.filed()
    asked(office, dossier, office.officer)
    results = office.push(office.an, attach(office, dossier), office.op("patch", dossier, set={"a.note": "thêm"}))
    assert [(result.outcome, result.reason) for result in results] == [("applied", None), ("held", "late")]
    answer = office.op("submit", dossier, expect={"state": "5"})
    assert office.push(office.an, answer)[0].outcome == "applied"
    assert office.sees(office.an, dossier).state == "4"


def test_what_waits_for_a_form_cannot_be_accepted(office: Office) -> None:
    dossier, _ = office.filed()
    newer = {**office.op("patch", dossier, set={"a.note": "x"}), "form": "1.000001@2"}
    assert office.push(office.an, newer)[0].reason == "form-unknown"
    accept = office.op("accept", dossier, op=newer["id"])
    assert code(office.push(office.officer, accept)[0]) == "stale-state"


def test_an_officer_lets_in_what_waits_for_an_op_that_never_came(office: Office) -> None:
    dossier, _ = office.filed()
    withdraw = office.op("withdraw", dossier, expect={"state": "1"}, after=[office.id()])
    assert office.push(office.an, withdraw)[0].reason == "waiting"
    assert office.push(office.officer, office.op("accept", dossier, op=withdraw["id"]))[0].outcome == "applied"
    assert office.sees(office.an, dossier).state == "7"


def test_a_submit_of_a_newer_form_waits_for_it_and_then_comes_in(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    submit = {**office.op("submit", dossier, expect={"state": "draft"}), "form": "1.000001@2"}
    assert office.push(office.an, submit)[0].reason == "form-unknown"
    withdraw = office.op("withdraw", dossier, expect={"state": "1"}, after=[submit["id"]])
    assert office.push(office.an, withdraw)[0].reason == "waiting"
    office.world.publish(form(2))
    with office.ledger.transaction():
        forms_published(office.ledger, office.world, "1.000001", office.now)
    assert office.sees(office.an, dossier).state == "7", "and what waited for it"


def test_a_create_of_a_newer_form_lets_in_what_was_written_since(office: Office) -> None:
    create = {**office.create(office.id()), "form": "1.000001@2"}
    patch = office.op("patch", create["dossier"], set={"a.name": "An"})
    assert [result.reason for result in office.push(office.an, create, patch)] == ["form-unknown", "waiting"]
    with office.ledger.transaction():
        forms_published(office.ledger, office.world, "1.000001", office.now)
    assert office.ledger.find_op(create["id"]).reason == "form-unknown", "another version is not the one it waits for"
    office.world.publish(form(2))
    with office.ledger.transaction():
        forms_published(office.ledger, office.world, "1.000001", office.now)
    assert office.sees(office.an, create["dossier"]).cells["a.name"] == [("An", 0)]


def test_what_a_release_brings_along_is_judged_once(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    submit = {**office.op("submit", dossier, expect={"state": "draft"}), "form": "1.000001@2"}
    patch = {**office.op("patch", dossier, set={"a.note": "x"}), "form": "1.000001@2"}
    assert [result.reason for result in office.push(office.an, submit, patch)] == ["form-unknown"] * 2
    office.world.publish(form(2))
    with office.ledger.transaction():
        forms_published(office.ledger, office.world, "1.000001", office.now)
    assert [office.ledger.find_op(op["id"]).rev for op in (submit, patch)] == [3, 4]
    assert office.sees(office.an, dossier).rev == 4


@pytest.mark.parametrize("last", ["patch", "accept"])
def test_an_officers_op_comes_in_once_the_dossier_is_handed_in_by_whatever_road(last: str) -> None:
    """After a restore: an officer's note comes before the submit, which itself waits for a patch or an acceptance."""
    office = Office(epoch=2)
    dossier, _ = office.draft(**{"a.name": "An"})
    late = office.op("patch", dossier, set={"a.note": "x"})
    submit = office.op("submit", dossier, expect={"state": "draft"}, after=[late["id"]])
    note = office.op("note", dossier, text="đã xem")
    assert [office.push(office.an, submit)[0].reason, office.push(office.officer, note)[0].reason] == ["waiting"] * 2
    if last == "patch":
        office.push(office.an, late)
    else:
        with office.ledger.transaction():
            kept = office.ledger.find_dossier(dossier)
            assert kept is not None
            kept.state, kept.submitted_ms, kept.code = "1", office.now, "LS-06154-261124-2001"
            office.ledger.save_dossier(kept)
        office.push(office.officer, office.op("decline", dossier, op=submit["id"], reason="đã có"))
        held = {**office.op("withdraw", dossier, expect={"state": "2"})}
        office.push(office.an, held)
        office.push(office.officer, office.op("accept", dossier, op=held["id"]))
    assert office.ledger.find_op(note["id"]).outcome == "applied"


def test_what_waited_learns_that_it_waits_for_something_else(office: Office) -> None:
    """A withdrawal overtakes its submit; once that is in, it is the state that is in its way."""
    dossier, _ = office.draft(**{"a.name": "An"})
    submit = office.op("submit", dossier, expect={"state": "draft"})
    withdraw = office.op("withdraw", dossier, expect={"state": "2"}, after=[submit["id"]])
    office.push(office.an, withdraw)
    cursor = office.pull(office.an).cursor
    office.push(office.an, submit)
    moved = office.pull(office.an, cursor).outcomes
    assert [(result.id, result.reason) for result in moved] == [(withdraw["id"], "stale-state")]


def test_the_body_of_a_held_op_may_be_erased(office: Office) -> None:
    dossier = office.id()
    note = office.op("note", dossier, text="x")
    office.push(office.an, note)
    with office.ledger.transaction():
        kept = office.ledger.find_op(note["id"])
        assert kept is not None
        kept.body = None
        office.ledger.move_op(kept)
    assert office.push(office.an, office.create(dossier))[0].outcome == "applied"
    with office.ledger.transaction():
        assert sweep(office.ledger, office.world, office.now + (WAITING_DAYS + 1) * 86_400_000) == 1
    assert office.ledger.find_op(note["id"]).outcome == "refused"


def test_a_healed_submit_of_a_submitted_dossier_learns_the_code_that_stands() -> None:
    office = Office(epoch=2)
    dossier, _ = office.filed()
    again = {**office.op("submit", dossier, expect={"state": "draft"}), "was": "applied"}
    result = office.push(office.an, again)[0]
    assert (result.outcome, result.code) == ("applied", office.sees(office.an, dossier).code)


def test_what_was_applied_and_breaks_a_rule_now_is_refused_all_the_same() -> None:
    office = Office(epoch=2)
    dossier, _ = office.draft(**{"a.name": "An"})
    wrong = {**office.op("patch", dossier, set={"a.phone": "không"}), "was": "applied"}
    assert code(office.push(office.an, wrong)[0]) == "field-invalid"


def test_a_replay_brings_the_code_only_with_its_proof() -> None:
    office = Office(epoch=2)
    dossier, kept = office.id(), "LS-06154-261101-0042"
    submit = office.op("submit", dossier, expect={"state": "draft"})
    assert office.push(office.an, submit)[0].reason == "waiting"
    office.push(office.an, {**submit, "was": "applied", "code": kept, "proof": "wrong"})
    assert office.ledger.find_op(submit["id"]).code is None
    proof = office.world.prove(dossier, kept)
    office.push(office.an, {**submit, "was": "applied", "code": kept, "proof": proof})
    office.push(office.an, office.create(dossier), office.op("patch", dossier, set={"a.name": "An"}))
    assert office.ledger.find_op(submit["id"]).code == kept


def test_a_total_is_worked_out_again_when_a_dossier_is_handed_in(office: Office) -> None:
    money = {"vi": "Tiền"}
    fields = [
        {"key": "one", "kind": "money", "label": money},
        {"key": "all", "kind": "computed", "label": money, "compute": "total", "of": ["fees.one"]},
    ]
    fees = {"key": "fees", "title": money, "fields": fields}
    office.world.publish(form(1, sections=[*FORM["sections"], fees]))
    dossier, _ = office.filed(**{"fees.one": 8_000})
    assert office.sees(office.an, dossier).cells["fees.all"] == [(8_000, None)]


def test_a_removed_row_shows_nothing(office: Office) -> None:
    rows = sorted(office.id() for _ in range(2))
    dossier, patch = office.draft(**{"a.name": "An", **{f"members/{row}/name": "Em" for row in rows}})
    more = office.op("patch", dossier, set={f"members/{rows[0]}/name": "Em bé", rows_path(rows[0]): "here"})
    gone = office.op("patch", dossier, set={rows_path(rows[1]): "gone"}, saw={rows_path(rows[1]): [patch["id"]]})
    office.push(office.an, more, gone)
    with office.ledger.transaction():
        kept = office.ledger.find_dossier(dossier)
        assert kept is not None
        kept.cells |= {f"members/{row}/age": Cell(1, [Sibling(row, None)]) for row in rows}
        assert {path for path in shown(kept) if "/" in path} == {f"members/{rows[0]}/{key}" for key in ("name", "age")}


def rows_path(row: str) -> str:
    return f"members/{row}"


def test_marks_are_dropped_and_computed_values_keep_none(office: Office) -> None:
    dossier, _ = office.draft(**{"a.name": "An"})
    with office.ledger.transaction():
        kept = office.ledger.find_dossier(dossier)
        assert isinstance(kept, Dossier)
        kept.by += [kept.by[0]] * 20
        kept.cells["fees.all"] = Cell(1, [Sibling(8_000, None)])
        compact(kept)
        assert (len(kept.by), kept.cells["a.name"].siblings[0].mark) == (1, 0)
        assert kept.cells["fees.all"].siblings[0].mark is None


def test_a_path_that_no_form_knows_folds_as_the_newest() -> None:
    assert policy_of(form(), "a.nothing") == policy_of(None, "a.name") == "latest"


def test_a_log_that_is_no_longer_kept_from_its_beginning_says_so(office: Office) -> None:
    dossier, _ = office.filed()
    old, present = office.pull(office.an).cursor, office.ledger.head()
    office.push(office.an, office.op("note", dossier, text="x"))
    office.ledger.forget(present)
    assert office.pull(office.an, old).dossiers[0].id == dossier, "at the floor nothing is missing yet"
    office.ledger.forget(present + 1)
    for cursor in ("", old):
        with pytest.raises(RequestProblem, match="cursor-expired"):
            office.pull(office.an, cursor)
    lines = list(snapshot(office.ledger, office.an, office.world.named, "e1"))
    assert [line.id for line in lines[1:-1]] == [dossier], "a snapshot is always whole"  # type: ignore[union-attr]


def test_a_snapshot_brings_a_dossier_once_though_two_scopes_see_it(office: Office) -> None:
    """An officer's own application in their own unit; and one that is nobody's to see any more is left out."""
    create = office.create(office.id())
    office.push(office.officer, create, office.op("patch", create["dossier"], set={"a.name": "An"}))
    office.push(office.officer, office.op("submit", create["dossier"], expect={"state": "draft"}))
    office.filed()

    class Slow(type(office.ledger)):  # type: ignore[misc] # a feed in which a dossier goes between two looks
        def find_dossier(self, dossier: str) -> Dossier | None:
            found: Dossier | None = super().find_dossier(dossier)
            return found if dossier == create["dossier"] else None

    office.ledger.__class__ = Slow
    lines = list(snapshot(office.ledger, office.officer, office.world.named, "e1"))
    assert [line.id for line in lines[1:-1]] == [create["dossier"]]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("file", "status", "why"),
    [
        (File(SHA, 7, "image"), "verified", None),
        (File(SHA, 8, "image"), "bad", "size"),
        (File(SHA, 7, "pdf"), "bad", "type"),
        (File(SHA, 7, None, "locked"), "bad", "locked"),
    ],
)
def test_an_attach_meets_a_file_that_its_author_has_sent(
    office: Office, file: File, status: str, why: str | None
) -> None:
    office.ledger.files[SHA] = file
    office.ledger.senders.add((office.an.person, SHA))
    dossier, _ = office.draft(**{"a.name": "An"})
    office.push(office.an, attach(office, dossier))
    found = office.sees(office.an, dossier).attachments[0]
    assert (found.status, found.why) == (status, why)
    other = office.create(office.id())
    office.push(office.binh, other, attach(office, other["dossier"]))
    stranger = office.sees(office.binh, other["dossier"]).attachments[0]
    assert stranger.status == "awaited", "naming a hash opens nothing"


def test_raw_and_encoded_ops_are_the_same(office: Office) -> None:
    create = office.create(office.id())
    with office.ledger.transaction():
        first = push(office.ledger, office.world, office.an, [msgspec.json.encode(create)], office.now)
        again = push(office.ledger, office.world, office.an, [msgspec.Raw(msgspec.json.encode(create))], office.now)
    assert (first[0].again, again[0].again) == (False, True)
