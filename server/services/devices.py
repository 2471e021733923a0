"""What devices say of themselves, gathered in memory and written from time to time: a pull never waits for the disk."""

import sqlite3
from typing import Final

from server.store.ledger import Tip
from server.store.people import seen_device
from server.store.store import Store

GATHERED_MAX: Final = 10_000


class Devices:
    """The last word of each device since it was last written down."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[str | None, str | None, int]] = {}

    def note(self, person: str, device: str, app: str | None, stats: str | None, at_ms: int) -> None:
        """Remember a device's word; beyond the limit new devices wait for the next writing."""
        if len(self._seen) < GATHERED_MAX or (person, device) in self._seen:
            self._seen[person, device] = app, stats, at_ms

    async def write(self, store: Store) -> None:
        """Write down what was gathered."""
        seen, self._seen = self._seen, {}
        if not seen:
            return

        def job(conn: sqlite3.Connection, tip: Tip) -> None:
            del tip
            for (person, device), (app, stats, at_ms) in seen.items():
                seen_device(conn, person, device, app, stats, at_ms)

        await store.write(job)
