"""``motcua units import|show``: the tree of agencies and units, and what an old name means today."""

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec

from schemas.moments import local_day
from server.data_dir import UsageError, add_data_options, need, transaction
from server.store.catalogue import units_of
from server.store.store import now_ms
from server.store.units import after_of, history_of
from server.units.importing import import_units, lines_of
from server.units.kinds import tier_of
from server.units.reading import UnreadableFile
from server.units.shipped import keep_units
from server.units.succession import successors
from server.units.tree import meant


def add_unit_commands(added: argparse.ArgumentParser) -> None:
    """Give ``motcua units`` its words."""
    words = added.add_subparsers(required=True, metavar="WORD")
    add = words.add_parser("import", help="take a file of units, all of it or nothing")
    add.set_defaults(run=run_import)
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    show = words.add_parser("show", help="say what a unit or an address of before means today")
    show.set_defaults(run=run_show)
    show.add_argument("what", metavar="WHAT", help='an id, an official code, or a name such as "Bắc Việt, Văn Lãng"')
    add_data_options(add, show)


def run_import(arguments: argparse.Namespace) -> int:
    """Import a file of units; ends with 1 where anything was refused."""
    try:
        raw = arguments.file.read_bytes()
    except OSError as fault:
        raise UsageError(f"{arguments.file} cannot be read: {fault.strerror}") from fault
    need(arguments.data)
    try:
        with transaction(arguments.data) as conn:
            keep_units(conn)
            report = import_units(conn, raw, now_ms(), dry_run=arguments.dry_run)
    except UnreadableFile as fault:
        raise UsageError(f"{arguments.file}: {fault}") from fault
    told = json.dumps(msgspec.to_builtins(report), ensure_ascii=False)
    print(told if arguments.json else "\n".join(lines_of(report)))
    return 1 if report.refused else 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the units that words mean, each with its place in the tree and who stands for it today."""
    need(arguments.data)
    with transaction(arguments.data) as conn:
        keep_units(conn)
        units, after, what = units_of(conn), after_of(conn), arguments.what.strip()
        exact = [unit for unit in units.values() if what in (unit.id, unit.official_code)]
        today = local_day(now_ms()).isoformat()
        told: list[dict[str, Any]] = [
            {
                **msgspec.to_builtins(unit),
                "tier": tier_of(unit, units),
                "today": [{"id": each, "name": units[each].name} for each in successors(unit.id, after, units, today)],
                "before": history_of(conn, unit.id),
            }
            for unit in exact or meant(what, units.values())
        ]
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n".join(map(_line, told)) or "no unit is called so")
    return 0 if told else 1


def _line(told: dict[str, Any]) -> str:
    ended = f", until {told['valid_to']}" if told["valid_to"] else ""
    now = ", ".join(f"{each['name']} ({each['id']})" for each in told["today"])
    return f"{told['id']}  {told['name']} ({told['kind']}{ended})  today: {now or 'none'}"
