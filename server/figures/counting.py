"""What the log says of one dossier, as far as it is counted: a fold over its lines in their order.

Rule 1. Lines are the only source: folding them again from the first gives the same row, and so does folding a few at a
time. Of a dossier itself only its procedure is asked, which never changes and no line repeats.
Rule 2. It counts from the line that handed it in. Channel, help and service level are those of that line.
Rule 3. It is finished at state 3, 8 or 9 (10 is the giving out of what 9 made). What was returned, stopped or withdrawn
counts as on time, as report 06a has it; a result is early before the promised day, on time until its hour, or overdue.
Rule 4. A day that a later promise took the place of stays the measure (domain A5: counted overdue). A pause moves both.
"""

from datetime import datetime
from functools import lru_cache
from typing import Final

from msgspec import Struct

from schemas.moments import local_day

FINAL: Final = frozenset({"3", "8", "9", "10"})
WITHDRAWN_FROM: Final = "7"
RESULT: Final = "9"


class Line(Struct, frozen=True):
    """A line of the log. ``due`` is RFC 3339, times are milliseconds since 1970."""

    dossier: bytes
    at_ms: int
    state: str
    channel: str
    assisted: bool
    level: str | None
    receiving: str
    handling: str
    due: str | None
    done_ms: int | None


class Counted(Struct, frozen=True):
    """A dossier as it is counted. ``promise_ms`` is the day it is measured by, ``due_ms`` the one promised last."""

    receiving: str
    handling: str
    channel: str
    assisted: bool
    level: str | None
    submitted_ms: int
    state: str
    due_ms: int | None = None
    promise_ms: int | None = None
    finished_ms: int | None = None
    ending: str | None = None
    timing: str | None = None


def counted(row: Counted | None, line: Line) -> Counted:
    """Return the row after one more line; null before the first."""
    due_ms = None if line.due is None else _moment(line.due)
    if row is None:
        made = Counted(
            line.receiving, line.handling, line.channel, line.assisted, line.level, line.at_ms, line.state,
            due_ms, due_ms,
        )  # fmt: skip
        return _ended(made, line, before="1")
    moved = Counted(
        line.receiving, line.handling, row.channel, row.assisted, row.level, row.submitted_ms, line.state,
        due_ms, _promise(row, line.state, due_ms), row.finished_ms, row.ending, row.timing,
    )  # fmt: skip
    if line.state in FINAL:
        return moved if row.finished_ms is not None else _ended(moved, line, before=row.state)
    return _with(moved, None, None, None)


@lru_cache(maxsize=4096)
def _moment(due: str) -> int:
    return int(datetime.fromisoformat(due).timestamp() * 1000)


def _promise(row: Counted, state: str, due_ms: int | None) -> int | None:
    if due_ms is None or row.promise_ms is None or row.due_ms is None:
        return due_ms
    if state == row.state:  # another day was promised, or nothing changed
        return row.promise_ms
    return row.promise_ms + due_ms - row.due_ms


def _ended(row: Counted, line: Line, before: str) -> Counted:
    if row.state not in FINAL:
        return row
    if row.state == "3":
        return _with(row, line.at_ms, "rejected", "on_time")
    if row.state == "8":
        return _with(row, line.at_ms, "withdrawn" if before == WITHDRAWN_FROM else "stopped", "on_time")
    at_ms = line.at_ms if line.done_ms is None else line.done_ms
    return _with(row, at_ms, "result", _timing(at_ms, row.promise_ms))


def _timing(at_ms: int, promise_ms: int | None) -> str:
    if promise_ms is None:
        return "on_time"  # nothing was promised: no day was missed (it is counted apart as undated)
    if at_ms > promise_ms:
        return "overdue"
    return "early" if local_day(at_ms) < local_day(promise_ms) else "on_time"


def _with(row: Counted, finished_ms: int | None, ending: str | None, timing: str | None) -> Counted:
    return Counted(
        row.receiving, row.handling, row.channel, row.assisted, row.level, row.submitted_ms, row.state,
        row.due_ms, row.promise_ms, finished_ms, ending, timing,
    )  # fmt: skip
