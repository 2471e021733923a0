"""Slips that officers gave out, and the claims of those who hold them (protocol §4)."""

from typing import Final

import msgspec
from litestar import post

from schemas.messages import ClaimAsked, Claimed, HandOverResults, HandOvers
from server.routes.gate import OFFICER, PERSON, address_of, person_asking, store_of
from server.routes.openapi import speaks
from server.routes.wire import Answer, AnyRequest, answer, decoded, read_json
from server.services.handovers import claim_dossier, keep_slips

BODY_BYTES_MAX: Final = 64 * 1024

_handovers = msgspec.json.Decoder(HandOvers)
_claim = msgspec.json.Decoder(ClaimAsked)


@post(
    "/handovers",
    status_code=200,
    opt=speaks(OFFICER, takes=HandOvers, answers=HandOverResults),
    summary="Announce the slips given out with dossiers taken in; harmless when repeated",
)
async def announce(request: AnyRequest) -> Answer:
    """Answer for each slip whether it is kept."""
    body = await read_json(request, wire_max=BODY_BYTES_MAX, inflated_max=BODY_BYTES_MAX)
    asked = decoded(_handovers, body)
    results = await keep_slips(store_of(request), person_asking(request), asked.handovers)
    return answer(request, HandOverResults(results))


@post(
    "/claims",
    status_code=200,
    opt=speaks(PERSON, takes=ClaimAsked, answers=Claimed),
    summary="Take over the dossier of a hand-over code; harmless when repeated",
)
async def take_over(request: AnyRequest) -> Answer:
    """Answer which dossier is theirs now; it comes whole with the next pull."""
    body = await read_json(request, wire_max=BODY_BYTES_MAX, inflated_max=BODY_BYTES_MAX)
    asked = decoded(_claim, body)
    state = request.app.state
    dossier = await claim_dossier(
        store_of(request), state.limits, person_asking(request), asked.code, address_of(request)
    )
    return answer(request, Claimed(dossier))


HANDOVER_ROUTES: Final = [announce, take_over]
