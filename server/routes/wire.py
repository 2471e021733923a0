"""Bodies in and out: how much is read, how it is unpacked, and how answers and problems are written."""

import zlib
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs

import msgspec
from litestar import Request, Response

from schemas.problems import PREFIX, REQUEST, Problem, RequestProblem

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
GZIP_FROM_BYTES: Final = 500
#: Fields of a form; no page of ours has as many.
FIELDS_MAX: Final = 20

T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]
Answer = Response[bytes]


async def read_json(request: AnyRequest, *, wire_max: int, inflated_max: int) -> bytes:
    """Return the body of a JSON request, unpacked.

    Raises:
        RequestProblem: ``unsupported-type``, ``too-large`` or ``invalid``.
    """
    if request.content_type[0] != JSON:
        raise RequestProblem("unsupported-type", "send application/json")
    return inflated(await read_body(request, wire_max), request.headers.get("content-encoding"), inflated_max)


async def read_body(request: AnyRequest, wire_max: int) -> bytes:
    """Return the body as it came.

    Raises:
        RequestProblem: ``too-large`` as soon as it is.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > wire_max:
        raise RequestProblem("too-large", f"at most {wire_max} bytes")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > wire_max:
            raise RequestProblem("too-large", f"at most {wire_max} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


async def read_typed(request: AnyRequest, wire_max: int) -> dict[str, str]:
    """Return what was typed into a form, the first of each name.

    Raises:
        RequestProblem: ``too-large`` or ``invalid``.
    """
    body = await read_body(request, wire_max)
    try:
        typed = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as fault:
        raise RequestProblem("invalid", "not a form") from fault
    return {name: values[0] for name, values in typed.items()}


def holds(request: AnyRequest, etag: str) -> bool:
    """Return whether the caller has what an ETag names."""
    return etag in request.headers.get("if-none-match", "").replace("W/", "").replace(" ", "").split(",")


def inflated(body: bytes, encoding: str | None, inflated_max: int) -> bytes:
    """Return a body without its content encoding, never unpacking more than is allowed.

    Raises:
        RequestProblem: ``unsupported-type``, ``too-large`` or ``invalid``.
    """
    coding = (encoding or "identity").strip().lower()
    if coding == "identity":
        return body
    if coding != "gzip":
        raise RequestProblem("unsupported-type", "Content-Encoding is gzip or none")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, inflated_max + 1)
    except zlib.error:
        raise RequestProblem("invalid", "not gzip") from None
    if len(plain) > inflated_max:
        raise RequestProblem("too-large", f"at most {inflated_max} bytes unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise RequestProblem("invalid", "the gzip body is cut, or more than one")
    return plain


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Return a body as a message.

    Raises:
        RequestProblem: ``invalid``, with where and why.
    """
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError) as fault:
        raise RequestProblem("invalid", str(fault)[:300]) from None


def answer(request: AnyRequest, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Return a JSON answer, packed where that is accepted and worth it."""
    body = msgspec.json.encode(content)
    return packed(request, body, JSON, status, {"cache-control": "no-store", **(headers or {})})


def packed(
    request: AnyRequest, body: bytes, media_type: str, status: int = 200, headers: dict[str, str] | None = None
) -> Answer:
    """Return a body, packed where that is accepted and worth it."""
    sent = dict(headers or {})
    if sent.get("cache-control") != "no-store":
        sent["vary"] = "accept-encoding"
    if len(body) > GZIP_FROM_BYTES and accepts_gzip(request):
        packer = zlib.compressobj(6, wbits=31)
        body = packer.compress(body) + packer.flush()
        sent["content-encoding"] = "gzip"
    return Response(body, status_code=status, media_type=media_type, headers=sent)


def accepts_gzip(request: AnyRequest) -> bool:
    """Return whether an answer may be gzip."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False


def problem_answer(problem: RequestProblem) -> Answer:
    """Return a problem as its document."""
    headers = {"cache-control": "no-store"}
    if problem.retry_after_s is not None:
        headers["retry-after"] = str(problem.retry_after_s)
    return document(problem.problem, problem.status, headers)


def document(problem: Problem, status: int, headers: dict[str, str]) -> Answer:
    """Return a problem document with a status."""
    return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM, headers=headers)


def problem_of_status(status: int) -> Problem:
    """Return the problem that stands for a status the framework answers by itself."""
    codes = {401: "unauthenticated", 403: "forbidden", 404: "not-found", 413: "too-large", 415: "unsupported-type",
             429: "slow-down", 503: "unavailable"}  # fmt: skip
    code = codes.get(status, "invalid" if status < 500 else "internal")  # noqa: PLR2004 - of HTTP
    return Problem(PREFIX + code, REQUEST[code][1], status)
