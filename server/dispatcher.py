"""The seam where another application joins: a path goes to the first whose prefix it has, the rest to Litestar."""

from collections.abc import Sequence
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send


class Dispatcher:
    """Sends each path to the application it belongs to."""

    def __init__(self, rest: ASGIApp, mounted: Sequence[tuple[str, Any]] = ()) -> None:
        self._rest, self._mounted = rest, mounted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        path = scope.get("path", "")
        for prefix, app in self._mounted:
            if path == prefix or path.startswith(prefix + "/"):
                inner = {**scope, "root_path": scope.get("root_path", "") + prefix}
                await app(inner, receive, send)
                return
        await self._rest(scope, receive, send)
