"""The tus resumable upload protocol, version 1.0.0, as values: headers in, what they ask for out. No input or output.

Source: the tus protocol 1.0.0 with its extensions creation, creation-with-upload, checksum, expiration, termination.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha1, sha256
from typing import Any, Final

from msgspec import Struct

from schemas.problems import RequestProblem

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS: Final[dict[str, Callable[[], Any]]] = {"sha1": sha1, "sha256": sha256}
CHUNK: Final = "application/offset+octet-stream"
METADATA_CHARS_MAX: Final = 32 * 1024
DIGITS_MAX: Final = 15

_KEY: Final = re.compile(r"[!-+\--~]+")  # ASCII without space and comma
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

Headers = Mapping[str, str]


class Checksum(Struct, frozen=True):
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes

    def hasher(self) -> Any:
        """Return a hash to be fed."""
        return ALGORITHMS[self.algorithm]()


class Creation(Struct, frozen=True):
    """What a ``POST`` asks for. ``metadata`` is the header as it came, to be given back by ``HEAD``."""

    length: int
    metadata: str = ""
    sha256: str | None = None


class Unsupported(Exception):
    """A request of a version that is not spoken here (412)."""


def speaks(headers: Headers) -> None:
    """Let a request of this version pass.

    Raises:
        Unsupported: it names another version or none.
    """
    if headers.get("tus-resumable") != VERSION:
        raise Unsupported


def options(bytes_max: int) -> dict[str, str]:
    """Return what the server can do, as the headers of ``OPTIONS``."""
    return {
        "tus-version": VERSION,
        "tus-extension": EXTENSIONS,
        "tus-max-size": str(bytes_max),
        "tus-checksum-algorithm": ",".join(ALGORITHMS),
    }


def creation(headers: Headers, bytes_max: int) -> Creation:
    """Read what a ``POST`` asks for.

    Raises:
        RequestProblem: ``invalid`` or ``too-large``.
    """
    if "upload-defer-length" in headers or "upload-concat" in headers:
        raise RequestProblem("invalid", "only uploads of a known length, in one piece, are taken")
    length = _number(headers, "upload-length")
    if length > bytes_max:
        raise RequestProblem("too-large", f"at most {bytes_max} bytes")
    raw = headers.get("upload-metadata", "")
    said = metadata(raw)
    digest = said.get("sha256")
    return Creation(length, raw, None if digest is None else _sha256(digest))


def metadata(raw: str) -> dict[str, bytes]:
    """Read an ``Upload-Metadata`` header: keys with Base64 values, all of them optional.

    Raises:
        RequestProblem: ``invalid``.
    """
    if len(raw) > METADATA_CHARS_MAX:
        raise RequestProblem("invalid", f"Upload-Metadata has at most {METADATA_CHARS_MAX} characters")
    found: dict[str, bytes] = {}
    for pair in raw.split(",") if raw.strip() else ():
        key, _, value = pair.strip(" ").partition(" ")
        if _KEY.fullmatch(key) is None or key in found:
            raise RequestProblem("invalid", "Upload-Metadata: every key once, in ASCII, without space or comma")
        found[key] = _base64(value, "Upload-Metadata")
    return found


def offset(headers: Headers) -> int:
    """Return where a ``PATCH`` wants to go on.

    Raises:
        RequestProblem: ``unsupported-type`` or ``invalid``.
    """
    if not is_chunk(headers):
        raise RequestProblem("unsupported-type", f"send {CHUNK}")
    return _number(headers, "upload-offset")


def is_chunk(headers: Headers) -> bool:
    """Return whether the body is bytes of an upload.

    Raises:
        RequestProblem: ``unsupported-type``, for bytes that are packed.
    """
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RequestProblem("unsupported-type", "bytes of an upload are sent as they are")
    return headers.get("content-type", "").partition(";")[0].strip().lower() == CHUNK


def checksum(headers: Headers) -> Checksum | None:
    """Return what the request's bytes must hash to, or null.

    Raises:
        RequestProblem: ``invalid``, for an algorithm that is not known here or what is no Base64.
    """
    raw = headers.get("upload-checksum")
    if raw is None:
        return None
    algorithm, _, value = raw.strip().partition(" ")
    if algorithm.lower() not in ALGORITHMS:
        raise RequestProblem("invalid", f"Upload-Checksum: {', '.join(ALGORITHMS)}")
    return Checksum(algorithm.lower(), _base64(value, "Upload-Checksum"))


def content_length(headers: Headers) -> int | None:
    """Return how many bytes the request announces, or null where it does not say."""
    return _number(headers, "content-length") if "content-length" in headers else None


def moment(at_ms: int) -> str:
    """Return a time as HTTP writes it."""
    return format_datetime(datetime.fromtimestamp(at_ms // 1000, UTC), usegmt=True)


def _number(headers: Headers, name: str) -> int:
    raw = headers.get(name, "")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= DIGITS_MAX):
        raise RequestProblem("invalid", f"{name} is a whole number of bytes")
    return int(raw)


def _base64(value: str, name: str) -> bytes:
    try:
        return b64decode(value.strip(), validate=True)
    except (Base64Error, ValueError):
        raise RequestProblem("invalid", f"{name}: a value is not Base64") from None


def _sha256(value: bytes) -> str:
    text = value.decode("latin-1").lower()
    if _SHA256.fullmatch(text) is None:
        raise RequestProblem("invalid", "sha256 is 64 hexadecimal digits")
    return text
