"""Whatever headers and bodies come, the answer is a problem document and never a 5xx, and the next upload works."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.caller import Caller
from tests.integration.tus import begin, digest, offset_of, picture, upload

SLOW = settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)

#: What may stand in a header on the wire: no control characters, or the client itself refuses to send it.
values = st.one_of(
    st.sampled_from([
        b"", b"0", b"-1", b"1", b"5", b"1e9", b"0x1", b"9" * 30, b"268435456", b"268435457", b"\xd9\xa3", b"nan",
        b"1, 2",
        b"1.0.0", b"application/offset+octet-stream", b"application/json", b"gzip", b"sha1 AAAA", b"sha1 !",
        b"md5 AAAA", b"filename !!", b"sha256 YQ==", b"a YQ==,a YQ==", b",,,", b"PATCH", b"DELETE", b"GET",
        b"bytes=0-1",
        b"../../etc/passwd", b"*", b"\xff\xfe",
    ]),
    st.binary(max_size=40).map(lambda raw: bytes(b for b in raw if b > 0x20 and b != 0x7F)),
)  # fmt: skip
names = st.sampled_from([
    "Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum", "Upload-Defer-Length",
    "Upload-Concat", "Content-Type", "Content-Encoding", "X-HTTP-Method-Override", "Range", "If-Range",
    "Expect-Nothing",
])  # fmt: skip


def plain(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD" and answer.content:
        assert answer.headers["content-type"] == "application/problem+json", answer.text


@given(
    method=st.sampled_from(["POST", "PATCH", "HEAD", "DELETE", "GET", "OPTIONS", "PUT"]),
    headers=st.dictionaries(names, values, max_size=6),
    version=st.sampled_from([b"1.0.0", None]),
    body=st.binary(max_size=30),
    where=st.sampled_from(["upload", "collection", "file", "probe", "nothing", "thumb"]),
)
@SLOW
def test_no_header_breaks_the_server(
    citizen: Caller, method: str, headers: dict[str, bytes], version: bytes | None, body: bytes, where: str
) -> None:
    content = bytes(20)
    places: dict[str, Any] = {
        "collection": "/files/", "probe": "/files/probe", "nothing": "/files/x", "file": f"/files/{digest(content)}",
        "thumb": f"/files/{digest(content)}/thumb",
    }  # fmt: skip
    place = begin(citizen, 20).headers["location"] if where == "upload" else places[where]
    said: list[tuple[str, bytes]] = [*headers.items()]
    if version is not None and "Tus-Resumable" not in headers:
        said.append(("Tus-Resumable", version))
    plain(citizen.http.request(method, place, content=body, headers=said))


def test_the_server_still_takes_files_after_that(citizen: Caller) -> None:
    content = picture(2_000)
    upload(citizen, content)
    assert citizen.http.get(f"/files/{digest(content)}").content == content
    place = begin(citizen, 5).headers["location"]
    assert offset_of(citizen, place) == 0
