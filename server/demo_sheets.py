"""Sheets that look like photographed papers and are none: invented words, marked as a sample across the page.

The letters are those of Pillow's own font, which has no Vietnamese; the marks are drawn over them, so that a sheet is
the same on every machine, with whatever fonts.
"""

import io
import unicodedata
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

Size = tuple[int, int]
Place = tuple[float, float]

A4: Final[Size] = (992, 1403)
INK: Final = (38, 42, 58)
PAPER: Final = (247, 244, 233)
TABLE: Final = (112, 92, 74)
SAMPLE: Final = "MẪU"
SAMPLE_INK: Final = (206, 96, 86)
MARGIN: Final = 84
#: Each mark as strokes in units of a fifth of the letter's size, from where it stands: right and down.
STROKES: Final[dict[str, Sequence[Sequence[Place]]]] = {
    "\u0300": [[(-0.7, -0.9), (0.4, 0)]],
    "\u0301": [[(0.7, -0.9), (-0.4, 0)]],
    "\u0302": [[(-0.9, 0), (0, -0.8), (0.9, 0)]],
    "\u0303": [[(-1, -0.1), (-0.5, -0.6), (0.3, -0.1), (0.9, -0.6)]],
    "\u0306": [[(-0.9, -0.8), (-0.5, -0.1), (0.5, -0.1), (0.9, -0.8)]],
    "\u0309": [[(-0.4, -1.1), (0.4, -1.1), (0.4, -0.6), (0, -0.4), (0, 0)]],
}
HORN: Final = "\u031b"
BELOW: Final = "\u0323"


def sheet(title: str, lines: Sequence[str], number: int = 1) -> Image.Image:
    """Return a sheet with a title and lines; ``number`` is its page."""
    page = Image.new("RGB", A4, PAPER)
    draw = ImageDraw.Draw(page)
    _centred(draw, 90, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 30)
    _centred(draw, 136, "Độc lập - Tự do - Hạnh phúc", 28)
    draw.line([(A4[0] / 2 - 150, 184), (A4[0] / 2 + 150, 184)], fill=INK, width=2)
    _centred(draw, 236, title.upper(), 38)
    for row, line in enumerate(lines):
        top = 350 + 62 * row
        write(draw, (MARGIN, top), line, 26)
        draw.line([(MARGIN, top + 44), (A4[0] - MARGIN, top + 44)], fill=(196, 190, 176), width=1)
    write(draw, (A4[0] - 340, A4[1] - 300), "Người khai", 26)
    draw.line([(A4[0] - 360 + 14 * n, A4[1] - 205 - 26 * (n % 3)) for n in range(14)], fill=(40, 60, 150), width=4)
    write(draw, (MARGIN, A4[1] - 90), f"Trang {number} - giấy mẫu để thử, không có giá trị", 22)
    _across(page)
    return page


def photographed(page: Image.Image, tilt_degrees: float) -> bytes:
    """Return a sheet as a phone would send it: lying on a table, a little askew, as JPEG."""
    table = Image.new("RGB", (A4[0] + 108, A4[1] + 108), TABLE)
    shadow = Image.new("L", A4, 255).rotate(tilt_degrees, expand=True)
    turned = page.rotate(tilt_degrees, expand=True, resample=Image.Resampling.BILINEAR)
    at = ((table.width - turned.width) // 2, (table.height - turned.height) // 2)
    table.paste((84, 68, 54), (at[0] + 10, at[1] + 12), shadow)
    table.paste(turned, at, shadow)
    packed = io.BytesIO()
    table.save(packed, "JPEG", quality=72)
    return packed.getvalue()


def bound(pages: Sequence[Image.Image]) -> bytes:
    """Return sheets as one PDF."""
    packed = io.BytesIO()
    pages[0].save(packed, "PDF", save_all=True, append_images=list(pages[1:]), resolution=120)
    return packed.getvalue()


def write(draw: ImageDraw.ImageDraw, at: Place, text: str, size: int, fill: tuple[int, int, int] = INK) -> float:
    """Write Vietnamese from a place on, its top left; return where it ends."""
    font = ImageFont.load_default(size)
    left, top = at
    for letter in unicodedata.normalize("NFC", text):
        plain = {"đ": "d", "Đ": "D"}.get(letter, letter)
        base, *marks = list(unicodedata.normalize("NFD", plain))
        draw.text((left, top), base, font=font, fill=fill)
        box = draw.textbbox((left, top), base, font=font)
        _mark(draw, box, marks, size, fill)
        if plain != letter:
            bar = box[1] + (box[3] - box[1]) * (0.5 if letter == "Đ" else 0.22)
            begin = box[0] - 0.04 * size if letter == "Đ" else (box[0] + box[2]) / 2
            draw.line([(begin, bar), (begin + 0.34 * size, bar)], fill=fill, width=max(2, size // 14))
        left += draw.textlength(base, font=font)
    return left


def _mark(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], marks: Sequence[str], size: int,
    fill: tuple[int, int, int],
) -> None:  # fmt: skip
    """Draw a letter's marks: the one of the vowel first, the one of the tone above it."""
    middle, above, unit, width = (box[0] + box[2]) / 2, box[1] - 0.07 * size, size / 5, max(2, size // 13)
    for mark in marks:
        if mark == BELOW:
            radius = 0.07 * size
            draw.ellipse([middle - radius, box[3] + 1, middle + radius, box[3] + 1 + 2 * radius], fill=fill)
        elif mark == HORN:
            right = box[2] - 0.02 * size
            draw.line([(right - 2, box[1] + 4), (right + 0.12 * size, box[1] - 0.08 * size)], fill=fill, width=width)
        else:
            for stroke in STROKES[mark]:
                draw.line([(middle + x * unit, above + y * unit) for x, y in stroke], fill=fill, width=width)
            above -= unit


def _centred(draw: ImageDraw.ImageDraw, top: float, text: str, size: int) -> None:
    plain = "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    width = draw.textlength(plain.replace("đ", "d").replace("Đ", "D"), font=ImageFont.load_default(size))
    write(draw, ((A4[0] - width) / 2, top), text, size)


def _across(page: Image.Image) -> None:
    """Mark a sheet as a sample, from corner to corner."""
    stamp = Image.new("L", (900, 420), 0)
    drawn = Image.new("RGB", stamp.size, (0, 0, 0))
    write(ImageDraw.Draw(drawn), (60, 120), SAMPLE, 260, (130, 130, 130))
    stamp.paste(drawn.convert("L"))
    turned = stamp.rotate(38, expand=True)
    page.paste(SAMPLE_INK, ((page.width - turned.width) // 2, (page.height - turned.height) // 2), turned)
