"""Uploads and files as rows: look-ups and writes on a connection; the caller owns the transaction."""

import sqlite3
from typing import Final

from msgspec import Struct

from server.store.attached import is_named, sees_file
from server.store.keys import blob, text
from sync.ledger import Actor, File
from sync.uploads import Upload, is_known

_UPLOAD: Final = "SELECT id, person, length, metadata, sha256, state, expires FROM upload"
_FILE: Final = "SELECT sha256, bytes, media, kind, fault, pages, looked FROM file"


class Stored(Struct, frozen=True):
    """A file whose bytes are here. What it is, is known once it was ``looked`` at."""

    sha256: str
    bytes: int
    media: str
    kind: str | None
    fault: str | None
    pages: int | None
    looked: bool


class Found(Struct, frozen=True):
    """What looking at a file found: its media type, kind (null: no slot takes it), fault and number of pages."""

    media: str
    kind: str | None = None
    fault: str | None = None
    pages: int | None = None


def add_upload(conn: sqlite3.Connection, upload: Upload, now_ms: int) -> None:
    """Keep a new upload."""
    conn.execute(
        "INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            blob(upload.id), blob(upload.person), upload.length, upload.metadata,
            bytes.fromhex(upload.sha256) if upload.sha256 else None, upload.state, now_ms, upload.expires_ms,
        ),
    )  # fmt: skip


def find_upload(conn: sqlite3.Connection, upload: str) -> Upload | None:
    """Return an upload by id, or null."""
    row = conn.execute(_UPLOAD + " WHERE id = ?", (blob(upload),)).fetchone()
    return None if row is None else _upload(row)


def open_uploads(conn: sqlite3.Connection, person: str, sha256: str) -> list[Upload]:
    """Return a person's uploads under way that are to become a file, newest first."""
    rows = conn.execute(
        _UPLOAD + " WHERE person = ? AND sha256 = ? AND state = 'open' ORDER BY created DESC LIMIT 5",
        (blob(person), bytes.fromhex(sha256)),
    )
    return [_upload(row) for row in rows]


def usage(conn: sqlite3.Connection, person: str) -> tuple[int, int]:
    """Return how many uploads of a person are open, and the bytes of all that have not expired."""
    rows = conn.execute(
        "SELECT state, count(*), total(length) FROM upload WHERE person = ? AND state <> 'gone' GROUP BY state",
        (blob(person),),
    ).fetchall()
    return sum(count for state, count, _ in rows if state == "open"), int(sum(size for _, _, size in rows))


def end_upload(conn: sqlite3.Connection, upload: str, state: str, sha256: str | None = None) -> None:
    """Move an upload to ``done`` with the digest it has, or to ``gone``."""
    conn.execute(
        "UPDATE upload SET state = ?, sha256 = coalesce(?, sha256) WHERE id = ?",
        (state, bytes.fromhex(sha256) if sha256 else None, blob(upload)),
    )


def ask_soon(conn: sqlite3.Connection, upload: str, now_ms: int) -> None:
    """Let the next sweep ask whether anything still names the file that an upload became."""
    conn.execute(
        "UPDATE file SET expires = ? WHERE sha256 = (SELECT sha256 FROM upload WHERE id = ?)", (now_ms, blob(upload))
    )


def expired_uploads(conn: sqlite3.Connection, now_ms: int, limit: int) -> list[Upload]:
    """Return uploads whose time is over, the oldest first."""
    rows = conn.execute(_UPLOAD + " WHERE expires <= ? ORDER BY expires LIMIT ?", (now_ms, limit))
    return [_upload(row) for row in rows]


def forget_upload(conn: sqlite3.Connection, upload: str) -> None:
    """Forget an upload."""
    conn.execute("DELETE FROM upload WHERE id = ?", (blob(upload),))


def keep_gone(conn: sqlite3.Connection, upload: str, until_ms: int) -> None:
    """Remember of an expired upload that it is gone, for some time more."""
    conn.execute("UPDATE upload SET state = 'gone', expires = ? WHERE id = ?", (until_ms, blob(upload)))


def keep_file(conn: sqlite3.Connection, sha256: str, size: int, media: str, now_ms: int, expires_ms: int) -> Stored:
    """Keep a file whose bytes are on the disk; return it as it is known, also where it was known before."""
    conn.execute(
        "INSERT INTO file VALUES (?, ?, ?, NULL, NULL, NULL, 0, ?, ?)"
        " ON CONFLICT DO UPDATE SET expires = max(expires, excluded.expires)",
        (bytes.fromhex(sha256), size, media, now_ms, expires_ms),
    )
    found = find_stored(conn, sha256)
    if found is None:
        raise AssertionError("just kept")
    return found


def note_found(conn: sqlite3.Connection, sha256: str, found: Found) -> None:
    """Keep what looking at a file found."""
    conn.execute(
        "UPDATE file SET media = ?, kind = ?, fault = ?, pages = ?, looked = 1 WHERE sha256 = ?",
        (found.media, found.kind, found.fault, found.pages, bytes.fromhex(sha256)),
    )


def find_stored(conn: sqlite3.Connection, sha256: str) -> Stored | None:
    """Return a file, whoever may see it, or null."""
    row = conn.execute(_FILE + " WHERE sha256 = ?", (bytes.fromhex(sha256),)).fetchone()
    return None if row is None else _stored(row)


def unlooked(conn: sqlite3.Connection, limit: int) -> list[str]:
    """Return files that nobody has looked at yet, the oldest first."""
    rows = conn.execute("SELECT sha256 FROM file WHERE looked = 0 ORDER BY stored LIMIT ?", (limit,))
    return [row[0].hex() for row in rows]


def senders_of(conn: sqlite3.Connection, sha256: str) -> list[str]:
    """Return who sent a file whole, within the life of their uploads."""
    rows = conn.execute(
        "SELECT DISTINCT person FROM upload WHERE sha256 = ? AND state = 'done'", (bytes.fromhex(sha256),)
    )
    return [text(row[0]) for row in rows]


def knows_file(conn: sqlite3.Connection, sha256: str, actor: Actor) -> bool:
    """Return whether the actor has sent a file whole or may see it. Nothing of what others have is read."""
    key = bytes.fromhex(sha256)
    sent = conn.execute(
        "SELECT 1 FROM upload WHERE person = ? AND sha256 = ? AND state = 'done' LIMIT 1", (blob(actor.person), key)
    ).fetchone()
    return is_known(sent=sent is not None, seen=sees_file(conn, key, actor))


def find_known(conn: sqlite3.Connection, sha256: str, actor: Actor) -> File | None:
    """Return a file that the actor has sent whole or may see already, once it was looked at."""
    if not knows_file(conn, sha256, actor):
        return None
    stored = find_stored(conn, sha256)
    if stored is None or not stored.looked:
        return None
    return File(stored.sha256, stored.bytes, stored.kind, stored.fault)


def expired_files(conn: sqlite3.Connection, now_ms: int, limit: int) -> list[str]:
    """Return files of which it is time to ask whether anything still names them."""
    rows = conn.execute("SELECT sha256 FROM file WHERE expires <= ? ORDER BY expires LIMIT ?", (now_ms, limit))
    return [row[0].hex() for row in rows]


def let_go(conn: sqlite3.Connection, sha256: str, later_ms: int) -> bool:
    """Forget a file that no attachment and no upload names, and return true; else ask again later."""
    key = bytes.fromhex(sha256)
    sent = conn.execute("SELECT 1 FROM upload WHERE sha256 = ? AND state = 'done' LIMIT 1", (key,)).fetchone()
    if sent is not None or is_named(conn, key):
        conn.execute("UPDATE file SET expires = ? WHERE sha256 = ?", (later_ms, key))
        return False
    conn.execute("DELETE FROM file WHERE sha256 = ?", (key,))
    return True


def _upload(row: tuple[bytes, bytes, int, str, bytes | None, str, int]) -> Upload:
    identifier, person, length, metadata, sha256, state, expires = row
    return Upload(text(identifier), text(person), length, metadata, sha256.hex() if sha256 else None, state, expires)


def _stored(row: tuple[bytes, int, str, str | None, str | None, int | None, int]) -> Stored:
    sha256, size, media, kind, fault, pages, looked = row
    return Stored(sha256.hex(), size, media, kind, fault, pages, bool(looked))
