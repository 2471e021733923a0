"""Any document may be checked; whatever is found clean can be read, evaluated alike on both sides, and shown."""

import copy
import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.checking import compute, faults, hidden, required_slots, warnings
from schemas.conditions import COMPARISONS
from schemas.documents import check_document, line_of
from schemas.forms import KINDS, Form, FormFault, decode_form
from schemas.moves import move, unplaced
from schemas.tables.definitions import definitions, written
from server.routes.portal import templates
from server.shipped import documents
from tests.property.phone import ask
from tests.property.random_forms import Maker

TODAY = date(2026, 11, 24)
SHIPPED = [json.loads(doc) for doc in documents()]
#: The words of the format, so that what is drawn is often nearly right.
WORDS = [
    *("procedure", "version", "title", "vi", "en", "sections", "key", "fields", "kind", "label", "required", "when"),
    *("rows", "min", "max", "options", "value", "rules", "id", "check", "level", "message", "slots", "kinds", "moves"),
    *("from", "rename", "drop", "policy", "default", "length_max", "places", "of", "compute", "print", "bytes_max"),
    *("all", "any", "not", "field", "is", "in", "filled", "at_least", "at_most", "age", "on", "days", "count", "same"),
    *("id_fits", "born", "sex", "today", *COMPARISONS, *KINDS, "ask", "latest", "countries", "fee_copies", "total"),
    *("applicant.full_name", "applicant.born", "papers", "papers.pages", "child.born", "error", "warn", "image"),
]
LETTERS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.sampled_from(
        ["<script>alert(1)</script>", "\u202enạm", "\ud800", "\x00", "x" * 10_000, "2026-02-30", "1e999", ""]
    ),
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    LETTERS,
    st.sampled_from([2**53, -1, 10**30, 0.1, "0.5", "1.0"]),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(LETTERS, inner, max_size=5)),
    max_leaves=25,
)


def raw_of(document: Any) -> bytes:
    return json.dumps(document).encode()


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every part of a document."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [path, *(place for key in keys for place in places_in(value[key], (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """Draw a shipped form in which a few parts were replaced, taken away, copied elsewhere or given new keys."""
    document = copy.deepcopy(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(places_in(document)[1:]))
        inside = document
        for key in way:
            inside = inside[key]
        act = draw(st.sampled_from(["replace", "delete", "copy", "add"]))
        if act == "delete":
            del inside[last]
        elif act == "replace":
            inside[last] = draw(ANYTHING)
        elif act == "copy":
            *_, other = draw(st.sampled_from([place for place in places_in(document) if place]))
            found: Any = document
            for key in draw(st.sampled_from(places_in(document))):
                found = found[key]
            inside[last if isinstance(inside, list) else other if isinstance(other, str) else last] = copy.deepcopy(
                found
            )
        elif isinstance(inside, dict):
            inside[draw(LETTERS)] = draw(ANYTHING)
        else:
            inside.insert(last, draw(ANYTHING))
    return document


def clean(raw: bytes) -> Form | None:
    """Return the form of a document found clean. A fault has a path, a reason and a value that can be shown."""
    found = check_document(raw)
    for fault in found:
        assert isinstance(fault.path, str)
        assert fault.reason
        assert "\n" not in line_of("form.json", fault) or "\n" in fault.path
    if found:
        return None
    return decode_form(raw)


def use(form: Form, raw: bytes, seed: int) -> dict[str, Any]:
    """Do with a clean form all that the server does, and return the question that asks the phone for the same."""
    values = Maker(seed).values(json.loads(raw))
    for look in (faults, warnings):
        assert isinstance(look(form, values, TODAY), list)
    assert isinstance(hidden(form, values, TODAY), set)
    assert isinstance(compute(form, values, TODAY), dict)
    assert isinstance(required_slots(form, values, TODAY), set)
    assert move(form, form, dict.fromkeys(values)).left == []
    assert unplaced(form, form) == []
    shown = templates().render_template(
        "procedure.html",
        code=form.procedure,
        name=form.title.vi,
        form=form,
        closed=False,
        known=None,
        told=None,
        withdrawn=False,
        has_checklist=False,
        tab="",
        css="",
        js="",
        lists="",
        english="",
        icons="",
    )
    assert "<script>alert" not in shown
    return {"ask": "form", "form": json.loads(raw), "values": values, "today": TODAY.isoformat()}


@given(ANYTHING)
def test_no_document_breaks_the_check(document: Any) -> None:
    clean(json.dumps(document).encode())


@given(st.binary(max_size=200))
def test_no_bytes_break_the_check(raw: bytes) -> None:
    assert clean(raw) is None


@given(spoiled(), st.integers(0, 9999))
def test_a_form_that_was_spoiled_is_found_out_or_works(document: Any, seed: int) -> None:
    raw = raw_of(document)
    form = clean(raw)
    if form is not None:
        use(form, raw, seed)


def test_spoiled_forms_that_are_clean_are_judged_alike_on_the_phone() -> None:
    """The shipped forms with one part taken away at a time: those still clean get the same verdicts on both sides."""
    questions, mine = [], []
    for document in SHIPPED:
        for place in places_in(document)[1:]:
            spoilt = copy.deepcopy(document)
            inside = spoilt
            for key in place[:-1]:
                inside = inside[key]
            del inside[place[-1]]
            raw = raw_of(spoilt)
            form = clean(raw)
            if form is not None:
                question = use(form, raw, len(questions))
                questions.append(question)
                values = question["values"]
                mine.append({
                    "faults": msgspec.to_builtins(faults(form, values, TODAY)),
                    "warnings": msgspec.to_builtins(warnings(form, values, TODAY)),
                    "hidden": sorted(hidden(form, values, TODAY)),
                    "compute": compute(form, values, TODAY),
                    "slots": sorted(required_slots(form, values, TODAY)),
                })  # fmt: skip
    assert len(questions) > 1_000
    assert ask(questions) == mine


@given(
    st.one_of(ANYTHING, st.lists(st.fixed_dictionaries({"procedure_code": LETTERS, "fields": ANYTHING}), max_size=3))
)
def test_no_table_breaks_the_import(table: Any) -> None:
    made_from(table)


FIELD = st.fixed_dictionaries(
    {"name": LETTERS},
    optional={
        "label_vi": LETTERS,
        "type": st.sampled_from(
            ["text", "number", "date", "select", "checkbox", "table", "datetime", "money", "x", None]
        ),
        "required": st.one_of(st.booleans(), LEAVES),
        "constraint": st.one_of(
            st.text("0123456789<>=≤-–,.; ()abx", max_size=20),
            st.sampled_from(
                ["1-9", "> 0", "date_not_future", ">= 18 tuổi", "required if a = Có", "default Có", "0 < x < 1"]
            ),
            st.lists(st.sampled_from(["tối đa", "200", "ký tự", "và", "a", ">=", "hôm nay", ";", "tuổi", "-"])).map(
                " ".join
            ),
            LEAVES,
        ),
        "options": st.one_of(st.lists(st.sampled_from(["Có", "Không", "", "Có"]), max_size=3), ANYTHING),
        "group": st.sampled_from(["A", "B", "", "1."]),
        "columns": st.one_of(
            st.none(), st.lists(st.one_of(LETTERS, st.fixed_dictionaries({"name": LETTERS})), max_size=3)
        ),
    },
)
RULES = st.lists(
    st.sampled_from(["a", "b", ">=", "=", "khi", "Có", "+ 3 ngày", "age(a)", "18", "iff", "bắt buộc", "và"])
)
TABLE = st.fixed_dictionaries(
    {"procedure_code": st.just("9.1"), "fields": st.lists(FIELD, min_size=1, max_size=8)},
    optional={
        "title_vi": LETTERS,
        "cross_field_rules": st.lists(st.one_of(RULES.map(" ".join), LEAVES), max_size=5),
        "attachments": st.lists(
            st.fixed_dictionaries({"name": LETTERS}, optional={"kinds": ANYTHING, "max_mb": LEAVES, "note": LEAVES}),
            max_size=3,
        ),
        "extra": LEAVES,
    },
)


@given(TABLE)
def test_a_table_that_can_be_read_makes_a_form_that_can_be_published(table: Any) -> None:
    made_from(table)


def made_from(table: Any) -> None:
    """Make definitions of a table: refused with paths, or each clean and with every open point in words."""
    try:
        found = definitions(json.dumps(table).encode())
    except FormFault:
        return
    for each in found:
        assert check_document(written(each.document)) == []
        assert all(isinstance(point.text, str) and point.at and point.why for point in each.open)


@pytest.mark.parametrize("head", ["not", "all", "list", "key"])
@pytest.mark.parametrize("depth", [9, 300, 700, 5_000, 100_000])
def test_depth_breaks_nothing(head: str, depth: int) -> None:
    opening = {"not": '{"not":', "all": '{"all":[', "list": "[", "key": '{"k":'}[head]
    closing = {"not": "}", "all": "]}", "list": "]", "key": "}"}[head]
    deep = opening * depth + '{"field":"a.x","filled":true}' + closing * depth
    for place in ('"when":@', '"default":@', '"required":@'):
        field = '{"key":"x","kind":"text","label":{"vi":"x"},' + place.replace("@", deep) + "}"
        raw = (
            '{"procedure":"1","version":1,"title":{"vi":"x"},"sections":[{"key":"a","title":{"vi":"x"},"fields":[@]}]}'
        )
        assert clean(raw.replace("@", field).encode()) is None
    with pytest.raises(FormFault):
        definitions(deep.encode())
