"""What is too much, for one person or for the disk; and when an upload's time is over."""

import asyncio
import errno
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.settings import DAY_MS, Settings
from server.store.store import now_ms
from server.uploads import disk, sweep, uploads
from server.uploads.limits import Limits
from tests.integration.caller import problem
from tests.integration.rights import Asked, World, run
from tests.integration.tus import CHUNK, TUS, digest, metadata, picture

CONTENT = picture(903)
HALF = len(CONTENT) // 2


async def begun(made: World, role: str, length: int, **headers: str) -> httpx.Response:
    sent = {**TUS, "Upload-Length": str(length), **{name.replace("_", "-"): said for name, said in headers.items()}}
    return await made.ask(role, Asked("POST", "/files", headers=sent))


async def patched(made: World, place: str, offset: int, body: bytes) -> httpx.Response:
    headers = {**TUS, "Content-Type": CHUNK, "Upload-Offset": str(offset)}
    return await made.ask("owner", Asked("PATCH", place, headers=headers, content=body))


async def asked(made: World, method: str, place: str) -> httpx.Response:
    return await made.ask("owner", Asked(method, place, headers=TUS))


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let uploads and the sweep believe that days have passed."""
    for module in (uploads, sweep):
        monkeypatch.setattr(module, "now_ms", lambda: now_ms() + days * DAY_MS)


def test_a_person_has_so_many_uploads_open_and_others_are_not_touched(tmp_path: Path) -> None:
    async def look(made: World) -> None:
        answers = await asyncio.gather(*(begun(made, "owner", 10) for _ in range(8)))
        assert sorted(each.status_code for each in answers) == [201] * 3 + [429] * 5, "also when they come at once"
        refused = next(each for each in answers if each.status_code == 429)
        assert (problem(refused), int(refused.headers["retry-after"]) > 0) == ("slow-down", True)
        assert (await begun(made, "stranger", 10)).status_code == 201
        officers = [(await begun(made, "officer", 10)).status_code for _ in range(6)]
        assert officers == [201] * 5 + [429], "an office sends for many"
        places = [each.headers["location"] for each in answers if each.status_code == 201]
        await asked(made, "DELETE", places[0])
        assert (await begun(made, "owner", 10)).status_code == 201
        assert (await patched(made, places[1], 0, b"a" * 10)).status_code == 204
        assert (await begun(made, "owner", 10)).status_code == 201, "one that is done is no longer open"

    run(tmp_path, look, served=Settings(data=tmp_path, uploads=Limits(open_max=3, officer_open_max=5)))


def test_a_person_has_so_many_bytes_in_thirty_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(made: World) -> None:
        first = await begun(made, "owner", 600)
        assert (await patched(made, first.headers["location"], 0, b"a" * 600)).status_code == 204
        assert (await begun(made, "owner", 401)).status_code == 429, "what was sent counts, not only what is open"
        rest = await begun(made, "owner", 400)
        assert rest.status_code == 201
        assert (await begun(made, "owner", 0)).status_code == 201
        assert (await begun(made, "officer", 5_000)).status_code == 201
        await asked(made, "DELETE", rest.headers["location"])
        assert (await begun(made, "owner", 400)).status_code == 201
        assert (await begun(made, "owner", 1)).status_code == 429
        later(monkeypatch, 31)
        await sweep.sweep(made.litestar.state.uploads)
        assert (await begun(made, "owner", 1_000)).status_code == 201, "and after that it begins anew"

    limits = Limits(person_bytes_max=1_000, officer_bytes_max=10_000)
    run(tmp_path, look, served=Settings(data=tmp_path, uploads=limits))


class FullDisk:
    """A disk that takes so many bytes more, and then none."""

    def __init__(self, left: int) -> None:
        self.left, self._write = left, disk._write

    def write(self, handle: int, piece: bytes, offset: int) -> int:
        taken = min(self.left, len(piece))
        self._write(handle, piece[:taken], offset)
        self.left -= taken
        if taken < len(piece):
            raise OSError(errno.ENOSPC, "full")
        return taken


def test_on_a_full_disk_bytes_wait_data_does_not_and_the_upload_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = CONTENT + bytes(700_000)
    full = FullDisk(HALF)

    async def look(made: World) -> None:
        place = (await begun(made, "owner", len(body), Upload_Metadata=metadata(sha256=digest(body)))).headers[
            "location"
        ]
        assert (await patched(made, place, 0, body[:100])).status_code == 204
        monkeypatch.setattr(disk, "_write", full.write)
        refused = await patched(made, place, 100, body[100:])
        assert (refused.status_code, problem(refused)) == (507, "storage-full")
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["tus-resumable"] == "1.0.0"
        assert (await asked(made, "HEAD", place)).headers["upload-offset"] == "100", "nothing of a torn piece counts"
        dossier = await made.dossier("1")
        assert (await made.ask("owner", Asked("POST", "/sync/v1", json={"v": 1, "cursor": ""}))).json()["dossiers"]
        full.left = 10**9
        assert (await patched(made, place, 100, body[100:])).status_code == 204
        assert (await made.ask("owner", Asked("GET", f"/files/{digest(body)}"))).content == body
        assert dossier

    run(tmp_path, look)


def test_no_upload_begins_or_grows_into_the_room_that_applications_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = {"bytes": 2_000_000}

    class Usage:
        def __init__(self, _: object) -> None:
            self.free = free["bytes"]

    async def look(made: World) -> None:
        monkeypatch.setattr(uploads.shutil, "disk_usage", Usage)
        assert (await begun(made, "owner", 1_000_001)).status_code == 507
        place = (await begun(made, "owner", len(CONTENT))).headers["location"]
        free["bytes"] = 999_999
        assert problem(await patched(made, place, 0, CONTENT)) == "storage-full"
        assert await made.dossier("1"), "an application still gets in"
        free["bytes"] = 2_000_000
        assert (await patched(made, place, 0, CONTENT)).status_code == 204

    run(tmp_path, look, served=Settings(data=tmp_path, uploads=Limits(room_bytes_min=1_000_000)))


def test_an_upload_lasts_thirty_days_is_gone_for_thirty_more_and_then_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By tus 1.0.0, expiration: the moment is said while the upload is unfinished; then 410 or 404."""

    async def look(made: World) -> None:
        created = await begun(made, "owner", len(CONTENT))
        place = created.headers["location"]
        sent = await patched(made, place, 0, CONTENT[:HALF])
        told = {each.headers["upload-expires"] for each in (created, sent, await asked(made, "HEAD", place))}
        assert len(told) == 1
        moment = next(iter(told))
        assert moment.endswith(" GMT")
        left = parsedate_to_datetime(moment) - datetime.now(UTC)
        assert 29 * 24 < left.total_seconds() / 3600 <= 30 * 24
        part = tmp_path / "files" / "parts" / place.rsplit("/", 1)[1]
        assert part.stat().st_size == HALF
        later(monkeypatch, 29)
        await sweep.sweep(made.litestar.state.uploads)
        assert (await asked(made, "HEAD", place)).headers["upload-offset"] == str(HALF)
        later(monkeypatch, 31)
        for swept in (False, True):
            assert (await asked(made, "HEAD", place)).status_code == 410
            assert problem(await patched(made, place, HALF, CONTENT[HALF:])) == "upload-gone"
            assert (await asked(made, "DELETE", place)).status_code == 410
            if not swept:
                assert part.exists(), "gone by the clock alone"
                await sweep.sweep(made.litestar.state.uploads)
        assert not part.exists()
        later(monkeypatch, 62)
        await sweep.sweep(made.litestar.state.uploads)
        assert (await asked(made, "HEAD", place)).status_code == 404
        assert (await begun(made, "owner", len(CONTENT))).status_code == 201

    run(tmp_path, look)


def test_a_termination_ends_a_writer_frees_the_bytes_and_stays(tmp_path: Path) -> None:
    """By tus 1.0.0, termination: 204 with no content; later requests are answered with 410 or 404."""

    async def look(made: World) -> None:
        place = (await begun(made, "owner", len(CONTENT))).headers["location"]
        sent, wait = asyncio.Event(), asyncio.Event()

        async def slowly() -> Any:
            yield CONTENT[:HALF]
            sent.set()
            await wait.wait()
            yield CONTENT[HALF:]

        headers = {
            **TUS,
            "Content-Type": CHUNK,
            "Upload-Offset": "0",
            "Authorization": f"Bearer {await made.token('owner')}",
        }
        writing = asyncio.create_task(made.http.patch(place, content=slowly(), headers=headers))
        await sent.wait()
        for role, status in (("stranger", 404), ("officer", 404), ("nobody", 401)):
            assert (await made.ask(role, Asked("DELETE", place, headers=TUS))).status_code == status
        assert (await made.ask("owner", Asked("DELETE", place))).status_code == 412, "no version, nothing done"
        ended = await asked(made, "DELETE", place)
        wait.set()
        assert (ended.status_code, ended.content, ended.headers["tus-resumable"]) == (204, b"", "1.0.0")
        assert (await writing).status_code == 409
        assert not (tmp_path / "files" / "parts" / place.rsplit("/", 1)[1]).exists()
        for method in ("HEAD", "DELETE"):
            assert (await asked(made, method, place)).status_code == 410
        assert (await patched(made, place, 0, CONTENT)).status_code == 410
        assert (await patched(made, place, HALF, CONTENT[HALF:])).status_code == 410

    run(tmp_path, look)
