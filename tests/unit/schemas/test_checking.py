"""What is missing or broken in an application."""

from typing import Any

import msgspec

from schemas.checking import compute, faults, hidden, required_slots, warnings
from tests.unit.schemas.samples import OTHER_ROW, ROW, TODAY, field, form, rule, section

OPTIONS = [{"value": "a", "label": {"vi": "A"}}]
SELF = {"field": "s.relation", "is": "a"}
FORM = form(
    section(
        "s",
        field("relation", "choice", options=OPTIONS, required=True),
        field("home", "address", required={"not": SELF}),
        field("note", "text", required={"field": "s.home", "filled": True}, when=SELF),
        field("ways", "choices", options=OPTIONS, when=SELF),
    ),
    section("other", field("name", "name", required=True), when={"not": SELF}),
    section(
        "papers",
        field("pages", "integer", required=True),
        field("copies", "integer"),
        field("fee", "computed", compute="fee_copies", of=["papers/pages", "papers/copies"]),
        rows={"min": 1, "max": 1},
    ),
    section(
        "sums",
        field("fees", "computed", compute="fee_copies", of=["papers.pages", "papers.copies"]),
        field("all", "computed", compute="total", of=["papers.fee", "papers.pages"]),
        field("words", "computed", compute="money_in_words", of=["sums.fees"]),
        field("shut", "computed", compute="total", of=["papers.fee"], when={"field": "s.relation", "is": "none"}),
    ),
    rules=[
        rule({"field": "papers.copies", "at_least": 1}, "papers.copies") | {"id": "in-row"},
        rule({"count": "papers", "at_least": 2}, "papers", level="warn") | {"id": "count"},
        rule({"field": "s.note", "is": "x"}, level="warn") | {"id": "no-fields"},
        rule({"days": ["2026-01-01", "today"], "at_most": 3}, level="warn") | {"id": "no-paths"},
        rule({"field": "papers.pages", "at_most": 9}, "s.relation") | {"id": "shown-elsewhere"},
    ],
    slots=[
        {"key": "always", "title": {"vi": "A"}, "required": True},
        {"key": "never", "title": {"vi": "B"}},
        {"key": "perhaps", "title": {"vi": "C"}, "required": SELF},
    ],
)


def errors(values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(msgspec.to_builtins(error).values()) for error in faults(FORM, values, TODAY)]


def test_unknown_counts_as_false_in_required_and_when_and_as_passed_in_check() -> None:
    assert errors({}) == [("s.relation", "required"), ("papers", "rows_min", "1")]


def test_a_hidden_field_is_never_required_whatever_its_cell_holds() -> None:
    values = {
        "s.relation": "b",
        "s.home": {"commune": "06154"},
        "s.note": None,
        "other.name": "An",
        f"papers/{ROW}/pages": 1,
    }
    assert errors(values) == []


def test_an_address_without_its_place_is_incomplete() -> None:
    values = {"s.relation": "b", "s.home": {"detail": "Kéo Van"}, "other.name": "An", f"papers/{ROW}/pages": 1}
    assert errors(values) == [("s.home", "incomplete")]


def test_rows_are_counted_and_their_fields_asked_for_each() -> None:
    values = {"s.relation": "a", f"papers/{ROW}/copies": 0, f"papers/{OTHER_ROW}/pages": 12}
    assert errors(values) == [
        ("papers", "rows_max", "1"),
        (f"papers/{ROW}/pages", "required"),
        (f"papers/{ROW}/copies", "rule", "in-row", "Xem lại"),
        ("s.relation", "rule", "shown-elsewhere", "Xem lại"),
    ]


def test_warnings_say_where_they_were_broken() -> None:
    values = {"s.relation": "a", "s.note": "y", f"papers/{ROW}/pages": 1}
    found = [(one.path, one.rule) for one in warnings(FORM, values, TODAY)]
    assert found == [("papers", "count"), ("s.note", "no-fields"), ("", "no-paths")]


def test_hidden_names_fields_options_and_whole_sections() -> None:
    assert hidden(FORM, {"s.relation": "b", "s.ways/a": True}, TODAY) == {"s.note", "s.ways", "s.ways/a", "sums.shut"}
    assert hidden(FORM, {"s.relation": "a"}, TODAY) == {"other", "other.name", "sums.shut"}


def test_figures_are_computed_in_each_row_and_over_all() -> None:
    values = {f"papers/{ROW}/pages": 3, f"papers/{ROW}/copies": 2, f"papers/{OTHER_ROW}/pages": 1, "sums.fees": 7}
    assert compute(FORM, values, TODAY) == {
        f"papers/{ROW}/fee": 10_000,
        f"papers/{OTHER_ROW}/fee": None,
        "sums.fees": 10_000,
        "sums.all": 10_004,
        "sums.words": "Mười nghìn đồng",
        "sums.shut": None,
    }


def test_slots_are_wanted_by_their_conditions() -> None:
    assert required_slots(FORM, {"s.relation": "a"}, TODAY) == {"always", "perhaps"}
    assert required_slots(FORM, {}, TODAY) == {"always"}
