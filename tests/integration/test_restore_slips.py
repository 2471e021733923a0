"""A restore and what officers gave out: codes, claims, accounts begun for others. A tablet tells of them again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.office import Office
from tests.integration.caller import UNIT, Caller, new_id, problem
from tests.integration.rights import BEHALF
from tests.integration.tablet import Tablet
from tests.integration.test_assisted import GOOD, finishing
from tests.integration.test_claims import announced, asked, claiming, drawn, slip
from tests.integration.test_restore import backed_up, restored

WHO = {"name": "Lý Văn Bình", "citizen_id": BEHALF["citizen_id"], "phone": None}
ANOTHER = {**BEHALF, "citizen_id": "999086004321"}
ROLE = (UNIT, "counter")
LOST = ("slips", "claims", "assisted", "finished")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path / "data") as office:
        yield office


@pytest.fixture
def tablet(running: Office) -> Iterator[Tablet]:
    with Tablet(running) as made:
        made.sign("officer", Caller.signed_in(running, f"officer-{UNIT}"), ROLE)
        made.does("drain", "officer")
        yield made


def gone_back(office: Office, file: Path) -> dict[str, Any]:
    """Stop the server, restore, start it again; return what the restore said."""
    office.stop()
    said = restored(office, file)
    office.start()
    return said


def whole(given: dict[str, Any]) -> str:
    return f"{given['code']}-{given['secret']}"


def kept_in(tablet: Tablet, dossier: str) -> tuple[str, str]:
    told = tablet.does("seen", "officer")["kept"]["handovers"][dossier]
    return told["state"], told["epoch"]


def test_what_was_given_out_after_the_backup_is_told_claimed_and_finished_again(
    running: Office, tablet: Tablet, tmp_path: Path
) -> None:
    citizen, other = Caller.signed_in(running, "demo-1"), Caller.signed_in(running, "demo-2")
    elsewhere = Caller.signed_in(running, "officer-06151")
    tablet.sign("citizen", citizen)
    tablet.does("drain", "citizen")
    backed_up(running, tmp_path / "backup")
    account = tablet.does("begin", "officer", who=WHO)
    claimed, hers, refused = (
        tablet.take_in("officer", on_behalf=ANOTHER),
        tablet.take_in("officer"),
        tablet.take_in("officer"),
    )
    given = {each: tablet.does("code", "officer", dossier=each) for each in (claimed, hers, refused)}
    in_the_way = slip(new_id(), code=given[refused]["code"])
    assert announced(elsewhere, in_the_way) == ["waiting"]
    tablet.does("drain", "officer")
    assert [kept_in(tablet, each) for each in given] == [("kept", "e1"), ("kept", "e1"), ("refused", "e1")]
    assert tablet.does("claim", "citizen", code=whole(given[claimed])) == 200
    tablet.does("drain", "citizen")
    code = tablet.does("seen", "citizen")["copies"][claimed]["code"]
    person = finishing(running, account).json()["person"]

    lost = gone_back(running, tmp_path / "backup")["lost"]
    assert {key: lost[key] for key in LOST} == {"slips": 3, "claims": 2, "assisted": 1, "finished": 1}
    tablet.does("drain", "citizen")
    seen = tablet.does("seen", "citizen")
    assert claimed not in seen["copies"]
    assert seen["kept"]["claims"][claimed]["tries"] == 1, "it was asked for, and is asked for again later"
    assert [each["kind"] for each in seen["kept"]["told"]] == ["epoch"]
    assert problem(finishing(running, account)) == "not-found", "the tablet has not told of it yet"

    tablet.does("drain", "officer")
    assert [kept_in(tablet, each) for each in given] == [("kept", "e2"), ("kept", "e2"), ("refused", "e1")]
    assert announced(elsewhere, in_the_way) == ["waiting"], "what was refused takes nobody's place"
    for each in given:
        assert tablet.told("officer", each) == ["create applied", "patch applied", "submit applied"]
    assert asked(other, given[claimed]["code"], given[claimed]["secret"]).status_code == 200, "the paper is good again"
    officer = Caller.signed_in(running, f"officer-{UNIT}")
    clash = {"dossier": refused, "code": given[claimed]["code"], "secret": drawn(8)}
    assert announced(officer, clash, {**clash, "dossier": new_id()}) == ["refused"] * 2, "one code, one dossier"

    for _ in range(2):
        tablet.does("again", "citizen")
        tablet.does("drain", "citizen")
        assert tablet.does("seen", "citizen")["copies"][claimed]["code"] == code
    assert tablet.does("seen", "citizen")["kept"]["claims"][claimed]["epoch"] == "e2"
    assert problem(claiming(other, whole(given[claimed]))) == "not-found"
    answer = finishing(running, account).json()
    assert answer["person"] == person, "the same drawer on the phone"
    assert Caller(running.address, answer["token"]).sees(hers) is not None
    tablet.does("drain", "officer")
    [told] = tablet.does("seen", "officer")["kept"]["assisted"]
    assert (told["state"], told["epoch"]) == ("kept", "e2")


def test_a_slip_used_up_after_the_backup_stays_used_up_and_its_owner_gets_all_back(
    running: Office, tablet: Tablet, tmp_path: Path
) -> None:
    account = tablet.does("begin", "officer", who=WHO)
    hers, claimed = tablet.take_in("officer"), tablet.take_in("officer", on_behalf=ANOTHER)
    given = [tablet.does("code", "officer", dossier=each) for each in (hers, claimed)]
    tablet.does("drain", "officer")
    citizen, other = Caller.signed_in(running, "demo-1"), Caller.signed_in(running, "demo-2")
    backed_up(running, tmp_path / "backup")
    owner = Caller(running.address, finishing(running, account).json()["token"])
    assert claiming(citizen, whole(given[1])).status_code == 200
    assert owner.sees(hers) is not None

    gone_back(running, tmp_path / "backup")
    assert problem(claiming(other, whole(given[1]))) == "not-found"
    assert citizen.sees(claimed) is None
    since = tablet.take_in("officer")
    tablet.does("code", "officer", dossier=since)
    entered = httpx.post(
        f"{running.address}/dang-nhap",
        json={"user": WHO["citizen_id"], "password": GOOD},
        headers={"Accept": "application/json"},
    )
    owner = Caller(running.address, entered.json()["token"])
    assert owner.sees(hers) is None
    assert finishing(running, account).status_code == 200
    assert owner.sees(hers) is not None, "before the tablet was heard of"
    thief = finishing(running, account, "mật khẩu của người khác")
    assert problem(thief) == "not-found", "what opened nothing without the password still does not"
    tablet.does("drain", "officer")
    assert citizen.sees(claimed) is not None, "given by the slip that names them"
    assert owner.sees(since) is not None
