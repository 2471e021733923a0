"""Sockets that go silent, die or come twice, and a server that is killed: no offset falls, no byte told is lost."""

import json
import os
import socket
import threading
from pathlib import Path
from random import Random

import httpx
import pytest

from e2e.office import Office
from tests.integration.caller import Caller, problem
from tests.integration.tus import (
    CHUNK,
    TUS,
    attach,
    begin,
    begun,
    digest,
    metadata,
    offset_of,
    picture,
    send,
    statuses,
)

ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
MIB = 1024 * 1024


def token_of(who: Caller) -> str:
    return str(who.http.headers["authorization"])


class Line:
    """A connection on which one ``PATCH`` is sent by hand."""

    def __init__(self, office: Office, who: Caller, place: str, offset: int, length: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", office.port), timeout=30)
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: {token_of(who)}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: {CHUNK}\r\nUpload-Offset: {offset}\r\nContent-Length: {length}\r\n\r\n"
        )
        self.socket.sendall(head.encode())

    def send(self, body: bytes) -> None:
        self.socket.sendall(body)

    def answer(self) -> bytes:
        """Return what the server says until it has said a whole head."""
        said = b""
        while b"\r\n\r\n" not in said:
            more = self.socket.recv(4096)
            if not more:
                break
            said += more
        return said

    def reset(self) -> None:
        """Go as a phone does that lost its network: with nothing said."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()


def until_written(who: Caller, body: bytes) -> None:
    """Wait until the probe, which sends nobody away, sees bytes of an upload on the disk."""
    while True:
        state = who.http.post("/files/probe", json={"sha256": [digest(body)]}).json()[digest(body)]
        if isinstance(state, dict) and state["offset"]:
            return


@pytest.fixture
def body() -> bytes:
    return Random(os.urandom(8)).randbytes(MIB)


@pytest.fixture
def place(citizen: Caller, body: bytes) -> str:
    said = metadata(sha256=digest(body))
    return str(begin(citizen, len(body), Upload_Metadata=said).headers["location"])


def test_who_comes_later_sends_a_silent_writer_away(office: Office, citizen: Caller, place: str, body: bytes) -> None:
    """The first connection is half-open: it stays, says nothing more, and must not hold the upload."""
    silent = Line(office, citizen, place, 0, len(body))
    silent.send(body[:600_000])
    until_written(citizen, body)
    at = offset_of(citizen, place)
    assert 0 < at <= 600_000
    refused = silent.answer()
    assert refused.startswith(b"HTTP/1.1 409 ")
    assert send(citizen, place, at, body[at:]).status_code == 204
    assert citizen.http.get(f"/files/{digest(body)}").content == body


def test_of_two_writers_at_once_the_later_goes_on_from_what_is_there(
    office: Office, citizen: Caller, place: str, body: bytes
) -> None:
    first = Line(office, citizen, place, 0, len(body))
    first.send(body[:300_000])
    until_written(citizen, body)
    second = Line(office, citizen, place, 0, len(body))
    assert second.answer().startswith(b"HTTP/1.1 409 "), "it does not know of the bytes that are there"
    assert first.answer().startswith(b"HTTP/1.1 409 ")
    at = offset_of(citizen, place)
    first.socket.close()
    third = Line(office, citizen, place, at, len(body) - at)
    third.send(body[at:])
    assert third.answer().startswith(b"HTTP/1.1 204 ")
    assert citizen.http.get(f"/files/{digest(body)}").content == body


def test_what_a_writer_that_was_sent_away_says_later_is_not_heard(
    office: Office, citizen: Caller, place: str, body: bytes
) -> None:
    stale = Line(office, citizen, place, 0, len(body))
    stale.send(body[:300_000])
    until_written(citizen, body)
    at = offset_of(citizen, place)
    try:
        stale.send(bytes(400_000))
    except OSError:
        assert at, "closed on it: that is as good"
    assert offset_of(citizen, place) == at
    assert send(citizen, place, at, body[at:]).status_code == 204
    assert citizen.http.get(f"/files/{digest(body)}").content == body


def test_asking_right_after_a_cut_tells_what_is_on_the_disk(
    office: Office, citizen: Caller, place: str, body: bytes
) -> None:
    """The server may hear of a cut request only after the question: then the offset told is old, and never too high."""
    told = 0
    for _ in range(6):
        line = Line(office, citizen, place, told, len(body) - told)
        line.send(body[told : told + 100_000])
        line.reset()
        at = offset_of(citizen, place)
        assert told <= at <= told + 100_000
        told = at
    while (rest := send(citizen, place, told, body[told:])).status_code == 409:
        at = offset_of(citizen, place)
        assert at > told, "refused because bytes came, not for nothing"
        told = at
    assert rest.status_code == 204
    assert citizen.http.get(f"/files/{digest(body)}").content == body


def test_a_clean_end_before_the_announced_length_keeps_what_came(
    office: Office, citizen: Caller, place: str, body: bytes
) -> None:
    line = Line(office, citizen, place, 0, len(body))
    line.send(body[:500_000])
    until_written(citizen, body)
    line.socket.shutdown(socket.SHUT_WR)
    assert line.socket.recv(4096)[:4] in (b"", b"HTTP")
    at = offset_of(citizen, place)
    assert at == 500_000
    assert send(citizen, place, at, body[at:]).status_code == 204


def test_many_at_one_upload_end_with_the_file(office: Office, citizen: Caller, place: str, body: bytes) -> None:
    """Each asks and goes on, and sends the others away; whatever happens, offsets rise and the content is right."""
    told: list[int] = []
    faults: list[str] = []

    def writer(seed: int) -> None:
        draw = Random(seed)
        with httpx.Client(base_url=office.address, headers={"Authorization": token_of(citizen)}, timeout=30) as http:
            while True:
                asked = http.head(place, headers=TUS)
                at = int(asked.headers["upload-offset"])
                told.append(at)
                if at == len(body):
                    return
                piece = body[at : at + draw.randint(1, 90_000)]
                answer = http.patch(
                    place, content=piece, headers={**TUS, "Content-Type": CHUNK, "Upload-Offset": str(at)}
                )
                if answer.status_code not in (204, 409):
                    faults.append(answer.text)
                    return

    threads = [threading.Thread(target=writer, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert citizen.http.get(f"/files/{digest(body)}").content == body


def test_kill_in_mid_upload_loses_no_byte_that_was_told(tmp_path: Path) -> None:
    """After each kill the offset is at least what was told before, and what is there is the file's beginning."""
    office = Office(tmp_path / "data")
    office.start()
    citizen = Caller.signed_in(office, "demo-1")
    body = Random(1).randbytes(6 * MIB)
    dossier = begun(citizen, body)
    place = begin(citizen, len(body), Upload_Metadata=metadata(sha256=digest(body))).headers["location"]
    told = 0
    for number in range(ROUNDS):
        line = Line(office, citizen, place, told, len(body) - told)
        line.send(body[told : told + 350_000 + number])
        while True:  # the probe sends nobody away
            state = citizen.http.post("/files/probe", json={"sha256": [digest(body)]}).json()[digest(body)]
            if state["offset"] > told:
                break
        told = state["offset"]
        office.kill()
        line.reset()
        citizen.http.close()
        part = next((tmp_path / "data" / "files" / "parts").iterdir())
        assert part.read_bytes() == body[: part.stat().st_size]
        office.start()
        citizen = Caller.signed_in(office, "demo-1")
        at = offset_of(citizen, place)
        assert at >= told
        assert at == part.stat().st_size
        told = at
    assert statuses(citizen, dossier) == ["awaited"], "no request ended, so nobody was told of first bytes"
    assert send(citizen, place, told, body[told:]).status_code == 204
    assert citizen.http.get(f"/files/{digest(body)}").content == body
    assert statuses(citizen, dossier) == ["bad"], "random bytes are no picture"
    office.stop()


def finish(who: Caller, contents: list[bytes]) -> None:
    """Send what a probe says is still to be sent."""
    for content in contents:
        state = who.http.post("/files/probe", json={"sha256": [digest(content)]}).json()[digest(content)]
        if state == "need":
            assert begin(who, len(content), content).status_code == 201
        elif state != "have":
            at = offset_of(who, state["partial"])
            assert send(who, state["partial"], at, content[at:]).status_code == 204


def test_kill_while_files_end_leaves_each_whole_or_to_be_sent(tmp_path: Path) -> None:
    """Killed between the last byte and the verdict, again and again: every file ends verified, once."""
    office = Office(tmp_path / "data")
    office.start()
    contents = [picture(seed, (60, 80)) for seed in range(60)]
    citizen = Caller.signed_in(office, "demo-1")
    dossier = begun(citizen)
    assert {r["outcome"] for r in citizen.push(*(attach(dossier, c, page=n) for n, c in enumerate(contents)))} == {
        "applied"
    }
    acknowledged: set[str] = set()
    for number in range(ROUNDS):
        enough = threading.Event()

        def sending(who: Caller, wanted: int, enough: threading.Event) -> None:
            for content in contents:
                if digest(content) in acknowledged:
                    continue
                try:
                    answer = begin(who, len(content), content, Upload_Metadata=metadata(sha256=digest(content)))
                except httpx.HTTPError:
                    return
                assert answer.status_code == 201, answer.text
                acknowledged.add(digest(content))
                if len(acknowledged) >= wanted:
                    enough.set()

        thread = threading.Thread(target=sending, args=(citizen, 3 * (number + 1), enough))
        thread.start()
        assert enough.wait(30)
        office.kill()
        thread.join(30)
        citizen.http.close()
        office.start()
        citizen = Caller.signed_in(office, "demo-1")
        states = citizen.http.post("/files/probe", json={"sha256": sorted(acknowledged)}).json()
        assert set(states.values()) <= {"have"}, "acknowledged whole, so it is here"
    finish(citizen, contents)
    while set(statuses(citizen, dossier)) & {"awaited", "arriving"}:
        assert office.dossiers() == []  # a round trip; what a stop left unlooked is looked at when the server is back
    assert set(statuses(citizen, dossier)) == {"verified"}
    office.stop()


def test_an_upload_that_is_gone_says_so_to_a_late_writer(
    office: Office, citizen: Caller, place: str, body: bytes
) -> None:
    writer = Line(office, citizen, place, 0, len(body))
    writer.send(body[:300_000])
    until_written(citizen, body)
    assert citizen.http.delete(place, headers=TUS).status_code == 204
    assert writer.answer().startswith(b"HTTP/1.1 409 ")
    assert problem(send(citizen, place, 0, b"abc")) == "upload-gone"


def test_a_probe_tells_where_to_go_on(citizen: Caller, place: str, body: bytes) -> None:
    send(citizen, place, 0, body[:70_000])
    answer = citizen.http.post("/files/probe", json={"sha256": [digest(body)]})
    assert json.loads(answer.content) == {digest(body): {"partial": place, "offset": 70_000}}
