"""Ids and scopes as the tables keep them: 16-byte BLOBs for UUIDs, a letter before them for scopes."""

from functools import lru_cache
from typing import Final

#: A push names the same few ids in every table it writes.
IDS_REMEMBERED: Final = 4_096


@lru_cache(IDS_REMEMBERED)
def blob(identifier: str) -> bytes:
    """Return the 16 bytes of a UUID."""
    return bytes.fromhex(identifier.replace("-", ""))


def blob_or_none(identifier: str | None) -> bytes | None:
    """Return the 16 bytes of a UUID; null for null or empty text."""
    return blob(identifier) if identifier else None


def text(key: bytes) -> str:
    """Return the canonical text of a UUID kept as 16 bytes."""
    h = key.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def scope_key(scope: str) -> bytes:
    """Return a scope's key: ``p`` and the person's 16 bytes, or ``u`` and the unit's id."""
    if scope.startswith("p:"):
        return b"p" + blob(scope[2:])
    return scope[:1].encode() + scope[2:].encode()
