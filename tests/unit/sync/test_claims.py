"""A claim: what an officer took in becomes the citizen's, whole, and nobody's work is lost (protocol §4)."""

from typing import Any

import pytest
from msgspec.structs import replace

from sync.ledger import Actor
from sync.push import claim
from tests.unit.sync.bench import Office

CONSENT = {"text": "Tôi đồng ý.", "version": "1", "at": 1_795_485_000_000}
BEHALF = {"name": "Lý Văn Bình", "relation": "self", "seen": "known", "consent": CONSENT}


@pytest.fixture
def office() -> Office:
    return Office()


def taken_in(office: Office, *, send: bool = True, by: Actor | None = None) -> tuple[str, dict[str, Any]]:
    """Have the officer take in a dossier for Bình; return its id and the ``create``."""
    dossier = office.id()
    begin = office.create(dossier, channel="field", on_behalf=BEHALF)
    ops = [begin, office.op("patch", dossier, set={"a.name": "Bình"})]
    if send:
        ops.append(office.op("submit", dossier, expect={"state": "draft"}))
    assert {result.outcome for result in office.push(by or office.officer, *ops)} == {"applied"}
    return dossier, begin


def claimed(office: Office, dossier: str, by: Actor) -> bool:
    office.now += 1000
    with office.ledger.transaction():
        found = office.ledger.find_dossier(dossier)
        assert found is not None
        return claim(office.ledger, office.world, by, found, office.now)


def test_a_claimed_dossier_comes_whole_to_its_owner_and_stays_with_the_office(office: Office) -> None:
    dossier, _ = taken_in(office)
    mine, theirs = office.pull(office.binh).cursor, office.pull(office.officer).cursor
    assert claimed(office, dossier, office.binh)
    got = office.pull(office.binh, mine).dossiers
    assert [(each.id, each.whole) for each in got] == [(dossier, True)]
    assert got[0].cells["a.name"][0][0] == "Bình"
    pulled = office.pull(office.officer, theirs)
    assert ([each.id for each in pulled.dossiers], pulled.gone) == ([dossier], [])
    assert office.ledger.events[-1].kind == "claim"
    assert office.ledger.events[-1].person == office.binh.person


def test_a_repeated_claim_changes_nothing_and_another_person_gets_nothing(office: Office) -> None:
    dossier, _ = taken_in(office)
    assert claimed(office, dossier, office.binh)
    seq = office.ledger.seq
    assert claimed(office, dossier, office.binh)
    assert not claimed(office, dossier, office.an)
    assert not claimed(office, dossier, office.officer)
    assert office.ledger.seq == seq


def test_who_began_it_holds_it_already_and_a_citizens_own_dossier_is_nobody_elses(office: Office) -> None:
    dossier, _ = taken_in(office)
    assert claimed(office, dossier, office.officer)
    own, _ = office.filed()
    assert not claimed(office, own, office.binh)


def test_the_secret_is_told_with_the_submit_and_to_the_owner_alone(office: Office) -> None:
    dossier, _ = taken_in(office)
    secret = office.world.secret(dossier)
    assert office.sees(office.officer, dossier).secret == secret
    claimed(office, dossier, office.binh)
    assert office.sees(office.binh, dossier).secret == secret
    assert office.sees(office.officer, dossier).secret is None
    own, _ = office.draft(**{"a.name": "An"})
    assert office.push(office.an, office.op("submit", own, expect={"state": "draft"}))[0].secret == office.world.secret(
        own
    )


def test_an_officer_goes_on_sending_a_draft_that_was_claimed(office: Office) -> None:
    dossier, begin = taken_in(office, send=False)
    assert claimed(office, dossier, office.binh)
    assert office.sees(office.officer, dossier).state == "draft"
    again = {**begin, "id": office.id()}
    submit = office.op("submit", dossier, expect={"state": "draft"})
    results = office.push(
        office.officer, begin, again, office.op("patch", dossier, set={"a.phone": "0987000111"}), submit
    )
    assert [result.outcome for result in results] == ["applied"] * 4
    assert office.sees(office.binh, dossier).state == "1"
    assert office.sees(office.officer, dossier).state == "1"


def test_both_correct_before_reception_and_the_office_is_the_office_after(office: Office) -> None:
    dossier, _ = taken_in(office)
    claimed(office, dossier, office.binh)
    for who in (office.binh, office.officer):
        assert office.push(who, office.op("patch", dossier, set={"a.note": "Nhà gần chợ"}))[0].outcome == "applied"
    receive = office.op("command", dossier, name="receive", expect={"state": "1"})
    assert office.push(office.officer, receive)[0].outcome == "applied"
    late = office.push(office.binh, office.op("patch", dossier, set={"a.phone": "0987000222"}))[0]
    assert (late.outcome, late.reason) == ("held", "late")


def test_what_an_officer_of_another_unit_still_sends_after_the_claim_is_held_and_never_lost(office: Office) -> None:
    other = replace(office.officer, person=office.id())
    office.ledger.actors[other.person] = other
    dossier, _ = taken_in(office, by=other)
    claimed(office, dossier, office.binh)
    other = replace(other, units={"06151": ("counter",)}, former_units=frozenset({"06154"}))
    office.ledger.actors[other.person] = other
    pulled = office.pull(other)
    assert dossier not in [each.id for each in pulled.dossiers]
    late = office.push(other, office.op("patch", dossier, set={"a.phone": "0987000111"}))[0]
    assert (late.outcome, late.reason) == ("held", "right-lost")
    assert [held.op for held in office.sees(office.officer, dossier).held or []] == [late.id]
    accept = office.op("accept", dossier, op=late.id)
    assert office.push(office.officer, accept)[0].outcome == "applied"
    assert office.sees(office.binh, dossier).cells["a.phone"][0][0] == "0987000111"


def test_what_waited_for_a_dossier_is_judged_when_it_is_claimed(office: Office) -> None:
    dossier, _ = taken_in(office)
    early = office.push(office.binh, office.op("patch", dossier, set={"a.phone": "0987000111"}))[0]
    assert (early.outcome, early.reason) == ("held", "waiting")
    assert claimed(office, dossier, office.binh)
    assert office.sees(office.binh, dossier).cells["a.phone"][0][0] == "0987000111"


def test_what_was_taken_in_is_received_and_its_held_work_settled_by_the_office(office: Office) -> None:
    dossier, _ = taken_in(office)
    receive = office.op("command", dossier, name="receive", expect={"state": "1"})
    assert office.push(office.officer, receive)[0].outcome == "applied"
    assert office.sees(office.officer, dossier).steps[-1].role == "handler"


def test_an_officer_answers_for_whom_they_helped(office: Office) -> None:
    dossier, _ = taken_in(office)
    rev = office.sees(office.officer, dossier).rev
    asked = {"items": [{"path": "a.phone", "text": "Số máy"}], "until": "2026-12-20", "reason": "Thiếu"}
    ask = office.op("command", dossier, name="ask_more", expect={"state": "1", "rev": rev}, args=asked)
    assert office.push(office.officer, ask)[0].outcome == "applied"
    claimed(office, dossier, office.binh)
    write = office.op("patch", dossier, set={"a.phone": "0987000111"})
    answer = office.op("submit", dossier, expect={"state": "5"}, after=[write["id"]])
    assert [result.outcome for result in office.push(office.officer, write, answer)] == ["applied"] * 2
    assert office.sees(office.binh, dossier).state == "1"
    own, _ = office.filed()
    again = office.op("submit", own, expect={"state": "1"})
    assert office.push(office.officer, again)[0].outcome == "refused"
