"""Who may do what to a dossier (protocol §1 "scope", §2 ``office``, §3 "who")."""

from typing import Final

from sync.dossier import Dossier
from sync.ledger import HEIR, Actor
from sync.merge import APPLICANT

FORMER: Final = "former"
INSPECTOR: Final = "inspector"
#: Roles that may change a dossier of their unit, the one that counts first where several are held.
WRITING: Final = ("head", "handler", "counter")
_UNOPENED: Final = ("draft", "1")


def role_of(actor: Actor, dossier: Dossier) -> str | None:
    """Return the role in which a person acts on a dossier.

    ``former``: only a scope they have left, or that it has left, could see it. Null: no scope of theirs ever could.
    """
    role = office_role(actor, dossier)
    if actor.person == dossier.begun_by:
        return APPLICANT if dossier.state == "draft" else _as_office(role, dossier) or FORMER
    if dossier.on_behalf is not None:
        if role in WRITING:
            return _as_office(role, dossier)
        return APPLICANT if actor.person == dossier.applicant else role or _former(actor, dossier)
    return APPLICANT if actor.person == dossier.applicant else role or _former(actor, dossier)


def _as_office(role: str | None, dossier: Dossier) -> str | None:
    """Return the role of an officer in what was taken in for another: until reception theirs is the applicant's."""
    return APPLICANT if role in WRITING and dossier.state in _UNOPENED else role


def office_role(actor: Actor, dossier: Dossier) -> str | None:
    """Return the role held in the dossier's unit, from when the unit sees it on."""
    held = actor.units.get(dossier.unit, ()) if dossier.sent_ms is not None else ()
    return next((role for role in (*WRITING, HEIR, INSPECTOR) if role in held), None)


def may_write(role: str) -> bool:
    """Return whether a role may change values at all."""
    return role == APPLICANT or role in WRITING


def may_see(actor: Actor, dossier: Dossier) -> bool:
    """Return whether one of a person's scopes sees the dossier now."""
    return not set(actor.scopes).isdisjoint(dossier.scopes)


def is_officer(actor: Actor) -> bool:
    """Return whether a person may take in dossiers for others, somewhere."""
    return any(role in WRITING for roles in actor.units.values() for role in roles)


def took_in_under_former_right(actor: Actor, dossier: Dossier) -> bool:
    """Return whether an officer took it in for a unit that was theirs and is no more, and it is not with the office.

    One that was never theirs is received for it by their own. Whoever claimed it hands in their own matter.
    """
    return (
        dossier.state == "draft"
        and (dossier.on_behalf is not None or dossier.channel != "online")
        and actor.person == (dossier.begun_by or dossier.applicant)
        and dossier.unit in actor.former_units
        and not set(WRITING).intersection(actor.units.get(dossier.unit, ()))
    )


def _former(actor: Actor, dossier: Dossier) -> str | None:
    if dossier.state == "draft":
        return None
    was_here = dossier.unit in actor.former_units
    was_ours = any(unit in actor.units or unit in actor.former_units for unit in dossier.former_units)
    return FORMER if was_here or was_ours else None
