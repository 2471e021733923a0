"""Compare a JSON document with a struct and say everything that does not fit, where msgspec stops at the first."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from schemas.forms import Fault


class Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were written twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.twice = [] if len(names) == len(self) else sorted({name for name in names if names.count(name) > 1})


_NAMES: Final[dict[type[inspect.Type], str]] = {
    inspect.NoneType: "null",
    inspect.BoolType: "true or false",
    inspect.IntType: "a whole number",
    inspect.StrType: "text",
    inspect.LiteralType: "text",
    inspect.ListType: "a list",
    inspect.DictType: "an object",
    inspect.StructType: "an object",
}


def shape_faults(value: Any, type_: type[msgspec.Struct]) -> Iterator[Fault]:
    """Yield what does not fit a struct, everywhere below it."""
    yield from _walk(value, inspect.type_info(type_), "")


def _walk(value: Any, kind: inspect.Type, path: str) -> Iterator[Fault]:
    if isinstance(kind, inspect.AnyType):
        return
    if isinstance(value, Object) and not isinstance(kind, inspect.UnionType):
        yield from (Fault(_join(path, key), "written twice", key) for key in value.twice)
    if isinstance(kind, inspect.UnionType):
        fitting = next((one for one in kind.types if _is(value, one)), None)
        if fitting is None:
            yield Fault(path, f"not {' or '.join(dict.fromkeys(_NAMES[type(one)] for one in kind.types))}", value)
        else:
            yield from _walk(value, fitting, path)
    elif not _is(value, kind):
        yield Fault(path, f"not {_NAMES[type(kind)]}", value)
    else:
        yield from _inside(value, kind, path)


def _inside(value: Any, kind: inspect.Type, path: str) -> Iterator[Fault]:
    if isinstance(kind, inspect.StructType):
        yield from _struct(value, kind, path)
    elif isinstance(kind, inspect.ListType):
        for index, item in enumerate(value):
            yield from _walk(item, kind.item_type, f"{path}[{index}]")
    elif isinstance(kind, inspect.DictType):
        for key, item in value.items():
            yield from _walk(item, kind.value_type, _join(path, key))
    else:
        yield from _limits(value, kind, path)


def _struct(value: Object, kind: inspect.StructType, path: str) -> Iterator[Fault]:
    known = {field.encode_name: field for field in kind.fields}
    for key, item in value.items():
        if key in known:
            yield from _walk(item, known[key].type, _join(path, key))
        else:
            yield Fault(_join(path, key), "unknown key", item)
    for key, field in known.items():
        if field.required and key not in value:
            yield Fault(_join(path, key), "missing")


def _limits(value: Any, kind: inspect.Type, path: str) -> Iterator[Fault]:
    if isinstance(kind, inspect.LiteralType) and value not in kind.values:
        yield Fault(path, f"not one of {', '.join(map(str, kind.values))}", value)
    if isinstance(kind, inspect.IntType):
        if kind.ge is not None and value < kind.ge:
            yield Fault(path, f"less than {kind.ge}", value)
        if kind.le is not None and value > kind.le:
            yield Fault(path, f"more than {kind.le}", value)
    elif isinstance(kind, inspect.StrType):
        if kind.pattern is not None and not re.search(kind.pattern, value):
            yield Fault(path, f"does not follow {kind.pattern}", value)
        if kind.min_length is not None and len(value) < kind.min_length:
            yield Fault(path, "too short", value)
        if kind.max_length is not None and len(value) > kind.max_length:
            yield Fault(path, f"longer than {kind.max_length}", value)


def _is(value: object, kind: inspect.Type) -> bool:
    """Return whether a value is of a kind, its inside not looked at."""
    if isinstance(kind, inspect.NoneType):
        return value is None
    if isinstance(kind, inspect.BoolType):
        return isinstance(value, bool)
    if isinstance(kind, inspect.IntType):
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(kind, inspect.StrType | inspect.LiteralType):
        return isinstance(value, str)
    return isinstance(value, list if isinstance(kind, inspect.ListType) else Object)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
