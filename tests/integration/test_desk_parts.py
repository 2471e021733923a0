"""What a script asks for in place of a page: the parts that are different, and nothing else; the page works without."""

import re
from typing import Any

import httpx
import pytest

from tests.bench.submission import answers
from tests.integration.caller import Caller, patch
from tests.integration.test_desk import page


@pytest.fixture(scope="session")
def values(nobody: Caller) -> dict[str, Any]:
    return answers(nobody.http.get("/forms/1.004873").content)[1]


@pytest.fixture
def dossier(citizen: Caller, values: dict[str, Any]) -> str:
    return citizen.submitted(values)[0]


def asks(officer: Caller, path: str, source: str = "form#take-receive", **said: str) -> httpx.Response:
    headers = {
        "HX-Request": "true", "HX-Request-Type": "partial", "HX-Source": source, "HX-Target": "div#said",
        "Accept": "text/html",
    }  # fmt: skip
    return officer.http.post(path, data=said, headers=headers)


def rev_of(officer: Caller, dossier: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', page(officer, f"/desk/d/{dossier}").text)[0]


def places(answer: httpx.Response) -> list[str]:
    return re.findall(r'<hx-partial hx-target="#([^"]+)"', answer.text)


def test_a_step_answers_the_parts_that_are_different_and_what_became_of_it(officer: Caller, dossier: str) -> None:
    rev = rev_of(officer, dossier)
    answer = asks(officer, f"/desk/d/{dossier}/receive", seen=rev, state="1", rev=rev)
    assert answer.status_code == 200
    assert places(answer) == ["part-head", "part-steps", "part-life", "said"]
    assert "<html" not in answer.text
    assert "Được tiếp nhận" in answer.text


def test_a_page_that_shows_an_older_state_gets_every_part(officer: Caller, citizen: Caller, dossier: str) -> None:
    rev = rev_of(officer, dossier)
    assert citizen.push(patch(dossier, {"applicant.phone": "0912345678"}))[0]["outcome"] == "applied"
    answer = asks(officer, f"/desk/d/{dossier}/notes", "form#add-note-0", seen=rev, text="Một lời")
    assert len(places(answer)) == 9
    assert "0912345678" in answer.text


def test_what_makes_no_op_is_said_at_the_form_it_came_from(officer: Caller, dossier: str) -> None:
    answer = asks(officer, f"/desk/d/{dossier}/notes", "form#add-note-0", seen=rev_of(officer, dossier), text=" ")
    assert (answer.status_code, places(answer)) == (422, ["add-note-0-said"])
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("source", ["form#no-such-form", 'form#"><script>', "form", "form#" + "a" * 300])
def test_a_form_that_is_not_in_the_page_is_answered_on_top(officer: Caller, dossier: str, source: str) -> None:
    answer = asks(officer, f"/desk/d/{dossier}/notes", source, seen=rev_of(officer, dossier), text="")
    assert (answer.status_code, places(answer)) == (422, ["said"])
    assert "<script>" not in answer.text


def test_the_inbox_answers_its_list_alone_and_further_rows_alone(officer: Caller, dossier: str) -> None:
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#work"}
    work = officer.http.get("/desk?viec=all", headers=htmx).text
    assert "<html" not in work
    assert 'class="filters"' in work
    assert dossier in work
    rows = officer.http.get("/desk?viec=all", headers={**htmx, "HX-Target": "p#more"}).text
    assert 'class="filters"' not in rows
    assert dossier in rows
    again = officer.http.get("/desk?viec=all", headers={**htmx, "HX-History-Restore-Request": "true"}).text
    assert "<html" in again, "history is a whole page"
    found = officer.http.post("/desk/tim", data={"q": "phuong hoang"}, headers=htmx).text
    assert "<html" not in found
    assert dossier in found


def test_a_dossier_that_a_step_moved_out_of_sight_leads_back_to_the_inbox(
    office: Any, citizen: Caller, dossier: str
) -> None:
    head = Caller.signed_in(office, "head-06154")
    said = {"state": "1", "rev": rev_of(head, dossier), "unit": "06151", "reason": "nhầm xã"}
    answer = asks(head, f"/desk/d/{dossier}/steps/transfer", "form#take-transfer", seen=said["rev"], **said)
    assert answer.headers["hx-redirect"] == "/desk?xong=desk.done.moved"
    assert page(head, f"/desk/d/{dossier}").status_code == 404
