"""Field tables become definitions: what is understood is a key or a rule, all else an open point, nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.documents import check_document
from schemas.forms import FormFault
from schemas.tables.bounds import interval
from schemas.tables.definitions import definitions, written
from schemas.tables.slugs import Keys, slug
from tests.unit.schemas.tables import asked, checks, field_of, made, points, table

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "forms.json"


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("text", "text"),
        ("textarea", "long_text"),
        ("tel", "phone"),
        ("unit_select", "unit"),
        ("date", "date"),
        ("address", "address"),
        ("email", "email"),
        ("money", "money"),
        ("number", "decimal"),
        ("checkbox", "yes_no"),
        ("name", "name"),
        ("partial_date", "partial_date"),
        ("citizen_id", "citizen_id"),
        ("passport", "passport"),
        ("integer", "integer"),
        ("decimal", "decimal"),
        ("time", "time"),
        ("unit", "unit"),
        ("phone", "phone"),
        ("yes_no", "yes_no"),
        ("long_text", "long_text"),
    ],
)
def test_a_type_becomes_a_kind(type_: str, kind: str) -> None:
    found = made(asked("a", type_))
    assert field_of(found, "a") == {"key": "a", "kind": kind, "label": {"vi": "a"}, "required": False}
    assert found.open == []


@pytest.mark.parametrize(("type_", "kind"), [("select", "choice"), ("radio", "choice"), ("checkbox", "choices")])
def test_options_are_slugs_of_their_labels_which_are_kept(type_: str, kind: str) -> None:
    found = made(
        asked("a", type_, options=["Có", "Khác (ghi rõ)", "1 người", "Đ", 3, {"label_vi": "Một", "label_en": "One"}])
    )
    field = field_of(found, "a")
    assert field["kind"] == kind
    assert [(each["value"], each["label"]["vi"]) for each in field["options"]] == [
        ("co", "Có"),
        ("khac_ghi_ro", "Khác (ghi rõ)"),
        ("o_1_nguoi", "1 người"),
        ("d", "Đ"),
        ("o_3", "3"),
        ("mot", "Một"),
    ]
    assert field["options"][-1]["label"]["en"] == "One"
    assert found.open == []


def test_odd_options_are_open_points() -> None:
    found = made(
        asked("a", "select", options=["Có", "có", "", None, ["x"], {"label": " "}, {"label": "B", "code": 7}, "!!!"])
    )
    assert [each["value"] for each in field_of(found, "a")["options"]] == ["co", "co_2", "b", "o"]
    assert points(found) == [
        ("fields[0].options[1]", "có"),
        ("fields[0].options[2]", ""),
        ("fields[0].options[3]", "null"),
        ("fields[0].options[4]", '["x"]'),
        ("fields[0].options[5]", '{"label": " "}'),
        ("fields[0].options[6].code", "7"),
    ]


@pytest.mark.parametrize(
    ("type_", "options"),
    [
        ("select", "ethnic_list_54"),
        ("radio", None),
        ("select", []),
        ("checkbox", "phuongXa"),
        ("text", ["x"]),
    ],
)
def test_options_that_are_no_list_or_have_no_use_are_open(type_: str, options: Any) -> None:
    found = made(asked("a", type_, options=options))
    assert field_of(found, "a")["kind"] == "text"
    assert points(found) == [("fields[0].options", options if isinstance(options, str) else json.dumps(options))]


@pytest.mark.parametrize("type_", ["file", "signature", "computed", "choice_of", "Text", None, 7, ["text"], {}])
def test_an_unknown_type_becomes_text_and_an_open_point(type_: Any) -> None:
    found = made(asked("a", type_))
    assert field_of(found, "a")["kind"] == "text"
    assert points(found) == [("fields[0].type", type_ if isinstance(type_, str) else json.dumps(type_))]


def test_a_moment_becomes_a_date_and_a_time() -> None:
    found = made(asked("hen", "datetime", required=True, label="Hẹn", label_en="Visit", constraint="date_not_past"))
    assert [(each["key"], each["kind"], each["required"]) for each in found.document["sections"][0]["fields"]] == [
        ("hen", "date", True),
        ("hen_time", "time", True),
    ]
    assert found.document["sections"][0]["fields"][1]["label"] == {"vi": "Hẹn (giờ)", "en": "Visit (time)"}
    assert checks(found) == [{"field": "phan.hen", "not_before": "today"}]


def test_sections_come_from_groups_and_names_are_keys_where_they_can_be() -> None:
    found = made(
        asked("ho_ten", group="1. Chủ hộ"),
        asked("Ngày sinh", group="Người mẹ"),
        asked("b", group="1. Chủ hộ"),
        asked("2lan", group="!!!"),
        asked("Ngày  Sinh", group="Người mẹ"),
        asked("ho_ten", group="Người mẹ"),
        asked("ho_ten", group="1. Chủ hộ"),
        asked("đ" * 60, group="2."),
        asked("x", group=""),
        asked("y", group=None),
    )
    shape = [(s["key"], s["title"]["vi"], [f["key"] for f in s["fields"]]) for s in found.document["sections"]]
    assert shape == [
        ("chu_ho", "1. Chủ hộ", ["ho_ten", "b", "ho_ten_2"]),
        ("nguoi_me", "Người mẹ", ["ngay_sinh", "ngay_sinh_2", "ho_ten"]),
        ("s", "!!!", ["f_2lan"]),
        ("s_2", "2.", ["d" * 40]),
        ("s_3", "Nội dung khai", ["x", "y"]),
    ]
    assert points(found) == [
        ("fields[4].name", "Ngày  Sinh"),
        ("fields[6].name", "ho_ten"),
        ("fields[8].group", "x"),
    ]


def test_a_table_becomes_a_section_with_rows_and_its_columns_are_open() -> None:
    found = made(
        asked(
            "Thành viên",
            "table",
            group="Hộ",
            required=True,
            constraint="1-20 rows: họ tên, số (12, 9), họ tên; tối đa 9 dòng",
        ),
        asked("nganh", "table", label="Ngành", constraint="cột: mã; must be unique"),
        asked("khac", "table"),
        asked("khac", "table", label=None, required="maybe", options=["x"], constraint=7),
    )
    one, two, three, four = found.document["sections"]
    assert (one["key"], one["title"], one["rows"]) == ("thanh_vien", {"vi": "Thành viên"}, {"min": 1, "max": 9})
    assert [(each["key"], each["kind"], each["label"]["vi"]) for each in one["fields"]] == [
        ("ho_ten", "text", "họ tên"),
        ("so", "text", "số (12, 9)"),
        ("ho_ten_2", "text", "họ tên"),
    ]
    assert (two["rows"], [each["key"] for each in two["fields"]]) == ({}, ["ma"])
    assert [each["key"] for each in three["fields"]] == ["noi_dung"]
    assert four["key"] == "khac_2"
    whole = "1-20 rows: họ tên, số (12, 9), họ tên; tối đa 9 dòng"
    assert points(found) == [
        *[("fields[0].constraint", whole)] * 3,
        ("fields[1].constraint", "cột: mã; must be unique"),
        ("fields[1].constraint", "cột: mã; must be unique"),
        ("fields[2]", "khac"),
        ("fields[3].name", "khac"),
        ("fields[3].label_vi", "khac"),
        ("fields[3].required", "maybe"),
        ("fields[3].constraint", "7"),
        ("fields[3]", "khac"),
        ("fields[3].options", '["x"]'),
    ]


@pytest.mark.parametrize("said", ["0-9 rows", "9-1 rows", "max 0 rows", "-3 - 2", "1-20 trang", "0 rows: a"])
def test_a_number_of_rows_that_makes_no_sense_is_open(said: str) -> None:
    found = made(asked("t", "table", required=True, constraint=said))
    assert found.document["sections"][0]["rows"] in ({"min": 1}, {"min": 0, "max": 9})
    assert said == "0-9 rows" or ("fields[0].constraint", said) in points(found)


def test_columns_may_be_given_as_fields_of_their_own() -> None:
    columns = [
        "ghi chú",
        {"name": "sinh", "label_vi": "Sinh", "type": "date", "constraint": "<= hôm nay"},
        {"name": "sinh", "label_vi": "Sinh nữa", "type": "datetime"},
        {"name": "con", "label_vi": "Con", "type": "table", "columns": [{"name": "x"}], "mới": 1},
        {
            "name": "Họ tên",
            "label_vi": "Họ tên",
            "type": "text",
            "required": True,
            "constraint": "required if sinh filled",
        },
    ]
    found = made(asked("t", "table", columns=columns, constraint="max 5; rows: a, b"))
    (section,) = found.document["sections"]
    assert [(each["key"], each["kind"]) for each in section["fields"]] == [
        ("ghi_chu", "text"),
        ("sinh", "date"),
        ("sinh_2", "date"),
        ("sinh_2_time", "time"),
        ("con", "text"),
        ("ho_ten", "text"),
    ]
    assert checks(found) == [{"field": "t.sinh", "not_after": "today"}]
    assert [at for at, _ in points(found)] == [
        "fields[0].constraint",
        "fields[0].columns[0]",
        "fields[0].columns[2].name",
        "fields[0].columns[3].type",
        "fields[0].columns[3].mới",
        "fields[0].columns[3].columns",
        "fields[0].columns[4].constraint",
    ]


def test_attachments_become_slots() -> None:
    papers = [
        {"name": "Giấy chứng sinh", "required": True, "kinds": "pdf, jpg;png", "max_mb": 5, "note": None},
        {"name": "don", "required": None, "kinds": ["JPEG"], "max_mb": "2,5 MB"},
        {"name": "Giấy chứng sinh", "required": "có", "kinds": "dwg|pdf", "max_mb": "to", "note": "bản gốc", "lạ": 1},
        {"name": "Khác", "kinds": None, "max_mb": -1},
        {"name": "Nữa", "kinds": [3, "docx"], "max_mb": True, "lạ": None},
    ]
    found = made(asked("a"), attachments=papers)
    assert found.document["slots"] == [
        {
            "key": "giay_chung_sinh",
            "title": {"vi": "Giấy chứng sinh"},
            "required": True,
            "kinds": ["pdf", "image"],
            "bytes_max": 5_242_880,
        },
        {"key": "don", "title": {"vi": "don"}, "required": False, "kinds": ["image"], "bytes_max": 2_621_440},
        {"key": "giay_chung_sinh_2", "title": {"vi": "Giấy chứng sinh"}, "required": False, "kinds": ["pdf"]},
        {"key": "khac", "title": {"vi": "Khác"}, "required": False, "kinds": ["image", "pdf"]},
        {"key": "nua", "title": {"vi": "Nữa"}, "required": False, "kinds": ["image", "pdf"]},
    ]
    assert points(found) == [
        ("attachments[2].required", "có"),
        ("attachments[2].kinds", "dwg"),
        ("attachments[2].max_mb", "to"),
        ("attachments[2].note", "bản gốc"),
        ("attachments[2].lạ", "1"),
        ("attachments[3].kinds", "null"),
        ("attachments[3].max_mb", "-1"),
        ("attachments[4].kinds", "3"),
        ("attachments[4].kinds", "docx"),
        ("attachments[4].kinds", '[3, "docx"]'),
        ("attachments[4].max_mb", "true"),
    ]


def test_what_a_table_lacks_is_open_and_what_nobody_knows_is_too() -> None:
    bare = {"procedure_code": "9.1", "title_en": "A form", "fields": [{"name": "a"}], "pages": 3, "phụ": None}
    (found,) = definitions(json.dumps(bare).encode())
    assert check_document(written(found.document)) == []
    assert found.document["title"] == {"vi": "A form", "en": "A form"}
    assert points(found) == [
        ("fields[0].group", "a"),
        ("fields[0].label_vi", "a"),
        ("fields[0].type", "null"),
        ("title_vi", "A form"),
        ("pages", "3"),
    ]
    more = made(asked("a", pattern="[0-9]+", required="tùy", placeholder=None, columns=["x"]), form_ref="TT 1/2026")
    assert points(more) == [
        ("fields[0].required", "tùy"),
        ("fields[0].pattern", "[0-9]+"),
        ("fields[0].columns", '["x"]'),
    ]
    assert more.document["source"] == "TT 1/2026"


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ("[", "", "not JSON"),
        ("NaN", "", "not JSON"),
        ("\ufeff[", "", "not JSON"),
        ("[" * 100_000, "", "not JSON"),
        ("[]", "", "no table in it"),
        ("[3]", "[0]", "not a table"),
        ('"x"', "", "not a table"),
        ([table(asked("a")) | {"procedure_code": None}], "[0].procedure_code", "not a code"),
        ([{"fields": [asked("a")]}], "[0].procedure_code", "missing"),
        (table(asked("a"), procedure_code="../x"), "procedure_code", "not a code"),
        (table(asked("a"), procedure_code="x" * 41), "procedure_code", "not a code"),
        ([table(asked("a")), table(asked("a"))], "[1].procedure_code", "another table"),
        (table(), "fields", "not 1 to"),
        (table(asked("a"), fields=None), "fields", "missing"),
        (table(asked("a"), fields={}), "fields", "not a list"),
        (table(asked("a"), fields=["a"]), "fields[0]", "not a field"),
        (table(asked("a") | {"name": None}), "fields[0].name", "missing"),
        (table(asked(" ")), "fields[0].name", "not a name"),
        (table(asked("a", group=3)), "fields[0].group", "not text"),
        (table(asked("a", label_en=["x"])), "fields[0].label_en", "not text"),
        (table(asked("a", "table", columns=3)), "fields[0].columns", "not a list"),
        (table(asked("a", "table", columns=[3])), "fields[0].columns[0]", "not a field"),
        (table(asked("a"), title_vi=3), "title_vi", "not text"),
        (table(asked("a"), cross_field_rules="x"), "cross_field_rules", "not a list"),
        (table(asked("a"), attachments=["x"]), "attachments[0]", "not an attachment"),
        (table(asked("a"), attachments=[{"note": "x"}]), "attachments[0].name", "missing"),
        ('{"procedure_code": "1", "fields": [{"name": "a", "name": "b"}]}', "fields[0].name", "written twice"),
        ('{"procedure_code": "1", "fields": [], "fields": []}', "fields", "written twice"),
        (table(asked("a", label="\ud800")), "fields[0].label_vi", "half a character"),
    ],
)
def test_a_table_whose_shape_is_wrong_is_refused_with_the_path(document: Any, path: str, reason: str) -> None:
    raw = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(FormFault) as raised:
        definitions(raw.encode("utf-8", "surrogatepass"))
    assert any(fault.path == path and fault.reason.startswith(reason) for fault in raised.value.faults)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(FormFault):
        definitions(b"\xff\xfe\xff")


def test_hostile_words_and_three_hundred_fields_make_a_form_all_the_same() -> None:
    words = ["<script>alert(1)</script>", "\u202egnạm", "x" * 10_000, "ក្មេង", "\x00\x1b[31m", "Ǆ Ⅷ ²³ ﬁ", "👩‍👩‍👧"]
    fields = [
        asked(
            f"{words[number % 7]} {number}",
            group=words[number % 7],
            label=words[number % 7],
            constraint=words[-number % 7],
        )
        for number in range(300)
    ]
    found = made(*fields, cross_field_rules=words, attachments=[{"name": word} for word in words], title_vi=words[0])
    labels = [field["label"]["vi"] for section in found.document["sections"] for field in section["fields"]]
    assert sorted(labels) == sorted(words[number % 7] for number in range(300))
    assert sum("constraint" in point.at for point in found.open) == 300
    assert [point.text for point in found.open if "cross" in point.at] == words


def test_slugs_are_keys() -> None:
    assert [slug(words, "f") for words in ("Đường/phố", "  ", "9", "ẮẶ", "İ", "ß")] == [
        "duong_pho",
        "f",
        "f_9",
        "aa",
        "i",
        "f",
    ]
    keys = Keys()
    assert [keys.take("a" * 40) for _ in range(11)][-1] == "a" * 37 + "_11"


def test_an_interval_needs_signs_that_agree() -> None:
    assert interval("1 <= x >= 3") is None
    assert interval("1 = x = 3") is None
    assert interval("3 < x < 1") is None
    assert interval("1,5,5 - 2") is None


# The ten real tables.


@pytest.mark.skipif(not SHARED.exists(), reason="the tables of ../shared/data are not beside this repository")
def test_the_ten_tables_make_ten_forms_and_lose_no_word() -> None:
    tables = json.loads(SHARED.read_bytes())
    found = definitions(SHARED.read_bytes())
    assert len(found) == len(tables) == 10
    for number, (source, each) in enumerate(zip(tables, found, strict=True)):
        assert check_document(written(each.document)) == []
        told = {point.at: point for point in each.open}
        fields = {field["label"]["vi"] for section in each.document["sections"] for field in section["fields"]}
        titles = {section["title"]["vi"] for section in each.document["sections"]}
        for index, field in enumerate(source["fields"]):
            assert field["label_vi"] in fields | titles
            if field["constraint"] not in (None, "email", "must be checked", "date_not_future", "> 0"):
                point = told.get(f"[{number}].fields[{index}].constraint")
                kept = json.dumps(each.document, ensure_ascii=False)
                assert point is not None or _has_a_key(kept, field["name"]), field
                assert point is None or point.text == field["constraint"]
        whole = len(source["cross_field_rules"])
        open_rules = sum("cross_field_rules" in point.at for point in each.open)
        assert open_rules <= whole
    assert sum(len(each.open) for each in found) == OPEN_POINTS


OPEN_POINTS = 146


def _has_a_key(document: str, name: str) -> bool:
    """Return whether the field of a name says something about its value beyond its kind."""
    for section in json.loads(document)["sections"]:
        for field in section["fields"]:
            if field["key"] == name:
                return (
                    bool(field.keys() & {"min", "max", "length_min", "length_max", "default"})
                    or any(f".{name}" in json.dumps(rule["check"]) for rule in json.loads(document)["rules"])
                    or isinstance(field["required"], dict)
                )
    return False
