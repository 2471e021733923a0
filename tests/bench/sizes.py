"""Bytes on the wire: one submission with another device's pull of it."""

import gzip

from tests.bench.submission import Maker
from tests.bench.wire import CHROME, Connection


def one_submission(port: int, token: str, maker: Maker) -> list[str]:
    """Return lines on the bytes of a push and of another device's pull of it."""
    push = maker.push(1)
    with Connection(port, token, CHROME) as phone, Connection(port, token, CHROME) as other:
        cursor = pull_all(other)[0]
        packed = gzip.compress(push, 6)
        sent = phone.post("/sync/v1", packed, "Content-Encoding: gzip\r\n")
        got = other.post("/sync/v1", f'{{"v":1,"cursor":"{cursor}"}}'.encode())
    lines = [
        f"form data of the submission: {len(maker.values)} bytes; the push as JSON {len(push)}, gzip {len(packed)}",
        f"push: {sent.sent} sent + {sent.received} received = {sent.sent + sent.received} bytes, 1 round trip",
        f"pull: {got.sent} sent + {got.received} received = {got.sent + got.received} bytes, 1 round trip",
    ]
    whole = sent.sent + sent.received + got.sent + got.received
    return [*lines, f"both: {whole} bytes (goal 3,200)"]


def pull_all(connection: Connection, cursor: str = "") -> tuple[str, list[str]]:
    """Return the cursor at the end of the feed, and the ids of the dossiers met on the way."""
    ids: list[str] = []
    while True:
        said = connection.post("/sync/v1", f'{{"v":1,"cursor":"{cursor}","limit":500}}'.encode()).json()
        assert isinstance(said, dict)
        ids += [dossier["id"] for dossier in said["dossiers"]]
        cursor = said["cursor"]
        if not said.get("more"):
            return cursor, ids
