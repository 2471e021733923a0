"""Files that are small and want much, or are two things at once: the worker bears them, or dies alone."""

import asyncio
import io
import os
import signal
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from server.uploads.blobs import MemoryBlobs, digest_of
from server.uploads.looking import PAGES_KEPT, Looker, sniffed
from server.uploads.reader import NoAnswer, Reader
from server.uploads.worker import MEMORY_BYTES_MAX, PAGE_PIXELS, PIXELS_MAX, THUMB_BYTES_MAX
from tests.integration.tus import pdf, picture

MIB = 1024 * 1024


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, data: bytes, *others: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"".join((chunk(b"IHDR", head), *others, chunk(b"IDAT", data)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def zeros(size_bytes: int) -> bytes:
    """Return many zeros, packed: one packed mebibyte again and again, with the checksum that zeros have."""
    packer, count = zlib.compressobj(9, zlib.DEFLATED, -15), size_bytes // MIB
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * count + packer.flush() + struct.pack(">I", (count * MIB % 65_521) << 16 | 1)


def paper(stream: bytes, box: str = "0 0 600 800") -> bytes:
    """Return a PDF of one page with a packed stream of drawing."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R >>".encode(),
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table, len(out),
    )  # fmt: skip


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(64 * MIB))
    return packed.getvalue()


class Bench:
    """A looker with its worker, kept for the module."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.blobs = MemoryBlobs()
        self.looker = Looker(self.blobs, folder)

    def look(self, content: bytes) -> tuple[str, str | None]:
        """Return the type and the fault of a file, ``no answer`` where it was the worker's end."""
        media = sniffed(content)
        try:
            found = self.loop.run_until_complete(self.looker.look(self.keep(content), media))
        except NoAnswer:
            return media, "no answer"
        return found.media, found.fault

    def keep(self, content: bytes) -> str:
        """Keep a file; return its digest."""
        self.blobs.append("part", 0, [content])
        digest = digest_of(self.blobs.pieces("part"))
        self.blobs.keep("part", digest)
        self.blobs.drop("part")
        return digest

    def thumb(self, content: bytes) -> bytes:
        return self.looker.thumb(digest_of(iter([content]))).read_bytes()

    @property
    def worker(self) -> int:
        """Return the worker's process."""
        return pid_of(self.looker._looks)

    async def page(self, person: str, digest: str, number: int = 1) -> bytes | None:
        return await self.looker.page(person, digest, number)

    def peak_bytes(self) -> int:
        """Return the most memory that the worker ever held."""
        said = Path(f"/proc/{self.worker}/status").read_text()
        return int(said.partition("VmHWM:")[2].split()[0]) * 1024


def pid_of(reader: Reader) -> int:
    assert reader._worker is not None
    return reader._worker.pid


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("thumbs"))
    yield made
    made.loop.run_until_complete(made.looker.close())
    made.loop.close()


GOOD = picture(930)
#: Bombs by name: what comes, and what is said of it. Each is small and says or unpacks to far more than the worker may.
BOMBS = {
    "a picture of 400 megapixels": (png(20_000, 20_000, zeros(8 * MIB)), "too-many-pixels"),
    "a picture of 169 megapixels": (png(13_000, 13_000, zeros(8 * MIB)), "too-many-pixels"),
    "a picture as large as PNG can say": (png(2**31 - 1, 2**31 - 1, zeros(MIB)), "too-many-pixels"),
    "a small picture that unpacks to a gigabyte": (png(64, 64, zeros(1024 * MIB)), None),
    "words beside a picture that unpack to a gigabyte": (
        png(64, 64, zeros(MIB), chunk(b"zTXt", b"Comment\0\0" + zeros(1024 * MIB))), "unreadable",
    ),
    "a paper whose drawing unpacks to more than the bounds": (paper(zeros(1600 * MIB)), None),
    "a paper of a kilometre": (paper(zlib.compress(b"0 0 m"), "0 0 2900000 2900000"), None),
    "a paper that says it is large and is not": (paper(zlib.compress(b"")) + bytes(MIB), None),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_bounded_memory_and_the_next_file_is_looked_at(bench: Bench, name: str) -> None:
    content, fault = BOMBS[name]
    assert len(content) < 4 * MIB
    found = bench.look(content)[1]
    assert found in ((fault,) if fault else (None, "unreadable", "too-many-pixels", "no answer"))
    assert bench.look(GOOD) == ("image/jpeg", None)
    assert bench.peak_bytes() < MEMORY_BYTES_MAX
    limits = Path(f"/proc/{bench.worker}/limits").read_text()
    assert f"Max address space         {MEMORY_BYTES_MAX} " in limits


def test_the_largest_picture_that_is_taken_fits_into_the_bounds(bench: Bench) -> None:
    side = int(PIXELS_MAX**0.5)
    content = png(side, side, zeros((side * 3 + 1) * side + MIB))
    assert bench.look(content) == ("image/png", None)
    assert len(bench.thumb(content)) < 64 * 1024


def test_a_page_of_a_paper_is_drawn_within_bounds_whatever_it_shows(bench: Bench) -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (1_500, 1_500), Random(934).randbytes(1_500 * 1_500 * 3)).save(noise, "PDF", quality=95)
    for content in (noise.getvalue(), BOMBS["a paper of a kilometre"][0], pdf(pages=2, seed=9)):
        drawn = bench.loop.run_until_complete(bench.page("a", bench.keep(content)))
        assert drawn is not None
        assert len(drawn) <= THUMB_BYTES_MAX
        with Image.open(io.BytesIO(drawn)) as picture_of_page:
            assert (picture_of_page.format, max(picture_of_page.size) <= PAGE_PIXELS) == ("JPEG", True)
    assert bench.loop.run_until_complete(bench.page("a", bench.keep(b"%PDF-1.7 nothing"))) is None
    assert bench.look(GOOD) == ("image/jpeg", None)


def test_what_is_packed_is_never_opened(bench: Bench) -> None:
    """A ZIP, however named, is no picture: no decoder of the worker is asked."""
    for content in (
        zipped(),
        b"\x1f\x8b\x08" + zipped(),
        b"7z\xbc\xaf\x27\x1c" + bytes(99),
        b"Rar!\x1a\x07" + bytes(99),
    ):
        media, fault = bench.look(content)
        assert media not in ("image/jpeg", "image/png", "image/webp", "application/pdf")
        assert fault is None
        assert not bench.looker.thumb(digest_of(iter([content]))).exists()


def test_a_polyglot_is_what_its_first_bytes_say_and_its_picture_is_drawn_anew(bench: Bench) -> None:
    page = b"<html><script>alert(1)</script></html>"
    comment = b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page
    both = {
        "JPEG with a ZIP behind": (GOOD + zipped(), "image/jpeg"),
        "JPEG with a page in its comment": (GOOD[:2] + comment + GOOD[2:], "image/jpeg"),
        "PNG with a paper behind": (picture(931, kind="PNG") + pdf(), "image/png"),
        "PNG with a page in its text": (
            png(8, 8, zlib.compress(bytes(200)), chunk(b"tEXt", b"a\0" + page)),
            "image/png",
        ),
    }
    for name, (content, media) in both.items():
        assert bench.look(content) == (media, None), name
        drawn = bench.thumb(content)
        with Image.open(io.BytesIO(drawn)) as small:
            assert small.format == "JPEG"
        assert b"script" not in drawn, name
        assert b"PK" not in drawn[-64:], name
        assert b"%PDF" not in drawn, name
    for content in (page + GOOD, b"GIF89a" + page, b"\n" + page, b"<svg xmlns='http://www.w3.org/2000/svg'/>" + GOOD):
        assert bench.look(content)[0] not in ("image/jpeg", "image/png", "image/webp", "application/pdf")


def test_a_worker_that_is_killed_takes_nobody_with_it(bench: Bench) -> None:
    assert bench.look(GOOD)[1] is None
    first = bench.worker
    os.kill(first, signal.SIGKILL)
    assert bench.look(picture(932)) == ("image/jpeg", None)
    assert bench.worker != first


def test_a_worker_killed_over_a_file_is_replaced_and_the_file_is_looked_at(bench: Bench) -> None:
    assert bench.look(GOOD)[1] is None
    first = bench.worker
    os.kill(first, signal.SIGSTOP)  # it has the file and does not answer

    async def killed() -> tuple[str, str | None]:
        content = picture(933)
        task = asyncio.create_task(bench.looker.look(bench.keep(content), sniffed(content)))
        while not bench.looker._looks._turn.locked():  # noqa: ASYNC110 - it tells nobody that it has begun
            await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        found = await task
        return found.media, found.fault

    assert bench.loop.run_until_complete(killed()) == ("image/jpeg", None)
    assert bench.worker != first


def test_a_page_that_takes_long_holds_up_no_verdict_and_each_person_only_themselves(bench: Bench) -> None:
    """Whoever draws stands still. One person asks for three pages, another after them for one."""

    async def draw() -> list[str]:
        papers = [bench.keep(pdf(pages=1, seed=20 + number)) for number in range(5)]
        assert await bench.page("a", papers[4]) is not None
        stopped, came = pid_of(bench.looker._draws), list[str]()
        os.kill(stopped, signal.SIGSTOP)

        async def ask(name: str, person: str, paper: str) -> None:
            assert await bench.page(person, paper) is not None
            came.append(name)

        asked = [("a 1", "a"), ("a 2", "a"), ("a 3", "a"), ("b 1", "b")]
        tasks = [asyncio.create_task(ask(*each, paper)) for each, paper in zip(asked, papers, strict=False)]
        content = picture(935)
        found = await bench.looker.look(bench.keep(content), sniffed(content))
        assert (found.media, found.fault, came) == ("image/jpeg", None, [])
        os.kill(stopped, signal.SIGCONT)
        await asyncio.gather(*tasks)
        return came

    assert bench.loop.run_until_complete(draw()) == ["a 1", "b 1", "a 2", "a 3"]


def test_a_page_that_was_drawn_is_kept_for_a_while(bench: Bench) -> None:
    async def draw() -> None:
        paper = bench.keep(pdf(pages=1, seed=30))
        drawn = await bench.page("a", paper)
        await bench.looker._draws.close()
        assert drawn is not None
        assert await bench.page("b", paper) == drawn
        assert bench.looker._draws._worker is None, "nobody drew it again"
        many = bench.keep(pdf(pages=PAGES_KEPT, seed=31))
        for number in range(1, PAGES_KEPT + 1):
            assert await bench.page("a", many, number) is not None
        assert len(bench.looker._pages) == PAGES_KEPT
        assert (paper, 1) not in bench.looker._pages

    bench.loop.run_until_complete(draw())


def test_trouble_of_this_machine_is_no_verdict(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no room for the thumbnail; then there is."""
    content = picture(936)
    kept = bench.keep(content)

    async def look() -> str | None:
        return (await bench.looker.look(kept, sniffed(content))).fault

    with monkeypatch.context() as patched:
        patched.setattr(bench.looker, "_new_thumb", lambda: Path("/dev/full"))
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(NoAnswer):
            bench.loop.run_until_complete(look())
    assert bench.loop.run_until_complete(look()) is None
