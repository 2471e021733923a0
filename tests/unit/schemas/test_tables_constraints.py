"""What a field's constraint comes to: a key, a rule, or an open point with its words."""

from typing import Any

import pytest

from tests.unit.schemas.tables import asked, checks, field_of, made, points

A = "phan.a"

UNDERSTOOD: list[tuple[str, str, dict[str, Any], list[Any]]] = [
    ("number", "1-9", {"kind": "integer", "min": 1, "max": 9}, []),
    ("number", "1 – 1.000.000", {"kind": "integer", "min": 1, "max": 1_000_000}, []),
    ("number", "0 < x <= 100", {"kind": "integer", "min": 1, "max": 100}, []),
    ("number", "100 >= a > 5", {"kind": "integer", "min": 6, "max": 100}, []),
    ("number", "từ 1 đến 24", {"kind": "integer", "min": 1, "max": 24}, []),
    ("number", "số nguyên; >= 0", {"kind": "integer", "min": 0}, []),
    ("number", "0,5-3,5", {"kind": "decimal", "min": "0.5", "max": "3.5"}, []),
    ("number", ">= 0", {"kind": "decimal", "min": 0}, []),
    ("number", "> 0", {"kind": "decimal"}, [{"not": {"field": A, "at_most": "0"}}]),
    (
        "number",
        "0 < x < 1",
        {"kind": "decimal"},
        [{"all": [{"not": {"field": A, "at_most": "0"}}, {"not": {"field": A, "at_least": "1"}}]}],
    ),
    ("number", "> 0, <= 2.5", {"kind": "decimal", "max": "2.5"}, [{"not": {"field": A, "at_most": "0"}}]),
    ("number", "tối đa 2 chữ số thập phân; không âm", {"kind": "decimal", "places": 2, "min": 0}, []),
    ("number", ">= 1 và <= 50", {"kind": "integer", "min": 1, "max": 50}, []),
    ("number", "min: 1; max: 20", {"kind": "integer", "min": 1, "max": 20}, []),
    ("number", "min=0.5, max=20", {"kind": "decimal", "min": "0.5", "max": 20}, []),
    ("number", "số nguyên từ 1 đến 50", {"kind": "integer", "min": 1, "max": 50}, []),
    ("number", "integer >= 1", {"kind": "integer", "min": 1}, []),
    ("money", "> 0", {"min": 1}, []),
    ("integer", "số dương", {"min": 1}, []),
    ("money", "tối thiểu 1.000 đồng", {"min": 1000}, []),
    ("money", "không quá 5.000.000", {"max": 5_000_000}, []),
    ("integer", "x = 5", {"min": 5, "max": 5}, []),
    ("integer", "18 trở lên", {"min": 18}, []),
    ("integer", "3 trở xuống", {"max": 3}, []),
    ("text", "2-100 chars", {"length_min": 2, "length_max": 100}, []),
    ("text", "tối đa 200 ký tự", {"length_max": 200}, []),
    ("textarea", "≤ 200 ký tự", {"length_max": 200}, []),
    ("text", "< 200 ký tự; ít nhất 3 ký tự", {"length_min": 3, "length_max": 199}, []),
    ("text", "đúng 6 ký tự", {"length_min": 6, "length_max": 6}, []),
    ("text", "max_length: 60", {"length_max": 60}, []),
    ("text", "maxlength 50", {"length_max": 50}, []),
    ("text", "độ dài: 2-10", {"length_min": 2, "length_max": 10}, []),
    ("text", "^.{2,100}$", {"length_min": 2, "length_max": 100}, []),
    ("text", "bắt buộc", {"required": True}, []),
    ("text", "optional", {}, []),
    ("date", "date_not_future", {}, [{"field": A, "not_after": "today"}]),
    ("date", "ngày ≤ hôm nay", {}, [{"field": A, "not_after": "today"}]),
    ("date", "không được lớn hơn ngày hiện tại", {}, [{"field": A, "not_after": "today"}]),
    ("date", "trước hôm nay", {}, [{"field": A, "before": "today"}]),
    ("date", "từ hôm nay trở đi", {}, [{"field": A, "not_before": "today"}]),
    ("date", "> 01/01/2000", {}, [{"field": A, "after": "2000-01-01"}]),
    ("date", ">= 01/01/2000; <= 2030-12-31", {"min": "2000-01-01", "max": "2030-12-31"}, []),
    ("date", ">= ngay_cuoi", {}, [{"field": A, "not_before": "phan.ngay_cuoi"}]),
    ("date", "sau Ngày cuối", {}, [{"field": A, "after": "phan.ngay_cuoi"}]),
    ("date", ">= 18 tuổi", {}, [{"age": A, "on": "today", "at_least": 18}]),
    ("date", "đủ 18 tuổi trở lên", {}, [{"age": A, "on": "today", "at_least": 18}]),
    ("date", "dưới 16 tuổi", {}, [{"age": A, "on": "today", "at_most": 15}]),
    (
        "date",
        "age >= 18; tuổi <= 60",
        {},
        [{"age": A, "on": "today", "at_least": 18}, {"age": A, "on": "today", "at_most": 60}],
    ),
    ("checkbox", "must be checked", {}, [{"field": A, "is": True}]),
    ("text", "required if chon = Khác", {"required": {"field": "phan.chon", "is": "khac"}}, []),
    ("text", "bắt buộc khi chon khác Có", {"required": {"not": {"field": "phan.chon", "is": "co"}}}, []),
    ("text", "required unless dong_y = có", {"required": {"not": {"field": "phan.dong_y", "is": True}}}, []),
    (
        "text",
        "required when chon in (Có, Thuê, mượn)",
        {"required": {"field": "phan.chon", "in": ["co", "thue_muon"]}},
        [],
    ),
    (
        "text",
        "required if so filled và dong_y = không",
        {"required": {"all": [{"field": "phan.so", "filled": True}, {"field": "phan.dong_y", "is": False}]}},
        [],
    ),
    ("email", "email", {}, []),
    ("tel", "phone_vn", {}, []),
    ("citizen_id", "12 chữ số", {}, []),
]
BESIDE = [
    asked("chon", "select", options=["Có", "Khác", "Thuê, mượn"]),
    asked("dong_y", "checkbox"),
    asked("so", "number", constraint="0-9"),
    asked("ngay_cuoi", "date", label="Ngày cuối"),
    asked("chu", "text"),
    asked("chu_hai", "text"),
]


@pytest.mark.parametrize(("type_", "words", "keys", "rules"), UNDERSTOOD, ids=[f"{t}:{w}" for t, w, _, _ in UNDERSTOOD])
def test_a_constraint_that_is_understood_is_a_key_or_a_rule(
    type_: str, words: str, keys: dict[str, Any], rules: list[Any]
) -> None:
    found = made(asked("a", type_, constraint=words), *BESIDE)
    assert found.open == []
    field = field_of(found, "a")
    assert {key: field.get(key) for key in keys} == keys
    assert not (field.keys() - keys.keys() - {"key", "kind", "label", "required"})
    assert checks(found) == rules


def test_a_default_is_one_of_the_answers() -> None:
    found = made(asked("a", "select", options=["Việt Nam", "Khác"], constraint="default Việt Nam"))
    assert field_of(found, "a")["default"] == "viet_nam"
    assert (
        made(asked("a", "number", constraint="1-9; mặc định là 3")).document["sections"][0]["fields"][0]["default"] == 3
    )


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("text", "12 chữ số"),
        ("text", "^[0-9]{12}$"),
        ("text", "6-20 digits"),
        ("text", r"\d{3,5}"),
        ("text", "[A-Z]+"),
        ("text", "letters and spaces"),
        ("text", "^.{9,2}$"),
        ("date", "age >= 18 tháng"),
        ("text", "10-2 chars"),
        ("text", "1-9"),
        ("text", "default An"),
        ("text", "-1 ký tự"),
        ("number", "1.500"),
        ("number", "1-20 tháng"),
        ("number", "9-1"),
        ("number", "0,5"),
        ("number", "chia hết cho 3"),
        ("money", "8.000 đồng per copy"),
        ("integer", "0 < x < 1"),
        ("number", "1 < x > 0"),
        ("number", "1-5; 1-9"),
        ("date", "working day"),
        ("date", "trong 30 ngày"),
        ("date", ">= chu"),
        ("date", ">= 18"),
        ("date", ">= 18 tháng"),
        ("date", "<= 31/02/2000"),
        ("date", "> 17 tuổi và < 18 tuổi rưỡi"),
        ("date", "17 < tuổi < 18"),
        ("checkbox", "required when under 18"),
        ("text", "required if Khác"),
        ("text", "required if chon = Không có"),
        ("text", "required if chu = An"),
        ("text", "required when so > 3 tháng"),
        ("text", "required if a = b và chon = Có"),
        ("tel", "10 chữ số"),
        ("address", "one of the 65 communes"),
        ("select", "default Mỹ"),
        ("text", "optional nhé"),
        ("email", "phone"),
        ("unit_select", "Công an cấp xã"),
        ("text", "required if chon in ()"),
        ("text", "required if chon in (Có, Mỹ)"),
    ],
)
def test_a_constraint_that_is_not_understood_is_an_open_point_with_its_words(type_: str, words: str) -> None:
    found = made(asked("a", type_, constraint=words, options=["Có"] if type_ == "select" else None), *BESIDE)
    assert ("fields[0].constraint", words) in points(found)


def test_digits_keep_their_number_and_stay_open() -> None:
    found = made(asked("a", constraint="12 chữ số; tối đa 15 ký tự"), asked("b", constraint="6-20 digits"))
    assert (field_of(found, "a")["length_min"], field_of(found, "a")["length_max"]) == (12, 12)
    assert (field_of(found, "b")["length_min"], field_of(found, "b")["length_max"]) == (6, 20)
    assert [(point.path, point.why) for point in found.open] == [
        ("phan.a", "not understood: 12 chữ số; tối đa 15 ký tự"),
        ("phan.b", "not understood"),
    ]


def test_what_a_constraint_repeats_or_contradicts() -> None:
    assert made(asked("a", "number", constraint="1-9; 1-9")).open == []
    assert made(asked("a", required=True, constraint="required")).open == []
    for words in ("required if b filled", "optional"):
        assert points(made(asked("a", required=True, constraint=words), asked("b"))) == [
            ("fields[0].constraint", words)
        ]
    assert points(made(asked("a", constraint=["1-9"]))) == [("fields[0].constraint", '["1-9"]')]
    assert made(asked("a", constraint="")).open == []
