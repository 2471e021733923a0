"""Going back to a backup, as a new epoch (protocol §4).

Rule 1. Everything is read, checked and made ready beside the present database before that is touched.
Rule 2. The present database is moved aside and never destroyed.
Rule 3. An epoch is never used twice: it is above the backup's and above that of the database it replaces. Where there
is none to ask (a fresh machine), another machine may have restored the same backup before: a number is drawn.
Rule 4. Nothing that an earlier epoch may have given out is given out again: the days' numbers go on epoch × 1,000
above the highest that is known, and revs above epoch × 1,000,000 (`sync.workflow`).
"""

import os
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from msgspec import Struct
from sqlite_utils import Database

from schemas.moments import local_day
from server.store.backup import BackupError, Manifest, unpack
from server.store.catalogue import epoch_of
from server.store.database import FILE, NEXT, DataLock, connect, migrate, sync_folder, take_over
from server.store.lost import Lost, lost_since
from server.store.migrations import migrations
from server.store.withdrawn import keep_withdrawn
from sync.workflow import numbers_of

#: How far above the known ones an epoch is drawn where no earlier database can be asked.
EPOCHS_DRAWN: Final = 9_000

_Counter = tuple[str, str, int]


class Replaced(Struct):
    """What is known of the database that is moved aside."""

    epoch: int
    counters: list[_Counter]
    lost: Lost


class Restored(Struct, kw_only=True):
    """What a restore did. ``aside`` is where the replaced database lies, null where there was none."""

    epoch: str
    backup: Manifest
    restored: int
    aside: str | None
    lost: Lost


def restore(file: Path, data: Path, now_ms: int) -> Restored:
    """Make a data directory what a backup says, in a new epoch.

    Raises:
        BackupError: the backup is not whole, or the directory cannot be written; then nothing has changed.
        AlreadyServedError: a server runs on the directory.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = DataLock(data)
        try:
            take_over(data)
            with TemporaryDirectory(prefix=".restoring.", dir=data) as folder:
                return _restore(file, data, Path(folder), now_ms)
        finally:
            lock.release()
    except (OSError, sqlite3.Error) as fault:
        raise BackupError(f"not restored: {fault}") from fault


def _restore(file: Path, data: Path, folder: Path, now_ms: int) -> Restored:
    ready = folder / FILE
    manifest = unpack(file, ready)
    _check(ready, manifest)
    migrate(folder)
    replaced = _ask(data, manifest)
    lost = replaced.lost if replaced is not None else Lost(since=manifest.made)
    with closing(connect(folder)) as conn:
        epoch = _new_epoch(epoch_of(conn), replaced)
        _begin_epoch(conn, epoch, replaced, manifest, lost, now_ms)
        keep_withdrawn(conn, data, manifest.head)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    _sync(ready)
    aside = _swap(data, ready, now_ms)
    return Restored(epoch=f"e{epoch}", backup=manifest, restored=now_ms, aside=str(aside) if aside else None, lost=lost)


def _check(ready: Path, manifest: Manifest) -> None:
    """Refuse what this program cannot run on."""
    with closing(sqlite3.connect(":memory:")) as nothing:
        known = {migration.name for migration in migrations.pending(Database(nothing))}
    unknown = set(manifest.migrations) - known
    if unknown:
        raise BackupError(f"the backup is of a newer program: {', '.join(sorted(unknown))}")
    with closing(sqlite3.connect(ready)) as conn:
        said = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise BackupError(f"the backup's database is damaged: {said}")


def _ask(data: Path, manifest: Manifest) -> Replaced | None:
    """Return what the present database says; null where there is none, or none that can be read any more."""
    if not (data / FILE).exists():
        return None
    try:
        with closing(connect(data, readonly=True)) as conn:
            counters = conn.execute("SELECT unit, day, last FROM counter").fetchall()
            return Replaced(epoch_of(conn), counters, lost_since(conn, manifest))
    except sqlite3.Error:
        return None  # damaged: that may be why it is restored; it is moved aside all the same


def _new_epoch(backup: int, replaced: Replaced | None) -> int:
    if replaced is not None:
        return max(backup, replaced.epoch) + 1
    return backup + 1 + secrets.randbelow(EPOCHS_DRAWN)


def _begin_epoch(
    conn: sqlite3.Connection, epoch: int, replaced: Replaced | None, manifest: Manifest, lost: Lost, now_ms: int
) -> None:
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (f"e{epoch}",))
    conn.executemany(
        "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
        replaced.counters if replaced is not None else [],
    )
    conn.execute("UPDATE counter SET last = last + ?", (numbers_of(epoch),))
    today = f"{local_day(now_ms):%y%m%d}"
    counted_to = conn.execute("SELECT max(coalesce(max(day), ''), ?) FROM counter", (today,)).fetchone()[0]
    conn.execute(
        "INSERT INTO restoration VALUES (?, ?, ?, ?, ?, ?)",
        (epoch, now_ms, manifest.made, manifest.head, counted_to, msgspec.json.encode(lost).decode()),
    )
    conn.execute("UPDATE tip SET catalogue = catalogue + 1")
    conn.execute("COMMIT")


def _swap(data: Path, ready: Path, now_ms: int) -> Path | None:
    """Put the restored database in the place of the present one, which is kept under another name, with its log.

    Stopped before the restored one has the name `NEXT`, nothing has changed; after it, whoever opens the directory next
    goes on (`database.migrate`). So a database that could not be settled is never parted from its write-ahead log.
    """
    present = data / FILE
    aside = _aside(data, now_ms) if present.exists() else None
    if aside is not None:
        _settle(data)
        for tail in ("", "-wal"):
            if (data / (FILE + tail)).exists():
                os.link(data / (FILE + tail), data / (aside.name + tail))
        sync_folder(data)
    ready.replace(data / NEXT)
    sync_folder(data)
    take_over(data)
    return aside


def _settle(data: Path) -> None:
    """Move the write-ahead log into the database, so that it is one file. A damaged one stays as it is."""
    try:
        with closing(connect(data)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return  # damaged; its files are kept side by side


def _aside(data: Path, now_ms: int) -> Path:
    stamp = f"{datetime.fromtimestamp(now_ms / 1000, UTC):%Y%m%dT%H%M%S}"
    names = (data / f"replaced-{stamp}{f'-{n}' if n else ''}.db" for n in range(1_000))
    return next(name for name in names if not name.exists())


def _sync(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
