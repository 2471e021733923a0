"""What an officer sees of the papers, that each look is recorded, and that the list of files on the way is right."""

import io
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from PIL import Image

from e2e.office import Office
from tests.bench.submission import answers
from tests.integration.caller import Caller, op
from tests.integration.tus import attach, begin, digest, files_of, metadata, pdf, picture, send, sent_in, upload


@pytest.fixture(scope="module")
def values(citizen: Caller) -> dict[str, Any]:
    found: dict[str, Any] = answers(citizen.http.get("/forms/1.004873").content)[1]
    return found


def page(officer: Caller, dossier: str) -> str:
    answer = officer.http.get(f"/desk/d/{dossier}")
    assert answer.status_code == 200, answer.text
    return answer.text


def stands(html: str) -> list[str]:
    return re.findall(r'<li data-file="[^"]+" data-state="([a-z]+)"', html)


def on_the_way(officer: Caller, dossier: str) -> bool:
    """Return whether the list of files on the way has a dossier; its first page may be full of others."""
    address: str | None = "/desk?viec=files"
    while address is not None:
        html = officer.http.get(address).text
        if dossier in html:
            return True
        onward = re.search(r'<p id="more"><a class="action" href="([^"]+)"', html)
        address = onward[1].replace("&amp;", "&") if onward else None
    return False


def looks(office: Office, dossier: str) -> list[str | None]:
    """Return whose looks at a dossier are recorded, each as the file's digest or null for the page."""
    with closing(sqlite3.connect(office.data / "motcua.db")) as conn:
        rows = conn.execute(
            "SELECT lower(hex(file)) FROM looked JOIN person ON person.id = looked.person"
            " WHERE dossier = ? AND user = 'officer-06154' ORDER BY looked.n",
            (bytes.fromhex(dossier.replace("-", "")),),
        ).fetchall()
    return [row[0] or None for row in rows]


def test_each_file_shows_how_far_it_is(citizen: Caller, officer: Caller, values: dict[str, Any]) -> None:
    whole, part, awaited, bad = (picture(seed) for seed in range(7_000, 7_004))
    bad = bad[:900]
    dossier = sent_in(citizen, values, whole, part, awaited, bad)
    upload(citizen, whole)
    upload(citizen, bad)
    begin(citizen, len(part), part[: len(part) // 2], Upload_Metadata=metadata(sha256=digest(part)))
    html = page(officer, dossier)
    assert sorted(stands(html)) == ["arriving", "awaited", "bad", "verified"]
    assert re.findall(r"/files/([0-9a-f]{64})/thumb", html) == [digest(whole)], "only what is whole has a picture"
    assert re.search(r'<progress max="100" value="(49|50)"', html)
    assert "tệp hỏng" in html


def test_a_paper_of_several_pages_says_how_many_and_each_is_drawn(
    office: Office, citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    content = pdf(pages=3, seed=71)
    dossier = sent_in(citizen, values)
    citizen.push(attach(dossier, content, media="application/pdf"))
    upload(citizen, content)
    html = page(officer, dossier)
    assert "PDF, 3 trang" in html
    opened = re.search(rf'href="(/desk/d/{dossier}/giay/[^"]+)"', html)
    assert opened is not None
    drawn = re.findall(r'<img src="(/files/[0-9a-f]{64}/pages/\d+)"', officer.http.get(opened[1]).text)
    assert [each.rpartition("/")[2] for each in drawn] == ["1", "2", "3"]
    answer = officer.http.get(drawn[1])
    with Image.open(io.BytesIO(answer.content)) as picture_of_page:
        assert (picture_of_page.format, max(picture_of_page.size)) == ("JPEG", 1_500)
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert looks(office, dossier) == [None, digest(content)], "a drawn page is a look at the file"
    for number in ("0", "4", "99999999999999999999", "x"):
        assert officer.http.get(f"/files/{digest(content)}/pages/{number}").status_code == 404
    upload(citizen, other := picture(7_005))
    assert citizen.http.get(f"/files/{digest(other)}/pages/1").status_code == 404, "a picture has no pages"


def test_a_page_opens_beside_the_values_and_leads_to_the_next(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    contents = [picture(seed) for seed in (7_010, 7_011)]
    dossier = sent_in(citizen, values, *contents)
    for content in contents:
        upload(citizen, content)
    first, second = re.findall(rf'href="(/desk/d/{dossier}/giay/[^"]+)"', page(officer, dossier))
    html = officer.http.get(first).text
    assert {f'rel="next" href="{second}"' in html, "data-path=" in html} == {True}
    assert 'rel="prev"' not in html
    address = re.search(r'<img src="(/files/[0-9a-f]{64})"', html)
    assert address is not None
    answer = officer.http.get(address[1])
    assert answer.content in contents
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    other = sent_in(citizen, values)
    assert officer.http.get(first.replace(dossier, other)).status_code == 404, "it is not a page of that dossier"


def test_who_looked_at_which_file_is_recorded(
    office: Office, citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    content = picture(7_020)
    dossier, other = sent_in(citizen, values, content), sent_in(citizen, values, content)
    upload(citizen, content)
    citizen.http.get(f"/files/{digest(content)}")
    assert looks(office, dossier) == [], "one's own file is no look"
    officer.http.get(f"/files/{digest(content)}/thumb")
    assert looks(office, dossier) == [None]
    for _ in range(2):
        officer.http.get(f"/files/{digest(content)}", headers={"Range": "bytes=0-9"})
    assert looks(office, dossier) == looks(office, other) == [None, digest(content)]
    third = picture(7_021)
    seen = sent_in(citizen, values, third)
    upload(citizen, third)
    page(officer, seen)
    officer.http.get(f"/files/{digest(third)}/thumb")
    assert looks(office, seen) == [None], "a small picture is a part of the page"


def test_the_list_of_files_on_the_way_has_what_waits_and_nothing_else(
    citizen: Caller, officer: Caller, values: dict[str, Any]
) -> None:
    content, broken, third = picture(7_030), picture(7_031)[:900], picture(7_032)
    assert not on_the_way(officer, sent_in(citizen, values))
    dossier = sent_in(citizen, values, content, broken, third)
    assert on_the_way(officer, dossier)
    place = begin(citizen, len(content), content[:99], Upload_Metadata=metadata(sha256=digest(content)))
    upload(citizen, broken)
    assert on_the_way(officer, dossier), "one has begun to come, one never did"
    named = next(file for file in files_of(citizen, dossier) if file["sha256"] == digest(third))
    citizen.push(op("detach", dossier, slot=named["slot"], saw=[named["op"]]))
    assert on_the_way(officer, dossier)
    send(citizen, place.headers["location"], 99, content[99:])
    assert not on_the_way(officer, dossier), "a bad file comes no more, and a detached one is not waited for"


def test_a_dossier_that_is_over_waits_for_no_file(citizen: Caller, officer: Caller, values: dict[str, Any]) -> None:
    dossier = sent_in(citizen, values, picture(7_040))
    assert on_the_way(officer, dossier)
    rejected = op("command", dossier, name="reject", expect={"state": "1"}, args={"reason": "Không thuộc thẩm quyền"})
    assert officer.push(rejected)[0]["outcome"] == "applied"
    assert not on_the_way(officer, dossier)
