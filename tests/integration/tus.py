"""A tus client that says plainly what it sends, with pictures and papers to send."""

import io
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
from PIL import Image

from tests.integration.caller import Caller, create, new_id, op, patch, submit

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = "application/offset+octet-stream"
SLOT = "divorce_ruling"


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return sha256(content).hexdigest()


def metadata(**said: str | bytes) -> str:
    """Write an ``Upload-Metadata`` header."""
    values = {key: value.encode() if isinstance(value, str) else value for key, value in said.items()}
    return ",".join(f"{key} {b64encode(value).decode()}" for key, value in values.items())


def begin(who: Caller, length: int, body: bytes | None = None, **headers: str) -> httpx.Response:
    """Begin an upload; with a body, by creation-with-upload."""
    sent = {**TUS, "Upload-Length": str(length), **{name.replace("_", "-"): value for name, value in headers.items()}}
    if body is not None:
        sent["Content-Type"] = CHUNK
    return who.http.post("/files/", content=body or b"", headers=sent)


def send(who: Caller, place: str, offset: int, body: bytes, **headers: str) -> httpx.Response:
    """Add bytes at an offset."""
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return who.http.patch(
        place, content=body, headers={**TUS, "Content-Type": CHUNK, "Upload-Offset": str(offset), **extra}
    )


def offset_of(who: Caller, place: str) -> int:
    """Ask for an offset."""
    answer = who.http.head(place, headers=TUS)
    assert answer.status_code == 200, answer
    return int(answer.headers["upload-offset"])


def upload(who: Caller, content: bytes, **said: str) -> str:
    """Send a file whole; return its digest."""
    named = metadata(**{"sha256": digest(content), **said})
    answer = begin(who, len(content), content, Upload_Metadata=named)
    assert answer.status_code == 201, answer.text
    return digest(content)


def picture(seed: int = 0, size: tuple[int, int] = (400, 560), kind: str = "JPEG") -> bytes:
    """Draw a small picture that no other seed draws."""
    blocks = Image.frombytes("RGB", (4, 8), sha256(b"%d" % seed).digest() * 3)
    packed = io.BytesIO()
    blocks.resize(size, Image.Resampling.NEAREST).save(packed, kind)
    return packed.getvalue()


def pdf(pages: int = 1, seed: int = 0) -> bytes:
    """Write a PDF of empty pages."""
    first, *others = [Image.new("RGB", (60, 80), (seed % 256, page % 256, 9)) for page in range(pages)]
    packed = io.BytesIO()
    first.save(packed, "PDF", save_all=True, append_images=others)
    return packed.getvalue()


def attach(dossier: str, content: bytes, **keys: Any) -> dict[str, Any]:
    """Return an ``attach`` for a file."""
    said = {"slot": SLOT, "sha256": digest(content), "bytes": len(content), "media": "image/jpeg", "name": "trang1.jpg"}
    return op("attach", dossier, **{**said, "page": 1, **keys})


def begun(who: Caller, *contents: bytes, **keys: Any) -> str:
    """Begin a dossier that names files; return its id."""
    dossier = new_id()
    results = who.push(create(dossier), *(attach(dossier, content, **keys) for content in contents))
    assert {result["outcome"] for result in results} == {"applied"}, results
    return dossier


def sent_in(who: Caller, values: dict[str, Any], *contents: bytes) -> str:
    """Submit a dossier that names files; return its id."""
    dossier = new_id()
    ops = [create(dossier), patch(dossier, values), *(attach(dossier, content) for content in contents)]
    results = who.push(*ops, submit(dossier, *ops))
    assert {result["outcome"] for result in results} == {"applied"}, results
    return dossier


def files_of(who: Caller, dossier: str) -> list[dict[str, Any]]:
    """Return a dossier's attachments as this caller sees them."""
    found = who.sees(dossier)
    assert found is not None
    return list(found["attachments"])


def statuses(who: Caller, dossier: str) -> list[str]:
    """Return the attachments' statuses."""
    return [file["status"] for file in files_of(who, dossier)]


def cursor_now(who: Caller) -> str:
    """Pull to the end and return the cursor there."""
    cursor = ""
    while True:
        page = who.pull(cursor)
        cursor = str(page["cursor"])
        if not page["more"]:
            return cursor
