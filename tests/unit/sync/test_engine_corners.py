"""Corners of the engine: long histories, computed fields, rights that were lost, cursors that lead nowhere."""

from typing import Any

import pytest

from schemas.problems import RequestProblem
from sync.dossier import Cell, Dossier, Sibling
from sync.ledger import Actor
from sync.pull import snapshot
from sync.view import whose
from tests.unit.sync.bench import FORM, Office, form

MONEY = {"vi": "Tiền"}


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_long_history_does_not_grow_the_dossier(office: Office) -> None:
    dossier, last = office.filed()
    for number in range(60):
        name = chr(ord("A") + number % 26) + "n"
        new = office.op("patch", dossier, set={"a.name": name}, saw={"a.name": [last["id"]]})
        assert office.push(office.officer, new)[0].outcome == "applied"
        last = new
    seen = office.sees(office.an, dossier)
    assert [value for value, _ in seen.cells["a.name"]] == [name]
    assert (seen.by, seen.office) == ([last["id"]], [0])
    with office.ledger.transaction():
        kept = office.ledger.find_dossier(dossier)
        assert kept is not None
        assert len(kept.by) < 20


def test_a_computed_field_follows_its_sources_and_ignores_what_a_client_says(office: Office) -> None:
    section: dict[str, Any] = {
        "key": "fees",
        "title": MONEY,
        "fields": [
            {"key": "one", "kind": "money", "label": MONEY},
            {"key": "two", "kind": "money", "label": MONEY},
            {"key": "sum", "kind": "computed", "label": MONEY, "compute": "total", "of": ["fees.one", "fees.two"]},
        ],
    }
    office.world.publish(form(1, sections=[*FORM["sections"], section]))  # type: ignore[misc] # a list
    dossier, patch = office.draft(**{"a.name": "An", "fees.one": 5, "fees.two": 7, "fees.sum": 1})
    seen = office.sees(office.an, dossier)
    assert seen.cells["fees.sum"] == [(12, None)]
    cursor = office.pull(office.an).cursor
    saw = {"fees.one": [patch["id"]]}
    office.push(office.an, office.op("patch", dossier, set={"fees.one": 6}, saw=saw))
    assert office.pull(office.an, cursor).dossiers[0].cells["fees.sum"] == [(13, None)]
    cursor = office.pull(office.an).cursor
    office.push(office.an, office.op("patch", dossier, set={"a.note": "x"}))
    assert "fees.sum" not in office.pull(office.an, cursor).dossiers[0].cells


def test_work_of_an_officer_who_has_left_the_unit_is_held_for_another(office: Office) -> None:
    dossier, _ = office.filed()
    moved = Actor(office.officer.person, "Cán bộ", {"06151": ("counter",)}, frozenset({"06154"}))
    head = Actor(office.id(), "Lãnh đạo", {"06154": ("head",)})
    office.ledger.actors[moved.person] = moved
    office.ledger.actors[head.person] = head
    patch = office.op("patch", dossier, set={"a.note": "ghi ở xã cũ"})
    result = office.push(moved, patch)[0]
    assert (result.outcome, result.reason) == ("held", "right-lost")
    assert office.push(head, office.op("accept", dossier, op=patch["id"]))[0].outcome == "applied"
    assert office.sees(office.an, dossier).cells["a.note"][0][0] == "ghi ở xã cũ"


def test_a_closed_dossier_takes_notes_and_nothing_else(office: Office) -> None:
    dossier, _ = office.filed()
    with office.ledger.transaction():
        kept = office.ledger.find_dossier(dossier)
        assert kept is not None
        kept.state = "10"
        office.ledger.save_dossier(kept)
    results = office.push(
        office.an, office.op("patch", dossier, set={"a.note": "x"}), office.op("note", dossier, text="cảm ơn")
    )
    assert [(r.outcome, r.problem.code if r.problem else None) for r in results] == [
        ("refused", "dossier-closed"),
        ("applied", None),
    ]


@pytest.mark.parametrize(
    ("cursor", "code"),
    [("rubbish", "invalid"), ("e2.0.00000000", "epoch-changed"), ("e1.0.00000000", "cursor-expired")],
)
def test_a_cursor_that_leads_nowhere_says_so(office: Office, cursor: str, code: str) -> None:
    with pytest.raises(RequestProblem) as caught:
        office.pull(office.an, cursor)
    assert caught.value.problem.code == code


def test_a_cut_snapshot_goes_on_where_it_was_cut(office: Office) -> None:
    ids = sorted(office.filed()[0] for _ in range(5))

    def lines(after: str = "", cursor: str | None = None) -> list[Any]:
        return list(snapshot(office.ledger, office.officer, office.world.named, "e1", after, cursor))

    whole = lines()
    assert whole[0] == whole[-1]
    assert [line.id for line in whole[1:-1]] == ids
    rest = lines(ids[2], whole[0].cursor)
    assert (rest[0], [line.id for line in rest[1:-1]]) == (whole[0], ids[3:])
    with pytest.raises(RequestProblem):
        lines("not an id")


def test_a_dossier_is_whose_name_stands_first_in_it_else_theirs_who_filed_it() -> None:
    made = Dossier(
        id="d", procedure="p", form="p@1", unit="u", channel="online", applicant="an", people={"an": "Hoàng Thị An"}
    )
    assert whose(made) == "Hoàng Thị An"
    made.cells["members/x/full_name"] = Cell(1, [Sibling("Trong hàng", None)])
    made.cells["a.full_name"] = Cell(1, [])
    assert whose(made) == "Hoàng Thị An"
    made.cells["b.full_name"] = Cell(1, [Sibling("Lý Văn Bình", None)])
    assert whose(made) == "Lý Văn Bình"
    made.on_behalf = {"name": "Nông Thị Chi"}
    assert whose(made) == "Nông Thị Chi"


def test_why_an_officer_wrote_a_field_is_a_note_that_the_citizen_reads(office: Office) -> None:
    dossier, _ = office.filed()
    office.push(office.officer, office.op("patch", dossier, set={"a.name": "Ân"}, reason="theo thẻ"))
    office.push(office.an, office.op("patch", dossier, set={"a.name": "Anh"}, reason="tôi ghi nhầm"))
    with office.ledger.transaction():
        found = office.ledger.find_dossier(dossier)
    assert found is not None
    assert [(note.text, note.paths, note.visible) for note in found.notes] == [("theo thẻ", ["a.name"], "all")]
