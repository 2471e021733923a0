"""What stands in front of every page and route, as pure ASGI: headers, whose form it is, and one line a request.

Rule 1. A request that changes something and comes from another site is refused: browsers say where it comes from in
`Sec-Fetch-Site` or `Origin`; a program that says neither has no cookie that it did not bring itself.
Rule 2. The log names the route's first segment, the status and the time taken; never a query, an id or a person.
"""

import logging
import time
from collections.abc import Iterable, MutableMapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from schemas.problems import RequestProblem

Scope = MutableMapping[str, Any]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: First segments that are ours; anything else is logged as `-`, since it may hold anything.
SEGMENTS: Final = frozenset({
    "", "accounts", "assets", "cai-dat", "claims", "cua-toi", "dang-nhap", "dang-xuat", "desk", "di-ban", "files",
    "forms", "handovers", "health", "icons", "manifest.webmanifest", "may-cua-ai", "metrics", "openapi.json", "pack",
    "phieu", "sw.js", "sync", "thu-tuc", "to-khai", "tra-cuu",
})  # fmt: skip
NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
#: What a program reads is never rendered: it needs one header, and every byte of it is paid for on 2G.
FOR_PROGRAMS: Final = (b"application/json", b"application/problem+json", b"application/x-ndjson")
#: Nor is a part of a page a page. A worker's script is not among them: the policy that comes with it is the worker's.
PARTS_OF_PAGES: Final = (
    b"text/css", b"application/javascript", b"image/png", b"image/svg+xml", b"application/manifest+json",
)  # fmt: skip
HEADERS: Final = (
    NOSNIFF,
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
            b"frame-ancestors 'none'; form-action 'self'"
        ),
    ),
)

log = logging.getLogger("motcua.access")


class Shield:
    """Wraps an ASGI application."""

    def __init__(self, app: Any) -> None:
        """Take the application behind it."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request, or pass on what is no request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def answer(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = guarded(message["headers"])
            await send(message)

        try:
            if from_elsewhere(scope):
                await refuse(answer, RequestProblem("forbidden", "this request comes from another site"))
            else:
                await self._app(scope, receive, answer)
        finally:
            log.info(line(scope, status, time.perf_counter() - begun))


def guarded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with those that protect its reader."""
    named = dict(headers)
    added = (NOSNIFF,) if named.get(b"content-type", b"").startswith(FOR_PROGRAMS + PARTS_OF_PAGES) else HEADERS
    return [*headers, *(header for header in added if header[0] not in named)]


def from_elsewhere(scope: Scope) -> bool:
    """Return whether a browser sends this change from another site."""
    if scope["method"] in SAFE:
        return False
    headers: dict[bytes, bytes] = dict(scope["headers"])
    site: bytes | None = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return False
    host: bytes = headers.get(b"host", b"")
    return urlsplit(origin.decode("latin-1")).netloc != host.decode("latin-1")


async def refuse(send: Any, problem: RequestProblem) -> None:
    """Answer a problem document."""
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(problem.problem)})


def line(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    """Return one line of the access log."""
    segment = scope["path"].split("/")[1] if scope["path"].startswith("/") else "-"
    shown = "/" + segment if segment in SEGMENTS else "-"
    return {"method": scope["method"], "route": shown, "status": status, "ms": round(seconds * 1000, 1)}
