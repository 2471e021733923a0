"""Who is asking: a bearer token or the session cookie, looked up at every request.

Rule 1. Each route says who may ask, as ``opt=ANYONE``, ``PERSON`` or ``OFFICER``. One that says nothing answers nobody.
Rule 2. That is the outer gate. What somebody may see or change behind it is judged there, by scope and role.
"""

import sqlite3
from typing import Any, Final, cast

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from schemas.problems import RequestProblem
from server.services.attempts import network_of
from server.store.people import actor_of
from server.store.sessions import Session, find_session
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from sync.ledger import Actor

#: A request, or as much of it as a guard sees.
Connection = ASGIConnection[Any, Any, Any, Any]

COOKIE: Final = "motcua_session"
TOKEN_LENGTH_MAX: Final = 200


WHO: Final = "who"
ANYONE: Final = {WHO: "anyone"}
PERSON: Final = {WHO: "person"}
OFFICER: Final = {WHO: "officer"}
_ASKING: Final = "motcua.session"


async def admit(request: Connection, handler: BaseRouteHandler) -> None:
    """Let a request through to a route that says who may ask; on the event loop, as all that looks at ``Store.conn``.

    Raises:
        RequestProblem: ``unauthenticated`` or ``forbidden``.
    """
    who = handler.opt.get(WHO)
    if who == "anyone" or request.scope.get("method") == "OPTIONS":  # which tells the methods and nothing else
        return
    if who == "officer":
        officer_asking(request)
    elif who == "person":
        session_asking(request)
    else:
        raise RequestProblem("forbidden", "this route is not open")


def store_of(request: Connection) -> Store:
    """Return the store that this application serves."""
    store: Store = request.app.state.store
    return store


def token_in(request: Connection) -> str | None:
    """Return the credential that a request carries, the header before the cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return value.strip() if scheme.lower() == "bearer" else None
    return request.cookies.get(COOKIE)


def address_of(request: Connection) -> str:
    """Return what counts as the address a request comes from."""
    return network_of(None if request.client is None else request.client.host)


def session_asking(request: Connection) -> Session:
    """Return who is signed in, and through which of their sessions.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    found = cast("dict[str, Any]", request.scope)  # looked up once a request: by the gate, then by what is behind it
    if _ASKING in found:
        return cast("Session", found[_ASKING])
    token, now = token_in(request), now_ms()
    session = None
    if token and len(token) <= TOKEN_LENGTH_MAX:
        try:
            session = find_session(store_of(request).conn, token, now)
        except sqlite3.Error as fault:
            raise problem_of(fault) from fault
        except UnicodeEncodeError:
            session = None
    if session is None:
        raise RequestProblem("unauthenticated")
    request.app.state.devices.contact(session.id, now)
    found[_ASKING] = session
    return session


def person_asking(request: Connection) -> str:
    """Return who is signed in.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    return session_asking(request).person


def actor_asking(request: Connection) -> Actor:
    """Return who is signed in, with the rights they have now.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    return actor_of(store_of(request).conn, person_asking(request), now_ms())


def officer_asking(request: Connection) -> Actor:
    """Return the officer who is signed in.

    Raises:
        RequestProblem: ``unauthenticated``, or ``forbidden`` for who sees no unit's dossiers now.
    """
    actor = actor_asking(request)
    if not actor.units_seen:
        raise RequestProblem("forbidden")
    return actor
