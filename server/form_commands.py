"""``motcua form check|import``: forms are checked, made from tables, and published beside a running server too."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from schemas.documents import check_files, line_of
from schemas.forms import FormFault, decode_form
from schemas.tables.definitions import Definition, definitions, written
from server.data_dir import UsageError, add_data_options, need, transaction
from server.services.publishing import import_forms, lines_of
from server.shipped import documents
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
    add = word("import", run_import, "publish form documents, all of them or none; or make some from a table")
    add.add_argument("files", nargs="*", metavar="FILE", help="form documents to publish")
    add.add_argument("--from-table", type=Path, metavar="FILE", help="a field table, to make form documents from")
    add.add_argument("--out", type=Path, metavar="DIR", help="where the documents made from a table are written")
    add.add_argument("--strict", action="store_true", help="end with 2 where a table leaves open points")
    add.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add_data_options(add)


def run_check(arguments: argparse.Namespace) -> int:
    """Check form documents."""
    lines, code = check_files(arguments.files)
    print("\n".join(lines))
    return code


def run_import(arguments: argparse.Namespace) -> int:
    """Publish form documents, all or none; or make documents from a table."""
    if arguments.from_table is not None:
        return _from_table(arguments)
    if not arguments.files:
        raise UsageError("name the form documents, or a table: --from-table FILE --out DIR")
    if arguments.out is not None or arguments.strict:
        raise UsageError("--out and --strict go with --from-table")
    files = [(name, _read(name)) for name in arguments.files]
    need(arguments.data)
    with transaction(arguments.data) as conn:
        report = import_forms(conn, files, now_ms(), dry_run=arguments.dry_run)
    told = json.dumps(msgspec.to_builtins(report), ensure_ascii=False)
    print(told if arguments.json else "\n".join(lines_of(report)))
    return 1 if report.faults else 0


def _from_table(arguments: argparse.Namespace) -> int:
    """Write the documents that a table makes and print what it leaves open; 2 where that is not allowed."""
    if arguments.out is None or arguments.files:
        raise UsageError("a table alone makes documents: --from-table FILE --out DIR")
    table = str(arguments.from_table)
    try:
        made = definitions(_read(table))
    except FormFault as fault:
        print("\n".join(line_of(table, each) for each in fault.faults), file=sys.stderr)
        return 1
    for each in made:
        each.document["version"] = _next_version(each.document["procedure"])
    files = {arguments.out / f"{each.document['procedure']}.json": each for each in made}
    if not arguments.dry_run:
        _write({file: written(each.document) for file, each in files.items()})
    if arguments.json:
        report = {
            "written": [] if arguments.dry_run else [str(file) for file in files],
            "open": [
                {"form": each.document["procedure"], **msgspec.to_builtins(point)}
                for each in made
                for point in each.open
            ],
            "dry_run": arguments.dry_run,
        }
        print(json.dumps(report, ensure_ascii=False))
    else:
        print("\n".join(line for file, each in files.items() for line in _told(file, each)))
    return 2 if arguments.strict and any(each.open for each in made) else 0


def _next_version(procedure: str) -> int:
    """Return the version after the one that is shipped of a procedure, since that one never changes."""
    shipped = (decode_form(doc) for doc in documents())
    return 1 + max((form.version for form in shipped if form.procedure == procedure), default=0)


def _told(file: Path, made: Definition) -> Iterator[str]:
    yield f"{file}: {len(made.open)} open points"
    for point in made.open:
        where = f" ({point.path})" if point.path else ""
        yield _one_line(f"{made.document['procedure']}: {point.at}{where}: {point.why}: {point.text}")


def _one_line(words: str) -> str:
    """Return words of a table as a terminal may show them."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def _write(files: dict[Path, bytes]) -> None:
    """Write new files, all or none. One that is there with another content was worked on: it stays.

    Raises:
        UsageError: a file is in the way, or cannot be written.
    """
    try:
        for file, content in files.items():
            if file.exists() and file.read_bytes() != content:
                raise UsageError(f"{file} is there already, with another content; move it away or name another --out")
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    except OSError as fault:
        raise UsageError(f"{fault.filename} cannot be written: {fault.strerror}") from fault


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as fault:
        raise UsageError(f"{name} cannot be read: {fault.strerror}") from fault
