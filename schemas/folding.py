"""Words as people type them: without marks, in any case."""

import unicodedata


def folded(words: str) -> str:
    """Return words in lower case and without diacritics."""
    plain = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
