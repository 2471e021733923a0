"""Keeping figures near the end of the log, so that who asks for them waits for little."""

import sqlite3

from server.store import figures
from server.store.ledger import Tip
from server.store.store import Store


async def read_figures(store: Store) -> None:
    """Read the log's new lines into the rows that figures are made of, a few at a time between pushes."""
    while await store.read(figures.is_behind):
        await store.write(_read_on)


def _read_on(conn: sqlite3.Connection, _: Tip) -> int:
    return figures.read_on(conn)
