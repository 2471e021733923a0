"""New ids: the one place where the server brings clock and randomness together."""

import secrets
from hashlib import sha256
from typing import Final

from schemas.ids import id_from

#: The moment that the id of an account begun on a phone names: 2025-07-01, when communes took over from districts.
BEGUN_MS: Final = 1_751_302_800_000


def new_id(at_ms: int) -> str:
    """Return a new UUIDv7 of a moment, in milliseconds since 1970."""
    return id_from(at_ms, secrets.randbits(74))


def person_of(secret: str) -> str:
    """Return the id of the account that is begun with a secret of 256 random bits, today and after any restore.

    The phone's store, its queue and its ops hang on it: begun again after a backup that did not have it, the account
    must be the same person.
    """
    return id_from(BEGUN_MS, int.from_bytes(sha256(f"person\n{secret}".encode()).digest()))
