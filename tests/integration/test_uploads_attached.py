"""An ``attach`` meets its file, in whichever order they come, and everybody who sees the dossier learns it."""

from typing import Any

import pytest

from tests.bench.submission import answers
from tests.integration.caller import Caller, op
from tests.integration.tus import (
    TUS,
    attach,
    begin,
    begun,
    cursor_now,
    digest,
    files_of,
    metadata,
    offset_of,
    pdf,
    picture,
    send,
    sent_in,
    statuses,
    upload,
)


@pytest.fixture(scope="session")
def values(citizen: Caller) -> dict[str, Any]:
    found: dict[str, Any] = answers(citizen.http.get("/forms/1.004873").content)[1]
    return found


def test_an_attach_before_its_file_waits_and_is_verified_when_it_comes(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    content = picture(1)
    dossier = sent_in(citizen, values, content)
    cursors = {who: cursor_now(who) for who in (citizen, officer)}
    assert statuses(officer, dossier) == ["awaited"]
    upload(citizen, content)
    for who, cursor in cursors.items():
        page = who.pull(cursor)
        changed = next(each for each in page["dossiers"] if each["id"] == dossier)
        assert "whole" not in changed
        assert changed.get("cells", {}) == {}
        assert [(f["status"], f["received"]) for f in changed["attachments"]] == [("verified", len(content))]


def test_a_file_before_its_attach_is_verified_at_once(citizen: Caller) -> None:
    content = picture(2)
    upload(citizen, content)
    assert statuses(citizen, begun(citizen, content)) == ["verified"]


def test_the_first_bytes_are_news_and_raise_no_rev(citizen: Caller) -> None:
    content = picture(3)
    dossier = begun(citizen, content)
    before, cursor = citizen.sees(dossier), cursor_now(citizen)
    said = metadata(sha256=digest(content))
    place = begin(citizen, len(content), Upload_Metadata=said).headers["location"]
    assert citizen.pull(cursor)["dossiers"] == []
    send(citizen, place, 0, content[:1000])
    page = citizen.pull(cursor)
    assert [(f["status"], f["received"]) for f in page["dossiers"][0]["attachments"]] == [("arriving", 1000)]
    assert before is not None
    assert page["dossiers"][0]["rev"] == before["rev"]
    send(citizen, place, 1000, content[1000:2000])
    assert citizen.pull(page["cursor"])["dossiers"] == [], "further bytes are no change of status"
    assert files_of(citizen, dossier)[0]["received"] == 2000
    send(citizen, place, 2000, content[2000:])
    assert [f["status"] for f in citizen.pull(page["cursor"])["dossiers"][0]["attachments"]] == ["verified"]


def test_a_file_sent_without_its_digest_is_met_when_it_is_known(citizen: Caller) -> None:
    content = picture(4)
    dossier = begun(citizen, content)
    begin(citizen, len(content), content)
    assert statuses(citizen, dossier) == ["verified"]


def test_one_file_fills_every_slot_that_names_it(citizen: Caller) -> None:
    content = picture(5)
    first, second = begun(citizen, content, content), begun(citizen, content)
    upload(citizen, content)
    assert statuses(citizen, first) == ["verified", "verified"]
    assert statuses(citizen, second) == ["verified"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!doctype html><html><script>alert(1)</script></html>", "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type"),
        (b"MZ\x90\x00" + bytes(200), "type"),
        (b"GIF89a" + bytes(100), "type"),
        (b"no type at all", "type"),
        (b"", "type"),
        (picture(6)[:700], "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>" * 20, "unreadable"),
        (b"%PDF-1.7\nnothing of a PDF", "unreadable"),
    ],
)
def test_what_is_no_picture_or_paper_is_bad_whatever_it_is_called(citizen: Caller, content: bytes, why: str) -> None:
    content = content and content + str(len(content)).encode()
    dossier = begun(citizen, content, media="image/jpeg", name="photo.jpg")
    upload(citizen, content, filetype="image/jpeg", filename="photo.jpg")
    file = files_of(citizen, dossier)[0]
    assert (file["status"], file["why"]) == ("bad", why)


def test_a_bad_file_is_served_to_nobody(citizen: Caller, officer: Caller, values: dict[str, Any]) -> None:
    content = picture(7)[:900]
    dossier = sent_in(citizen, values, content)
    upload(citizen, content)
    assert statuses(officer, dossier) == ["bad"]
    assert officer.http.get(f"/files/{digest(content)}").status_code == 404


def test_a_wrong_number_of_bytes_is_bad(citizen: Caller) -> None:
    content = picture(8)
    dossier = begun(citizen, content, bytes=len(content) + 1)
    upload(citizen, content)
    assert files_of(citizen, dossier)[0]["why"] == "size"


def test_more_than_the_slot_takes_is_bad(citizen: Caller) -> None:
    content = picture(9) + bytes(6_291_456)
    dossier = begun(citizen, content)
    upload(citizen, content)
    assert files_of(citizen, dossier)[0]["why"] == "too-large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_of_each_kind_get_a_thumbnail(citizen: Caller, kind: str) -> None:
    content = picture(10, kind=kind)
    dossier = begun(citizen, content)
    assert citizen.http.get(f"/files/{upload(citizen, content)}").headers["content-type"] == f"image/{kind.lower()}"
    assert statuses(citizen, dossier) == ["verified"]
    thumb = citizen.http.get(f"/files/{digest(content)}/thumb")
    assert (thumb.status_code, thumb.headers["content-type"]) == (200, "image/jpeg")
    assert thumb.content[:2] == b"\xff\xd8"


def test_a_pdf_is_a_paper_with_a_thumbnail(citizen: Caller) -> None:
    content = pdf(pages=3, seed=1)
    dossier = begun(citizen, content, media="application/pdf")
    got = citizen.http.get(f"/files/{upload(citizen, content)}")
    assert (got.headers["content-type"], got.content) == ("application/pdf", content)
    assert statuses(citizen, dossier) == ["verified"]
    assert citizen.http.get(f"/files/{digest(content)}/thumb").status_code == 200


def test_two_devices_finishing_the_same_file_both_succeed(citizen: Caller) -> None:
    content = picture(11)
    dossier = begun(citizen, content)
    said = metadata(sha256=digest(content))
    places = [begin(citizen, len(content), Upload_Metadata=said).headers["location"] for _ in range(2)]
    for place in places:
        assert send(citizen, place, 0, content[:-1]).status_code == 204
    for place in places:
        assert send(citizen, place, len(content) - 1, content[-1:]).status_code == 204
        assert offset_of(citizen, place) == len(content)
    assert statuses(citizen, dossier) == ["verified"]
    assert citizen.http.get(f"/files/{digest(content)}").content == content


def test_a_detached_page_is_no_longer_listed_and_its_file_may_still_come(citizen: Caller) -> None:
    content, other = picture(12), picture(13)
    dossier = begun(citizen, content, other)
    named = files_of(citizen, dossier)[0]
    citizen.push(op("detach", dossier, slot=named["slot"], saw=[named["op"]]))
    upload(citizen, content)
    upload(citizen, other)
    assert [(f["sha256"], f["status"]) for f in files_of(citizen, dossier)] == [(digest(other), "verified")]


def test_files_still_come_for_a_dossier_that_was_withdrawn(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    content = picture(14)
    dossier = sent_in(citizen, values, content)
    place = begin(citizen, len(content), content[:99], Upload_Metadata=metadata(sha256=digest(content)))
    withdrawn = citizen.push(op("withdraw", dossier, expect={"state": "1"}, reason="…"))
    assert withdrawn[0]["outcome"] == "applied"
    assert send(citizen, place.headers["location"], 99, content[99:]).status_code == 204
    found = officer.sees(dossier)
    assert found is not None
    assert (found["state"], [f["status"] for f in found["attachments"]]) == ("7", ["verified"])


def test_names_are_words_and_never_places(citizen: Caller) -> None:
    for number, name in enumerate(["../../etc/passwd", "a\x00b", "x" * 4_000, "\u202egpj.exe", ".."]):
        content = picture(20 + number)
        dossier = begun(citizen, content, name=name)
        upload(citizen, content, filename=name)
        assert [(f["name"], f["status"]) for f in files_of(citizen, dossier)] == [(name, "verified")]
        served = citizen.http.get(f"/files/{digest(content)}")
        assert served.headers["content-disposition"] == f'attachment; filename="{digest(content)[:12]}.jpg"'


def test_a_name_of_more_than_4000_characters_is_malformed(citizen: Caller) -> None:
    content = picture(30)
    dossier = begun(citizen)
    result = citizen.push(attach(dossier, content, name="x" * 4_001))[0]
    assert result["outcome"] == "refused"
    assert begin(citizen, 3, Upload_Metadata=metadata(filename="x" * 30_000)).status_code == 400
    assert citizen.http.head("/files/../../etc/passwd", headers=TUS).status_code in (404, 405)
