"""Accounts begun on a phone, signing in and out, and what other sites may not do."""

import secrets
import sqlite3
from typing import Any

import httpx
import pytest

from tests.integration.caller import PASSWORD, Caller, create, new_id, problem


def begun(nobody: Caller, **keys: Any) -> httpx.Response:
    return nobody.http.post("/accounts", json={"name": "Hoàng Thị Ngân", "secret": secrets.token_urlsafe(32), **keys})


def test_an_account_begun_twice_with_one_secret_is_one(nobody: Caller, office: Any) -> None:
    secret = secrets.token_urlsafe(32)
    first = begun(nobody, secret=secret, citizen_id="999190000011", phone="0987654321")
    again = begun(nobody, secret=secret, citizen_id="999190000011", phone="0987654321")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["status"] == "unverified"
    mine = Caller(office.address, secret)
    assert mine.http.get("/accounts/me").json()["person"] == first.json()["person"]
    assert mine.push(create(new_id()))[0]["outcome"] == "applied"


def test_it_never_says_whether_a_citizen_id_is_known(nobody: Caller) -> None:
    known, unknown = begun(nobody, citizen_id="999119000001"), begun(nobody, citizen_id="999100000999")
    assert known.status_code == unknown.status_code == 201
    assert set(known.json()) == set(unknown.json()) == {"person", "status"}
    assert known.json()["person"] != unknown.json()["person"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "short"}, {"secret": "x" * 200}, {"name": ""}, {"name": "   "}, {"name": "A\u0000n"}, {"name": 7},
        {"citizen_id": "123"}, {"citizen_id": "१२३४५६७८९०१२"}, {"phone": "+84987654321"}, {"phone": "12"}, {"more": 1},
    ],
)  # fmt: skip
def test_an_account_that_makes_no_sense_is_invalid(nobody: Caller, wrong: dict[str, Any]) -> None:
    assert problem(begun(nobody, **wrong)) == "invalid"


def test_a_form_signs_in_and_goes_on_to_the_page_asked_for(nobody: Caller) -> None:
    answer = nobody.http.post("/dang-nhap", data={"user": "demo-1", "password": PASSWORD, "next": "/cua-toi?d=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cua-toi?d=1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    nobody.http.cookies.clear()


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", "/a\r\nb: c"]
)
def test_signing_in_never_leads_to_another_site(nobody: Caller, elsewhere: str) -> None:
    answer = nobody.http.post("/dang-nhap", data={"user": "demo-1", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["location"] == "/"
    nobody.http.cookies.clear()


def test_a_citizen_id_signs_in_too(nobody: Caller, citizen: Caller, office: Any) -> None:
    with sqlite3.connect(office.data / "motcua.db") as conn:
        number = conn.execute("SELECT citizen_id FROM person WHERE user = 'demo-1'").fetchone()[0]
    answer = nobody.http.post(
        "/dang-nhap", json={"user": number, "password": PASSWORD}, headers={"Accept": "application/json"}
    )
    assert answer.json()["person"] == citizen.http.get("/accounts/me").json()["person"]
    nobody.http.cookies.clear()


def test_a_wrong_password_and_an_unknown_user_look_alike(nobody: Caller) -> None:
    wrong = nobody.http.post("/dang-nhap", json={"user": "demo-8", "password": "no"})
    unknown = nobody.http.post("/dang-nhap", json={"user": "nobody-at-all", "password": "no"})
    assert problem(wrong) == problem(unknown) == "unauthenticated"
    assert wrong.content == unknown.content
    page = nobody.http.post("/dang-nhap", data={"user": "demo-8", "password": "no"}, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"].split("&")[0]) == (303, "/dang-nhap?error=credentials")


def test_too_many_failures_pause_one_account_only(nobody: Caller, office: Any) -> None:
    for _ in range(10):
        assert nobody.http.post("/dang-nhap", json={"user": "demo-9", "password": "no"}).status_code == 401
    paused = nobody.http.post("/dang-nhap", json={"user": "Demo-9", "password": PASSWORD})
    assert (paused.status_code, problem(paused)) == (429, "slow-down")
    assert int(paused.headers["retry-after"]) > 0
    Caller.signed_in(office, "demo-4")


def test_signing_out_ends_the_session(office: Any) -> None:
    caller = Caller.signed_in(office, "demo-5")
    assert caller.http.get("/accounts/me").status_code == 200
    left = caller.http.post("/dang-xuat", headers={"Accept": "application/json"})
    assert left.status_code == 204
    assert problem(caller.http.get("/accounts/me")) == "unauthenticated"
    assert caller.http.post("/dang-xuat").status_code == 303


@pytest.mark.parametrize(
    "body", [b"user=a", b"", b"user=%ff&password=x", b"user=a&password=" + b"x" * 2_000, b"&" * 99]
)
def test_a_form_that_makes_no_sense_is_a_problem(nobody: Caller, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert nobody.http.post("/dang-nhap", content=body, headers=headers).status_code in (400, 401)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"},
        {"Origin": "https://evil.example"},
    ],
)  # fmt: skip
def test_another_site_cannot_make_a_browser_change_anything(office: Any, headers: dict[str, str]) -> None:
    caller = Caller.signed_in(office, "demo-6")
    cookie = {"Cookie": "motcua_session=" + caller.http.headers["authorization"].removeprefix("Bearer ")}
    for path in ("/sync/v1", "/dang-nhap", "/dang-xuat", "/desk/d/x/receive", "/accounts"):
        assert problem(httpx.post(office.address + path, json={"v": 1}, headers=headers | cookie)) == "forbidden"
    own = {"Origin": office.address, "Sec-Fetch-Site": "same-origin"}
    assert httpx.post(office.address + "/sync/v1", json={"v": 1}, headers=own | cookie).status_code == 200


def test_every_answer_carries_the_headers_that_protect_its_reader(officer: Caller) -> None:
    for path in ("/health", "/nothing", "/forms/1.004873", "/desk"):
        assert officer.http.get(path).headers["x-content-type-options"] == "nosniff"
    page = officer.http.get("/desk").headers
    assert "default-src 'self'" in page["content-security-policy"]
    assert (page["x-frame-options"], page["referrer-policy"]) == ("DENY", "no-referrer")
    assert page["cache-control"] == "no-store"
