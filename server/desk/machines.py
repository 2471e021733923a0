"""The page of officers' devices, for heads: which have not been heard of, what waits on them, whom to call.

A tablet that is silent may hold a day's work of a village; who notices early can still fetch it.
"""

from typing import Any, Final

from server.desk.bar import bar
from server.desk.store import DeskStore, Machine
from server.desk.words import Say, moment

DAY_MS: Final = 86_400_000
SILENT_DAYS: Final = 3


def machines(store: DeskStore, found: list[Machine], say: Say) -> dict[str, Any]:
    """Return the values of the page: those that are silent for the longest come first."""
    now = store.now_ms()
    rows = [_row(each, now, say) for each in sorted(found, key=lambda each: (each.seen_ms, each.device))]
    return {
        **bar(store.officer), "rows": rows,
        "silent": sum(row["days"] >= SILENT_DAYS for row in rows),
    }  # fmt: skip


def _row(machine: Machine, now_ms: int, say: Say) -> dict[str, Any]:
    days = max(0, now_ms - machine.seen_ms) // DAY_MS
    seen = moment(machine.seen_ms)
    oldest = machine.seen_ms - int(machine.oldest_s * 1000) if machine.outbox and machine.oldest_s is not None else None
    free = machine.free_mb
    return {
        "owner": machine.owner, "phone": machine.phone or "", "days": days, "bold": days >= SILENT_DAYS,
        "mark": say("desk.machine.mark", mark=machine.device[-4:]),
        "version": say("desk.machine.version", app=machine.app) if machine.app else "",
        "said": say("desk.machine.silent", n=days, time=seen) if days else say("desk.machine.heard", time=seen),
        "waiting": _waiting(machine, say),
        "oldest": say("desk.machine.oldest", time=moment(oldest)) if oldest is not None else "",
        "free": say("desk.machine.free", n=int(free)) if free is not None else say("desk.machine.free_unknown"),
    }  # fmt: skip


def _waiting(machine: Machine, say: Say) -> str:
    if machine.outbox is None:
        return say("desk.machine.unknown")
    if not machine.outbox and not machine.blobs:
        return say("desk.machine.nothing")
    return say("desk.machine.waiting", n=machine.outbox, files=machine.blobs or 0)
