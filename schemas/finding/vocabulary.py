"""What is typed, read as ideas.

Rule 1. Words are compared without diacritics, in any case, ``y`` as ``i`` where it is a syllable's only vowel (đăng ký
is đăng kí).
Rule 2. Short forms are written out. The longest everyday words are taken first (``giấy độc thân`` before ``giấy``) and
are an idea with all that the catalogue may call it. Of what is left, words that say nothing are dropped, unless nothing
else was typed.
Rule 3. A word that neither records nor everyday words have is read as the known words it may stand for: those it
begins, two written together, or those a slip of the finger away.
"""

import json
import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from schemas.folding import folded

WORDS_MAX: Final = 24
PHRASE_WORDS_MAX: Final = 6
STANDS_FOR_MAX: Final = 12
#: Shorter words are a slip away from too many others.
SLIP_LETTERS_MIN: Final = 3
BEGINNING_LETTERS_MIN: Final = 2
#: Ages and counts; longer numbers are parts of codes.
AGE_DIGITS_MAX: Final = 2
NEAR: Final = 3

_WORD: Final = re.compile(r"[0-9a-z]+")
_ONLY_VOWEL: Final = re.compile(r"(?<![aeiou])y$")

Words = tuple[str, ...]


class Idea(Struct, frozen=True):
    """One thing that was meant: any of these groups of words will do, or ``said`` where it stands together."""

    any: tuple[Words, ...]
    said: Words = ()


def words_of(text: str) -> Words:
    """Return the words of a text as they are compared."""
    return tuple(_ONLY_VOWEL.sub("i", word) for word in _WORD.findall(folded(text)))


class Vocabulary(Struct, frozen=True):
    """Everyday words as data, in the spelling that is compared."""

    short: dict[str, Words]
    stop: frozenset[str]
    phrases: dict[Words, tuple[Words, ...]]
    procedures: dict[str, tuple[Words, ...]]
    known: frozenset[str]


@cache
def everyday() -> dict[str, Any]:
    """Return the everyday words as they are written down."""
    read: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_bytes())
    return read


@cache
def vocabulary() -> Vocabulary:
    """Return the everyday words in the spelling that is compared."""
    read = everyday()
    phrases = {words_of(said): tuple(words_of(each) for each in meant) for said, meant in read["phrases"].items()}
    return Vocabulary(
        {words_of(short)[0]: words_of(long) for short, long in read["short"].items()},
        frozenset(word for each in read["stop"] for word in words_of(each)),
        phrases,
        {code: tuple(words_of(each) for each in said) for code, said in read["procedures"].items()},
        frozenset(word for said, meant in phrases.items() for group in (said, *meant) for word in group),
    )


def for_phones() -> dict[str, Any]:
    """Return the vocabulary as phones read it: words apart by spaces."""
    told = vocabulary()
    return {
        "short": {short: " ".join(long) for short, long in told.short.items()},
        "stop": " ".join(sorted(told.stop)),
        "phrases": {" ".join(said): [" ".join(each) for each in meant] for said, meant in told.phrases.items()},
        "procedures": {code: [" ".join(each) for each in said] for code, said in told.procedures.items()},
        "near": everyday()["near"],
    }


def ideas_of(text: str, known: Collection[str]) -> list[Idea]:
    """Return what a text asks for; ``known`` are the words that records have."""
    words = _written_out(words_of(text)[:WORDS_MAX])
    ideas = _read(_put_right(words, known)) or [_idea(each) for each in _put_right(words, known, keep=True)]
    return list(dict.fromkeys(ideas))


def _written_out(words: Iterable[str]) -> list[str]:
    short = vocabulary().short
    return [word for each in words for word in short.get(each, (each,))][:WORDS_MAX]


def _put_right(words: list[str], known: Collection[str], *, keep: bool = False) -> list[Words]:
    """Return for each word what it may stand for; words that say nothing are left alone."""
    told = vocabulary()
    right: list[Words] = []
    for at, word in enumerate(words):
        if word in told.known or word in known or (word in told.stop and not keep):
            right.append((word,))
            continue
        parts = _two_in_one(word, told.known)
        if parts is not None:
            right += [(part,) for part in parts]
        else:
            right.append(_stands_for(word, known, last=at == len(words) - 1) or (word,))
    return right


def _two_in_one(word: str, known: Collection[str]) -> Words | None:
    cuts = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return next((cut for cut in cuts if cut[0] in known and cut[1] in known), None)


def _stands_for(word: str, known: Collection[str], *, last: bool) -> Words:
    if last and len(word) >= BEGINNING_LETTERS_MIN:
        begun = sorted(each for each in known if each.startswith(word))
        if begun:
            return tuple(begun[:STANDS_FOR_MAX])
    if len(word) < SLIP_LETTERS_MIN or word.isdecimal():
        return ()
    return tuple(sorted(each for each in known if _is_a_slip(word, each))[:STANDS_FOR_MAX])


def _is_a_slip(one: str, two: str) -> bool:
    """Return whether one letter was left out, added, exchanged, or changed places with its neighbour."""
    if abs(len(one) - len(two)) > 1:
        return False
    at = 0
    while at < min(len(one), len(two)) and one[at] == two[at]:
        at += 1
    ends = (one[at + 1 :], two[at + 1 :]), (one[at:], two[at + 1 :]), (one[at + 1 :], two[at:])
    if any(left == right for left, right in ends):
        return True
    return one[at : at + 2] == two[at : at + 2][::-1] and one[at + 2 :] == two[at + 2 :]


def _read(words: list[Words]) -> list[Idea]:
    """Take the longest everyday words first, from the left."""
    ideas: list[Idea] = []
    at = 0
    while at < len(words):
        said, meant = _longest(words, at)
        if meant is not None:
            ideas.append(Idea(meant, said))
        elif not _says_nothing(words[at][0]):
            ideas.append(_idea(words[at]))
        at += max(len(said), 1)
    return ideas


def _idea(stands_for: Words) -> Idea:
    return Idea(tuple((each,) for each in stands_for))


def _says_nothing(word: str) -> bool:
    return word in vocabulary().stop or (word.isdecimal() and len(word) <= AGE_DIGITS_MAX)


def _longest(words: list[Words], at: int) -> tuple[Words, tuple[Words, ...] | None]:
    for length in range(min(PHRASE_WORDS_MAX, len(words) - at), 0, -1):
        for said in _ways(words[at : at + length]):
            meant = vocabulary().phrases.get(said)
            if meant is not None:
                return said, meant
    return (), None


def _ways(words: list[Words]) -> list[Words]:
    """Return the ways to read words of which at most one is not sure."""
    unsure = [at for at, each in enumerate(words) if len(each) > 1]
    if len(unsure) > 1:
        return []
    if not unsure:
        return [tuple(each[0] for each in words)]
    at = unsure[0]
    before, after = tuple(each[0] for each in words[:at]), tuple(each[0] for each in words[at + 1 :])
    return [(*before, each, *after) for each in words[at]]


def near(text: str) -> list[str]:
    """Return the three everyday words that look most like what was typed."""
    letters = _pairs(text)

    def apart(said: str) -> float:
        other = _pairs(said)
        return -2 * len(letters & other) / max(len(letters) + len(other), 1)

    words: list[str] = everyday()["near"]
    return sorted(words, key=apart)[:NEAR]


def _pairs(text: str) -> frozenset[str]:
    word = "".join(words_of(text))
    return frozenset(word[at : at + 2] for at in range(len(word) - 1))
