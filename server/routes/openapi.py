"""The OpenAPI document at its fixed address.

Handlers read raw bodies, so the framework cannot see what they take: each says it itself, with ``speaks``.
"""

from functools import cache
from typing import Any, Final, get_args

import msgspec
from litestar import Litestar, Response, get
from litestar.handlers import HTTPRouteHandler

from schemas.messages import DOSSIERS_DEFAULT, DOSSIERS_MAX, OPS_MAX, VERSION, SyncRequest
from schemas.ops import Op
from schemas.problems import Problem
from server.routes.gate import ANYONE, COOKIE, WHO
from server.routes.wire import JSON, PROBLEM, Answer, AnyRequest, packed

FORM: Final = "application/x-www-form-urlencoded"
NDJSON: Final = "application/x-ndjson"
TEXT: Final = "text/plain"
_TAKES, _ANSWERS, _MEDIA = "takes", "answers", "media"
_REF: Final = "#/components/schemas/{name}"
_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
}


def speaks(
    who: dict[str, str],
    *,
    takes: type | None = None,
    answers: type | None = None,
    media: str = JSON,
    form: bool = False,
) -> dict[str, Any]:
    """Return a handler's ``opt``: who may ask, the struct its body is (or its form's fields), the struct it answers."""
    bodies = {JSON: takes, FORM: takes} if form else {JSON: takes}
    return {**who, _TAKES: bodies if takes else {}, _ANSWERS: answers, _MEDIA: media}


@get("/openapi.json", include_in_schema=False, opt=ANYONE)
async def openapi(request: AnyRequest) -> Answer:
    """Answer the description of the routes for programs."""
    found: Response[bytes] = packed(request, _document(request.app), JSON)
    return found


@cache
def _document(app: Litestar) -> bytes:
    written = app.openapi_schema.to_schema()
    handlers = [
        (handler, written["paths"][route.path_format][method.lower()])
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method.lower() in written["paths"].get(route.path_format, {})
    ]
    for handler, operation in handlers:
        _describe(handler, operation)
    written["components"] = {"schemas": _schemas([handler for handler, _ in handlers]), "securitySchemes": _SECURITY}
    return msgspec.json.encode(written)


def _describe(handler: HTTPRouteHandler, operation: dict[str, Any]) -> None:
    """Say what an operation takes and answers, and that all else is a problem."""
    opt = handler.opt
    if opt.get(_TAKES):
        content = {media: {"schema": _reference(body)} for media, body in opt[_TAKES].items()}
        operation["requestBody"] = {"required": True, "content": content}
    if opt.get(WHO) in ("person", "officer"):
        operation["security"] = [{name: []} for name in _SECURITY]
    answers, media = opt.get(_ANSWERS), opt.get(_MEDIA, JSON)
    said = {str(handler.status_code): {"description": "As asked"}}
    if handler.status_code == 303:  # noqa: PLR2004 - of HTTP: a page goes on, a program stays
        said["200" if answers else "204"] = {"description": "As asked, to a program"}
    content = {media: {"schema": _reference(answers) if answers else {}}}
    for status in said.keys() - {"204", "303"}:
        said[status] |= {"content": content}  # type: ignore[dict-item] # JSON
    problem = {"description": "A problem (RFC 9457)", "content": {PROBLEM: {"schema": _reference(Problem)}}}
    operation["responses"] = {**said, "4XX": problem, "5XX": problem}


def _schemas(handlers: list[HTTPRouteHandler]) -> dict[str, Any]:
    """Return the schemas of all structs named, with what a sync request is checked for after it was read."""
    named = {Problem, *get_args(Op)}
    for handler in handlers:
        named |= {*handler.opt.get(_TAKES, {}).values(), handler.opt.get(_ANSWERS)} - {None}
    _, found = msgspec.json.schema_components(sorted(named, key=lambda each: each.__name__), ref_template=_REF)
    ops = [_reference(op) for op in get_args(Op)]
    found[SyncRequest.__name__]["properties"] |= {
        "v": {"const": VERSION},
        "limit": {"type": "integer", "minimum": 1, "maximum": DOSSIERS_MAX, "default": DOSSIERS_DEFAULT},
        "ops": {"type": "array", "maxItems": OPS_MAX, "items": {"oneOf": ops}},
    }
    # Anchors as JSON Schema's regular expressions write them.
    plain: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(found).replace(rb"\\A", b"^").replace(rb"\\Z", b"$")
    )
    return plain


def _reference(struct: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=struct.__name__)}
