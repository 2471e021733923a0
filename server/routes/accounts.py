"""Accounts begun on a phone, their password, and the devices that are signed in to them."""

from typing import Final

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from schemas.ids import is_id
from schemas.messages import Account, AccountBegun, AccountToken, BeginAccount, DeviceList, DevicesEnded, SetPassword
from schemas.problems import RequestProblem
from server.routes.gate import ANYONE, PERSON, address_of, person_asking, session_asking, store_of, token_in
from server.routes.openapi import speaks
from server.routes.wire import Answer, AnyRequest, answer, decoded, read_json
from server.services.accounts import account_of, begin_account, change_password
from server.services.devices import devices_of, label_of, sign_out_device, sign_out_others

BODY_BYTES_MAX: Final = 16 * 1024

_begin = msgspec.json.Decoder(BeginAccount)
_password = msgspec.json.Decoder(SetPassword)


@post(
    "/accounts",
    status_code=201,
    opt=speaks(ANYONE, takes=BeginAccount, answers=AccountBegun),
    summary="Begin an account on a phone; harmless when repeated",
)
async def begin(request: AnyRequest) -> Answer:
    """Answer the account begun with this secret, made now where there is none."""
    asked = decoded(_begin, await read_json(request, wire_max=BODY_BYTES_MAX, inflated_max=BODY_BYTES_MAX))
    label = label_of(request.headers.get("user-agent", ""))
    begun = await begin_account(store_of(request), request.app.state.limits, asked, address_of(request), label)
    return answer(request, begun, 201)


@get("/accounts/me", opt=speaks(PERSON, answers=Account), summary="Who is signed in")
async def me(request: AnyRequest) -> Answer:
    """Answer the account that asks, with its roles now."""
    return answer(request, account_of(store_of(request), person_asking(request)))


@post(
    "/accounts/token",
    status_code=200,
    opt=speaks(PERSON, answers=AccountToken),
    summary="The session of a page's cookie as a bearer token",
)
async def token(request: AnyRequest) -> Answer:
    """Answer whose session it is and its token: a phone sends each account's work with a credential of its own.

    A form that was posted without script leaves nothing but a cookie, which may become another account's at any moment.
    """
    known = account_of(store_of(request), person_asking(request))
    return answer(request, AccountToken(**msgspec.structs.asdict(known), token=token_in(request) or ""))


@post(
    "/accounts/password",
    status_code=200,
    opt=speaks(PERSON, takes=SetPassword, answers=Account),
    summary="Set or change the password; harmless when repeated",
)
async def password(request: AnyRequest) -> Answer:
    """Answer the account; the credential that asks stays valid, a change signs out all others."""
    session, state = session_asking(request), request.app.state
    asked = decoded(_password, await read_json(request, wire_max=BODY_BYTES_MAX, inflated_max=BODY_BYTES_MAX))
    changed = await change_password(
        store_of(request), state.limits, state.passwords, session, asked.password, asked.old
    )
    return answer(request, changed)


@get(
    "/accounts/devices",
    opt=speaks(PERSON, answers=DeviceList),
    summary="The devices that are signed in to this account",
)
async def devices(request: AnyRequest) -> Answer:
    """Answer the account's own devices, the newest contact first."""
    session = session_asking(request)
    await request.app.state.devices.write(store_of(request))  # so that the contacts of this minute are there
    return answer(request, await devices_of(store_of(request), session))


@delete("/accounts/devices/{device:str}", status_code=204, opt=PERSON, summary="Sign out a device; harmless repeated")
async def end_device(request: AnyRequest, device: FromPath[str]) -> None:
    """Answer nothing, also where the account has no such device."""
    session = session_asking(request)
    if not is_id(device):
        raise RequestProblem("not-found")
    await sign_out_device(store_of(request), session, device)


@delete(
    "/accounts/devices",
    status_code=200,
    opt=speaks(PERSON, answers=DevicesEnded),
    summary="Sign out all devices but this one",
)
async def end_other_devices(request: AnyRequest) -> Answer:
    """Answer how many were signed out."""
    ended = await sign_out_others(store_of(request), session_asking(request))
    return answer(request, DevicesEnded(ended))


ACCOUNT_ROUTES: Final = [begin, me, token, password, devices, end_device, end_other_devices]
