"""Codes as people copy them from slips."""

import pytest

from schemas.slips import HandOver, read_code, read_hand_over, read_provisional, read_secret, secret_of


@pytest.mark.parametrize(
    "typed", ["TN-7K2M-9Q4TABCD-WXYZ2345", " tn7k2m 9q4tabcd wxyz2345", "Tn\u20137K2M\u20139Q4TABCD\u2013wxyz2345"]
)
def test_a_hand_over_code_is_read_whatever_its_spaces_hyphens_and_case(typed: str) -> None:
    assert read_hand_over(typed) == HandOver("TN-7K2M-9Q4TABCD", "WXYZ2345")


def test_letters_that_look_like_digits_are_those_digits() -> None:
    assert read_provisional("TN-OIL0-1O1L0O1I") == "TN-0110-10110011"
    assert read_secret("oil0 1o1l") == "01101011"


@pytest.mark.parametrize(
    "typed", ["", "TN", "TN-7K2M-9Q4TABC", "XX-7K2M-9Q4TABCD-WXYZ2345", "TN-7K2M-9Q4TABCD-WXYZ234U", "٣" * 30]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_hand_over(typed) is None
    assert read_provisional(typed) is None
    assert read_secret(typed) is None


def test_an_official_code_is_read_with_and_without_hyphens() -> None:
    assert read_code(" ls 06154 261124 0007 ") == "LS-06154-261124-0007"
    assert read_code("LS061542611241000007") == "LS-06154-261124-1000007"
    assert read_code("h37.07-261124-0007") == "H37.07-261124-0007"
    assert read_code("tn 7k2m 9q4tabcd") == "TN-7K2M-9Q4TABCD"
    assert read_code("không phải mã") == "KHÔNG-PHẢI-MÃ"


def test_a_secret_has_forty_bits_of_the_hash() -> None:
    assert secret_of(bytes(32)) == "00000000"
    assert secret_of(b"\xff" * 32) == "ZZZZZZZZ"
    assert secret_of(b"\x08\x42\x10\x84\x21" + bytes(27)) == "11111111"
