"""Everything that is kept, behind one door: the writer, the readers, and point look-ups for the event loop."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from server.store.catalogue import Shelf
from server.store.database import DataLock, connect, migrate
from server.store.feed import Readers
from server.store.ledger import Tip
from server.store.writer import Writer, problem_of

T = TypeVar("T")


def now_ms() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Store:
    """A data directory that is being served."""

    def __init__(self, data: Path) -> None:
        migrate(data)
        self.data = data
        self._lock = DataLock(data)
        self.writer = Writer(data)
        self.readers = Readers(data)
        self.shelf = Shelf()
        #: For point look-ups on the event loop's own thread: cheaper than a hand-over, and never behind the writer.
        #: On no other thread: of two that look at the same time the later shares the view of the earlier, and may not
        #: see what was committed before it asked.
        self.conn = connect(data, readonly=True)
        self.epoch: str = self.conn.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]

    async def write(self, job: Callable[[sqlite3.Connection, Tip], T]) -> T:
        """Run a job in the writer's next transaction; return when it is on the disk.

        Raises:
            RequestProblem: ``unavailable`` or ``storage-full``, and nothing of it was kept.
        """
        result: T = await asyncio.wrap_future(self.writer.submit(job))
        return result

    async def read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """Run look-ups in one read transaction, off the event loop.

        Raises:
            RequestProblem: ``unavailable``, where the database cannot be read now.
        """
        return await asyncio.get_running_loop().run_in_executor(self.readers.pool, self._read, look)

    def _read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self.readers.snapshot() as conn:
                return look(conn)
        except sqlite3.Error as fault:
            raise problem_of(fault) from fault

    def close(self) -> None:
        """Finish what is queued and let the directory go."""
        self.writer.close()
        self.readers.close()
        self.conn.close()
        self._lock.release()
