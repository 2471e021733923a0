"""Measure the real server beside a bare SQLite in the same run, and report. Nothing here passes or fails by a figure.

``BENCH_SECONDS`` (3) is the time of a cell, ``BENCH_RUNS`` (3) how often each is measured. ``python -m tests.bench
visits`` measures that part alone; the parts are ``sizes``, ``visits``, ``device``,
``desk``, ``procedures``, ``figures``, ``rates``, ``replay`` and ``uploads``.
``soak`` is for people: 20,000 uploads with cuts.
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
from tests.bench.desk import desk_lines
from tests.bench.device import Tablet
from tests.bench.figures import measure
from tests.bench.floor import floor
from tests.bench.load import Kept, Load, rate, run
from tests.bench.procedures import take_and_find
from tests.bench.rivals import NotHere, Rival, rivals
from tests.bench.sizes import one_submission, pull_all
from tests.bench.soak import soak
from tests.bench.submission import Maker, answers
from tests.bench.uploads import LARGE_BYTES, SMALL_BYTES, bare, large, many, photograph
from tests.bench.visits import Visits
from tests.bench.wire import Connection

BATCHES = (1, 20, 100)
CLIENTS = (1, 8, 32)
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
UPLOADS = 1_000
PHOTOGRAPHS = 200
SOAK_BYTES = 20_000
PARTS = ("sizes", "visits", "device", "desk", "procedures", "figures", "rates", "replay", "uploads")
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

    def desk(self) -> None:
        """Report what an officer waits for."""
        print("\nthe desk's pages over HTTP, ms (median, p95, max)")
        with self.office() as office:
            for line in desk_lines(office, self.tokens[0], office.token(), self.maker):
                print(line, flush=True)

    def procedures(self) -> None:
        """Report what taking a national list costs, and finding in it."""
        print("\n5,000 procedures taken from a file, again, and found in, ms (one run)")
        for name, took in take_and_find(self.folder / "procedures", 5_000).items():
            print(f"  {name:10} {took:10,.1f}")

    def figures(self) -> None:
        """Report what figures cost over many dossiers."""
        print("\nfigures of 100,000 dossiers with four lines each in the log, ms (one run)")
        took = measure(self.folder / "figures", 100_000)
        print("   " + ", ".join(f"{name} {ms:,.0f}" for name, ms in took.items()), flush=True)

    def visits(self) -> None:
        """Report what a phone pays."""
        print(f"\na phone's visits, Chromium, brotli (min / median / max of {RUNS})")
        with sync_playwright() as playwright:
            for line in Visits(playwright, self.folder, RUNS).report():
                print(line, flush=True)

    def device(self) -> None:
        """Report what an officer's tablet with a thousand dossiers takes."""
        print("\na tablet with a thousand dossiers, Chromium, processor 4 times slower (min / median / max)")
        with sync_playwright() as playwright:
            for line in Tablet(playwright, self.folder, RUNS).report():
                print(line, flush=True)

    def uploads(self) -> None:
        """Report uploads beside those of others' servers, in turns, and a bare write and fsync."""
        print(f"\n{UPLOADS:,} uploads of {SMALL_BYTES // 1000} KB, 8 at once (min, median, max of {RUNS})")
        print("                       uploads/s                  CPU s         all whole")
        floors = [bare(self.folder, UPLOADS) for _ in range(RUNS)]
        print(f"bare write and fsync {spread(floors)}")
        servers = rivals(self.office, self.tokens)
        measured: dict[str, list[tuple[float, float, bool]]] = {server.name: [] for server in servers}
        for _ in range(RUNS):
            for server in list(servers):
                try:
                    with server.running(self.folder) as running:
                        measured[server.name].append(many(running, UPLOADS))
                except NotHere as fault:
                    print(f"{server.name:20} was not measured: {fault}")
                    servers.remove(server)
        ours = measured["motcua"]
        for server in servers:
            print(f"{server.name:20} {row(measured[server.name])}{beside(ours, measured[server.name])}", flush=True)
        with servers[0].running(self.folder) as running:
            print(f"motcua, photographs  {row([many(running, PHOTOGRAPHS, photograph)])} each opened and drawn small")
        self.large_uploads(servers)

    def large_uploads(self, servers: list[Rival]) -> None:
        """Report one large upload, and one that is cut at half."""
        print(f"\none upload of {LARGE_BYTES // 1_000_000} MB; cut at half and resumed (median of {RUNS})")
        print("                       MB/s    CPU s   memory + MB   bytes kept   went on")
        for server in servers:
            found = []
            for _ in range(RUNS):
                with server.running(self.folder) as running:
                    found.append(large(running))
            middle = [statistics.median(each) for each in zip(*[one.figures() for one in found], strict=True)]
            went_on = "yes" if all(one.resumed for one in found) else "NO"
            print("{:20} {:7.0f} {:8.2f} {:12.1f} {:11.1%}   {}".format(server.name, *middle, went_on), flush=True)

    def soak(self) -> None:
        """Report very many uploads with cuts: requests that nobody answered, uploads that did not become whole."""
        count = int(os.environ.get("SOAK_UPLOADS", "20000"))
        with rivals(self.office, self.tokens)[0].running(self.folder) as running:
            before = running.cpu_s(), running.rss_mb()
            told = soak(running, count, SOAK_BYTES, seed=1)
            spent, gained = running.cpu_s() - before[0], running.rss_mb() - before[1]
        print(f"\n{count:,} uploads of {SOAK_BYTES:,} bytes with {told.cuts:,} cuts: {told.whole:,} whole")
        print(f"{told.requests:,} requests, {told.unanswered} without an answer, the slowest {told.slowest_s:.2f} s")
        print(f"{told.seconds:.0f} s, server: {spent:.0f} s of processor time, {gained:+.1f} MB")


def row(found: Sequence[tuple[float, float, bool]]) -> str:
    """Write the row of a server: uploads a second, processor seconds, and whether all became whole."""
    rates, seconds, whole = zip(*found, strict=True)
    return f"{spread(rates)} {statistics.median(seconds):14.2f} {'yes' if all(whole) else 'VOID':>12}"


def beside(ours: Sequence[tuple[float, float, bool]], theirs: Sequence[tuple[float, float, bool]]) -> str:
    """Write how many times our rate and our processor time are another's."""
    if ours is theirs:
        return ""
    rate, cpu = (
        statistics.median(each[n] for each in ours) / statistics.median(each[n] for each in theirs) for n in (0, 1)
    )
    return f"   motcua: {rate:.2f} x the rate, {cpu:.2f} x the CPU"


def main() -> int:
    """Run ``make bench``."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        bench = Bench(Path(folder))
        for part in sys.argv[1:] or PARTS:
            getattr(bench, part)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
