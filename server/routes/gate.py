"""Who is asking: a bearer token or the session cookie, looked up at every request."""

import sqlite3
from typing import Final

from schemas.problems import RequestProblem
from server.routes.wire import AnyRequest
from server.store.people import actor_of, find_by_token
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


def person_asking(request: AnyRequest) -> str:
    """Return who is signed in.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    token = token_in(request)
    person = None
    if token and len(token) <= TOKEN_LENGTH_MAX:
        try:
            person = find_by_token(store_of(request).conn, token, now_ms())
        except sqlite3.Error as fault:
            raise problem_of(fault) from fault
        except UnicodeEncodeError:
            person = None
    if person is None:
        raise RequestProblem("unauthenticated")
    return person


def actor_asking(request: AnyRequest) -> Actor:
    """Return who is signed in, with the rights they have now.

    Raises:
        RequestProblem: ``unauthenticated``.
    """
    return actor_of(store_of(request).conn, person_asking(request), now_ms())
