"""Finding a procedure: the page of hits, which works without script, and the same as JSON for who types."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from schemas.finding.vocabulary import near
from server.finder import SHOWN_MAX, Narrowed, row_of
from server.routes.gate import ANYONE
from server.routes.portal import REVALIDATE, answer, portal_of

QUERY_LETTERS_MAX: Final = 200
#: The names that filters have in addresses.
Event = Annotated[str, QueryParameter(name="viec")]
Field = Annotated[str, QueryParameter(name="linh_vuc")]
Level = Annotated[str, QueryParameter(name="cap")]
Unit = Annotated[str, QueryParameter(name="don_vi")]


@get("/thu-tuc", include_in_schema=False, sync_to_thread=False, opt=ANYONE)
def procedures(
    request: Request[Any, Any, Any],
    q: str = "",
    event: Event = "",
    field: Field = "",
    level: Level = "",
    unit: Unit = "",
) -> Response[bytes]:
    """Answer the list of procedures, or those that words and filters find."""
    portal, narrowed = portal_of(request), Narrowed(event, field, level, unit)
    if q.strip() or narrowed != Narrowed():
        return answer(request, portal.search(q[:QUERY_LETTERS_MAX], narrowed))
    return answer(request, portal.documents["/thu-tuc"])


@get("/tim", include_in_schema=False, sync_to_thread=False, opt=ANYONE)
def find(
    request: Request[Any, Any, Any],
    q: str = "",
    event: Event = "",
    field: Field = "",
    level: Level = "",
    unit: Unit = "",
) -> Response[dict[str, Any]]:
    """Answer the hits as phones draw them, best first, and where there is none what is near."""
    finder, words = portal_of(request).finder, q[:QUERY_LETTERS_MAX]
    hits = finder.find(words, Narrowed(event, field, level, unit))
    found = {
        "total": len(finder.listed),
        "count": len(hits),
        "hits": [row_of(each) for each in hits[:SHOWN_MAX]],
        "near": [] if hits else near(words),
    }
    return Response(found, headers={"Cache-Control": REVALIDATE})


FINDING_ROUTES: Final[list[HTTPRouteHandler]] = [procedures, find]
