"""``/tra-cuu``: where a dossier stands, asked without an account by the code and the secret from a slip.

Rule 1. What is typed comes in a body and is in no address, title or log; the page that answers does not repeat it.
Rule 2. Every mistake has the same answer. The page works without a script and needs a network.
"""

from typing import Any, Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from schemas.problems import RequestProblem
from server.desk.words import moment
from server.routes.gate import ANYONE, address_of, store_of
from server.routes.openapi import FORM
from server.routes.portal import HTML, Portal, answer, portal_of
from server.routes.wire import Answer, AnyRequest, packed, read_typed
from server.services.following import standing
from server.services.handovers import follow
from server.store.store import now_ms
from server.texts import text

BODY_BYTES_MAX: Final = 4 * 1024
NO_STORE: Final = {"cache-control": "no-store"}


@get("/tra-cuu", include_in_schema=False, sync_to_thread=False, opt=ANYONE)
def ask(request: AnyRequest) -> Answer:
    """Answer the empty form, the same for everybody."""
    return answer(request, portal_of(request).documents["/tra-cuu"])


@post("/tra-cuu", status_code=200, include_in_schema=False, opt=ANYONE)
async def tell(request: AnyRequest) -> Answer:
    """Answer where the dossier stands; 404 with the same page for any mistake, 429 for too many from one place."""
    code, secret = await _typed(request)
    try:
        found = follow(store_of(request), request.app.state.limits, code, secret, address_of(request))
    except RequestProblem as fault:
        if fault.retry_after_s is None:
            raise
        return _page(request, fault.status, mistake=text("follow.slow"))
    if found is None:
        return _page(request, 404, mistake=text("follow.wrong"))
    return _page(request, 200, found=standing(found))


async def _typed(request: AnyRequest) -> tuple[str, str]:
    """Return code and secret as they were typed.

    Raises:
        RequestProblem: ``unsupported-type``, ``too-large`` or ``invalid``.
    """
    if request.content_type[0] != FORM:
        raise RequestProblem("unsupported-type", "send a form")
    typed = await read_typed(request, BODY_BYTES_MAX)
    return typed.get("code", ""), typed.get("secret", "")


def _page(request: AnyRequest, status: int, **said: Any) -> Answer:
    portal: Portal = portal_of(request)
    given = {"found": None, "mistake": None, "time": moment(now_ms())} | said
    return packed(request, portal.draw("tra-cuu.html", **given), HTML, status, NO_STORE)


FOLLOW_ROUTES: Final[list[HTTPRouteHandler]] = [ask, tell]
