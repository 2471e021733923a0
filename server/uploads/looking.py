"""What a file is: its sniffed type, what a scanner says, and what a process of its own finds in it.

Rule 1. The sender's word for the type counts for nothing.
Rule 2. A file that cannot be looked at now waits, unverified; nobody is told that it is fine.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Final

import puremagic

from server.store.files import Found
from server.uploads.blobs import PIECE_BYTES, BlobStore
from server.uploads.scan import Scanner
from server.uploads.worker import FORMATS, PDF

HEAD_BYTES: Final = 4_096
PATIENCE_S: Final = 20.0
TRIES: Final = 2
UNKNOWN: Final = "application/octet-stream"
OPENED: Final = frozenset({*FORMATS, PDF})

log = logging.getLogger("motcua.files")


def sniffed(head: bytes) -> str:
    """Return the media type that the first bytes show."""
    try:
        found = puremagic.magic_string(head[:HEAD_BYTES])
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return (found[0].mime_type if found else "") or UNKNOWN


class Looker:
    """Looks at files, one after the other."""

    def __init__(self, blobs: BlobStore, thumbs: Path, scanner: Scanner | None = None) -> None:
        """Take the store, the folder of thumbnails, and a scanner where there is one."""
        self._blobs, self._thumbs, self._scanner = blobs, thumbs, scanner
        thumbs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._worker: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    def plain(self, media: str) -> bool:
        """Return whether a file of this type needs no looking: no slot takes it and nobody scans it."""
        return self._scanner is None and media not in OPENED

    async def look(self, digest: str, media: str) -> Found:
        """Return what a file is.

        Raises:
            NoScanner: the scanner cannot be asked now.
        """
        if self._scanner is not None:
            length = await asyncio.to_thread(self._blobs.length, digest)
            if await self._scanner.infected(self._blobs.read(digest, 0, length or 0)):
                return Found(media, fault="infected")
        if media not in OPENED:
            return Found(media)
        async with self._turn:
            return await self._open(digest, media)

    async def page(self, digest: str, number: int) -> bytes | None:
        """Return a page of a PDF as JPEG, from 1 on; null where it cannot be drawn. It is drawn anew each time."""
        made = self._new_thumb()
        try:
            async with self._turn:
                with self._blobs.path(digest) as path:
                    answer = await self._ask({"path": str(path), "media": PDF, "thumb": str(made), "page": number})
            if answer is None or answer["fault"] is not None:
                return None
            return await asyncio.to_thread(made.read_bytes)
        finally:
            _forget(made)

    def thumb(self, digest: str) -> Path:
        """Return where a file's thumbnail lies, if it has one."""
        return self._thumbs / digest[:2] / digest

    async def close(self) -> None:
        """End the worker."""
        async with self._turn:
            await self._end()

    async def _open(self, digest: str, media: str) -> Found:
        made = self._new_thumb()
        try:
            for _ in range(TRIES):
                with self._blobs.path(digest) as path:
                    answer = await self._ask({"path": str(path), "media": media, "thumb": str(made)})
                if answer is not None:
                    self._keep_thumb(made, digest)
                    return Found(answer["media"], answer["kind"], answer["fault"], answer["pages"])
        finally:
            _forget(made)
        return Found(media, fault="unreadable")

    def _new_thumb(self) -> Path:
        handle, name = mkstemp(dir=self._thumbs)
        os.close(handle)
        return Path(name)

    def _keep_thumb(self, made: Path, digest: str) -> None:
        if made.stat().st_size:
            kept = self.thumb(digest)
            kept.parent.mkdir(exist_ok=True, mode=0o700)
            made.replace(kept)

    async def _ask(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Ask the worker; null where the file was too much for it."""
        worker = await self._started()
        if worker.stdin is None or worker.stdout is None:
            raise AssertionError("started with pipes")
        try:
            worker.stdin.write(json.dumps(asked).encode() + b"\n")
            await worker.stdin.drain()
            line = await asyncio.wait_for(worker.stdout.readline(), PATIENCE_S)
            if line:
                answer: dict[str, Any] = json.loads(line)
                return answer
        except (OSError, TimeoutError, ValueError) as fault:
            log.warning("a file was too much for its reader: %s", type(fault).__name__)
        await self._end()
        return None

    async def _started(self) -> asyncio.subprocess.Process:
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.uploads.worker",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                cwd=Path(__file__).parents[2], start_new_session=True, limit=PIECE_BYTES,
            )  # fmt: skip
        return self._worker

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                worker.kill()
            await worker.wait()


def _forget(made: Path) -> None:
    made.unlink(missing_ok=True)
