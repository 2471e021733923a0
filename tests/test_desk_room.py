"""The desk runs where there is no server: what it may import; no clock, thread, file or task of its own."""

import ast
import inspect
from pathlib import Path

import pytest
from starlette.routing import Route

from server.desk.app import desk_app
from tests.test_architecture import IMPURE_CALLS

DESK = Path(__file__).resolve().parent.parent / "server" / "desk"
ROOMS = ("schemas", "server.desk", "sync")
#: Of Starlette what neither reads files nor starts threads or tasks.
PACKAGES = {
    "minijinja", "msgspec", "starlette.applications", "starlette.middleware", "starlette.requests",
    "starlette.responses", "starlette.routing", "starlette_htmx.middleware",
}  # fmt: skip
STANDARD = {
    "collections", "collections.abc", "dataclasses", "datetime", "difflib", "functools", "itertools", "json", "math",
    "operator", "re", "typing", "unicodedata", "urllib.parse",
}  # fmt: skip
#: What hands work to a thread, a task or a file in the names that remain importable.
HANDED_ON = {
    "BackgroundTask", "BackgroundTasks", "FileResponse", "StaticFiles", "create_task", "read_bytes", "read_text",
    "run_in_threadpool", "sleep", "to_thread",
}  # fmt: skip


def foreign(source: str) -> list[str]:
    """Name what a module of the desk imports or uses that it may not."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    imported += [f"{'.' * node.level}{node.module or ''}" for node in nodes if isinstance(node, ast.ImportFrom)]
    strange = [
        name
        for name in imported
        if name not in PACKAGES | STANDARD and not any(name == room or name.startswith(room + ".") for room in ROOMS)
    ]
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    named |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named |= {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    return strange + sorted(named & HANDED_ON) + sorted(called & IMPURE_CALLS)


def test_the_desk_imports_and_uses_only_what_a_browser_has_too() -> None:
    modules = sorted(DESK.rglob("*.py"))
    assert len(modules) > 10
    assert {path.name: found for path in modules if (found := foreign(path.read_text()))} == {}


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("import time", "time"),
        ("import server.texts", "server.texts"),
        ("from server.services.desk import SqliteDeskStore", "server.services.desk"),
        ("import sqlite3", "sqlite3"),
        ("from starlette.staticfiles import StaticFiles", "starlette.staticfiles"),
        ("from starlette.concurrency import run_in_threadpool", "starlette.concurrency"),
        ("from starlette.responses import FileResponse", "FileResponse"),
        ("from starlette.applications import *\nBackgroundTask(print)", "BackgroundTask"),
        ("from datetime import datetime\ndatetime.now()", "now"),
        ("open('x')", "open"),
        ("from .. import texts", ".."),
    ],
)
def test_what_is_planted_is_named(planted: str, named: str) -> None:
    assert named in foreign(planted)


def test_every_handler_is_asynchronous_so_that_none_runs_in_a_thread() -> None:
    desk = desk_app(lambda template, **values: f"{template}{values}", lambda key, **values: f"{key}{values}")
    endpoints = [route.endpoint for route in desk.routes if isinstance(route, Route)]
    assert len(endpoints) == len(desk.routes) > 10
    handlers = [*endpoints, *desk.exception_handlers.values()]
    assert [handler for handler in handlers if not inspect.iscoroutinefunction(handler)] == []
