"""Identifiers: UUIDv7 as canonical lower-case text, which carries the millisecond it was made in (RFC 9562 §5.7)."""

import re
from typing import Final

UUID7: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def is_id(value: object) -> bool:
    """Return whether ``value`` is the canonical text of a UUIDv7."""
    return isinstance(value, str) and UUID7.fullmatch(value) is not None


def made_at(identifier: str) -> int:
    """Return the milliseconds since 1970 that a UUIDv7 names."""
    return int(identifier[:8] + identifier[9:13], 16)


def id_from(at_ms: int, random_bits: int) -> str:
    """Build a UUIDv7 from a time in milliseconds and at least 74 random bits.

    The caller brings both, so that the engine stays free of clock and randomness.
    """
    value = (at_ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | (random_bits >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | random_bits & 0x3FFF_FFFF_FFFF_FFFF
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
