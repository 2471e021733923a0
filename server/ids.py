"""New ids: the one place where the server brings clock and randomness together."""

import secrets

from schemas.ids import id_from


def new_id(at_ms: int) -> str:
    """Return a new UUIDv7 of a moment, in milliseconds since 1970."""
    return id_from(at_ms, secrets.randbits(74))
