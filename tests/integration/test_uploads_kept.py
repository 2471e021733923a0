"""What is never told, never let go of, and never held in memory."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from e2e.office import Office
from server.settings import DAY_MS
from server.store.store import now_ms
from server.uploads import sweep
from tests.integration.caller import Caller, op
from tests.integration.rights import Asked, World, run
from tests.integration.tus import CHUNK, TUS, attach, begin, digest, metadata, offset_of, picture

MIB = 1024 * 1024
SEEDS = (1, 2, 3)
STEPS = 25
CONTENTS = [picture(seed, (40, 50)) for seed in range(940, 945)]


class Work:
    """All that is asked of the tables and of the bytes, with what stands in it left out."""

    def __init__(self, made: World) -> None:
        self.done: list[str] = []
        uploads = made.litestar.state.uploads
        made.store.conn.set_trace_callback(self._statement)
        self._blobs = uploads.blobs
        uploads.blobs = self

    def _statement(self, sql: str) -> None:
        self.done.append(re.sub(r"x'[0-9a-f]*'|'[^']*'|\b\d+\b", "?", sql, flags=re.IGNORECASE))

    def __getattr__(self, name: str) -> Any:
        self.done.append(f"blobs.{name}")
        return getattr(self._blobs, name)


def test_a_probe_does_the_same_work_whatever_others_have(tmp_path: Path) -> None:
    """Unknown to all, whole, begun, bad, or in a dossier of somebody else's: a stranger's question costs the same."""
    whole, part, bad, filed = picture(950), picture(951), picture(952)[:500], picture(953)

    async def look(made: World) -> None:
        await made.upload(whole)
        said = {
            **TUS,
            "Upload-Length": str(len(part)),
            "Upload-Metadata": metadata(sha256=digest(part)),
            "Content-Type": CHUNK,
        }
        await made.ask("owner", Asked("POST", "/files", headers=said, content=part[:99]))
        await made.upload(bad)
        dossier = await made.dossier("1")
        await made.push("owner", attach(dossier, filed))
        await made.upload(filed)
        work = Work(made)
        seen: dict[str, tuple[Any, list[str]]] = {}
        for role in ("stranger", "officer elsewhere"):
            for content in (picture(954), whole, part, bad, filed):
                work.done.clear()
                answer = await made.ask(role, Asked("POST", "/files/probe", json={"sha256": [digest(content)]}))
                asked = [each for each in work.done if "session" not in each]
                seen[role + digest(content)] = (answer.json()[digest(content)], asked)
            told = [each for key, each in seen.items() if key.startswith(role)]
            assert all(each == told[0] for each in told), [each for each in told if each != told[0]]
            assert told[0][0] == "need"
            assert not any(each.startswith("blobs.") for each in told[0][1]), "no byte of anybody's is touched"
        work.done.clear()
        await made.ask("owner", Asked("POST", "/files/probe", json={"sha256": [digest(whole)]}))
        assert "blobs.length" in work.done, "work that differs shows here"

    run(tmp_path, look)


def test_sending_what_others_have_takes_the_same_road_as_sending_what_nobody_has(tmp_path: Path) -> None:
    known, new = picture(955), picture(956)

    async def look(made: World) -> None:
        await made.upload(known)
        work = Work(made)
        roads = []
        for content in (new, known):
            work.done.clear()
            headers = {**TUS, "Upload-Length": str(len(content)), "Content-Type": CHUNK}
            answer = await made.ask("stranger", Asked("POST", "/files", headers=headers, content=content))
            assert answer.status_code == 201
            roads.append((sorted(answer.headers), [each for each in work.done if each.startswith("blobs.")]))
        assert roads[0] == roads[1]

    run(tmp_path, look)


class Kept:
    """A seeded life of files: sent, named, let go, ended, swept at any time; what is named must stay."""

    def __init__(self, made: World, seed: int, dossier: str) -> None:
        self.made, self.draw, self.dossier = made, Random(seed), dossier
        self.places: list[str] = []
        self.named: dict[str, bytes] = {}
        self.days = 0

    async def step(self) -> None:
        """Do one thing, or two at the same moment."""
        acts = [self.send, self.name, self.unname, self.end, self.sweep, self.strays, self.wait]
        await asyncio.gather(*(act() for act in self.draw.sample(acts, self.draw.choice((1, 1, 2)))))

    async def send(self) -> None:
        self.places.append(await self.made.upload(self.draw.choice(CONTENTS)))

    async def name(self) -> None:
        content = self.draw.choice(CONTENTS)
        said = attach(self.dossier, content, page=self.draw.randint(1, 9))
        result = (await self.made.push("owner", said))[0]
        assert result["outcome"] == "applied", result
        self.named[said["id"]] = content

    async def unname(self) -> None:
        if self.named:
            seen = self.draw.choice(sorted(self.named))
            del self.named[seen]
            await self.made.push("owner", op("detach", self.dossier, slot="divorce_ruling", saw=[seen]))

    async def end(self) -> None:
        if self.places:
            place = self.places.pop(self.draw.randrange(len(self.places)))
            await self.made.ask("owner", Asked("DELETE", place, headers=TUS))

    async def sweep(self) -> None:
        await sweep.sweep(self.made.litestar.state.uploads)

    async def strays(self) -> None:
        await sweep.forget_strays(self.made.litestar.state.uploads)

    async def wait(self) -> None:
        self.days += self.draw.choice((1, 31))

    async def check(self) -> None:
        """What a dossier has verified is there, whole, for who sees it; nothing that waits is a file that is here."""
        answer = await self.made.ask("owner", Asked("POST", "/sync/v1", json={"v": 1, "cursor": ""}))
        found = next(each for each in answer.json()["dossiers"] if each["id"] == self.dossier)
        files = {file["op"]: file for file in found["attachments"]}
        assert files.keys() == self.named.keys()
        for name, content in self.named.items():
            assert files[name]["sha256"] == digest(content)
            if files[name]["status"] == "verified":
                got = await self.made.ask("owner", Asked("GET", f"/files/{digest(content)}"))
                assert got.content == content, files[name]


def test_collection_never_takes_a_file_that_a_dossier_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several lives at once over the same few contents."""

    async def look(made: World) -> None:
        lives = [Kept(made, seed, await made.dossier("draft")) for seed in SEEDS]
        monkeypatch.setattr(sweep, "now_ms", lambda: now_ms() + sum(life.days for life in lives) * DAY_MS)
        swept = 0
        for _ in range(STEPS):
            for life in lives:
                await life.step()
            for life in lives:
                await life.check()
            swept += await sweep.sweep(made.litestar.state.uploads)
        assert swept, "something went"

    run(tmp_path, look)


def peak_bytes(office: Office) -> int:
    """Return the most memory that the server ever held."""
    said = Path(f"/proc/{office._pid}/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) * 1024


def streamed(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), MIB):
        yield body[start : start + MIB]


def test_50_mb_pass_through_constant_memory(tmp_path: Path) -> None:
    """With a checksum, without one, and out again: the server holds a few pieces, never the file."""
    body = Random(957).randbytes(50 * MIB)
    small = Random(958).randbytes(4 * MIB)

    def through(who: Caller, content: bytes) -> None:
        for said in ({}, {"Upload-Checksum": "sha256 " + checksum(content)}):
            place = begin(who, len(content)).headers["location"]
            headers = {**TUS, "Content-Type": CHUNK, "Upload-Offset": "0", "Content-Length": str(len(content)), **said}
            assert who.http.patch(place, content=streamed(content), headers=headers).status_code == 204
            assert offset_of(who, place) == len(content)
        with who.http.stream("GET", f"/files/{digest(content)}") as answer:
            assert sum(len(piece) for piece in answer.iter_raw()) == len(content)

    with Office(tmp_path / "data") as office:
        who = Caller.signed_in(office, "demo-1")
        through(who, small)
        before = peak_bytes(office)
        through(who, body)
        assert peak_bytes(office) - before < 10 * MIB


def checksum(content: bytes) -> str:
    return b64encode(bytes.fromhex(digest(content))).decode()


def test_two_devices_that_send_the_last_byte_at_once_both_hear_that_it_is_whole(tmp_path: Path) -> None:
    content = picture(959)

    async def look(made: World) -> None:
        dossier = await made.dossier("1")
        await made.push("owner", attach(dossier, content))
        places = [await made.upload(content[:-1], len(content)) for _ in range(4)]

        async def last(place: str) -> httpx.Response:
            headers = {**TUS, "Content-Type": CHUNK, "Upload-Offset": str(len(content) - 1)}
            return await made.ask("owner", Asked("PATCH", place, headers=headers, content=content[-1:]))

        answers = await asyncio.gather(*map(last, places))
        assert [each.status_code for each in answers] == [204] * 4
        for place in places[:-1]:
            await made.ask("owner", Asked("DELETE", place, headers=TUS))
        await sweep.sweep(made.litestar.state.uploads)
        assert (await made.ask("officer", Asked("GET", f"/files/{digest(content)}"))).content == content
        rows = made.store.conn.execute("SELECT count(*) FROM file").fetchone()
        assert rows == (1,)
        kept = [path for path in (tmp_path / "files" / "blobs").rglob("*") if path.is_file()]
        assert [path.name for path in kept] == [digest(content)]

    run(tmp_path, look)
