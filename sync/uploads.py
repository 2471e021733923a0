"""What may be done with an upload and the file it becomes (protocol §5), as values: bytes and rows are elsewhere.

Rule 1. Bytes are added where the upload ends on the disk and nowhere else, and never more than were announced.
Rule 2. What was announced with a hash becomes a file under that hash alone; else the upload is gone, for good.
Rule 3. A file is known to who sent it whole and to who sees it verified in a dossier. To all others it is not here.
Rule 4. A file goes when no attachment and no living upload names it. Bytes under way go with their upload.
"""

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from schemas.problems import RequestProblem

#: Verdicts that no further bytes change: what has one does not keep a file.
LOST: Final = "bad"


class Upload(Struct, frozen=True):
    """Bytes that somebody sends. ``state`` is ``open``, ``done`` or ``gone``; ``metadata`` is the header as it came."""

    id: str
    person: str
    length: int
    metadata: str
    sha256: str | None
    state: str
    expires_ms: int


def mine(upload: Upload | None, person: str, now_ms: int) -> Upload:
    """Return an upload of this person.

    Raises:
        RequestProblem: ``not-found``, also where it is somebody else's; ``upload-gone``.
    """
    if upload is None or upload.person != person:
        raise RequestProblem("not-found")
    if upload.state == "gone" or upload.expires_ms <= now_ms:
        raise RequestProblem("upload-gone")
    return upload


def may_add(upload: Upload, ends: int, offset: int, announced: int | None) -> None:
    """Let a request add bytes at ``offset`` to an upload that ends at ``ends`` on the disk.

    Raises:
        RequestProblem: ``upload-offset``, or ``too-large`` for more bytes ``announced`` than are missing.
    """
    if offset != ends:
        raise RequestProblem("upload-offset", f"the upload is at {ends}")
    may_reach(upload, offset + (announced or 0))


def may_reach(upload: Upload, end: int) -> None:
    """Let an upload grow to an end.

    Raises:
        RequestProblem: ``too-large``.
    """
    if end > upload.length:
        raise RequestProblem("too-large", f"the upload has {upload.length} bytes")


def is_right(upload: Upload, digest: str) -> bool:
    """Return whether the bytes of an upload, all here, are those that were announced."""
    return upload.sha256 in (None, digest)


def is_known(*, sent: bool, seen: bool) -> bool:
    """Return whether somebody may know that a file is here: they ``sent`` it whole, or see it verified."""
    return sent or seen


def wanted(*, known: bool, under_way: Iterable[tuple[int, Upload]], now_ms: int) -> Any:
    """Return what a probe answers for a file: nothing in it depends on what others have.

    ``under_way`` are the asker's own open uploads of it with where each ends on the disk.
    """
    if known:
        return "have"
    alive = [(ends, upload) for ends, upload in under_way if upload.expires_ms > now_ms]
    if not alive:
        return "need"
    ends, upload = max(alive, key=lambda each: each[0])
    return {"partial": f"/files/{upload.id}", "offset": ends}


def keeps(status: str) -> bool:
    """Return whether an attachment of this status keeps its file."""
    return status != LOST
