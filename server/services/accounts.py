"""Accounts and sessions: each function is one transaction, or a look-up."""

import asyncio
import secrets
import sqlite3
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from schemas.messages import Account, AccountBegun, BeginAccount, OfficerRole
from schemas.problems import RequestProblem
from server.ids import new_id
from server.settings import DAY_MS, SESSION_DAYS
from server.store.ledger import Tip
from server.store.people import (
    Person,
    add_person,
    add_session,
    end_session,
    find_by_secret,
    find_person,
    find_user,
    roles_of,
)
from server.store.store import Store, now_ms

VERIFYING_AT_ONCE: Final = 2
CITIZEN_ID_DIGITS: Final = 12
PHONE_DIGITS: Final = (10, 11)

_hasher = PasswordHasher()
#: What the password of nobody is compared with, so that an unknown user takes as long as a wrong password.
_nobody: Final = _hasher.hash(secrets.token_urlsafe(16))


class Verifier:
    """Compares passwords in threads, few at once: each costs memory and time on purpose."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(VERIFYING_AT_ONCE)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Return whether a password is the one that was hashed; null is nobody's."""
        async with self._turns:
            return await asyncio.to_thread(_fits, password, hashed or _nobody) and hashed is not None


async def begin_account(store: Store, asked: BeginAccount) -> AccountBegun:
    """Begin an account on a phone, or find the one begun with this secret. Never says whether a citizen ID is known.

    Raises:
        RequestProblem: ``invalid``, naming the key.
    """
    name, citizen_id, phone = _clean(asked)

    def job(conn: sqlite3.Connection, tip: Tip) -> AccountBegun:
        del tip
        known = find_by_secret(conn, asked.secret)
        if known is None:
            now = now_ms()
            identifier = new_id(now)
            known = Person(identifier, f"a-{identifier}", name, "unverified")
            add_person(conn, known, now, citizen_id=citizen_id, phone=phone, secret=asked.secret)
        return AccountBegun(known.id, known.status)

    return await store.write(job)


async def sign_in(store: Store, verifier: Verifier, user: str, password: str) -> tuple[str, Account] | None:
    """Return a new session's token and whose it is, or null where user and password do not fit."""
    person = find_user(store.conn, user)
    if not await verifier.fits(password, None if person is None else person.password_hash) or person is None:
        return None
    token, who = secrets.token_urlsafe(32), person.id

    def job(conn: sqlite3.Connection, tip: Tip) -> None:
        del tip
        add_session(conn, token, who, now_ms() + SESSION_DAYS * DAY_MS)

    await store.write(job)
    return token, account_of(store, who)


async def sign_out(store: Store, token: str) -> None:
    """End a session."""

    def job(conn: sqlite3.Connection, tip: Tip) -> None:
        del tip
        end_session(conn, token, now_ms())

    await store.write(job)


def account_of(store: Store, identifier: str) -> Account:
    """Return what a person may know of their own account.

    Raises:
        RequestProblem: ``unauthenticated``, there is no such person any more.
    """
    person = find_person(store.conn, identifier)
    if person is None:
        raise RequestProblem("unauthenticated")
    units, _ = roles_of(store.conn, identifier, now_ms())
    roles = [OfficerRole(unit, role) for unit, held in units.items() for role in held]
    return Account(person.id, person.name, person.user, person.status, roles)


def _fits(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False


def _clean(asked: BeginAccount) -> tuple[str, str | None, str | None]:
    name = unicodedata.normalize("NFC", asked.name).strip()
    if not name or any(ord(letter) < ord(" ") for letter in name):
        raise RequestProblem("invalid", "name")
    citizen_id, phone = asked.citizen_id or None, asked.phone or None
    if citizen_id is not None and not (_digits(citizen_id) and len(citizen_id) == CITIZEN_ID_DIGITS):
        raise RequestProblem("invalid", "citizen_id is 12 digits")
    if phone is not None and not (_digits(phone) and phone.startswith("0") and len(phone) in PHONE_DIGITS):
        raise RequestProblem("invalid", "phone is 10 or 11 digits and begins with 0")
    return name, citizen_id, phone


def _digits(value: str) -> bool:
    return value.isascii() and value.isdigit()
