"""One range of bytes of a file (RFC 9110 §14). Several at once are answered with the whole, as the RFC allows."""

import re
from typing import Final

_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.IGNORECASE)


class Unsatisfiable(Exception):
    """A range that lies beyond the file."""


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return start and length of what is asked for; null means the whole.

    Raises:
        Unsatisfiable: nothing of it is there.
    """
    match = _RANGE.fullmatch(header.strip()) if header is not None else None
    if match is None:
        return None
    first, last, tail = match.groups()
    if tail is not None:
        length = min(int(tail), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, length
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, end - start + 1
