"""A dossier as a person reads it: its form's labels, and values in words."""

import json
from typing import Any, Final

from msgspec import Struct

from schemas import lists
from schemas.forms import Field, Form, Section
from server.store.catalogue import Catalogue
from server.texts import text
from sync.dossier import Cell, Dossier
from sync.merge import conflict_level, row_hidden, row_in_conflict
from sync.view import policy_of

PRECISION: Final = {4: 1, 7: 2, 10: 3}


class Line(Struct):
    """One field of the sheet: its label, the value that shows, and the other values where they are in conflict."""

    path: str
    label: str
    value: str
    others: list[str] = []


class Part(Struct):
    """A section, or one row of it."""

    title: str
    lines: list[Line]
    conflict: bool = False


class Sheet(Struct):
    """All that a dossier says."""

    title: str
    parts: list[Part]
    papers: list[tuple[str, int]]
    conflicts: int


def sheet_of(dossier: Dossier, form: Form | None, catalogue: Catalogue) -> Sheet:
    """Return a dossier under the labels of its form; what the form does not know stands at the end under its path."""
    known: set[str] = set()
    parts: list[Part] = []
    for section in form.sections if form is not None else []:
        parts += _parts(dossier, form, section, catalogue, known)
    rest = [
        Line(path, path, _plain(cell.siblings[0].value))
        for path, cell in dossier.cells.items()
        if path not in known and cell.siblings and cell.siblings[0].value is not None
    ]
    if rest:
        parts.append(Part(text("desk.rest"), rest))
    slots = form.slots if form is not None else []
    papers = [(slot.title.vi, sum(file.slot == slot.key for file in dossier.attachments)) for slot in slots]
    count = sum(part.conflict + sum(bool(line.others) for line in part.lines) for part in parts)
    return Sheet(form.title.vi if form is not None else dossier.procedure, parts, papers, count)


def _parts(dossier: Dossier, form: Form | None, section: Section, catalogue: Catalogue, known: set[str]) -> list[Part]:
    if section.rows is None:
        lines = _lines(dossier, form, section, section.key + ".", catalogue, known)
        return [Part(section.title.vi, lines)] if lines else []
    rows = sorted({path.split("/")[1] for path in dossier.cells if path.startswith(section.key + "/")})
    found = []
    for number, row in enumerate(rows, 1):
        path = f"{section.key}/{row}"
        known.add(path)
        lines = _lines(dossier, form, section, path + "/", catalogue, known)
        if lines and not row_hidden(dossier, path):
            found.append(Part(f"{section.title.vi} ({number})", lines, row_in_conflict(dossier, path)))
    return found


def _lines(
    dossier: Dossier, form: Form | None, section: Section, start: str, catalogue: Catalogue, known: set[str]
) -> list[Line]:
    lines = []
    for field in section.fields:
        path = start + field.key
        if field.kind == "choices":
            line = _choices(dossier, field, path, known)
        else:
            known.add(path)
            line = _line(dossier, form, field, path, catalogue)
        if line is not None:
            lines.append(line)
    return lines


def _line(dossier: Dossier, form: Form | None, field: Field, path: str, catalogue: Catalogue) -> Line | None:
    cell: Cell | None = dossier.cells.get(path)
    if cell is None or not cell.siblings:
        return None
    values = [in_words(field, sibling.value, catalogue) for sibling in cell.siblings]
    if not any(values):
        return None
    open_ = conflict_level(cell.siblings, dossier.by, policy_of(form, path)) is not None
    others = [value for value in dict.fromkeys(values[1:]) if value != values[0]] if open_ else []
    return Line(path, field.label.vi, values[0] or text("desk.empty"), others)


def _choices(dossier: Dossier, field: Field, path: str, known: set[str]) -> Line | None:
    chosen = []
    for option in options_of(field):
        known.add(f"{path}/{option['value']}")
        cell = dossier.cells.get(f"{path}/{option['value']}")
        if cell is not None and cell.siblings and cell.siblings[0].value is True:
            chosen.append(option["label"]["vi"])
    return Line(path, field.label.vi, ", ".join(chosen)) if chosen else None


def in_words(field: Field, value: Any, catalogue: Catalogue) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return ""
    if field.kind == "choice":
        found = (option["label"]["vi"] for option in options_of(field) if option["value"] == value)
        return next(found, _plain(value))
    if field.kind in ("date", "partial_date") and isinstance(value, str):
        return "/".join(reversed(value.split("-")))
    if field.kind == "yes_no":
        return text("desk.yes" if value is True else "desk.no")
    if field.kind == "address" and isinstance(value, dict):
        return _address(value, catalogue)
    if field.kind == "unit" and value in catalogue.units:
        return catalogue.units[value].name
    if (field.kind == "money" or field.compute == "fee_copies") and isinstance(value, int):
        return f"{value:,} đ".replace(",", ".")
    return _plain(value)


def options_of(field: Field) -> list[dict[str, Any]]:
    """Return a field's options as plain values, also where they are a shared list."""
    if isinstance(field.options, str):
        shared: list[dict[str, Any]] = json.loads(lists.raw(field.options))
        return shared
    return [{"value": o.value, "label": {"vi": o.label.vi}} for o in field.options or []]


def _address(value: dict[str, Any], catalogue: Catalogue) -> str:
    commune = value.get("commune")
    unit = catalogue.units.get(commune) if isinstance(commune, str) else None
    old = value.get("old")
    parts = [value.get("detail"), unit.name if unit is not None else commune, value.get("place")]
    if commune:
        parts.append(text("desk.province"))
    shown = ", ".join(str(part) for part in parts if part)
    return f"{shown} ({text('desk.formerly')} {old})" if old else shown


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
