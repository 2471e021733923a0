"""``POST /sync/v1`` and the first synchronisation's snapshot (protocol §4)."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Final

import msgspec
from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Stream

from schemas.messages import (
    DOSSIERS_MAX,
    INFLATED_BYTES_MAX,
    OPS_MAX,
    VERSION,
    WIRE_BYTES_MAX,
    SyncAnswer,
    SyncRequest,
)
from schemas.problems import RequestProblem
from server.routes.gate import PERSON, person_asking, session_asking, store_of
from server.routes.openapi import NDJSON, speaks
from server.routes.wire import Answer, AnyRequest, accepts_gzip, answer, decoded, read_json
from server.services.devices import Devices
from server.services.syncing import check_cursor, pull_changes, push_ops
from server.store.database import connect
from server.store.feed import SqliteFeed
from server.store.people import actor_of
from server.store.sessions import Session
from server.store.store import Store, now_ms
from sync.pull import snapshot

LINES_A_CHUNK: Final = 50

_decoder = msgspec.json.Decoder(SyncRequest)


@post(
    "/sync/v1",
    status_code=200,
    opt=speaks(PERSON, takes=SyncRequest, answers=SyncAnswer),
    summary="Push ops, pull changes, or both in one round trip",
)
async def sync_once(request: AnyRequest) -> Answer:
    """Give each op its outcome, then answer what changed after the cursor."""
    store, session = store_of(request), session_asking(request)
    person = session.person
    body = await read_json(request, wire_max=WIRE_BYTES_MAX, inflated_max=INFLATED_BYTES_MAX)
    asked = checked(decoded(_decoder, body))
    if asked.person not in (None, person):
        raise RequestProblem("unauthenticated")  # several share a tablet: what one made never goes in as another's
    note_device(request.app.state.devices, session, asked)
    if asked.cursor is not None:
        check_cursor(store, person, asked.cursor)  # first: a refused request means that no op of it was looked at
    results = await push_ops(store, person, asked.ops, asked.device or None) if asked.ops else []
    said = {"server_time": now_ms(), "epoch": store.epoch, "results": results}
    if asked.cursor is None:
        said |= {"outcomes": [], "dossiers": [], "gone": [], "more": False, "retry_after": 0}
    else:
        pulled = await pull_changes(store, person, asked.cursor, asked.limit)
        said |= {
            "outcomes": pulled.outcomes, "dossiers": pulled.dossiers, "gone": pulled.gone,
            "cursor": pulled.cursor, "more": pulled.more, "retry_after": 0,
        }  # fmt: skip
    return answer(request, said)


def checked(asked: SyncRequest) -> SyncRequest:
    """Return a request whose numbers are within their limits.

    Raises:
        RequestProblem: ``invalid`` or ``too-large``.
    """
    if asked.v != VERSION:
        raise RequestProblem("invalid", f"this server speaks version {VERSION}")
    if not 1 <= asked.limit <= DOSSIERS_MAX:
        raise RequestProblem("invalid", f"limit is 1 to {DOSSIERS_MAX}")
    if len(asked.ops) > OPS_MAX:
        raise RequestProblem("too-large", f"at most {OPS_MAX} ops")
    return asked


def note_device(devices: Devices, session: Session, asked: SyncRequest) -> None:
    """Remember what the device said of itself."""
    if asked.device:
        stats = None if asked.stats is None else msgspec.json.encode(asked.stats).decode()
        devices.note(session.person, asked.device, asked.app, stats, now_ms())
        devices.contact(session.id, now_ms(), asked.device)


@get("/sync/v1/snapshot", opt=speaks(PERSON, media=NDJSON), summary="Everything a person may see, one dossier a line")
async def take_snapshot(request: AnyRequest, after: FromQuery[str] = "", cursor: FromQuery[str] = "") -> Stream:
    """Stream the mark, the dossiers in id order, and the mark again."""
    store, person = store_of(request), person_asking(request)
    lines = Lines(store, person)
    try:
        await asyncio.to_thread(lines.begin, after, cursor)
    except RequestProblem:
        lines.close()
        raise
    headers = {"cache-control": "no-store", "vary": "accept-encoding"}
    if accepts_gzip(request):
        return Stream(gzipped(lines), media_type="application/x-ndjson", headers=headers | {"content-encoding": "gzip"})
    return Stream(plain(lines), media_type="application/x-ndjson", headers=headers)


class Lines:
    """The lines of one snapshot, read page by page so that no transaction stays open for long."""

    def __init__(self, store: Store, person: str) -> None:
        self._store, self._person = store, person
        self._conn = connect(store.data, readonly=True)
        self._lines: Iterator[object] = iter(())

    def begin(self, after: str, cursor: str) -> None:
        """Find where to start.

        Raises:
            RequestProblem: the cursor or ``after`` leads nowhere.
        """
        catalogue = self._store.shelf.fresh(self._conn)
        actor = actor_of(self._conn, self._person, now_ms())
        feed = SqliteFeed(self._conn)
        self._lines = snapshot(feed, actor, catalogue.named, self._store.epoch, after, cursor or None)

    def more(self) -> bytes:
        """Return some lines, none at the end."""
        return b"".join(msgspec.json.encode(line) + b"\n" for line in islice(self._lines, LINES_A_CHUNK))

    def close(self) -> None:
        """Let the connection go."""
        self._conn.close()


async def plain(lines: Lines) -> AsyncIterator[bytes]:
    """Yield the lines as they are."""
    try:
        while chunk := await asyncio.to_thread(lines.more):
            yield chunk
    finally:
        lines.close()


async def gzipped(lines: Lines) -> AsyncIterator[bytes]:
    """Yield the lines packed; what was flushed can be read although the rest is cut."""
    packer = zlib.compressobj(6, wbits=31)
    async for chunk in plain(lines):
        yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
