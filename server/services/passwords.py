"""Passwords: how they are kept, compared, and which are too easy.

Rule 1. A comparison costs memory and time on purpose; so only a few run at once, a bounded number waits, and whoever
comes then is told to come again: memory is ``AT_ONCE`` × 19 MiB, whatever arrives.
Rule 2. Who does not exist costs what a wrong password costs.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from schemas.problems import RequestProblem

AT_ONCE: Final = 2
WAITING_MAX: Final = 64
RETRY_AFTER_S: Final = 5
LENGTH_MIN: Final = 8
DIFFERENT_LETTERS_MIN: Final = 4
RUNS: Final = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "matkhau")

T = TypeVar("T")

#: OWASP's choice for Argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: What the password of nobody is compared with.
_nobody: Final = _hasher.hash(secrets.token_urlsafe(16))


def hash_of(password: str) -> str:
    """Return what is kept of a password. Keyboards spell Vietnamese in two ways; NFC makes them one."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def check_password(password: str, about: Sequence[str]) -> None:
    """Let a new password through.

    Raises:
        RequestProblem: ``invalid``: too short, too easy, or made of what others know ``about`` its owner.
    """
    plain = unicodedata.normalize("NFC", password)
    if len(plain) < LENGTH_MIN:
        raise RequestProblem("invalid", f"a password has at least {LENGTH_MIN} characters")
    low = plain.lower()
    if len(set(low)) < DIFFERENT_LETTERS_MIN or any(low in run for run in RUNS):
        raise RequestProblem("invalid", "this password is too easy")
    squeezed = "".join(low.split())
    if any(squeezed == "".join(word.lower().split()) for word in about):
        raise RequestProblem("invalid", "this password is what others know of you")


class Passwords:
    """Compares and hashes in threads, few at once."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def fitting(self, password: str, hashes: Sequence[str | None], *, cost: int = 1) -> int | None:
        """Return the place of the first hash that a password fits, or null; ``cost`` comparisons are made at least.

        Raises:
            RequestProblem: ``unavailable``, when too many wait already.
        """
        plain = unicodedata.normalize("NFC", password)
        padded = [*hashes, *([None] * (cost - len(hashes)))]
        return await self._in_turn(lambda: _first(plain, padded))

    async def hashed(self, password: str) -> str:
        """Return what is kept of a password.

        Raises:
            RequestProblem: ``unavailable``, when too many wait already.
        """
        return await self._in_turn(lambda: hash_of(password))

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise RequestProblem("unavailable", retry_after_s=RETRY_AFTER_S)
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _first(password: str, hashes: Sequence[str | None]) -> int | None:
    fits = [_fits(password, hashed or _nobody) and hashed is not None for hashed in hashes]
    return fits.index(True) if True in fits else None


def _fits(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
