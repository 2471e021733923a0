"""Signing in and out. The cookie and the bearer token of one sign-in are one session: what ends one ends both."""

import secrets
import sqlite3
from typing import Final

from msgspec import Struct

from schemas.messages import Account, SignedIn
from schemas.problems import RequestProblem
from schemas.values import is_citizen_id
from server.services.accounts import account_of
from server.services.attempts import Limits
from server.services.passwords import Passwords
from server.store.ledger import Tip
from server.store.people import NAMESAKES_MAX, Person, find_person, known_mark, who_may_be
from server.store.sessions import add_session, end_forgotten, end_session, token_hash
from server.store.store import Store, now_ms

#: Of how many accounts a device remembers that they were signed in here.
MARKS_MAX: Final = 8


class Asking(Struct, frozen=True):
    """From where somebody signs in: address, the device's label, and the marks it was given before."""

    address: str
    label: str
    nonce: str
    marks: tuple[str, ...] = ()


class Entered(Struct, frozen=True):
    """Who came in, with the marks that the device keeps from now on."""

    account: SignedIn
    marks: tuple[str, ...]


async def sign_in(
    store: Store, limits: Limits, passwords: Passwords, user: str, password: str, asking: Asking
) -> Entered | None:
    """Return a new session and whose it is, or null where user and password do not fit.

    Raises:
        RequestProblem: ``slow-down`` or ``unavailable``.
    """
    found, now = who_may_be(store.conn, user), now_ms()
    key, is_known = _key(store, user, found, asking)
    limits.sign_in.admit(key, now)
    try:
        if not is_known:
            limits.failures_by_address.take(asking.address, now)
        cost = NAMESAKES_MAX if is_citizen_id(user) else 1
        place = await passwords.fitting(password, [each.password_hash for each in found], cost=cost)
    except RequestProblem:  # nothing was compared
        limits.sign_in.take_back(key)
        raise
    if place is None:
        return None
    limits.sign_in.forget(key)
    if not is_known:
        limits.failures_by_address.give_back(asking.address)
    return await open_session(store, found[place], asking)


async def sign_out(store: Store, token: str) -> None:
    """End a session."""

    def job(conn: sqlite3.Connection, tip: Tip) -> None:
        del tip
        end_session(conn, token, now_ms())

    await store.write(job)


async def open_session(store: Store, person: Person, asking: Asking) -> Entered | None:
    """Open a session; null where the password has changed since the person was read."""
    token = secrets.token_urlsafe(32)

    def job(conn: sqlite3.Connection, tip: Tip) -> int | None:
        del tip
        still = find_person(conn, person.id)
        if still is None or still.password_hash != person.password_hash:  # changed while it was compared
            return None
        now = now_ms()
        expires = add_session(conn, token, person.id, now, label=asking.label)
        end_forgotten(conn, person.id, now)
        return expires

    expires = await store.write(job)
    if expires is None:
        return None
    mark = known_mark(store.conn, person.id, asking.nonce)
    marks = (mark, *(each for each in asking.marks if each != mark))[:MARKS_MAX]
    account: Account = account_of(store, person.id)
    return Entered(
        SignedIn(
            account.person, account.name, account.user, account.status, account.roles, account.password,
            token=token, expires=expires,
        ),
        marks,
    )  # fmt: skip


def _key(store: Store, user: str, found: list[Person], asking: Asking) -> tuple[str, bool]:
    """Return under which key a try is counted, and whether this device was signed in to the account before."""
    account = found[0].id if found else token_hash(user).hex()
    for person in found:
        if known_mark(store.conn, person.id, asking.nonce) in asking.marks:
            return f"{account} {token_hash(asking.nonce).hex()}", True
    return account, False
