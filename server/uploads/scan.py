r"""Asking a virus scanner that speaks clamd's INSTREAM.

Source: clamd(8): ``zINSTREAM\0``, then chunks with their length as four bytes in network order, a length of 0 at the
end; the answer is ``stream: OK``, ``stream: {name} FOUND`` or ``… ERROR``.
"""

import asyncio
from collections.abc import AsyncIterable
from typing import Final

ANSWER_BYTES_MAX: Final = 4_096
PATIENCE_S: Final = 60


class NoScanner(Exception):
    """The scanner cannot be asked now; the file waits."""


class Scanner:
    """A clamd at ``host:port`` or at the path of a socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def infected(self, pieces: AsyncIterable[bytes]) -> bool:
        """Return whether the scanner finds something in a file that comes in pieces.

        Raises:
            NoScanner: it cannot be reached, does not answer in time, or answers something else.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                said = await self._ask(pieces)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as fault:
            raise NoScanner(str(fault) or type(fault).__name__) from fault
        if said.endswith(b"OK"):
            return False
        if said.endswith(b"FOUND"):
            return True
        raise NoScanner(said[:200].decode("latin-1"))

    async def _ask(self, pieces: AsyncIterable[bytes]) -> bytes:
        if self._address.startswith("/"):
            reader, writer = await asyncio.open_unix_connection(self._address, limit=ANSWER_BYTES_MAX)
        else:
            host, _, port = self._address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port), limit=ANSWER_BYTES_MAX)
        try:
            writer.write(b"zINSTREAM\0")
            async for piece in pieces:
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0\n ")
        finally:
            writer.close()
