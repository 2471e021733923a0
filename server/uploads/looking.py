"""What a file is: its sniffed type, what a scanner says, and what a process of its own finds in it.

Rule 1. The sender's word for the type counts for nothing.
Rule 2. A file that cannot be looked at now waits, unverified; nobody is told that it is fine, or that it is not.
Rule 3. Pages are drawn by a process of their own, for each person one at a time: no verdict waits for a page.
"""

import asyncio
import logging
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkstemp
from typing import Final
from weakref import WeakValueDictionary

import puremagic

from server.store.files import Found
from server.uploads.blobs import BlobStore
from server.uploads.reader import NoAnswer, Reader
from server.uploads.scan import Scanner
from server.uploads.worker import FORMATS, PDF

HEAD_BYTES: Final = 4_096
#: Drawn pages that are kept, of at most `server.uploads.worker.THUMB_BYTES_MAX` each.
PAGES_KEPT: Final = 64
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
        self._looks, self._draws = Reader(), Reader()
        self._drawing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._pages: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def plain(self, media: str) -> bool:
        """Return whether a file of this type needs no looking: no slot takes it and nobody scans it."""
        return self._scanner is None and media not in OPENED

    async def look(self, digest: str, media: str) -> Found:
        """Return what a file is.

        Raises:
            NoScanner: the scanner cannot be asked now.
            NoAnswer: the file could not be opened now, or never can be.
        """
        if self._scanner is not None and await self._scanner.infected(self._pieces(digest)):
            return Found(media, fault="infected")
        if media not in OPENED:
            return Found(media)
        made = self._new_thumb()
        try:
            with self._blobs.path(digest) as path:
                answer = await self._looks.ask({"path": str(path), "media": media, "thumb": str(made)})
            self._keep_thumb(made, digest)
        finally:
            made.unlink(missing_ok=True)
        return Found(answer["media"], answer["kind"], answer["fault"], answer["pages"])

    async def page(self, person: str, digest: str, number: int) -> bytes | None:
        """Return a page of a PDF as JPEG for a person, from 1 on; null where it cannot be drawn."""
        lock = self._drawing.get(person) or self._drawing.setdefault(person, asyncio.Lock())
        async with lock:
            drawn = self._pages.get((digest, number)) or await self._draw(digest, number)
        if drawn is not None:
            self._pages[digest, number] = drawn
            self._pages.move_to_end((digest, number))
            if len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        return drawn

    def thumb(self, digest: str) -> Path:
        """Return where a file's thumbnail lies, if it has one."""
        return self._thumbs / digest[:2] / digest

    async def close(self) -> None:
        """End the processes."""
        await self._looks.close()
        await self._draws.close()

    async def _draw(self, digest: str, number: int) -> bytes | None:
        made = self._new_thumb()
        try:
            with self._blobs.path(digest) as path:
                asked = {"path": str(path), "media": PDF, "thumb": str(made), "page": number}
                answer = await self._draws.ask(asked)
            return await asyncio.to_thread(made.read_bytes) if answer["fault"] is None else None
        except NoAnswer as fault:
            log.warning("a page was not drawn: %s", fault)
            return None
        finally:
            made.unlink(missing_ok=True)

    async def _pieces(self, digest: str) -> AsyncIterator[bytes]:
        """Read a blob, each piece on a thread."""
        length = await asyncio.to_thread(self._blobs.length, digest)
        pieces = self._blobs.read(digest, 0, length or 0)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece

    def _new_thumb(self) -> Path:
        handle, name = mkstemp(dir=self._thumbs)
        os.close(handle)
        return Path(name)

    def _keep_thumb(self, made: Path, digest: str) -> None:
        if made.stat().st_size:
            kept = self.thumb(digest)
            kept.parent.mkdir(exist_ok=True, mode=0o700)
            made.replace(kept)
