"""HTTP/1.1 over one plain socket, counting every byte: light enough not to be what is measured."""

import gzip
import socket
import struct
from collections.abc import Iterable
from typing import Final, Self

import msgspec

#: The headers that Chrome on Android sends with a ``fetch`` of its own origin.
CHROME: Final = (
    'Connection: keep-alive\r\nsec-ch-ua-platform: "Android"\r\n'
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Mobile Safari/537.36\r\n"
    'sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"\r\nsec-ch-ua-mobile: ?1\r\nAccept: */*\r\n'
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: vi-VN,vi;q=0.9,en-US;q=0.6,en;q=0.5\r\n"
)

NO_CONTENT: Final = 204


class Answer(msgspec.Struct):
    """An answer with what it cost: bytes sent and received, headers included."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int
    received: int

    def json(self, kind: type = dict) -> object:
        """Decode the body, inflated where it came packed."""
        packed = self.headers.get("content-encoding") == "gzip"
        return msgspec.json.decode(gzip.decompress(self.body) if packed else self.body, type=kind)


class Connection:
    """A keep-alive connection to the server on this machine."""

    def __init__(self, port: int, token: str = "", headers: str = "", *, timeout_s: float = 120) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self._common = f"Host: 127.0.0.1:{port}\r\n{bearer}{headers}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._file.close()
        self._socket.close()

    def cut_hard(self) -> None:
        """Let the other end learn of the end as of a fault, with whatever is still on its way lost."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def post(self, path: str, body: bytes, headers: str = "") -> Answer:
        """Send JSON and read the answer."""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{self._common}{kind}{headers}\r\n".encode() + body)

    def form(self, path: str, body: bytes, headers: str = "") -> Answer:
        """Send a form and read the answer."""
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{self._common}{kind}{headers}\r\n".encode() + body)

    def get(self, path: str, headers: str = "") -> Answer:
        """Read a document."""
        return self._ask(f"GET {path} HTTP/1.1\r\n{self._common}{headers}\r\n".encode())

    def ask(self, method: str, path: str, headers: str = "", body: bytes = b"") -> Answer:
        """Send any request and read the answer."""
        length = f"Content-Length: {len(body)}\r\n" if body or method != "HEAD" else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._common}{length}{headers}\r\n".encode()
        return self._ask(head + body, bodiless=method == "HEAD")

    def stream(self, method: str, path: str, headers: str, pieces: Iterable[bytes], announced: int) -> Answer | None:
        """Send a body in pieces; return the answer, or null where fewer bytes were sent than announced."""
        head = f"{method} {path} HTTP/1.1\r\n{self._common}Content-Length: {announced}\r\n{headers}\r\n".encode()
        self._socket.sendall(head)
        sent = 0
        for piece in pieces:
            self._socket.sendall(piece)
            sent += len(piece)
        return self._ask(b"") if sent == announced else None

    def _ask(self, request: bytes, *, bodiless: bool = False) -> Answer:
        self._socket.sendall(request)
        first = self._file.readline()
        if not first:
            raise ConnectionError("no answer")
        received = len(first)
        headers: dict[str, str] = {}
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            received += len(line)
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        received += 2
        if bodiless or int(first.split()[1]) == NO_CONTENT:
            body = b""
        else:
            chunked = headers.get("transfer-encoding") == "chunked"
            body = self._chunks() if chunked else self._file.read(_length(headers))
        return Answer(int(first.split()[1]), headers, body, len(request), received + len(body))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._file.readline(), 16):
            body += self._file.read(size)
            self._file.readline()
        self._file.readline()
        return body


def _length(headers: dict[str, str]) -> int:
    return int(headers.get("content-length", "0"))
