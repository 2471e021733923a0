"""A pull: what changed in a reader's scopes after their cursor, read at one point in time (protocol §4)."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from heapq import merge
from typing import Final, Protocol

from msgspec import Struct

from schemas.forms import Form
from schemas.ids import is_id
from schemas.messages import Gone, OpResult, SnapshotMark, WireDossier
from schemas.problems import RequestProblem
from sync.dossier import Dossier
from sync.ledger import Actor, Entry
from sync.push import result_of
from sync.rights import may_see
from sync.view import wire

FormOf = Callable[[str], Form | None]
PAGE: Final = 200

_CURSOR: Final = re.compile(r"(e[0-9]{1,9})\.([0-9]{1,15})\.([0-9a-f]{8})")


class Feed(Protocol):
    """What a pull asks of the log; all of it seen at one point in time."""

    def head(self) -> int:
        """Return the last position of the log."""

    def floor(self) -> int:
        """Return the position up to which the log is no longer kept (0: all is)."""

    def entries(self, scope: str, after: int, upto: int, limit: int) -> list[tuple[int, str, str]]:
        """Return ``(seq, dossier, kind)`` of a scope with ``after`` < seq <= ``upto``, in order."""

    def outcomes(self, person: str, after: int, upto: int) -> list[Entry]:
        """Return an account's ops whose outcome moved in that range, each once, by its last move."""

    def find_dossier(self, dossier: str) -> Dossier | None:
        """Return the dossier, or null."""

    def dossier_ids(self, scope: str, after: str, limit: int) -> list[str]:
        """Return ids of dossiers a scope sees now, greater than ``after``, in order."""


class Pulled(Struct):
    """The pull's part of an answer."""

    dossiers: list[WireDossier]
    gone: list[Gone]
    outcomes: list[OpResult]
    cursor: str
    more: bool


def make_cursor(epoch: str, seq: int, actor: Actor) -> str:
    """Return the cursor for a position, good for these scopes only."""
    scopes = sha256("\n".join(actor.scopes).encode()).hexdigest()
    return f"{epoch}.{seq}.{scopes[:8]}"


def read_cursor(cursor: str, actor: Actor, epoch: str, head: int, floor: int) -> int:
    """Return the position a cursor stands for.

    Raises:
        RequestProblem: ``invalid``, ``epoch-changed`` or ``cursor-expired``.
    """
    if not cursor:
        if floor:
            raise RequestProblem("cursor-expired")
        return 0
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise RequestProblem("invalid", "not a cursor of this server")
    if match[1] != epoch:
        raise RequestProblem("epoch-changed")
    seq = int(match[2])
    if cursor != make_cursor(epoch, seq, actor) or not floor <= seq <= head:
        raise RequestProblem("cursor-expired")
    return seq


def pull(feed: Feed, actor: Actor, form_of: FormOf, cursor: str, limit: int, epoch: str) -> Pulled:
    """Return at most ``limit`` dossiers that changed after the cursor, with all that belongs to them.

    Raises:
        RequestProblem: the cursor leads nowhere (see ``read_cursor``).
    """
    head = feed.head()
    since = read_cursor(cursor, actor, epoch, head, feed.floor())
    touched: dict[str, bool] = {}
    why: dict[str, str] = {}
    upto, more = head, False
    for seq, dossier, kind in merge(*(_entries(feed, scope, since, head) for scope in actor.scopes)):
        if dossier not in touched and len(touched) == limit:
            upto, more = seq - 1, True
            break
        touched[dossier] = touched.get(dossier, False) or kind == "whole"
        if kind.startswith("gone:"):
            why[dossier] = kind.removeprefix("gone:")
    dossiers, gone = [], []
    for identifier, whole in touched.items():
        found = feed.find_dossier(identifier)
        if found is not None and may_see(actor, found):
            dossiers.append(wire(found, actor, form_of(found.form), None if whole or since == 0 else since))
        else:
            gone.append(Gone(identifier, why.get(identifier, "moved")))
    outcomes = [result_of(entry) for entry in feed.outcomes(actor.person, since, upto)]
    return Pulled(dossiers, gone, outcomes, make_cursor(epoch, upto, actor), more)


def snapshot(
    feed: Feed, actor: Actor, form_of: FormOf, epoch: str, after: str = "", cursor: str | None = None
) -> Iterator[SnapshotMark | WireDossier]:
    """Yield the mark, every dossier the reader sees whole and in id order, and the mark again.

    A cut snapshot goes on with ``after`` (the last dossier that came) and the cursor of its first line.

    Raises:
        RequestProblem: the cursor leads nowhere, or ``after`` is no id.
    """
    head = feed.head()
    if after and not is_id(after):
        raise RequestProblem("invalid", "after is the id of a dossier")
    if cursor:
        read_cursor(cursor, actor, epoch, head, feed.floor())
    mark = SnapshotMark(cursor or make_cursor(epoch, head, actor), epoch)
    return _lines(feed, actor, form_of, mark, after)


def _lines(
    feed: Feed, actor: Actor, form_of: FormOf, mark: SnapshotMark, after: str
) -> Iterator[SnapshotMark | WireDossier]:
    yield mark
    last = ""
    for identifier in merge(*(_ids(feed, scope, after) for scope in actor.scopes)):
        if identifier == last:
            continue
        last = identifier
        found = feed.find_dossier(identifier)
        if found is not None and may_see(actor, found):
            yield wire(found, actor, form_of(found.form))
    yield mark


def _entries(feed: Feed, scope: str, after: int, upto: int) -> Iterator[tuple[int, str, str]]:
    while page := feed.entries(scope, after, upto, PAGE):
        yield from page
        after = page[-1][0]


def _ids(feed: Feed, scope: str, after: str) -> Iterator[str]:
    while page := feed.dossier_ids(scope, after, PAGE):
        yield from page
        after = page[-1]
