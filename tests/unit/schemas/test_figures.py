"""Fees, totals and words."""

from typing import Any

import pytest

from schemas.figures import computed, date_in_words, fee_copies, in_words, money_in_words, total


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (25, "hai mươi lăm"),
        (101, "một trăm linh một"),
        (105, "một trăm linh năm"),
        (115, "một trăm mười lăm"),
        (200, "hai trăm"),
        (2_000, "hai nghìn"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (1_000_000_000, "một tỷ"),
        (1_005_000_000, "một tỷ không trăm linh năm triệu"),
        (1_000_000_000_001, "một nghìn tỷ không trăm linh một"),
        (2_500_000_000_000, "hai nghìn năm trăm tỷ"),
    ],
)
def test_numbers_are_said_as_in_the_north(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-24", "Ngày hai mươi bốn tháng mười một năm hai nghìn không trăm hai mươi sáu"),
        ("1986-04-05", "Ngày năm tháng tư năm một nghìn chín trăm tám mươi sáu"),
        ("1986-01", "Tháng một năm một nghìn chín trăm tám mươi sáu"),
        ("2001", "Năm hai nghìn không trăm linh một"),
        ("2023-02-29", None),
        (None, None),
    ],
)
def test_a_date_is_said_as_far_as_it_is_known(value: Any, words: str | None) -> None:
    assert date_in_words(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "Không đồng"),
        (15_000, "Mười lăm nghìn đồng"),
        (-1_000, "Âm một nghìn đồng"),
        (True, None),
        (2**53, None),
        ("1", None),
    ],
)
def test_money_is_said_in_dong(value: Any, words: str | None) -> None:
    assert money_in_words(value) == words


@pytest.mark.parametrize(
    ("pages", "copies", "fee"),
    [
        (1, 1, 2000),
        (2, 1, 4000),
        (3, 1, 5000),
        (3, 2, 10000),
        (198, 1, 200000),
        (500, 3, 600000),
        (0, 4, 0),
        (None, 1, None),
        (1, None, None),
        (-1, 1, None),
        (1, -1, None),
        (True, 1, None),
        (500, 2**52, None),
    ],
)
def test_certified_copies_cost_by_the_page_up_to_a_cap(pages: Any, copies: Any, fee: int | None) -> None:
    assert fee_copies(pages, copies) == fee


@pytest.mark.parametrize(
    ("values", "result"),
    [
        ([], None),
        ([None, "x"], None),
        ([1, None, 2], 3),
        ([2**53 - 1, 1], None),
        ([1, "2.5"], "3.5"),
        (["0.5", "0.5"], "1"),
        (["-0.75", "0.5"], "-0.25"),
        (["-1", "1"], "0"),
        (["12345678901234567890.12", "0.01"], "12345678901234567890.13"),
    ],
)
def test_a_total_is_exact(values: list[Any], result: Any) -> None:
    assert total(values) == result


def test_figures_are_found_by_name() -> None:
    assert computed("fee_copies", [2, 3]) == 12_000
    assert computed("date_in_words", ["2001"]) == "Năm hai nghìn không trăm linh một"
    assert computed("money_in_words", [5]) == "Năm đồng"
    assert computed("money_in_words", []) is None
