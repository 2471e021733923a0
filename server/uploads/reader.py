"""A process that opens other people's files for us, asked for one after the other, and killed when it is late."""

import asyncio
import contextlib
import json
import logging
import sys
from pathlib import Path
from typing import Any, Final

from server.uploads.blobs import PIECE_BYTES

#: For an answer; and before that for Python to start and to load its decoders, which is no file's fault.
PATIENCE_S: Final = 20.0
START_S: Final = 60.0
TRIES: Final = 2
COMMAND: Final = (sys.executable, "-m", "server.uploads.worker")

log = logging.getLogger("motcua.files")


class NoAnswer(Exception):
    """The process died over a file, was late, or had trouble of its own. That may be the file, or this machine."""


class Reader:
    """One process, and the queue before it."""

    def __init__(self) -> None:
        self._worker: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request (`server.uploads.worker`). Who dies over it is replaced and asked once more.

        Raises:
            NoAnswer: there is none now.
            OSError: no process can be started.
        """
        async with self._turn:
            for _ in range(TRIES):
                line = await self._asked(json.dumps(asked).encode() + b"\n")
                if line:
                    answer: dict[str, Any] = json.loads(line)
                    if answer["fault"] == "trouble":
                        raise NoAnswer("the reader of files has trouble of its own")
                    return answer
        raise NoAnswer("the reader of files died")

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._end()

    async def _asked(self, request: bytes) -> bytes:
        """Return a line of answer, empty where the process died.

        Raises:
            NoAnswer: it is late.
        """
        line = b""
        try:
            worker = await self._started()
            if worker.stdin is None or worker.stdout is None:
                raise AssertionError("started with pipes")
            worker.stdin.write(request)
            await worker.stdin.drain()
            line = await asyncio.wait_for(worker.stdout.readline(), PATIENCE_S)
        except (BrokenPipeError, ConnectionResetError) as fault:
            log.warning("the reader of files died: %s", type(fault).__name__)
        except TimeoutError as fault:
            raise NoAnswer("the reader of files is late") from fault
        finally:
            if not line:  # also where whoever asked went away: the answer would be taken for the next one's
                await self._end()
        return line

    async def _started(self) -> asyncio.subprocess.Process:
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await asyncio.create_subprocess_exec(
                *COMMAND,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                cwd=Path(__file__).parents[2], start_new_session=True, limit=PIECE_BYTES,
            )  # fmt: skip
            if self._worker.stdout is None:
                raise AssertionError("started with pipes")
            await asyncio.wait_for(self._worker.stdout.readline(), START_S)
        return self._worker

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                worker.kill()
            await worker.wait()
