"""What an officer waits for: a worklist, a search and a dossier's page, with few and with many dossiers in the unit.

Over HTTP on this machine, one after another; ``BENCH_DOSSIERS`` (20,000) is many. The goal is p95 ≤ 30 ms at the
server over a year's dossiers.
"""

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

from e2e.office import UNIT, Office
from tests.bench.submission import Maker
from tests.bench.wire import Answer, Connection

FEW: Final = 1_000
MANY: Final = int(os.environ.get("BENCH_DOSSIERS", "20000"))
BATCH: Final = 100
ASKED: Final = 200
HTML: Final = "Accept: text/html\r\n"


def desk_lines(office: Office, citizen: str, officer: str, maker: Maker) -> Iterator[str]:
    """Fill the unit twice and measure both times; yield the lines of the report."""
    there = 0
    with Connection(office.port, citizen) as phone, Connection(office.port, officer) as desk:
        for wanted in (FEW, MANY):
            for _ in range(max(0, wanted - there) // BATCH):
                phone.post("/sync/v1", maker.push(BATCH))
            there = max(there, wanted)
            newest = _newest(desk)
            search(desk, "phuong")  # the words of what came just now are made once
            for name, ask in asked(desk, newest):
                yield f"{there:7,} dossiers  {name:22} {_spread(ask)}"


def asked(desk: Connection, dossier: str) -> list[tuple[str, Callable[[], Answer]]]:
    """Return what an officer asks for, by name."""
    code = f"ls-{UNIT}"
    return [
        ("worklist", lambda: desk.get("/desk", HTML)),
        ("list of all", lambda: desk.get("/desk?viec=all", HTML)),
        ("search, everybody's name", lambda: search(desk, "phuong hoang")),
        ("search, one code", lambda: search(desk, f"{code} 0007")),
        ("search, nobody", lambda: search(desk, "khong ai ten nay")),
        ("dossier", lambda: desk.get(f"/desk/d/{dossier}", HTML)),
    ]


def search(desk: Connection, words: str) -> Answer:
    """Search as the page does."""
    body = ("q=" + words.replace(" ", "+")).encode()
    return desk.form("/desk/tim", body, HTML)


def _newest(desk: Connection) -> str:
    found = re.search(rb'data-dossier="([^"]+)"', desk.get("/desk?viec=all", HTML).body)
    if found is None:
        raise AssertionError("the list is empty")
    return found[1].decode()


def _spread(ask: Callable[[], Answer]) -> str:
    times = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise AssertionError(f"the desk answered {answer.status}")
    times.sort()
    return f"{statistics.median(times):7.1f} {times[int(len(times) * 0.95)]:7.1f} {times[-1]:7.1f}"
