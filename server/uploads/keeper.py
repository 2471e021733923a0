"""Opens the uploads of a data directory and keeps house in them for as long as it is served."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from schemas.problems import RequestProblem
from server.settings import Settings
from server.store.store import Store
from server.uploads.disk import DiskBlobs
from server.uploads.looking import Looker
from server.uploads.scan import Scanner
from server.uploads.sweep import forget_strays, sweep, wait_for_lost
from server.uploads.uploads import Uploads

EVERY_S: Final = 60
#: Beside the database; a backup of the database is complete with a copy of it.
FOLDER: Final = "files"

log = logging.getLogger("motcua.files")


@asynccontextmanager
async def serving_uploads(settings: Settings, store: Store) -> AsyncIterator[Uploads]:
    """Yield the uploads, swept from time to time until the end."""
    folder = settings.data / FOLDER
    blobs = await asyncio.to_thread(DiskBlobs, folder)
    scanner = Scanner(settings.scanner) if settings.scanner is not None else None
    uploads = Uploads(store, blobs, Looker(blobs, folder / "thumbs", scanner), settings.uploads, folder)
    keeping = asyncio.create_task(_keep(uploads))
    try:
        yield uploads
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await uploads.close()


async def _keep(uploads: Uploads) -> None:
    """Put right what a stop left, then let go of what has expired. A fault waits a round."""
    begun = False
    while True:
        try:
            if not begun:
                await wait_for_lost(uploads)
                await forget_strays(uploads)
                begun = True
            await uploads.resume_looking()
            await sweep(uploads)
        except (RequestProblem, sqlite3.Error, OSError) as fault:
            log.warning("files were not swept: %s", fault)
        await asyncio.sleep(EVERY_S)
