"""A bad network on loopback: a TCP proxy between the browser and the server whose weather a test sets.

It reads HTTP/1.1 just far enough to know where a request begins, so that a fault can be aimed at one kind of request
(``POST /sync/v1``), limited to the next few of them, and counted. Everything else passes byte by byte.

Rule 1. The weather of a request is the one that holds when its head has come in whole.
Rule 2. Changing the weather resets every open connection, unless the test asks to keep them warm: no old socket
        may carry yesterday's weather into today.
Rule 3. What a browser sends again by itself is a request like any other: the counts here are those of the wire.
"""

import asyncio
import contextlib
import gzip
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Self

HEAD_BYTES_MAX = 64 * 1024
PIECE_BYTES = 16 * 1024
#: Under a shaped rate pieces are small, so that bytes trickle instead of arriving in one lump.
SHAPED_PIECE_BYTES = 512
WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Weather:
    """What happens to a request on its way. The default is a clear day."""

    #: Which requests the faults below are for; the others pass. ``("POST", "/sync/v1")`` matches by path prefix.
    only: tuple[str, str] | None = None
    #: How many of the matching requests are hit before the sky clears; None is all of them.
    times: int | None = None
    #: Nothing listens: a connection is refused. Always for everybody.
    refuse: bool = False
    #: The request is read and goes nowhere; the connection stays open and silent (half-open before the server).
    swallow: bool = False
    #: The server gets it and answers; the answer is dropped and the connection reset.
    lose_answer: bool = False
    #: The server gets it and answers; the answer is dropped and the connection stays open and silent.
    hold_answer: bool = False
    #: The connection is reset once this many bytes of the request have gone up.
    cut_up_bytes: int | None = None
    #: Once this many bytes of the request have gone up nothing goes either way, and both connections stay open.
    stall_up_bytes: int | None = None
    #: The server gets the request a second time, on a connection of its own, as browsers repeat.
    twice: bool = False
    #: The connection is reset once this many bytes of the answer have come down.
    cut_down_bytes: int | None = None
    #: The proxy answers by itself, and the server never hears of it.
    answer: bytes | None = None
    #: Bytes a second in each direction, shared by all connections; None is unlimited.
    rate_bytes: float | None = None
    #: One-way delay in seconds.
    delay_seconds: float = 0.0

    def hits(self, method: str, path: str) -> bool:
        """Tell whether a request is one that this weather is for."""
        return self.only is None or (method == self.only[0] and path.startswith(self.only[1]))


CLEAR = Weather()
UNREACHABLE = Weather(refuse=True)
#: 50 kbit/s and a round trip of one second.
SLOW_2G = Weather(rate_bytes=50_000 / 8, delay_seconds=0.5)
SYNC = ("POST", "/sync/v1")


def canned(status: str, body: str, media: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    """Build the whole HTTP answer of a box on the road, a page unless ``media`` says otherwise."""
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(data)}\r\n"
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{head}{more}Connection: close\r\n\r\n".encode() + data


CAPTIVE_PORTAL = canned(
    "200 OK", "<!doctype html><title>Wi-Fi</title><form action=/login><button>Login</button></form>"
)
#: The other kind of captive portal: it sends whoever asks to a page of its own.
REDIRECTED = canned("302 Found", "", Location="/wifi-login")
TOO_LARGE = canned("413 Request Entity Too Large", "<html><h1>413 Request Entity Too Large</h1></html>")
BAD_GATEWAY = canned("502 Bad Gateway", "<html><h1>502 Bad Gateway</h1></html>")
#: The server itself, with too much to do.
TRY_LATER = canned(
    "503 Service Unavailable",
    '{"type":"urn:motcua:problem:unavailable","title":"unavailable","status":503}',
    "application/problem+json",
    Retry_After="120",
)


@dataclass
class Request:
    """One request as the wire showed it."""

    method: str
    path: str
    #: Number of the TCP connection it came on; the first request of a connection is a cold one.
    connection: int
    warm: bool
    head: bytes = b""
    body_bytes: int = 0
    body: bytearray = field(default_factory=bytearray)
    #: What had passed both ways when it came.
    bytes_before: int = 0
    #: Whether any byte of the server's answer reached the proxy.
    answered: bool = False
    #: Whether its answer was cut in the middle.
    broken: bool = False
    #: Whether it stands still half-way.
    stalled: bool = False
    #: What the server said to its repetition.
    repeated: bytes = b""

    def text(self) -> str:
        """Give the body as text, unpacked where it came gzipped."""
        raw = bytes(self.body)
        return (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()


class Tally:
    """What went over the wire, and a bell that rings at every change."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.up_bytes = 0
        self.down_bytes = 0
        self._bell = threading.Condition()

    def ring(self) -> None:
        """Wake whoever waits for something to have happened."""
        with self._bell:
            self._bell.notify_all()

    def wait(self, happened: Callable[[], bool], what: str) -> None:
        """Block until ``happened``; a plain time-out says ``what`` never came."""
        with self._bell:
            if not self._bell.wait_for(happened, WAIT_SECONDS):
                message = f"the proxy never saw {what}; seen: {[(r.method, r.path) for r in self.requests[-20:]]}"
                raise AssertionError(message)


class Lane:
    """One direction of the shared road: pieces leave in order, at the rate and with the delay of the weather."""

    def __init__(self) -> None:
        self._free_at = 0.0

    async def carry(self, piece: bytes, out: asyncio.StreamWriter, weather: Weather) -> None:
        """Send a piece; return when the road is free for the next, which may be before this one arrives."""
        loop = asyncio.get_running_loop()
        if weather.rate_bytes is None and not weather.delay_seconds:
            out.write(piece)
            await out.drain()
            return
        took = len(piece) / weather.rate_bytes if weather.rate_bytes else 1e-6
        self._free_at = max(self._free_at, loop.time()) + took
        loop.call_at(self._free_at + weather.delay_seconds, _write, out, piece)
        await asyncio.sleep(self._free_at - loop.time())


def _write(out: asyncio.StreamWriter, piece: bytes) -> None:
    if not out.is_closing():
        out.write(piece)


class FaultProxy:
    """The proxy as a test holds it: started, given a weather, asked what it saw. Thread-safe."""

    def __init__(self, upstream_port: int, port: int = 0) -> None:
        self.upstream_port, self.port = upstream_port, port
        self.tally = Tally()
        self.weather = CLEAR
        self.lanes = (Lane(), Lane())
        self._hits_left: int | None = None
        self._lines: set[_Line] = set()
        self._listener: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._in_loop(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_SECONDS)
        self._loop.close()

    @property
    def address(self) -> str:
        """The origin that browsers are sent to."""
        return f"http://127.0.0.1:{self.port}"

    def set(self, weather: Weather, *, keep_warm: bool = False, **changes: Any) -> None:
        """Change the weather (Rule 2); ``changes`` replace single traits of it."""
        self._in_loop(self._change(replace(weather, **changes), keep_warm=keep_warm))

    def clear(self) -> None:
        """Let the sun shine again."""
        self.set(CLEAR)

    def seen(self, method: str = "POST", path: str = "/sync/v1") -> list[Request]:
        """List the requests of one kind, in the order in which they came."""
        return [r for r in self.tally.requests if r.method == method and r.path.startswith(path)]

    def answered(self) -> list[Request]:
        """List the sync requests that the server answered; of others the end may never have come."""
        return [request for request in self.seen() if request.answered]

    def wait_seen(self, count: int, method: str = "POST", path: str = "/sync/v1") -> list[Request]:
        """Wait until at least ``count`` requests of one kind have come in."""
        self.tally.wait(lambda: len(self.seen(method, path)) >= count, f"{count} × {method} {path}")
        return self.seen(method, path)

    def wait_until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until what the wire has shown satisfies ``happened``; say ``what`` was missing if it never does."""
        self.tally.wait(happened, what)

    def wait_answered(self, count: int = 1, since: int = 0) -> None:
        """Wait until the server has answered ``count`` sync requests, whether or not the answer got through.

        The first ``since`` that were seen do not count.
        """
        self.tally.wait(
            lambda: sum(request.answered for request in self.seen()[since:]) >= count,
            f"{count} answers to POST /sync/v1",
        )

    def claim_hit(self, method: str, path: str) -> Weather:
        """Give the weather for a request, and count it off if its faults are limited."""
        weather = self.weather
        if not weather.hits(method, path):
            return Weather(rate_bytes=weather.rate_bytes, delay_seconds=weather.delay_seconds)
        if self._hits_left is not None:
            if not self._hits_left:
                return CLEAR
            self._hits_left -= 1
        return weather

    def _in_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_SECONDS)

    async def _open(self) -> None:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=HEAD_BYTES_MAX)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _change(self, weather: Weather, *, keep_warm: bool) -> None:
        self.weather, self._hits_left = weather, weather.times
        if not keep_warm:
            for line in list(self._lines):
                line.reset()
        if weather.refuse and self._listener is not None:
            self._listener.close()
            self._listener = None
        elif not weather.refuse and self._listener is None:
            await self._open()

    async def _shut(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for line in list(self._lines):
            line.reset()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tally.connections += 1
        line = _Line(self, reader, writer, self.tally.connections)
        self._lines.add(line)
        try:
            await line.run()
        except (OSError, asyncio.IncompleteReadError):
            line.reset()
        finally:
            self._lines.discard(line)
            line.close()


class _Line:
    """One client connection and, once it has asked something, its connection to the server."""

    def __init__(
        self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.proxy, self.reader, self.writer, self.number = proxy, reader, writer, number
        self.server: asyncio.StreamWriter | None = None
        self.downward: asyncio.Task[None] | None = None
        self.request: Request | None = None
        self.weather = CLEAR

    async def run(self) -> None:
        """Carry request after request until one side has had enough."""
        while head := await self._head():
            method, path = head.split(b" ", 2)[:2]
            warm = self.request is not None
            request = Request(method.decode(), path.decode(), self.number, warm, head)
            self.weather, self.request = self.proxy.claim_hit(request.method, request.path), request
            request.bytes_before = self.proxy.tally.up_bytes + self.proxy.tally.down_bytes
            self.proxy.tally.requests.append(request)
            self.proxy.tally.ring()
            if not await self._carry_up(head, request):
                return

    async def _head(self) -> bytes:
        try:
            return await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""

    async def _carry_up(self, head: bytes, request: Request) -> bool:
        """Take one request as far as the weather lets it; tell whether the connection goes on."""
        if self.weather.swallow:
            await self._listen_in_silence()
            return False
        if self.weather.answer is not None:
            await self._read_body(head, request)
            self.writer.write(self.weather.answer)
            await self.writer.drain()
            return False
        await self._reach_server()
        await self._send_up(head)
        whole = await self._read_body(head, request, self._send_up)
        if whole and self.weather.twice:
            await self._repeat(request)
        return whole

    async def _repeat(self, request: Request) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.upstream_port)
        writer.write(request.head + bytes(request.body))
        await writer.drain()
        request.repeated = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        self.proxy.tally.ring()

    async def _stand_still(self, request: Request) -> None:
        """Let neither side hear of the other again, not even that it went."""
        request.stalled = True
        self.proxy.tally.ring()
        await self._listen_in_silence()
        await asyncio.get_running_loop().create_future()

    async def _listen_in_silence(self) -> None:
        while await self.reader.read(PIECE_BYTES):
            pass

    async def _reach_server(self) -> None:
        if self.server is None:
            reader, self.server = await asyncio.open_connection("127.0.0.1", self.proxy.upstream_port)
            await asyncio.sleep(2 * self.weather.delay_seconds)  # the handshake is a round trip of its own
            self.downward = asyncio.create_task(self._carry_down(reader))

    async def _read_body(
        self, head: bytes, request: Request, forward: Callable[[bytes], Coroutine[Any, Any, None]] | None = None
    ) -> bool:
        left, sent = _content_length(head), len(head)
        while left:
            piece = await self.reader.read(min(left, SHAPED_PIECE_BYTES if self.weather.rate_bytes else PIECE_BYTES))
            if not piece:
                return False
            left -= len(piece)
            request.body_bytes += len(piece)
            request.body += piece
            limit = self.weather.cut_up_bytes
            if limit is not None and sent + len(piece) > limit:
                if forward is not None and limit > sent:
                    await forward(piece[: limit - sent])
                self._lose_phone()
                return False
            stall = self.weather.stall_up_bytes
            if stall is not None and sent + len(piece) > stall:
                if forward is not None and stall > sent:
                    await forward(piece[: stall - sent])
                await self._stand_still(request)
            sent += len(piece)
            if forward is not None:
                await forward(piece)
        return True

    async def _send_up(self, piece: bytes) -> None:
        if self.server is None:
            message = "the server is reached before anything is sent to it"
            raise AssertionError(message)
        self.proxy.tally.up_bytes += len(piece)
        await self.proxy.lanes[0].carry(piece, self.server, self.weather)

    async def _carry_down(self, reader: asyncio.StreamReader) -> None:
        came = 0
        try:
            while piece := await reader.read(SHAPED_PIECE_BYTES if self.weather.rate_bytes else PIECE_BYTES):
                came = self._note_answer(came)
                if self.weather.lose_answer:
                    self.reset()
                    return
                if self.weather.hold_answer:
                    continue
                limit = self.weather.cut_down_bytes
                if limit is not None and came + len(piece) > limit:
                    self.writer.write(piece[: max(0, limit - came)])
                    await self.writer.drain()
                    self.reset()
                    self._note_cut()
                    return
                came += len(piece)
                self.proxy.tally.down_bytes += len(piece)
                await self.proxy.lanes[1].carry(piece, self.writer, self.weather)
        except OSError:
            self.reset()
            return
        if not self.weather.hold_answer:
            asyncio.get_running_loop().call_later(2 * self.weather.delay_seconds, self.close)

    def _note_answer(self, came: int) -> int:
        """Mark the request under way as answered; the count of bytes starts anew with each answer."""
        if self.request is not None and not self.request.answered:
            self.request.answered = True
            self.proxy.tally.ring()
            return 0
        return came

    def _lose_phone(self) -> None:
        """Break the phone's side alone: what had got through goes on to the server, and then no more comes."""
        server, self.server = self.server, None
        self.reset()
        if server is not None:
            server.close()

    def _note_cut(self) -> None:
        if self.request is not None:
            self.request.broken = True
            self.proxy.tally.ring()

    def reset(self) -> None:
        """Break both sides at once: the client sees a reset, not a polite end."""
        sock = self.writer.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):  # already gone, which is what is wanted
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        if self.server is not None:
            self.server.transport.abort()

    def close(self) -> None:
        """End both sides politely."""
        for end in (self.writer, self.server):
            if end is not None and not end.is_closing():
                end.close()


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    return 0
