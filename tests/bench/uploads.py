"""Uploads measured: many small ones, a large one, and one that is cut at half.

Clients are processes of their own over plain sockets, so that the server keeps a core. Every upload is asked for
afterwards: one that is not whole makes the row void.
"""

import io
import multiprocessing
import os
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from PIL import Image

from tests.bench.rivals import Running
from tests.bench.wire import Answer, Connection

MB: Final = 1_000_000
SMALL_BYTES: Final = 200_000
LARGE_BYTES: Final = 200 * MB
PIECE_BYTES: Final = 1 << 20
CLIENTS: Final = 8
PROCESSES: Final = 2
TUS: Final = "Tus-Resumable: 1.0.0\r\n"
CHUNK: Final = "Content-Type: application/offset+octet-stream\r\n"
PATIENCE_S: Final = 60


class Sent(Struct):
    """What one client sent: whose it is, where each upload is, and when the client began and ended."""

    token: str
    places: list[str]
    begun: float
    ended: float


def small(seed: int) -> bytes:
    """Return a small file that no other seed makes; no picture, so that nobody looks into it."""
    return b"motcua\n" + seed.to_bytes(8) + os.urandom(SMALL_BYTES - 15)


def photograph(seed: int) -> bytes:
    """Return a photograph of about the size of a small file that no other seed makes."""
    noise = Image.effect_noise((640, 460), 40).convert("RGB")
    noise.putpixel((0, 0), (seed % 256, seed // 256 % 256, 0))
    packed = io.BytesIO()
    noise.save(packed, "JPEG", quality=92)
    return packed.getvalue()


def send_whole(connection: Connection, body: bytes, *, takes_bytes: bool) -> str | None:
    """Send a file in one request, or two where ``POST`` takes no bytes; return where it is, null if it was refused."""
    said = f"{TUS}Upload-Length: {len(body)}\r\nUpload-Metadata: {named(sha256(body).hexdigest())}\r\n"
    answer = connection.ask("POST", "/files/", said + (CHUNK if takes_bytes else ""), body if takes_bytes else b"")
    place = "/files/" + answer.headers["location"].rpartition("/")[2]
    if not takes_bytes:
        answer = connection.ask("PATCH", place, f"{TUS}{CHUNK}Upload-Offset: 0\r\n", body)
    return place if answer.status in (201, 204) else None


def named(digest: str) -> str:
    """Write the ``Upload-Metadata`` of a file."""
    said = {"sha256": digest, "filename": "a", "filetype": "application/octet-stream"}
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


def offset_of(connection: Connection, place: str) -> int:
    """Ask where an upload ends."""
    answer = connection.ask("HEAD", place, TUS)
    return int(answer.headers.get("upload-offset", "-1"))


# ---- many small ones


def many(server: Running, count: int, make: Callable[[int], bytes] = small) -> tuple[float, float, bool]:
    """Send many files, eight at once; return uploads a second, processor seconds, and whether all are whole."""
    context = multiprocessing.get_context("fork")
    ready, results = context.Barrier(PROCESSES), context.Queue()
    seeds = [list(range(number, count, CLIENTS)) for number in range(CLIENTS)]
    before = server.cpu_s()
    processes = [
        context.Process(target=_process, args=(server, number, seeds[number::PROCESSES], make, ready, results))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    sent: list[Sent] = [one for _ in processes for one in results.get(timeout=600)]
    for process in processes:
        process.join()
    spent = server.cpu_s() - before
    whole = sum(len(one.places) for one in sent) == count and all(_is_whole(server, one) for one in sent)
    taken = sum(len(one.places) for one in sent)
    return taken / (max(one.ended for one in sent) - min(one.begun for one in sent)), spent, whole


def _process(
    server: Running, number: int, seeds: Sequence[list[int]], make: Callable[[int], bytes], ready: Any, results: Any
) -> None:
    sent: list[Sent] = []
    start = threading.Barrier(len(seeds), action=ready.wait)
    tokens = [server.tokens[(number + 2 * turn) % len(server.tokens)] for turn in range(len(seeds))]
    work = [(server, token, mine, make, start, sent) for token, mine in zip(tokens, seeds, strict=True)]
    threads = [threading.Thread(target=_client, args=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(sent)


def _client(
    server: Running, token: str, seeds: list[int], make: Callable[[int], bytes], start: threading.Barrier,
    sent: list[Sent],
) -> None:  # fmt: skip
    bodies = (make(seed) for seed in seeds)
    with Connection(server.port, token) as connection:
        connection.ask("OPTIONS", "/files/", TUS)
        start.wait()
        begun = time.perf_counter()
        tried = [send_whole(connection, body, takes_bytes=server.takes_bytes) for body in bodies]
        places = [place for place in tried if place is not None]
        sent.append(Sent(token, places, begun, time.perf_counter()))


def _is_whole(server: Running, sent: Sent) -> bool:
    with Connection(server.port, sent.token) as connection:
        lengths = {_length_of(connection, place) for place in sent.places}
    return all(offset == length > 0 for offset, length in lengths)


def _length_of(connection: Connection, place: str) -> tuple[int, int]:
    answer = connection.ask("HEAD", place, TUS)
    return int(answer.headers.get("upload-offset", "-1")), int(answer.headers.get("upload-length", "0"))


def bare(folder: Path, count: int) -> float:
    """Return files a second that eight threads write and fsync here, without any server."""
    bodies = [small(seed) for seed in range(CLIENTS)]

    def write(number: int) -> None:
        handle = os.open(folder / f"bare-{number}", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            os.write(handle, bodies[number % CLIENTS])
            os.fsync(handle)
        finally:
            os.close(handle)

    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(write, range(count)))
    rate = count / (time.perf_counter() - begun)
    for number in range(count):
        (folder / f"bare-{number}").unlink()
    return rate


# ---- a large one


class Large(Struct):
    """A large upload: MB a second, processor seconds, memory gained, the share of bytes kept at a cut, and the rest."""

    mb_s: float
    cpu_s: float
    memory_mb: float
    kept: float
    resumed: bool

    def figures(self) -> tuple[float, float, float, float]:
        """Return what is reported as numbers."""
        return self.mb_s, self.cpu_s, self.memory_mb, self.kept


def large(server: Running, size: int = LARGE_BYTES) -> Large:
    """Send a large file whole; then another that is cut at half and goes on."""
    piece = os.urandom(PIECE_BYTES)
    body = [piece] * (size // PIECE_BYTES) + [piece[: size % PIECE_BYTES]]
    digest = sha256(b"".join(body)).hexdigest()
    with Connection(server.port, server.tokens[0]) as connection:
        server.forget_peak()
        memory, cpu = server.rss_mb(), server.cpu_s()
        place = _begin(connection, size, digest)
        begun = time.perf_counter()
        answer = _send(server, connection, place, 0, body, size)
        seconds, spent = time.perf_counter() - begun, server.cpu_s() - cpu
        gained = server.rss_mb(peak=True) - memory
        if answer is None or answer.status != 204:
            raise AssertionError(f"a large upload was not taken: {answer}")
        kept, resumed = _cut_and_go_on(server, body, size, digest)
    return Large(size / MB / seconds, spent, gained, kept, resumed)


def _begin(connection: Connection, size: int, digest: str) -> str:
    said = f"{TUS}Upload-Length: {size}\r\nUpload-Metadata: {named(digest)}\r\n"
    return "/files/" + connection.ask("POST", "/files/", said).headers["location"].rpartition("/")[2]


def _send(
    server: Running, connection: Connection, place: str, offset: int, pieces: list[bytes], announced: int
) -> Answer | None:
    return connection.stream("PATCH", place, f"{TUS}{CHUNK}Upload-Offset: {offset}\r\n", pieces, announced)


def _cut_and_go_on(server: Running, body: list[bytes], size: int, digest: str) -> tuple[float, bool]:
    token = server.tokens[0]
    with Connection(server.port, token) as connection:
        place = _begin(connection, size, digest)
    half = body[: len(body) // 2]
    with Connection(server.port, token) as connection:
        _send(server, connection, place, 0, half, size)  # says that all comes, and goes away at half
    sent = sum(map(len, half))
    with Connection(server.port, token) as connection:
        offset = _settled_offset(connection, place)
        rest = b"".join(body)[offset:]
        answer = _send(server, connection, place, offset, [rest], len(rest))
        return offset / sent, answer is not None and answer.status == 204


def _settled_offset(connection: Connection, place: str) -> int:
    """Ask until the server answers: some keep an upload locked for a while after a cut."""
    until = time.monotonic() + PATIENCE_S
    offset = offset_of(connection, place)
    while offset < 0 and time.monotonic() < until:
        time.sleep(0.2)
        offset = offset_of(connection, place)
    return max(offset, 0)
