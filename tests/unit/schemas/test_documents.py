"""What ``motcua form check`` finds in a form document: path, reason and value of every fault (forms.md §3)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.checking import check_document, check_files
from schemas.forms import Fault
from tests.unit.schemas.samples import document, field, rule, section

OPTIONS = [{"value": "a", "label": {"vi": "A"}}, {"value": "b", "label": {"vi": "B"}}]
BASE = (
    section(
        "s",
        field("name", "name"),
        field("born", "partial_date"),
        field("died", "date"),
        field("id", "citizen_id"),
        field("pick", "choice", options=OPTIONS),
        field("ways", "choices", options=OPTIONS),
        field("tongue", "choice", options="ethnic_groups"),
        field("n", "integer"),
        field("area", "decimal"),
        field("ok", "yes_no"),
    ),
    section("t", field("x", "date"), field("pages", "integer"), rows={"min": 0, "max": 5}),
    section("u", field("y", "text"), rows={}),
)


def check(*sections: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    raw = json.dumps(document(*BASE, *sections, **more)).encode()
    return [(fault.path, fault.reason) for fault in check_document(raw)]


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = {"field": "s.name", "filled": True}
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


def test_a_sound_form_has_no_fault() -> None:
    extra = section(
        "v",
        field("fee", "computed", compute="fee_copies", of=["t.pages", "t/pages"]),
        field("all", "computed", compute="total", of=["s.n", "t.pages", "s.area", "v.fee"], policy="computed"),
        field("said", "computed", compute="date_in_words", of=["s.born"]),
        field("ways", "choices", options=OPTIONS, default=["a"]),
        field("one", "choice", options=OPTIONS, default="a"),
        field("sum", "decimal", min="0.5", max=3, places=1, default="1.5"),
        field("day", "date", min="1900-01-01", max="2030-01-01"),
        field("text", "text", length_min=1, length_max=1),
        when={"field": "s.ways/a", "is": True},
    )
    checks: list[dict[str, Any]] = [
        {"all": [nested(7), {"any": [{"field": "s.pick", "in": ["a", "b"]}]}]},
        {"field": "s.born", "not_after": {"today": -60}},
        {"field": "s.died", "after": "s.born"},
        {"field": "t.x", "before": "2026-01-01"},
        {"field": "s.area", "at_least": "0.5", "at_most": 2},
        {"age": "s.born", "on": "today", "at_least": 18},
        {"days": ["s.born", "today"], "at_most": 60},
        {"count": "t", "at_least": 1},
        {"same": ["s.name", "s.pick"]},
        {"id_fits": "s.id", "born": "s.born", "sex": "s.pick"},
        {"field": "s.tongue", "is": "nung"},
        {"field": "s.ok", "is": True},
        {"field": "s.n", "is": 3},
        {"field": "s.name", "is": "An"},
    ]
    rules = [rule(one, "s.name", "t") | {"id": f"r{n}"} for n, one in enumerate(checks)]
    slots = [{"key": "p", "title": {"vi": "Giấy"}, "required": {"field": "s.ok", "is": True}}]
    moves = {"from": 1, "rename": {"s.fullname": "s.name"}, "drop": ["s.fax"]}
    assert check(extra, rules=rules, slots=slots, moves=moves, version=2, effective_from="2026-01-01") == []


@pytest.mark.parametrize("raw", [b"", b"{", b"[1", b'{"a":NaN}', b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_one_fault(raw: bytes) -> None:
    (fault,) = check_document(raw)
    assert fault.reason.startswith("not JSON")


def test_what_is_no_object_is_one_fault() -> None:
    assert check_document(b"[]") == [Fault("", "not an object", [])]


@pytest.mark.parametrize(
    "raw", [json.dumps(document(*BASE)).encode("utf-16"), json.dumps(document(*BASE, source="\ud800")).encode()]
)
def test_what_only_some_readers_of_json_take_is_a_fault(raw: bytes) -> None:
    assert len(check_document(raw)) == 1


def spoiled(whole: Any, odd: Any) -> Iterator[Any]:
    """Yield a document once for each of its parts, that part replaced."""
    yield odd
    if isinstance(whole, dict | list):
        for key, part in whole.items() if isinstance(whole, dict) else enumerate(whole):
            for other in spoiled(part, odd):
                copy = whole.copy()
                copy[key] = other
                yield copy


@pytest.mark.parametrize("odd", [None, True, -1, 1.5, "", "s.name", [], [[]], {}, {"all": [{}]}])
def test_whatever_stands_in_a_place_of_a_form_the_check_answers(odd: Any) -> None:
    rules = [
        rule({"all": [{"age": "s.born", "on": {"today": 1}, "at_least": 1}, {"same": ["s.name", "s.name"]}]}, "s.name")
    ]
    rules.append(rule({"days": ["s.born", "today"], "at_most": 1}) | {"id": "two"})
    sums = section(
        "v", field("all", "computed", compute="total", of=["s.n"]), field("n", "integer", min=1, max=2, default=1)
    )
    whole = document(*BASE, sums, rules=rules, moves={"from": 1, "rename": {"s.a": "s.n"}, "drop": ["s.b"]}, version=2)
    for spoilt in spoiled(whole, odd):
        assert all(fault.reason for fault in check_document(json.dumps(spoilt).encode()))


def test_a_section_without_a_key_is_named() -> None:
    assert check({"title": {"vi": "x"}, "fields": [field("a", "text")]}) == [("sections[3].key", "missing")]


def test_every_fault_is_found_not_only_the_first() -> None:
    raw = b"""{"procedure": "1 2", "version": true, "version": 0, "extra": 1, "title": {"vi": 3}, "verified": "no",
      "source": 3, "effective_from": "2026-02-30", "effective_to": "2025-01-01",
      "slots": [{"key": "p", "title": {"vi": ""},
      "kinds": ["dwg"], "pages_max": 0, "bytes_max": 1e3}, {"key": "p", "title": {"vi": "x"}, "kinds": []}, 4],
      "sections": [{"key": "S", "title": {"vi": "x"}, "fields": [{"key": "a", "kind": "shape", "label": {}}, 3]},
                   {"key": "s", "title": {"vi": "x"}, "fields": []}, {"key": "s", "title": {"vi": "x"}, "fields": 3}],
      "rules": [{"id": "", "check": {}, "level": "fatal", "message": {"vi": "x"}},
                {"id": "%s", "check": 3, "level": "warn", "message": {"vi": "x"}, "fields": ["s.a", 3]}]}""" % (
        b"x" * 81
    )
    found = {(fault.path, fault.reason.split(";")[0]) for fault in check_document(raw)}
    assert found >= {
        ("procedure", "letters, digits, dot, dash and underscore only"),
        ("version", "written twice"),
        ("version", "less than 1"),
        ("extra", "unknown key"),
        ("title.vi", "not text"),
        ("verified", "not true or false"),
        ("source", "not text or null"),
        ("effective_from", "not a date YYYY-MM-DD"),
        ("effective_to", "before effective_from"),
        ("slots[0].kinds[0]", "not one of image, pdf"),
        ("slots[0].pages_max", "less than 1"),
        ("slots[0].bytes_max", "not a whole number"),
        ("slots[1].key", "used twice"),
        ("slots[1].kinds", "a slot takes at least one kind"),
        ("slots[2]", "not an object"),
        ("sections[0].key", r"does not follow \A[a-z][a-z0-9_]{0,39}\Z"),
        ("sections[0].fields[0].label.vi", "missing"),
        ("sections[0].fields[1]", "not an object"),
        ("sections[1].fields", "a section has at least one field"),
        ("sections[2].key", "used twice"),
        ("sections[2].fields", "not a list"),
        ("rules[0].id", "too short"),
        ("rules[0].level", "not one of error, warn"),
        ("rules[1].id", "longer than 80"),
        ("rules[1].check", "not an object"),
        ("rules[1].fields[0]", "no such field"),
        ("rules[1].fields[1]", "not text"),
    }
    assert any(path == "sections[0].fields[0].kind" for path, _ in found)
    assert any(path == "rules[0].check" and reason.startswith("a condition begins with") for path, reason in found)


def test_a_number_above_what_a_phone_can_hold_is_a_fault() -> None:
    assert check(section("v", field("a", "text", length_max=2**60))) == [
        ("sections[3].fields[0].length_max", f"more than {2**53 - 1}")
    ]


def test_no_section_is_a_fault() -> None:
    raw = json.dumps(document()).encode()
    assert [fault.reason for fault in check_document(raw)] == ["a form has at least one section"]


PATH = "sections[3].fields[0]"


@pytest.mark.parametrize(
    ("bad", "where", "reason"),
    [
        (field("a", "text", print=True, policy="latest"), ".policy", "what is printed cannot be latest"),
        (field("a", "text", policy="computed"), ".policy", "computed is the policy of kind computed, and its only one"),
        (field("a", "computed", compute="total", of=["s.n"], policy="ask"), ".policy", "computed is the policy"),
        (field("a", "computed", of=["s.n"]), "", "a computed field needs compute"),
        (field("a", "computed", compute="total"), "", "a computed field needs of"),
        (field("a", "computed", compute="total", of=[]), ".of", "total works on one or more paths"),
        (field("a", "computed", compute="fee_copies", of=["s.n"]), ".of", "fee_copies works on 2 paths"),
        (field("a", "computed", compute="total", of=["s.name"]), ".of[0]", "its kind name is not"),
        (field("a", "computed", compute="total", of=["s.none"]), ".of[0]", "no such field"),
        (field("a", "computed", compute="date_in_words", of=["t.x"]), ".of[0]", "a field of rows that are not these"),
        (
            field("a", "computed", compute="total", of=["s.n"], required=True),
            ".required",
            "a computed field is not asked",
        ),
        (field("a", "computed", compute="sum", of=["s.n"]), ".compute", "not one of"),
        (field("a", "text", of=["s.n"]), ".of", "only for kind computed"),
        (field("a", "text", compute="total"), ".compute", "only for kind computed"),
        (field("a", "choice"), ".options", "a choice needs options"),
        (field("a", "choices", options=[]), ".options", "a choice needs options"),
        (field("a", "choice", options="villages"), ".options", "no shared list"),
        (field("a", "text", options=OPTIONS), ".options", "only for choice and choices"),
        (field("a", "choice", options=[OPTIONS[0], OPTIONS[0]]), ".options[1].value", "used twice"),
        (field("a", "choice", options=[{"value": "Á", "label": {"vi": "Á"}}]), ".options[0].value", "does not follow"),
        (field("a", "choice", options=3), ".options", "not a list or text or null"),
        (field("a", "text", min=1), ".min", "no bound for kind text"),
        (field("a", "integer", max="3"), ".max", "no bound for kind integer"),
        (field("a", "decimal", max="3.0"), ".max", "no bound for kind decimal"),
        (field("a", "date", max="3000-13-01"), ".max", "no bound for kind date"),
        (field("a", "integer", min=3, max=True), ".max", "not a whole number or text or null"),
        (field("a", "integer", min=[], max=2), ".min", "not a whole number or text or null"),
        (field("a", "integer", max=True), ".max", "not a whole number or text or null"),
        (field("a", "integer", min=3, max=2), ".min", "more than max"),
        (field("a", "decimal", min=3, max="2.5"), ".min", "more than max"),
        (field("a", "date", min="2026-01-02", max="2026-01-01"), ".min", "more than max"),
        (field("a", "date", length_max=3), ".length_max", "no length for kind date"),
        (field("a", "text", length_min=4, length_max=3), ".length_min", "more than length_max"),
        (field("a", "integer", places=2), ".places", "only for kind decimal"),
        (field("a", "integer", default="3"), ".default", "not a whole number"),
        (field("a", "choices", options=OPTIONS, default=["c"]), ".default", "not an option"),
        (field("a", "choices", options=OPTIONS, default="c"), ".default", "not an option"),
        (field("a", "text", when=3), ".when", "not an object or null"),
        (field("a", "text", required="yes"), ".required", "not true or false or an object"),
        (field("a", "text", required={"field": "t.x", "filled": True}), ".required.field", "a field of rows"),
        (field("a", "text", audio=3), ".audio", "not text or null"),
    ],
)
def test_a_field_that_is_not_sound_is_named(bad: dict[str, Any], where: str, reason: str) -> None:
    found = check(section("v", bad))
    assert [path for path, _ in found] == [PATH + where]
    assert found[0][1].startswith(reason)


@pytest.mark.parametrize(
    ("bad", "where", "reason"),
    [
        ({"field": "s.none", "filled": True}, ".field", "no such field"),
        ({"field": 3, "filled": True}, ".field", "no such field"),
        ({"field": "s.ways/c", "is": True}, ".field", "no such field"),
        ({"field": "s.name/x", "is": True}, ".field", "no such field"),
        ({"field": "s.name"}, "", "one question a condition"),
        ({"field": "s.n", "at_least": 1, "is": 1}, "", "one question a condition"),
        ({"field": "s.name", "filled": False}, ".filled", "only true"),
        ({"field": "s.name", "like": "x"}, ".like", "unknown key beside field"),
        ({"field": "s.name", "is": ["x"]}, ".is", "not text or a whole number"),
        ({"field": "s.name", "is": True}, ".is", "not text or a whole number"),
        ({"field": "s.ok", "is": "yes"}, ".is", "not true or false"),
        ({"field": "s.ways/a", "is": "yes"}, ".is", "not true or false"),
        ({"field": "s.pick", "is": "c"}, ".is", "not an option"),
        ({"field": "s.pick", "in": ["a", "c"]}, ".in[1]", "not an option"),
        ({"field": "s.pick", "in": []}, ".in", "not a list of answers"),
        ({"field": "s.name", "before": "today"}, ".field", "its kind name is not date or partial_date"),
        ({"field": "s.born", "before": "s.name"}, ".before", "its kind name"),
        ({"field": "s.born", "before": 3}, ".before", "not a path, a date"),
        ({"field": "s.born", "before": "2026-02-30"}, ".before", "no such field"),
        ({"field": "s.born", "before": {"today": "1"}}, ".before", 'not {"today": days}'),
        ({"field": "s.born", "before": {"today": 10**6}}, ".before", 'not {"today": days}'),
        ({"field": "s.born", "before": {"now": 1}}, ".before", 'not {"today": days}'),
        ({"field": "s.name", "at_least": 1}, ".field", "its kind name is not integer"),
        ({"field": "s.n", "at_least": 1.5}, ".at_least", "not a whole number or a decimal as text"),
        ({"field": "s.n", "at_least": 2, "at_most": 1}, "", "at_least above at_most"),
        ({"age": "s.name", "on": "today", "at_least": 1}, ".age", "its kind name"),
        ({"age": "s.born", "at_least": 1}, ".on", "not a path, a date"),
        ({"age": "s.born", "on": "today"}, "", "at_least or at_most is missing"),
        ({"days": ["s.born"], "at_least": 1}, ".days", "not a pair"),
        ({"days": ["s.born", "s.name"], "at_least": 1}, ".days[1]", "its kind name"),
        ({"count": "s", "at_least": 1}, ".count", "not a section with rows"),
        ({"same": ["s.name"]}, ".same", "not a pair"),
        ({"same": ["s.name", "s.none"]}, ".same[1]", "no such field"),
        ({"id_fits": "s.name"}, ".id_fits", "its kind name is not citizen_id"),
        ({"id_fits": "s.id", "born": "s.n"}, ".born", "its kind integer"),
        ({"id_fits": "s.id", "sex": "s.n"}, ".sex", "its kind integer"),
        ({"all": []}, ".all", "not a list of conditions"),
        ({"any": 3}, ".any", "not a list of conditions"),
        ({"not": 3}, ".not", "not a condition"),
        ({"not": nested(8)}, ".not" * 8, "deeper than 8"),
        ({"not": nested(1), "all": []}, "", "a condition begins with one of"),
        ({"same": ["t.x", "u.y"]}, ".same[1]", "a field of rows that are not these"),
        ({}, "", "a condition begins with one of"),
    ],
)
def test_a_condition_that_is_not_sound_is_named(bad: dict[str, Any], where: str, reason: str) -> None:
    found = check(rules=[rule(bad)])
    assert [path for path, _ in found] == ["rules[0].check" + where]
    assert found[0][1].startswith(reason)


def test_a_condition_with_a_key_twice_is_named_where_it_is() -> None:
    raw = json.dumps(document(*BASE, rules=[rule({"not": {"field": "s.ok", "is": True}})]))
    twice = raw.replace('"is": true', '"is": true, "is": false')
    assert [(fault.path, fault.value) for fault in check_document(twice.encode())] == [("rules[0].check.not.is", "is")]


def test_a_row_field_is_read_in_its_own_rows() -> None:
    when = {"field": "t/x", "filled": True}
    assert check(section("v", field("a", "text"))) == []
    table = section("w", field("a", "date"), field("b", "text", when={"field": "w.a", "filled": True}), rows={})
    assert check(table) == []
    found = check(section("w", field("b", "text", when=when), rows={"min": 3, "max": 2}))
    assert found == [
        ("sections[3].rows.min", "more than max"),
        ("sections[3].fields[0].when.field", "a field of rows that are not these"),
    ]


def test_two_hundred_conditions_are_enough() -> None:
    many = {"any": [{"field": "s.name", "filled": True}] * 199}
    assert check(rules=[rule(many)]) == []
    assert check(rules=[rule(many), rule({"field": "s.ok", "is": True}) | {"id": "one-more"}]) == [
        ("", "more than 200 conditions")
    ]


def test_rings_of_when_and_of_computing_are_found() -> None:
    ring = section(
        "v",
        field("a", "text", when={"field": "v.b", "filled": True}),
        field("b", "text", when={"all": [{"same": ["v.c", "s.name"]}, {"field": "s.ok", "is": True}]}),
        field("c", "text", when={"field": "v.a", "is": "x"}),
        field("d", "text", when={"not": {"field": "v.c", "filled": True}}),
        field("e", "computed", compute="total", of=["v.f"]),
        field("f", "integer", when={"field": "v.e", "at_least": 3}),
    )
    found = check_document(json.dumps(document(*BASE, ring)).encode())
    assert [(fault.path, fault.value) for fault in found] == [
        ("sections[3].fields[0].when", ["v.a", "v.b", "v.c"]),
        ("sections[3].fields[4].of", ["v.e", "v.f"]),
    ]


def test_a_section_shown_because_of_a_field_inside_it_is_a_ring() -> None:
    found = check(section("v", field("a", "yes_no"), when={"field": "v.a", "is": True}))
    assert found == [("sections[3].when", "a cycle")]


def test_moves_lead_from_an_earlier_version_to_fields_that_exist() -> None:
    moves = {"from": 2, "rename": {"name": "s.none"}, "drop": ["fax", "s.fax", "t/fax", 3]}
    assert check(moves=moves, version=2) == [
        ("moves.drop[3]", "not text"),
        ("moves.from", "not an earlier version"),
        ("moves.rename.name", "not a path section.field"),
        ("moves.rename.name", "no such field"),
        ("moves.drop[0]", "not a path section.field"),
    ]
    assert check(moves={"from": 1, "rename": 3}, version=2) == [("moves.rename", "not an object")]
    assert check(moves=3) == [("moves", "not an object or null")]


def test_files_are_checked_and_reported_line_by_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(document(*BASE)), encoding="utf-8")
    bad.write_text('{"procedure": "Một", "version": 1, "title": {"vi": "x"}}', encoding="utf-8")
    lines, code = check_files([str(good)])
    assert (lines, code) == ([f"{good}: ok"], 0)
    lines, code = check_files([str(good), str(bad), str(tmp_path / "none.json")])
    assert code == 1
    assert lines == [
        f"{good}: ok",
        f"{bad}: sections: missing",
        f'{bad}: procedure: letters, digits, dot, dash and underscore only (found "Một")',
        f"{tmp_path / 'none.json'}: (document): cannot be read: No such file or directory",
    ]
