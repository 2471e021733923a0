"""An officer is moved while their tablet is away: its work waits at the desk for a head, who takes it or not."""

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.integration.caller import UNIT, Caller, create, new_id, patch, submit
from tests.integration.rights import BEHALF, VALUES
from tests.integration.test_claims import announced, slip
from tests.integration.test_commands import motcua


@pytest.fixture
def moved(office: Any) -> Caller:
    """An officer who was of the unit until a moment ago."""
    who = f"officer-{new_id()}"

    def said(*words: str) -> Any:
        return json.loads(motcua(*words, "--data", str(office.data), "--json").stdout)

    said("officer", "add", "--id", who, "--unit", UNIT)
    token = said("token", "--officer", who)[0]["token"]
    said("officer", "move", "--id", who, "--unit", "06151")
    return Caller(office.address, token)


@pytest.fixture
def head(office: Any) -> Caller:
    return Caller.signed_in(office, f"head-{UNIT}")


def sent(officer: Caller) -> tuple[str, list[dict[str, Any]]]:
    dossier = new_id()
    begin, write = create(dossier, channel="field", on_behalf=BEHALF), patch(dossier, VALUES)
    return dossier, officer.push(begin, write, submit(dossier, begin, write))


def shown(who: Caller, path: str) -> str:
    answer = who.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def listed(who: Caller, name: str) -> list[str]:
    return re.findall(r'data-dossier="([^"]+)"', shown(who, f"/desk?viec={name}"))


def test_it_waits_on_the_desk_and_a_head_takes_it(
    moved: Caller, head: Caller, officer: Caller, stranger: Caller
) -> None:
    dossier, results = sent(moved)
    assert [(each["outcome"], each.get("reason")) for each in results][2] == ("held", "right-lost")
    given = slip(dossier)
    assert announced(moved, given) == ["kept"]
    assert dossier in listed(head, "held")
    assert dossier not in listed(head, "decide")
    assert dossier in [json.loads(line).get("id") for line in head.http.get("/sync/v1/snapshot").text.splitlines()]
    page = shown(head, f"/desk/d/{dossier}")
    assert "Gửi hồ sơ" in page
    assert 'data-action="accept"' in page
    asked = {"op": results[2]["id"], "reason": ""}
    no = officer.http.post(f"/desk/d/{dossier}/accept", data=asked)
    assert "forbidden-op" in no.headers["location"]
    assert "applied" in head.http.post(f"/desk/d/{dossier}/accept", data=asked).headers["location"]
    assert dossier in listed(head, "decide")
    assert dossier not in listed(head, "held")
    again = moved.push(submit(dossier))
    assert again[0]["outcome"] == "refused"
    assert stranger.http.post("/claims", json={"code": f"{given['code']}-{given['secret']}"}).status_code == 200


def test_a_head_declines_it_with_a_reason_and_it_is_nobodys_work_again(moved: Caller, head: Caller) -> None:
    dossier, results = sent(moved)
    cursor = moved.pull()["cursor"]
    said = {"op": results[2]["id"], "reason": "Đã nhận ở quầy"}
    head.http.post(f"/desk/d/{dossier}/decline", data=said)
    told = moved.pull(cursor)["outcomes"]
    assert [(each["outcome"], each["officer_reason"]) for each in told] == [("refused", "Đã nhận ở quầy")]
    assert dossier not in listed(head, "held") + listed(head, "all")
    assert head.http.get(f"/desk/d/{dossier}").status_code == 404
    assert (moved.sees(dossier) or {})["state"] == "draft"


def test_each_unit_of_an_officer_gets_its_own_and_a_third_gets_what_is_received_for_it(
    office: Any, head: Caller
) -> None:
    who = f"officer-{new_id()}"
    said: dict[str, Any] = {}
    for words in (
        ("officer", "add", "--id", who, "--unit", UNIT),
        ("officer", "add", "--id", who, "--unit", "06151"),
        ("officer", "add", "--id", who, "--unit", "05977", "--role", "inspector"),
        ("token", "--officer", who),
    ):
        said[words[0]] = json.loads(motcua(*words, "--data", str(office.data), "--json").stdout)
    officer = Caller(office.address, said["token"][0]["token"])
    for unit in (UNIT, "06151", "05977", "06187"):
        dossier = new_id()
        begin, write = create(dossier, channel="field", on_behalf=BEHALF, unit=unit), patch(dossier, VALUES)
        results = officer.push(begin, write, submit(dossier, begin, write))
        assert [each["outcome"] for each in results] == ["applied"] * 3, unit
        there = Caller.signed_in(office, f"head-{unit}")
        assert dossier in listed(there, "decide")
        assert (dossier in listed(head, "all")) == (unit == UNIT)
