"""htmx as the desk meets it: who asks for a part of a page and which, read once a request by pure ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette_htmx.middleware import HtmxDetails

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


class Htmx(HtmxDetails):  # type: ignore[misc] # the package has no types
    """What htmx 4 says of a request, beside what `starlette-htmx` knows of htmx 2."""

    @cached_property
    def wants_part(self) -> bool:
        """Return whether only a part of the page is wanted: not for a boosted link, nor for history."""
        kind = self._get_header_value("HX-Request-Type")
        return bool(self) and not self.history_restore_request and kind != "full"

    @cached_property
    def source(self) -> str | None:
        """Return the id of the element that asks; htmx 4 writes it ``tag#id``."""
        return _id(self._get_header_value("HX-Source") or self.trigger)

    @cached_property
    def target(self) -> str | None:
        """Return the id of the element that is replaced; htmx 4 writes it ``tag#id``."""
        return _id(self._get_header_value("HX-Target"))


class HtmxHeaders:
    """Puts ``request.state.htmx`` there, without a task group of its own."""

    def __init__(self, app: App) -> None:
        """Take the application behind it."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass a request on with what htmx said of it."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["htmx"] = Htmx(Request(scope))
        await self._app(scope, receive, send)


def _id(name: str | None) -> str | None:
    return name.rpartition("#")[2] or None if name else None
