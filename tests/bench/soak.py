"""A soak: very many uploads with cuts at any byte, and a count of the requests that nobody answered."""

import multiprocessing
import random
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct

from tests.bench.rivals import Running
from tests.bench.uploads import CHUNK, PROCESSES, TUS, named
from tests.bench.wire import Answer, Connection

CLIENTS: Final = 16
PATIENCE_S: Final = 60
CONFLICT: Final = 409
TRIES: Final = 5


class Soaked(Struct):
    """What became of a soak: uploads that are whole, requests and cuts made, requests that had no answer."""

    whole: int
    requests: int
    cuts: int
    unanswered: int
    slowest_s: float
    seconds: float


def soak(server: Running, count: int, size: int, seed: int) -> Soaked:
    """Send many small files, most of them cut at any byte, and go on each time; count requests without an answer."""
    told: list[Soaked] = []
    shares = [range(number, count, CLIENTS) for number in range(CLIENTS)]
    begun = time.perf_counter()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    processes = [
        context.Process(target=_soaking, args=(server, shares[number::PROCESSES], size, seed + number, results))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    told = [one for _ in processes for one in results.get(timeout=3_600)]
    for process in processes:
        process.join()
    return Soaked(
        sum(one.whole for one in told), sum(one.requests for one in told), sum(one.cuts for one in told),
        sum(one.unanswered for one in told), max(one.slowest_s for one in told), time.perf_counter() - begun,
    )  # fmt: skip


def _soaking(server: Running, shares: Sequence[Sequence[int]], size: int, seed: int, results: Any) -> None:
    told: list[Soaked] = []
    clients = [
        _Soaker(server, server.tokens[n % len(server.tokens)], share, size, random.Random(seed * 100 + n))
        for n, share in enumerate(shares)
    ]
    threads = [threading.Thread(target=lambda client=client: told.append(client.run())) for client in clients]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(told)


class _Soaker:
    """One client of the soak: an upload after the other, on connections that it cuts or keeps."""

    def __init__(self, server: Running, token: str, seeds: Sequence[int], size: int, rng: random.Random) -> None:
        self.server, self.token, self.seeds, self.size, self.rng = server, token, seeds, size, rng
        self.told = Soaked(0, 0, 0, 0, 0.0, 0.0)
        self.connection: Connection | None = None

    def run(self) -> Soaked:
        for seed in self.seeds:
            body = seed.to_bytes(8) + self.rng.randbytes(self.size - 8)
            self.told.whole += self.one(body)
        self.hang_up()
        return self.told

    def one(self, body: bytes) -> bool:
        """Send one file, with up to three cuts on the way."""
        place, offset = "", 0
        for _ in range(self.rng.choice([0, 1, 1, 2, 3])):
            if not place:
                answer = self.ask("POST", "/files/", _said(body))
                place = answer.headers["location"] if answer else ""
            if place:
                self.cut(place, offset, body)
                offset = self.offset(place)
        if not place:
            answer = self.ask("POST", "/files/", _said(body) + CHUNK, body)
            return answer is not None and answer.headers.get("upload-offset") == str(len(body))
        for _ in range(TRIES):
            answer = self.ask("PATCH", place, f"{TUS}{CHUNK}Upload-Offset: {offset}\r\n", body[offset:])
            if answer is None or answer.status != CONFLICT:
                return answer is not None and answer.headers.get("upload-offset") == str(len(body))
            offset = self.offset(place)  # the request that was cut was still being read when it was asked about
        return False

    def offset(self, place: str) -> int:
        answer = self.ask("HEAD", place, TUS)
        return int(answer.headers.get("upload-offset", "0")) if answer else 0

    def ask(self, method: str, path: str, headers: str, body: bytes = b"") -> Answer | None:
        """Ask, and count a request that has no answer within a minute."""
        self.told.requests += 1
        begun = time.perf_counter()
        try:
            if self.connection is None:
                self.connection = Connection(self.server.port, self.token, timeout_s=PATIENCE_S)
            return self.connection.ask(method, path, headers, body)
        except (OSError, ValueError, IndexError):
            self.told.unanswered += 1
            self.hang_up()
            return None
        finally:
            self.told.slowest_s = max(self.told.slowest_s, time.perf_counter() - begun)
            if self.rng.random() < 0.3:
                self.hang_up()

    def cut(self, place: str, offset: int, body: bytes) -> None:
        """Send a part of what is announced and go away: politely, or as a network does."""
        rest = body[offset:]
        with Connection(self.server.port, self.token) as connection:
            if self.rng.random() < 0.5:
                connection.cut_hard()
            with suppress(OSError):
                pieces = [rest[: self.rng.randrange(max(1, len(rest)))]]
                connection.stream("PATCH", place, f"{TUS}{CHUNK}Upload-Offset: {offset}\r\n", pieces, max(1, len(rest)))
        self.told.cuts += 1

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _said(body: bytes) -> str:
    return f"{TUS}Upload-Length: {len(body)}\r\nUpload-Metadata: {named(sha256(body).hexdigest())}\r\n"
