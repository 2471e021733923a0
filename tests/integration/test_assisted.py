"""Accounts that officers begin for others: finished on a phone of one's own, with what was taken in for them."""

from typing import Any

import httpx

from server.store.audit import verify
from server.store.database import connect
from tests.integration.caller import Caller, new_id, problem
from tests.integration.test_claims import announced, drawn, slip, taken_in

GOOD = "bản xa mây trắng"


def begun(officer: Caller, **more: Any) -> dict[str, Any]:
    account = slip(new_id())
    asked = {"account": account["dossier"], "name": "Lý Văn Bình", "code": account["code"], "secret": account["secret"]}
    answer = officer.http.post("/accounts/assisted", json=asked | more)
    assert answer.status_code == 201, answer.text
    return asked | more | answer.json()


def finishing(office: Any, account: dict[str, Any], password: str = GOOD, secret: str | None = None) -> httpx.Response:
    code = f"{account['code']}-{secret or account['secret']}"
    return httpx.post(f"{office.address}/accounts/finish", json={"code": code, "password": password})


def test_an_account_is_begun_once_however_often_it_is_told(officer: Caller, office: Any) -> None:
    first = begun(officer, citizen_id="999186001234", phone="+84987000111")
    assert first["status"] == "unverified"
    again = {key: first[key] for key in ("account", "name", "code", "secret")}
    assert officer.http.post("/accounts/assisted", json=again).json()["person"] == first["person"]
    assert problem(officer.http.post("/accounts/assisted", json=again | {"code": f"TN-{drawn(12)}"})) == "invalid"
    assert problem(officer.http.post("/accounts/assisted", json=again | {"account": new_id()})) == "invalid"
    other = Caller.signed_in(office, "officer-06151")
    assert problem(other.http.post("/accounts/assisted", json=again)) == "invalid"
    for wrong in ({"code": "TN-1"}, {"secret": "1"}, {"account": "x"}, {"name": " "}, {"citizen_id": "12"}):
        assert problem(officer.http.post("/accounts/assisted", json=again | wrong)) == "invalid"


def test_finishing_signs_in_and_brings_the_dossiers_taken_in_for_the_account(officer: Caller, office: Any) -> None:
    account = begun(officer, citizen_id="999186001235")
    before, _ = taken_in(officer)
    assert announced(officer, slip(before, account=account["account"])) == ["kept"]
    answer = finishing(office, account)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["person"], told["status"], told["password"]) == (account["person"], "unverified", True)
    assert answer.cookies["motcua_session"] == told["token"]
    owner = Caller(office.address, told["token"])
    assert (owner.sees(before) or {})["whole"] is True
    after, _ = taken_in(officer)
    given = slip(after, account=account["account"])
    assert announced(officer, given, given) == ["kept", "kept"]
    assert owner.sees(after) is not None
    signed_in = httpx.post(
        f"{office.address}/dang-nhap", json={"user": "999186001235", "password": GOOD},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert signed_in.json()["person"] == account["person"]


def test_a_used_code_opens_nothing_without_the_password(officer: Caller, office: Any) -> None:
    account = begun(officer)
    assert problem(finishing(office, account, "12345678")) == "invalid"
    assert finishing(office, account).status_code == 200
    again = finishing(office, account)
    assert (again.status_code, again.json()["person"]) == (200, account["person"])
    assert problem(finishing(office, account, "mật khẩu của người khác")) == "not-found"


def test_every_mistake_in_finishing_is_not_found(officer: Caller, office: Any) -> None:
    account = begun(officer)
    assert problem(finishing(office, account, secret=drawn(8))) == "not-found"
    assert problem(finishing(office, account | {"code": f"TN-{drawn(12)}"})) == "not-found"
    assert problem(finishing(office, account | {"code": "x"})) == "not-found"
    for _ in range(9):
        finishing(office, account, secret=drawn(8))
    assert problem(finishing(office, account)) == "not-found", "locked"


def test_what_was_claimed_by_somebody_else_stays_theirs(officer: Caller, citizen: Caller, office: Any) -> None:
    account = begun(officer)
    dossier, _ = taken_in(officer)
    given = slip(dossier, account=account["account"])
    announced(officer, given)
    assert citizen.http.post("/claims", json={"code": f"{given['code']}-{given['secret']}"}).status_code == 200
    owner = Caller(office.address, finishing(office, account).json()["token"])
    assert owner.sees(dossier) is None
    assert citizen.sees(dossier) is not None


def test_what_the_officer_did_is_in_the_log_and_the_chain_holds(officer: Caller, office: Any) -> None:
    account = begun(officer)
    finishing(office, account)
    conn = connect(office.data, readonly=True)
    try:
        lines = conn.execute("SELECT type, person FROM log WHERE kind = 'account' ORDER BY seq DESC LIMIT 2").fetchall()
        me = officer.http.get("/accounts/me").json()["person"]
        assert [(what, who.hex()) for what, who in lines] == [
            ("finish", account["person"].replace("-", "")), ("begin", me.replace("-", "")),
        ]  # fmt: skip
        assert verify(conn).breaks == []
    finally:
        conn.close()
