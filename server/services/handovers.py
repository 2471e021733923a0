"""Slips: an officer announces them, whoever holds one claims the dossier or asks where it stands.

Rule 1. Every mistake is told alike: a code that is wrong, locked, another's, or not here yet.
Rule 2. A code is locked after a few failures, whoever they come from; while it is, nothing is compared.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

from schemas.ids import is_id
from schemas.messages import HandOverItem, HandOverResult
from schemas.problems import RequestProblem
from schemas.slips import HandOver, read_code, read_hand_over, read_provisional, read_secret
from server.services.attempts import Limits
from server.store.catalogue import Catalogue
from server.store.dossiers import load_dossier
from server.store.handovers import (
    SLIPS_MAX,
    WAITING_MAX,
    Slip,
    add_slip,
    drop_strangers,
    find_slip,
    fits,
    followed,
    owner_of,
    secret_hash,
    set_account,
    slips_of,
    use_slip,
    waiting_of,
)
from server.store.ledger import SqliteLedger, Tip
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from sync.dossier import Dossier
from sync.push import claim

NOTHING: Final = "00000000"


async def keep_slips(store: Store, officer: str, items: Sequence[HandOverItem]) -> list[HandOverResult]:
    """Keep the slips an officer gave out; harmless when repeated.

    Raises:
        RequestProblem: ``unavailable`` or ``storage-full``; then none was kept.
    """

    def job(conn: sqlite3.Connection, tip: Tip) -> list[HandOverResult]:
        now, catalogue = now_ms(), store.shelf.fresh(conn)
        results = [HandOverResult(item.dossier, _keep(conn, officer, item, now)) for item in items]  # type: ignore[arg-type] # one of three
        for item, result in zip(items, results, strict=True):
            owner = _owner(conn, item) if result.outcome == "kept" else None
            if owner is not None:
                give(conn, tip, catalogue, read_code(item.code), owner, now)
        return results

    return await store.write(job)


async def claim_dossier(store: Store, limits: Limits, person: str, typed: str, address: str) -> str:
    """Give the dossier of a hand-over code to who asks; return it. Harmless when repeated.

    Raises:
        RequestProblem: ``not-found``, whatever the mistake; ``slow-down``, too many failures from one place.
    """
    slip = read_hand_over(typed)
    found = _opened(store, limits, slip, address)

    def job(conn: sqlite3.Connection, tip: Tip) -> bool:
        return slip is not None and give(conn, tip, store.shelf.fresh(conn), slip.code, person, now_ms())

    if found is None or not await store.write(job):
        raise RequestProblem("not-found")
    return found.dossier


def give(conn: sqlite3.Connection, tip: Tip, catalogue: Catalogue, code: str, person: str, now: int) -> bool:
    """Give a slip's dossier to a person in the caller's transaction; return whether it is theirs."""
    slip = find_slip(conn, code)
    ledger = SqliteLedger(conn, tip, now)
    dossier = ledger.find_dossier(slip.dossier) if slip is not None else None
    if slip is None or dossier is None or beginner_of(dossier) != slip.officer or slip.person not in (None, person):
        return False
    if not claim(ledger, catalogue, ledger.actor(person), dossier, now):
        return False
    ledger.flush(catalogue)
    if person != slip.officer:
        use_slip(conn, code, person, now)
    return True


def follow(store: Store, limits: Limits, code: str, secret: str, address: str) -> Dossier | None:
    """Return the dossier that a code and its secret open, or null, whatever the mistake.

    Raises:
        RequestProblem: ``slow-down``, too many failures from one place; ``unavailable``.
    """
    named, given = read_code(code), read_secret(secret)
    try:
        if not is_let_in(limits, named, address):
            return None
        dossier = _matching(store, named, given or NOTHING)
        if dossier is None or given is None:
            return None
        passed(limits, named, address)
        return load_dossier(store.conn, dossier)
    except sqlite3.Error as fault:
        raise problem_of(fault) from fault


def beginner_of(dossier: Dossier) -> str:
    """Return who began a dossier."""
    return dossier.begun_by or dossier.applicant


def _matching(store: Store, code: str, secret: str) -> str | None:
    """Return the dossier whose secret, its own or a slip's, was given with its code. Always the same work."""
    slip = find_slip(store.conn, code)
    named = slip.dossier if slip is not None else followed(store.conn, code)
    slips = slips_of(store.conn, named or "0" * 32)[:SLIPS_MAX]
    catalogue = store.shelf.fresh(store.conn)
    own = catalogue.secret(named or "").encode()
    right = fits(own if named else None, secret.encode())
    for each in [*slips, *[None] * (SLIPS_MAX - len(slips))]:
        given = secret_hash(store.conn, HandOver(each.code if each is not None else code, secret))
        right = fits(each.secret if each is not None else None, given) or right
    return named if right else None


def _opened(store: Store, limits: Limits, slip: HandOver | None, address: str) -> Slip | None:
    """Return the slip that a hand-over code opens; null for any mistake, counted."""
    read = slip or HandOver("", NOTHING)
    try:
        if not is_let_in(limits, read.code, address):
            return None
        found = find_slip(store.conn, read.code)
        if not fits(found.secret if found is not None else None, secret_hash(store.conn, read)):
            return None
    except sqlite3.Error as fault:
        raise problem_of(fault) from fault
    passed(limits, read.code, address)
    return found


def is_let_in(limits: Limits, code: str, address: str) -> bool:
    """Return false while a code is locked. A try is counted as a failure until it is said to be none.

    Raises:
        RequestProblem: ``slow-down``.
    """
    now = now_ms()
    limits.slips_by_address.take(address, now)
    return limits.slips.admit(code, now)


def passed(limits: Limits, code: str, address: str) -> None:
    """Count a try no more: it fitted."""
    limits.slips.forget(code)
    limits.slips_by_address.give_back(address)


def _keep(conn: sqlite3.Connection, officer: str, item: HandOverItem, now: int) -> str:
    code, secret = read_provisional(item.code), read_secret(item.secret)
    if code is None or secret is None or not is_id(item.dossier) or not (item.account is None or is_id(item.account)):
        return "refused"
    dossier = load_dossier(conn, item.dossier)
    if dossier is not None and beginner_of(dossier) != officer:
        return "refused"
    if dossier is not None:
        drop_strangers(conn, item.dossier, officer)
    hashed, known = secret_hash(conn, HandOver(code, secret)), find_slip(conn, code)
    if known is not None:
        if (known.dossier, known.officer) != (item.dossier, officer) or not fits(known.secret, hashed):
            return "refused"
    elif _is_full(conn, officer, item.dossier, is_here=dossier is not None):
        return "refused"
    else:
        add_slip(conn, Slip(code, item.dossier, hashed, officer, item.account, None), now)
    if known is not None and item.account is not None:
        set_account(conn, code, item.account)
    return "waiting" if dossier is None else "kept"


def _owner(conn: sqlite3.Connection, item: HandOverItem) -> str | None:
    """Return whose a dossier is before anybody asks.

    Whoever finished their account before its slip was announced, or had claimed it before the system was restored.
    """
    slip = find_slip(conn, read_code(item.code))
    used = slip.person if slip is not None else None
    return used or (owner_of(conn, item.account) if item.account else None)


def _is_full(conn: sqlite3.Connection, officer: str, dossier: str, *, is_here: bool) -> bool:
    return len(slips_of(conn, dossier)) >= SLIPS_MAX or (not is_here and waiting_of(conn, officer) >= WAITING_MAX)
