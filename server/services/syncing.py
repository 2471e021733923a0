"""The two halves of a round trip: a push in the writer's transaction, a pull in a reader's."""

import sqlite3
from collections.abc import Sequence

import msgspec

from schemas.messages import OpResult
from server.store.catalogue import Catalogue
from server.store.feed import SqliteFeed
from server.store.ledger import SqliteLedger, Tip
from server.store.people import actor_of
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from sync.pull import Pulled, pull, read_cursor
from sync.push import forms_published, push, sweep

RawOps = Sequence[bytes | msgspec.Raw]


async def push_ops(store: Store, person: str, ops: RawOps, device: str | None = None) -> list[OpResult]:
    """Give each op its outcome; when this returns, it is on the disk.

    Raises:
        RequestProblem: ``unavailable`` or ``storage-full``; then no op of it was received.
    """

    def job(conn: sqlite3.Connection, tip: Tip) -> list[OpResult]:
        now = now_ms()
        ledger = SqliteLedger(conn, tip, now)
        catalogue = store.shelf.fresh(conn)
        results = push(ledger, catalogue, ledger.actor(person), ops, now, device)
        ledger.flush(catalogue)
        return results

    return await store.write(job)


def check_cursor(store: Store, person: str, cursor: str) -> None:
    """Find out before anything is written whether a cursor leads anywhere.

    Raises:
        RequestProblem: ``invalid``, ``cursor-expired`` or ``epoch-changed``.
    """
    try:
        feed = SqliteFeed(store.conn)
        read_cursor(cursor, actor_of(store.conn, person, now_ms()), store.epoch, feed.head(), feed.floor())
    except sqlite3.Error as fault:
        raise problem_of(fault) from fault


async def pull_changes(store: Store, person: str, cursor: str, limit: int) -> Pulled:
    """Return what changed in a person's scopes after a cursor, read at one point in time.

    Raises:
        RequestProblem: ``invalid``, ``cursor-expired`` or ``epoch-changed``.
    """

    def look(conn: sqlite3.Connection) -> Pulled:
        catalogue = store.shelf.fresh(conn)
        actor = actor_of(conn, person, now_ms())
        return pull(SqliteFeed(conn), actor, catalogue.named, cursor, limit, store.epoch)

    return await store.read(look)


async def sweep_waiting(store: Store) -> int:
    """Refuse the ops that have waited for too long; return how many."""

    def job(conn: sqlite3.Connection, tip: Tip) -> int:
        now = now_ms()
        ledger = SqliteLedger(conn, tip, now)
        catalogue = store.shelf.fresh(conn)
        swept = sweep(ledger, catalogue, now)
        ledger.flush(catalogue)
        return swept

    return await store.write(job)


def release_held(conn: sqlite3.Connection, tip: Tip, catalogue: Catalogue, now: int) -> None:
    """Judge again, in the caller's transaction, what was held for a form that has been published since."""
    ledger = SqliteLedger(conn, tip, now)
    for procedure in sorted(catalogue.latest):
        forms_published(ledger, catalogue, procedure, now)
    ledger.flush(catalogue)
