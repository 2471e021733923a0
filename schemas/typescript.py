"""Write the shared structs as TypeScript, so that ``tsc --checkJs`` holds the phone's JavaScript to them.

``python -m schemas.typescript`` prints `client/js/schemas.d.ts`; a test finds a stale one.
"""

import sys
from collections.abc import Iterable
from typing import Any, Final, get_args

from msgspec import NODEFAULT, Struct, inspect

from schemas import forms, messages, ops, problems

ROOTS: Final[tuple[type[Struct], ...]] = (
    forms.Form,
    forms.Fault,
    messages.SyncRequest,
    messages.SyncAnswer,
    messages.SnapshotMark,
    messages.BeginAccount,
    messages.AccountBegun,
    messages.Account,
    messages.AccountToken,
    messages.SignedIn,
    messages.SetPassword,
    messages.DeviceList,
    problems.Problem,
    *get_args(ops.Op),
)

_HEAD: Final = """\
// Generated from the structs of schemas/ by `python -m schemas.typescript`: change those, not this.

/** A condition of forms.md §2: one of the heads, with the keys that stand beside it. */
export interface Condition {
  all?: Condition[];
  any?: Condition[];
  not?: Condition;
  field?: string;
  is?: string | number | boolean;
  in?: (string | number | boolean)[];
  filled?: true;
  before?: string | { today: number };
  not_after?: string | { today: number };
  after?: string | { today: number };
  not_before?: string | { today: number };
  at_least?: number | string;
  at_most?: number | string;
  age?: string;
  on?: string | { today: number };
  days?: (string | { today: number })[];
  count?: string;
  same?: string[];
  id_fits?: string;
  born?: string;
  sex?: string;
}
"""

_PLAIN: Final[dict[type[inspect.Type], str]] = {
    inspect.AnyType: "unknown",
    inspect.RawType: "unknown",
    inspect.NoneType: "null",
    inspect.BoolType: "boolean",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.DateTimeType: "string",
}


def declarations() -> str:
    """Return the whole declaration file."""
    found: dict[str, str] = {}
    for kind in inspect.multi_type_info(ROOTS):
        _declare(kind, found)
    operations = " | ".join(root.__name__ for root in get_args(ops.Op))
    return "\n".join([_HEAD, *(found[name] for name in sorted(found)), f"export type Op = {operations};", ""])


def _declare(kind: inspect.Type, found: dict[str, str]) -> None:
    """Declare every struct inside a type, each once."""
    if not isinstance(kind, inspect.StructType):
        for inner in _parts(kind):
            _declare(inner, found)
        return
    name = kind.cls.__name__
    if name in found:
        return
    found[name] = ""
    lines = [f"  {kind.tag_field}: {_quoted(kind.tag)};"] if kind.tag_field is not None else []
    for field in kind.fields:
        _declare(field.type, found)
        absent = field.default is not NODEFAULT or field.default_factory is not NODEFAULT
        written = _written(field.type, conditions=kind.cls.__module__ == forms.__name__)
        lines.append(f"  {field.encode_name}{'?' if absent else ''}: {written};")
    summary = (kind.cls.__doc__ or "").strip().splitlines()[0]
    found[name] = f"/** {summary} */\nexport interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _parts(kind: inspect.Type) -> Iterable[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        return kind.types
    if isinstance(kind, inspect.ListType):
        return (kind.item_type,)
    if isinstance(kind, inspect.DictType):
        return (kind.value_type,)
    return kind.item_types if isinstance(kind, inspect.TupleType) else ()


def _written(kind: inspect.Type, *, conditions: bool) -> str:
    """Return a type as TypeScript writes it; in a form, an object of anything is a condition."""
    parts = [_written(part, conditions=conditions) for part in _parts(kind)]
    if isinstance(kind, inspect.StructType):
        return kind.cls.__name__
    if isinstance(kind, inspect.LiteralType):
        return " | ".join(_quoted(value) for value in kind.values)
    if isinstance(kind, inspect.UnionType):
        return " | ".join(dict.fromkeys(parts))
    if isinstance(kind, inspect.ListType):
        return f"({parts[0]})[]" if "|" in parts[0] else f"{parts[0]}[]"
    if isinstance(kind, inspect.TupleType):
        return f"[{', '.join(parts)}]"
    if isinstance(kind, inspect.DictType):
        return (
            "Condition"
            if conditions and isinstance(kind.value_type, inspect.AnyType)
            else f"Record<string, {parts[0]}>"
        )
    return _PLAIN[type(kind)]


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    sys.stdout.write(declarations())
