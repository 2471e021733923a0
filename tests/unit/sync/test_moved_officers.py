"""An officer moved while offline: what was taken in under the old unit waits for its head, and is never lost."""

from typing import Any

import pytest
from msgspec.structs import replace

from sync.ledger import Actor
from tests.unit.sync.bench import Office
from tests.unit.sync.test_claims import BEHALF, claimed


class Moved:
    """An office with a head, whose counter officer was moved to another commune and then sends a day's work."""

    def __init__(self, *, to: str | None = "06151") -> None:
        self.office = office = Office()
        self.head = Actor(office.id(), "Trưởng", {"06154": ("head",)})
        self.officer = replace(
            office.officer, units={to: ("counter", "handler")} if to else {}, former_units=frozenset({"06154"})
        )
        office.ledger.actors |= {self.head.person: self.head, self.officer.person: self.officer}
        self.before = {who.person: office.pull(who).cursor for who in (self.head, office.inspector)}

    def sends(self, **keys: Any) -> tuple[str, list[Any]]:
        """Send what was taken in for the old unit; return the dossier and the results."""
        office = self.office
        dossier = office.id()
        begin = office.create(dossier, **{"channel": "field", "on_behalf": BEHALF, **keys})
        write = office.op("patch", dossier, set={"a.name": "Bình"})
        submit = office.op("submit", dossier, expect={"state": "draft"}, after=[begin["id"], write["id"]])
        return dossier, office.push(self.officer, begin, write, submit)


@pytest.fixture(params=["06151", None])
def moved(request: pytest.FixtureRequest) -> Moved:
    return Moved(to=request.param)


def outcomes(results: list[Any]) -> list[tuple[str, str | None]]:
    return [(result.outcome, result.reason) for result in results]


def test_work_taken_in_under_the_old_unit_is_held_for_its_head(moved: Moved) -> None:
    dossier, results = moved.sends()
    assert outcomes(results) == [("applied", None), ("applied", None), ("held", "right-lost")]
    got = moved.office.pull(moved.head, moved.before[moved.head.person]).dossiers
    assert [(each.id, each.whole, each.state) for each in got] == [(dossier, True, "draft")]
    assert [(held.op, held.reason) for held in got[0].held or []] == [(results[2].id, "right-lost")]
    assert moved.office.sees(moved.officer, dossier).held is not None


def test_a_head_accepts_it_and_it_is_with_the_office(moved: Moved) -> None:
    dossier, results = moved.sends()
    accept = moved.office.op("accept", dossier, op=results[2].id)
    assert moved.office.push(moved.head, accept)[0].outcome == "applied"
    seen = moved.office.sees(moved.head, dossier)
    assert (seen.state, seen.held, bool(seen.code)) == ("1", [], True)
    assert moved.office.push(moved.officer, moved.office.op("submit", dossier, expect={"state": "draft"}))[0].problem
    receive = moved.office.op("command", dossier, name="receive", expect={"state": "1"})
    assert moved.office.push(moved.head, receive)[0].outcome == "applied"


def test_a_head_declines_it_and_the_officer_learns_why(moved: Moved) -> None:
    dossier, results = moved.sends()
    cursor, theirs = moved.office.pull(moved.officer).cursor, moved.office.pull(moved.head).cursor
    decline = moved.office.op("decline", dossier, op=results[2].id, reason="Đã nhận ở quầy")
    assert moved.office.push(moved.head, decline)[0].outcome == "applied"
    told = moved.office.pull(moved.officer, cursor)
    assert [(each.outcome, each.officer_reason) for each in told.outcomes] == [("refused", "Đã nhận ở quầy")]
    pulled = moved.office.pull(moved.head, theirs)
    assert (pulled.dossiers, [each.id for each in pulled.gone]) == ([], [dossier])
    again = moved.office.op("submit", dossier, expect={"state": "draft"})
    assert outcomes(moved.office.push(moved.officer, again)) == [("held", "right-lost")]


def test_only_a_head_decides_over_it(moved: Moved) -> None:
    dossier, results = moved.sends()
    colleague = Actor(moved.office.id(), "Cán bộ", {"06154": ("counter", "handler")})
    moved.office.ledger.actors[colleague.person] = colleague
    for kind in ("accept", "decline"):
        op = moved.office.op(kind, dossier, op=results[2].id, reason="vì")
        assert moved.office.push(colleague, op)[0].outcome == "refused"


def test_work_for_the_new_unit_goes_on_and_a_faulty_one_is_refused_with_its_reason() -> None:
    moved = Moved()
    _, results = moved.sends(unit="06151")
    assert outcomes(results) == [("applied", None)] * 3
    office = moved.office
    dossier = office.id()
    begin = office.create(dossier, channel="field", on_behalf=BEHALF)
    submit = office.op("submit", dossier, expect={"state": "draft"})
    assert outcomes(office.push(moved.officer, begin, submit)) == [("applied", None), ("refused", None)]


def test_what_is_taken_in_for_a_unit_that_was_never_theirs_is_received_for_it_by_their_own() -> None:
    office = Office()
    inspector = replace(office.officer, person=office.id(), units={"06154": ("inspector",), "06151": ("counter",)})
    office.ledger.actors[inspector.person] = inspector
    for officer in (office.other, inspector):
        dossier = office.id()
        begin = office.create(dossier, channel="field", on_behalf=BEHALF)
        write = office.op("patch", dossier, set={"a.name": "Bình"})
        submit = office.op("submit", dossier, expect={"state": "draft"}, after=[begin["id"], write["id"]])
        assert outcomes(office.push(officer, begin, write, submit)) == [("applied", None)] * 3
        assert office.sees(office.officer, dossier).state == "1"


def test_an_officers_own_matter_and_what_was_claimed_go_to_any_unit() -> None:
    office = Office()
    own, claims = office.id(), office.id()
    begin = office.create(own)
    write = office.op("patch", own, set={"a.name": "Hải"})
    submit = office.op("submit", own, expect={"state": "draft"})
    assert outcomes(office.push(office.other, begin, write, submit)) == [("applied", None)] * 3
    office.push(office.other, office.create(claims, channel="field", on_behalf=BEHALF))
    assert claimed(office, claims, office.binh)
    ops = office.op("patch", claims, set={"a.name": "Bình"}), office.op("submit", claims, expect={"state": "draft"})
    assert outcomes(office.push(office.binh, *ops)) == [("applied", None)] * 2


def test_after_a_restore_what_a_head_had_taken_is_received_and_the_rest_waits_for_one() -> None:
    moved = Moved()
    moved.office.world.epoch = 2
    code = "LS-06154-261101-0042"
    for proven in (True, False):
        dossier = moved.office.id()
        begin = moved.office.create(dossier, channel="field", on_behalf=BEHALF, was="applied")
        write = moved.office.op("patch", dossier, set={"a.name": "Bình"}, was="applied")
        submit = moved.office.op("submit", dossier, expect={"state": "draft"}, was="applied")
        if proven:
            submit |= {"code": code, "proof": moved.office.world.prove(dossier, code)}
        result = moved.office.push(moved.officer, begin, write, submit)[2]
        assert (result.outcome, result.reason) == (("applied", None) if proven else ("held", "right-lost"))
        assert dossier in [each.id for each in moved.office.pull(moved.head, moved.before[moved.head.person]).dossiers]


def test_who_was_no_officer_there_takes_in_nothing() -> None:
    moved = Moved(to=None)
    _, results = moved.sends(unit="06151")
    assert results[0].outcome == "refused"


def test_what_waits_for_a_head_can_be_claimed_meanwhile(moved: Moved) -> None:
    dossier, results = moved.sends()
    assert claimed(moved.office, dossier, moved.office.binh)
    assert moved.office.sees(moved.office.binh, dossier).state == "draft"
    moved.office.push(moved.head, moved.office.op("accept", dossier, op=results[2].id))
    assert moved.office.sees(moved.office.binh, dossier).state == "1"
