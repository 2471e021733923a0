"""Who stands before the desk: the officer is looked up at every request and brings a store that is theirs alone.

What the desk may not show, and what it cannot, is said here in its own words; a fault's words go nowhere.
"""

import logging
import sqlite3
from collections.abc import MutableMapping
from typing import Any, Final
from urllib.parse import quote

from litestar import Litestar
from litestar.connection import ASGIConnection

import client
from schemas.problems import RequestProblem
from server.desk.app import STORE, desk_app
from server.desk.days import DAYS
from server.desk.drawing import renderer
from server.desk.ended import ENDED
from server.desk.figures import FIGURES
from server.desk.posting import NO_STORE, Render
from server.routes.gate import actor_asking, officer_asking, store_of
from server.routes.portal import css_urls, desk_scripts, icons, templates
from server.routes.wire import problem_answer
from server.services.calendar import SqliteDays
from server.services.desk import SqliteDeskStore
from server.services.ended import SqliteEnded
from server.services.figures import SqliteFigures
from server.store.writer import problem_of
from server.texts import text
from sync.ledger import Actor

PREFIX: Final = "/desk"
CALENDAR: Final = PREFIX + "/lich"
FORMER: Final = PREFIX + "/don-vi-cu"
NUMBERS: Final = PREFIX + "/so-lieu"
HTML: Final = b"text/html; charset=utf-8"
UNAUTHENTICATED: Final = 401

log = logging.getLogger("motcua")


def shell() -> dict[str, Any]:
    """Return what stands around the desk's pages; they can be read before the client is built."""
    built = (client.ROOT / "dist" / "manifest.json").exists()
    return {"css": css_urls() if built else [], "js": desk_scripts() if built else [], "icons": icons()}


render = renderer(templates, shell)


class DeskGate:
    """Wraps the desk; `Litestar` is asked for the store and who is signed in."""

    def __init__(self, litestar: Litestar, draw: Render = render) -> None:
        """Take the application that has the store."""
        self._litestar, self._render = litestar, draw
        self._desk = desk_app(draw, text)

    @property
    def routes(self) -> list[tuple[str, str]]:
        """Return every method and path that the desk answers."""
        return sorted(
            (method, PREFIX + getattr(route, "path", "?").rstrip("/"))
            for route in self._desk.routes
            for method in getattr(route, "methods", {"?"}) - {"HEAD"}
        )

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Let an officer's request through."""
        path = scope["path"]
        begun = False

        async def answer(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            asking: Any = ASGIConnection({**scope, "litestar_app": self._litestar, "app": self._litestar})  # type: ignore[arg-type]
            if path.rstrip("/") == PREFIX and only_administers(actor_asking(asking)):
                await _answer(answer, 303, b"", (b"location", CALENDAR.encode()))
                return
            inner = {**scope, **_for_whom(path, asking)}
            if path == PREFIX:
                inner["path"] = PREFIX + "/"
            await self._desk(inner, receive, answer)
        except RequestProblem as fault:
            await self._refuse(fault, scope, answer)
        except sqlite3.Error as fault:
            if begun:
                raise
            await self._refuse(problem_of(fault), scope, answer)
        except Exception as fault:
            log.error("%s failed", scope["method"], exc_info=fault)  # noqa: TRY400 - the formatter leaves its words out
            if not begun:
                await self._refuse(RequestProblem("internal"), scope, answer)

    async def _refuse(self, fault: RequestProblem, scope: MutableMapping[str, Any], send: Any) -> None:
        if fault.status == UNAUTHENTICATED:
            onward = "/dang-nhap?next=" + quote(scope["path"])
            await _answer(send, 303, b"", (b"location", onward.encode()))
        elif b"application/json" in dict(scope["headers"]).get(b"accept", b""):
            said = problem_answer(fault)
            await _answer(send, fault.status, bytes(said.content), (b"content-type", b"application/problem+json"))
        else:
            page = self._render("desk/refused.html", code=fault.problem.code)
            await _answer(send, fault.status, page.encode(), (b"content-type", HTML))


def only_administers(actor: Actor) -> bool:
    """Return whether a person belongs to the office and sees no unit's dossiers: they sign in to the calendar."""
    return bool(actor.units) and not actor.units_seen


def _for_whom(path: str, asking: Any) -> dict[str, Any]:
    """Return what somebody who is let in may use: the calendar for all of the office, dossiers for who sees some.

    Raises:
        RequestProblem: ``unauthenticated`` or ``forbidden``.
    """
    if path.startswith(CALENDAR):
        actor = actor_asking(asking)
        if not actor.units:
            raise RequestProblem("forbidden")
        return {DAYS: SqliteDays(store_of(asking), actor)}
    if path.startswith(FORMER):
        return {ENDED: SqliteEnded(store_of(asking), officer_asking(asking))}
    if path.startswith(NUMBERS):
        figures = SqliteFigures(store_of(asking), actor_asking(asking))
        if not figures.sees_all and not figures.officer.units_seen:
            raise RequestProblem("forbidden")
        return {FIGURES: figures}
    return {STORE: SqliteDeskStore(store_of(asking), officer_asking(asking))}


async def _answer(send: Any, status: int, body: bytes, header: tuple[bytes, bytes]) -> None:
    headers = [header, *((name.encode(), value.encode()) for name, value in NO_STORE.items())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
