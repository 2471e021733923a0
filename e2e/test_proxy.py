"""The bad network does what it says: a test of faults needs faults that happen."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from e2e.proxy import BAD_GATEWAY, CAPTIVE_PORTAL, CLEAR, SYNC, UNREACHABLE, FaultProxy, Weather


class Echo(BaseHTTPRequestHandler):
    """Answers with the length of what it got, and remembers it."""

    protocol_version = "HTTP/1.1"
    got: list[bytes]

    def do_POST(self) -> None:  # the name http.server looks for
        expected = int(self.headers["Content-Length"])
        body = self.rfile.read(expected)
        if len(body) < expected:
            self.close_connection = True
            return
        self.got.append(body)
        answer = f"got {len(body)}".encode() + b"." * 5000
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def got() -> list[bytes]:
    """What reached the server behind the proxy."""
    return []


@pytest.fixture
def road(got: list[bytes]) -> Iterator[FaultProxy]:
    """A proxy in front of an echo."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Echo,), {"got": got}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with FaultProxy(server.server_address[1]) as proxy:
        yield proxy
    server.shutdown()
    server.server_close()
    thread.join()


def post(client: httpx.Client, road: FaultProxy, size: int = 100) -> httpx.Response:
    """Send a sync request of ``size`` bytes."""
    return client.post(f"{road.address}/sync/v1", content=b"x" * size)


def test_a_clear_day_carries_and_counts(road: FaultProxy, got: list[bytes]) -> None:
    with httpx.Client() as client:
        assert post(client, road, 70_000).text.startswith("got 70000")
        assert client.get(f"{road.address}/x").text == "ok"
        assert post(client, road).status_code == 200
    assert [len(body) for body in got] == [70_000, 100]
    assert [request.warm for request in road.tally.requests] == [False, True, True]
    assert road.tally.up_bytes > 70_100
    assert road.tally.down_bytes > 10_000


def test_an_answer_is_lost_only_after_the_server_has_it(road: FaultProxy, got: list[bytes]) -> None:
    with httpx.Client() as client:
        client.get(f"{road.address}/x")
        road.set(Weather(only=SYNC, times=1, lose_answer=True), keep_warm=True)
        with pytest.raises(httpx.TransportError):
            post(client, road)
        road.wait_answered()
        assert len(got) == 1
        assert post(client, road).status_code == 200


@pytest.mark.parametrize("weather", [Weather(swallow=True), Weather(hold_answer=True)], ids=["before", "after"])
def test_half_open_is_silent_on_either_side_of_the_server(road: FaultProxy, got: list[bytes], weather: Weather) -> None:
    road.set(weather)
    patience = httpx.Timeout(30, read=0.5)
    with httpx.Client(timeout=patience) as client, pytest.raises(httpx.ReadTimeout):
        post(client, road)
    road.wait_seen(1)
    if weather.hold_answer:
        road.wait_answered()
    assert len(got) == (1 if weather.hold_answer else 0)


def test_cuts_fall_at_the_byte_asked_for(road: FaultProxy, got: list[bytes]) -> None:
    with httpx.Client() as client:
        road.set(Weather(cut_up_bytes=30_000))
        with pytest.raises(httpx.TransportError):
            post(client, road, 60_000)
        assert road.tally.up_bytes == 30_000
        road.set(Weather(cut_down_bytes=1000))
        with pytest.raises(httpx.TransportError):
            post(client, road)
    assert len(got) == 1


@pytest.mark.parametrize(("answer", "status"), [(CAPTIVE_PORTAL, 200), (BAD_GATEWAY, 502)])
def test_a_box_on_the_road_answers_by_itself(road: FaultProxy, got: list[bytes], answer: bytes, status: int) -> None:
    road.set(Weather(only=SYNC, answer=answer))
    with httpx.Client() as client:
        assert post(client, road).status_code == status
        assert client.get(f"{road.address}/x").text == "ok"
    assert not got


def test_refused_and_back_on_the_same_port(road: FaultProxy) -> None:
    port = road.port
    road.set(UNREACHABLE)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
    road.set(CLEAR)
    with httpx.Client() as client:
        assert post(client, road).status_code == 200
    assert road.port == port


def test_a_slow_road_carries_bytes_in_order(road: FaultProxy, got: list[bytes]) -> None:
    road.set(Weather(rate_bytes=50_000, delay_seconds=0.02))
    with httpx.Client() as client:
        answer = client.post(f"{road.address}/sync/v1", content=bytes(range(256)) * 20)
    assert answer.text.startswith("got 5120")
    assert got == [bytes(range(256)) * 20]
