"""Python and JavaScript agree on what a canonical value is, and what the phone makes of typed text is canonical."""

import random
from typing import Any

import msgspec

from schemas.forms import Field, FieldSpec, Form, Label, Section, decode_form
from schemas.values import fault_of
from tests.property.phone import ask

CASES = 10_000
OPTIONS = [{"value": "a", "label": {"vi": "A"}}, {"value": "nu", "label": {"vi": "Nữ"}}]
FIELDS: list[dict[str, Any]] = [
    {"kind": "text"},
    {"kind": "text", "length_min": 2, "length_max": 4},
    {"kind": "long_text"},
    {"kind": "name"},
    {"kind": "date"},
    {"kind": "date", "min": "1900-01-01", "max": "2026-11-24"},
    {"kind": "partial_date", "min": "1900-06-15", "max": "2026-11-24"},
    {"kind": "time"},
    {"kind": "citizen_id"},
    {"kind": "phone"},
    {"kind": "email"},
    {"kind": "passport"},
    {"kind": "address"},
    {"kind": "unit"},
    {"kind": "choice", "options": OPTIONS},
    {"kind": "choices", "options": OPTIONS},
    {"kind": "integer", "min": -2, "max": 40},
    {"kind": "money"},
    {"kind": "decimal", "min": "-0.5", "max": 3, "places": 2},
    {"kind": "decimal"},
    {"kind": "yes_no"},
    {"kind": "computed", "compute": "total", "of": ["s.other"]},
]
SAMPLES: list[Any] = [
    *["", " ", "An", " An", "An\n", "hai\ndòng", "a\tb", "a\u0000b", "Thị Thủy", "Thu\u0309y", "x" * 101, "x" * 1001],
    *[
        "\U0001f469" * 3,
        "\U0001f469" * 5,
        "\u2028",
        "\u00a0An",
        "\ufeffAn",
        "An\u0085",
        "\ud800",
        "\u0661\u0662",
        "\x1c",
    ],
    *["1986", "1986-05", "1986-05-03", "2023-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "0999", "1986-5-3"],
    *["1900", "1899", "1900-05", "1900-06", "2026-12", "2026-11", "2027", "1986-05-03\n", "1986-13", "1986-04-31"],
    *["09:14", "24:00", "9:14", "09:14\n", "020186001234", "02018600123", "020186001234\n", "\u0660" * 12],
    *[
        "0987123456",
        "02053812345",
        "+84987123456",
        "098712345",
        "0987 123 456",
        "an@xa.vn",
        "an@xa",
        "an@.vn",
        "a@b.c\n",
    ],
    *[
        "an@" + "x" * 64 + ".vn",
        "x" * 65 + "@a.vn",
        "đ@a.vn",
        "B1234567",
        "b1234567",
        "B12345",
        "B123",
        "06154",
        "H37.07",
    ],
    *[
        "so-noi-vu",
        "-x",
        "x" * 41,
        "a",
        "nu",
        "b",
        "0",
        "-0",
        "0.5",
        "-0.5",
        "-0.50",
        "3",
        "3.01",
        "2.555",
        "00.5",
        ".5",
        "1.",
    ],
    *["1e3", "9" * 41, "12345678901234567890.12", 0, 1, -2, -3, 41, 2**53 - 1, 2**53, -(2**53), True, False, None, 2.5],
    *[[], {}, ["a"], {"commune": "06154"}, {"commune": "06154", "detail": "thôn Kéo Van"}, {"commune": "06155"}],
    *[{"province": "01", "place": "phường Hoàn Kiếm", "commune": None}, {"province": "01", "commune": "06154"}],
    *[
        {"country": "CN", "place": "Bằng Tường"},
        {"country": "CN", "province": "20"},
        {"country": "cn"},
        {"country": None},
    ],
    *[
        {"province": None},
        {"province": "99"},
        {"detail": " x"},
        {"detail": 3},
        {"zip": "x"},
        {"old": "x" * 301},
        {"old": ""},
    ],
    *[{"country": "VN", "province": "20", "commune": "06154", "detail": "x", "old": "xã Bắc Việt, huyện Văn Lãng"}],
    *[{"commune": 6154}, {"commune": "06154", "place": None}, {"country": "LA", "province": None}, {"place": "a\nb"}],
]
LETTERS = "aÁ9 0.-\n\u00a0đ\u0309@:/+\u2028\ud800\U0001f469"


def spec_of(field: dict[str, Any]) -> FieldSpec:
    """Return the spec that a form with this one field has for it."""
    spec = form_of(field).plan.field("s.f/a") if field["kind"] == "choices" else form_of(field).plan.field("s.f")
    assert spec is not None
    return spec


def form_of(field: dict[str, Any]) -> Form:
    known = msgspec.convert({"key": "f", "label": {"vi": "F"}} | field, Field)
    section = Section(key="s", title=Label("S"), fields=[known])
    return Form(procedure="1.000001", version=1, title=Label("T"), sections=[section])


def some_value(dice: random.Random) -> Any:
    if dice.random() < 0.8:
        return dice.choice(SAMPLES)
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(0, 12)))


def test_a_value_is_judged_alike_on_phone_and_server() -> None:
    dice = random.Random(7)
    pairs = [(field, value) for field in FIELDS for value in SAMPLES]
    pairs += [(dice.choice(FIELDS), some_value(dice)) for _ in range(CASES - len(pairs))]
    specs = {id(field): spec_of(field) for field in FIELDS}
    here = [fault_of(specs[id(field)], value) for field, value in pairs]
    there = ask(
        [{"ask": "value", "field": {"key": "f"} | field, "value": value, "lists": {}} for field, value in pairs]
    )
    for (field, value), one, other in zip(pairs, here, there, strict=True):
        assert one == other, (field, value)
    assert 1000 < sum(fault is None for fault in here) < CASES - 1000


def test_what_the_phone_makes_of_typed_text_is_canonical_to_the_server() -> None:
    dice = random.Random(8)
    typed = [str(value) for value in SAMPLES if isinstance(value, str | int)] + [
        " +84 987.123.456 ",
        "24/11/2026",
        "1.250,50",
    ]
    pairs = [(field, text) for field in FIELDS for text in typed]
    pairs += [(dice.choice(FIELDS), str(some_value(dice))) for _ in range(2_000)]
    answers = ask(
        [{"ask": "typed", "field": {"key": "f"} | field, "typed": text, "lists": {}} for field, text in pairs]
    )
    kept = 0
    for (field, text), answer in zip(pairs, answers, strict=True):
        if "value" in answer:
            kept += answer["value"] is not None
            assert fault_of(spec_of(field), answer["value"]) is None, (field, text, answer)
        else:
            assert answer["fault"].startswith("err."), answer
    assert kept > 300


CANONICAL: list[tuple[str, Any, Any]] = [
    ("phone", "+84 987 123 456", "0987123456"),
    ("phone", "0205.3812.345", "02053812345"),
    ("phone", "84987123456", "0987123456"),
    ("citizen_id", "020 186 001 234", "020186001234"),
    ("name", "  Nông   Thị Thu\u0309y ", "Nông Thị Thủy"),
    ("name", "K'Brể", "K'Brể"),
    ("integer", " 12 ", 12),
    ("money", "1.250.000 đ", 1_250_000),
    ("decimal", "1.250,50", "1250.5"),
    ("decimal", "007", "7"),
    ("decimal", "-0,0", "0"),
    ("time", "9h5", "09:05"),
    ("time", "9 giờ", "09:00"),
    ("passport", "b 1234567", "B1234567"),
    ("text", "một\u2028hai", "một hai"),
    ("long_text", "một\r\nhai", "một\nhai"),
    ("date", "24/11/2026", "2026-11-24"),
    ("date", {"day": "5", "month": "3", "year": "1986"}, "1986-03-05"),
    ("partial_date", {"day": "", "month": "3", "year": "1986", "precision": "month"}, "1986-03"),
    ("partial_date", "1986", "1986"),
    ("date", {"day": "", "month": "", "year": ""}, None),
    ("address", {"province": "20", "commune": "", "detail": ""}, None),
    ("address", {"commune": "06154", "detail": " Kéo  Van\n", "old": ""}, {"commune": "06154", "detail": "Kéo  Van"}),
    ("yes_no", False, False),
    ("email", " an@xa.vn ", "an@xa.vn"),
    ("text", None, None),
]
REFUSED: list[tuple[str, Any, dict[str, Any]]] = [
    ("citizen_id", "020186001", {"fault": "err.id_old", "args": {}}),
    ("citizen_id", "0201860012", {"fault": "err.id_count", "args": {"n": 10}}),
    ("phone", "098712345", {"fault": "err.phone", "args": {"n": 9}}),
    ("name", "An 2", {"fault": "err.name", "args": {}}),
    ("name", "A", {"fault": "err.name", "args": {}}),
    ("date", "31/04/2026", {"fault": "err.date_none", "args": {"d": "31", "m": "04", "y": "2026"}}),
    ("date", {"day": "", "month": "4", "year": "2026"}, {"fault": "err.date_part", "args": {"part": "day"}}),
    ("date", {"day": "3", "month": "4", "year": ""}, {"fault": "err.date_part", "args": {"part": "year"}}),
    ("text", "x" * 1003, {"fault": "err.too_long", "args": {"n": 3}}),
]


def test_typed_text_becomes_the_one_spelling() -> None:
    answers = ask(
        [{"ask": "typed", "field": {"key": "f", "kind": kind}, "typed": typed} for kind, typed, _ in CANONICAL]
    )
    for (kind, typed, value), answer in zip(CANONICAL, answers, strict=True):
        assert answer == {"value": value}, (kind, typed)


def test_what_cannot_be_mended_is_named_with_the_text_that_says_so() -> None:
    answers = ask([{"ask": "typed", "field": {"key": "f", "kind": kind}, "typed": typed} for kind, typed, _ in REFUSED])
    for (kind, typed, fault), answer in zip(REFUSED, answers, strict=True):
        assert answer == fault, (kind, typed)


def test_the_phone_knows_the_same_places() -> None:
    codes = ["06154", "05977", "06637", "06016", "06040"]
    form = decode_form(msgspec.json.encode(form_of({"kind": "address"})))
    spec = form.plan.field("s.f")
    assert spec is not None
    answers = ask(
        [{"ask": "value", "field": {"key": "f", "kind": "address"}, "value": {"commune": code}} for code in codes]
    )
    assert answers == [fault_of(spec, {"commune": code}) for code in codes]
