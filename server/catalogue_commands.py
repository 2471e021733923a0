"""``motcua catalogue import|counts|show``: the national portal's records, and what the province provides."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from server.catalogue.counting import counts_of
from server.catalogue.importing import TOO_LARGE, Report, import_file, lines_of
from server.catalogue.reading import FILE_MB_MAX, UnreadableFileError
from server.data_dir import UsageError, add_data_options, need, transaction
from server.store.database import connect
from server.store.procedures import changes_of, procedure, procedures
from server.store.store import now_ms

BAR: Final = 40


def add_catalogue_commands(added: argparse.ArgumentParser) -> None:
    """Give ``motcua catalogue`` its words."""
    words = added.add_subparsers(required=True, metavar="WORD")
    add = words.add_parser("import", help="take a file of the national portal's procedures")
    add.set_defaults(run=run_import)
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    count = words.add_parser("counts", help="say how many procedures there are, provided, linked, and at which level")
    count.set_defaults(run=run_counts)
    show = words.add_parser("show", help="print a procedure and what happened to its records")
    show.set_defaults(run=run_show)
    show.add_argument("code", metavar="CODE")
    add_data_options(add, count, show)


def run_import(arguments: argparse.Namespace) -> int:
    """Import a file; what is refused is listed, and the rest is taken."""
    need(arguments.data)
    try:
        report = _import(arguments)
    except OSError as fault:
        raise UsageError(f"{arguments.file} cannot be read: {fault.strerror}") from fault
    except UnreadableFileError as fault:
        raise UsageError(f"{arguments.file}: {fault}; nothing was changed") from fault
    told = json.dumps(msgspec.to_builtins(report), ensure_ascii=False)
    print(told if arguments.json else "\n".join(lines_of(report, dry_run=arguments.dry_run)))
    return 0


def _import(arguments: argparse.Namespace) -> Report:
    with arguments.file.open("rb") as file:
        size = arguments.file.stat().st_size
        if size > FILE_MB_MAX * 1024 * 1024:
            raise UnreadableFileError(TOO_LARGE)
        conn = connect(arguments.data)
        try:
            return import_file(conn, file, now_ms(), dry_run=arguments.dry_run, progress=_bar(size))
        finally:
            conn.close()


def _bar(size: int) -> Callable[[int], None]:
    """Return what draws how much of a file was read, on a terminal alone."""
    if not sys.stderr.isatty():
        return lambda _: None
    read = drawn = 0

    def draw(count: int) -> None:
        nonlocal read, drawn
        read += count
        share = BAR if not count or not size else min(BAR, BAR * read // size)
        if share != drawn or not count:
            drawn = share
            print(
                f"\r[{'#' * share:{BAR}}] {100 * share // BAR} %",
                end="" if count else "\n",
                file=sys.stderr,
                flush=True,
            )

    return draw


def run_counts(arguments: argparse.Namespace) -> int:
    """Print counts over the catalogue."""
    need(arguments.data)
    with transaction(arguments.data) as conn:
        counts = counts_of(procedures(conn))
    lines = (f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in counts.items())
    print(json.dumps(counts, ensure_ascii=False) if arguments.json else "\n".join(lines))
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print what is known of a procedure."""
    need(arguments.data)
    with transaction(arguments.data) as conn:
        known, changes = procedure(conn, arguments.code), changes_of(conn, arguments.code)
    if known is None:
        raise UsageError(f"there is no procedure {arguments.code}")
    told: dict[str, Any] = {**msgspec.to_builtins(known), "changes": msgspec.to_builtins(changes)}
    print(json.dumps(told, ensure_ascii=False, indent=None if arguments.json else 2))
    return 0
