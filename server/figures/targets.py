"""Targets as data: which share a unit, or each unit of a kind, is to reach in a year, by which decision.

A target is never changed: a later decision about the same share, scope and year counts instead, the earlier one stays.
"""

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from server.store.catalogue import Unit

Kpi = Literal["online_dossiers", "online_procedures"]
KIND: Final = "kind:"
#: Below its target, and at least this much of it: near.
NEAR: Final = Decimal("0.9")
_HERE: Final = Path(__file__).parent


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """``scope`` is a unit's id or ``kind:`` with a kind, ``period`` a year; ``most`` ends a range that was given."""

    kpi: Kpi
    scope: Annotated[str, Meta(min_length=1, max_length=60)]
    period: Annotated[str, Meta(pattern=r"^[0-9]{4}$")]
    percent: Annotated[float, Meta(ge=0, le=100)]
    decision: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
    most: Annotated[float, Meta(ge=0, le=100)] | None = None


def shipped() -> list[Target]:
    """Return the targets that were reported for 2022."""
    return msgspec.json.decode((_HERE / "targets.json").read_bytes(), type=list[Target])


def set_targets(conn: sqlite3.Connection, targets: list[Target], now_ms: int) -> int:
    """Keep targets that say something new; return how many did. The caller owns the transaction."""
    known = {(each.kpi, each.scope, each.period): each for each in targets_of(conn)}
    new = [each for each in targets if known.get((each.kpi, each.scope, each.period)) != each]
    conn.executemany(
        "INSERT INTO target (kpi, scope, period, percent, most, decision, added) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(each.kpi, each.scope, each.period, each.percent, each.most, each.decision, now_ms) for each in new],
    )
    return len(new)


def targets_of(conn: sqlite3.Connection) -> list[Target]:
    """Return the targets that count, the latest of each share, scope and year."""
    rows = conn.execute("SELECT kpi, scope, period, percent, decision, most FROM target ORDER BY n")
    return list({(row[0], row[1], row[2]): Target(*row) for row in rows}.values())


def decided(conn: sqlite3.Connection, target: Target) -> bool:
    """Return whether anything was ever decided over the same share, scope and year."""
    return any(
        (each.kpi, each.scope, each.period) == (target.kpi, target.scope, target.period) for each in targets_of(conn)
    )


def target_for(targets: list[Target], kpi: Kpi, unit: Unit | None, period: str) -> Target | None:
    """Return the target of a unit: its own before that of its kind."""
    scopes = [] if unit is None else [unit.id, KIND + unit.kind]
    found = [each for each in targets if (each.kpi, each.period) == (kpi, period[:4]) and each.scope in scopes]
    return min(found, key=lambda each: scopes.index(each.scope), default=None)


def light(share: float | None, target: Target | None) -> str:
    """Return ``reached``, ``near``, ``below``, ``none`` (no target) or ``empty`` (nothing to measure)."""
    if target is None:
        return "none"
    if share is None:
        return "empty"
    if share >= target.percent:
        return "reached"
    return "near" if Decimal(str(share)) >= Decimal(str(target.percent)) * NEAR else "below"


def league(rows: list[dict[str, Any]], share: str) -> list[dict[str, Any]]:
    """Return rows in the order of a share, each with its ``rank``: the same share, the same rank (1, 2, 2, 4)."""
    ordered = sorted((row for row in rows if row[share] is not None), key=lambda row: (-row[share], row["name"] or ""))
    ranked: list[dict[str, Any]] = []
    for place, row in enumerate(ordered, 1):
        tied = ranked and ranked[-1][share] == row[share]
        ranked.append({**row, "rank": ranked[-1]["rank"] if tied else place})
    return ranked
