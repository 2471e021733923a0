"""Upload servers measured side by side: this one, and others' that the bench installs into a folder of its own.

They come from `peers/`: lock files with hashes and without addresses. One that cannot be installed here is not
measured, and its row says so.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from e2e.office import ROOT, Office, free_port
from tests.bench.wire import Connection

PEERS: Final = ROOT / "tests" / "bench" / "peers"
CACHE: Final = ROOT / "var" / "bench"
TICKS: Final = os.sysconf("SC_CLK_TCK")
START_S: Final = 30.0

_TUSPY: Final = """
import sys, uvicorn
from fastapi import FastAPI
from tuspyserver import create_tus_router
app = FastAPI()
app.include_router(create_tus_router(prefix="files", files_dir=sys.argv[2]))
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
"""


class NotHere(Exception):
    """A server that cannot be installed or started on this machine."""


class Running(Struct):
    """A server under load: its port, its process, its clients' tokens, and whether ``POST`` takes the bytes along."""

    port: int
    pid: int
    tokens: list[str]
    takes_bytes: bool

    def cpu_s(self) -> float:
        """Return the processor time that it and its children have had."""
        return sum(sum(map(int, stat[11:15])) for stat in _family(self.pid)) / TICKS

    def rss_mb(self, *, peak: bool = False) -> float:
        """Return its memory in MB, now or at most since ``forget_peak``."""
        key = "VmHWM:" if peak else "VmRSS:"
        lines = (Path("/proc") / str(self.pid) / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024

    def forget_peak(self) -> None:
        """Count the highest memory from now on."""
        (Path("/proc") / str(self.pid) / "clear_refs").write_text("5")


class Rival(Struct):
    """A server that can be started on an empty folder."""

    name: str
    start: Callable[[Path], Iterator[Running]]

    @contextmanager
    def running(self, folder: Path) -> Iterator[Running]:
        """Run it until the end.

        Raises:
            NotHere: it cannot be run here.
        """
        yield from self.start(folder)


def rivals(office: Callable[[], Office], tokens: list[str]) -> list[Rival]:
    """Return this server, on an office of the bench, and its peers."""

    def ours(_: Path) -> Iterator[Running]:
        with office() as running:
            yield Running(running.port, running.pid, tokens, takes_bytes=True)

    def node(folder: Path) -> Iterator[Running]:
        yield from _process(["node", str(_node_peer() / "server.mjs")], folder, takes_bytes=True)

    def python(folder: Path) -> Iterator[Running]:
        yield from _process([str(_python_peer()), "-c", _TUSPY], folder, takes_bytes=False)

    return [Rival("motcua", ours), Rival("@tus/server", node), Rival("tuspyserver", python)]


def _process(command: list[str], folder: Path, *, takes_bytes: bool) -> Iterator[Running]:
    port = free_port()
    files = folder / f"files-{port}"
    files.mkdir()
    with (folder / f"peer-{port}.log").open("wb") as log:
        process = subprocess.Popen([*command, str(port), str(files)], stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield Running(port, process.pid, [""], takes_bytes)
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(files)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with Connection(port) as connection:
                connection.ask("OPTIONS", "/files/", "Tus-Resumable: 1.0.0\r\n")
                return
        except OSError:
            time.sleep(0.05)
    raise NotHere("it does not answer")


@cache
def _node_peer() -> Path:
    folder = _fresh("node", ["package.json", "package-lock.json", ".npmrc", "server.mjs"])
    if not (folder / "node_modules").is_dir():
        _install(["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder)
    return folder


@cache
def _python_peer() -> Path:
    folder = _fresh("python", ["requirements.txt"])
    python = folder / "venv" / "bin" / "python"
    if not (folder / "done").exists():
        _install([sys.executable, "-m", "venv", str(folder / "venv")], folder)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        _install([*pip, "-r", "requirements.txt"], folder)
        (folder / "done").touch()
    return python


def _fresh(name: str, files: list[str]) -> Path:
    """Return the folder of a peer, emptied where what is to be installed has changed."""
    folder = CACHE / name
    if any(
        not (folder / file).is_file() or (folder / file).read_bytes() != (PEERS / file).read_bytes() for file in files
    ):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in files:
            shutil.copy(PEERS / file, folder / file)
    return folder


def _install(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise NotHere("it cannot be installed here") from fault


def _family(pid: int) -> list[list[str]]:
    """Return the fields of ``/proc/…/stat`` of a process and of its children that live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if path.parent.name == str(pid) or fields[1] == str(pid):
            found.append(fields)
    return found
