"""``motcua due``: when something is due, and why on that day; also the desk's calculator."""

import argparse
import json
from datetime import datetime
from pathlib import Path

import msgspec

from server.calendar import calendar_of
from server.data_dir import UsageError, need, transaction
from server.store.catalogue import Shelf
from sync.deadlines import UNITS, Calendar, OutsideCalendar, due


def add_due_command(added: argparse.ArgumentParser) -> None:
    """Say what ``due`` takes."""
    added.add_argument("--at", required=True, metavar="RFC3339", help="when it was received, with an offset")
    added.add_argument("--for", required=True, type=int, dest="count", metavar="N")
    added.add_argument("--unit", required=True, choices=UNITS)
    added.add_argument("--json", action="store_true")


def run_due(arguments: argparse.Namespace) -> int:
    """Print when it is due and each day that led there."""
    try:
        received = datetime.fromisoformat(arguments.at)
    except ValueError as fault:
        raise UsageError(f"{arguments.at} is no moment: {fault}") from None
    try:
        answer = due(received, arguments.count, arguments.unit, _calendar(arguments.data))
    except OutsideCalendar as fault:
        raise UsageError(f"the calendar ends before {fault}") from None
    except ValueError as fault:
        raise UsageError(str(fault)) from None
    trace = msgspec.to_builtins(answer.trace)
    if arguments.json:
        print(json.dumps({"due": answer.at.isoformat(), "trace": trace}, ensure_ascii=False))
        return 0
    print(f"{answer.at:%H:%M, %d/%m/%Y}")
    for day in answer.trace:
        print(f"  {day.date:%d/%m/%Y}  {'+1' if day.counted else '  '}  {day.why}")
    return 0


def _calendar(data: Path) -> Calendar:
    """Return the calendar in force in a data directory, or where there is none the one it would begin with."""
    if not data.is_dir():
        return calendar_of()
    need(data)
    with transaction(data) as conn:
        return Shelf().fresh(conn).calendar
