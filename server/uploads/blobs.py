"""Where bytes are kept: the contract of a blob store, and one that lives in memory.

Rule 1. A *part* is an upload under way; it only ever grows. Its length is its offset: no second record can drift.
Rule 2. What ``settle`` returned is on the disk and stays there: nobody is told a length that was not settled.
Rule 3. A *blob* is named by the SHA-256 of its bytes and never changes. ``keep`` leaves the part where it is, so that a
        stop in between loses no offset; ``drop`` takes it away once the blob is written down elsewhere.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

PIECE_BYTES = 256 * 1024


class WrongOffset(Exception):
    """Bytes for another place than the part's end."""


class BlobStore(Protocol):
    """Parts and blobs. Calls block: they are made from threads. No call is made for one part by two at a time.

    A call that cannot be carried out for want of room raises ``OSError`` (``ENOSPC``), and what was settled stays.
    """

    def append(self, part: str, offset: int, pieces: Sequence[bytes]) -> None:
        """Add bytes at the end of a part, all or none, begun where it is not there yet; not durable before ``settle``.

        Raises:
            WrongOffset: the part does not end at ``offset``.
        """

    def settle(self, part: str) -> int:
        """Put a part on the disk and return its length, 0 where nothing was added yet."""

    def pieces(self, part: str) -> Iterator[bytes]:
        """Read a part from its beginning."""

    def keep(self, part: str, digest: str) -> None:
        """Keep a part's bytes as the blob of that digest, durably; harmless when repeated or already there."""

    def drop(self, part: str) -> None:
        """Forget a part; harmless when repeated."""

    def length(self, digest: str) -> int | None:
        """Return how many bytes a blob has, or null where there is none."""

    def kept_ms(self, digest: str) -> int:
        """Return when a blob's bytes were written, in milliseconds since 1970; 0 where there is none."""

    def read(self, digest: str, start: int, length: int) -> Iterator[bytes]:
        """Read from a blob, in pieces."""

    def path(self, digest: str) -> AbstractContextManager[Path]:
        """Lend a file with a blob's bytes, for programs that read files; it is not to be changed."""

    def remove(self, digest: str) -> None:
        """Forget a blob; harmless when repeated."""

    def parts(self) -> Iterator[str]:
        """Yield the parts there are."""

    def blobs(self) -> Iterator[str]:
        """Yield the digests of the blobs there are."""


class MemoryBlobs:
    """A blob store for tests and small programs."""

    def __init__(self) -> None:
        self._parts: dict[str, bytearray] = {}
        self._blobs: dict[str, bytes] = {}
        self._kept_ms: dict[str, int] = {}

    def append(self, part: str, offset: int, pieces: Sequence[bytes]) -> None:
        """Add bytes at the end of a part."""
        if len(self._parts.get(part, b"")) != offset:
            raise WrongOffset
        self._parts.setdefault(part, bytearray()).extend(b"".join(pieces))

    def settle(self, part: str) -> int:
        """Return a part's length."""
        return len(self._parts.get(part, b""))

    def pieces(self, part: str) -> Iterator[bytes]:
        """Read a part."""
        yield bytes(self._parts.get(part, b""))

    def keep(self, part: str, digest: str) -> None:
        """Keep a part's bytes under their digest."""
        self._blobs[digest] = bytes(self._parts.get(part, b""))
        self._kept_ms[digest] = time.time_ns() // 1_000_000

    def drop(self, part: str) -> None:
        """Forget a part."""
        self._parts.pop(part, None)

    def length(self, digest: str) -> int | None:
        """Return a blob's length, or null."""
        return len(self._blobs[digest]) if digest in self._blobs else None

    def kept_ms(self, digest: str) -> int:
        """Return when a blob's bytes were written."""
        return self._kept_ms.get(digest, 0)

    def read(self, digest: str, start: int, length: int) -> Iterator[bytes]:
        """Read from a blob."""
        yield self._blobs[digest][start : start + length]

    @contextmanager
    def path(self, digest: str) -> Iterator[Path]:
        """Lend a file with a blob's bytes."""
        with NamedTemporaryFile() as lent:
            lent.write(self._blobs[digest])
            lent.flush()
            yield Path(lent.name)

    def remove(self, digest: str) -> None:
        """Forget a blob."""
        self._blobs.pop(digest, None)

    def parts(self) -> Iterator[str]:
        """Yield the parts."""
        yield from list(self._parts)

    def blobs(self) -> Iterator[str]:
        """Yield the blobs."""
        yield from list(self._blobs)


def digest_of(pieces: Iterator[bytes]) -> str:
    """Return the SHA-256 of bytes that come in pieces, in hexadecimal."""
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
