"""What becomes of a draft in the next version of its form, told in examples."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.forms import Form
from schemas.moves import Moved, move, move_on, place_papers, unplaced, unplaced_slots
from tests.unit.schemas.samples import ROW, field, form, section

PAPERS = Path(__file__).with_name("papers.json")
OPTIONS = [{"value": "car", "label": {"vi": "Xe"}}, {"value": "foot", "label": {"vi": "Đi bộ"}}]


def first(**more: Any) -> Form:
    return form(
        section("a", field("name", "name"), field("fax", "text"), field("born", "date"), field("n", "integer")),
        section("ways", field("by", "choices", options=OPTIONS), field("how", "choice", options=OPTIONS)),
        section("kin", field("name", "name"), field("age", "integer"), rows={}),
        section("sums", field("all", "computed", compute="total", of=["a.n"])),
        **more,
    )


def second(**moves: Any) -> Form:
    return form(
        section("a", field("full_name", "name"), field("born", "partial_date"), field("n", "text")),
        section("ways", field("by", "choices", options=OPTIONS[:1]), field("how", "choice", options=OPTIONS[:1])),
        section("kin", field("who", "name"), rows={}),
        section("sums", field("all", "computed", compute="total", of=["kin.years"]), field("years", "integer")),
        section("late", field("years", "integer")),
        version=2,
        **({"moves": {"from": 1} | moves} if moves else {}),
    )


DRAFT = {
    "a.name": "Nông Thị Én",
    "a.fax": "0205",
    "a.born": "1986-05-03",
    "a.n": 3,
    "ways.by/car": True,
    "ways.by/foot": True,
    "ways.how": "foot",
    f"kin/{ROW}": "here",
    f"kin/{ROW}/name": "Páo",
    f"kin/{ROW}/age": 7,
    "sums.all": 3,
}


def lost(moved: Moved) -> dict[str, str]:
    return {each["path"]: each["why"] for each in moved.left}


def test_a_draft_goes_where_the_new_form_says() -> None:
    moved = move(first(), second(rename={"a.name": "a.full_name", "kin/name": "kin.who"}, drop=["a.fax"]), DRAFT)
    assert moved.values == {
        "a.full_name": "Nông Thị Én",
        "a.born": "1986-05-03",
        "ways.by/car": True,
        f"kin/{ROW}": "here",
        f"kin/{ROW}/who": "Páo",
    }
    assert moved.renamed == [
        {"from": "a.name", "to": "a.full_name"},
        {"from": f"kin/{ROW}/name", "to": f"kin/{ROW}/who"},
    ]
    assert moved.dropped == [{"path": "a.fax", "value": "0205"}]
    assert lost(moved) == {
        "a.n": "no-fit",
        f"kin/{ROW}/age": "no-field",
        "ways.by/foot": "no-field",
        "ways.how": "no-fit",
    }


def test_a_form_that_says_nothing_of_this_version_moves_by_name_alone() -> None:
    assert lost(move(first(), second(), DRAFT))["a.name"] == "no-field"
    assert lost(move(first(version=3), second(rename={"a.name": "a.full_name"}), DRAFT))["a.fax"] == "no-field"


def test_two_answers_never_share_a_place() -> None:
    newer = form(section("a", field("name", "text")), version=2, moves={"from": 1, "rename": {"a.fax": "a.name"}})
    moved = move(first(), newer, {"a.name": "An", "a.fax": "0205"})
    assert moved.values == {"a.name": "An"}
    assert moved.left == [{"path": "a.fax", "value": "0205", "why": "taken"}]


def test_a_row_stays_a_row_and_nothing_is_put_into_what_is_computed() -> None:
    newer = second(rename={"kin.age": "late.years", "a.n": "sums.all", "a.fax": "kin.who"})
    moved = move(first(), newer, DRAFT)
    assert {f"kin/{ROW}/age": "no-field", "a.n": "no-fit", "a.fax": "no-field"}.items() <= lost(moved).items()


def test_what_did_not_fit_before_goes_along_with_its_field() -> None:
    older = form(section("a", field("born", "date"), field("phone", "phone")))
    newer = form(section("a", field("born", "date"), field("phone", "text")), version=2)
    moved = move(older, newer, {"a.born": "1986-02-31", "a.phone": " 09"})
    assert moved.values == {"a.born": "1986-02-31"}
    assert lost(moved) == {"a.phone": "no-fit"}


def test_an_option_is_renamed_with_its_field_or_by_itself() -> None:
    newer = form(
        section("ways", field("to", "choices", options=OPTIONS), field("walks", "yes_no")),
        version=2,
        moves={"from": 1, "rename": {"ways.by": "ways.to", "ways.by/foot": "ways.walks"}},
    )
    moved = move(first(), newer, {"ways.by/car": True, "ways.by/foot": False})
    assert moved.values == {"ways.to/car": True, "ways.walks": False}


def test_what_is_empty_is_not_told_of() -> None:
    moved = move(first(), second(drop=["a.fax"]), {"a.name": "", "a.fax": None, "ways.how": None, "sums.all": 3})
    assert (moved.left, moved.dropped) == ([], [])


def test_a_draft_moves_over_several_versions_and_is_told_of_in_its_own_paths() -> None:
    v1 = form(section("a", field("x", "text"), field("y", "text"), field("z", "text")))
    v2 = form(
        section("a", field("p", "text"), field("y", "text")), version=2, moves={"from": 1, "rename": {"a.x": "a.p"}}
    )
    v3 = form(section("a", field("q", "text")), version=3, moves={"from": 2, "rename": {"a.p": "a.q"}, "drop": ["a.y"]})
    moved = move_on([v1, v2, v3], {"a.x": "1", "a.y": "2", "a.z": "3"})
    assert moved == Moved(
        {"a.q": "1"},
        [{"from": "a.x", "to": "a.q"}],
        [{"path": "a.y", "value": "2"}],
        [{"path": "a.z", "value": "3", "why": "no-field"}],
    )
    leap = form(section("a", field("r", "text")), version=4, moves={"from": 1, "rename": {"a.z": "a.r"}})
    assert move_on([v1, v2, v3, leap], {"a.x": "1", "a.z": "3"}).values == {"a.r": "3"}
    assert move_on([v1], {"a.x": "1"}).values == {"a.x": "1"}


def test_a_path_that_changes_hands_is_told_of_by_its_first_name() -> None:
    v1 = form(section("a", field("x", "text"), field("y", "text")))
    v2 = form(section("a", field("y", "text")), version=2, moves={"from": 1, "rename": {"a.x": "a.y"}, "drop": ["a.y"]})
    moved = move_on([v1, v2], {"a.x": "1", "a.y": "2"})
    assert moved == Moved({"a.y": "1"}, [{"from": "a.x", "to": "a.y"}], [{"path": "a.y", "value": "2"}], [])


def test_the_paths_without_a_place_are_known_beforehand() -> None:
    newer = second(rename={"a.name": "a.full_name", "kin/name": "kin.who"}, drop=["a.fax"])
    assert unplaced(first(), newer) == ["ways.by/foot", "kin.age"]
    assert unplaced(first(), second()) == ["a.name", "a.fax", "ways.by/foot", "kin.name", "kin.age"]


def pages(given: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"sha256": name, "bytes": 10, "media": "image/jpeg", "name": ""} | more for name, more in given]


@pytest.mark.parametrize("case", json.loads(PAPERS.read_text("utf-8")), ids=lambda case: str(case["name"]))
def test_papers_stand_where_the_vectors_say(case: dict[str, Any]) -> None:
    asked = form(section("a", field("x", "text")), slots=[{"title": {"vi": "Giấy"}} | slot for slot in case["slots"]])
    papers = {slot: pages(given) for slot, given in case["papers"].items()}
    apart = [{"slot": slot, "page": pages([[name, {}]])[0], "why": why} for slot, name, why in case["apart"]]
    placed = place_papers(asked.slots, papers, apart)
    shown = {slot: "".join(page["sha256"] for page in given) for slot, given in placed.papers.items()}
    left = [[each["slot"], each["page"]["sha256"], each["why"]] for each in placed.apart]
    assert {"papers": shown, "apart": left} == case["gives"]


def test_papers_without_a_place_are_known_beforehand() -> None:
    slots = [{"key": key, "title": {"vi": "Giấy"}} for key in ("card", "deed")]
    older = form(section("a", field("x", "text")), slots=slots)
    newer = form(section("a", field("x", "text")), slots=slots[1:], version=2)
    assert unplaced_slots(older, newer) == ["card"]
    assert unplaced_slots(newer, older) == []
