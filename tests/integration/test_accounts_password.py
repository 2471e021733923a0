"""Setting and changing a password, with answers that are lost and twins that race; few compared at once."""

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import pytest

from schemas.problems import RequestProblem
from server.services import passwords as room
from server.services.passwords import Passwords
from tests.integration.caller import Caller, create, new_id, problem

GOOD, OTHER = "bản làng vùng cao", "suối trong núi đá"


def joined(office: Any, **keys: Any) -> Caller:
    """Begin an account; return who may go on with its secret."""
    secret = secrets.token_urlsafe(32)
    answer = httpx.post(office.address + "/accounts", json={"name": "Nông Thị Sen", "secret": secret, **keys})
    assert answer.status_code == 201
    return Caller(office.address, secret)


def set_to(caller: Caller, password: str, **keys: Any) -> httpx.Response:
    return caller.http.post("/accounts/password", json={"password": password, **keys})


def signing_in(office: Any, user: str, password: str) -> httpx.Response:
    body = {"user": user, "password": password}
    return httpx.post(office.address + "/dang-nhap", json=body, headers={"Accept": "application/json"})


def test_a_first_password_signs_in_on_another_phone_and_the_first_goes_on(office: Any) -> None:
    caller = joined(office, citizen_id="999188000001")
    before = caller.http.get("/accounts/me").json()
    assert "password" not in before
    assert signing_in(office, "999188000001", GOOD).status_code == 401
    assert set_to(caller, GOOD).json() == before | {"password": True}
    for user in ("999188000001", before["user"]):
        assert signing_in(office, user, GOOD).json()["person"] == before["person"]
    assert caller.push(create(new_id()))[0]["outcome"] == "applied"


def test_an_answer_that_was_lost_is_asked_for_again(office: Any) -> None:
    caller = joined(office)
    first = set_to(caller, GOOD)
    assert (first.status_code, set_to(caller, GOOD).json()) == (200, first.json())
    changed = set_to(caller, OTHER, old=GOOD)
    assert (changed.status_code, set_to(caller, OTHER, old=GOOD).json()) == (200, changed.json())


def test_twins_that_race_set_one_password(office: Any) -> None:
    caller = joined(office)
    with ThreadPoolExecutor(4) as pool:
        assert {answer.status_code for answer in pool.map(lambda _: set_to(caller, GOOD), range(4))} == {200}


def test_the_present_password_is_asked_for_and_nothing_signs_out_for_a_wrong_one(office: Any) -> None:
    caller = joined(office)
    set_to(caller, GOOD)
    for keys in ({}, {"old": "not this one"}, {"old": ""}):
        assert problem(set_to(caller, OTHER, **keys)) == "forbidden"
    user = caller.http.get("/accounts/me").json()["user"]
    assert signing_in(office, user, OTHER).status_code == 401
    assert signing_in(office, user, GOOD).status_code == 200


def test_a_change_signs_out_every_other_device(office: Any) -> None:
    caller = joined(office)
    set_to(caller, GOOD)
    user = caller.http.get("/accounts/me").json()["user"]
    other = Caller(office.address, signing_in(office, user, GOOD).json()["token"])
    assert set_to(other, OTHER, old=GOOD).status_code == 200
    assert other.http.get("/accounts/me").status_code == 200
    assert problem(caller.http.get("/accounts/me")) == "unauthenticated"
    secret = caller.http.headers["authorization"].removeprefix("Bearer ")
    again = httpx.post(office.address + "/accounts", json={"name": "Nông Thị Sen", "secret": secret})
    assert again.json()["person"] == other.http.get("/accounts/me").json()["person"], "still harmless"
    assert problem(caller.http.get("/accounts/me")) == "unauthenticated", "and opens nothing again"


def test_guessing_the_present_password_is_slowed_down(office: Any) -> None:
    caller = joined(office)
    set_to(caller, GOOD)
    answers = [set_to(caller, OTHER, old=f"guess number {turn}") for turn in range(7)]
    assert problem(answers[-1]) == "slow-down"
    assert int(answers[-1].headers["retry-after"]) > 0
    assert caller.http.get("/accounts/me").status_code == 200


@pytest.mark.parametrize(
    "easy", ["short", "aaaaaaaaaaaa", "12345678", "qwertyui", "999188000002", "0987654002", "nông thị sen", "x" * 1_001]
)
def test_an_easy_password_is_invalid(office: Any, easy: str) -> None:
    caller = joined(office, citizen_id="999188000002", phone="0987654002")
    assert problem(set_to(caller, easy)) == "invalid"
    assert "password" not in caller.http.get("/accounts/me").json()


def test_a_password_is_the_same_from_every_keyboard(office: Any) -> None:
    caller = joined(office)
    set_to(caller, unicodedata.normalize("NFD", GOOD))
    user = caller.http.get("/accounts/me").json()["user"]
    assert signing_in(office, user, unicodedata.normalize("NFC", GOOD)).status_code == 200


def test_a_begun_account_of_another_under_the_same_citizen_id_takes_nothing_away(office: Any) -> None:
    """Anybody may begin an account under any citizen ID: each password opens its own account and no other."""
    people = [joined(office, citizen_id="999188000003") for _ in range(2)]
    for number, caller in enumerate(people):
        set_to(caller, f"{GOOD} {number}")
    for number, caller in enumerate(people):
        found = signing_in(office, "999188000003", f"{GOOD} {number}").json()
        assert found["person"] == caller.http.get("/accounts/me").json()["person"]


def test_the_verified_account_comes_before_any_number_of_begun_ones(office: Any, citizen: Caller) -> None:
    number = "999190000001"  # of demo-1
    for turn in range(4):
        set_to(joined(office, citizen_id=number), f"{GOOD} {turn}")
    found = signing_in(office, number, "motcua-demo")
    assert found.json()["person"] == citizen.http.get("/accounts/me").json()["person"]


def test_few_are_compared_at_once_and_a_bounded_number_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, at_once, most = Event(), [0], [0]

    def slow(_password: str, _hashed: str) -> bool:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        assert gate.wait(30)
        at_once[0] -= 1
        return False

    async def crowd() -> list[Any]:
        compared = Passwords()
        tries = [asyncio.ensure_future(compared.fitting("x", [None])) for _ in range(room.WAITING_MAX)]
        await asyncio.sleep(0)
        with pytest.raises(RequestProblem) as full:
            await compared.fitting("x", [None])
        assert (full.value.status, full.value.retry_after_s) == (503, room.RETRY_AFTER_S)
        gate.set()
        said = await asyncio.gather(*tries)
        assert await compared.fitting("x", [None]) is None, "and it takes work again"
        return list(said)

    monkeypatch.setattr(room, "_fits", slow)
    assert asyncio.run(crowd()) == [None] * room.WAITING_MAX
    assert most[0] <= room.AT_ONCE


def test_a_citizen_id_costs_the_same_whether_known_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(room, "_fits", lambda _password, hashed: bool(compared.append(hashed)))
    for hashes in ([], ["one"], ["one", "two"], ["one", "two", "three"]):
        compared.clear()
        asyncio.run(Passwords().fitting("x", hashes, cost=3))
        assert len(compared) == 3
