"""A dossier as the desk shows it: each field with its versions, who wrote them and when, and what is in dispute.

What was rendered is carried in the page as ``saw``: the ids of the ops whose values stand there (protocol §2).
"""

from typing import Any

from msgspec import Struct

from schemas.forms import Field, Form, Section
from server.desk.words import Names, Say, in_words, moment, options_of
from sync.dossier import Cell, Dossier, Sibling
from sync.merge import APPLICANT, GONE, conflict_level, row_hidden, row_in_conflict
from sync.view import policy_of


class Version(Struct):
    """One value of a field: what it says, who wrote it, in which role, when, by which op (null: computed), device."""

    words: str
    value: Any
    name: str
    role: str
    at: str
    op: str | None
    device: str = ""


class Line(Struct):
    """One field: the version that shows comes first. ``level`` is ``blocking`` or ``advisory`` where they differ."""

    path: str
    label: str
    kind: str
    versions: list[Version]
    saw: str
    level: str | None = None
    sensitive: bool = False


class Part(Struct):
    """A section, or one row of it. ``row`` is the row's path, ``dispute`` whether it is removed against edited."""

    key: str
    title: str
    lines: list[Line]
    row: str | None = None
    dispute: bool = False
    saw: str = ""
    removed: list[Version] = []


class Paper(Struct):
    """One paper that the form asks for, with the files that came for it."""

    key: str
    title: str
    files: list[Any]


class Sheet(Struct):
    """All that a dossier says."""

    parts: list[Part]
    papers: list[Paper]

    @property
    def disputes(self) -> list[tuple[Part, Line | None]]:
        """Return what a person must settle: lines with versions that block, and rows removed against edited."""
        rows: list[tuple[Part, Line | None]] = [(part, None) for part in self.parts if part.dispute]
        return rows + [(part, line) for part in self.parts for line in part.lines if line.level == "blocking"]


class Reader(Struct, frozen=True):
    """What is needed to read a dossier aloud."""

    dossier: Dossier
    form: Form | None
    names: Names
    say: Say


def sheet_of(reader: Reader) -> Sheet:
    """Return a dossier under the labels of its form; what the form does not know stands at the end, by path."""
    known: set[str] = set()
    sections = reader.form.sections if reader.form is not None else []
    parts = [part for section in sections for part in _parts(reader, section, known)]
    rest = [
        _line(reader, None, path, path) for path in reader.dossier.cells if path not in known and _filled(reader, path)
    ]
    if rest:
        parts.append(Part("", reader.say("desk.rest"), [line for line in rest if line is not None]))
    return Sheet(parts, _papers(reader))


def line_of(reader: Reader, path: str) -> Line | None:
    """Return one field of a dossier, or null where the dossier says nothing there."""
    for part in sheet_of(reader).parts:
        for line in part.lines:
            if line.path == path:
                return line
    return None


def seen(reader: Reader, paths: list[str]) -> str:
    """Return the ids of all ops that stand in some paths, as the page carries them."""
    ops = [
        reader.dossier.by[sibling.mark].op
        for path in paths
        if path in reader.dossier.cells
        for sibling in reader.dossier.cells[path].siblings
        if sibling.mark is not None
    ]
    return " ".join(dict.fromkeys(ops))


def _parts(reader: Reader, section: Section, known: set[str]) -> list[Part]:
    title = section.title.vi
    if section.rows is None:
        lines = _lines(reader, section, section.key + ".", known)
        return [Part(section.key, title, lines)] if lines else []
    found = []
    rows = sorted({path.split("/")[1] for path in reader.dossier.cells if path.startswith(section.key + "/")})
    for number, row in enumerate(rows, 1):
        path = f"{section.key}/{row}"
        known.add(path)
        lines = _lines(reader, section, path + "/", known)
        if lines and not row_hidden(reader.dossier, path):
            inside = [each for each in reader.dossier.cells if each == path or each.startswith(path + "/")]
            part = Part(
                section.key,
                f"{title} ({number})",
                lines,
                path,
                row_in_conflict(reader.dossier, path),
                seen(reader, inside),
            )
            part.removed = [_version(reader, None, s) for s in _siblings(reader, path) if s.value == GONE]
            found.append(part)
    return found


def _lines(reader: Reader, section: Section, start: str, known: set[str]) -> list[Line]:
    lines = []
    for field in section.fields:
        path = start + field.key
        known.add(path)
        if field.kind == "choices":
            known |= {f"{path}/{value}" for value, _ in options_of(field, reader.names)}
            line = _choices(reader, field, path)
        else:
            line = _line(reader, field, path, field.label.vi)
        if line is not None:
            lines.append(line)
    return lines


def _line(reader: Reader, field: Field | None, path: str, label: str) -> Line | None:
    if not _filled(reader, path):
        return None
    cell = reader.dossier.cells[path]
    level = conflict_level(cell.siblings, reader.dossier.by, policy_of(reader.form, path))
    versions = [_version(reader, field, sibling) for sibling in (cell.siblings if level else cell.siblings[:1])]
    kind = field.kind if field is not None else "text"
    return Line(path, label, kind, versions, seen(reader, [path]), level, field is not None and bool(field.sensitive))


def _choices(reader: Reader, field: Field, path: str) -> Line | None:
    chosen, newest = [], None
    for value, label in options_of(field, reader.names):
        siblings = _siblings(reader, f"{path}/{value}")
        if siblings and siblings[0].value is True:
            chosen.append(label)
            newest = siblings[0]
    if newest is None:
        return None
    version = _version(reader, None, newest)
    version.words = ", ".join(chosen)
    return Line(path, field.label.vi, field.kind, [version], "")


def _version(reader: Reader, field: Field | None, sibling: Sibling) -> Version:
    words = in_words(field, sibling.value, reader.names, reader.say) or reader.say("desk.empty")
    if sibling.mark is None:
        return Version(words, sibling.value, "", "computed", "", None)
    mark = reader.dossier.by[sibling.mark]
    role = "applicant" if mark.role == APPLICANT else "office"
    return Version(words, sibling.value, reader.dossier.people.get(mark.actor, ""), role, moment(mark.at), mark.op)


def _siblings(reader: Reader, path: str) -> list[Sibling]:
    cell: Cell | None = reader.dossier.cells.get(path)
    return cell.siblings if cell is not None else []


def _filled(reader: Reader, path: str) -> bool:
    return any(sibling.value is not None for sibling in _siblings(reader, path))


def _papers(reader: Reader) -> list[Paper]:
    slots = [(slot.key, slot.title.vi) for slot in reader.form.slots] if reader.form is not None else []
    known = {key for key, _ in slots}
    slots += [(file.slot, file.slot) for file in reader.dossier.attachments if file.slot not in known]
    files = sorted(reader.dossier.attachments, key=lambda file: (file.page, file.op))
    return [Paper(key, title, [file for file in files if file.slot == key]) for key, title in dict(slots).items()]
