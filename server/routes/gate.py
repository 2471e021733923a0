"""Who is asking: a bearer token or the session cookie, looked up at every request."""

import sqlite3
from typing import Final

from schemas.problems import RequestProblem
from server.routes.wire import AnyRequest
from server.services.attempts import network_of
from server.store.people import actor_of
from server.store.sessions import Session, find_session
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from sync.ledger import Actor

COOKIE: Final = "motcua_session"
TOKEN_LENGTH_MAX: Final = 200


def store_of(request: AnyRequest) -> Store:
    """Return the store that this application serves."""
    store: Store = request.app.state.store
    return store


def token_in(request: AnyRequest) -> str | None:
    """Return the credential that a request carries, the header before the cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return value.strip() if scheme.lower() == "bearer" else None
    return request.cookies.get(COOKIE)


def address_of(request: AnyRequest) -> str:
    """Return what counts as the address a request comes from."""
    return network_of(None if request.client is None else request.client.host)


def session_asking(request: AnyRequest) -> Session:
    """Return who is signed in, and through which of their sessions.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
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
    return session


def person_asking(request: AnyRequest) -> str:
    """Return who is signed in.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    return session_asking(request).person


def actor_asking(request: AnyRequest) -> Actor:
    """Return who is signed in, with the rights they have now.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    return actor_of(store_of(request).conn, person_asking(request), now_ms())
