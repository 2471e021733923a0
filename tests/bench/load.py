"""Many clients at once, from processes of their own, so that the server keeps the other core."""

import multiprocessing
import threading
import time
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from tests.bench.submission import Maker
from tests.bench.wire import Connection

PROCESSES = 2


class Kept(Struct):
    """What one client pushed: its bodies, what was acknowledged, and the seconds it took."""

    token: str
    pushes: list[bytes]
    acknowledged: int
    begun: float
    ended: float


class Load(Struct):
    """What every client of one cell does: new pushes until the time is over, or given pushes again."""

    port: int
    form: str
    values: dict[str, Any]
    batch: int
    seconds: float


def _client(load: Load, token: str, again: list[bytes] | None, start: threading.Barrier, kept: list[Kept]) -> None:
    pushes: list[bytes] = []
    answers = []
    maker = Maker(load.form, load.values)
    with Connection(load.port, token) as connection:
        connection.post("/sync/v1", b'{"v":1}')
        start.wait()
        begun = time.perf_counter()
        for push in again if again is not None else maker.pushes(load.batch):
            pushes.append(push)
            answers.append(connection.post("/sync/v1", push))
            if again is None and time.perf_counter() - begun >= load.seconds:
                break
        ended = time.perf_counter()
    kept.append(Kept(token, pushes, sum(_submitted(answer.json()) for answer in answers), begun, ended))


def _submitted(said: object) -> int:
    assert isinstance(said, dict)
    return sum(result["outcome"] == "applied" and "code" in result for result in said["results"])


def _process(load: Load, work: Sequence[tuple[str, list[bytes] | None]], ready: Any, results: Any) -> None:
    kept: list[Kept] = []
    start = threading.Barrier(len(work), action=ready.wait)
    threads = [threading.Thread(target=_client, args=(load, token, again, start, kept)) for token, again in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(kept)


def run(load: Load, work: Sequence[tuple[str, list[bytes] | None]]) -> list[Kept]:
    """Let the clients (a token each, and what to push again if anything) begin at once; return what each did."""
    context = multiprocessing.get_context("fork")
    shares = [share for number in range(PROCESSES) if (share := work[number::PROCESSES])]
    ready, results = context.Barrier(len(shares)), context.Queue()
    processes = [context.Process(target=_process, args=(load, share, ready, results)) for share in shares]
    for process in processes:
        process.start()
    kept = [one for _ in processes for one in results.get(timeout=load.seconds + 120)]
    for process in processes:
        process.join()
    if len(kept) != len(work):
        raise AssertionError(f"{len(work) - len(kept)} clients broke off")
    return kept


def rate(kept: Sequence[Kept]) -> float:
    """Return submissions a second over the whole cell."""
    return sum(one.acknowledged for one in kept) / (max(one.ended for one in kept) - min(one.begun for one in kept))
