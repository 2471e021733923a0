"""``motcua due`` and ``motcua calendar``: when something is due and why; the days, and deciding over one."""

import argparse
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.moments import HO_CHI_MINH, local_day
from server.calendar import calendar_of
from server.data_dir import UsageError, add_data_options, need, transaction
from server.desk.overrides import Override
from server.services.calendar import effect_of
from server.store.catalogue import Shelf, decide_day, overrides_of
from server.store.store import now_ms
from sync.deadlines import UNITS, Calendar, OutsideCalendar, due

#: Who is named where no person is known: the decision was put in force on the server, or before persons were kept.
BY_COMMAND: Final = "on the server"


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
        answer = due(received, arguments.count, arguments.unit, _calendar(arguments.data)[0])
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


def add_calendar_commands(added: argparse.ArgumentParser) -> None:
    """Say what ``calendar`` takes."""
    commands: Any = added.add_subparsers(required=True, metavar="COMMAND")
    shows = commands.add_parser("show", help="the days off and make-up days of a year")
    shows.set_defaults(run=run_show)
    shows.add_argument("--year", type=int, help="this year where not said")
    sets = commands.add_parser("set", help="decide over a day; first see with --dry-run what it would change")
    sets.set_defaults(run=run_set)
    sets.add_argument("day", type=date.fromisoformat, metavar="YYYY-MM-DD")
    kind = sets.add_mutually_exclusive_group(required=True)
    kind.add_argument("--off", action="store_true", help="nobody works on it")
    kind.add_argument("--working", action="store_true", help="it is worked, as a make-up Saturday is")
    sets.add_argument("--why", required=True, help="as citizens read it")
    sets.add_argument("--decision", required=True, metavar="NUMBER", help="the decision that says so")
    sets.add_argument("--dry-run", action="store_true", help="say what it would change, and change nothing")
    add_data_options(shows, sets)


def run_show(arguments: argparse.Namespace) -> int:
    """Print the days of a year that are not as the week says."""
    calendar, decided = _calendar(arguments.data)
    year = arguments.year or local_day(now_ms()).year
    days = [(day, False, why) for day, why in calendar.days_off.items()]
    days += [(day, True, why) for day, why in calendar.make_up_days.items()]
    shown = sorted(each for each in days if each[0].year == year)
    if arguments.json:
        said = [
            {"day": day.isoformat(), "working": working, "why": why, **_decided(decided.get(day))}
            for day, working, why in shown
        ]
        print(json.dumps({"version": calendar.version, "days": said}, ensure_ascii=False))
        return 0
    print(f"{year}, version {calendar.version}")
    for day, working, why in shown:
        print(f"  {day:%d/%m/%Y}  {'working' if working else 'off    '}  {why}")
        for name, value in _decided(decided.get(day)).items():
            print(f"              {name}: {value}")
    return 0


def run_set(arguments: argparse.Namespace) -> int:
    """Print what a decision over a day changes and, unless only asked, put it in force."""
    need(arguments.data)
    if not (arguments.why.strip() and arguments.decision.strip()):
        raise UsageError("say why, and by which decision")
    override = Override(arguments.day, arguments.working, arguments.why, arguments.decision, verified=True)
    with transaction(arguments.data) as conn:
        catalogue = Shelf().fresh(conn)
        if not catalogue.calendar.first <= override.day <= catalogue.calendar.last:
            raise UsageError(f"the calendar does not reach to {override.day}")
        effect = effect_of(conn, catalogue, override)
        if not arguments.dry_run:
            decide_day(conn, override, now_ms(), None)
    if arguments.json:
        said = {"in_force": not arguments.dry_run, **msgspec.to_builtins(effect)}
        print(json.dumps(said, ensure_ascii=False))
        return 0
    print(f"calendar {effect.before} → {effect.after}: {'would be' if arguments.dry_run else 'is'} in force")
    print(f"{effect.count} open dossiers would be due on another day if reckoned anew; what was promised stands")
    for each in effect.moved:
        print(f"  {each.code}  {each.before} → {each.after}")
    return 0


def _decided(override: Override | None) -> dict[str, str]:
    """Return of a decided day by which decision, who put it in force and when."""
    if override is None or override.at_ms is None:
        return {}
    at = datetime.fromtimestamp(override.at_ms / 1000, HO_CHI_MINH).isoformat(timespec="seconds")
    return {"decision": override.decision, "by": override.by or BY_COMMAND, "at": at}


def _calendar(data: Path) -> tuple[Calendar, dict[date, Override]]:
    """Return the calendar in force in a data directory, or where there is none the one it would begin with.

    With it come the decisions that hold, by their day.
    """
    if not data.is_dir():
        return calendar_of(), {}
    need(data)
    with transaction(data) as conn:
        return Shelf().fresh(conn).calendar, {each.day: each for each in overrides_of(conn)}
