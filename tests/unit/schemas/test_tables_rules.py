"""What a table's cross-field rules come to: a rule of the form, a field that is needed, or an open point."""

from typing import Any

import pytest

from schemas.checking import faults
from schemas.forms import decode_form
from schemas.tables.definitions import written
from tests.unit.schemas.samples import TODAY
from tests.unit.schemas.tables import asked, checks, field_of, made, points

PEOPLE = [
    asked("sinh", "date", label="Ngày sinh"),
    asked("mat", "date", label="Ngày mất"),
    asked("so_a"),
    asked("so_b"),
    asked("dien_tich", "number", constraint="> 0"),
    asked("tong", "number", constraint="> 0"),
    asked("ban", "number", constraint="0-50"),
    asked("loai", "radio", options=["Có", "Không", "Về ở, mượn"]),
    asked("y_kien", "checkbox"),
    asked("bat_buoc", required=True),
]
SINH, MAT, SO_A, SO_B, LOAI = "phan.sinh", "phan.mat", "phan.so_a", "phan.so_b", "phan.loai"


@pytest.mark.parametrize(
    ("words", "check"),
    [
        ("mat >= sinh", {"field": MAT, "not_before": SINH}),
        ("Ngày mất không trước Ngày sinh", {"field": MAT, "not_before": SINH}),
        ("mat phải sau sinh.", {"field": MAT, "after": SINH}),
        ("sinh <= mat <= hôm nay", {"all": [{"field": SINH, "not_after": MAT}, {"field": MAT, "not_after": "today"}]}),
        ("mat <= today", {"field": MAT, "not_after": "today"}),
        ("hôm nay >= mat", {"field": MAT, "not_after": "today"}),
        ("sinh < 01/01/2020", {"field": SINH, "before": "2020-01-01"}),
        ("mat <= sinh + 30 ngày", {"days": [SINH, MAT], "at_most": 30}),
        ("mat - sinh > 3 days", {"days": [SINH, MAT], "at_least": 4}),
        ("so_a != so_b", {"not": {"same": [SO_A, SO_B]}}),
        ("so_a == so_b", {"same": [SO_A, SO_B]}),
        ("so_a khác so_b", {"not": {"same": [SO_A, SO_B]}}),
        ("age(sinh) >= 18", {"age": SINH, "on": "today", "at_least": 18}),
        ("tuổi của Ngày sinh >= 18", {"age": SINH, "on": "today", "at_least": 18}),
        ("sinh age >= 18 full years on filing day", {"age": SINH, "on": "today", "at_least": 18}),
        ("sinh đủ 16 tuổi", {"age": SINH, "on": "today", "at_least": 16}),
        ("9 <= age(sinh) < 18", {"age": SINH, "on": "today", "at_least": 9, "at_most": 17}),
        ("ban <= 20", {"field": "phan.ban", "at_most": 20}),
        ("1 <= ban <= 9", {"field": "phan.ban", "at_least": 1, "at_most": 9}),
        ("ban tối đa 20", {"field": "phan.ban", "at_most": 20}),
        ("dien_tich > 0.5", {"not": {"field": "phan.dien_tich", "at_most": "0.5"}}),
        ("tong = 3", {"all": [{"field": "phan.tong", "at_least": "3"}, {"field": "phan.tong", "at_most": "3"}]}),
        ("loai = Không", {"field": LOAI, "is": "khong"}),
        ("loai in (Có, Về ở, mượn)", {"field": LOAI, "in": ["co", "ve_o_muon"]}),
        ("loai không thuộc [Có]", {"not": {"field": LOAI, "in": ["co"]}}),
        ("at least one of so_a, so_b", {"any": [{"field": SO_A, "filled": True}, {"field": SO_B, "filled": True}]}),
        (
            "so_a để trống hoặc so_b có giá trị",
            {"any": [{"not": {"field": SO_A, "filled": True}}, {"field": SO_B, "filled": True}]},
        ),
        (
            "loai = Có => mat >= sinh",
            {"any": [{"not": {"field": LOAI, "is": "co"}}, {"field": MAT, "not_before": SINH}]},
        ),
        (
            "nếu loai = Có thì mat >= sinh",
            {"any": [{"not": {"field": LOAI, "is": "co"}}, {"field": MAT, "not_before": SINH}]},
        ),
        (
            "if loai = Có, y_kien = có",
            {"any": [{"not": {"field": LOAI, "is": "co"}}, {"field": "phan.y_kien", "is": True}]},
        ),
        (
            "mat >= sinh when loai = Có",
            {"any": [{"not": {"field": LOAI, "is": "co"}}, {"field": MAT, "not_before": SINH}]},
        ),
        (
            "so_a == so_b iff loai = Có",
            {
                "any": [
                    {"all": [{"same": [SO_A, SO_B]}, {"field": LOAI, "is": "co"}]},
                    {"all": [{"not": {"same": [SO_A, SO_B]}}, {"not": {"field": LOAI, "is": "co"}}]},
                ]
            },
        ),
        ("so_a = 'An'", {"field": SO_A, "is": "An"}),
        ("ban = 3", {"field": "phan.ban", "is": 3}),
    ],
)
def test_a_rule_that_is_understood_is_a_rule_of_the_form(words: str, check: dict[str, Any]) -> None:
    found = made(*PEOPLE, cross_field_rules=[words])
    assert found.open == []
    assert checks(found)[2:] == [check]
    rule = found.document["rules"][2]
    assert (rule["level"], bool(rule["message"]["vi"]), bool(rule["fields"])) == ("error", True, True)


@pytest.mark.parametrize(
    ("words", "key", "required"),
    [
        ("y_kien required when loai = Có", "y_kien", {"field": LOAI, "is": "co"}),
        ("so_a bắt buộc khi loai khác Có", "so_a", {"not": {"field": LOAI, "is": "co"}}),
        ("nếu loai = Có thì so_a bắt buộc", "so_a", {"field": LOAI, "is": "co"}),
        ("if loai = Có, so_a is required", "so_a", {"field": LOAI, "is": "co"}),
        ("loai = Có → so_a bắt buộc", "so_a", {"field": LOAI, "is": "co"}),
        ("so_a required unless so_b filled", "so_a", {"not": {"field": SO_B, "filled": True}}),
    ],
)
def test_a_rule_may_make_a_field_required(words: str, key: str, required: dict[str, Any]) -> None:
    found = made(*PEOPLE, cross_field_rules=[words])
    assert found.open == []
    assert field_of(found, key)["required"] == required


def test_two_reasons_to_need_a_field_are_either() -> None:
    rules = ["so_a required when loai = Có", "so_a required when so_b filled"]
    found = made(*PEOPLE, cross_field_rules=rules)
    assert field_of(found, "so_a")["required"] == {
        "any": [{"field": LOAI, "is": "co"}, {"field": SO_B, "filled": True}]
    }


@pytest.mark.parametrize(
    "words",
    [
        "nu age >= 18",
        "dien_tich <= tong",
        "mat <= sinh + 2 years",
        "fee = min(200000, 2000*pages)",
        "so_a matches so_b",
        "bat_buoc required when loai = Có",
        "sinh >= 18",
        "so_a == mat",
        "so_a == so_a",
        "loai = Có iff gì đó",
        "y_kien when 9",
        "nếu loai = Gì thì mat >= sinh",
        "một người một hộ",
        "mat - sinh > x ngày",
        "mat - zz > 3 ngày",
        "sinh = An",
        "ban <= 3 tháng",
        "",
        "=>",
        "at least one of so_a",
        "at least one of so_a, zz",
        "loai in (Có, Gì)",
        "so_a in (An, Bình)",
        "0 <= zz <= 9",
        "1 < ban < 2",
        "so_a > so_b",
        "17 < age(sinh) < 18",
        "zz required when loai = Có",
        "mat >= zz",
        "zz >= mat",
        "5 <= dien_tich => 3",
        "sinh <= zz <= mat",
        "sinh <= mat <= zz",
    ],
)
def test_a_rule_that_is_not_understood_is_an_open_point(words: str) -> None:
    found = made(*PEOPLE, cross_field_rules=[words])
    assert points(found) == [("cross_field_rules[0]", words)]
    assert len(checks(found)) == 2


def test_a_name_that_two_fields_have_names_neither() -> None:
    found = made(
        asked("a", "date", group="Một"), asked("a", "date", group="Hai"), cross_field_rules=["a <= today", {"x": 1}]
    )
    assert points(found) == [("cross_field_rules[0]", "a <= today"), ("cross_field_rules[1]", '{"x": 1}')]


def test_a_rule_written_twice_is_one_rule() -> None:
    found = made(*PEOPLE, cross_field_rules=["mat >= sinh", "Ngày mất >= Ngày sinh"])
    assert (len(checks(found)), found.open) == (3, [])


def test_more_conditions_than_a_form_may_have_are_open_points() -> None:
    many = [asked(f"d{number}", "date", constraint="date_not_future") for number in range(210)]
    found = made(*many, cross_field_rules=["d0 <= d1", "d5 required when d1 filled"])
    assert len(checks(found)) == 200
    assert len(found.open) == 12
    assert found.open[0].why == "a form has at most 200 conditions"
    assert found.open[-1].text == "d5 required when d1 filled"


def test_what_is_understood_works() -> None:
    found = made(*PEOPLE, cross_field_rules=["mat >= sinh", "age(sinh) >= 18", "loai = Có => so_a có giá trị"])
    form = decode_form(written(found.document))
    values = {"phan.sinh": "2020-01-01", "phan.mat": "2019-01-01", "phan.loai": "co", "phan.bat_buoc": "x"}
    assert [(each.path, each.detail) for each in faults(form, values, TODAY)] == [
        ("phan.mat", "Ngày mất: không thể trước Ngày sinh."),
        ("phan.sinh", "Ngày sinh: tuổi phải ít nhất 18."),
        ("phan.loai", "Anh/chị xem lại: loai, so_a."),
    ]
