"""``X-HTTP-Method-Override`` for ``/files``: for clients, and boxes on the road, that know only ``POST`` (tus)."""

from collections.abc import MutableMapping
from typing import Any, Final

METHODS: Final = frozenset({"PATCH", "DELETE", "HEAD", "POST", "OPTIONS"})
HEADER: Final = b"x-http-method-override"


class MethodOverride:
    """Wraps an ASGI application. It stands outside of what asks where a change comes from, so that it asks rightly."""

    def __init__(self, app: Any) -> None:
        """Take the application behind it."""
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on under the method that it names."""
        if scope["type"] == "http" and scope["path"].startswith("/files"):
            named = dict(scope["headers"]).get(HEADER, b"").decode("latin-1").upper()
            if named in METHODS:
                scope = {**scope, "method": named}
        await self._app(scope, receive, send)
