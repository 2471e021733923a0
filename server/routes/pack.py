"""``/pack/{unit}``: what an officer takes along for days without network."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from litestar import HttpMethod, Response, get, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from schemas.moments import local_day
from schemas.problems import RequestProblem
from server.routes.gate import OFFICER, officer_asking, store_of
from server.routes.openapi import speaks
from server.routes.wire import JSON, Answer, AnyRequest, holds, packed
from server.services.packing import in_force, pack_of, parts_of
from server.store.store import now_ms

HAVE_LENGTH_MAX: Final = 200
#: So exact is the moment of a pack: what is asked twice, for its size and for itself, is the same.
MINUTE_MS: Final = 60_000


@get("/pack/{unit:str}", opt=speaks(OFFICER), summary="A unit's pack for days without network, whole or what changed")
async def pack(request: AnyRequest, unit: FromPath[str], have: FromQuery[str] = "") -> Answer:
    """Answer the pack of one of the officer's units; 304 where they have it."""
    found = _pack(request, unit, have)
    if holds(request, found["etag"]):
        return Response(b"", status_code=304, headers=_headers(found["etag"]))
    return _answer(request, found)


@route(
    "/pack/{unit:str}", http_method=[HttpMethod.HEAD], status_code=200, opt=speaks(OFFICER),
    summary="How large the pack is, or what changed of it",
)  # fmt: skip
async def size(request: AnyRequest, unit: FromPath[str], have: FromQuery[str] = "") -> Answer:
    """Answer the headers that ``GET`` would, with ``Content-Length`` of the packed body; and the bytes of each form."""
    whole = _answer(request, _pack(request, unit, have))
    forms = ", ".join(f"{name} {length}" for name, length in _form_sizes(request))
    headers = {**whole.headers, "content-length": str(len(whole.content)), "content-type": JSON, "pack-forms": forms}
    return Response(b"", status_code=200, headers=headers)


def _pack(request: AnyRequest, unit: str, have: str) -> dict[str, Any]:
    """Return the pack, or what changed of it, for who works in the unit.

    Raises:
        RequestProblem: ``not-found``: no unit of theirs.
    """
    if unit not in officer_asking(request).units_seen:
        raise RequestProblem("not-found")
    store = store_of(request)
    parts = parts_of(store.shelf.fresh(store.conn), local_day(now_ms()).isoformat())
    return pack_of(unit, parts, have[:HAVE_LENGTH_MAX] or None, now_ms() // MINUTE_MS * MINUTE_MS)


def _form_sizes(request: AnyRequest) -> Iterator[tuple[str, int]]:
    """Give each form in force with its bytes as they are sent: who takes a pack along fetches those too."""
    store = store_of(request)
    for form in in_force(store.shelf.fresh(store.conn), local_day(now_ms()).isoformat()):
        yield f"{form.form.procedure}@{form.form.version}", len(packed(request, form.doc, JSON).content)


def _answer(request: AnyRequest, found: dict[str, Any]) -> Answer:
    return packed(request, msgspec.json.encode(found), JSON, 200, _headers(found["etag"]))


def _headers(etag: str) -> dict[str, str]:
    return {"etag": etag, "cache-control": "private, no-cache"}


PACK_ROUTES: Final[list[HTTPRouteHandler]] = [pack, size]
