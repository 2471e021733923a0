"""Ids and scopes as the tables keep them: 16-byte BLOBs for UUIDs, a letter before them for scopes."""


def blob(identifier: str) -> bytes:
    """Return the 16 bytes of a UUID."""
    return bytes.fromhex(identifier.replace("-", ""))


def blob_or_none(identifier: str | None) -> bytes | None:
    """Return the 16 bytes of a UUID; null for null or empty text."""
    return bytes.fromhex(identifier.replace("-", "")) if identifier else None


def text(key: bytes) -> str:
    """Return the canonical text of a UUID kept as 16 bytes."""
    h = key.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def scope_key(scope: str) -> bytes:
    """Return a scope's key: ``p`` and the person's 16 bytes, or ``u`` and the unit's id."""
    if scope.startswith("p:"):
        return b"p" + bytes.fromhex(scope[2:].replace("-", ""))
    return scope[:1].encode() + scope[2:].encode()
