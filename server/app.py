"""The one place that wires: store, routes, errors and the edge around them."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

import client
from schemas.moments import local_day
from schemas.problems import RequestProblem
from server.dispatcher import Dispatcher
from server.logs import write_logs
from server.routes import accounts, desk, forms, health, openapi, portal, sessions, sync
from server.routes.wire import Answer, document, problem_answer, problem_of_status
from server.services.attempts import Limits
from server.services.devices import Devices
from server.services.passwords import Passwords
from server.services.syncing import release_forms, sweep_waiting
from server.settings import Settings
from server.shield import Shield
from server.store.store import Store, now_ms
from server.store.writer import problem_of

KEEPING_EVERY_S: Final = 30
log = logging.getLogger("motcua")

ROUTES: Final = [
    sync.sync_once, sync.take_snapshot, sessions.enter, sessions.leave, *accounts.ACCOUNT_ROUTES,
    forms.form_document, forms.shared_list, health.health, health.metrics, openapi.openapi,
    *desk.DESK_ROUTES,
]  # fmt: skip


def create_app(settings: Settings) -> Shield:
    """Return the server for a data directory, opened when it starts and let go when it stops."""
    write_logs()
    state = State({
        "settings": settings, "limits": Limits(), "devices": Devices(), "passwords": Passwords()
    })  # fmt: skip
    built = (client.ROOT / "dist" / "manifest.json").exists()
    app = Litestar(
        [*ROUTES, *(portal.PORTAL_ROUTES if built else ())],
        state=state,
        lifespan=[_serving],
        exception_handlers={
            RequestProblem: _problem, HTTPException: _http, sqlite3.Error: _store_fault, Exception: _broken,
        },
        openapi_config=OpenAPIConfig(
            "Một Cửa", "1", path="/openapi", render_plugins=[JsonRenderPlugin(path="/document.json")]
        ),
        logging_config=None,
        request_max_body_size=None,
    )  # fmt: skip
    return Shield(Dispatcher(app))


@asynccontextmanager
async def _serving(app: Litestar) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    store = app.state.store = Store(settings.data)
    if (client.ROOT / "dist" / "manifest.json").exists():
        app.state.portal = await asyncio.to_thread(portal_now, store)
    keeping = asyncio.create_task(_keep_house(app))
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await app.state.devices.write(store)
        await asyncio.to_thread(store.close)


def portal_now(store: Store) -> portal.Portal:
    """Return the portal of the forms in force today."""
    catalogue, today = store.shelf.fresh(store.conn), local_day(now_ms()).isoformat()
    found = (catalogue.in_force(procedure, today) for procedure in catalogue.latest)
    return portal.Portal(each.doc for each in found if each is not None)


async def _keep_house(app: Litestar) -> None:
    """Write down what devices said, refuse what waited for too long, show new forms. A fault waits a round."""
    store: Store = app.state.store
    stamp = store.shelf.fresh(store.conn).stamp
    while True:
        await asyncio.sleep(KEEPING_EVERY_S)
        try:
            await app.state.devices.write(store)
            await sweep_waiting(store)
            if store.shelf.fresh(store.conn).stamp != stamp:
                stamp = store.shelf.fresh(store.conn).stamp
                await release_forms(store)
                if "portal" in app.state:
                    app.state.portal = await asyncio.to_thread(portal_now, store)
        except (RequestProblem, sqlite3.Error) as fault:
            log.warning("housekeeping: %s", fault)


def _problem(request: Request[Any, Any, Any], fault: RequestProblem) -> Answer:
    return desk.page_of_problem(request, fault) or problem_answer(fault)


def _http(_: Request[Any, Any, Any], fault: HTTPException) -> Answer:
    headers = {name.lower(): value for name, value in (fault.headers or {}).items() if name.lower() == "allow"}
    return document(problem_of_status(fault.status_code), fault.status_code, {"cache-control": "no-store", **headers})


def _store_fault(_: Request[Any, Any, Any], fault: sqlite3.Error) -> Answer:
    return problem_answer(problem_of(fault))


def _broken(request: Request[Any, Any, Any], fault: Exception) -> Answer:
    log.error("%s failed", request.scope["method"], exc_info=fault)
    return problem_answer(RequestProblem("internal"))
