"""Who may touch an upload now: one at a time, and who comes later sends a stale writer away (fencing).

A phone whose connection died comes back long before the server's TCP notices. So a new request for the same upload is
the better knowledge: the old one is told to stop, takes what has arrived already, settles it, and the new one goes on
from there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

#: Whoever was asked to let go waits so long for bytes that are here and not read yet, and so long in all.
DRAIN_S: Final = 0.02
DRAIN_ALL_S: Final = 1.0


class Hold:
    """The right to touch one upload, until ``revoked`` is done: then the holder ends what it does and lets go.

    ``waited``: somebody else had it meanwhile. ``patience`` is how long the holder waits for its next bytes, while it
    does.
    """

    def __init__(self, *, waited: bool) -> None:
        self.waited = waited
        self._loop = asyncio.get_running_loop()
        self.revoked: asyncio.Future[float] = self._loop.create_future()
        self.released = asyncio.Event()
        self.patience: asyncio.Timeout | None = None

    def revoke(self) -> None:
        """Ask the holder to let go."""
        if not self.revoked.done():
            now = self._loop.time()
            self.revoked.set_result(now)
            if self.patience is not None and not self.patience.expired():
                self.patience.reschedule(now + DRAIN_S)

    def is_over(self) -> bool:
        """Return whether whoever was asked to let go has had its time."""
        return self.revoked.done() and self._loop.time() > self.revoked.result() + DRAIN_ALL_S


class Locker:
    """Holds by upload, in this process: a data directory is served by one."""

    def __init__(self) -> None:
        self._holds: dict[str, Hold] = {}

    @asynccontextmanager
    async def hold(self, upload: str) -> AsyncIterator[Hold]:
        """Hold an upload; whoever holds it now is asked to let go, and waited for."""
        waited = False
        while (other := self._holds.get(upload)) is not None:
            waited = True
            other.revoke()
            await other.released.wait()
        mine = self._holds[upload] = Hold(waited=waited)
        try:
            yield mine
        finally:
            del self._holds[upload]
            mine.released.set()

    def is_held(self, upload: str) -> bool:
        """Return whether somebody holds an upload now."""
        return upload in self._holds
