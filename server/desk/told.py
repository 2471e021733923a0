"""What became of the last change, in words: an address may carry any key, so only known ones are spoken."""

from typing import Any, Final

from server.desk.store import DeskStore
from server.desk.words import Say, local
from sync.dossier import Dossier
from sync.merge import conflicts
from sync.view import policy_of

DONE: Final = "desk.done."
MOVED: Final = "desk.done.moved"
STALE: Final = "desk.refused.stale-state"
STALE_REV: Final = "desk.refused.stale-rev"
BLOCKED: Final = "desk.refused.conflict-open"


def told(key: str | None, dossier: Dossier, store: DeskStore, say: Say) -> dict[str, Any] | None:
    """Return what became of a change to a dossier that stands as given now, or null where nothing was asked."""
    if key is None or not key.startswith((DONE, "desk.refused.", "desk.fault.")):
        return None
    return {"words": _words(key, dossier, store, say), "good": key.startswith(DONE)}


def _words(key: str, dossier: Dossier, store: DeskStore, say: Say) -> str:
    if key == STALE and dossier.steps:
        return say("desk.stale", state=say(f"desk.state.{dossier.state}"), time=f"{local(dossier.steps[-1].at):%H:%M}")
    if key == BLOCKED:
        form = store.form(dossier.form)
        found = conflicts(dossier, lambda path: policy_of(form, path))
        return say("desk.blocked", n=sum(level == "blocking" for _, level, _ in found))
    try:
        return say(key)
    except KeyError:
        return say("desk.refused.other")
