"""A scanner looks at every file before anybody gets it: a small clamd on a socket says yes, no, nothing, or dies."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.settings import Settings
from server.uploads import reader, scan
from server.uploads import uploads as rounds
from server.uploads.disk import DiskBlobs
from tests.integration.rights import Asked, World, run
from tests.integration.tus import attach, digest, picture

#: What the fake finds. No scanner outside takes it for anything.
BAD = b"a thing that this scanner knows"
#: What is too much for the fake where it is ``picky``.
HUGE = b"a thing that this scanner never takes"


class Clamd:
    """Speaks INSTREAM as clamd(8) says. ``mode`` is how it behaves: looks, is silent, dies, or says it cannot."""

    def __init__(self, path: Path) -> None:
        self.path, self.mode = path, "looks"
        self.got: list[bytes] = []
        self.asked = asyncio.Event()
        self._silence = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self._answer, self.path)
        async with server:
            yield
            self._silence.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            self.asked.set()
            if self.mode == "dies":
                return
            stream = b""
            while length := int.from_bytes(await reader.readexactly(4), "big"):
                stream += await reader.readexactly(length)
                if self.mode == "dies in the middle":
                    return
            self.got.append(stream)
            if self.mode == "silent":
                await self._silence.wait()
                return
            found = b"stream: Test.Thing FOUND\0" if BAD in stream else b"stream: OK\0"
            cannot = b"INSTREAM size limit exceeded. ERROR\0"
            picky = cannot if HUGE in stream else found
            writer.write({"looks": found, "cannot": cannot, "picky": picky}[self.mode])
            await writer.drain()
        finally:
            writer.close()


MODES = ("looks", "dies", "dies in the middle", "cannot", "silent")


def test_a_file_is_looked_at_now_or_waits_until_the_scanner_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clean and an infected picture come while the scanner is in each mode, and again once it looks."""

    async def look(made: World) -> None:
        for number, mode in enumerate(MODES):
            clamd = Clamd(tmp_path / "clamd")
            clamd.mode = mode
            async with clamd.listening():
                with monkeypatch.context() as patched:
                    if mode == "silent":
                        patched.setattr(scan, "PATIENCE_S", 0.2)
                    sent = await come(made, clamd, picture(960 + number), picture(970 + number) + BAD)
                await looked_at(made, clamd, *sent)
            clamd.path.unlink(missing_ok=True)

    run(tmp_path / "data", look, served=Settings(data=tmp_path / "data", scanner=str(tmp_path / "clamd")))


async def come(made: World, clamd: Clamd, clean: bytes, infected: bytes) -> tuple[str, bytes, bytes]:
    """Send two files for a dossier; return it with them once the scanner was asked."""
    dossier, uploads = await made.dossier("draft"), made.litestar.state.uploads
    await made.push("owner", attach(dossier, clean, page=1), attach(dossier, infected, page=2))
    for content in (clean, infected):
        await made.upload(content)
    assert clamd.asked.is_set()
    await asyncio.gather(*uploads._looking)  # nobody is asked for ever
    return dossier, clean, infected


async def looked_at(made: World, clamd: Clamd, dossier: str, clean: bytes, infected: bytes) -> None:
    mode = clamd.mode
    if mode != "looks":
        assert await statuses(made, dossier) == [("arriving", None)] * 2, f"{mode}: nobody is told that it is fine"
        for content in (clean, infected):
            assert (await made.ask("owner", Asked("GET", f"/files/{digest(content)}"))).status_code == 404
        clamd.mode = "looks"
        await made.litestar.state.uploads.resume_looking()
    assert await statuses(made, dossier) == [("verified", None), ("bad", "infected")], mode
    assert {digest(each) for each in clamd.got} == {digest(clean), digest(infected)}, "it got every byte"
    assert (await made.ask("owner", Asked("GET", f"/files/{digest(clean)}"))).content == clean
    for name in ("", "/thumb"):
        path = f"/files/{digest(infected)}{name}"
        assert (await made.ask("owner", Asked("GET", path))).status_code == 404


async def statuses(made: World, dossier: str) -> list[tuple[str, str | None]]:
    answer = await made.ask("owner", Asked("POST", "/sync/v1", json={"v": 1, "cursor": ""}))
    found = next(each for each in answer.json()["dossiers"] if each["id"] == dossier)
    files = sorted(found["attachments"], key=lambda file: file["page"])
    return [(file["status"], file.get("why")) for file in files]


def test_a_file_waits_for_a_scanner_that_is_not_there(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        content = picture(922)
        dossier = await made.dossier("draft")
        await made.push("owner", attach(dossier, content))
        await made.upload(content)
        assert await statuses(made, dossier) == [("arriving", None)]
        clamd = Clamd(tmp_path / "clamd")
        async with clamd.listening():
            await made.litestar.state.uploads.resume_looking()
        assert await statuses(made, dossier) == [("verified", None)]

    run(tmp_path / "data", look, served=Settings(data=tmp_path / "data", scanner=str(tmp_path / "clamd")))


def test_a_file_that_the_scanner_never_takes_holds_up_no_other(tmp_path: Path) -> None:
    """It is the oldest of those that came while the scanner was away."""

    async def look(made: World) -> None:
        huge, content = picture(923) + HUGE, picture(924)
        dossier = await made.dossier("draft")
        await made.push("owner", attach(dossier, huge, page=1), attach(dossier, content, page=2))
        for each in (huge, content):
            await made.upload(each)
        assert await statuses(made, dossier) == [("arriving", None)] * 2
        clamd = Clamd(tmp_path / "clamd")
        clamd.mode = "picky"
        async with clamd.listening():
            for _ in range(2):
                await made.litestar.state.uploads.resume_looking()
        assert await statuses(made, dossier) == [("arriving", None), ("verified", None)]

    run(tmp_path / "data", look, served=Settings(data=tmp_path / "data", scanner=str(tmp_path / "clamd")))


def test_a_file_is_read_for_the_scanner_beside_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readers, read = set[int](), DiskBlobs.read

    def watched(blobs: DiskBlobs, digest: str, start: int, length: int) -> Iterator[bytes]:
        for piece in read(blobs, digest, start, length):
            readers.add(threading.get_ident())
            yield piece

    async def look(made: World) -> None:
        clamd = Clamd(tmp_path / "clamd")
        async with clamd.listening():
            with monkeypatch.context() as patched:
                patched.setattr(DiskBlobs, "read", watched)
                await made.upload(picture(925))
            assert digest(clamd.got[0]) == digest(picture(925))
        assert readers
        assert threading.get_ident() not in readers

    run(tmp_path / "data", look, served=Settings(data=tmp_path / "data", scanner=str(tmp_path / "clamd")))


#: A reader of files that dies over those that hold ``HUGE``.
FRAIL = f"""
import os
from pathlib import Path
from server.uploads import worker
look = worker.look
worker.look = lambda path, *more, **named: (
    os._exit(9) if {HUGE!r} in Path(path).read_bytes() else look(path, *more, **named))
worker.main()
"""


def test_a_late_answer_is_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine is too slow for its patience many times, and then it is not."""

    async def look(made: World) -> None:
        content, uploads = picture(926), made.litestar.state.uploads
        dossier = await made.dossier("draft")
        await made.push("owner", attach(dossier, content))
        with monkeypatch.context() as patched:
            patched.setattr(reader, "PATIENCE_S", 0)
            await made.upload(content)
            await asyncio.gather(*uploads._looking)
            for _ in range(2):
                await uploads.resume_looking()
        assert await statuses(made, dossier) == [("arriving", None)]
        await uploads.resume_looking()
        assert await statuses(made, dossier) == [("verified", None)]

    run(tmp_path / "data", look)


def test_a_file_that_kills_every_reader_waits_last_and_is_refused_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the oldest; with it wait two like it and a good one that came while nobody could read."""

    async def look(made: World) -> None:
        deadly, content = [picture(927 + number) + HUGE for number in range(3)], picture(931)
        uploads, dossier = made.litestar.state.uploads, await made.dossier("draft")
        sent = [*deadly, content]
        await made.push("owner", *(attach(dossier, each, page=page) for page, each in enumerate(sent, 1)))
        with monkeypatch.context() as patched:
            patched.setattr(reader, "COMMAND", (sys.executable, "-c", "raise SystemExit(9)"))
            for each in sent:
                await made.upload(each)
                await asyncio.gather(*uploads._looking)
        monkeypatch.setattr(reader, "COMMAND", (sys.executable, "-c", FRAIL))
        monkeypatch.setattr(rounds, "UNANSWERED_MAX", 4)  # once when it came, and three rounds
        for _ in range(2):
            await uploads.resume_looking()
        assert await statuses(made, dossier) == [("arriving", None)] * 3 + [("verified", None)]
        await uploads.resume_looking()
        assert await statuses(made, dossier) == [("bad", "unreadable")] * 3 + [("verified", None)]

    run(tmp_path / "data", look)
