"""Papers as a camera makes them, and what a thumb does with them on the pages."""

import hashlib
import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import FilePayload, Locator, Page, expect

from e2e.office import Office
from e2e.pages import FORM_PAGE, FormPages

#: A paper that ``SINGLE``, who is divorced, is asked for.
SLOT: Final = "divorce_ruling"
#: A degree of latitude as a camera writes it: 21°51'.
LATITUDE: Final = (21.0, 51.0, 0.0)
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def sheet(number: int, size: tuple[int, int] = (900, 1200), *, orientation: int = 1, grain: int = 0) -> bytes:
    """Photograph a sheet with lines of writing: a JPEG with a camera's Exif and its place on earth in it.

    ``grain`` is how many specks of dust there are: what makes a photograph heavy.
    """
    paper = Image.new("RGB", size, (250, 248, 240))
    pen, dust = ImageDraw.Draw(paper), random.Random(number)
    pen.rectangle((0, 0, size[0] // 3, size[1] // 12), fill=(160, 20, 20))
    for line in range(size[1] // 10, size[1] - 40, 40):
        pen.text((40, line), f"{number:02d} - Toa an nhan dan - {line}", fill=(10, 10, 40))
    for _ in range(grain):
        at = (dust.randrange(size[0]), dust.randrange(size[1]))
        pen.line((*at, at[0] + 9, at[1] + 9), fill=(dust.randrange(256), dust.randrange(256), dust.randrange(256)))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "Camera of Lang Son"
    exif.get_ifd(GPS).update({1: "N", 2: LATITUDE, 3: "E", 4: (106.0, 45.0, 0.0)})
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def blurred(data: bytes) -> bytes:
    """Take the same photograph with a shaking hand."""
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).filter(ImageFilter.GaussianBlur(12)).save(out, "JPEG")
    return out.getvalue()


def photo(number: int, data: bytes | None = None) -> FilePayload:
    """Make a picture as the chooser gives it to the page."""
    return {"name": f"IMG_{number:04d}.jpg", "mimeType": "image/jpeg", "buffer": data or sheet(number)}


def pdf(words: str, side: int = 300) -> FilePayload:
    """Make a PDF of one page of noise; different words are different files, and a side of 900 weighs some 600 KB."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 120).save(out, "PDF", title=words, quality=92)
    return {"name": "bản án.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


class Slot:
    """The page of one paper."""

    def __init__(self, page: Page, key: str = SLOT) -> None:
        self.page, self.key = page, key
        self.sheets = page.locator("[data-sheet]")
        self.faults = page.locator("[data-fault]")

    def open(self) -> "Slot":
        """Open it from the draft's home, wherever the draft stands."""
        self.page.goto(FORM_PAGE)
        self.page.locator(f"a[data-slot={self.key}]").click()
        self.ready()
        return self

    def ready(self) -> None:
        """Wait until its buttons can be pressed: the draft is saved by then."""
        expect(self.page.locator("[data-action=choose-file]")).to_be_enabled()

    def pick(self, *files: FilePayload, action: str = "choose-file", within: Locator | None = None) -> None:
        """Choose files, as with the gallery or the camera."""
        with self.page.expect_file_chooser() as chooser:
            (within or self.page.locator("#pages")).locator(f"[data-action={action}]").click()
        chooser.value.set_files(list(files))

    def pick_from(self, path: Path) -> None:
        """Choose a file that lies on the phone."""
        with self.page.expect_file_chooser() as chooser:
            self.page.locator("[data-action=choose-file]").click()
        chooser.value.set_files(path)

    def hold(self, count: int) -> None:
        """Wait until so many pages are in it, and saved."""
        expect(self.sheets).to_have_count(count)
        self.ready()
        FormPages(self.page).saved()

    def act(self, number: int, action: str) -> None:
        """Press one of a page's buttons."""
        self.page.locator(f"[data-sheet='{number}'] [data-action={action}]").click()

    def hashes(self) -> list[str]:
        """Give the pages' hashes in order."""
        return [each.get_attribute("data-sha256") or "" for each in self.sheets.all()]

    def send(self) -> FormPages:
        """Go to the last page and press "Gửi"."""
        self.page.locator("[data-action=slot-done]").click()
        form = FormPages(self.page)
        form.review()
        form.submit()
        return form


def whole(form: FormPages) -> None:
    """Wait until the dossier and all its papers are received."""
    expect(form.state_line()).to_have_attribute("data-state", "received", timeout=45_000)
    expect(form.page.locator("[data-file-state]:not([data-file-state=file_ok])")).to_have_count(0)


def attachments(office: Office) -> list[dict[str, object]]:
    """List what the office has of the one dossier's papers, in order."""
    (stored,) = office.dossiers()
    return sorted(stored["attachments"], key=lambda each: (each["slot"], each["page"]))


def bytes_of(office: Office, sha256: str) -> bytes:
    """Read a file as the server keeps it, and see that it is what its name says."""
    (place,) = [
        path for path in (office.data / "files").rglob(f"*{sha256}*") if path.is_file() and "thumb" not in str(path)
    ]
    data = place.read_bytes()
    assert hashlib.sha256(data).hexdigest() == sha256
    return data


def verified(office: Office) -> Sequence[str]:
    """Give the hashes that the office has whole, in the order of the pages."""
    return [str(each["sha256"]) for each in attachments(office) if each["status"] == "verified"]
