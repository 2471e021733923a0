"""Signing in and signing out, for pages and for programs."""

import secrets
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, post
from litestar.datastructures import Cookie
from msgspec import Meta, Struct

from schemas.messages import SignedIn
from schemas.problems import RequestProblem
from server.routes.gate import ANYONE, COOKIE, address_of, store_of, token_in
from server.routes.openapi import FORM, speaks
from server.routes.wire import JSON, Answer, AnyRequest, answer, decoded, read_body, read_typed
from server.services.devices import label_of
from server.services.sessions import Asking, Entered, sign_in, sign_out
from server.settings import DAY_MS, SESSION_DAYS_MAX

BODY_BYTES_MAX: Final = 16 * 1024
#: Shows which accounts were signed in on this device before; opens nothing. ``nonce.mark.mark…``
KNOWN: Final = "motcua_known"
KNOWN_DAYS: Final = 365
KNOWN_LENGTH_MAX: Final = 500


class Credentials(Struct):
    """What is typed to sign in; ``next`` is the page to go on to."""

    user: Annotated[str, Meta(max_length=200)]
    password: Annotated[str, Meta(max_length=1_000)]
    next: Annotated[str, Meta(max_length=2_000)] = "/"


_credentials = msgspec.json.Decoder(Credentials)


@post(
    "/dang-nhap",
    status_code=303,
    opt=speaks(ANYONE, takes=Credentials, answers=SignedIn, form=True),
    summary="Sign in with user and password",
)
async def enter(request: AnyRequest) -> Answer:
    """Open a session; a page goes on to ``next``, a program gets the account and the session's token."""
    asked, asking, state = await read_credentials(request), asking_of(request), request.app.state
    user = asked.user.strip().lower()
    entered = await sign_in(store_of(request), state.limits, state.passwords, user, asked.password, asking)
    if entered is None:
        return refused(request, asked)
    onward = answer(request, entered.account) if wants_json(request) else seen_other(local(asked.next))
    onward.cookies += [session_cookie(request, entered.account.token), known_cookie(request, asking, entered)]
    return onward


@post("/dang-xuat", status_code=303, opt=ANYONE, summary="Sign out")
async def leave(request: AnyRequest) -> Answer:
    """End the session that asks; harmless where there is none."""
    token, in_cookie = token_in(request), request.cookies.get(COOKIE)
    if token:
        await sign_out(store_of(request), token)
    onward = Response(b"", status_code=204) if wants_json(request) else seen_other("/")
    if in_cookie in (token, ""):  # another account's cookie stays
        onward.cookies.append(session_cookie(request, ""))
    return onward


async def read_credentials(request: AnyRequest) -> Credentials:
    """Return what was typed, from a form or from JSON.

    Raises:
        RequestProblem: ``unsupported-type``, ``too-large`` or ``invalid``.
    """
    kind = request.content_type[0]
    if kind == JSON:
        return decoded(_credentials, await read_body(request, BODY_BYTES_MAX))
    if kind != FORM:
        raise RequestProblem("unsupported-type", "send a form or JSON")
    wanted = {"next": request.query_params.get("next", "/"), **await read_typed(request, BODY_BYTES_MAX)}
    try:
        return msgspec.convert(wanted, Credentials)
    except msgspec.ValidationError as fault:
        raise RequestProblem("invalid", str(fault)) from None


def asking_of(request: AnyRequest) -> Asking:
    """Return from where somebody signs in."""
    nonce, *marks = request.cookies.get(KNOWN, "")[:KNOWN_LENGTH_MAX].split(".")
    label = label_of(request.headers.get("user-agent", ""))
    return Asking(address_of(request), label, nonce or secrets.token_urlsafe(16), tuple(marks))


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


def session_cookie(request: AnyRequest, token: str) -> Cookie:
    """Return the session's cookie, or with no token the one that removes it. When it ends is for the server to say."""
    return Cookie(
        COOKIE, value=token, max_age=SESSION_DAYS_MAX * DAY_MS // 1000 if token else 0, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def known_cookie(request: AnyRequest, asking: Asking, entered: Entered) -> Cookie:
    """Return the cookie by which this device is known for the accounts that were signed in on it."""
    return Cookie(
        KNOWN, value=".".join((asking.nonce, *entered.marks)), max_age=KNOWN_DAYS * DAY_MS // 1000, path="/dang-nhap",
        httponly=True, samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
