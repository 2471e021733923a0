"""tus 1.0.0 to the letter: what each request may say, and what each answer must."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import md5, sha1, sha256

import httpx
import pytest

from tests.integration.caller import Caller, problem
from tests.integration.tus import TUS, begin, digest, metadata, offset_of, send, upload


def checksum(algorithm: str, content: bytes) -> str:
    made = {"sha1": sha1, "sha256": sha256, "md5": md5}[algorithm](content).digest()
    return f"{algorithm} {b64encode(made).decode()}"


@pytest.fixture
def place(citizen: Caller) -> str:
    """An upload of ten bytes, begun."""
    return str(begin(citizen, 10).headers["location"])


def test_what_the_server_can_do_is_said_to_anybody_in_any_version(nobody: Caller) -> None:
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        answer = nobody.http.options("/files/", headers=headers)
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert answer.headers["tus-max-size"] == str(256 * 1024 * 1024)
        assert set(answer.headers["tus-extension"].split(",")) == {
            "creation", "creation-with-upload", "checksum", "expiration", "termination",
        }  # fmt: skip
        assert set(answer.headers["tus-checksum-algorithm"].split(",")) == {"sha1", "sha256"}


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0", "1.0.0,2.0.0"])
def test_another_version_is_not_processed(citizen: Caller, place: str, version: str | None) -> None:
    headers = {} if version is None else {"Tus-Resumable": version}
    chunk = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    for answer in (
        citizen.http.post("/files/", headers={**headers, "Upload-Length": "1"}),
        citizen.http.patch(place, content=b"x", headers={**headers, **chunk}),
        citizen.http.head(place, headers=headers),
        citizen.http.delete(place, headers=headers),
    ):
        assert answer.status_code == 412
        assert answer.headers["tus-version"] == "1.0.0"
    assert offset_of(citizen, place) == 0


def test_an_upload_is_created_asked_for_and_filled(citizen: Caller) -> None:
    said = metadata(filename="ảnh.jpg", dossier="", filetype="image/jpeg")
    answer = begin(citizen, 10, Upload_Metadata=said)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (201, "1.0.0")
    assert "upload-offset" not in answer.headers
    place = answer.headers["location"]
    asked = citizen.http.head(place, headers=TUS)
    assert asked.status_code == 200
    assert asked.headers["cache-control"] == "no-store"
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("0", "10")
    assert asked.headers["upload-metadata"] == said
    first = send(citizen, place, 0, b"abcd")
    assert (first.status_code, first.headers["upload-offset"], first.content) == (204, "4", b"")
    assert send(citizen, place, 4, b"efghij").headers["upload-offset"] == "10"
    assert offset_of(citizen, place) == 10
    assert citizen.http.get(f"/files/{digest(b'abcdefghij')}").content == b"abcdefghij"


def test_metadata_is_optional_and_so_is_every_value_in_it(citizen: Caller) -> None:
    for said in ("", "filename", "filename ,filetype", "is_confidential", metadata(other=b"\x00\xff")):
        assert begin(citizen, 3, Upload_Metadata=said).status_code == 201


@pytest.mark.parametrize(
    "said", ["filename !!", "a YQ==,a YQ==", ",", "a b c", "é YQ==", metadata(sha256="12"), "x" * 40_000]
)
def test_metadata_that_cannot_be_read_is_refused(citizen: Caller, said: str) -> None:
    answer = citizen.http.post(
        "/files/", headers=[*TUS.items(), ("Upload-Length", "3"), ("Upload-Metadata", said.encode())]
    )
    assert (answer.status_code, problem(answer)) == (400, "invalid")


@pytest.mark.parametrize("length", ["", "-1", "1e3", "٣", "0x10", "5 5", "9" * 400, "1.5"])
def test_a_length_is_a_whole_number_of_bytes(citizen: Caller, length: str) -> None:
    answer = citizen.http.post("/files/", headers=[*TUS.items(), ("Upload-Length", length.encode())])
    assert (answer.status_code, problem(answer)) == (400, "invalid")


def test_a_length_that_comes_later_is_not_taken(citizen: Caller) -> None:
    answer = citizen.http.post("/files/", headers={**TUS, "Upload-Defer-Length": "1"})
    assert (answer.status_code, problem(answer)) == (400, "invalid")


def test_more_than_the_largest_upload_is_too_large(citizen: Caller) -> None:
    answer = begin(citizen, 256 * 1024 * 1024 + 1)
    assert (answer.status_code, problem(answer)) == (413, "too-large")


def test_an_empty_file_is_whole_when_it_is_created(citizen: Caller) -> None:
    answer = begin(citizen, 0)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "0")
    assert citizen.http.get(f"/files/{digest(b'')}").content == b""


def test_creation_takes_the_first_bytes_along(citizen: Caller) -> None:
    answer = begin(citizen, 10, b"abc")
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "3")
    assert send(citizen, answer.headers["location"], 3, b"defghij").headers["upload-offset"] == "10"
    whole = begin(citizen, 5, b"whole")
    assert whole.headers["upload-offset"] == "5"
    assert citizen.http.get(f"/files/{digest(b'whole')}").content == b"whole"


def test_first_bytes_that_are_refused_leave_the_upload_that_was_begun(citizen: Caller) -> None:
    answer = begin(citizen, 10, b"abc", Upload_Checksum=checksum("sha1", b"other"))
    assert (answer.status_code, problem(answer)) == (460, "checksum")
    assert offset_of(citizen, answer.headers["location"]) == 0


@pytest.mark.parametrize("offset", [0, 3, 5, 11])
def test_another_offset_changes_nothing(citizen: Caller, place: str, offset: int) -> None:
    send(citizen, place, 0, b"abcd")
    answer = send(citizen, place, offset, b"x")
    assert (answer.status_code, problem(answer)) == (409, "upload-offset")
    assert offset_of(citizen, place) == 4


@pytest.mark.parametrize("offset", [None, "", "-1", "0x0", "٠", "9" * 99])
def test_an_offset_must_be_said(citizen: Caller, place: str, offset: str | None) -> None:
    headers = {**TUS, "Content-Type": "application/offset+octet-stream"}
    said = [*headers.items()] + ([] if offset is None else [("Upload-Offset", offset.encode())])
    answer = citizen.http.patch(place, content=b"x", headers=said)
    assert (answer.status_code, problem(answer)) == (400, "invalid")


@pytest.mark.parametrize("media", ["application/octet-stream", "", "image/jpeg"])
def test_bytes_of_another_content_type_are_not_taken(citizen: Caller, place: str, media: str) -> None:
    answer = citizen.http.patch(place, content=b"x", headers={**TUS, "Content-Type": media, "Upload-Offset": "0"})
    assert (answer.status_code, problem(answer)) == (415, "unsupported-type")
    assert offset_of(citizen, place) == 0


def test_packed_bytes_are_not_taken(citizen: Caller, place: str) -> None:
    answer = send(citizen, place, 0, b"x", Content_Encoding="gzip")
    assert (answer.status_code, problem(answer)) == (415, "unsupported-type")


def test_more_than_was_announced_is_too_large(citizen: Caller, place: str) -> None:
    answer = send(citizen, place, 0, b"x" * 11)
    assert (answer.status_code, problem(answer)) == (413, "too-large")
    assert offset_of(citizen, place) == 0

    def chunked() -> object:
        yield b"abc"
        yield b"x" * 8

    headers = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    answer = citizen.http.patch(place, content=chunked(), headers=headers)  # type: ignore[arg-type] # a generator
    assert (answer.status_code, problem(answer)) == (413, "too-large")
    assert offset_of(citizen, place) <= 3


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_with_a_checksum_count_only_where_it_is_right(citizen: Caller, place: str, algorithm: str) -> None:
    wrong = send(citizen, place, 0, b"abcd", Upload_Checksum=checksum(algorithm, b"abce"))
    assert (wrong.status_code, problem(wrong)) == (460, "checksum")
    assert offset_of(citizen, place) == 0
    right = send(citizen, place, 0, b"abcd", Upload_Checksum=checksum(algorithm, b"abcd"))
    assert (right.status_code, right.headers["upload-offset"]) == (204, "4")


@pytest.mark.parametrize("said", [checksum("md5", b"abcd"), "sha1", "sha1 !", "", "crc32 AAAA"])
def test_a_checksum_that_cannot_be_checked_is_refused(citizen: Caller, place: str, said: str) -> None:
    answer = send(citizen, place, 0, b"abcd", Upload_Checksum=said)
    expected = (460, "checksum") if said == "sha1" else (400, "invalid")
    assert (answer.status_code, problem(answer)) == expected
    assert offset_of(citizen, place) == 0


def test_a_large_piece_with_a_checksum_waits_outside_of_memory(citizen: Caller) -> None:
    content = bytes(range(256)) * 16_384
    place = begin(citizen, 2 * len(content)).headers["location"]
    assert send(citizen, place, 0, content, Upload_Checksum=checksum("sha1", b"")).status_code == 460
    assert offset_of(citizen, place) == 0
    for at in (0, len(content)):
        assert send(citizen, place, at, content, Upload_Checksum=checksum("sha1", content)).status_code == 204
    assert citizen.http.get(f"/files/{digest(2 * content)}").content == 2 * content


def test_a_file_that_is_not_the_one_announced_is_refused_and_begins_again(citizen: Caller) -> None:
    place = begin(citizen, 10, Upload_Metadata=metadata(sha256=digest(b"announced!"))).headers["location"]
    assert send(citizen, place, 0, b"abcde").status_code == 204
    answer = send(citizen, place, 5, b"fghij")
    assert (answer.status_code, problem(answer)) == (460, "checksum")
    assert citizen.http.head(place, headers=TUS).status_code == 410
    assert problem(send(citizen, place, 0, b"announced!")) == "upload-gone"
    assert upload(citizen, b"announced!") == digest(b"announced!")


def test_an_upload_says_when_it_expires(citizen: Caller) -> None:
    begun = begin(citizen, 10)
    sent = send(citizen, begun.headers["location"], 0, b"abc")
    assert sent.headers["upload-expires"] == begun.headers["upload-expires"]
    left = parsedate_to_datetime(sent.headers["upload-expires"]) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


def test_an_ended_upload_is_gone(citizen: Caller, place: str) -> None:
    send(citizen, place, 0, b"abc")
    answer = citizen.http.delete(place, headers=TUS)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (204, "1.0.0")
    asked = citizen.http.head(place, headers=TUS)
    assert asked.status_code == 410
    assert "upload-offset" not in asked.headers
    assert problem(send(citizen, place, 3, b"d")) == "upload-gone"
    assert problem(citizen.http.delete(place, headers=TUS)) == "upload-gone"


def test_a_method_may_be_named_in_a_header(citizen: Caller, place: str) -> None:
    def override(method: str, **headers: str) -> httpx.Response:
        sent = {**TUS, "X-HTTP-Method-Override": method, **{n.replace("_", "-"): v for n, v in headers.items()}}
        return citizen.http.post(place, content=b"abcd" if method == "PATCH" else b"", headers=sent)

    sent = override("PATCH", Content_Type="application/offset+octet-stream", Upload_Offset="0")
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, "4")
    assert override("HEAD").headers["upload-offset"] == "4"
    assert override("DELETE").status_code == 204
    assert citizen.http.head(place, headers=TUS).status_code == 410


def test_an_upload_belongs_to_who_began_it(
    citizen: Caller, stranger: Caller, officer: Caller, nobody: Caller, place: str
) -> None:
    send(citizen, place, 0, b"abc")
    for who, status in ((stranger, 404), (officer, 404), (nobody, 401)):
        assert who.http.head(place, headers=TUS).status_code == status
        assert send(who, place, 3, b"d").status_code == status
        assert who.http.delete(place, headers=TUS).status_code == status
    assert begin(nobody, 3).status_code == 401
    assert offset_of(citizen, place) == 3
    assert stranger.http.head("/files/" + "0" * 36, headers=TUS).status_code == 404


def test_every_answer_to_a_tus_request_says_the_version(citizen: Caller, nobody: Caller, place: str) -> None:
    answers = [begin(nobody, 1), begin(citizen, 1), send(citizen, place, 4, b"x"), send(citizen, place, 0, b"x")]
    answers += [citizen.http.head("/files/nothing", headers=TUS), citizen.http.delete(place, headers=TUS)]
    assert {answer.headers.get("tus-resumable") for answer in answers} == {"1.0.0"}


def test_a_change_from_another_site_is_refused_whatever_method_it_names(citizen: Caller, place: str) -> None:
    headers = {**TUS, "X-HTTP-Method-Override": "DELETE", "Origin": "https://elsewhere.example"}
    assert citizen.http.get(place, headers=headers).status_code == 403
    assert citizen.http.post(place, headers=headers).status_code == 403
    assert offset_of(citizen, place) == 0


def test_a_name_as_long_as_a_digest_that_is_none_leads_nowhere(citizen: Caller) -> None:
    for method in ("HEAD", "GET"):
        assert citizen.http.request(method, "/files/" + "z" * 64).status_code == 404
