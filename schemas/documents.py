"""What is wrong with a form document: every fault with path, reason and the value found (forms.md §3).

The document is read as plain JSON, so that one fault does not hide the next. `schemas.shapes` compares it with the
structs of `schemas.forms`; what the structs cannot say (names that exist, kinds that fit, cycles) is said here, and
for conditions in `schemas.grammar`.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas import lists
from schemas.forms import Fault, Field, FieldSpec, Form, FormFault, Label, decode_form, options_of, shared_options
from schemas.grammar import CONDITIONS_MAX, Ground, Place, cycles
from schemas.shapes import Object, shape_faults
from schemas.values import fault_of, is_date, is_decimal, is_key

_TEXT_KINDS: Final = ("text", "long_text", "name")
_DATE_KINDS: Final = ("date", "partial_date")
_WHOLE_KINDS: Final = ("integer", "money")
_CHOICE_KINDS: Final = ("choice", "choices")
_PROCEDURE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")

#: How many paths each computation works on, and of which kinds.
_COMPUTES: Final[dict[str, tuple[int | None, tuple[str, ...]]]] = {
    "fee_copies": (2, ("integer",)),
    "total": (None, ("integer", "money", "decimal", "computed")),
    "date_in_words": (1, _DATE_KINDS),
    "money_in_words": (1, ("integer", "money", "computed")),
}


def check_document(raw: bytes) -> list[Fault]:
    """Return every fault of a form document, in its order; none means that it can be published."""
    try:
        document = json.loads(raw, object_pairs_hook=Object, parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        return [Fault("", f"not JSON: {fault}")]
    found = [*shape_faults(document, Form), *(_Check(document).faults() if isinstance(document, Object) else ())]
    if found:
        return found
    try:
        decode_form(raw)
    except FormFault as fault:
        return fault.faults
    return []


def check_files(files: list[str], check: Callable[[bytes], list[Fault]] = check_document) -> tuple[list[str], int]:
    """Return the lines that ``motcua form|papers check FILE…`` prints, and its exit code: 1 when anything is wrong."""
    lines: list[str] = []
    code = 0
    for file in files:
        try:
            found = check(Path(file).read_bytes())
        except OSError as fault:
            found = [Fault("", f"cannot be read: {fault.strerror}")]
        code = 1 if found else code
        lines += [line_of(file, fault) for fault in found] or [f"{file}: ok"]
    return lines, code


def line_of(file: str, fault: Fault) -> str:
    """Return a fault as one printed line."""
    value = "" if fault.value is None else f" (found {json.dumps(fault.value, ensure_ascii=False)})"
    return f"{file}: {fault.path or '(document)'}: {fault.reason}{value}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


class _Check:
    """One document under check. Whatever has the wrong shape is passed over here: its fault is known already."""

    def __init__(self, document: Object) -> None:
        self.document = document
        self.ground = Ground(document)

    def faults(self) -> Iterator[Fault]:
        yield from self._head()
        yield from _twice("sections", self.document, "sections", "key")
        yield from _twice("rules", self.document, "rules", "id")
        yield from _twice("slots", self.document, "slots", "key")
        for path, section in _objects(self.document, "sections", ""):
            yield from self._section(path, section)
        for path, rule in _objects(self.document, "rules", ""):
            yield from self._rule(path, rule)
        for path, slot in _objects(self.document, "slots", ""):
            yield from self._slot(path, slot)
        yield from self._moves()
        if self.ground.conditions > CONDITIONS_MAX:
            yield Fault("", f"more than {CONDITIONS_MAX} conditions", self.ground.conditions)
        yield from cycles(self.ground)

    def _head(self) -> Iterator[Fault]:
        procedure = self.document.get("procedure")
        if isinstance(procedure, str) and not _PROCEDURE.issuperset(procedure):
            yield Fault("procedure", "letters, digits, dot, dash and underscore only", procedure)
        dates = []
        for key in ("effective_from", "effective_to"):
            value = self.document.get(key)
            if isinstance(value, str):
                dates.append(value)
                if not is_date(value):
                    yield Fault(key, "not a date YYYY-MM-DD", value)
        if len(dates) > 1 and dates[0] > dates[1]:
            yield Fault("effective_to", "before effective_from", dates[1])
        if self.document.get("sections") == []:
            yield Fault("sections", "a form has at least one section", [])

    def _section(self, path: str, section: Object) -> Iterator[Fault]:
        rows = section.get("rows")
        if isinstance(rows, Object):
            yield from _ordered(f"{path}.rows", rows, "min", "max")
        if section.get("fields") == []:
            yield Fault(f"{path}.fields", "a section has at least one field", [])
        yield from self.ground.check(section.get("when"), f"{path}.when", None)
        yield from _twice(f"{path}.fields", section, "fields", "key")
        table = section.get("key") if rows is not None else None
        for inner, field in _objects(section, "fields", path + "."):
            yield from self._field(inner, field, table)

    def _field(self, path: str, field: Object, table: str | None) -> Iterator[Fault]:
        yield from self.ground.check(field.get("when"), f"{path}.when", table)
        yield from self.ground.check(field.get("required"), f"{path}.required", table)
        yield from _options(path, field)
        yield from _bounds(path, field)
        yield from _policy(path, field)
        yield from self._compute(path, field, table)
        yield from _default(path, field)

    def _compute(self, path: str, field: Object, table: str | None) -> Iterator[Fault]:
        if field.get("kind") != "computed":
            for key in ("compute", "of"):
                if key in field:
                    yield Fault(f"{path}.{key}", "only for kind computed", field[key])
            return
        for key in ("compute", "of"):
            if key not in field:
                yield Fault(path, f"a computed field needs {key}", field.get("key"))
        if field.get("required", False) is not False:
            yield Fault(f"{path}.required", "a computed field is not asked for", field["required"])
        name, paths = field.get("compute"), field.get("of")
        if not isinstance(name, str) or name not in _COMPUTES or not isinstance(paths, list):
            return
        number, kinds = _COMPUTES[name]
        if not paths or (number is not None and len(paths) != number):
            yield Fault(f"{path}.of", f"{name} works on {number or 'one or more'} paths", paths)
        if name.endswith("_in_words"):
            yield from self._of(path, paths, kinds, Place(table))
        else:
            yield from self._of(path, paths, kinds, Place(table, wide=table is None))

    def _of(self, path: str, paths: list[Any], kinds: tuple[str, ...], place: Place) -> Iterator[Fault]:
        for index, of in enumerate(paths):
            yield from self.ground.path(of, f"{path}.of[{index}]", place, kinds)

    def _rule(self, path: str, rule: Object) -> Iterator[Fault]:
        place = Place(None, free=True)
        yield from self.ground.check_in(rule.get("check"), f"{path}.check", place)
        for index, field in enumerate(_list(rule, "fields")):
            if not isinstance(field, str) or field not in self.ground.tables:
                yield from self.ground.path(field, f"{path}.fields[{index}]", place, None)

    def _slot(self, path: str, slot: Object) -> Iterator[Fault]:
        yield from self.ground.check(slot.get("required"), f"{path}.required", None)
        if slot.get("kinds") == []:
            yield Fault(f"{path}.kinds", "a slot takes at least one kind", [])

    def _moves(self) -> Iterator[Fault]:
        moves, version = self.document.get("moves"), self.document.get("version")
        if not isinstance(moves, Object):
            return
        earlier = moves.get("from")
        if isinstance(earlier, int) and isinstance(version, int) and not 1 <= earlier < version:
            yield Fault("moves.from", "not an earlier version", earlier)
        renames = moves.get("rename")
        for old, new in renames.items() if isinstance(renames, Object) else ():
            if not _looks_like_path(old):
                yield Fault(f"moves.rename.{old}", "not a path section.field", old)
            yield from self.ground.path(new, f"moves.rename.{old}", Place(None, wide=True), None)
        for index, old in enumerate(_list(moves, "drop")):
            if isinstance(old, str) and not _looks_like_path(old):
                yield Fault(f"moves.drop[{index}]", "not a path section.field", old)


def _list(parent: Object, key: str) -> list[Any]:
    items = parent.get(key)
    return items if isinstance(items, list) else []


def _objects(parent: Object, key: str, start: str) -> Iterator[tuple[str, Object]]:
    for index, item in enumerate(_list(parent, key)):
        if isinstance(item, Object):
            yield f"{start}{key}[{index}]", item


def _twice(path: str, parent: Object, key: str, name: str) -> Iterator[Fault]:
    """Say which items of a list have a name that an earlier one has."""
    seen: set[str] = set()
    for index, item in enumerate(_list(parent, key)):
        value = item.get(name) if isinstance(item, Object) else None
        if isinstance(value, str):
            if value in seen:
                yield Fault(f"{path}[{index}].{name}", "used twice", value)
            seen.add(value)


def _looks_like_path(path: str) -> bool:
    section, _, field = path.replace("/", ".").partition(".")
    return is_key(section) and is_key(field)


def _ordered(path: str, parent: Object, low: str, high: str) -> Iterator[Fault]:
    least, most = parent.get(low), parent.get(high)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Fault(f"{path}.{low}", f"more than {high}", least)


def _options(path: str, field: Object) -> Iterator[Fault]:
    options = field.get("options")
    if field.get("kind") not in _CHOICE_KINDS:
        if options is not None:
            yield Fault(f"{path}.options", "only for choice and choices", options)
    elif options is None or options == []:
        yield Fault(f"{path}.options", "a choice needs options", options)
    elif isinstance(options, str) and not shared_options(options):
        yield Fault(f"{path}.options", f"no shared list; there are {', '.join(lists.OPTION_LISTS)}", options)
    yield from _twice(f"{path}.options", field, "options", "value")


def _bounds(path: str, field: Object) -> Iterator[Fault]:
    kind = field.get("kind")
    for key in ("min", "max"):
        bound = field.get(key)
        if isinstance(bound, int | str) and not isinstance(bound, bool) and not _is_bound(kind, bound):
            yield Fault(f"{path}.{key}", f"no bound for kind {kind}", bound)
    least, most = field.get("min"), field.get("max")
    if least is not None and most is not None and _is_bound(kind, least) and _is_bound(kind, most):
        spec = FieldSpec(path="", section="", key="", kind=str(kind), policy="latest", label=Label(""), max=most)
        if fault_of(spec, str(least) if kind == "decimal" else least) is not None:
            yield Fault(f"{path}.min", "more than max", least)
    for key in ("length_min", "length_max"):
        if field.get(key) is not None and kind not in _TEXT_KINDS:
            yield Fault(f"{path}.{key}", f"no length for kind {kind}", field[key])
    yield from _ordered(path, field, "length_min", "length_max")
    if field.get("places") is not None and kind != "decimal":
        yield Fault(f"{path}.places", "only for kind decimal", field["places"])


def _is_bound(kind: object, bound: object) -> bool:
    if isinstance(bound, bool):
        return False
    if isinstance(bound, int):
        return kind in _WHOLE_KINDS or kind == "decimal"
    if not isinstance(bound, str):
        return False
    return is_decimal(bound) if kind == "decimal" else kind in _DATE_KINDS and is_date(bound)


def _policy(path: str, field: Object) -> Iterator[Fault]:
    policy = field.get("policy")
    if policy is not None and (policy == "computed") != (field.get("kind") == "computed"):
        yield Fault(f"{path}.policy", "computed is the policy of kind computed, and its only one", policy)
    if policy == "latest" and field.get("print") is True:
        yield Fault(f"{path}.policy", "what is printed cannot be latest", policy)


def _default(path: str, field: Object) -> Iterator[Fault]:
    default = field.get("default")
    if default is None or any(shape_faults(field, Field)):
        return
    known = msgspec.convert(field, Field)
    values = frozenset(option.value for option in options_of(known))
    spec = FieldSpec(
        path="",
        section="",
        key=known.key,
        kind="choice" if known.kind == "choices" else known.kind,
        policy="latest",
        label=known.label,
        values=values,
        min=known.min,
        max=known.max,
        length_min=known.length_min,
        length_max=known.length_max,
        places=known.places,
    )
    answers = default if known.kind == "choices" and isinstance(default, list) else [default]
    reasons = [reason for reason in (fault_of(spec, answer) for answer in answers) if reason is not None]
    if reasons:
        yield Fault(f"{path}.default", reasons[0], default)
