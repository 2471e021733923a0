"""``motcua stats|targets``: every figure from the log, beside a running server too, and what is to be reached."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

import msgspec

from server.data_dir import UsageError, add_data_options, need, transaction
from server.figures.periods import ALL, read_period
from server.figures.report import report
from server.figures.targets import KIND, Target, set_targets, targets_of
from server.store.catalogue import Shelf, units_of
from server.store.figures import FIGURES, LINES_AT_ONCE, forget, read_all, read_on
from server.store.store import now_ms

#: What each key of ``--json`` says: these names stay.
KEYS: Final = """\
--json prints one value: v, at, period {name, kind, first, last}, the figures of all, and the same figures under
by_unit (who handles it), by_receiving (who took it in), by_field, by_procedure, by_channel, by_level; then by_month
(the last twelve) and reported. A null share is a share of nothing, a null key is not known.

  received = carried + new = finished + open   before the office in the period: from before, or handed in during it
  online + counter + in_village + post = new   handed in so; assisted: with an officer's help
  early + on_time + overdue = finished         measured when the result is made (state 9), not when it is given out
  rejected, stopped, withdrawn (in on_time)    finished without a result, as report 06a counts them
  undated (in on_time)                         finished with a result, and never promised a day
  open_overdue                                 open, with the office, past their day (0 for a period that is over)
  online_percent, assisted_percent of new; in_time_percent (early and on_time) of finished

A dossier for which another day was promised is measured by the first; time that stood still moves it. reported has what
was said of a period (whole, part, percent), what follows from its own numbers (reckoned, mismatch, remainder), and
computed: what this log says of the same unit and period, null where it has nothing."""
SHOWN: Final = ("new", "online", "finished", "early", "on_time", "overdue", "open")


def add_stats_command(added: argparse.ArgumentParser) -> None:
    """Say what ``stats`` takes."""
    added.formatter_class, added.epilog = argparse.RawDescriptionHelpFormatter, KEYS
    added.add_argument("--period", default=ALL, metavar="P", help="all, 2026, 2026-Q4 or 2026-11")
    added.add_argument("--rebuild", action="store_true", help="read the whole log again instead of its new lines")
    added.add_argument("--json", action="store_true", help="print one JSON value")


def run_stats(arguments: argparse.Namespace) -> int:
    """Print the figures of a period."""
    at_ms = now_ms()
    try:
        period = read_period(arguments.period, at_ms)
    except ValueError as fault:
        raise UsageError(str(fault)) from None
    need(arguments.data)
    if arguments.rebuild:
        with transaction(arguments.data) as conn:
            forget(conn)
    lines = LINES_AT_ONCE
    while lines == LINES_AT_ONCE:  # a few at a time: a running server writes in between
        with transaction(arguments.data) as conn:
            lines = read_on(conn)
    with transaction(arguments.data) as conn:
        read_all(conn)
        told = report(conn, Shelf().fresh(conn), period, at_ms)
    print(json.dumps(told, ensure_ascii=False) if arguments.json else "\n".join(_lines(told)))
    return 0


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [f"{told['period']['name']}, as of {told['at']}"]
    lines += [f"  {name:<14}{told[name]:>10,}" for name in FIGURES]
    for each in told["by_unit"]:
        lines.append(f"{each['name']}: " + ", ".join(f"{name} {each[name]}" for name in SHOWN))
    for each in told["reported"]:
        if each["mismatch"]:
            lines.append(f"reported {each['period']}: {each['says']}")
            lines.append(f"  {each['percent']}% was written, {each['reckoned']}% follows")
    return lines


def add_target_commands(added: argparse.ArgumentParser) -> None:
    """Give ``motcua targets`` its words."""
    words = added.add_subparsers(required=True, metavar="WORD")
    sets = words.add_parser("set", help="set a share that is to be reached in a year")
    sets.set_defaults(run=run_targets, file=None)
    sets.add_argument("--kpi", required=True, choices=("online_dossiers", "online_procedures"))
    sets.add_argument("--for", required=True, dest="scope", metavar="UNIT", help="a unit, or kind: and a kind of unit")
    sets.add_argument("--period", required=True, metavar="YEAR")
    sets.add_argument("--percent", required=True, type=float)
    sets.add_argument("--decision", required=True, metavar="N", help="by which decision")
    takes = words.add_parser("import", help="take a JSON list of targets, all of them or none")
    takes.set_defaults(run=run_targets)
    takes.add_argument("file", type=Path, metavar="FILE")
    shows = words.add_parser("show", help="the targets that count")
    shows.set_defaults(run=run_show_targets)
    add_data_options(sets, takes, shows)


def run_targets(arguments: argparse.Namespace) -> int:
    """Set one target, or those of a file."""
    need(arguments.data)
    try:
        if arguments.file is not None:
            targets = msgspec.json.decode(arguments.file.read_bytes(), type=list[Target])
        else:
            names = ("kpi", "scope", "period", "percent", "decision")
            targets = [msgspec.convert({name: getattr(arguments, name) for name in names}, Target)]
    except (OSError, msgspec.MsgspecError) as fault:
        raise UsageError(f"no target: {fault}") from fault
    with transaction(arguments.data) as conn:
        units = units_of(conn)
        kinds = {KIND + unit.kind for unit in units.values()}
        unknown = sorted({each.scope for each in targets} - kinds - units.keys())
        if unknown:
            raise UsageError(f"no unit, and no kind of unit: {', '.join(unknown)}")
        count = set_targets(conn, targets, now_ms())
    print(json.dumps({"set": count, "unchanged": len(targets) - count}) if arguments.json else f"{count} set")
    return 0


def run_show_targets(arguments: argparse.Namespace) -> int:
    """Print the targets that count."""
    need(arguments.data)
    with transaction(arguments.data) as conn:
        targets = targets_of(conn)
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(targets), ensure_ascii=False))
    else:
        for each in targets:
            print(f"{each.period}  {each.kpi}  {each.scope}  {each.percent:g}%  {each.decision}")
    return 0
