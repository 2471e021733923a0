"""Counts, never seconds: commits a batch, fsyncs a commit, statements a push, rows visited a pull."""

import sqlite3
from threading import Event
from typing import Any

import msgspec
import pytest

from schemas.ids import id_from
from server.shipped import FORMS
from server.store.feed import SqliteFeed
from server.store.keys import blob
from server.store.ledger import SqliteLedger, Tip
from server.store.people import actor_of, find_user
from server.store.store import Store, now_ms
from sync.pull import make_cursor, pull
from sync.push import push
from tests.bench.submission import Maker, answers

CHANGES = 100
#: Three ops: 3 look-ups of ids, 1 of the dossier, 3 of what waits, 3 rows each of op and log, 3 of the feed, 1 dossier.
STATEMENTS_A_SUBMISSION = 12  # all of them writes: what is read is read together
OPS_A_SUBMISSION = 3
#: A third of a 30-field submission, in whole pages: its body, the dossier as it stands, rows in op, log and feed
#: (3,072 when this was written).
BYTES_AN_OP_MAX = 3_300


@pytest.fixture
def maker() -> Maker:
    return Maker(*answers((FORMS / "1.004873.json").read_bytes()))


def person(store: Store, user: str) -> str:
    found = find_user(store.conn, user)
    assert found is not None
    return found.id


def job(store: Store, maker: Maker, submissions: int) -> Any:
    """Return a push of so many submissions, for the writer."""
    ops = msgspec.json.decode(
        b"[" + ",".join(maker.ops() for _ in range(submissions)).encode() + b"]", type=list[msgspec.Raw]
    )
    who = person(store, "demo-1")

    def run(conn: sqlite3.Connection, tip: Tip) -> list[str]:
        ledger = SqliteLedger(conn, tip, now_ms())
        results = push(ledger, store.shelf.fresh(conn), ledger.actor(who), ops, now_ms())
        ledger.flush(store.shelf.fresh(conn))
        return [result.outcome for result in results]

    return run


def test_pushes_that_arrive_together_share_one_commit(store: Store, maker: Maker) -> None:
    begun, gate = Event(), Event()

    def hold(_conn: sqlite3.Connection, _tip: Tip) -> None:
        begun.set()
        assert gate.wait(30)

    first = store.writer.submit(hold)
    assert begun.wait(30)
    pushes = [store.writer.submit(job(store, maker, 1)) for _ in range(40)]
    before = store.writer.commits
    gate.set()
    first.result()
    assert all(future.result() == ["applied"] * 3 for future in pushes)
    assert store.writer.commits - before == 2, "one for the first, one for all that waited"


def test_every_commit_is_synced_to_the_disk(store: Store) -> None:
    pragmas = ("synchronous", "journal_mode", "wal_autocheckpoint", "foreign_keys")
    asked = store.writer.submit(lambda conn, _: [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas])
    assert asked.result() == [2, "wal", 0, 1]


def test_a_push_that_fails_sinks_no_neighbour(store: Store, maker: Maker) -> None:
    begun, gate = Event(), Event()

    def hold(_conn: sqlite3.Connection, _tip: Tip) -> None:
        begun.set()
        assert gate.wait(30)

    def broken(conn: sqlite3.Connection, tip: Tip) -> None:
        job(store, maker, 2)(conn, tip)
        raise ZeroDivisionError

    store.writer.submit(hold)
    assert begun.wait(30)
    good = [store.writer.submit(job(store, maker, 1))]
    bad = store.writer.submit(broken)
    good.append(store.writer.submit(job(store, maker, 1)))
    gate.set()
    assert [future.result() for future in good] == [["applied"] * 3] * 2
    assert isinstance(bad.exception(), ZeroDivisionError)
    seqs = [row[0] for row in store.conn.execute("SELECT seq FROM log ORDER BY seq")]
    assert seqs == list(range(1, 7)), "the positions of what failed were given back"
    assert store.conn.execute("SELECT count(*) FROM dossier").fetchone() == (2,)


def test_a_push_takes_a_fixed_number_of_statements(store: Store, maker: Maker) -> None:
    counts = {}
    for submissions in (1, 2, 50):
        seen: list[str] = []

        def traced(conn: sqlite3.Connection, tip: Tip, *, many: int = submissions, seen: list[str] = seen) -> None:
            run = job(store, maker, many)
            conn.set_trace_callback(seen.append)
            run(conn, tip)
            conn.set_trace_callback(None)

        store.writer.submit(traced).result()
        counts[submissions] = len(seen)
    assert counts[50] - counts[2] == 48 * STATEMENTS_A_SUBMISSION


def test_an_op_takes_few_bytes_of_disk_and_no_more_when_there_are_many(store: Store, maker: Maker) -> None:
    def grown(submissions: int) -> float:
        size = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"
        before = store.conn.execute(size).fetchone()[0]
        store.writer.submit(job(store, maker, submissions)).result()
        return float(store.conn.execute(size).fetchone()[0] - before) / (submissions * OPS_A_SUBMISSION)

    first, later = grown(400), grown(400)
    assert first <= BYTES_AN_OP_MAX
    assert later <= first * 1.1


def test_a_replay_writes_nothing(store: Store, maker: Maker) -> None:
    run = job(store, maker, 5)
    store.writer.submit(run).result()

    def rows() -> list[int]:
        tables = ("op", "log", "feed", "outcome_feed", "dossier", "counter", "named")
        return [store.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]

    before = rows()
    tip = store.conn.execute("SELECT * FROM tip").fetchone()
    store.writer.submit(run).result()
    assert rows() == before
    assert store.conn.execute("SELECT * FROM tip").fetchone() == tip


def steps_of_a_pull(store: Store, unit: str, cursor: int) -> int:
    """Return how many virtual machine steps (in thousands of the handler) a pull of the last changes takes."""
    officer = actor_of(store.conn, person(store, f"officer-{unit}"), now_ms())
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    conn = store.readers.connection()
    conn.set_progress_handler(count, 10)
    found = pull(SqliteFeed(conn), officer, lambda _: None, make_cursor("e1", cursor, officer), 500, "e1")
    conn.set_progress_handler(None, 0)
    assert len(found.dossiers) == CHANGES
    return steps


def test_a_pull_visits_as_many_rows_whatever_there_is(store: Store, maker: Maker) -> None:
    store.writer.submit(job(store, maker, CHANGES)).result()
    few = steps_of_a_pull(store, "06154", 0)
    store.writer.submit(lambda conn, tip: fill(conn, tip, 100_000)).result()
    cursor = store.conn.execute("SELECT head FROM tip").fetchone()[0]
    store.writer.submit(job(store, maker, CHANGES)).result()
    many = steps_of_a_pull(store, "06154", cursor)
    assert many <= few * 1.1, "the pull reads its own entries and dossiers and nothing else"


def fill(conn: sqlite3.Connection, tip: Tip, count: int) -> None:
    """Add so many dossiers of the unit by copying one, with their entries."""
    row = list(conn.execute("SELECT * FROM dossier LIMIT 1").fetchone())
    for number in range(count):
        identifier = blob(id_from(now_ms(), number << 50 | 1))
        row[0], row[1], row[2] = None, identifier, f"LS-06154-000000-{number:06d}"
        conn.execute("INSERT INTO dossier VALUES ({})".format(", ".join("?" * len(row))), row)
        tip.head += 1
        conn.execute("INSERT INTO feed VALUES (?, ?, ?, 'changed')", (b"u06154", tip.head, identifier))


def test_every_look_up_of_the_hot_path_uses_an_index(store: Store) -> None:
    seen: list[str] = []
    conn = store.readers.connection()
    officer = actor_of(conn, person(store, "officer-06154"), now_ms())
    conn.set_trace_callback(seen.append)
    feed = SqliteFeed(conn)
    pull(feed, officer, lambda _: None, "", 10, "e1")
    feed.dossier_ids("u:06154", "", 5)
    feed.dossier_ids("p:" + officer.person, "", 5)
    ledger = SqliteLedger(conn, Tip(conn), now_ms())
    ledger.held_of(officer.person)
    ledger.held_count(officer.person)
    ledger.held_before("waiting", 1, 1)
    ledger.held_for_form("1.004873")
    ledger.take_named(officer.person, officer.person)
    conn.set_trace_callback(None)
    plans = {sql: [row[3] for row in conn.execute("EXPLAIN QUERY PLAN " + sql)] for sql in seen}
    for sql, plan in plans.items():
        scans = [step for step in plan if step.startswith("SCAN") and step not in ("SCAN tip", "SCAN (subquery-1)")]
        assert not scans, (sql, scans)
