"""Keys and option values made from the words of a table."""

import unicodedata
from typing import Any

from schemas.values import is_key

KEY_LETTERS_MAX = 40


def slug(words: str, start: str) -> str:
    """Return words as a key: without diacritics, in lower case, joined by ``_``; ``start`` where no letter begins it.

    >>> slug("Khác (ghi rõ)", "o")
    'khac_ghi_ro'
    """
    plain = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain if _stands(letter))
    key = "_".join(kept.split())
    if not key or not key[0].isalpha():
        key = f"{start}_{key}" if key else start
    return key[:KEY_LETTERS_MAX].rstrip("_")


def key_of(name: str, start: str) -> str:
    """Return a name as a key: itself, or a slug of it where it does not follow the grammar of keys."""
    return name if is_key(name) else slug(name, start)


def label_of(vietnamese: str, english: Any) -> dict[str, str]:
    """Return a label; no English is no key."""
    return {"vi": vietnamese, "en": english} if isinstance(english, str) and english else {"vi": vietnamese}


def _stands(letter: str) -> bool:
    return not unicodedata.combining(letter)


class Keys:
    """The keys of one level: each given out once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def take(self, key: str) -> str:
        """Return the key, or with the first number that makes it new."""
        made, number = key, 2
        while made in self._given:
            end = f"_{number}"
            made = key[: KEY_LETTERS_MAX - len(end)] + end
            number += 1
        self._given.add(made)
        return made
