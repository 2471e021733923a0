"""What the project ships: forms that pass their own check, lists that agree, declarations up to date."""

import json
import re
import runpy
from pathlib import Path

import pytest

import schemas
from schemas import lists
from schemas.checking import check_files, faults, required_slots, warnings
from schemas.forms import decode_form, shared_options
from schemas.places import BIRTH_PLACE_CODES, COMMUNES, PROVINCE_CODES
from schemas.typescript import declarations
from tests.unit.schemas.samples import TODAY

ROOT = Path(schemas.__file__).parent
FORMS = sorted((ROOT / "procedures").glob("*.json"))
MARITAL = decode_form((ROOT / "procedures" / "1.004873.json").read_bytes())
HERSELF = {
    "applicant.full_name": "Nông Thị Én",
    "applicant.born": "1986",
    "applicant.citizen_id": "020186001234",
    "applicant.phone": "0987123456",
    "applicant.relation": "self",
    "person.sex": "female",
    "person.ethnic_group": "tay",
    "person.nationality": "vn",
    "marital.status": "never_married",
    "purpose.purpose": "loan",
    "purpose.issued_before": False,
    "result.copies": 1,
    "result.channel": "counter",
    "result.pledge": True,
}
NOT_TO_BE_USED = (
    "form|online|offline|đồng bộ|hàng đợi|bản ghi|tải lên|máy chủ|phiên|xác thực|hợp lệ|thành phần hồ sơ|thành công|"
    "vui lòng|đề nghị|quý khách|bạn"
)


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_a_shipped_form_passes_the_check_and_is_named_after_its_procedure(file: Path) -> None:
    assert check_files([str(file)]) == ([f"{file}: ok"], 0)
    form = decode_form(file.read_bytes())
    assert form.procedure == file.stem
    assert all(3 <= len(section.fields) <= 8 for section in form.sections)


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_a_shipped_form_speaks_as_the_house_does(file: Path) -> None:
    vietnamese = re.findall(r'"vi": "([^"]*)"', file.read_text(encoding="utf-8"))
    assert vietnamese
    assert [text for text in vietnamese if re.search(rf"\b(?:{NOT_TO_BE_USED})\b", text, re.IGNORECASE)] == []


def test_she_can_apply_for_herself() -> None:
    assert faults(MARITAL, HERSELF, TODAY) == []
    assert warnings(MARITAL, HERSELF, TODAY) == []
    assert required_slots(MARITAL, HERSELF, TODAY) == set()


def test_a_divorce_asks_for_the_ruling_and_a_marriage_for_the_other_person() -> None:
    values = HERSELF | {"marital.status": "divorced", "purpose.purpose": "marriage", "applicant.born": "2009-05-03"}
    assert [error.path for error in faults(MARITAL, values, TODAY)] == [
        "marital.spouse_name",
        "marital.ruling_number",
        "marital.ruling_date",
        "marital.ruling_court",
        "purpose.spouse_name",
        "purpose.spouse_born",
        "purpose.spouse_nationality",
        "purpose.spouse_paper",
        "purpose.register_at",
    ]
    assert required_slots(MARITAL, values, TODAY) == {"divorce_ruling"}
    assert [error.rule for error in warnings(MARITAL, values, TODAY)] == ["self-id-fits", "self-of-age"]


def test_for_somebody_else_both_are_named() -> None:
    values = HERSELF | {"applicant.relation": "parent", "applicant.citizen_id": None}
    assert [error.path for error in faults(MARITAL, values, TODAY)] == [
        "applicant.other_paper",
        "applicant.residence",
        "subject.full_name",
        "subject.born",
        "subject.other_paper",
        "subject.residence",
    ]


def test_the_communes_are_the_65_of_the_reform() -> None:
    assert len(COMMUNES) == 65
    assert sum(commune.type == "ward" for commune in COMMUNES.values()) == 4
    assert "Xã Bắc Việt" in COMMUNES["06154"].former
    assert {len(code) for code in COMMUNES} == {5}


def test_the_lists_have_what_they_should() -> None:
    assert len(PROVINCE_CODES) == 34
    assert len(shared_options("ethnic_groups")) == 55
    assert [option.value for option in shared_options("ethnic_groups")][:3] == ["tay", "nung", "kinh"]
    assert shared_options("countries")[0].code == "VN"
    assert len(BIRTH_PLACE_CODES) == 63
    for name in lists.OPTION_LISTS:
        values = [option.value for option in shared_options(name)]
        assert len(values) == len(set(values))


def test_an_unknown_list_is_not_served() -> None:
    with pytest.raises(KeyError):
        lists.raw("../forms")


def test_the_phones_declarations_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "typescript.py"), run_name="__main__")
    assert capsys.readouterr().out == declarations()
    written = (ROOT.parent / "client" / "js" / "schemas.d.ts").read_text(encoding="utf-8")
    assert written == declarations(), "run: python -m schemas.typescript > client/js/schemas.d.ts"


def test_the_phones_places_are_the_lists() -> None:
    written = (ROOT.parent / "client" / "js" / "places.js").read_text(encoding="utf-8")
    sets = [
        set("".join(re.findall(r'"([0-9 ]+)"', block)).split())
        for block in re.findall(r"new Set\((.*?)\);", written, re.DOTALL)
    ]
    assert sets == [set(COMMUNES), set(PROVINCE_CODES), set(BIRTH_PLACE_CODES)]


def test_the_facts_agree_with_the_data_they_were_taken_from() -> None:
    units = ROOT.parent.parent / "shared" / "data" / "units.json"
    if units.exists():
        known = json.loads(units.read_text(encoding="utf-8"))["new_units"]
        assert {unit["code"]: unit["name"].split(" ", 1)[1] for unit in known} == {
            c.code: c.name for c in COMMUNES.values()
        }
