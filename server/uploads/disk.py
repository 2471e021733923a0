"""Blobs as files: ``parts/{upload}`` and ``blobs/{first two digits}/{digest}`` in one folder.

A part becomes a blob by a second name (hard link) of the same file, so no byte is copied. Names reach the disk by an
fsync of their folder, shared by all who wait for it.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Condition
from typing import Final

from server.uploads.blobs import PIECE_BYTES, WrongOffset

PRIVATE: Final = 0o600


class DiskBlobs:
    """A blob store in a folder, which is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        self._parts, self._blobs = folder / "parts", folder / "blobs"
        self._parts.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._blobs.mkdir(exist_ok=True, mode=0o700)
        self._part_names = FolderSync(self._parts)
        for each in (folder, folder.parent):
            _fsync(each)

    def append(self, part: str, offset: int, pieces: Sequence[bytes]) -> None:
        """Add bytes at the end of a part: all of them or, where the disk is full, none."""
        handle = os.open(self._parts / part, os.O_WRONLY | os.O_CREAT, PRIVATE)
        try:
            if os.fstat(handle).st_size != offset:
                raise WrongOffset
            end = offset
            try:
                for piece in pieces:
                    end += _write(handle, piece, end)
            except OSError:
                os.ftruncate(handle, offset)
                raise
        finally:
            os.close(handle)

    def settle(self, part: str) -> int:
        """Put a part on the disk and return its length."""
        try:
            handle = os.open(self._parts / part, os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            os.fsync(handle)
            length = os.fstat(handle).st_size
        finally:
            os.close(handle)
        self._part_names.wait()
        return length

    def pieces(self, part: str) -> Iterator[bytes]:
        """Read a part."""
        if (self._parts / part).exists():
            yield from _pieces(self._parts / part, 0, None)

    def keep(self, part: str, digest: str) -> None:
        """Give a part the name of its content. What was there under that name, unknown to the tables, gives way."""
        source, target = self._parts / part, self._blob(digest)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True, mode=0o700)
            _fsync(self._blobs)
        handle = os.open(source, os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            os.fsync(handle)  # before it takes the place of bytes that are known
        finally:
            os.close(handle)
        second = self._parts / (part + ".kept")
        second.unlink(missing_ok=True)
        second.hardlink_to(source)
        second.replace(target)
        # of two names of one file the replacement does nothing and both stay
        second.unlink(missing_ok=True)
        _fsync(target.parent)

    def drop(self, part: str) -> None:
        """Forget a part."""
        (self._parts / part).unlink(missing_ok=True)

    def length(self, digest: str) -> int | None:
        """Return a blob's length, or null."""
        try:
            return self._blob(digest).stat().st_size
        except FileNotFoundError:
            return None

    def kept_ms(self, digest: str) -> int:
        """Return when a blob's bytes were written."""
        try:
            return self._blob(digest).stat().st_mtime_ns // 1_000_000
        except FileNotFoundError:
            return 0

    def read(self, digest: str, start: int, length: int) -> Iterator[bytes]:
        """Read from a blob."""
        yield from _pieces(self._blob(digest), start, length)

    @contextmanager
    def path(self, digest: str) -> Iterator[Path]:
        """Lend the blob's own file."""
        yield self._blob(digest)

    def remove(self, digest: str) -> None:
        """Forget a blob."""
        self._blob(digest).unlink(missing_ok=True)

    def parts(self) -> Iterator[str]:
        """Yield the parts."""
        for entry in os.scandir(self._parts):
            yield entry.name

    def blobs(self) -> Iterator[str]:
        """Yield the blobs."""
        for folder in sorted(os.scandir(self._blobs), key=lambda each: each.name):
            for entry in os.scandir(folder.path):
                yield entry.name

    def _blob(self, digest: str) -> Path:
        return self._blobs / digest[:2] / digest


class FolderSync:
    """An fsync of one folder that all who ask for it at the same time share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = Condition()
        self._begun = self._done = 0
        self._busy = False

    def wait(self) -> None:
        """Return when the names in the folder, as they are now, are on the disk."""
        with self._turn:
            wanted = self._begun + 1  # one that is under way may have begun too early for us
            while self._done < wanted:
                if self._busy:
                    self._turn.wait()
                    continue
                self._busy = True
                self._begun += 1
                mine = self._begun
                self._turn.release()
                try:
                    _fsync(self._folder)
                finally:
                    self._turn.acquire()
                    self._busy = False
                    self._turn.notify_all()
                self._done = mine


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(handle: int, piece: bytes, offset: int) -> int:
    view, written = memoryview(piece), 0
    while written < len(view):
        written += os.pwrite(handle, view[written:], offset + written)
    return written


def _pieces(path: Path, start: int, length: int | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length is None or length > 0:
            piece = file.read(PIECE_BYTES if length is None else min(PIECE_BYTES, length))
            if not piece:
                return
            if length is not None:
                length -= len(piece)
            yield piece
