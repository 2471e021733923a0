"""Who may see a file, what a probe tells, and that a hash opens nothing."""

from typing import Any

import pytest

from tests.bench.submission import answers
from tests.integration.caller import Caller, problem
from tests.integration.tus import begin, begun, digest, metadata, picture, send, sent_in, statuses, upload


@pytest.fixture(scope="session")
def values(citizen: Caller) -> dict[str, Any]:
    found: dict[str, Any] = answers(citizen.http.get("/forms/1.004873").content)[1]
    return found


def probed(who: Caller, content: bytes) -> Any:
    answer = who.http.post("/files/probe", json={"sha256": [digest(content)]})
    assert answer.status_code == 200, answer.text
    return answer.json()[digest(content)]


def test_a_file_is_seen_by_who_sent_it_and_who_sees_its_dossier(
    citizen: Caller, stranger: Caller, officer: Caller, nobody: Caller, values: dict[str, Any]
) -> None:
    content = picture(1_000)
    upload(citizen, content)
    for who, status in ((citizen, 200), (stranger, 404), (officer, 404), (nobody, 401)):
        assert who.http.get(f"/files/{digest(content)}").status_code == status
    begun(citizen, content)
    assert officer.http.get(f"/files/{digest(content)}").status_code == 404, "a draft is its author's alone"
    sent_in(citizen, values, content)
    assert officer.http.get(f"/files/{digest(content)}").content == content
    assert (probed(officer, content), probed(stranger, content)) == ("have", "need")
    assert stranger.http.get(f"/files/{digest(content)}/thumb").status_code == 404


def test_a_hash_opens_nothing(citizen: Caller, stranger: Caller) -> None:
    """Somebody who learned the hash of another person's paper names it in a dossier of their own."""
    content = picture(1_001)
    begun(citizen, content)
    upload(citizen, content)
    mine = begun(stranger, content)
    assert statuses(stranger, mine) == ["awaited"]
    assert probed(stranger, content) == "need"
    assert problem(stranger.http.get(f"/files/{digest(content)}")) == "not-found"
    upload(stranger, content)
    assert statuses(stranger, mine) == ["verified"]
    assert probed(stranger, content) == "have"


def test_somebody_elses_upload_fills_only_dossiers_they_may_see(citizen: Caller, stranger: Caller) -> None:
    content = picture(1_002)
    dossier = begun(citizen, content)
    upload(stranger, content)
    assert statuses(citizen, dossier) == ["awaited"]
    upload(citizen, content)
    assert statuses(citizen, dossier) == ["verified"]


def test_a_file_that_is_here_already_meets_what_waits_for_it_when_it_is_asked_about(
    citizen: Caller, stranger: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    """It came from somebody who does not see that dossier; who sees both is told ``have`` and sends nothing."""
    content = picture(1_104)
    waiting = sent_in(stranger, values, content)
    upload(citizen, content)
    sent_in(citizen, values, content)
    assert statuses(officer, waiting) == ["awaited"]
    assert probed(officer, content) == "have"
    assert statuses(officer, waiting) == ["verified"]


def test_a_part_is_told_only_to_who_sends_it(citizen: Caller, stranger: Caller) -> None:
    content = picture(1_003)
    place = begin(citizen, len(content), Upload_Metadata=metadata(sha256=digest(content))).headers["location"]
    assert probed(citizen, content) == {"partial": place, "offset": 0}
    send(citizen, place, 0, content[:500])
    assert probed(citizen, content) == {"partial": place, "offset": 500}
    assert probed(stranger, content) == "need"


def test_a_probe_is_bounded_and_reads_hashes_only(citizen: Caller, nobody: Caller) -> None:
    for asked in (
        {"sha256": ["x"]},
        {"sha256": "a" * 64},
        {},
        {"sha256": ["a" * 64] * 1_001},
        {"sha256": ["A" * 64]},
        [],
    ):
        assert problem(citizen.http.post("/files/probe", json=asked)) == "invalid"
    assert citizen.http.post("/files/probe", json={"sha256": []}).json() == {}
    assert nobody.http.post("/files/probe", json={"sha256": []}).status_code == 401


def test_a_file_never_acts_and_says_its_own_type(citizen: Caller) -> None:
    content = picture(1_004) + b"<html><script>alert(document.cookie)</script></html>"
    upload(citizen, content, filetype="text/html", filename='x.html"; filename=y.html')
    answer = citizen.http.get(f"/files/{digest(content)}")
    assert answer.content == content
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "html" not in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("content", [b"<html><script>1</script>", b"<svg onload='1'/>", b"plain", b"GIF89a<script>"])
def test_what_is_no_picture_is_never_served_as_what_it_is(citizen: Caller, content: bytes) -> None:
    upload(citizen, content, filetype="image/jpeg")
    assert citizen.http.get(f"/files/{digest(content)}").headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", (0, 10)), ("bytes=10-", (10, 100)), ("bytes=-7", (93, 100)), ("bytes=99-500", (99, 100)),
        ("bytes=-500", (0, 100)), ("BYTES=3-3", (3, 4)),
    ],
)  # fmt: skip
def test_a_range_is_answered_with_that_part(citizen: Caller, asked: str, part: tuple[int, int]) -> None:
    content = bytes(range(100))
    upload(citizen, content)
    answer = citizen.http.get(f"/files/{digest(content)}", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, content[part[0] : part[1]])
    assert answer.headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/100"
    assert answer.headers["content-length"] == str(part[1] - part[0])


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_range_beyond_the_file_is_not_satisfiable(citizen: Caller, asked: str) -> None:
    content = bytes(range(100))
    upload(citizen, content)
    answer = citizen.http.get(f"/files/{digest(content)}", headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */100")


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=0-1,3-4", "bytes=", "items=0-1", "bytes=a-b", "bytes=٣-٤"])
def test_a_range_that_cannot_be_read_is_answered_with_the_whole(citizen: Caller, asked: str) -> None:
    content = bytes(range(100))
    upload(citizen, content)
    answer = citizen.http.get(f"/files/{digest(content)}", headers=[("Range", asked.encode())])
    assert (answer.status_code, answer.content) == (200, content)


def test_a_part_is_sent_only_of_the_file_that_was_meant(citizen: Caller) -> None:
    content = bytes(range(100))
    upload(citizen, content)
    headers = {"Range": "bytes=0-9", "If-Range": f'"{digest(content)}"'}
    assert citizen.http.get(f"/files/{digest(content)}", headers=headers).status_code == 206
    headers["If-Range"] = '"another"'
    assert citizen.http.get(f"/files/{digest(content)}", headers=headers).status_code == 200
    head = citizen.http.head(f"/files/{digest(content)}")
    assert (head.status_code, head.headers["content-length"], head.headers["accept-ranges"]) == (200, "100", "bytes")


@pytest.mark.parametrize("name", ["nothing", "0" * 64, "G" * 64, "a" * 63, "%2e%2e%2fmotcua.db", "probe"])
def test_what_is_not_there_is_not_found(citizen: Caller, name: str) -> None:
    assert citizen.http.get(f"/files/{name}").status_code in (404, 405)
