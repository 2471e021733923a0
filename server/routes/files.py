"""``/files``: sending by tus 1.0.0, asking what is to be sent, and files for those who may see them (protocol §5)."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import Meta, Struct

from schemas.ops import Sha256
from schemas.problems import PREFIX, Problem, RequestProblem
from server.routes.gate import ANYONE, PERSON, actor_asking, person_asking
from server.routes.openapi import speaks
from server.routes.wire import Answer, AnyRequest, answer, decoded, document, problem_answer, read_json
from server.services.looks import record_look
from server.store.files import Stored
from server.uploads import tus
from server.uploads.limits import PROBE_MAX
from server.uploads.ranges import Unsatisfiable, asked_range
from server.uploads.uploads import Uploads
from server.uploads.worker import FORMATS, PDF
from sync.uploads import Upload

PROBE_BYTES_MAX: Final = 128 * 1024
DIGEST_CHARS: Final = 64
SERVED: Final = {**dict.fromkeys(FORMATS, ""), PDF: ".pdf"} | {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp",
}  # fmt: skip
#: Nothing in a file ever acts: it is not guessed at, runs nowhere, and belongs to no other site.
GUARD: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
NO_STORE: Final = {"cache-control": "no-store"}
RESUMABLE: Final = {"tus-resumable": tus.VERSION}


class Probe(Struct, forbid_unknown_fields=True):
    """``POST /files/probe``: what is to be sent of these."""

    sha256: Annotated[list[Sha256], Meta(max_length=PROBE_MAX)]


_probe_decoder = msgspec.json.Decoder(Probe)


def tus_problem(request: AnyRequest, fault: RequestProblem) -> Answer:
    """Answer a problem as tus does, with the version."""
    answered = problem_answer(fault)
    answered.headers.update(RESUMABLE)
    return _bare(request, answered)


def other_version(request: AnyRequest, _: tus.Unsupported) -> Answer:
    """Answer a request of another version of tus, or of none."""
    said = Problem(PREFIX + "invalid", "Another version of tus is spoken here", 412, f"Tus-Resumable: {tus.VERSION}")
    return _bare(request, document(said, 412, {"tus-version": tus.VERSION, **RESUMABLE, **NO_STORE}))


_TUS: Final[Any] = {RequestProblem: tus_problem, tus.Unsupported: other_version}


@route("/files", http_method=[HttpMethod.OPTIONS], status_code=200, opt=ANYONE, include_in_schema=False)
async def abilities(request: AnyRequest) -> Answer:
    """Say what the server can do, to anybody."""
    return _empty(204, tus.options(uploads_of(request).limits.upload_bytes_max))


@post("/files", opt=PERSON, summary="Begin an upload (tus creation)", exception_handlers=_TUS)
async def begin(request: AnyRequest) -> Answer:
    """Begin an upload, and take its first bytes where they come along."""
    tus.speaks(request.headers)
    actor, uploads = actor_asking(request), uploads_of(request)
    asked = tus.creation(request.headers, uploads.limits.upload_bytes_max)
    checksum, announced = tus.checksum(request.headers), tus.content_length(request.headers)
    carries = tus.is_chunk(request.headers)
    upload = await uploads.create(actor, asked)
    said = {"location": f"/files/{upload.id}", "upload-expires": tus.moment(upload.expires_ms)}
    if carries or upload.length == 0:
        receive = request.receive if carries else _nothing
        announced = announced if carries else 0
        try:
            _, offset = await uploads.fill(upload, 0, checksum, announced, receive)
        except RequestProblem as fault:
            refused = tus_problem(request, fault)
            refused.headers.update(said)
            return refused
        said["upload-offset"] = str(offset)
    return _empty(201, said)


@route(
    "/files/{name:str}",
    http_method=[HttpMethod.HEAD],
    status_code=200,
    opt=PERSON,
    summary="Ask how much of an upload is here (tus)",
    exception_handlers=_TUS,
)
async def offset_of(request: AnyRequest, name: str) -> Answer:
    """Say how much of an upload is on the disk; or, of a file, what ``GET`` would say."""
    if len(name) == DIGEST_CHARS:
        stored = await uploads_of(request).visible(actor_asking(request), digest_in(name))
        headers = {**_described(stored), "content-length": str(stored.bytes), "content-type": _media(stored)}
        return Response(b"", status_code=200, headers=headers)
    tus.speaks(request.headers)
    upload, offset = await uploads_of(request).state(person_asking(request), name)
    said = {"upload-offset": str(offset), "upload-length": str(upload.length), **_of(upload)}
    if upload.metadata:
        said["upload-metadata"] = upload.metadata
    return Response(b"", status_code=200, headers={**said, **RESUMABLE, **NO_STORE})


@route(
    "/files/{name:str}",
    http_method=[HttpMethod.PATCH],
    status_code=200,
    opt=PERSON,
    exception_handlers=_TUS,
    summary="Send bytes (tus)",
)
async def send(request: AnyRequest, name: str) -> Answer:
    """Add bytes to an upload; answered when they are on the disk."""
    tus.speaks(request.headers)
    person = person_asking(request)
    at = tus.offset(request.headers)
    checksum, announced = tus.checksum(request.headers), tus.content_length(request.headers)
    upload, offset = await uploads_of(request).write(person, name, at, checksum, announced, request.receive)
    return _empty(204, {"upload-offset": str(offset), **_of(upload)})


@route(
    "/files/{name:str}",
    http_method=[HttpMethod.DELETE],
    status_code=200,
    opt=PERSON,
    exception_handlers=_TUS,
    summary="End an upload (tus)",
)
async def end(request: AnyRequest, name: str) -> Answer:
    """End an upload before its time."""
    tus.speaks(request.headers)
    await uploads_of(request).end(person_asking(request), name)
    return _empty(204, {})


@post("/files/probe", status_code=200, opt=speaks(PERSON, takes=Probe), summary="Ask which files are to be sent")
async def probe(request: AnyRequest) -> Answer:
    """Say of each file whether it is needed, here already, or here in part."""
    actor = actor_asking(request)
    body = await read_json(request, wire_max=PROBE_BYTES_MAX, inflated_max=PROBE_BYTES_MAX)
    asked = decoded(_probe_decoder, body)
    return answer(request, await uploads_of(request).probe(actor, asked.sha256))


@get("/files/{name:str}", opt=PERSON, summary="A file, for those who may see it")
async def file_of(request: AnyRequest, name: str) -> Response[Any]:
    """Send a file or a part of it, and record which officer looked."""
    uploads, actor = uploads_of(request), actor_asking(request)
    stored = await uploads.visible(actor, digest_in(name))
    await record_look(uploads.store, actor, stored.sha256, whole=True)
    tag = f'"{stored.sha256}"'
    wanted = request.headers.get("range") if request.headers.get("if-range", tag) == tag else None
    try:
        part = asked_range(wanted, stored.bytes)
    except Unsatisfiable:
        refused = Problem(PREFIX + "invalid", "No such part of the file", 416)
        return document(refused, 416, {**NO_STORE, "content-range": f"bytes */{stored.bytes}"})
    start, length = part if part is not None else (0, stored.bytes)
    headers = {**_described(stored), "content-length": str(length)}
    if part is not None:
        headers["content-range"] = f"bytes {start}-{start + length - 1}/{stored.bytes}"
    pieces = _read(uploads, uploads.blobs.read(stored.sha256, start, length))
    status = 200 if part is None else 206
    return Stream(pieces, status_code=status, headers=headers, media_type=_media(stored))


@get("/files/{name:str}/thumb", opt=PERSON, summary="A small picture of a file")
async def thumb_of(request: AnyRequest, name: str) -> Answer:
    """Send a file's thumbnail: a part of its dossier's page, whose look counts for it."""
    uploads, actor = uploads_of(request), actor_asking(request)
    stored = await uploads.visible(actor, digest_in(name))
    await record_look(uploads.store, actor, stored.sha256, whole=False)
    path = uploads.looker.thumb(stored.sha256)
    if not await uploads.run(path.is_file):
        raise RequestProblem("not-found")
    body = await uploads.run(path.read_bytes)
    return Response(body, status_code=200, media_type="image/jpeg", headers=GUARD)


@get("/files/{name:str}/pages/{number:int}", opt=PERSON, summary="A page of a PDF, drawn as a picture")
async def page_of(request: AnyRequest, name: str, number: int) -> Answer:
    """Draw a page of a PDF, so that nobody has to open one, and record which officer looked."""
    uploads, actor = uploads_of(request), actor_asking(request)
    stored = await uploads.visible(actor, digest_in(name))
    if stored.media != PDF or not 1 <= number <= (stored.pages or 0):
        raise RequestProblem("not-found")
    await record_look(uploads.store, actor, stored.sha256, whole=True)
    body = await uploads.looker.page(actor.person, stored.sha256, number)
    if body is None:
        raise RequestProblem("not-found")
    return Response(body, status_code=200, media_type="image/jpeg", headers=GUARD)


def uploads_of(request: AnyRequest) -> Uploads:
    """Return the uploads that this application serves."""
    uploads: Uploads = request.app.state.uploads
    return uploads


def digest_in(name: str) -> str:
    """Return a digest as it stands in an address.

    Raises:
        RequestProblem: ``not-found``, for anything else.
    """
    if len(name) != DIGEST_CHARS or set(name) - set("0123456789abcdef"):
        raise RequestProblem("not-found")
    return name


def _bare(request: AnyRequest, answered: Answer) -> Answer:
    """Leave out the body where ``HEAD`` was asked."""
    if request.method == HttpMethod.HEAD:
        answered.content = b""
    return answered


def _of(upload: Upload) -> dict[str, str]:
    return {"upload-expires": tus.moment(upload.expires_ms)}


def _empty(status: int, headers: dict[str, str]) -> Answer:
    return Response(b"", status_code=status, headers={**headers, **RESUMABLE, **NO_STORE})


def _described(stored: Stored) -> dict[str, str]:
    name = stored.sha256[:12] + SERVED.get(stored.media, ".bin")
    return {
        **GUARD,
        "content-disposition": f'attachment; filename="{name}"',
        "etag": f'"{stored.sha256}"',
        "accept-ranges": "bytes",
    }


def _media(stored: Stored) -> str:
    return stored.media if stored.media in SERVED else "application/octet-stream"


async def _read(uploads: Uploads, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await uploads.run(next, pieces, b""):
        yield piece


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


FILE_ROUTES: Final[list[HTTPRouteHandler]] = [abilities, begin, offset_of, send, end, probe, file_of, thumb_of, page_of]
