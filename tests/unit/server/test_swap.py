"""A restore that is stopped anywhere leaves the old database whole with its log, or the new one in its place."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.store import restore
from server.store.database import FILE, migrate
from server.store.migrations import migrations

STEPS = 12  # more than there are: the last ones are never reached


class StoppedError(Exception):
    """The machine went off."""


def rows_of(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as conn:
        return [row[0] for row in conn.execute("SELECT said FROM kept ORDER BY said")]


def unsettled(data: Path) -> None:
    """Make a database whose last words are in its write-ahead log alone, as a killed server leaves it."""
    made = data.parent / "made.db"
    with closing(sqlite3.connect(made)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("CREATE TABLE kept (said TEXT)")
        conn.execute("INSERT INTO kept VALUES ('first')")
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        conn.execute("INSERT INTO kept VALUES ('last')")
        conn.commit()
        for tail in ("", "-wal"):
            (data / (FILE + tail)).write_bytes(made.with_name(made.name + tail).read_bytes())


@pytest.mark.parametrize("stop", range(STEPS))
def test_a_database_that_cannot_be_settled_is_never_parted_from_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    unsettled(data)
    ready = data / "ready.db"
    with closing(sqlite3.connect(ready)) as conn:
        conn.execute("CREATE TABLE kept (said TEXT)")
        conn.execute("INSERT INTO kept VALUES ('restored')")
        conn.commit()
    left = stop

    def step(does: Any) -> Any:
        def may_stop(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            if left == 0:
                raise StoppedError
            left -= 1
            return does(*args, **kwargs)

        return may_stop

    with monkeypatch.context() as machine:
        machine.setattr(restore, "_settle", lambda _: None)  # it is damaged
        machine.setattr(os, "link", step(os.link))
        for name in ("replace", "rename", "unlink"):
            machine.setattr(Path, name, step(getattr(Path, name)))
        stopped = False
        try:
            restore._swap(data, ready, 1_795_485_404_137)
        except StoppedError:
            stopped = True
    assert stopped == (stop < 6), "two links, the new name, the log, its index, the place"
    monkeypatch.setattr(migrations, "apply", lambda _: None)
    migrate(data)
    said = rows_of(data / FILE)
    assert said in (["first", "last"], ["restored"])
    if said == ["restored"]:
        (aside,) = data.glob("replaced-*.db")
        assert rows_of(aside) == ["first", "last"]
    assert (said == ["restored"]) == (stop > 2), "from its new name on it has happened"
