"""Measure the real server beside a bare SQLite in the same run, and report. Nothing here passes or fails by a figure.

``BENCH_SECONDS`` (3) is the time of a cell, ``BENCH_RUNS`` (3) how often each is measured. ``python -m tests.bench
visits`` measures that part alone; the parts are ``sizes``, ``visits``, ``rates`` and ``replay``.
"""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from e2e.office import ROOT, Office
from tests.bench.floor import floor
from tests.bench.load import Kept, Load, rate, run
from tests.bench.sizes import one_submission, pull_all
from tests.bench.submission import Maker, answers
from tests.bench.visits import Visits
from tests.bench.wire import Connection

BATCHES = (1, 20, 100)
CLIENTS = (1, 8, 32)
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))


def tokens(data: Path, count: int) -> list[str]:
    """Give out session tokens of as many demo citizens."""
    command = [
        sys.executable,
        "-m",
        "server.cli",
        "token",
        "--data",
        str(data),
        "--person",
        "demo-1",
        "--person",
        "demo-1",
        "--count",
        str(count),
    ]
    given = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [one["token"] for one in json.loads(given.stdout)]


def stored(data: Path) -> int:
    """Count the submitted dossiers in the server's tables."""
    [database] = [path for path in data.iterdir() if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"]
    with sqlite3.connect(database) as connection:
        return int(connection.execute("SELECT count(*) FROM dossier WHERE submitted IS NOT NULL").fetchone()[0])


def pulled(port: int, kept: Sequence[Kept]) -> int:
    """Count the dossiers that the clients see when they pull everything."""
    total = 0
    for token in {one.token for one in kept}:
        with Connection(port, token) as connection:
            total += len(set(pull_all(connection)[1]))
    return total


def spread(figures: Sequence[float]) -> str:
    """Write min, median and max."""
    return f"{min(figures):8,.0f} {statistics.median(figures):8,.0f} {max(figures):8,.0f}"


class Bench:
    """One run of everything, on copies of one seeded data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seed = folder / "seed"
        self.count = 0
        with Office(self.seed) as office, Connection(office.port) as connection:
            document = connection.get("/forms/1.004873").body
        self.form, self.values = answers(document)
        self.maker = Maker(self.form, self.values)
        self.tokens = tokens(self.seed, max(CLIENTS))

    def office(self) -> Office:
        """Return a server on a fresh copy of the seed."""
        self.count += 1
        return Office(Path(shutil.copytree(self.seed, self.folder / f"data-{self.count}")))

    def cell(self, batch: int, clients: int) -> tuple[float, str]:
        """Measure one cell once; the word says whether acknowledged, stored and pulled agree."""
        with self.office() as office:
            before = stored(office.data)
            work = [(token, None) for token in self.tokens[:clients]]
            kept = run(Load(office.port, self.form, self.values, batch, SECONDS), work)
            counts = sum(one.acknowledged for one in kept), stored(office.data) - before, pulled(office.port, kept)
            return rate(kept), "agree" if len(set(counts)) == 1 and counts[0] else f"VOID {counts}"

    def rates(self) -> None:
        """Report durable submissions a second, cell by cell, beside the floor."""
        print(f"\ndurable submissions/s of {len(self.values)} fields, synchronous=FULL (min, median, max of {RUNS})")
        print(
            "batch clients        server                      floor                  ratio  acknowledged=stored=pulled"
        )
        for batch in BATCHES:
            for clients in CLIENTS:
                rates, words, floors = [], set(), []
                for _ in range(RUNS):
                    with tempfile.TemporaryDirectory(dir=self.folder) as empty:
                        floors.append(floor(Path(empty), batch, self.maker.values, min(SECONDS, 1)))
                    got, word = self.cell(batch, clients)
                    rates.append(got)
                    words.add(word)
                ratio = statistics.median(rates) / statistics.median(floors)
                print(
                    f"{batch:5} {clients:7} {spread(rates)} {spread(floors)} {ratio:6.2f}  {', '.join(sorted(words))}",
                    flush=True,
                )

    def replay(self) -> None:
        """Report how fast pushes already applied are answered, and that they change nobody's feed."""
        print("\nreplay of pushes already applied, batch 20, 8 clients (min, median, max of first, again, ratio)")
        firsts, agains, changed = [], [], 0
        for _ in range(RUNS):
            with self.office() as office:
                load = Load(office.port, self.form, self.values, 20, SECONDS)
                first = run(load, [(token, None) for token in self.tokens[:8]])
                with Connection(office.port, self.tokens[0]) as connection:
                    cursor, _ = pull_all(connection)
                    again = run(load, [(one.token, one.pushes) for one in first])
                    changed += len(pull_all(connection, cursor)[1])
            if not rate(first):
                raise AssertionError("the server acknowledged nothing")
            firsts.append(rate(first))
            agains.append(rate(again))
        ratio = statistics.median(agains) / statistics.median(firsts)
        print(f"{spread(firsts)} {spread(agains)} {ratio:6.2f}  new rows in the feed: {changed}")

    def sizes(self) -> None:
        """Report bytes on the wire."""
        with self.office() as office:
            print("\none submission on the wire, Chrome's headers, gzip")
            print("\n".join(one_submission(office.port, self.tokens[0], self.maker)))

    def visits(self) -> None:
        """Report what a phone pays."""
        print(f"\na phone's visits, Chromium, brotli (min / median / max of {RUNS})")
        with sync_playwright() as playwright:
            for line in Visits(playwright, self.folder, RUNS).report():
                print(line, flush=True)


def main() -> int:
    """Run ``make bench``."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        bench = Bench(Path(folder))
        for part in sys.argv[1:] or ("sizes", "visits", "rates", "replay"):
            getattr(bench, part)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
