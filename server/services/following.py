"""What is told to somebody who asks with a code and a secret from a slip: where the dossier stands, and no more.

Rule 1. No name, no procedure, no reason in the office's own words, no sum: a slip may lie about.
Rule 2. The states are those of ux.md §3, each with its shape.
"""

from typing import Final

from msgspec import Struct

from schemas.moments import local_day
from server.desk.words import day
from server.texts import text
from sync.dossier import Dossier
from sync.workflow import taken

#: The national state → the state shown.
SHOWN: Final = {
    "draft": "waiting", "1": "received", "2": "office", "3": "closed", "4": "office", "5": "needs_you",
    "6": "needs_you", "7": "office", "8": "closed", "9": "ready", "10": "closed",
}  # fmt: skip
_DATED: Final = frozenset({"2", "4"})


class Standing(Struct, frozen=True):
    """Where a dossier stands: the state shown, its label and its sentence."""

    state: str
    label: str
    words: str


def standing(dossier: Dossier) -> Standing:
    """Return where a dossier stands, in words."""
    state = dossier.state
    if state == "1" and any(file.status != "verified" for file in dossier.attachments):
        left = sum(file.status != "verified" for file in dossier.attachments)
        return Standing("partly", text("state.partly", n=left), text("follow.1"))
    if state == "1" and taken(dossier, "ask_more"):
        return Standing("received", text("state.received"), text("follow.answered"))
    return Standing(SHOWN[state], _label(state), _words(dossier))


def _label(state: str) -> str:
    return text({"draft": "follow.draft_label", "3": "national.3", "7": "national.7_label", "8": "national.8",
                 "10": "national.10"}.get(state, f"state.{SHOWN[state]}"))  # fmt: skip


def _words(dossier: Dossier) -> str:
    state = dossier.state
    if state in _DATED and dossier.due:
        return text(f"national.{state}", date=day(dossier.due))
    if state in _DATED:
        return text(f"national.{state}_no_date")
    if state == "5":
        asked = [step for step in dossier.steps if step.command == "ask_more"][-1]
        return text("national.5", n=len(asked.items or []), date=day(asked.until))
    if state == "10":
        return text("follow.10", date=f"{local_day(dossier.steps[-1].at):%d/%m/%Y}")
    return text(f"follow.{state}")
