"""What is no longer needed goes: expired uploads, and files that nothing names. What is named never goes.

Rule 1. A file goes only in the transaction that finds no attachment and no living upload that names it; its bytes go
        after that, while nobody can be keeping the same content.
Rule 2. After a restore the tables may name files whose bytes are not here: those are waited for again.
"""

import logging
import sqlite3
from contextlib import closing
from functools import partial
from typing import Final

from schemas.ids import is_id
from server.services.files import note_lost
from server.settings import DAY_MS
from server.store.database import connect
from server.store.files import (
    expired_files,
    expired_uploads,
    find_stored,
    find_upload,
    forget_upload,
    keep_gone,
    let_go,
)
from server.store.ledger import Tip
from server.store.store import now_ms
from server.uploads.uploads import Uploads
from sync.uploads import Upload

A_ROUND: Final = 200
#: How long an expired upload answers "gone" before it is "not found".
GONE_DAYS: Final = 30
#: Twice what a phone remembers of what it sent (protocol §4).
STRAY_DAYS: Final = 60
CHECKED: Final = "files_epoch"

log = logging.getLogger("motcua.files")


async def sweep(uploads: Uploads) -> int:
    """Let go of what has expired; return how much that was. One round is bounded; the next goes on."""
    count = 0
    for upload in await uploads.store.read(lambda conn: expired_uploads(conn, now_ms(), A_ROUND)):
        async with uploads.locker.hold(upload.id):
            await _end(uploads, upload)
        count += 1
    for digest in await uploads.store.read(lambda conn: expired_files(conn, now_ms(), A_ROUND)):
        async with uploads.contents.hold(digest):
            count += await _let_go(uploads, digest)
    return count


async def forget_strays(uploads: Uploads) -> int:
    """Remove parts and old blobs that no row names, left by a stop between two steps; return how many.

    A blob stays for as long as phones send again what a restore has lost: its row may come back.
    """
    parts, blobs = await uploads.run(_strays, uploads)
    for part in parts:
        async with uploads.locker.hold(part):
            await uploads.run(uploads.blobs.drop, part)
    for digest in blobs:
        async with uploads.contents.hold(digest):  # it may just have been kept, and its row be written now
            if await uploads.store.read(partial(find_stored, sha256=digest)) is None:
                await uploads.run(uploads.blobs.remove, digest)
    return len(parts) + len(blobs)


async def wait_for_lost(uploads: Uploads) -> int:
    """After a restore, wait again for files whose bytes are not here; return how many."""
    if uploads.store.epoch == await uploads.store.read(_checked_epoch):
        return 0
    lost = await uploads.store.read(lambda conn: _lost(conn, uploads))
    for digest in lost:
        await uploads.store.write(partial(note_lost, shelf=uploads.store.shelf, sha256=digest))
    await uploads.store.write(
        lambda conn, _: conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (CHECKED, uploads.store.epoch))
    )
    if lost:
        log.warning("%d files are not here and are waited for again", len(lost))
    return len(lost)


async def _end(uploads: Uploads, upload: Upload) -> None:
    """End an upload whose time is over; one that ended long ago is forgotten."""

    def job(conn: sqlite3.Connection, tip: Tip) -> None:
        del tip
        if upload.state == "open":
            keep_gone(conn, upload.id, now_ms() + GONE_DAYS * DAY_MS)
        else:
            forget_upload(conn, upload.id)

    await uploads.store.write(job)
    await uploads.run(uploads.blobs.drop, upload.id)


async def _let_go(uploads: Uploads, digest: str) -> int:
    later = now_ms() + uploads.limits.days * DAY_MS
    if not await uploads.store.write(lambda conn, _: let_go(conn, digest, later)):
        return 0
    await uploads.run(uploads.blobs.remove, digest)
    uploads.looker.thumb(digest).unlink(missing_ok=True)
    return 1


def _strays(uploads: Uploads) -> tuple[list[str], list[str]]:
    with closing(connect(uploads.store.data, readonly=True)) as conn:
        parts = [part for part in uploads.blobs.parts() if not _is_open(conn, part)]
        before_ms = now_ms() - STRAY_DAYS * DAY_MS
        unnamed = [digest for digest in uploads.blobs.blobs() if find_stored(conn, digest) is None]
        return parts, [digest for digest in unnamed if uploads.blobs.kept_ms(digest) < before_ms]


def _is_open(conn: sqlite3.Connection, part: str) -> bool:
    found = find_upload(conn, part) if is_id(part) else None
    return found is not None and found.state == "open"


def _lost(conn: sqlite3.Connection, uploads: Uploads) -> list[str]:
    rows = conn.execute("SELECT sha256, bytes FROM file").fetchall()
    return [sha256.hex() for sha256, size in rows if uploads.blobs.length(sha256.hex()) != size]


def _checked_epoch(conn: sqlite3.Connection) -> str:
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (CHECKED,)).fetchone()
    return "e1" if row is None else str(row[0])
