"""The bar on top of the desk's pages: who works here, and where their roles lead."""

from typing import Any

from sync.ledger import Actor
from sync.rights import is_officer


def bar(officer: Actor) -> dict[str, Any]:
    """Return ``officer``, whether they take in dossiers (``takes_in``: /di-ban), and whether they head a unit."""
    return {
        "officer": officer.name,
        "takes_in": is_officer(officer),
        "heads": any("head" in roles for roles in officer.units.values()),
    }
