"""What differs between two texts is found, and joining the pieces gives the text back."""

from hypothesis import given
from hypothesis import strategies as st

from server.desk.difference import LETTERS_MAX, pieces


def test_the_letters_that_differ_are_marked() -> None:
    assert pieces("Lộc Văn Đấu", "Lộc Văn Đẩu") == [("Lộc Văn Đ", False), ("ấ", True), ("u", False)]
    assert pieces("An", "An") == [("An", False)]
    assert pieces("", "An") == []


@given(st.text(), st.text())
def test_the_pieces_are_the_text_and_what_is_not_marked_is_in_the_other_too(words: str, other: str) -> None:
    found = pieces(words, other)
    assert "".join(piece for piece, _ in found) == words
    common = "".join(piece for piece, differs in found if not differs)
    letters = iter(other)
    assert all(letter in letters for letter in common)


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    long = "a" * (LETTERS_MAX + 1)
    assert pieces(long, "b") == [(long, True)]
