"""The OpenAPI document at its fixed address."""

from functools import cache

import msgspec
from litestar import Litestar, Response, get

from server.routes.gate import ANYONE
from server.routes.wire import JSON, Answer, AnyRequest, packed


@get("/openapi.json", include_in_schema=False, opt=ANYONE)
async def openapi(request: AnyRequest) -> Answer:
    """Answer the description of the routes for programs."""
    found: Response[bytes] = packed(request, _document(request.app), JSON)
    return found


@cache
def _document(app: Litestar) -> bytes:
    return msgspec.json.encode(app.openapi_schema.to_schema())
