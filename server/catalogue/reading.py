"""A file of the national portal's records, read piece by piece: a JSON array, never more of it in memory than a record.

Rule 1. A file that is cut, is no such array, or holds nothing of a known shape is unreadable as a whole.
Rule 2. Within a readable file each record stands or falls alone, with its reason.
"""

import codecs
import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import IO, Any, Final, NoReturn

READ_BYTES: Final = 1 << 16
RECORD_LETTERS_MAX: Final = 1 << 20
RECORDS_MAX: Final = 50_000
FILE_MB_MAX: Final = 512
INTEGER_DIGITS_MAX: Final = 15
SPACE: Final = re.compile(r"[ \t\n\r]*")


class UnreadableFileError(Exception):
    """A file that is not what it should be; nothing of it is taken."""


def _no_constant(word: str) -> NoReturn:
    raise UnreadableFileError(f"{word} is no JSON")


def _whole(digits: str) -> int | float:
    """Return a number; one that no field could hold as a float, which no field takes."""
    return int(digits) if len(digits) <= INTEGER_DIGITS_MAX else float("inf")


class _Letters:
    """The text of a file that is not yet read, of which a bounded piece is in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self.text, self.at, self.ended = "", 0, False

    def more(self) -> bool:
        """Read on; return whether there was anything."""
        if self.ended:
            return False
        piece = self._file.read(READ_BYTES)
        self.ended = not piece
        try:
            self.text = self.text[self.at :] + self._decoder.decode(piece, final=self.ended)
        except UnicodeDecodeError as fault:
            raise UnreadableFileError("it is not UTF-8 text") from fault
        self.at = 0
        return True

    def next_mark(self) -> str:
        """Pass white space; return the letter that follows, empty at the end."""
        while True:
            found = SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    @property
    def held(self) -> int:
        """Return how many letters wait in memory."""
        return len(self.text) - self.at


def records_in(file: IO[bytes]) -> Iterator[Any]:
    """Give the elements of the array, one after the other.

    Raises:
        UnreadableFileError: it is no array, is cut, goes on after its end, or is beyond a limit.
    """
    letters = _Letters(file)
    if letters.next_mark() != "[":
        raise UnreadableFileError("it is not a list of records (JSON array)")
    letters.at += 1
    if letters.next_mark() == "]":
        raise UnreadableFileError("it holds no record")
    decoder = JSONDecoder(parse_int=_whole, parse_constant=_no_constant)
    for number in range(RECORDS_MAX + 1):
        if number == RECORDS_MAX:
            raise UnreadableFileError(f"it holds more than {RECORDS_MAX} records")
        yield _element(letters, decoder, number)
        mark = letters.next_mark()
        letters.at += 1
        if mark == "]":
            break
        if mark != ",":
            raise UnreadableFileError(f"it breaks off after record {number}")
        letters.next_mark()
    if letters.next_mark():
        raise UnreadableFileError("something stands after the end of the list")


def _element(letters: _Letters, decoder: JSONDecoder, number: int) -> Any:
    while True:
        try:
            found, end = decoder.raw_decode(letters.text, letters.at)
        except JSONDecodeError as fault:
            if letters.held > RECORD_LETTERS_MAX:
                raise UnreadableFileError(f"record {number} is too large or is no JSON: {fault.msg}") from fault
            if not letters.more():
                raise UnreadableFileError(f"it breaks off in record {number}: {fault.msg}") from fault
            continue
        except RecursionError as fault:
            raise UnreadableFileError(f"record {number} is nested too deep") from fault
        if end < len(letters.text) or not letters.more():  # a number at the edge may go on
            letters.at = end
            return found
