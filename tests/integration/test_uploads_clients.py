"""Clients that others wrote send files to this server: `tuspy`, and `tus-js-client` over a network that fails."""

import json
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tusclient import client as tuspy
from tusclient.exceptions import TusCommunicationError

from e2e.office import Office
from e2e.proxy import BAD_GATEWAY, FaultProxy, Weather
from tests.integration.caller import Caller
from tests.integration.tus import TUS, digest, offset_of

SCRIPT = Path(__file__).with_name("tus_client.mjs")
MIB = 1024 * 1024


def content(seed: int, size: int) -> bytes:
    return Random(seed).randbytes(size)


def token_of(who: Caller) -> str:
    return str(who.http.headers["authorization"]).removeprefix("Bearer ")


@pytest.fixture
def tus(office: Office, citizen: Caller) -> tuspy.TusClient:
    return tuspy.TusClient(f"{office.address}/files/", headers={"Authorization": f"Bearer {token_of(citizen)}"})


@pytest.fixture
def proxy(office: Office) -> Iterator[FaultProxy]:
    with FaultProxy(office.port) as made:
        yield made


class Sender:
    """`tus-js-client` in a Node process."""

    def __init__(self, folder: Path, who: Caller) -> None:
        self._folder, self._token = folder, token_of(who)

    def send(self, address: str, body: bytes, **asked: Any) -> list[dict[str, Any]]:
        """Send a file; return what the client said, the last line being how it ended."""
        command = self._command(address, body, asked)
        ran = subprocess.run(command, capture_output=True, check=False, timeout=110)
        lines = [json.loads(line) for line in ran.stdout.splitlines()]
        assert lines, ran.stderr.decode()
        return lines

    def begin(self, address: str, body: bytes, **asked: Any) -> subprocess.Popen[bytes]:
        """Begin to send a file, and leave it at that."""
        return subprocess.Popen(self._command(address, body, asked), stdout=subprocess.PIPE)

    def _command(self, address: str, body: bytes, asked: dict[str, Any]) -> list[str]:
        path = self._folder / "sent"
        path.write_bytes(body)
        said = {"endpoint": f"{address}/files/", "token": self._token, "path": str(path), **asked}
        return ["node", str(SCRIPT), json.dumps(said)]


@pytest.fixture
def sender(tmp_path: Path, citizen: Caller) -> Sender:
    return Sender(tmp_path, citizen)


def is_kept(who: Caller, body: bytes) -> bool:
    answer = who.http.get(f"/files/{digest(body)}")
    return answer.status_code == 200 and sha256(answer.content).digest() == sha256(body).digest()


def until_written(who: Caller, body: bytes, least_bytes: float) -> dict[str, Any]:
    """Wait until the probe, which sends nobody away, sees so much of an upload on the disk; return what it says."""
    while True:
        state = who.http.post("/files/probe", json={"sha256": [digest(body)]}).json()[digest(body)]
        if isinstance(state, dict) and state["offset"] >= least_bytes:
            return dict(state)


def test_tuspy_sends_in_pieces_with_checksums(tus: tuspy.TusClient, citizen: Caller) -> None:
    body = content(1, 3 * MIB + 17)
    said = {"sha256": digest(body), "filename": "ảnh chụp.jpg"}
    uploader = tus.uploader(file_stream=BytesIO(body), chunk_size=700_001, metadata=said, upload_checksum=True)
    uploader.upload()
    assert is_kept(citizen, body)


def test_tuspy_goes_on_where_it_stopped(tus: tuspy.TusClient, citizen: Caller) -> None:
    body = content(2, MIB)
    first = tus.uploader(file_stream=BytesIO(body), chunk_size=300_000)
    first.upload_chunk()
    first.upload_chunk()
    again = tus.uploader(file_stream=BytesIO(body), chunk_size=300_000, url=first.url)
    assert again.offset == 600_000
    again.upload()
    assert is_kept(citizen, body)


def test_tuspy_hears_of_an_upload_that_was_ended(tus: tuspy.TusClient, citizen: Caller) -> None:
    body = content(3, 1000)
    uploader = tus.uploader(file_stream=BytesIO(body), chunk_size=500)
    uploader.upload_chunk()
    assert uploader.url is not None
    assert citizen.http.delete(uploader.url, headers=TUS).status_code == 204
    with pytest.raises(TusCommunicationError) as told:
        tus.uploader(file_stream=BytesIO(body), chunk_size=500, url=uploader.url)
    assert told.value.status_code == 410


def test_tus_js_client_sends_50_mb(sender: Sender, office: Office, citizen: Caller) -> None:
    body = content(4, 50 * MIB)
    said = sender.send(office.address, body, metadata={"sha256": digest(body)})
    assert said[-1]["done"] is True
    assert [line["method"] for line in said[:-1]] == ["POST", "PATCH"]
    assert is_kept(citizen, body)


def test_tus_js_client_sends_first_bytes_with_the_creation(sender: Sender, office: Office, citizen: Caller) -> None:
    body = content(5, MIB)
    said = sender.send(office.address, body, during=True, chunk=400_000)
    assert said[-1]["done"] is True
    assert (said[0]["method"], said[0]["offset"]) == ("POST", "400000")
    assert is_kept(citizen, body)


def test_tus_js_client_goes_on_in_another_process(sender: Sender, office: Office, citizen: Caller) -> None:
    body = content(6, MIB)
    stopped = sender.send(office.address, body, chunk=200_000, cut=400_000)[-1]
    assert offset_of(citizen, stopped["url"]) >= 400_000
    said = sender.send(office.address, body, url=stopped["url"])
    assert (said[0]["method"], said[-1]["done"]) == ("HEAD", True)
    assert int(said[0]["offset"]) >= 400_000
    assert is_kept(citizen, body)


def test_tus_js_client_ends_an_upload(sender: Sender, office: Office, citizen: Caller) -> None:
    said = sender.send(office.address, content(7, MIB), chunk=200_000, cut=200_000, terminate=True)
    place = next(line["url"] for line in said if "stopped" in line)
    assert citizen.http.head(place, headers=TUS).status_code == 410


def test_a_cut_keeps_every_byte_that_came(sender: Sender, proxy: FaultProxy, citizen: Caller) -> None:
    body = content(8, 4 * MIB)
    proxy.set(Weather(only=("PATCH", "/files/"), times=1, stall_up_bytes=2 * MIB))
    with sender.begin(proxy.address, body, metadata={"sha256": digest(body)}) as sending:
        came = until_written(citizen, body, 1.5 * MIB)["offset"]
        proxy.clear()  # both ends of the road that stands still hear a reset
        said = [json.loads(line) for line in sending.communicate()[0].splitlines()]
    assert said[-1]["done"] is True
    asked = next(line for line in said if line["method"] == "HEAD")
    assert int(asked["offset"]) >= came, "what came before the cut is not sent again"
    assert is_kept(citizen, body)


def test_many_cuts_end_all_the_same(sender: Sender, proxy: FaultProxy, citizen: Caller) -> None:
    body = content(9, 3 * MIB)
    proxy.set(Weather(only=("PATCH", "/files/"), times=6, cut_up_bytes=400_000))
    said = sender.send(proxy.address, body)
    assert said[-1]["done"] is True
    offsets = [int(line["offset"]) for line in said[:-1] if line.get("offset")]
    assert offsets == sorted(offsets), "an offset never falls"
    assert is_kept(citizen, body)


@pytest.mark.parametrize("only", [("POST", "/files/"), ("PATCH", "/files/")])
def test_a_lost_answer_is_asked_for_again(
    sender: Sender, proxy: FaultProxy, citizen: Caller, only: tuple[str, str]
) -> None:
    body = content(10 + len(only[0]), MIB)
    proxy.set(Weather(only=only, times=1, lose_answer=True))
    said = sender.send(proxy.address, body, chunk=300_000)
    assert said[-1]["done"] is True
    assert is_kept(citizen, body)


def test_a_box_on_the_road_that_answers_itself_loses_nothing(
    sender: Sender, proxy: FaultProxy, citizen: Caller
) -> None:
    body = content(20, MIB)
    proxy.set(Weather(only=("PATCH", "/files/"), times=2, answer=BAD_GATEWAY))
    said = sender.send(proxy.address, body, chunk=300_000)
    assert said[-1]["done"] is True
    assert is_kept(citizen, body)


def test_a_client_that_stalls_and_is_killed_goes_on_at_once_where_it_was(
    sender: Sender, proxy: FaultProxy, office: Office, citizen: Caller
) -> None:
    """The road stands still in mid-upload and stays open: the server must not wait for the client that is no more."""
    body = content(21, 4 * MIB)
    proxy.set(Weather(only=("PATCH", "/files/"), times=1, stall_up_bytes=2 * MIB))
    with sender.begin(proxy.address, body, metadata={"sha256": digest(body)}) as stalled:
        proxy.wait_until(lambda: any(r.stalled for r in proxy.seen("PATCH", "/files/")), "a stall")
        state = until_written(citizen, body, 1.5 * MIB)
        stalled.kill()
    said = sender.send(office.address, body, url=office.address + state["partial"])
    assert (said[0]["method"], said[0]["status"], said[-1]["done"]) == ("HEAD", 200, True)
    assert int(said[0]["offset"]) >= state["offset"], "what came before the stall is not sent again"
    assert is_kept(citizen, body)


def test_a_request_that_comes_twice_counts_once(sender: Sender, proxy: FaultProxy, citizen: Caller) -> None:
    body = content(22, MIB)
    proxy.set(Weather(only=("PATCH", "/files/"), twice=True))
    said = sender.send(proxy.address, body, chunk=300_000, metadata={"sha256": digest(body)})
    assert said[-1]["done"] is True
    repeated = [request.repeated for request in proxy.seen("PATCH", "/files/") if request.repeated]
    assert repeated
    assert {each[:12] for each in repeated} <= {b"HTTP/1.1 409", b"HTTP/1.1 204"}
    offsets = [int(line["offset"]) for line in said[:-1] if line.get("offset")]
    assert offsets == sorted(offsets), "an offset never falls"
    assert is_kept(citizen, body)
