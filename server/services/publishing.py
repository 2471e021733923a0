"""Publishing forms: all the files of one import or none, beside a running server too."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from schemas.documents import check_document, line_of
from schemas.forms import Fault, Form, decode_form
from schemas.moves import unplaced, unplaced_slots
from server.services.syncing import release_held
from server.store.catalogue import Shelf, publish, published
from server.store.ledger import Tip


class Wrong(Struct):
    """A fault, and the file it is in."""

    file: str
    path: str
    reason: str
    value: Any = None


class Report(Struct):
    """What became of an import. ``notes`` say what is allowed and worth a look."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    faults: list[Wrong] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dry_run: bool = False


def import_forms(
    conn: sqlite3.Connection, files: Iterable[tuple[str, bytes]], now_ms: int, *, dry_run: bool = False
) -> Report:
    """Publish form documents in the caller's transaction; with a fault in any, or on a trial, none is published."""
    report = Report(dry_run=dry_run)
    new: dict[str, tuple[Form, bytes]] = {}
    for file, doc in files:
        found = check_document(doc)
        if found:
            report.faults += [Wrong(file, fault.path, fault.reason, fault.value) for fault in found]
            continue
        form = decode_form(doc)
        known = new[form.id][1] if form.id in new else published(conn, form)
        if known is None:
            new[form.id] = form, doc
        elif json.loads(known) == json.loads(doc):
            report.unchanged.append(form.id)
        else:
            report.faults.append(_changed(file, form, elsewhere=form.id in new))
    if not report.faults:
        conn.execute("SAVEPOINT forms")
        _publish(conn, sorted(new.values(), key=lambda each: (each[0].procedure, each[0].version)), now_ms, report)
        conn.execute("ROLLBACK TO forms" if dry_run else "RELEASE forms")
    return report


def _changed(file: str, form: Form, *, elsewhere: bool) -> Wrong:
    if elsewhere:
        return Wrong(file, "version", f"{form.id} is in another file too, with another content", form.version)
    reason = f"{form.id} is published with another content; a published version never changes, so give it a new number"
    return Wrong(file, "version", reason, form.version)


def _publish(conn: sqlite3.Connection, new: list[tuple[Form, bytes]], now_ms: int, report: Report) -> None:
    """Publish what is new, and judge again what was held because it was not."""
    for form, doc in new:
        report.notes += _notes(conn, form)
        publish(conn, doc, now_ms)
        report.published.append(form.id)
    if new:
        tip = Tip(conn)
        release_held(conn, tip, Shelf().fresh(conn), now_ms)
        tip.save(conn)


def _notes(conn: sqlite3.Connection, form: Form) -> Iterable[str]:
    """Say what an earlier version leaves behind, and whether a newer one is published already."""
    versions = conn.execute("SELECT version, doc FROM form WHERE procedure = ? ORDER BY version", (form.procedure,))
    known = dict(versions.fetchall())
    if known and max(known) > form.version:
        yield f"{form.id}: version {max(known)} is published already and newer"
    earlier = form.moves.from_ if form.moves is not None else max((v for v in known if v < form.version), default=None)
    if earlier is None:
        return
    if earlier not in known:
        yield f"{form.id}: moves.from names version {earlier}, which is not published here"
        return
    for path in unplaced(decode_form(known[earlier]), form):
        yield f"{form.id}: {path} of version {earlier} has no place; whoever has a draft is shown it"
    for key in unplaced_slots(decode_form(known[earlier]), form):
        yield f"{form.id}: papers of {key} in version {earlier} have no place; whoever has them is told"


def lines_of(report: Report) -> list[str]:
    """Return a report as the lines a command prints."""
    done = "would be published" if report.dry_run else "published"
    return [
        *(_line(each) for each in report.faults),
        *(f"{name}: {done}" for name in report.published),
        *(f"{name}: unchanged" for name in report.unchanged),
        *(f"note: {note}" for note in report.notes),
    ]


def _line(wrong: Wrong) -> str:
    return line_of(wrong.file, Fault(wrong.path, wrong.reason, wrong.value))
