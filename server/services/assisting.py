"""Accounts that officers begin for others, and their owners finish on a phone of their own.

Rule 1. The officer never learns what the owner signs in with; the slip opens the account once, to set a password.
Rule 2. What the officer did is a line of the log: who, when, for whom. So is the owner's finishing.
Rule 3. Every mistake is told alike, as with any slip (``handovers.py``).
"""

import sqlite3
from hashlib import sha256

from msgspec import Struct

from schemas.ids import is_id
from schemas.messages import AccountBegun, AssistedAccount
from schemas.problems import RequestProblem
from schemas.slips import HandOver, read_hand_over, read_provisional, read_secret
from server.ids import person_of
from server.services.accounts import cleaned
from server.services.attempts import Limits
from server.services.handovers import NOTHING, give, is_let_in, passed
from server.services.passwords import Passwords, check_password
from server.services.sessions import Asking, Entered, open_session
from server.store.catalogue import Catalogue
from server.store.handovers import (
    Assisted,
    add_assisted,
    find_assisted,
    finish_assisted,
    fits,
    secret_hash,
    slips_of_account,
)
from server.store.ledger import SqliteLedger, Tip
from server.store.people import Person, add_person, find_person, known_of, set_password
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from sync.ledger import Event


class Opened(Struct, frozen=True):
    """An account that a slip opens, and whose it is to be."""

    row: Assisted
    person: Person


async def begin_assisted(store: Store, officer: str, asked: AssistedAccount) -> AccountBegun:
    """Begin an account for somebody, or find the one begun under this id; what came first is kept.

    Raises:
        RequestProblem: ``invalid``, naming the key; a code that finishes another account is.
    """
    code, secret = read_provisional(asked.code), read_secret(asked.secret)
    if not is_id(asked.account):
        raise RequestProblem("invalid", "account is a UUIDv7")
    if code is None or secret is None:
        raise RequestProblem("invalid", "code and secret are those of a slip")
    name, citizen_id, phone = cleaned(asked)
    identifier = person_of(f"assisted\n{asked.account}")

    def job(conn: sqlite3.Connection, tip: Tip) -> AccountBegun:
        now, known = now_ms(), find_assisted(conn, code)
        begun = find_person(conn, identifier)
        if (known is not None and known.person != identifier) or (known is None and begun is not None):
            raise RequestProblem("invalid", "this account was begun with another code")
        if known is not None and known.officer != officer:
            raise RequestProblem("invalid", "account")
        if begun is None:
            begun = Person(identifier, f"a-{identifier}", name, "unverified")
            add_person(conn, begun, now, citizen_id=citizen_id, phone=phone)
            hashed = secret_hash(conn, HandOver(code, secret))
            add_assisted(conn, Assisted(code, hashed, identifier, officer, asked.account, finished=False), now)
            _record(conn, tip, store.shelf.fresh(conn), "begin", officer, identifier, now)
        return AccountBegun(begun.id, begun.status)

    return await store.write(job)


async def finish_account(
    store: Store, limits: Limits, passwords: Passwords, typed: str, password: str, asking: Asking
) -> Entered:
    """Set the password of an account that was begun with a slip, and sign in; its dossiers become its owner's.

    Repeated with the same password, it signs in: the first answer may have been lost.

    Raises:
        RequestProblem: ``not-found``, whatever the mistake; ``invalid``, too easy a password; ``slow-down``.
    """
    found = _opened(store, limits, typed, asking.address)
    if found.row.finished:
        return await _again(store, limits, passwords, found, password, asking)
    check_password(password, known_of(store.conn, found.person))
    hashed = await passwords.hashed(password)

    def job(conn: sqlite3.Connection, tip: Tip) -> bool:
        now, catalogue = now_ms(), store.shelf.fresh(conn)
        if not finish_assisted(conn, found.row.code, now) or not set_password(conn, found.person.id, hashed, None):
            return False
        _give_all(conn, tip, catalogue, found, now)
        _record(conn, tip, catalogue, "finish", found.person.id, found.person.id, now)
        return True

    if not await store.write(job):
        raise RequestProblem("not-found")
    return await _enter(store, found.person.id, asking)


def _opened(store: Store, limits: Limits, typed: str, address: str) -> Opened:
    slip = read_hand_over(typed) or HandOver("", NOTHING)
    try:
        row = find_assisted(store.conn, slip.code) if is_let_in(limits, slip.code, address) else None
        right = fits(row.secret if row is not None else None, secret_hash(store.conn, slip))
        person = find_person(store.conn, row.person) if row is not None and right else None
    except sqlite3.Error as fault:
        raise problem_of(fault) from fault
    if row is None or person is None:
        raise RequestProblem("not-found")
    passed(limits, slip.code, address)
    return Opened(row, person)


async def _again(
    store: Store, limits: Limits, passwords: Passwords, found: Opened, password: str, asking: Asking
) -> Entered:
    """Sign in where the code was used and the password fits; guesses are counted as at any sign-in.

    The account's dossiers are its owner's, as the first time: a restore may have lost that and nothing else.
    """
    person = found.person
    limits.sign_in.admit(person.id, now_ms())
    if await passwords.fitting(password, [person.password_hash]) is None:
        raise RequestProblem("not-found")
    limits.sign_in.forget(person.id)
    await store.write(lambda conn, tip: _give_all(conn, tip, store.shelf.fresh(conn), found, now_ms()))
    return await _enter(store, person.id, asking)


def _give_all(conn: sqlite3.Connection, tip: Tip, catalogue: Catalogue, found: Opened, now: int) -> None:
    """Give the dossiers whose slips name the account to its owner; who has one already keeps it."""
    for slip in slips_of_account(conn, found.row.account):
        give(conn, tip, catalogue, slip.code, found.person.id, now)


async def _enter(store: Store, person: str, asking: Asking) -> Entered:
    known = find_person(store.conn, person)
    entered = await open_session(store, known, asking) if known is not None else None
    if entered is None:
        raise RequestProblem("not-found")
    return entered


def _record(conn: sqlite3.Connection, tip: Tip, catalogue: Catalogue, what: str, who: str, whom: str, now: int) -> None:
    """Write a line of the log: its digest names who and for whom."""
    ledger = SqliteLedger(conn, tip, now)
    digest = sha256(f"account {what}\n{who}\n{whom}".encode()).digest()
    ledger.record(
        Event(
            seq=ledger.next_seq(), kind="account", at_ms=now, person=who, op=None, dossier=None, type=what,
            outcome=None, digest=digest,
        )
    )  # fmt: skip
    ledger.flush(catalogue)
