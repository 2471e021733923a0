"""Accounts: begun on a phone, known to their owner, and given a password."""

import re
import sqlite3
from collections import Counter
from math import log2
from typing import Final

from schemas.messages import Account, AccountBegun, AssistedAccount, BeginAccount, OfficerRole
from schemas.problems import RequestProblem
from schemas.values import NAME_MAX, is_citizen_id, is_name, is_phone, trimmed
from server.ids import person_of
from server.services.attempts import Limits
from server.services.passwords import Passwords, check_password
from server.store.ledger import Tip
from server.store.people import Person, add_person, find_by_secret, find_person, known_of, roles_of, set_password
from server.store.sessions import Session, end_others, is_credential, settle_secret, token_hash
from server.store.store import Store, now_ms

#: 256 random bits show at least this much; a word repeated, or a phone whose random source is broken, does not.
SECRET_BITS_MIN: Final = 128
_SPACES: Final = re.compile(r"[\s.()-]")


async def begin_account(store: Store, limits: Limits, asked: BeginAccount, address: str, label: str) -> AccountBegun:
    """Begin an account on a phone, or find the one begun with this secret. Never says whether a citizen ID is known.

    Raises:
        RequestProblem: ``invalid``, naming the key; ``slow-down``.
    """
    check_secret(asked.secret)
    limits.repeats_by_secret.take(token_hash(asked.secret).hex(), now_ms())
    begun = find_by_secret(store.conn, asked.secret)
    if begun is not None:  # what came first is kept, whatever else is said now
        return AccountBegun(begun.id, begun.status)
    name, citizen_id, phone = cleaned(asked)
    limits.accounts_by_address.take(address, now_ms())

    def job(conn: sqlite3.Connection, tip: Tip) -> AccountBegun:
        del tip
        known = find_by_secret(conn, asked.secret)
        if known is None:
            if is_credential(conn, asked.secret):
                raise RequestProblem("invalid", "secret")
            now, identifier = now_ms(), person_of(asked.secret)
            known = Person(identifier, f"a-{identifier}", name, "unverified")
            add_person(conn, known, now, citizen_id=citizen_id, phone=phone, secret=asked.secret, label=label)
        return AccountBegun(known.id, known.status)

    return await store.write(job)


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
    return Account(person.id, person.name, person.user, person.status, roles, person.password_hash is not None)


async def change_password(
    store: Store, limits: Limits, passwords: Passwords, session: Session, password: str, old: str | None
) -> Account:
    """Set a password, or change it and sign out the account's other devices. Harmless when repeated.

    Raises:
        RequestProblem: ``invalid``, too easy; ``forbidden``, the present password does not fit; ``slow-down``;
            ``unavailable``.
    """
    person = find_person(store.conn, session.person)
    if person is None:
        raise RequestProblem("unauthenticated")
    check_password(password, known_of(store.conn, person))
    present = person.password_hash
    if present is None:
        present = await _set(store, session, await passwords.hashed(password), None)
        if present is None:
            return account_of(store, person.id)
    limits.password.admit(person.id, now_ms())
    fits = await passwords.fitting(password, [present])
    if fits is None:
        if old is None or await passwords.fitting(old, [present]) is None:
            raise RequestProblem("forbidden", "the present password does not fit")
        if await _set(store, session, await passwords.hashed(password), present) is not None:
            raise RequestProblem("unavailable", "another device changes the password", retry_after_s=1)
    limits.password.forget(person.id)
    return account_of(store, person.id)


async def _set(store: Store, session: Session, hashed: str, before: str | None) -> str | None:
    """Keep a password in place of the one before; return null, or the hash that was there instead of that one."""

    def job(conn: sqlite3.Connection, tip: Tip) -> str | None:
        del tip
        if not set_password(conn, session.person, hashed, before):
            person = find_person(conn, session.person)
            return None if person is None else person.password_hash
        if before is None:
            settle_secret(conn, session.person, now_ms())
        else:
            end_others(conn, session.person, session.id)
        return None

    return await store.write(job)


def check_secret(secret: str) -> None:
    """Let a secret through that may well be 256 random bits.

    Raises:
        RequestProblem: ``invalid``.
    """
    repeats = (secret + secret).find(secret, 1) < len(secret)
    bits = sum(-count * log2(count / len(secret)) for count in Counter(secret).values())
    if repeats or bits < SECRET_BITS_MIN:
        raise RequestProblem("invalid", "secret is 256 random bits")


def cleaned(asked: BeginAccount | AssistedAccount) -> tuple[str, str | None, str | None]:
    """Return name, citizen ID and phone as they are kept.

    Raises:
        RequestProblem: ``invalid``, naming the key.
    """
    name = trimmed(asked.name)
    if not is_name(name):
        raise RequestProblem("invalid", f"name is 1 to {NAME_MAX} characters")
    citizen_id = _SPACES.sub("", asked.citizen_id or "") or None
    if citizen_id is not None and not is_citizen_id(citizen_id):
        raise RequestProblem("invalid", "citizen_id is 12 digits")
    phone = _SPACES.sub("", asked.phone or "") or None
    if phone is not None and phone.startswith("+84"):
        phone = "0" + phone.removeprefix("+84")
    if phone is not None and not is_phone(phone):
        raise RequestProblem("invalid", "phone is 10 or 11 digits and begins with 0")
    return name, citizen_id, phone
