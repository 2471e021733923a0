"""``motcua audit verify``: whether who did and saw what stands as it was written, also beside a running server."""

import argparse
from collections.abc import Callable
from typing import Any

import msgspec

from server.data_dir import add_data_options, need
from server.store.audit import Verified, verify
from server.store.database import connect


def add_audit_commands(added: argparse.ArgumentParser) -> None:
    """Say what ``audit`` takes."""
    commands: Any = added.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("verify", help="look through the records", description="look through the records")
    one.set_defaults(run=run_verify)
    add_data_options(one)


def run_verify(arguments: argparse.Namespace, say: Callable[[str], None] = print) -> int:
    """Print what was looked through and where it breaks; 1 where it does."""
    need(arguments.data)
    conn = connect(arguments.data, readonly=True)
    try:
        conn.execute("BEGIN")
        found = verify(conn)
    finally:
        conn.close()
    for each in [msgspec.json.encode(found).decode()] if arguments.json else _told(found):
        say(each)
    return 1 if found.breaks else 0


def _told(found: Verified) -> list[str]:
    looked = f"{found.lines} lines of the log, {found.ops} ops, {found.looks} looks"
    ends = [f"last link of the log    {found.log_end}", f"last link of the looks  {found.looks_end}"]
    if not found.breaks:
        return [f"whole: {looked}", *ends]
    return [f"BROKEN: {looked}", *(f"  {each.record} {each.at}: {each.what}" for each in found.breaks), *ends]
