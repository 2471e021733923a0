"""Bytes of one request on their way into a part: in pieces of bounded size, hashed as they pass.

Rule 1. What was settled is what is told. A request that is cut keeps all that came before the cut.
Rule 2. Bytes that carry a checksum wait aside until it is right: no offset ever counts bytes that were refused.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from msgspec import Struct

from server.uploads.blobs import PIECE_BYTES, BlobStore
from server.uploads.locker import DRAIN_S, Hold
from server.uploads.tus import Checksum

#: A piece waits in memory at most this long, so that a slow phone's bytes reach the disk.
LINGER_S: Final = 1.0
ASIDE_BYTES_MAX: Final = 1024 * 1024

Receive = Callable[[], Awaitable[Any]]
Run = Callable[..., Awaitable[Any]]


class Cut(Exception):
    """A request that ends before its body does: ``fenced`` by a newer one, ``stalled``, or its sender is ``gone``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Tail(Struct):
    """Where a part ends, settled, and the hash of all its bytes."""

    offset: int
    digest: Any


def empty_tail() -> Tail:
    """Return the tail of a part with no bytes."""
    return Tail(0, sha256())


async def body(receive: Receive, hold: Hold, idle_s: float) -> AsyncIterator[bytes]:
    """Yield a request's body as it comes.

    Raises:
        Cut: it does not come to its end.
    """
    more = True
    while more:
        message = await _next(receive, hold, idle_s)
        if message["type"] != "http.request":
            raise Cut("gone")
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


async def _next(receive: Receive, hold: Hold, idle_s: float) -> Any:
    """Return the next message. Who was sent away still takes what is here already, for a moment."""
    if hold.is_over():
        raise Cut("fenced")
    try:
        async with asyncio.timeout(DRAIN_S if hold.revoked.done() else idle_s) as patience:
            hold.patience = patience
            return await receive()
    except TimeoutError:
        raise Cut("fenced" if hold.revoked.done() else "stalled") from None
    finally:
        hold.patience = None


class Intake:
    """Adds to a part, from its tail on."""

    def __init__(self, blobs: BlobStore, run: Run, part: str, tail: Tail, admit: Callable[[], None]) -> None:
        """Take the store, what runs a blocking call, the part with its tail, and what is asked before each write."""
        self._blobs, self._run, self._part, self._admit = blobs, run, part, admit
        self._start, self._digest = tail.offset, tail.digest
        self._pieces: list[bytes] = []
        self._size, self._since = 0, time.monotonic()

    @property
    def end(self) -> int:
        """Return where the part ends with all that was taken."""
        return self._start + self._size

    async def take(self, piece: bytes) -> None:
        """Take a piece; it may wait in memory for more."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= PIECE_BYTES or time.monotonic() - self._since > LINGER_S:
            await self._run(self._add)

    async def flush(self) -> Tail:
        """Add all that was taken, not yet settled; return the part's tail."""
        if self._pieces:
            await self._run(self._add)
        return Tail(self._start, self._digest)

    async def settle(self) -> Tail:
        """Put all that was taken on the disk and return the part's tail."""
        await self._run(self._settle)
        return Tail(self._start, self._digest)

    def _add(self) -> None:
        pieces, size = self._pieces, self._size
        self._pieces, self._size, self._since = [], 0, time.monotonic()
        self._admit()
        self._blobs.append(self._part, self._start, pieces)
        self._start += size
        for piece in pieces:
            self._digest.update(piece)

    def _settle(self) -> None:
        try:
            if self._pieces:
                self._add()
        finally:
            length = self._blobs.settle(self._part)
        if length != self._start:
            raise AssertionError("a part is as long as what was added")


class Aside:
    """Bytes that are not believed yet, in memory up to a bound and then in a file without a name."""

    def __init__(self, run: Run, checksum: Checksum, folder: Path | None) -> None:
        """Take what runs a blocking call, what the bytes must hash to, and where a file may be made."""
        self._run, self._checksum = run, checksum
        self._digest = checksum.hasher()
        self._file = SpooledTemporaryFile(ASIDE_BYTES_MAX, dir=None if folder is None else str(folder))  # noqa: SIM115 - closed by `close`
        self.size = 0

    async def take(self, piece: bytes) -> None:
        """Take a piece."""
        self.size += len(piece)
        self._digest.update(piece)
        if self.size > ASIDE_BYTES_MAX:
            await self._run(self._file.write, piece)
        else:
            self._file.write(piece)

    def right(self) -> bool:
        """Return whether the bytes are those that were announced."""
        return bool(self._digest.digest() == self._checksum.digest)

    async def pour(self, intake: Intake) -> None:
        """Add all of them to the part."""
        self._file.seek(0)
        while piece := await self._run(self._file.read, PIECE_BYTES):
            await intake.take(piece)

    def close(self) -> None:
        """Let them go."""
        self._file.close()
