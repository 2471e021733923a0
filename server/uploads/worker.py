"""The process that opens other people's files: one request a line on standard input, one answer a line on the output.

Whatever a file does to a decoder, it does here: in a process of its own, with bounds on memory, time and what it may
write, that can be killed at any moment. A request is ``{"path","media","thumb"}``, an answer
``{"kind","media","pages","fault"}``; a thumbnail is written to the path ``thumb``. With ``page``, from 1 on, that
page of a PDF is drawn there large instead. The first line, ``{}``, says that it has loaded its decoders. The fault
``trouble`` is this machine's and no verdict: a full disk, no more open files.
"""

import io
import json
import os
import resource
import sys
import warnings
from importlib import import_module
from typing import Any, Final

PIXELS_MAX: Final = 120_000_000
MEMORY_BYTES_MAX: Final = 1_536 * 1024 * 1024
THUMB_BYTES_MAX: Final = 256 * 1024
CPU_S_MAX: Final = 3_600
FILES_MAX: Final = 64
THUMB_PIXELS: Final = 320
PAGES_MAX: Final = 5_000
PAGE_PIXELS: Final = 1_500
#: Tried in this order until a drawn page is small enough to be written.
QUALITIES: Final = (75, 55, 35, 15)
#: What Pillow may try; every other decoder stays shut.
FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
PDF: Final = "application/pdf"


def bound() -> None:
    """Give this process less than it might want."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_CPU, CPU_S_MAX),
        (resource.RLIMIT_FSIZE, THUMB_BYTES_MAX),
        (resource.RLIMIT_NOFILE, FILES_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wanted, wanted))


def look(path: str, media: str, thumb: str | None, page: int | None = None) -> dict[str, Any]:
    """Return what a file is, and write its thumbnail, or a page of it."""
    try:
        return _look_at_pdf(path, thumb, page) if media == PDF else _look_at_image(path, media, thumb)
    except OSError as fault:
        kind = "trouble" if fault.errno is not None else "unreadable"  # a decoder's own has no number
        return {"media": media, "kind": None, "pages": None, "fault": kind}


def _look_at_image(path: str, media: str, thumb: str | None) -> dict[str, Any]:
    from PIL import Image, ImageOps  # noqa: PLC0415 - paid for only in this process

    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    found: dict[str, Any] = {"media": media, "kind": "image", "pages": 1, "fault": None}
    try:
        with Image.open(path, formats=(FORMATS[media],)) as image:
            if image.width * image.height > PIXELS_MAX:
                return {**found, "fault": "too-many-pixels"}
            image.draft("RGB", (2 * THUMB_PIXELS, 2 * THUMB_PIXELS))
            image.load()  # a picture that is cut or broken shows here
            _write(thumb, ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {**found, "fault": "too-many-pixels"}
    except (SyntaxError, ValueError, MemoryError, EOFError, IndexError, KeyError, TypeError, OverflowError):
        return {**found, "fault": "unreadable"}
    return found


def _look_at_pdf(path: str, thumb: str | None, wanted: int | None) -> dict[str, Any]:
    import pypdfium2  # noqa: PLC0415 - paid for only in this process

    found: dict[str, Any] = {"media": PDF, "kind": "pdf", "pages": None, "fault": None}
    try:
        document = pypdfium2.PdfDocument(path)
        try:
            found["pages"] = len(document)
            if not 0 < len(document) <= PAGES_MAX:
                return {**found, "fault": "unreadable"}
            pixels = THUMB_PIXELS if wanted is None else PAGE_PIXELS
            page = document[0 if wanted is None else wanted - 1]
            width, height = page.get_size()
            scale = pixels / max(width, height, 1.0)
            _write(thumb, page.render(scale=scale).to_pil(), pixels)
        finally:
            document.close()
    except pypdfium2.PdfiumError as fault:
        return {**found, "fault": "locked" if "assword" in str(fault) else "unreadable"}
    except (ValueError, MemoryError, OverflowError):
        return {**found, "fault": "unreadable"}
    return found


def _write(thumb: str | None, image: Any, pixels: int = THUMB_PIXELS) -> None:
    """Write a small picture without any of the metadata that the large one carried."""
    if thumb is None:
        return
    small = image.convert("RGB")
    small.thumbnail((pixels, pixels))
    small.info.clear()  # a comment would be saved again
    packed = _packed(small)
    while packed.tell() > THUMB_BYTES_MAX:  # it is all noise
        small = small.reduce(2)
        packed = _packed(small)
    with open(thumb, "wb") as file:  # noqa: PTH123 - a path from our own parent
        file.write(packed.getvalue())


def _packed(small: Any) -> io.BytesIO:
    """Return a picture as JPEG, as good as fits."""
    for quality in QUALITIES:
        packed = io.BytesIO()
        small.save(packed, "JPEG", quality=quality)
        if packed.tell() <= THUMB_BYTES_MAX:
            break
    return packed


def main() -> int:
    """Answer until standard input ends."""
    bound()
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a decoder prints is no answer
    for decoder in ("PIL.Image", "pypdfium2"):  # before the first file's time begins
        import_module(decoder)
    answers.write("{}\n")
    answers.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(look(**asked)) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
