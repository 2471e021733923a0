"""A backup: one ZIP file with the database as it was at one moment, and a manifest that says what it is.

Rule 1. The file appears whole, on the disk and under its own name, or not at all.
Rule 2. It is complete: also the secrets by which codes are proven and people found lie in the database.
Rule 3. Nothing is believed that its checksum does not cover: a reader checks before it uses anything.

Any ZIP program opens it. It holds people's data and secrets: it is made readable to its owner only.
"""

import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import msgspec

from server.store.database import FILE, connect, sync_folder

FORMAT: Final = "motcua-backup"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
MANIFEST_BYTES_MAX: Final = 1024 * 1024
CHUNK_BYTES: Final = 1024 * 1024


class BackupError(Exception):
    """A backup that cannot be made, read or restored, with the sentence that says why."""


class Manifest(msgspec.Struct, kw_only=True):
    """What a backup says of itself. ``made`` and ``last`` (the log's last line) are milliseconds since 1970.

    ``head`` is the log's last position, ``chain`` the hexadecimal end of its hash chain, ``sha256`` and ``bytes`` are
    those of the database.
    """

    format: str = FORMAT
    version: int = VERSION
    made: int
    epoch: str
    head: int
    chain: str
    last: int | None
    dossiers: int
    migrations: list[str]
    sha256: str = ""
    bytes: int = 0


def back_up(data: Path, file: Path, now_ms: int, *, overwrite: bool = False) -> Manifest:
    """Write a backup of a data directory, also beside a running server.

    Raises:
        BackupError: the file is there already, there is no database, or it cannot be written; then nothing is left.
    """
    if file.exists() and not overwrite:
        raise BackupError(f"{file} is there already (--overwrite replaces it)")
    if not (data / FILE).is_file():
        raise BackupError(f"there is no database in {data}")
    try:
        with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
            copy = Path(folder) / FILE
            _copy(data, copy)
            manifest = _described(copy, now_ms)
            packed = Path(folder) / file.name
            _pack(copy, packed, manifest)
            packed.replace(file)
        sync_folder(file.parent)
    except (OSError, sqlite3.Error) as fault:
        raise BackupError(f"no backup was made: {fault}") from fault
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """Open a backup: its manifest, and its database to be read. The reader compares the checksum (``unpack`` does).

    Raises:
        BackupError: it is no backup, not a whole one, or one of a later program.
    """
    try:
        with zipfile.ZipFile(file) as archive, archive.open(FILE) as database:
            if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES_MAX:
                raise BackupError(f"{file}: the manifest is too large")
            yield _read_manifest(file, archive.read(MANIFEST)), database
    except (zipfile.BadZipFile, KeyError, EOFError, msgspec.MsgspecError, zipfile.zlib.error) as fault:  # type: ignore[attr-defined] # zipfile imports it
        raise BackupError(f"{file} is not a whole backup: {fault}") from fault


def unpack(file: Path, target: Path) -> Manifest:
    """Write a backup's database to a new file, and compare it with the manifest.

    Raises:
        BackupError: it is not what the manifest says.
    """
    with opened(file) as (manifest, database), target.open("xb") as written:
        target.chmod(0o600)
        digest, size = sha256(), 0
        while chunk := database.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if size > manifest.bytes:
                break
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
        if (digest.hexdigest(), size) != (manifest.sha256, manifest.bytes):
            raise BackupError(f"{file} is damaged: its database does not have the checksum of its manifest")
    return manifest


def _copy(data: Path, copy: Path) -> None:
    """Copy the database in one read transaction: a server beside it goes on writing."""
    source, target = connect(data, readonly=True), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


def _described(copy: Path, now_ms: int) -> Manifest:
    conn = sqlite3.connect(copy)
    try:
        return describe(conn, now_ms)
    finally:
        conn.close()


def describe(conn: sqlite3.Connection, now_ms: int) -> Manifest:
    """Return what a manifest says of a database."""

    def one(sql: str) -> Any:
        return conn.execute(sql).fetchone()[0]

    return Manifest(
        made=now_ms,
        epoch=one("SELECT value FROM meta WHERE key = 'epoch'"),
        head=one("SELECT head FROM tip"),
        chain=one("SELECT chain FROM tip").hex(),
        last=one("SELECT (SELECT at FROM log ORDER BY seq DESC LIMIT 1)"),
        dossiers=one("SELECT count(*) FROM dossier"),
        migrations=[row[0] for row in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")],
    )


def _pack(copy: Path, packed: Path, manifest: Manifest) -> None:
    digest = sha256()
    handle = os.open(packed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with copy.open("rb") as database, archive.open(FILE, "w", force_zip64=True) as member:
                while chunk := database.read(CHUNK_BYTES):
                    digest.update(chunk)
                    manifest.bytes += len(chunk)
                    member.write(chunk)
            manifest.sha256 = digest.hexdigest()
            archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(file: Path, raw: bytes) -> Manifest:
    head = msgspec.json.decode(raw)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BackupError(f"{file} is not a backup of motcua")
    if head.get("version") != VERSION:
        raise BackupError(f"{file} is a backup of version {head.get('version')}; this program reads version {VERSION}")
    return msgspec.json.decode(raw, type=Manifest)
