"""Who may touch an upload now: one at a time, and who comes later sends a stale writer away (fencing).

A phone whose connection died comes back long before the server's TCP notices. So a new request for the same upload is
the better knowledge: the old one is told to stop, settles what it has, and the new one goes on from there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Hold:
    """The right to touch one upload, until ``revoked`` is done: then the holder ends what it does and lets go."""

    def __init__(self) -> None:
        self.revoked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.released = asyncio.Event()

    def revoke(self) -> None:
        """Ask the holder to let go."""
        if not self.revoked.done():
            self.revoked.set_result(None)


class Locker:
    """Holds by upload, in this process: a data directory is served by one."""

    def __init__(self) -> None:
        self._holds: dict[str, Hold] = {}

    @asynccontextmanager
    async def hold(self, upload: str) -> AsyncIterator[Hold]:
        """Hold an upload; whoever holds it now is asked to let go, and waited for."""
        while (other := self._holds.get(upload)) is not None:
            other.revoke()
            await other.released.wait()
        mine = self._holds[upload] = Hold()
        try:
            yield mine
        finally:
            del self._holds[upload]
            mine.released.set()

    def is_held(self, upload: str) -> bool:
        """Return whether somebody holds an upload now."""
        return upload in self._holds
