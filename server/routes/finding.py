"""Finding a procedure: the page of hits, which works without script, and the same as JSON for who types."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from schemas.finding.vocabulary import near
from server.finder import SHOWN_MAX, Narrowed, row_of
from server.routes.gate import ANYONE
from server.routes.portal import REVALIDATE, answer, portal_of

QUERY_LETTERS_MAX: Final = 200
#: The names that filters have in addresses, in the order of ``Narrowed``.
FILTERS: Final = ("viec", "linh_vuc", "cap", "don_vi")


@get("/thu-tuc", include_in_schema=False, sync_to_thread=False, opt=ANYONE)
def procedures(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer the list of procedures, or those that words and filters find."""
    portal, (words, narrowed) = portal_of(request), _asked(request)
    if words.strip() or narrowed != Narrowed():
        return answer(request, portal.search(words, narrowed))
    return answer(request, portal.documents["/thu-tuc"])


@get("/tim", include_in_schema=False, sync_to_thread=False, opt=ANYONE)
def find(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Answer the hits as phones draw them, best first, and where there is none what is near."""
    finder, (words, narrowed) = portal_of(request).finder, _asked(request)
    hits, place = finder.look(words, narrowed)
    found = {
        "total": len(finder.listed),
        "count": len(hits),
        "hits": [row_of(each) for each in hits[:SHOWN_MAX]],
        "near": [] if hits else near(words),
        "place": None if place is None else {"ended": place.ended, "now": place.names, "phones": place.phones},
    }
    return Response(found, headers={"Cache-Control": REVALIDATE})


def _asked(request: Request[Any, Any, Any]) -> tuple[str, Narrowed]:
    """Return the words that are looked for, and what the hits are narrowed to."""
    asked = request.query_params
    return asked.get("q", "")[:QUERY_LETTERS_MAX], Narrowed(*(asked.get(name, "") for name in FILTERS))


FINDING_ROUTES: Final[list[HTTPRouteHandler]] = [procedures, find]
