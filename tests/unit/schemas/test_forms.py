"""Paths find their fields, and defaults are filled in as forms.md §1 says."""

import pytest

from schemas.forms import FormFault, decode_form, shared_options
from tests.unit.schemas.samples import ROW, field, form, section

OPTIONS = [{"value": "a", "label": {"vi": "A"}}, {"value": "b", "label": {"vi": "B"}}]
FORM = form(
    section(
        "applicant",
        field("full_name", "name", print=True),
        field("note", "text"),
        field("stamp", "text", print=True),
        field("checked", "text", policy="office"),
        field("sum", "computed", compute="total", of=["applicant.n"]),
        field("ways", "choices", options=OPTIONS),
        field("tongue", "choice", options="ethnic_groups"),
    ),
    section("members", field("name", "name"), field("ways", "choices", options=OPTIONS), rows={"min": 0, "max": 9}),
    slots=[{"key": "photo", "title": {"vi": "Ảnh"}}],
)


@pytest.mark.parametrize(
    ("path", "kind", "policy"),
    [
        ("applicant.full_name", "name", "ask"),
        ("applicant.note", "text", "latest"),
        ("applicant.stamp", "text", "ask"),
        ("applicant.checked", "text", "office"),
        ("applicant.sum", "computed", "computed"),
        ("applicant.ways/b", "choices", "latest"),
        (f"members/{ROW}", "row", "ask"),
        (f"members/{ROW}/name", "name", "ask"),
        (f"members/{ROW}/ways/a", "choices", "latest"),
    ],
)
def test_a_path_of_the_wire_finds_its_field(path: str, kind: str, policy: str) -> None:
    spec = FORM.plan.field(path)
    assert spec is not None
    assert (spec.kind, spec.policy) == (kind, policy)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "applicant",
        "applicant.none",
        "applicant.ways",
        "applicant.ways/c",
        "members.name",
        "members",
        "members/x/name",
        f"members/{ROW}/none",
        f"members/{ROW}/name/x",
        f"applicant/{ROW}",
        f"applicant/{ROW}/note",
        f"members/{ROW.upper()}/x",
        "applicant.note/",
        "applicant.note\n",
        f"members/{ROW}/",
    ],
)
def test_any_other_path_finds_nothing(path: str) -> None:
    assert FORM.plan.field(path) is None


def test_parts_of_several_choices_are_known_one_by_one() -> None:
    spec = FORM.plan.field("applicant.ways/b")
    assert spec is not None
    assert (spec.option, spec.label.vi, spec.path, spec.values) == ("b", "B", "applicant.ways/b", None)


def test_a_choice_knows_the_answers_of_its_shared_list() -> None:
    spec = FORM.plan.field("applicant.tongue")
    assert spec is not None
    assert spec.values is not None
    assert "nung" in spec.values
    assert shared_options("none") == []


def test_slots_are_found_by_key_and_the_plan_is_compiled_once() -> None:
    slot = FORM.plan.slot("photo")
    assert slot is not None
    assert (slot.kinds, slot.pages_max, slot.bytes_max) == (["image", "pdf"], 10, 6_291_456)
    assert FORM.plan.slot("none") is None
    assert FORM.plan is FORM.plan
    assert FORM.id == "1.004873@1"


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"{", ""),
        (b'{"procedure":"1"}', ""),
        (b'{"procedure":"1","version":1,"title":{"vi":3},"sections":[]}', "title.vi"),
    ],
)
def test_what_is_no_form_is_a_fault_with_its_path(raw: bytes, path: str) -> None:
    with pytest.raises(FormFault) as caught:
        decode_form(raw)
    assert caught.value.faults[0].path == path
    assert caught.value.faults[0].reason
