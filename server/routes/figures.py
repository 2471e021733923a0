"""The public page of figures: made from the log when it is asked for, with what is small hidden; no sign-in."""

from typing import Any

from litestar import Request, Response, get

from schemas.problems import RequestProblem
from server.routes.gate import ANYONE, store_of
from server.routes.portal import answer, assets, portal_of
from server.services.published import public_figures


@get("/so-lieu", include_in_schema=False, opt=ANYONE)
async def figures_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer the figures of a period (``?ky=``: all, 2026, 2026-Q4, 2026-11), in Vietnamese or English (``&lang=en``).

    Raises:
        RequestProblem: ``not-found``, there is no such period.
    """
    language = "en" if request.query_params.get("lang") == "en" else "vi"
    try:
        told = await public_figures(store_of(request), request.query_params.get("ky", "all"), language)
    except ValueError:
        raise RequestProblem("not-found") from None
    page = portal_of(request).drawn("so-lieu.html", language, lang=language, desk_css=assets()["desk.css"], **told)
    return answer(request, page)
