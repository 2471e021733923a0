"""A data directory as the commands use it: there or not, up to date, and in one transaction at a time."""

import sqlite3
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.store.database import connect, migrate


class UsageError(Exception):
    """A command that cannot be carried out, with the sentence that says why."""


def add_data_options(*parsers: ArgumentParser) -> None:
    """Give commands what all of them take that look into a data directory."""
    for each in parsers:
        each.add_argument("--data", type=Path, default=Path("var/data"), metavar="DIR", help="the data directory")
        each.add_argument("--json", action="store_true", help="print one JSON value")


def need(data: Path) -> None:
    """Bring a data directory's tables up to date.

    Raises:
        UsageError: there is no such directory.
    """
    if not data.is_dir():
        raise UsageError(f"there is no data in {data} (motcua migrate makes it)")
    migrate(data)


@contextmanager
def transaction(data: Path) -> Iterator[sqlite3.Connection]:
    """Run a transaction of this process, also beside a running server."""
    conn = connect(data)
    try:
        conn.execute("BEGIN IMMEDIATE")
        yield conn
        conn.execute("COMMIT")
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        conn.close()
