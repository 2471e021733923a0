"""Accounts begun on a phone, signing in and signing out."""

from typing import Annotated, Final
from urllib.parse import parse_qs, urlencode

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from msgspec import Meta, Struct

from schemas.messages import BeginAccount
from schemas.problems import RequestProblem
from server.routes.gate import COOKIE, person_asking, store_of, token_in
from server.routes.wire import JSON, Answer, AnyRequest, answer, decoded, read_body, read_json
from server.services.accounts import account_of, begin_account, sign_in, sign_out
from server.settings import DAY_MS, SESSION_DAYS
from server.store.store import now_ms

BODY_MAX: Final = 16 * 1024
FORM: Final = "application/x-www-form-urlencoded"


class Credentials(Struct):
    """What is typed to sign in; ``next`` is the page to go on to."""

    user: Annotated[str, Meta(max_length=200)]
    password: Annotated[str, Meta(max_length=1_000)]
    next: Annotated[str, Meta(max_length=2_000)] = "/"


_begin = msgspec.json.Decoder(BeginAccount)
_credentials = msgspec.json.Decoder(Credentials)


@post("/accounts", status_code=201, summary="Begin an account on a phone; harmless when repeated")
async def begin(request: AnyRequest) -> Answer:
    """Answer the account begun with this secret, made now where there is none."""
    asked = decoded(_begin, await read_json(request, wire_max=BODY_MAX, inflated_max=BODY_MAX))
    return answer(request, await begin_account(store_of(request), asked), 201)


@get("/accounts/me", summary="Who is signed in")
async def me(request: AnyRequest) -> Answer:
    """Answer the account that asks, with its roles now."""
    return answer(request, account_of(store_of(request), person_asking(request)))


@post("/dang-nhap", status_code=303, summary="Sign in with user and password")
async def enter(request: AnyRequest) -> Answer:
    """Open a session; a page goes on to ``next``, a program gets the account."""
    asked = await read_credentials(request)
    user, attempts, now = asked.user.strip().lower(), request.app.state.attempts, now_ms()
    attempts.admit(user, now)
    entered = await sign_in(store_of(request), request.app.state.verifier, user, asked.password)
    if entered is None:
        attempts.failed(user, now)
        return refused(request, asked)
    attempts.succeeded(user)
    token, account = entered
    onward = answer(request, account) if wants_json(request) else seen_other(local(asked.next))
    onward.cookies.append(session_cookie(request, token, SESSION_DAYS * DAY_MS // 1000))
    return onward


@post("/dang-xuat", status_code=303, summary="Sign out")
async def leave(request: AnyRequest) -> Answer:
    """End the session that asks; harmless where there is none."""
    token = token_in(request)
    if token:
        await sign_out(store_of(request), token)
    onward = Response(b"", status_code=204) if wants_json(request) else seen_other("/")
    onward.cookies.append(session_cookie(request, "", 0))
    return onward


async def read_credentials(request: AnyRequest) -> Credentials:
    """Return what was typed, from a form or from JSON.

    Raises:
        RequestProblem: ``unsupported-type``, ``too-large`` or ``invalid``.
    """
    kind = request.content_type[0]
    if kind == JSON:
        return decoded(_credentials, await read_body(request, BODY_MAX))
    if kind != FORM:
        raise RequestProblem("unsupported-type", "send a form or JSON")
    body = await read_body(request, BODY_MAX)
    try:
        typed = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError as fault:
        raise RequestProblem("invalid", "not a form") from fault
    wanted = {"next": request.query_params.get("next", "/"), **{key: values[0] for key, values in typed.items()}}
    try:
        return msgspec.convert(wanted, Credentials)
    except msgspec.ValidationError as fault:
        raise RequestProblem("invalid", str(fault)) from None


def refused(request: AnyRequest, asked: Credentials) -> Answer:
    """Answer a try that does not fit: a page shows it, a program gets the problem.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    if "text/html" not in request.headers.get("accept", ""):
        raise RequestProblem("unauthenticated", "user and password do not fit")
    return seen_other("/dang-nhap?" + urlencode({"error": "credentials", "next": local(asked.next)}))


def local(address: str) -> str:
    """Return an address within this site; any other becomes ``/``."""
    fits = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if fits and address.isascii() and address.isprintable() else "/"


def seen_other(address: str) -> Answer:
    """Send a browser to another page."""
    return Response(b"", status_code=303, headers={"location": address, "cache-control": "no-store"})


def wants_json(request: AnyRequest) -> bool:
    """Return whether a program asks and not a page."""
    return JSON in request.headers.get("accept", "")


def session_cookie(request: AnyRequest, token: str, seconds: int) -> Cookie:
    """Return the session's cookie, or with no token the one that removes it."""
    return Cookie(
        COOKIE, value=token, max_age=seconds, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
