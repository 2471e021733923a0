"""Whoever is sent away from an upload: what has arrived is taken, what never comes is not waited for."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from server.uploads.intake import Cut, body
from server.uploads.locker import Locker


def receiving(*pieces: bytes) -> Any:
    """Return a ``receive`` with these pieces, after which nothing comes and the connection stays open."""
    messages: Iterable[bytes] = iter(pieces)

    async def receive() -> dict[str, Any]:
        for piece in messages:
            return {"type": "http.request", "body": piece, "more_body": True}
        await asyncio.get_running_loop().create_future()
        raise AssertionError("never")

    return receive


async def taken(receive: Any, *, sent_away_after: int, idle_s: float = 60) -> tuple[list[bytes], str]:
    locker, pieces = Locker(), []
    async with locker.hold("upload") as hold:
        try:
            async for piece in body(receive, hold, idle_s):
                pieces.append(piece)
                if len(pieces) == sent_away_after:
                    hold.revoke()
        except Cut as cut:
            return pieces, cut.why
    raise AssertionError("a body without an end has ended")


def test_what_is_here_already_is_taken_by_who_is_sent_away() -> None:
    pieces, why = asyncio.run(taken(receiving(b"a", b"b", b"c"), sent_away_after=1))
    assert (b"".join(pieces), why) == (b"abc", "fenced")


def test_who_sends_for_ever_is_sent_away_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.uploads.locker.DRAIN_ALL_S", -1.0)
    pieces, why = asyncio.run(taken(receiving(*[b"a"] * 1_000), sent_away_after=2))
    assert (len(pieces), why) == (2, "fenced")


def test_a_body_that_stands_still_is_stalled() -> None:
    pieces, why = asyncio.run(taken(receiving(b"a"), sent_away_after=9, idle_s=0.01))
    assert (pieces, why) == ([b"a"], "stalled")


def test_a_newer_request_wakes_one_that_waits_for_bytes() -> None:
    async def run() -> tuple[list[bytes], str]:
        locker = Locker()
        ready = asyncio.Event()

        async def older() -> tuple[list[bytes], str]:
            async with locker.hold("upload") as hold:
                ready.set()
                try:
                    return [piece async for piece in body(receiving(), hold, 3_600)], "ended"
                except Cut as cut:
                    return [], cut.why

        task = asyncio.create_task(older())
        await ready.wait()
        async with locker.hold("upload") as mine:
            assert mine.waited
        return await task

    assert asyncio.run(run()) == ([], "fenced")
