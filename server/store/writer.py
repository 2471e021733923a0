"""The one writer: what arrives together shares one transaction and one fsync.

Rule 1. Nobody is answered before the transaction that carries their work is on the disk.
Rule 2. A job that fails is rolled back to its savepoint and fails alone; its neighbours are committed.
Rule 3. When the commit fails, every job of the batch fails, and nothing of it was acknowledged.
Rule 4. The queue is bounded: beyond it, the answer is "busy, try again", at once.
"""

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, Final

from schemas.problems import RequestProblem
from server.store.database import FILE, connect
from server.store.ledger import Tip

QUEUE_MAX: Final = 1_024
BATCH_MAX: Final = 256
RETRY_AFTER_S: Final = 5
WAL_BYTES_SOFT: Final = 8 * 1024 * 1024
WAL_BYTES_HARD: Final = 128 * 1024 * 1024

log = logging.getLogger("motcua.store")

Job = Callable[[sqlite3.Connection, Tip], Any]
_Waiting = tuple[Job, "Future[Any]"]


class Writer:
    """The thread that alone writes, and the queue in front of it."""

    def __init__(self, data: Path, *, queue_max: int = QUEUE_MAX) -> None:
        self._queue: Queue[_Waiting | None] = Queue(queue_max)
        self._conn = connect(data)
        # a log that began again is cut, so that its length says how much is in it and not how much ever was
        self._conn.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_SOFT // 2}")
        self._checkpointer = Checkpointer(data)
        self._closed = False
        self.commits = 0
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> "Future[Any]":
        """Queue a job; its future is done when what it wrote is on the disk.

        Raises:
            RequestProblem: ``unavailable``, when the queue is full or the server ends.
        """
        future: Future[Any] = Future()
        if self._closed:
            raise RequestProblem("unavailable", retry_after_s=RETRY_AFTER_S)
        try:
            self._queue.put_nowait((job, future))
        except Full:
            raise RequestProblem("unavailable", retry_after_s=RETRY_AFTER_S) from None
        return future

    @property
    def waiting(self) -> int:
        """Return how many jobs are queued."""
        return self._queue.qsize()

    def close(self) -> None:
        """Do what is queued, then stop."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
            self._checkpointer.close()
            self._conn.close()

    def _run(self) -> None:
        while True:
            batch, last = self._next_batch()
            if batch:
                self._commit(batch)
            if last:
                return

    def _next_batch(self) -> tuple[list[_Waiting], bool]:
        first = self._queue.get()
        batch: list[_Waiting] = []
        while first is not None:
            batch.append(first)
            if len(batch) == BATCH_MAX:
                return batch, False
            try:
                first = self._queue.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: list[_Waiting]) -> None:
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            tip = Tip(self._conn)
            for job, future in batch:
                done.append((future, *self._try(job, tip)))
            tip.save(self._conn)
            self._conn.execute("COMMIT")
            self.commits += 1
        except Exception as fault:  # noqa: BLE001 - rule 3: whatever it was, the batch fails and the writer lives on
            self._throw_away(fault)
            done = [(future, None, problem_of(fault)) for _, future in batch]
        for future, result, error in done:
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        self._checkpointer.look()

    def _try(self, job: Job, tip: Tip) -> tuple[Any, BaseException | None]:
        """Run one job in a savepoint. A fault that ended the transaction itself is everybody's."""
        before = tip.head, tip.chain
        self._conn.execute("SAVEPOINT job")
        try:
            result = job(self._conn, tip)
        except Exception as fault:
            tip.head, tip.chain = before
            if not self._conn.in_transaction or _is_full(fault):
                raise
            self._conn.execute("ROLLBACK TO job")
            self._conn.execute("RELEASE job")
            if not isinstance(fault, RequestProblem):
                log.exception("a job failed alone")
            return None, fault
        self._conn.execute("RELEASE job")
        return result, None

    def _throw_away(self, fault: Exception) -> None:
        log.error("a batch was not committed: %s", getattr(fault, "sqlite_errorname", type(fault).__name__))
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")


def problem_of(fault: Exception) -> RequestProblem:
    """Return what a fault of the store is for whoever asked."""
    if _is_full(fault):
        return RequestProblem("storage-full", retry_after_s=60)
    return RequestProblem("unavailable", retry_after_s=RETRY_AFTER_S)


def _is_full(fault: BaseException) -> bool:
    return isinstance(fault, sqlite3.Error) and getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


class Checkpointer:
    """Moves the write-ahead log into the database, off the path of any answer."""

    def __init__(self, data: Path) -> None:
        self._wal, self._data = data / (FILE + "-wal"), data
        self._due, self._closed = Event(), False
        self._busy = False
        self._thread = Thread(target=self._run, name="checkpointer", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Ask for a checkpoint where the write-ahead log has grown; wait for it only where it outgrew all bounds."""
        try:
            size = self._wal.stat().st_size
        except FileNotFoundError:
            return
        if size > WAL_BYTES_SOFT:
            self._due.set()
        if size > WAL_BYTES_HARD:
            with closing(connect(self._data)) as conn:
                _checkpoint(conn, "RESTART")

    def close(self) -> None:
        """Stop."""
        self._closed = True
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(connect(self._data)) as conn:
            while True:
                self._due.wait()
                self._due.clear()
                if self._closed:
                    return
                _checkpoint(conn, "PASSIVE")


def _checkpoint(conn: sqlite3.Connection, mode: str) -> None:
    try:
        conn.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    except sqlite3.Error as fault:
        log.warning("no checkpoint: %s", getattr(fault, "sqlite_errorname", type(fault).__name__))
