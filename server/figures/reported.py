"""Figures as they were reported, by their source and period, and what follows from them when they are reckoned again.

A reported figure is never changed and never mixed with one that is computed from the log. Where the percentage that
was written does not follow from its own two numbers, both are shown and the difference is said.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

_HERE: Final = Path(__file__).parent


class Reported(Struct, frozen=True):
    """A sentence of a report: a part of a whole, the percentage written beside it, and what the whole is made of.

    ``period`` is what the figure is about, ``published`` when it was printed: they differ. ``figure`` names the figure
    of the log that counts the part, and ``of`` the one that counts the whole, where there is one.
    """

    id: str
    unit: str
    period: str
    published: str
    source: str
    says: str
    whole: int | None = None
    part: int | None = None
    percent: str | None = None
    change: str | None = None
    parts: dict[str, int] = {}
    figure: str | None = None
    of: str | None = None


@cache
def reported() -> tuple[Reported, ...]:
    """Return what is shipped, in the order of the report."""
    return msgspec.json.decode((_HERE / "reported.json").read_bytes(), type=tuple[Reported, ...])


def percent(part: int, whole: int, places: int = 2) -> str | None:
    """Return a share in percent, rounded half up, as text; null of nothing."""
    if whole == 0:
        return None
    share = Decimal(100 * part) / Decimal(whole)
    return str(share.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def reckoned(each: Reported) -> str | None:
    """Return the percentage that follows from a report's own numbers, to as many places as were written, else two."""
    if each.part is None or each.whole is None:
        return None
    places = 2 if each.percent is None else -int(Decimal(each.percent).as_tuple().exponent)
    return percent(each.part, each.whole, places)


def faults(each: Reported) -> list[str]:
    """Return in which ways a report contradicts itself: ``percent``, ``sum``."""
    found = []
    if each.percent is not None and reckoned(each) != each.percent:
        found.append("percent")
    if each.parts and each.whole is not None and sum(each.parts.values()) != each.whole:
        found.append("sum")
    return found


def told(each: Reported, computed: dict[str, int] | None) -> dict[str, Any]:
    """Return a reported figure with what is reckoned again, and beside it what the log of that period says."""
    counted = None
    if computed is not None and each.of is not None and computed[each.of]:
        part = None if each.figure is None else computed[each.figure]
        counted = {
            "whole": computed[each.of], "part": part,
            "percent": None if part is None else percent(part, computed[each.of]),
        }  # fmt: skip
    return {
        **msgspec.to_builtins(each), "reckoned": reckoned(each), "mismatch": faults(each),
        "remainder": None if each.part is None or each.whole is None else each.whole - each.part, "computed": counted,
    }  # fmt: skip
