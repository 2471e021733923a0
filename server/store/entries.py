"""Ops as rows: the table's columns, and what few ops have packed into one."""

from typing import Any, Final

import msgspec

from schemas.problems import Problem
from server.store.keys import blob, blob_or_none, text
from sync.ledger import Entry

COLUMNS: Final = "id, dossier, person, type, body, digest, received, made, seq, outcome, reason, role, rev, was, rest"

_pack = msgspec.msgpack.Encoder()


class Rest(msgspec.Struct, array_like=True):
    """What few ops have, and the device they came from."""

    problem: Problem | None = None
    paths: list[str] | None = None
    overridden: list[str] | None = None
    code: str | None = None
    proof: str | None = None
    officer_reason: str | None = None
    device: str | None = None
    secret: str | None = None


_NOTHING: Final = Rest()
_rest_decoder = msgspec.msgpack.Decoder(Rest)


def rest_of(entry: Entry) -> bytes | None:
    """Return the packed column, null where there is nothing in it."""
    rest = Rest(
        entry.problem,
        entry.paths,
        entry.overridden,
        entry.code,
        entry.proof,
        entry.officer_reason,
        entry.device,
        entry.secret,
    )
    return None if rest == _NOTHING else _pack.encode(rest)


def row_of(entry: Entry) -> tuple[Any, ...]:
    """Return an op as a row of ``COLUMNS``."""
    return (
        blob(entry.op), blob_or_none(entry.dossier), blob(entry.person), entry.type, entry.body, entry.digest,
        entry.received_ms, entry.at, entry.seq, entry.outcome, entry.reason, entry.role, entry.rev, entry.was,
        rest_of(entry),
    )  # fmt: skip


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Return a row of ``COLUMNS`` as an op."""
    rest = _rest_decoder.decode(row[14]) if row[14] is not None else Rest()
    return Entry(
        op=text(row[0]), dossier=text(row[1]) if row[1] is not None else "", person=text(row[2]), type=row[3],
        body=row[4], digest=row[5], received_ms=row[6], at=row[7], seq=row[8], outcome=row[9], reason=row[10],
        role=row[11], rev=row[12], was=row[13], problem=rest.problem, paths=rest.paths, overridden=rest.overridden,
        code=rest.code, proof=rest.proof, officer_reason=rest.officer_reason, device=rest.device,
        secret=rest.secret,
    )  # fmt: skip
