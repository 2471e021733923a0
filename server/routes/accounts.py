"""Accounts begun on a phone, their password, and the devices that are signed in to them."""

from typing import Final

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from schemas.ids import is_id
from schemas.messages import (
    Account,
    AccountBegun,
    AccountToken,
    AssistedAccount,
    BeginAccount,
    DeviceList,
    DevicesEnded,
    FinishAccount,
    SetPassword,
    SignedIn,
)
from schemas.problems import RequestProblem
from server.routes.gate import ANYONE, OFFICER, PERSON, address_of, person_asking, session_asking, store_of, token_in
from server.routes.openapi import speaks
from server.routes.sessions import asking_of, known_cookie, session_cookie
from server.routes.wire import Answer, AnyRequest, answer, decoded, read_json
from server.services.accounts import account_of, begin_account, change_password
from server.services.assisting import begin_assisted, finish_account
from server.services.devices import devices_of, label_of, sign_out_device, sign_out_others

BODY_BYTES_MAX: Final = 16 * 1024

_begin = msgspec.json.Decoder(BeginAccount)
_assisted = msgspec.json.Decoder(AssistedAccount)
_finish = msgspec.json.Decoder(FinishAccount)
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


@post(
    "/accounts/assisted",
    status_code=201,
    opt=speaks(OFFICER, takes=AssistedAccount, answers=AccountBegun),
    summary="Begin an account for somebody; harmless when repeated",
)
async def begin_for(request: AnyRequest) -> Answer:
    """Answer the account begun under this id, made now where there is none."""
    asked = decoded(_assisted, await read_json(request, wire_max=BODY_BYTES_MAX, inflated_max=BODY_BYTES_MAX))
    return answer(request, await begin_assisted(store_of(request), person_asking(request), asked), 201)


@post(
    "/accounts/finish",
    status_code=200,
    opt=speaks(ANYONE, takes=FinishAccount, answers=SignedIn),
    summary="Set the password of an account begun by an officer, and sign in",
)
async def finish(request: AnyRequest) -> Answer:
    """Answer the account and its session, as at sign-in; ``not-found`` whatever the mistake in the code."""
    asked = decoded(_finish, await read_json(request, wire_max=BODY_BYTES_MAX, inflated_max=BODY_BYTES_MAX))
    asking, state = asking_of(request), request.app.state
    entered = await finish_account(store_of(request), state.limits, state.passwords, asked.code, asked.password, asking)
    onward = answer(request, entered.account)
    onward.cookies += [session_cookie(request, entered.account.token), known_cookie(request, asking, entered)]
    return onward


ACCOUNT_ROUTES: Final = [begin, begin_for, finish, me, token, password, devices, end_device, end_other_devices]
