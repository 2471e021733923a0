"""How often somebody may try: per account and device first, per address last."""

import asyncio
import secrets
from typing import Any

import httpx
import pytest

from schemas.messages import BeginAccount
from schemas.problems import RequestProblem
from server.services import attempts
from server.services.accounts import begin_account, change_password
from server.services.attempts import Budget, Limits, Pauses, network_of, pause_ms
from server.services.passwords import Passwords
from server.services.sessions import Asking, sign_in
from server.store.sessions import find_session
from server.store.store import Store, now_ms
from tests.integration.caller import PASSWORD, Caller, problem
from tests.integration.test_accounts_password import GOOD, joined, set_to

MINUTE_MS = 60_000


def retry_after(pauses: Pauses | Budget, now_ms: int, key: str = "a") -> int | None:
    """Return the seconds to wait, or null where the try is let in."""
    try:
        pauses.admit(key, now_ms) if isinstance(pauses, Pauses) else pauses.take(key, now_ms)
    except RequestProblem as fault:
        return fault.retry_after_s
    return None


def test_a_few_failures_cost_nothing_and_then_each_doubles_the_pause() -> None:
    pauses, now = Pauses(), 0
    waited = []
    for _ in range(16):
        wait = retry_after(pauses, now)
        if wait is not None:
            waited.append(wait)
            assert retry_after(pauses, now + wait * 1000 - 1) is not None, "not a moment earlier"
            now += wait * 1000
            assert retry_after(pauses, now) is None
    assert waited == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]


def test_failures_are_forgotten_after_a_day_and_by_a_fit() -> None:
    pauses = Pauses()
    for _ in range(attempts.FREE_FAILURES):
        assert retry_after(pauses, 0) is None
    assert retry_after(pauses, 1) is not None
    assert retry_after(pauses, attempts.FORGOTTEN_AFTER_MS) is None
    pauses.forget("a")
    assert [retry_after(pauses, 1) for _ in range(attempts.FREE_FAILURES)] == [None] * attempts.FREE_FAILURES


def test_a_try_that_was_not_judged_does_not_count() -> None:
    pauses = Pauses()
    for _ in range(50):
        assert retry_after(pauses, 0) is None
        pauses.take_back("a")


def test_pauses_never_overflow() -> None:
    assert pause_ms(10**9) == attempts.PAUSE_MAX_MS


def test_a_budget_comes_back_evenly() -> None:
    budget = Budget(60)
    assert [retry_after(budget, 0) for _ in range(60)] == [None] * 60
    assert retry_after(budget, 0) == 61
    assert retry_after(budget, MINUTE_MS) is None
    assert retry_after(budget, MINUTE_MS) is not None
    assert retry_after(budget, 0, "b") is None, "others have their own"


@pytest.mark.parametrize("limiter", [Pauses(10), Budget(5, 10)])
def test_what_is_remembered_is_bounded(limiter: Pauses | Budget) -> None:
    for number in range(1_000):
        retry_after(limiter, number, str(number))
    kept = limiter._failures if isinstance(limiter, Pauses) else limiter._used
    assert len(kept) == 10


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", "?"), (None, "?"), ("nonsense", "?"),
    ],
)  # fmt: skip
def test_a_subscriber_of_ipv6_is_one_address(host: str | None, network: str) -> None:
    assert network_of(host) == network


def tried(office: Any, user: str, password: str, address: str = "127.0.0.1", known: str = "") -> httpx.Response:
    """Try to sign in from an address of the loopback network."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as http:
        return http.post(
            office.address + "/dang-nhap", json={"user": user, "password": password},
            headers={"Accept": "application/json", "Cookie": f"motcua_known={known}"},
        )  # fmt: skip


def member(office: Any, number: int) -> tuple[str, str]:
    """Begin an account with a password; return both names to sign in under."""
    citizen_id = f"99917700{number:04d}"
    caller = joined(office, citizen_id=citizen_id)
    set_to(caller, GOOD)
    return caller.http.get("/accounts/me").json()["user"], citizen_id


def test_an_account_guessed_from_many_addresses_is_paused_and_its_owners_devices_are_not(office: Any) -> None:
    user, citizen_id = member(office, 1)
    first = tried(office, user, GOOD)
    session, known = Caller(office.address, first.json()["token"]), first.cookies["motcua_known"]
    guesses = [tried(office, user, "no", f"127.0.1.{number}") for number in range(1, 9)]
    assert [guess.status_code for guess in guesses] == [401] * 5 + [429] * 3
    assert problem(guesses[-1]) == "slow-down"
    assert int(guesses[-1].headers["retry-after"]) > 0
    assert tried(office, f" {user.upper()}", GOOD, "127.0.2.1").status_code == 429, "also with the right one, elsewhere"
    assert tried(office, citizen_id, GOOD, "127.0.2.1").status_code == 429, "under each of its names"
    assert session.http.get("/accounts/me").status_code == 200
    assert tried(office, user, GOOD, "127.0.2.2", known).status_code == 200
    assert tried(office, "demo-4", PASSWORD, "127.0.1.1").status_code == 200, "nobody else is paused"


def test_a_known_device_has_a_count_of_its_own_and_no_mark_fits_another_account(office: Any) -> None:
    user, other = member(office, 2)[0], member(office, 3)[0]
    known = tried(office, user, GOOD).cookies["motcua_known"]
    answers = [tried(office, user, "no", known=known) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    for _ in range(6):
        tried(office, other, "no")
    assert tried(office, other, GOOD, known=known).status_code == 429
    nonce, mark = known.split(".")
    assert tried(office, user, GOOD, known=f"{nonce}x.{mark}").status_code == 200, "unknown, and not paused"


def test_one_phone_is_known_for_each_of_its_people(office: Any) -> None:
    known = ""
    for user in ("demo-4", "demo-5", "demo-4"):
        known = tried(office, user, PASSWORD, known=known).cookies["motcua_known"]
    assert len(known.split(".")) == 3
    assert len(known) < 500


def test_sixty_people_behind_one_address_join_mistype_and_sign_in_within_the_hour(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.passwords._fits", lambda password, _: password == GOOD)
    monkeypatch.setattr("server.services.passwords.hash_of", lambda password: password)
    limits, compared = Limits(), Passwords()

    async def one_of_them(number: int) -> None:
        secret = secrets.token_urlsafe(32)
        asked = BeginAccount(f"Người {number}", secret, f"99916600{number:04d}")
        person = (await begin_account(store, limits, asked, "one", "")).person
        session = find_session(store.conn, secret, now_ms())
        assert session is not None
        await change_password(store, limits, compared, session, GOOD, None)
        for password, comes_in in (("mistyped", False), (GOOD, True)):
            asking = Asking("one", "", f"phone {number}")
            entered = await sign_in(store, limits, compared, f"99916600{number:04d}", password, asking)
            assert (entered is not None and entered.account.person == person) is comes_in

    async def all_of_them() -> None:
        for number in range(60):
            await one_of_them(number)

    asyncio.run(all_of_them())


def test_one_address_that_guesses_at_many_accounts_is_slowed_down_at_last(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.passwords._fits", lambda *_: False)
    limits, compared = Limits(), Passwords()

    async def guess(number: int, address: str) -> bool:
        try:
            await sign_in(store, limits, compared, f"somebody-{number}", "x", Asking(address, "", "nonce"))
        except RequestProblem as fault:
            return fault.problem.code != "slow-down"
        return True

    async def all_of_them() -> list[bool]:
        return [await guess(number, "one") for number in range(attempts.ADDRESS_FAILURES_AN_HOUR + 3)]

    assert asyncio.run(all_of_them()).count(False) == 3
    assert asyncio.run(guess(0, "another"))


def test_joining_again_and_again_is_slowed_down_at_last(office: Any) -> None:
    body = {"name": "Một người", "secret": secrets.token_urlsafe(32)}
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.3.1")) as http:
        answers = [http.post(office.address + "/accounts", json=body) for _ in range(125)]
    assert {answer.status_code for answer in answers[:120]} == {201}
    assert problem(answers[-1]) == "slow-down"
