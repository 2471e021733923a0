"""Accounts begun on a phone, signing in and out, and what other sites may not do."""

import secrets
import sqlite3
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from schemas.ids import is_id
from server.ids import person_of
from tests.integration.caller import PASSWORD, Caller, create, new_id, now_ms, problem

GOOD_SECRET = "q3VtZ8LwC1yKp0XnD7aRj5HsE9uTfB2gM4iOvY6kWxA"


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


def test_what_came_first_is_kept_whatever_is_said_with_the_same_secret_later(nobody: Caller, office: Any) -> None:
    secret = secrets.token_urlsafe(32)
    first = begun(nobody, secret=secret, name="Lý Văn Páo", citizen_id="999190000021")
    again = begun(nobody, secret=secret, name="Ai Đó Khác", citizen_id="999190000022", phone="0987654321")
    assert (again.status_code, again.json()) == (201, first.json())
    assert Caller(office.address, secret).http.get("/accounts/me").json()["name"] == "Lý Văn Páo"


def test_twins_that_race_begin_one_account(nobody: Caller, office: Any) -> None:
    """A browser sends a POST again by itself when its connection dies."""
    secret = secrets.token_urlsafe(32)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: begun(nobody, secret=secret), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["person"] for answer in answers}) == 1


def test_a_secret_that_is_a_credential_of_somebody_opens_nothing_new(nobody: Caller, office: Any) -> None:
    victim = Caller.signed_in(office, "demo-7")
    token = victim.http.headers["authorization"].removeprefix("Bearer ")
    assert problem(begun(nobody, secret=token)) == "invalid"
    assert victim.http.get("/accounts/me").json()["user"] == "demo-7"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "short"}, {"secret": "x" * 200}, {"secret": "x" * 43}, {"secret": "motcua-motcua-" * 4},
        {"secret": "01" * 32}, {"secret": "é" * 20 + GOOD_SECRET}, {"secret": GOOD_SECRET[:42]},
        {"secret": GOOD_SECRET + "\n"}, {"secret": "a b" + GOOD_SECRET},
        {"name": ""}, {"name": "   "}, {"name": "A\u0000n"}, {"name": "A\u202en\u0085"}, {"name": 7},
        {"name": "a" * 101}, {"citizen_id": "123"}, {"citizen_id": "१२३४५६७८९०१२"}, {"citizen_id": "99919000001 x"},
        {"phone": "12"}, {"phone": "1987654321"}, {"phone": "+85987654321"}, {"phone": "٠٩٨٧٦٥٤٣٢١"}, {"more": 1},
    ],
)  # fmt: skip
def test_an_account_that_makes_no_sense_is_invalid(nobody: Caller, wrong: dict[str, Any]) -> None:
    assert problem(begun(nobody, **wrong)) == "invalid"


@pytest.mark.parametrize(("spelling", "length"), [("hex", 32), ("urlsafe", 32), ("urlsafe", 64)])
def test_a_secret_is_random_in_whatever_spelling(nobody: Caller, spelling: str, length: int) -> None:
    assert begun(nobody, secret=getattr(secrets, f"token_{spelling}")(length)).status_code == 201


def test_numbers_become_their_one_spelling(nobody: Caller, office: Any) -> None:
    secret = secrets.token_urlsafe(32)
    name = unicodedata.normalize("NFD", "  Hoàng Thị Ngân ")
    answer = begun(nobody, secret=secret, name=name, citizen_id="999 190 000 031", phone="+84 987.654.331")
    assert answer.status_code == 201
    assert Caller(office.address, secret).http.get("/accounts/me").json()["name"] == "Hoàng Thị Ngân"
    with sqlite3.connect(office.data / "motcua.db") as conn:
        kept = conn.execute("SELECT citizen_id, phone FROM person WHERE phone LIKE '%654331'").fetchall()
    assert kept == [("999190000031", "0987654331")]


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


def test_signing_out_ends_the_session(office: Any) -> None:
    caller = Caller.signed_in(office, "demo-5")
    assert caller.http.get("/accounts/me").status_code == 200
    left = caller.http.post("/dang-xuat", headers={"Accept": "application/json"})
    assert left.status_code == 204
    assert problem(caller.http.get("/accounts/me")) == "unauthenticated"
    assert caller.http.post("/dang-xuat").status_code == 303


def test_the_token_of_a_sign_in_is_the_session_of_its_cookie(office: Any) -> None:
    """Cookies reach the disk late; the phone keeps the token sealed. What ends one ends the other."""
    answer = httpx.post(
        office.address + "/dang-nhap", json={"user": "demo-5", "password": PASSWORD},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    said = answer.json()
    assert said["token"] == answer.cookies["motcua_session"]
    assert said["password"] is True
    assert said["expires"] > now_ms()
    by_token = Caller(office.address, said["token"])
    by_cookie = {"Cookie": "motcua_session=" + answer.cookies["motcua_session"]}
    assert by_token.http.get("/accounts/me").json()["user"] == "demo-5"
    left = httpx.post(office.address + "/dang-xuat", headers=by_cookie | {"Accept": "application/json"})
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert problem(by_token.http.get("/accounts/me")) == "unauthenticated"


def test_signing_out_one_account_leaves_the_cookie_of_another(office: Any) -> None:
    staying, leaving = Caller.signed_in(office, "demo-3"), Caller.signed_in(office, "demo-4")
    token = staying.http.headers["authorization"].removeprefix("Bearer ")
    left = leaving.http.post("/dang-xuat", headers={"Accept": "application/json", "Cookie": f"motcua_session={token}"})
    assert left.status_code == 204
    assert "set-cookie" not in left.headers
    assert staying.http.get("/accounts/me").status_code == 200
    assert problem(leaving.http.get("/accounts/me")) == "unauthenticated"


def test_a_wrong_bearer_never_falls_back_to_the_cookie(office: Any) -> None:
    token = Caller.signed_in(office, "demo-3").http.headers["authorization"].removeprefix("Bearer ")
    headers = {"Authorization": "Bearer " + secrets.token_urlsafe(32), "Cookie": f"motcua_session={token}"}
    assert problem(httpx.get(office.address + "/accounts/me", headers=headers)) == "unauthenticated"


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


def test_a_page_s_cookie_is_told_whose_it_is_as_a_token(nobody: Caller, office: Any) -> None:
    """A sign-in without script leaves a cookie; the phone wants a credential that cannot become another account's."""
    with httpx.Client(base_url=office.address) as page:
        assert page.post("/dang-nhap", data={"user": "demo-3", "password": PASSWORD}).status_code == 303
        told = page.post("/accounts/token").json()
        elsewhere = page.post("/accounts/token", headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403
    mine = Caller(office.address, told["token"])
    assert mine.http.get("/accounts/me").json()["person"] == told["person"]
    assert problem(nobody.http.post("/accounts/token")) == "unauthenticated"


def test_an_account_begun_again_where_it_was_lost_is_the_same_person(nobody: Caller, office: Any) -> None:
    """A restore may not know it; the phone's work hangs on the id."""
    secret = secrets.token_urlsafe(32)
    first = begun(nobody, secret=secret).json()["person"]
    other = begun(nobody, secret=secrets.token_urlsafe(32)).json()["person"]
    assert first == person_of(secret) != other
    assert is_id(first)
    assert secret not in first
