"""``motcua form check|import``: forms are checked, and published beside a running server too."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from schemas.documents import check_files
from server.data_dir import UsageError, need, transaction
from server.services.publishing import import_forms, lines_of
from server.store.store import now_ms


def add_form_commands(added: argparse.ArgumentParser) -> None:
    """Give ``motcua form`` its words."""
    words = added.add_subparsers(required=True, metavar="WORD")

    def word(name: str, run: Callable[[argparse.Namespace], int], says: str) -> Any:
        parser = words.add_parser(name, help=says, description=says)
        parser.set_defaults(run=run)
        return parser

    check = word("check", run_check, "say what is wrong with form documents")
    check.add_argument("files", nargs="+", metavar="FILE")
    add = word("import", run_import, "publish form documents, all of them or none")
    add.add_argument("files", nargs="+", metavar="FILE")
    add.add_argument("--data", type=Path, default=Path("var/data"), metavar="DIR", help="the data directory")
    add.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add.add_argument("--json", action="store_true", help="print one JSON value")


def run_check(arguments: argparse.Namespace) -> int:
    """Check form documents."""
    lines, code = check_files(arguments.files)
    print("\n".join(lines))
    return code


def run_import(arguments: argparse.Namespace) -> int:
    """Publish form documents: all or none."""
    files = [(name, _read(name)) for name in arguments.files]
    need(arguments.data)
    with transaction(arguments.data) as conn:
        report = import_forms(conn, files, now_ms(), dry_run=arguments.dry_run)
    told = json.dumps(msgspec.to_builtins(report), ensure_ascii=False)
    print(told if arguments.json else "\n".join(lines_of(report)))
    return 1 if report.faults else 0


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as fault:
        raise UsageError(f"{name} cannot be read: {fault.strerror}") from fault
