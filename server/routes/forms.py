"""Form documents and shared lists, for everybody (protocol §8)."""

import hashlib
from functools import cache
from typing import Final

from litestar import get

from schemas import lists
from schemas.moments import local_day
from schemas.problems import RequestProblem
from server.routes.gate import ANYONE, store_of
from server.routes.wire import JSON, Answer, AnyRequest, holds, packed
from server.store.store import now_ms

CACHE: Final = "no-cache"


@get("/forms/{code:str}", sync_to_thread=False, opt=ANYONE, summary="A form: the version in force, or {code}@{version}")
def form_document(request: AnyRequest, code: str) -> Answer:
    """Answer the document of a form."""
    store = store_of(request)
    catalogue = store.shelf.fresh(store.conn)
    procedure, at, version = code.partition("@")
    if not at:
        found = catalogue.in_force(procedure, local_day(now_ms()).isoformat())
    elif version.isascii() and version.isdigit() and len(version) < 10:  # noqa: PLR2004 - versions are below 2**31
        found = catalogue.forms.get((procedure, int(version)))
    else:
        found = None
    if found is None:
        raise RequestProblem("not-found")
    return tagged(request, found.doc, found.digest.hex()[:32])


@get("/forms/lists/{name:str}", sync_to_thread=False, opt=ANYONE, summary="A list of answers that forms share")
def shared_list(request: AnyRequest, name: str) -> Answer:
    """Answer a shared list."""
    if name not in lists.NAMES:
        raise RequestProblem("not-found")
    body, digest = _list(name)
    return tagged(request, body, digest)


def tagged(request: AnyRequest, body: bytes, digest: str) -> Answer:
    """Answer a document with its ETag, or 304 where the caller has it."""
    tag = f'"{digest}"'
    headers = {"etag": tag, "cache-control": CACHE}
    if holds(request, tag):
        return Answer(b"", status_code=304, headers=headers | {"vary": "accept-encoding"})
    return packed(request, body, JSON, 200, headers)


@cache
def _list(name: str) -> tuple[bytes, str]:
    body = lists.raw(name)
    return body, hashlib.sha256(body).hexdigest()[:32]
