"""How much of the catalogue the province provides, what of that the national portal has, and at which level."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from schemas.catalogue import Procedure


def counts_of(procedures: Iterable[Procedure]) -> dict[str, Any]:
    """Count procedures. Of what is not known nothing is said: ``provided`` counts those known to be, and so on.

    ``levels`` and ``services`` count the present level of what the province provides, in both vocabularies.
    """
    every = list(procedures)
    ours = [each for each in every if each.provided]
    linked = [each for each in ours if each.linked]
    known = [each for each in ours if each.linked is not None]
    latest = [each.present for each in ours if each.present is not None]
    return {
        "procedures": len(every),
        "provided": len(ours),
        "linked": len(linked),
        "linked_percent": round(100 * len(linked) / len(ours), 2) if known else None,
        "not_linked": [each.code for each in ours if each.linked is False],
        "link_unknown": len(ours) - len(known),
        "published": sum(each.published is True for each in every),
        "provided_and_published": sum(each.published is True for each in ours),
        "at_commune": sum("xa" in each.levels for each in every),
        "levels": _counted(each.level for each in latest),
        "services": _counted(each.service for each in latest),
    }


def _counted(values: Iterable[Any]) -> dict[str, int]:
    return {str(key): count for key, count in sorted(Counter(values).items(), key=lambda pair: str(pair[0]))}
