"""The one place that wires: store, routes, errors and the edge around them."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

import client
from schemas.moments import local_day
from schemas.problems import RequestProblem
from server import desk_gate
from server.catalogue.listing import listed_with
from server.dispatcher import Dispatcher
from server.logs import write_logs
from server.offices import Offices
from server.routes import (
    accounts,
    figures,
    files,
    finding,
    follow,
    forms,
    handovers,
    health,
    openapi,
    pack,
    portal,
    sessions,
    sync,
)
from server.routes.gate import admit
from server.routes.wire import Answer, document, problem_answer, problem_of_status
from server.services.attempts import Limits
from server.services.desk import list_all, word_all
from server.services.devices import Devices
from server.services.figures import read_figures
from server.services.passwords import Passwords
from server.services.syncing import sweep_waiting
from server.settings import Settings
from server.shield import Shield
from server.store.catalogue import Catalogue
from server.store.database import connect
from server.store.procedures import procedure, procedures
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from server.uploads.keeper import serving_uploads
from server.uploads.override import MethodOverride

KEEPING_EVERY_S: Final = 30
WATCHING_EVERY_S: Final = 1
log = logging.getLogger("motcua")

ROUTES: Final = [
    sync.sync_once, sync.take_snapshot, sessions.enter, sessions.leave, *accounts.ACCOUNT_ROUTES,
    forms.form_document, forms.shared_list, health.health, health.metrics, openapi.openapi,
    *files.FILE_ROUTES, *handovers.HANDOVER_ROUTES, *pack.PACK_ROUTES,
]  # fmt: skip

#: What is there only once the client is built.
PAGES: Final = [*portal.PORTAL_ROUTES, *finding.FINDING_ROUTES, *follow.FOLLOW_ROUTES, figures.figures_page]


def create_app(settings: Settings) -> MethodOverride:
    """Return the server for a data directory, opened when it starts and let go when it stops."""
    write_logs()
    state = State({
        "settings": settings, "limits": Limits(), "devices": Devices(), "passwords": Passwords()
    })  # fmt: skip
    built = (client.ROOT / "dist" / "manifest.json").exists()
    app = Litestar(
        [*ROUTES, *(PAGES if built else ())],
        state=state,
        lifespan=[_serving],
        guards=[admit],
        exception_handlers={
            RequestProblem: _problem, HTTPException: _http, sqlite3.Error: _store_fault, Exception: _broken,
        },
        openapi_config=OpenAPIConfig(
            "Một Cửa", "1", path="/openapi", render_plugins=[JsonRenderPlugin(path="/document.json")]
        ),
        logging_config=None,
        request_max_body_size=None,
    )  # fmt: skip
    return MethodOverride(Shield(Dispatcher(app, [(desk_gate.PREFIX, desk_gate.DeskGate(app))])))


@asynccontextmanager
async def _serving(app: Litestar) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    store = app.state.store = Store(settings.data)
    seen = _what_is_in_force(store)
    await list_all(store)
    if (client.ROOT / "dist" / "manifest.json").exists():
        app.state.portal = await asyncio.to_thread(portal_of, store.shelf.fresh(store.conn), store.data)
    keeping = [asyncio.create_task(_keep_house(app)), asyncio.create_task(_watch_forms(app, seen))]
    try:
        async with serving_uploads(settings, store) as app.state.uploads:
            yield
    finally:
        for task in keeping:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await app.state.devices.write(store)
        await asyncio.to_thread(store.close)


def portal_of(catalogue: Catalogue, data: Path) -> portal.Portal:
    """Return the portal of the forms in force today, of those withdrawn, whose drafts go on, and of all procedures."""
    today = local_day(now_ms()).isoformat()
    found = [last for name in catalogue.latest if (last := catalogue.last(name, today)) is not None]
    closed = [each for each in found if catalogue.in_force(each.form.procedure, today) is None]
    others = [each.doc for each in reversed(catalogue.forms.values()) if each not in found]
    conn = connect(data, readonly=True)
    try:
        return portal.Portal(
            (each.doc for each in found if each not in closed),
            (each.doc for each in closed),
            others,
            partial(listed_with, procedures(conn), times=catalogue.usual_times),
            partial(procedure, conn),
            Offices(catalogue.units, catalogue.after, today),
        )
    finally:
        conn.close()


async def _keep_house(app: Litestar) -> None:
    """Write down what devices said, refuse what waited for too long, count. A fault waits a round."""
    store: Store = app.state.store
    while True:
        await asyncio.sleep(KEEPING_EVERY_S)
        try:
            await app.state.devices.write(store)
            await sweep_waiting(store)
            await word_all(store)
            await read_figures(store)
        except (RequestProblem, sqlite3.Error) as fault:
            log.warning("housekeeping: %s", fault)


async def _watch_forms(app: Litestar, seen: tuple[int, str]) -> None:
    """Make the pages anew when a form was published beside this process, or a new day puts another into force.

    The forms themselves are read again at each request; this is for what is made of them.
    """
    store: Store = app.state.store
    while True:
        await asyncio.sleep(WATCHING_EVERY_S)
        try:
            now = _what_is_in_force(store)
            if now != seen:
                if "portal" in app.state:
                    app.state.portal = await asyncio.to_thread(portal_of, store.shelf.fresh(store.conn), store.data)
                seen = now
        except sqlite3.Error as fault:
            log.warning("forms were not looked at: %s", fault)


def _what_is_in_force(store: Store) -> tuple[int, str]:
    return store.shelf.fresh(store.conn).stamp, local_day(now_ms()).isoformat()


def _problem(_: Request[Any, Any, Any], fault: RequestProblem) -> Answer:
    return problem_answer(fault)


def _http(_: Request[Any, Any, Any], fault: HTTPException) -> Answer:
    headers = {name.lower(): value for name, value in (fault.headers or {}).items() if name.lower() == "allow"}
    return document(problem_of_status(fault.status_code), fault.status_code, {"cache-control": "no-store", **headers})


def _store_fault(_: Request[Any, Any, Any], fault: sqlite3.Error) -> Answer:
    return problem_answer(problem_of(fault))


def _broken(request: Request[Any, Any, Any], fault: Exception) -> Answer:
    log.error("%s failed", request.scope["method"], exc_info=fault)
    return problem_answer(RequestProblem("internal"))
