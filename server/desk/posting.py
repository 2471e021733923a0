"""What a form of the desk sends, and how its pages are made."""

from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request

from schemas.problems import RequestProblem

BODY_BYTES_MAX: Final = 64 * 1024
FIELDS_MAX: Final = 500
FORM: Final = "application/x-www-form-urlencoded"
NO_STORE: Final = {"cache-control": "no-store"}


class Render(Protocol):
    """Makes a page from a template's name and its values."""

    def __call__(self, template: str, **values: Any) -> str:
        """Return the page."""


async def posted(request: Request) -> dict[str, str]:
    """Return what a form sent, the last value of each name.

    Raises:
        RequestProblem: ``too-large``, ``unsupported-type`` or ``invalid``.
    """
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip()  # a form without a field may say none
    if kind != FORM:
        raise RequestProblem("unsupported-type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise RequestProblem("too-large")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError as fault:
        raise RequestProblem("invalid", "not a form") from fault
