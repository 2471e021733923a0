"""Canonical values, kind by kind (forms.md §1)."""

from typing import Any

import pytest

from schemas.forms import FieldSpec, Label
from schemas.values import fault_of, is_name, is_phone


def spec(kind: str, **more: Any) -> FieldSpec:
    return FieldSpec(path="s.f", section="s", key="f", kind=kind, policy="latest", label=Label("F"), **more)


GOOD: list[tuple[str, Any, dict[str, Any]]] = [
    ("text", "An", {}),
    ("text", "", {"length_min": 2}),
    ("text", "\U0001f469" * 4, {"length_max": 4}),
    ("long_text", "hai\ndòng", {}),
    ("name", "K'Brể", {}),
    ("date", "2024-02-29", {"min": "2024-02-29", "max": "2024-02-29"}),
    ("date", "2000-02-29", {}),
    ("partial_date", "1986", {"min": "1986-06-01"}),
    ("partial_date", "1986-05", {"max": "1986-05-10"}),
    ("partial_date", "1986-05-03", {}),
    ("time", "23:59", {}),
    ("citizen_id", "020186001234", {}),
    ("phone", "0987123456", {}),
    ("phone", "02053812345", {}),
    ("email", "an@xa.gov.vn", {}),
    ("passport", "B1234567", {}),
    ("unit", "06154", {}),
    ("choice", "a", {"values": frozenset({"a"})}),
    ("choices", True, {}),
    ("integer", 2**53 - 1, {}),
    ("integer", 3, {"min": 3, "max": 3}),
    ("money", 0, {}),
    ("decimal", "0.5", {"min": "0.5", "max": 1, "places": 1}),
    ("decimal", "-12", {}),
    ("yes_no", False, {}),
    ("row", "gone", {}),
    ("address", {}, {}),
    ("address", {"commune": "06154", "detail": "thôn Kéo Van", "old": "xã Bắc Việt, huyện Văn Lãng"}, {}),
    ("address", {"province": "01", "commune": None, "place": "phường Hoàn Kiếm"}, {}),
    ("address", {"country": "CN", "place": "Bằng Tường"}, {}),
    ("address", {"province": None, "place": "x"}, {}),
]
BAD: list[tuple[str, Any, dict[str, Any]]] = [
    ("text", 3, {}),
    ("text", " An", {}),
    ("text", "An\n", {}),
    ("text", "a\x00b", {}),
    ("text", "a\x85b", {}),
    ("text", "Thu\u0309y", {}),
    ("text", "\ud800", {}),
    ("text", "abcde", {"length_max": 4}),
    ("text", "a", {"length_min": 2}),
    ("long_text", "a\rb", {}),
    ("name", "x" * 101, {}),
    ("date", "2023-02-29", {}),
    ("date", "1900-02-29", {}),
    ("date", "2026-04-31", {}),
    ("date", "1986-5-3", {}),
    ("date", "1986-05-03\n", {}),
    ("date", "\u0661\u0669\u0668\u0666-05-03", {}),
    ("date", 19860503, {}),
    ("date", "1899-12-31", {"min": "1900-01-01"}),
    ("date", "2027-01-01", {"max": "2026-12-31"}),
    ("partial_date", "86", {}),
    ("partial_date", "1986-13", {}),
    ("partial_date", 3, {}),
    ("partial_date", "1985-05", {"min": "1986-01-01"}),
    ("partial_date", "1987", {"max": "1986-12-31"}),
    ("time", "24:00", {}),
    ("citizen_id", "02018600123", {}),
    ("citizen_id", "\u0660" * 12, {}),
    ("citizen_id", "020186001234\n", {}),
    ("phone", "+84987123456", {}),
    ("phone", "0987 123 456", {}),
    ("email", "an@xa", {}),
    ("email", "a@" + "b." * 130 + "vn", {}),
    ("passport", "b1234567", {}),
    ("unit", "-", {}),
    ("choice", "b", {"values": frozenset({"a"})}),
    ("choice", "a", {}),
    ("choices", "a", {}),
    ("integer", True, {}),
    ("integer", 2**53, {}),
    ("integer", 1.0, {}),
    ("integer", 2, {"min": 3}),
    ("money", 4, {"max": 3}),
    ("decimal", 0.5, {}),
    ("decimal", "0.50", {}),
    ("decimal", "-0", {}),
    ("decimal", "01", {}),
    ("decimal", "9" * 41, {}),
    ("decimal", "0.25", {"places": 1}),
    ("decimal", "0.4", {"min": "0.5"}),
    ("decimal", "1.1", {"max": 1}),
    ("yes_no", 1, {}),
    ("computed", 3, {}),
    ("row", True, {}),
    ("address", "06154", {}),
    ("address", {"zip": "x"}, {}),
    ("address", {"detail": " x"}, {}),
    ("address", {"old": "x" * 301}, {}),
    ("address", {"country": "cn"}, {}),
    ("address", {"country": None}, {}),
    ("address", {"country": "CN", "province": "20"}, {}),
    ("address", {"province": "99"}, {}),
    ("address", {"province": 20}, {}),
    ("address", {"province": "01", "commune": "06154"}, {}),
    ("address", {"commune": "06155"}, {}),
]


@pytest.mark.parametrize(("kind", "value", "more"), GOOD)
def test_the_one_spelling_passes(kind: str, value: Any, more: dict[str, Any]) -> None:
    assert fault_of(spec(kind, **more), value) is None


@pytest.mark.parametrize(("kind", "value", "more"), BAD)
def test_another_spelling_is_named(kind: str, value: Any, more: dict[str, Any]) -> None:
    assert fault_of(spec(kind, **more), value)


@pytest.mark.parametrize("kind", ["text", "address", "integer", "computed", "row"])
def test_null_clears_any_field(kind: str) -> None:
    assert fault_of(spec(kind), None) is None


def test_an_account_is_begun_with_a_name_and_a_phone_that_are_canonical() -> None:
    assert [is_name(text) for text in ("Nông Thị Én", "", " An", "x" * 101)] == [True, False, False, False]
    assert [is_phone(text) for text in ("0987123456", "02053812345", "+84987123456", "")] == [True, True, False, False]
