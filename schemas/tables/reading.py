"""Reading a field table: its shape is checked, its words are not yet understood (forms.md §3).

A table whose shape cannot be read is refused with every fault and its path. What can be read but not understood is not
refused: it becomes an open point.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from schemas.forms import Fault, FormFault
from schemas.shapes import Object

PROCEDURE_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
PROCEDURE_MAX: Final = 40
FIELDS_MAX: Final = 2_000

#: What a table, a field and an attachment may say; another key is an open point. Some keys say where a table is from.
TABLE_KEYS: Final = frozenset({
    "procedure_code", "title_vi", "title_en", "fields", "cross_field_rules", "attachments",
    "form_ref", "related_codes", "source", "confidence",
})  # fmt: skip
FIELD_KEYS: Final = frozenset({
    "name", "label_vi", "label_en", "type", "required", "constraint", "options", "group", "columns",
})  # fmt: skip
ATTACHMENT_KEYS: Final = frozenset({"name", "required", "kinds", "max_mb", "note"})


class Open(Struct, frozen=True):
    """An open point: what a person has to decide. ``path`` is in the definition, ``at`` in the table."""

    path: str
    at: str
    text: str
    why: str


def read_tables(raw: bytes) -> list[Object]:
    """Return the tables of a file: a list of them, or one alone.

    Raises:
        FormFault: it is not JSON, or not a table; every fault has its path in the file.
    """
    try:
        found = json.loads(raw, object_pairs_hook=Object, parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        raise FormFault([Fault("", f"not JSON: {fault}")]) from fault
    tables = found if isinstance(found, list) else [found]
    faults = [*_strays(found, ""), *_tables(tables, alone=not isinstance(found, list))]
    if not tables:
        faults.append(Fault("", "no table in it", found))
    if faults:
        raise FormFault(faults)
    return tables


def text_of(value: Any) -> str:
    """Return a value of a table as the text of an open point."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _tables(tables: list[Any], *, alone: bool) -> Iterator[Fault]:
    codes: set[str] = set()
    for number, table in enumerate(tables):
        path = "" if alone else f"[{number}]"
        if not isinstance(table, Object):
            yield Fault(path, "not a table: an object with procedure_code and fields", table)
            continue
        start = path + "." if path else ""
        yield from _head(table, start, codes)
        yield from _texts(table, start, ("title_vi", "title_en", "form_ref"))
        yield from _fields(table.get("fields"), f"{start}fields", inner=False)
        for key in ("cross_field_rules", "attachments"):
            if not isinstance(table.get(key), list | None):
                yield Fault(f"{start}{key}", "not a list", table[key])
        for index, paper in enumerate(_listed(table.get("attachments"))):
            yield from _attachment(paper, f"{start}attachments[{index}]")


def _head(table: Object, start: str, codes: set[str]) -> Iterator[Fault]:
    code = table.get("procedure_code")
    if "procedure_code" not in table:
        yield Fault(f"{start}procedure_code", "missing")
    elif not isinstance(code, str) or not 0 < len(code) <= PROCEDURE_MAX or not PROCEDURE_LETTERS.issuperset(code):
        yield Fault(f"{start}procedure_code", "not a code of letters, digits, dot, dash and underscore", code)
    elif code in codes:
        yield Fault(f"{start}procedure_code", "another table has this code too", code)
    else:
        codes.add(code)


def _fields(fields: Any, path: str, *, inner: bool) -> Iterator[Fault]:
    if fields is None:
        yield Fault(path, "missing")
    elif not isinstance(fields, list):
        yield Fault(path, "not a list", fields)
    elif not 0 < len(fields) <= FIELDS_MAX:
        yield Fault(path, f"not 1 to {FIELDS_MAX} fields", len(fields))
    for index, field in enumerate(_listed(fields)):
        where = f"{path}[{index}]"
        if inner and isinstance(field, str):
            continue
        if not isinstance(field, Object):
            yield Fault(where, "not a field: an object with name and type", field)
            continue
        yield from _name(field, where)
        yield from _texts(field, f"{where}.", ("label_vi", "label_en", "group"))
        columns = field.get("columns")
        if columns is not None:
            yield from _fields(columns, f"{where}.columns", inner=True)


def _attachment(paper: Any, path: str) -> Iterator[Fault]:
    if not isinstance(paper, Object):
        yield Fault(path, "not an attachment: an object with a name", paper)
    else:
        yield from _name(paper, path)


def _name(thing: Object, path: str) -> Iterator[Fault]:
    name = thing.get("name")
    if name is None:
        yield Fault(f"{path}.name", "missing")
    elif not isinstance(name, str) or not name.strip():
        yield Fault(f"{path}.name", "not a name", name)


def _texts(thing: Object, start: str, keys: tuple[str, ...]) -> Iterator[Fault]:
    for key in keys:
        if not isinstance(thing.get(key), str | None):
            yield Fault(f"{start}{key}", "not text", thing[key])


def _strays(value: Any, path: str) -> Iterator[Fault]:
    """Yield keys written twice, and text that no file can hold."""
    if isinstance(value, Object):
        for key in value.twice:
            yield Fault(f"{path}.{key}" if path else key, "written twice", key)
        for key, part in value.items():
            yield from _strays(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _strays(part, f"{path}[{index}]")
    elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        yield Fault(path, "half a character (an unpaired surrogate)")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
