"""The forms the project ships, as people would fill them in: what each asks, refuses, warns about and computes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import schemas
from schemas.checking import compute, faults, hidden, required_slots, warnings
from schemas.forms import Form, decode_form, policy_of
from tests.unit.schemas.samples import OTHER_ROW, ROW, TODAY

FILES = sorted((Path(schemas.__file__).parent / "procedures").glob("*.json"))
SENTENCE_SYLLABLES_MAX = 25


def shipped(procedure: str) -> Form:
    return decode_form((Path(schemas.__file__).parent / "procedures" / f"{procedure}.json").read_bytes())


BIRTH, EXTRACT, COPIES = shipped("1.001193"), shipped("2.000635"), shipped("2.000815")
HOME = {"commune": "06154", "detail": "thôn Kéo Van"}
HER_CHILD: dict[str, Any] = {
    "applicant.full_name": "Nông Thị Én",
    "applicant.born": "1996-05-03",
    "applicant.citizen_id": "020196001234",
    "applicant.phone": "0987123456",
    "applicant.relation": "mother",
    "child.full_name": "Lý Gia Bảo",
    "child.born": "2026-11-15",
    "child.sex": "male",
    "child.ethnic_group": "nung",
    "child.nationality": "vn",
    "birth.case": "both_parents",
    "birth.place_kind": "facility",
    "birth.facility": "Trung tâm Y tế Văn Lãng",
    "birth.place": HOME,
    "birth.native_place": HOME,
    "mother.residence_kind": "permanent",
    "mother.residence": HOME,
    "father.full_name": "Lý Văn Páo",
    "father.born": "1994",
    "father.citizen_id": "020094004321",
    "father.residence_kind": "permanent",
    "father.residence": HOME,
    "parents.mother_ethnic_group": "tay",
    "parents.mother_nationality": "vn",
    "parents.father_ethnic_group": "nung",
    "parents.father_nationality": "vn",
    "marriage.registered": True,
    "result.copies_wanted": False,
    "result.channel": "counter",
    "result.pledge": True,
}
MARRIAGE_EXTRACT: dict[str, Any] = {
    "applicant.full_name": "Nông Thị Én",
    "applicant.born": "1986",
    "applicant.citizen_id": "020186001234",
    "applicant.phone": "0987123456",
    "applicant.relation": "self",
    "event.kind": "marriage",
    "event.registered_at": "UBND xã Bắc Việt",
    "event.registered_on": "2009",
    "result.copies": 2,
    "result.channel": "counter",
    "result.pledge": True,
}
SCHOOL_PAPERS: dict[str, Any] = {
    "applicant.full_name": "Lộc Thị Thủy",
    "applicant.citizen_id": "020186001234",
    f"papers/{ROW}/name": "Học bạ",
    f"papers/{ROW}/pages": 5,
    f"papers/{ROW}/copies": 3,
    f"papers/{OTHER_ROW}/name": "Giấy khai sinh",
    f"papers/{OTHER_ROW}/pages": 1,
    f"papers/{OTHER_ROW}/copies": 2,
    "visit.day": "2026-11-25",
    "visit.originals": True,
}


def paths(found: list[Any]) -> list[str]:
    return [each.path for each in found]


def rules(found: list[Any]) -> list[str | None]:
    return [each.rule for each in found]


@pytest.mark.parametrize(
    ("form", "values", "slots"),
    [(BIRTH, HER_CHILD, {"birth_paper"}), (EXTRACT, MARRIAGE_EXTRACT, set()), (COPIES, SCHOOL_PAPERS, set())],
    ids=["birth", "extract", "copies"],
)
def test_an_ordinary_application_passes_without_a_warning(form: Form, values: dict[str, Any], slots: set[str]) -> None:
    assert faults(form, values, TODAY) == []
    assert warnings(form, values, TODAY) == []
    assert required_slots(form, values, TODAY) == slots


def test_a_mother_who_registers_is_not_asked_twice_for_her_name() -> None:
    unasked = hidden(BIRTH, HER_CHILD, TODAY)
    assert {"mother.full_name", "mother.born", "mother.citizen_id", "mother.other_paper"} <= unasked
    assert "father.full_name" not in unasked
    by_grandmother = HER_CHILD | {"applicant.relation": "grandparent", "applicant.born": None}
    assert paths(faults(BIRTH, by_grandmother, TODAY)) == ["mother.full_name", "mother.born", "mother.other_paper"]


def test_a_childs_birth_is_written_in_words() -> None:
    assert compute(BIRTH, HER_CHILD, TODAY)["child.born_words"] == (
        "Ngày mười lăm tháng mười một năm hai nghìn không trăm hai mươi sáu"
    )


def test_a_father_who_is_not_determined_and_an_abandoned_child_hide_what_nobody_knows() -> None:
    no_father = HER_CHILD | {"birth.case": "no_father", "child.ethnic_group": "tay"}
    assert {"father", "marriage", "parents.father_ethnic_group"} <= hidden(BIRTH, no_father, TODAY)
    assert faults(BIRTH, no_father, TODAY) == []
    found = HER_CHILD | {"birth.case": "abandoned", "applicant.relation": "institution"}
    assert {"mother", "father", "parents", "marriage"} <= hidden(BIRTH, found, TODAY)
    assert required_slots(BIRTH, found, TODAY) == {"abandoned_record"}


def test_a_birth_at_home_asks_for_a_witness_unless_there_is_a_birth_paper() -> None:
    at_home = HER_CHILD | {"birth.place_kind": "elsewhere"}
    assert required_slots(BIRTH, at_home, TODAY) == {"witness_statement"}
    assert required_slots(BIRTH, at_home | {"birth.certificate_number": "12"}, TODAY) == {"birth_paper"}


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"child.born": "2026-11-25"}, ["child-born-past"]),
        ({"child.ethnic_group": "dao"}, ["ethnic-group-of-a-parent"]),
        ({"birth.certificate_number": "9", "birth.certificate_date": "2026-11-14"}, ["certificate-after-birth"]),
        ({"result.pledge": False}, ["pledge-given"]),
    ],
)
def test_what_refuses_a_birth(change: dict[str, Any], broken: list[str]) -> None:
    assert rules(faults(BIRTH, HER_CHILD | change, TODAY)) == broken


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"child.born": "2026-09-24"}, ["within-sixty-days"]),
        ({"father.born": "2016"}, ["father-old-enough", "father-id-fits"]),
        ({"applicant.born": "2016-01-01", "applicant.citizen_id": "020316001234"}, ["applicant-old-enough"]),
        ({"father.citizen_id": "020194004321", "father.born": "1995"}, ["father-id-fits"]),
        ({"applicant.citizen_id": "999196001234"}, ["applicant-id-fits"]),
        ({"father.citizen_id": "020196001234", "father.born": "1996"}, ["father-differs-from-applicant"]),
        ({"marriage.registered": False}, ["parents-married"]),
    ],
)
def test_what_a_birth_is_asked_about(change: dict[str, Any], asked: list[str]) -> None:
    values = HER_CHILD | change
    assert faults(BIRTH, values, TODAY) == []
    assert rules(warnings(BIRTH, values, TODAY)) == asked


def test_an_extract_for_somebody_else_names_them_and_one_who_is_paid_needs_an_authorisation() -> None:
    for_mother = MARRIAGE_EXTRACT | {"applicant.relation": "child", "applicant.born": None}
    assert paths(faults(EXTRACT, for_mother, TODAY)) == ["subject.full_name", "subject.born"]
    assert required_slots(EXTRACT, for_mother | {"applicant.relation": "authorised"}, TODAY) == {"authorisation"}
    assert rules(warnings(EXTRACT, MARRIAGE_EXTRACT | {"event.kind": "death"}, TODAY)) == ["own-death"]
    before_birth = MARRIAGE_EXTRACT | {"event.registered_on": "1980"}
    assert rules(faults(EXTRACT, before_birth, TODAY)) == ["registered-after-own-birth"]


def test_the_fee_for_copies_is_by_page_and_paper_with_a_cap_a_copy() -> None:
    found = compute(COPIES, SCHOOL_PAPERS, TODAY)
    assert found == {
        f"papers/{ROW}/fee": 21_000,
        f"papers/{OTHER_ROW}/fee": 4_000,
        "visit.fee": 25_000,
        "visit.fee_words": "Hai mươi lăm nghìn đồng",
    }
    thick = SCHOOL_PAPERS | {f"papers/{ROW}/pages": 500}
    assert compute(COPIES, thick, TODAY)["visit.fee"] == 604_000


def test_copies_need_a_paper_and_its_original() -> None:
    nothing = {path: value for path, value in SCHOOL_PAPERS.items() if not path.startswith("papers/")}
    assert [(each.path, each.code) for each in faults(COPIES, nothing, TODAY)] == [("papers", "rows_min")]
    without = SCHOOL_PAPERS | {"visit.originals": False}
    assert rules(faults(COPIES, without, TODAY)) == ["originals-shown"]


def test_a_visit_whose_day_went_by_while_it_waited_is_asked_about_and_not_refused() -> None:
    late = SCHOOL_PAPERS | {"visit.day": "2026-11-20"}
    assert faults(COPIES, late, TODAY) == []
    assert rules(warnings(COPIES, late, TODAY)) == ["visit-not-past"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_printed_is_asked_about_when_it_differs_and_only_the_applicant_is_completed(file: Path) -> None:
    form = decode_form(file.read_bytes())
    for section in form.sections:
        for field in section.fields:
            path = f"{section.key}.{field.key}"
            assert not field.print or policy_of(field) in ("ask", "office", "computed"), path
            assert field.kind != "citizen_id" or field.sensitive, path
            assert field.options != "ethnic_groups" or field.sensitive, path
            assert field.autocomplete is None or section.key == "applicant", path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_sentence_is_short_enough_to_be_read_aloud(file: Path) -> None:
    texts = re.findall(r'"vi": "([^"]*)"', file.read_text(encoding="utf-8"))
    sentences = [each for text in texts for each in re.split(r"[.;:?!]\s", text + " ")]
    assert [each for each in sentences if len(each.split()) > SENTENCE_SYLLABLES_MAX] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_text_is_in_both_languages(file: Path) -> None:
    def labels(value: Any) -> Any:
        if isinstance(value, dict):
            if "vi" in value:
                yield value
            for part in value.values():
                yield from labels(part)
        elif isinstance(value, list):
            for part in value:
                yield from labels(part)

    found = list(labels(json.loads(file.read_bytes())))
    assert found
    assert [label for label in found if not label.get("en")] == []
