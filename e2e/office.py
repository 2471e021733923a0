"""The server under test: a real process on a data folder of its own, stopped, killed and started again at one port."""

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx

from e2e import ROOT
from e2e.warm import nursery

START_SECONDS = 60.0
UNIT = "06154"

PORTS_FROM = 15_000
PORTS_A_PROCESS = 1_000
PORT_RANGES = 15


@cache
def _ports() -> Iterator[int]:
    """Give the ports of a range that no other test process on this machine has while this one lives."""
    for number in range(PORT_RANGES):
        mark = os.open(Path(tempfile.gettempdir()) / f"motcua-journeys-{number}", os.O_CREAT | os.O_RDWR, 0o666)
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(mark)
            continue
        first = PORTS_FROM + number * PORTS_A_PROCESS
        return iter(range(first, first + PORTS_A_PROCESS))
    raise AssertionError(f"{PORT_RANGES} test processes have all the ports for journeys")


class Office:
    """``motcua demo`` on ``data``. What it prints is kept, for the tests that read the log."""

    def __init__(self, data: Path, officer_token: str | None = None, root: Path = ROOT) -> None:
        self.data, self.officer_token = data, officer_token
        #: The checkout it runs from: another one is another version of the program.
        self.root = root
        self.port = free_port()
        self.log_file = data.parent / f"{data.name}.log"
        self._pid: int | None = None
        self._address_printed = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """Where it answers, without a bad network in between."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        if self._pid is None:
            raise AssertionError("the server does not run")
        return self._pid

    def start(self) -> None:
        """Start the process and return when it answers."""
        self._address_printed.clear()
        printed, output = os.pipe()
        arguments = ["demo", "--host", "127.0.0.1", "--port", str(self.port), "--data", str(self.data)]
        if self.root == ROOT:
            self._pid = nursery().start(arguments, output)
        else:
            self._pid = subprocess.Popen([*_motcua(), *arguments], cwd=self.root, stdout=output, stderr=output).pid
        os.close(output)
        threading.Thread(target=self._keep_log, args=(printed,), daemon=True).start()
        watch = os.pidfd_open(self._pid)
        try:
            if not self._address_printed.wait(START_SECONDS):
                raise AssertionError(f"the server never printed its address:\n{self.log()[-4000:]}")
            while not self._listens():
                if _ended(watch, 0.02):
                    raise AssertionError(f"the server ended while it started:\n{self.log()[-4000:]}")
        finally:
            os.close(watch)
        httpx.get(f"{self.address}/health").raise_for_status()

    def stop(self) -> None:
        """End it as Ctrl-C does, and wait until it is gone."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        """Everything the process ever printed, over all its lives."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def dossiers(self) -> list[dict[str, Any]]:
        """Pull every dossier of the demo unit, as its officer would."""
        answer = httpx.post(
            f"{self.address}/sync/v1",
            json={"v": 1, "device": "0" * 32, "app": "1.0.0", "cursor": "", "limit": 500},
            headers={"Authorization": f"Bearer {self.officer_token or self.token()}"},
        )
        answer.raise_for_status()
        return list(answer.json()["dossiers"])

    def token(self) -> str:
        """Mint an officer's token beside the running server."""
        out = subprocess.run(
            [*_motcua(), "token", "--data", str(self.data), "--officer", f"officer-{UNIT}", "--json"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        return str(json.loads(out.stdout)[0]["token"])

    def _listens(self) -> bool:
        """The address is printed before the port is open."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _end(self, how: signal.Signals) -> None:
        if self._pid is None:
            return
        pid, self._pid = self._pid, None
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            watch = os.pidfd_open(pid)
            try:
                os.kill(pid, how)
                if not _ended(watch, START_SECONDS):
                    os.kill(pid, signal.SIGKILL)
                    raise AssertionError(f"the server did not end:\n{self.log()[-4000:]}")
            finally:
                os.close(watch)

    def _keep_log(self, printed: int) -> None:
        with self.log_file.open("ab", buffering=0) as log, os.fdopen(printed, "rb") as lines:
            for line in lines:
                log.write(line)
                if str(self.port).encode() in line:
                    self._address_printed.set()


def _ended(watch: int, seconds: float) -> bool:
    """Tell whether a process has ended, after at most that time."""
    return bool(select.select([watch], [], [], seconds)[0])


def values_of(dossier: dict[str, Any]) -> dict[str, Any]:
    """Fold a pulled dossier into path → value that shows; an emptied cell is left out."""
    return {path: cell[0][0] for path, cell in dossier["cells"].items() if cell and cell[0][0] is not None}


def _motcua() -> list[str]:
    return [sys.executable, "-u", "-m", "server.cli"]


def free_port() -> int:
    """Return a port that no other test process draws from, never one that was given out before, and free now.

    They lie below those that outgoing connections take. A server that was stopped finds its own free again.
    """
    for port in _ports():
        with socket.socket() as probe, contextlib.suppress(OSError):  # somebody else's: the next
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"this process has used its {PORTS_A_PROCESS} ports")
