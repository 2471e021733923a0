"""A full queue, a full disk, a database that another process holds: said plainly, and nothing is half done."""

import asyncio
import sqlite3
from pathlib import Path
from threading import Event

import pytest

from schemas.problems import RequestProblem
from server.routes.wire import problem_answer
from server.store import database, writer
from server.store.database import AlreadyServedError, connect
from server.store.ledger import Tip
from server.store.store import Store


def note(conn: sqlite3.Connection, _tip: Tip) -> None:
    conn.execute("INSERT INTO meta VALUES ('x' || hex(randomblob(8)), zeroblob(9000))")


def test_a_full_queue_answers_at_once_and_takes_work_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer.Writer.__init__, "__kwdefaults__", {"queue_max": 3})
    store = Store(tmp_path)
    begun, gate = Event(), Event()

    def hold(_conn: sqlite3.Connection, _tip: Tip) -> None:
        begun.set()
        assert gate.wait(30)

    store.writer.submit(hold)
    assert begun.wait(30)
    queued = [store.writer.submit(note) for _ in range(3)]
    with pytest.raises(RequestProblem) as full:
        store.writer.submit(note)
    answer = problem_answer(full.value)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    gate.set()
    for future in queued:
        future.result()
    store.writer.submit(note).result()
    store.close()


def test_a_full_disk_is_said_to_all_of_the_batch_and_nothing_is_kept(store: Store) -> None:
    begun, gate = Event(), Event()

    def hold(conn: sqlite3.Connection, _tip: Tip) -> None:
        pages = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {pages + 1}")
        begun.set()
        assert gate.wait(30)

    def much(conn: sqlite3.Connection, tip: Tip) -> None:
        for _ in range(50):
            note(conn, tip)

    before = store.conn.execute("SELECT count(*) FROM meta").fetchone()
    first = store.writer.submit(hold)
    assert begun.wait(30)
    batch = [store.writer.submit(much) for _ in range(3)]
    gate.set()
    first.result()
    for future in batch:
        fault = future.exception()
        assert isinstance(fault, RequestProblem)
        assert (fault.status, fault.problem.code) == (507, "storage-full")
    assert store.conn.execute("SELECT count(*) FROM meta").fetchone() == before
    store.writer.submit(lambda conn, _: conn.execute("PRAGMA max_page_count = 1000000").fetchone()).result()
    asyncio.run(store.write(much))


def test_a_database_held_by_another_process_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    store = Store(tmp_path)
    other = connect(tmp_path)
    other.execute("BEGIN IMMEDIATE")
    fault = store.writer.submit(note).exception()
    assert isinstance(fault, RequestProblem)
    assert fault.problem.code == "unavailable"
    other.execute("ROLLBACK")
    store.writer.submit(note).result()
    other.close()
    store.close()


def test_a_data_directory_is_served_once(store: Store) -> None:
    with pytest.raises(AlreadyServedError):
        Store(store.data)


def test_what_is_queued_is_done_before_the_end(tmp_path: Path) -> None:
    store = Store(tmp_path)
    queued = [store.writer.submit(note) for _ in range(20)]
    store.close()
    assert all(future.exception() is None for future in queued)
    with pytest.raises(RequestProblem):
        store.writer.submit(note)


def test_the_write_ahead_log_is_moved_into_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "WAL_BYTES_HARD", 100_000)
    wal = store.data / "motcua.db-wal"
    for _ in range(40):
        store.writer.submit(note).result()
    size = wal.stat().st_size
    for _ in range(200):
        store.writer.submit(note).result()
    assert wal.stat().st_size < max(size, 100_000) + 200_000, "it does not grow with what is written"
