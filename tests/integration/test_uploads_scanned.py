"""A scanner looks at every file before anybody gets it: a small clamd on a socket says yes, no, nothing, or dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.settings import Settings
from server.uploads import scan
from tests.integration.rights import Asked, World, run
from tests.integration.tus import attach, digest, picture

#: What the fake finds. No scanner outside takes it for anything.
BAD = b"a thing that this scanner knows"


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
            writer.write({"looks": found, "cannot": b"INSTREAM size limit exceeded. ERROR\0"}[self.mode])
            await writer.drain()
        finally:
            writer.close()


def scanned(tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """Send a clean and an infected picture while the scanner is in a mode, then again once it looks."""
    clean, infected = picture(920), picture(921) + BAD
    socket = tmp_path / "clamd"

    async def look(made: World) -> None:
        clamd = Clamd(socket)
        clamd.mode = mode
        dossier = await made.dossier("draft")
        await made.push("owner", attach(dossier, clean, page=1), attach(dossier, infected, page=2))
        async with clamd.listening():
            for content in (clean, infected):
                await made.upload(content)
            assert clamd.asked.is_set()
            await asyncio.gather(*made.litestar.state.uploads._looking)  # nobody is asked for ever
            if mode != "looks":
                assert await statuses(made, dossier) == [("arriving", None)] * 2, "nobody is told that it is fine"
                for content in (clean, infected):
                    assert (await made.ask("owner", Asked("GET", f"/files/{digest(content)}"))).status_code == 404
                clamd.mode = "looks"
                await made.litestar.state.uploads.resume_looking()
            assert await statuses(made, dossier) == [("verified", None), ("bad", "infected")]
            assert {digest(each) for each in clamd.got} == {digest(clean), digest(infected)}, "it got every byte"
            assert (await made.ask("owner", Asked("GET", f"/files/{digest(clean)}"))).content == clean
            for name in ("", "/thumb"):
                path = f"/files/{digest(infected)}{name}"
                assert (await made.ask("owner", Asked("GET", path))).status_code == 404

    if monkeypatch is not None:
        monkeypatch.setattr(scan, "PATIENCE_S", 0.2)
    run(tmp_path / "data", look, served=Settings(data=tmp_path / "data", scanner=str(socket)))


async def statuses(made: World, dossier: str) -> list[tuple[str, str | None]]:
    answer = await made.ask("owner", Asked("POST", "/sync/v1", json={"v": 1, "cursor": ""}))
    found = next(each for each in answer.json()["dossiers"] if each["id"] == dossier)
    files = sorted(found["attachments"], key=lambda file: file["page"])
    return [(file["status"], file.get("why")) for file in files]


def test_a_clean_file_is_verified_and_an_infected_one_is_bad_and_served_to_nobody(tmp_path: Path) -> None:
    scanned(tmp_path, "looks")


@pytest.mark.parametrize("mode", ["dies", "dies in the middle", "cannot"])
def test_a_file_waits_for_a_scanner_that_fails_and_is_looked_at_when_it_is_back(tmp_path: Path, mode: str) -> None:
    scanned(tmp_path, mode)


def test_a_file_waits_for_a_scanner_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned(tmp_path, "silent", monkeypatch)


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
