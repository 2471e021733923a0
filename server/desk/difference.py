"""What differs between two texts, so that an officer sees it without reading both letter by letter."""

from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

#: Longer texts are shown whole: comparing costs the product of their lengths.
LETTERS_MAX: Final = 2_000

Pieces = list[tuple[str, bool]]


def pieces(words: str, other: str) -> Pieces:
    """Return a text cut into pieces, each with whether the other text lacks it there; whole letters, never marks."""
    if max(len(words), len(other)) > LETTERS_MAX:
        return [(words, words != other)]
    matcher = SequenceMatcher(None, other, words, autojunk=False)
    differs = [False] * len(words)
    for kind, _, _, begin, end in matcher.get_opcodes():
        if kind != "equal":
            differs[begin:end] = [True] * (end - begin)
    marked = groupby(zip(words, differs, strict=True), key=lambda each: each[1])
    return [("".join(letter for letter, _ in group), differ) for differ, group in marked]
