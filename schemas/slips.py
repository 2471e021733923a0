"""Codes on slips of paper: read by eye, copied by hand, typed on a phone.

Rule 1. Their letters are Crockford's base 32: capitals without I, L, O and U. Typed, they are read whatever their case;
O is 0, I and L are 1; spaces and hyphens are none of it.
Rule 2. A provisional code (mã tạm) is made with no network: ``TN``, four characters of the device, eight drawn.
Eight more are the secret; both together are the hand-over code, by which a dossier is claimed.
"""

import re
from typing import Final

from msgspec import Struct

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TYPED_MAX: Final = 100
SECRET_LENGTH: Final = 8
_READ: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NOTHING: Final = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_PROVISIONAL: Final = re.compile(rf"TN([{LETTERS}]{{4}})([{LETTERS}]{{8}})")
_HAND_OVER: Final = re.compile(rf"TN([{LETTERS}]{{4}})([{LETTERS}]{{8}})([{LETTERS}]{{8}})")
_SECRET: Final = re.compile(rf"[{LETTERS}]{{8}}")
_COMMUNE: Final = re.compile(r"LS([0-9]{5})([0-9]{6})([0-9]{4,9})")


class HandOver(Struct, frozen=True):
    """A hand-over code in its two halves, as they are printed."""

    code: str
    secret: str


def secret_of(digest: bytes) -> str:
    """Return eight characters made of a keyed hash: 40 bits of it."""
    number = int.from_bytes(digest[:5])
    return "".join(LETTERS[number >> shift & 31] for shift in range(35, -1, -5))


def read_provisional(typed: str) -> str | None:
    """Return a provisional code as it is printed, or null for what is none."""
    match = _PROVISIONAL.fullmatch(_letters(typed))
    return None if match is None else f"TN-{match[1]}-{match[2]}"


def read_hand_over(typed: str) -> HandOver | None:
    """Return both halves of a hand-over code, or null for what is none."""
    match = _HAND_OVER.fullmatch(_letters(typed))
    return None if match is None else HandOver(f"TN-{match[1]}-{match[2]}", match[3])


def read_secret(typed: str) -> str | None:
    """Return a secret as it is printed, or null for what is none."""
    letters = _letters(typed)
    return letters if _SECRET.fullmatch(letters) else None


def read_code(typed: str) -> str:
    """Return a provisional or an official code as it is printed. What is neither stays as it is, in capitals."""
    provisional = read_provisional(typed)
    if provisional is not None:
        return provisional
    plain = _NOTHING.sub("-", typed[:TYPED_MAX].strip().upper())
    match = _COMMUNE.fullmatch(plain.replace("-", ""))
    return plain if match is None else f"LS-{match[1]}-{match[2]}-{match[3]}"


def _letters(typed: str) -> str:
    return _NOTHING.sub("", typed[:TYPED_MAX].upper()).translate(_READ)
