"""Servers that start quickly: a process that has imported, and compressed, all there is forks one for whoever asks.

What is forked runs the program's own ``main`` in a process of its own: it is stopped and killed like any other.
"""

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from e2e import ROOT

REQUEST_BYTES_MAX = 4096
#: What the program imports only when it serves.
IMPORTED_AT_START = [
    "holidays.countries",
    "server.app",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
]


class Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            subprocess.Popen(
                [sys.executable, "-m", "e2e.warm", str(theirs.fileno())], cwd=ROOT, pass_fds=[theirs.fileno()]
            )

    def start(self, argv: list[str], output: int) -> int:
        """Start a command of the program with its output to a descriptor; return the number of its process."""
        socket.send_fds(self._ours, [json.dumps(argv).encode()], [output])
        answer = self._ours.recv(REQUEST_BYTES_MAX)
        if not answer:
            raise AssertionError("the process that starts servers has ended")
        return int(answer)


@cache
def nursery() -> Nursery:
    """Return this test process's own; it ends when the test process does."""
    return Nursery()


def _make_once() -> None:
    """Make a demo and its pages: what is read and compressed for them is what every server of the run has."""
    from server.app import portal_of  # noqa: PLC0415 - the test process itself has no need of the program
    from server.data_dir import transaction  # noqa: PLC0415 - as above
    from server.demo import seed  # noqa: PLC0415 - as above
    from server.store.catalogue import Shelf  # noqa: PLC0415 - as above
    from server.store.database import migrate  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        migrate(data)
        with transaction(data) as conn:
            seed(conn, time.time_ns() // 1_000_000)
            found = Shelf().fresh(conn)
        portal_of(found, data)


def _serve_requests(line: socket.socket) -> int:
    for name in IMPORTED_AT_START:
        importlib.import_module(name)
    _make_once()
    main = importlib.import_module("server.cli").main
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is waited for by whoever asked for it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all: this one ends with the test process
    while True:
        request, descriptors, _, _ = socket.recv_fds(line, REQUEST_BYTES_MAX, 1)
        if not request:
            return 0
        child = os.fork()
        if child == 0:
            line.close()
            return _become(main, json.loads(request), descriptors[0])
        os.close(descriptors[0])
        line.send(str(child).encode())


def _become(main: object, argv: list[str], output: int) -> int:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    sys.argv = ["motcua", *argv]
    if not callable(main):
        raise TypeError("the program has no main")
    return int(main(argv))


if __name__ == "__main__":
    sys.exit(_serve_requests(socket.socket(fileno=int(sys.argv[1]))))
