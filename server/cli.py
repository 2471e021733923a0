"""The command line: ``motcua serve|demo|migrate|token|officer|backup|restore|form|units|catalogue|due|…``."""

import argparse
import asyncio
import ipaddress
import json
import secrets
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.moments import HO_CHI_MINH
from server import demo
from server.audit_commands import add_audit_commands
from server.calendar_commands import add_calendar_commands, add_due_command, run_due
from server.catalogue_commands import add_catalogue_commands
from server.data_dir import UsageError, need, transaction
from server.figure_commands import add_stats_command, add_target_commands, run_stats
from server.form_commands import add_form_commands
from server.ids import new_id
from server.papers_commands import add_papers_commands
from server.services.syncing import release_held
from server.settings import DAY_MS, SESSION_DAYS, Settings
from server.shipped import keep_shipped
from server.store.backup import BackupError, back_up
from server.store.catalogue import Shelf, unit_named
from server.store.database import AlreadyServedError, migrate
from server.store.ledger import Tip
from server.store.people import Person, add_person, end_roles, find_user, give_role, roles_of
from server.store.restore import Restored, restore
from server.store.sessions import add_session
from server.store.store import now_ms
from server.unit_commands import add_unit_commands

PORTS_TRIED: Final = 50
#: On slow 2G a connection that is given up between two pages costs a second.
KEEP_ALIVE_S: Final = 60
ROLES: Final = ("counter", "handler", "head", "inspector", "admin")


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except (UsageError, AlreadyServedError, BackupError) as fault:
        print(f"motcua: {fault}", file=sys.stderr)
        return 1
    return code


def serve(arguments: argparse.Namespace) -> int:
    """Serve a data directory until stopped; a new one begins with the shipped forms and the communes."""
    _fill(arguments.data, keep_shipped)
    settings = Settings(data=arguments.data, host=arguments.host, port=arguments.port, scanner=arguments.scanner)
    return _serve(settings)


def run_demo(arguments: argparse.Namespace) -> int:
    """Serve demo data, on this machine only unless asked otherwise."""
    if not _is_loopback(arguments.host) and not arguments.demo_public:
        raise UsageError(
            f"{arguments.host} is not this machine alone; everybody knows the demo's passwords (--demo-public)"
        )
    _fill(arguments.data, demo.seed)
    if arguments.dossiers:
        from server.demo_dossiers import fill  # noqa: PLC0415 - only here is anything drawn

        asyncio.run(fill(arguments.data))
    port = _free_port(arguments.host, arguments.port)
    shown = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    print(f"Một Cửa: http://{shown}:{port}/")
    print(f"  citizen  demo-1 … demo-{len(demo.CITIZENS)}   password {demo.PASSWORD}")
    print(f"  officer  officer-{demo.COMMUNES[0]}        password {demo.PASSWORD}   (desk: /desk)")
    print("  stop     Ctrl-C", flush=True)
    return _serve(Settings(data=arguments.data, host=arguments.host, port=port, demo=True, scanner=arguments.scanner))


def run_migrate(arguments: argparse.Namespace) -> int:
    """Bring a data directory's tables up to date."""
    applied = migrate(arguments.data)
    print("\n".join(applied) if applied else "up to date")
    return 0


def run_token(arguments: argparse.Namespace) -> int:
    """Give out session tokens for accounts there are."""
    need(arguments.data)
    kind = "person" if arguments.person else "officer"
    expires = now_ms() + arguments.days * DAY_MS
    given = []
    with transaction(arguments.data) as conn:
        for person in _accounts(conn, arguments.person or arguments.officer, arguments.count):
            token = secrets.token_urlsafe(32)
            add_session(conn, token, person.id, now_ms(), label="motcua token", expires_ms=expires)
            moment = datetime.fromtimestamp(expires / 1000, UTC).isoformat(timespec="seconds")
            given.append({"token": token, kind: person.user, "id": person.id, "expires": moment})
    print(json.dumps(given, ensure_ascii=False) if arguments.json else "\n".join(each["token"] for each in given))
    return 0


def run_officer(arguments: argparse.Namespace) -> int:
    """Add an officer, move one to another unit, or end one's roles."""
    need(arguments.data)
    with transaction(arguments.data) as conn:
        report = _change_officer(conn, arguments)
    print(json.dumps(report, ensure_ascii=False) if arguments.json else report["said"])
    return 0


def run_backup(arguments: argparse.Namespace) -> int:
    """Write a backup of a data directory into one file."""
    manifest = back_up(arguments.data, arguments.file, now_ms(), overwrite=arguments.overwrite)
    if arguments.json:
        print(msgspec.json.encode({"file": str(arguments.file), **msgspec.to_builtins(manifest)}).decode())
    else:
        print(f"{arguments.file}: {manifest.dossiers} dossiers, epoch {manifest.epoch}, as of {_moment(manifest.made)}")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Go back to a backup as a new epoch, and say what that loses."""
    done = restore(arguments.file, arguments.data, now_ms())
    print(msgspec.json.encode(done).decode() if arguments.json else "\n".join(_told(done)))
    return 0


def _told(done: Restored) -> Iterator[str]:
    lost = done.lost
    until = _moment(lost.until if lost.until is not None else done.restored)
    yield f"restored: epoch {done.epoch}, {done.backup.dossiers} dossiers, as of {_moment(done.backup.made)}"
    if done.aside is not None:
        yield f"what was there is kept in {done.aside}"
    yield f"lost window: {_moment(lost.since)} to {until}"
    if not lost.known:
        yield "  there is no database that could say what was done in it"
        return
    if lost.other_log:
        yield "  the database that was replaced does not go on from this backup: all of it counts as lost"
    yield f"  {lost.ops} ops received, {lost.begun} dossiers begun, {lost.submitted} submitted: phones send theirs"
    yield f"  not healed: {lost.accounts} new accounts, {lost.roles} changes of roles, {lost.forms} forms published"
    yield f"  {lost.slips} slips, {lost.assisted} accounts begun for others: tablets tell of theirs again"
    yield f"  {lost.claims} claims, {lost.finished} such accounts finished: again with the slip, where no phone does it"
    yield f"  not healed unless a device sends it again: {len(lost.office)} steps of officers"
    for step in lost.office:
        yield f"    {_moment(step.at)}  {step.user}  {step.code or step.dossier}  {step.what}"


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, HO_CHI_MINH).isoformat(timespec="seconds")


def _fill(data: Path, keep: Callable[[sqlite3.Connection, int], None]) -> None:
    """Bring a data directory up to date and keep in it what it begins with."""
    migrate(data)
    with transaction(data) as conn:
        keep(conn, now_ms())
        tip = Tip(conn)
        release_held(conn, tip, Shelf().fresh(conn), now_ms())
        tip.save(conn)


def _serve(settings: Settings) -> int:
    import uvicorn  # noqa: PLC0415 - the other commands start three times as fast without the web server

    from server.app import create_app  # noqa: PLC0415 - as above

    app = create_app(settings)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, access_log=False, log_config=None, server_header=False,
        date_header=True, lifespan="on", timeout_graceful_shutdown=5, timeout_keep_alive=KEEP_ALIVE_S,
    )  # fmt: skip
    server = uvicorn.Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1


def _accounts(conn: sqlite3.Connection, user: str, count: int) -> list[Person]:
    """Return an account, or with a count that many demo accounts, made where they are missing."""
    if count == 1:
        return [_known(conn, user)]
    first = _known(conn, user)
    stem = user.rstrip("0123456789").rstrip("-") if user.startswith("demo-") else user
    found = [first]
    number = 1
    while len(found) < count:
        name = f"{stem}-{number}"
        number += 1
        if name == user:
            continue
        person = find_user(conn, name)
        if person is None:
            person = Person(new_id(now_ms()), name, f"{first.name} {number - 1}", "verified")
            add_person(conn, person, now_ms())
            _same_roles(conn, first, person)
        found.append(person)
    return found


def _same_roles(conn: sqlite3.Connection, first: Person, other: Person) -> None:
    for unit, roles in roles_of(conn, first.id, now_ms())[0].items():
        for role in roles:
            give_role(conn, other.id, unit, role, now_ms())


def _change_officer(conn: sqlite3.Connection, arguments: argparse.Namespace) -> dict[str, Any]:
    user, roles = arguments.id, arguments.role or ["counter", "handler"]
    unit: Any = arguments.unit and unit_named(conn, arguments.unit)
    if arguments.unit is not None and unit is None:
        raise UsageError(f"there is no unit {arguments.unit}")
    if arguments.what != "end" and unit is None:
        raise UsageError("name the unit: --unit CODE")
    person = find_user(conn, user)
    if person is None:
        if arguments.what != "add":
            raise UsageError(f"there is no officer {user}")
        person = Person(new_id(now_ms()), user, arguments.name or user, "verified")
        add_person(conn, person, now_ms())
    ended = (
        0
        if arguments.what == "add"
        else end_roles(conn, person.id, now_ms(), unit if arguments.what == "end" else None)
    )
    given = (
        [] if arguments.what == "end" else [role for role in roles if give_role(conn, person.id, unit, role, now_ms())]
    )
    said = f"{user}: {ended} ended, {', '.join(given) or 'none'} given" + (f" in {unit}" if unit else "")
    return {"officer": user, "person": person.id, "unit": unit, "given": given, "ended": ended, "said": said}


def _known(conn: sqlite3.Connection, user: str) -> Person:
    person = find_user(conn, user)
    if person is None:
        raise UsageError(f"there is no account {user}")
    return person


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _free_port(host: str, port: int) -> int:
    """Return the port, or the next that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + PORTS_TRIED):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise UsageError(f"no port from {port} to {port + PORTS_TRIED - 1} is free")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="motcua", description="Một Cửa: portal and one-stop desk.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str, *, data: bool = True) -> Any:
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(run=run)
        if data:
            added.add_argument("--data", type=Path, default=Path("var/data"), metavar="DIR", help="the data directory")
        return added

    for name, run, words in (
        ("serve", serve, "serve a data directory"),
        ("demo", run_demo, "serve with demo people and communes"),
    ):
        added = command(name, run, words)
        added.add_argument("--host", default="127.0.0.1")
        added.add_argument("--port", type=int, default=8000)
        added.add_argument(
            "--scanner", metavar="S", help="a clamd that looks at files: host:port, or its socket's path"
        )
        if name == "demo":
            added.add_argument("--demo-public", action="store_true", help="allow an address that others reach")
            added.add_argument("--dossiers", action="store_true", help="begin with a few applications and their papers")
    command("migrate", run_migrate, "bring the tables up to date")
    token = command("token", run_token, "give out a session token")
    who = token.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", metavar="ID")
    who.add_argument("--officer", metavar="ID")
    token.add_argument("--count", type=int, default=1, help="that many, each for another demo account")
    token.add_argument("--days", type=int, default=SESSION_DAYS)
    token.add_argument("--json", action="store_true")
    officer = command("officer", run_officer, "add, move or end an officer")
    officer.add_argument("what", choices=("add", "move", "end"))
    officer.add_argument("--id", required=True)
    officer.add_argument("--unit", metavar="CODE")
    officer.add_argument("--name")
    officer.add_argument("--role", action="append", choices=ROLES)
    officer.add_argument("--json", action="store_true")
    backup = command("backup", run_backup, "write a backup into one file, also beside a running server")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.add_argument("--overwrite", action="store_true", help="replace the file where it is there already")
    backup.add_argument("--json", action="store_true")
    back = command("restore", run_restore, "go back to a backup, as a new epoch")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--json", action="store_true")
    add_due_command(command("due", run_due, "say when something is due, and why on that day"))
    add_stats_command(command("stats", run_stats, "print every figure, counted from the log"))
    add_target_commands(commands.add_parser("targets", help="show and set the shares that are to be reached"))
    says = "show the working days, and decide over one"
    add_calendar_commands(commands.add_parser("calendar", help=says, description=says))
    says = "look through the records of who did and saw what"
    add_audit_commands(commands.add_parser("audit", help=says, description=says))
    add_unit_commands(commands.add_parser("units", help="take files of units, and say what an old name means today"))
    says = "check form documents and publish them"
    add_form_commands(commands.add_parser("form", help=says, description=says))
    says = "take the national portal's procedures, and count them"
    add_catalogue_commands(commands.add_parser("catalogue", help=says, description=says))
    says = "check checklists of papers"
    add_papers_commands(commands.add_parser("papers", help=says, description=says))
    return parser


if __name__ == "__main__":
    sys.exit(main())
