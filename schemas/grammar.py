"""The grammar of conditions, as `schemas.documents` checks it: names that exist, kinds that fit, depth, no cycles."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from schemas.conditions import COMPARISONS, DAYS_SHIFT_MAX, dotted
from schemas.forms import Fault, shared_options
from schemas.shapes import Object
from schemas.values import is_date, is_decimal

CONDITIONS_MAX: Final = 200
DEPTH_MAX: Final = 8

_DATES: Final = ("date", "partial_date")
_NUMBERS: Final = ("integer", "money", "decimal", "computed")
_PAIR: Final = 2
_BOUNDS: Final = frozenset({"at_least", "at_most"})

#: The words a condition may begin with, and the keys that may stand beside each.
_HEADS: Final[dict[str, frozenset[str]]] = {
    "all": frozenset(),
    "any": frozenset(),
    "not": frozenset(),
    "field": frozenset({"is", "in", "filled", *COMPARISONS, *_BOUNDS}),
    "age": frozenset({"on", *_BOUNDS}),
    "days": _BOUNDS,
    "count": _BOUNDS,
    "same": frozenset(),
    "id_fits": frozenset({"born", "sex"}),
}


class Place(Struct):
    """Where a path is written: in a row section, or where rows cannot be told apart.

    ``wide`` allows the columns of a row section; ``free`` lets the first row section named become the table (a rule).
    """

    table: str | None
    wide: bool = False
    free: bool = False


class Ground:
    """What conditions stand on: the sections and fields of a raw document, and how many conditions were met."""

    def __init__(self, document: Object) -> None:
        self.fields: dict[str, Object] = {}
        self.tables: set[str] = set()
        self.edges: dict[str, list[str]] = {}
        self.where: dict[str, str] = {}
        self.conditions = 0
        for number, section in enumerate(_objects(document.get("sections"))):
            key = section.get("key")
            if isinstance(key, str):
                self._learn(key, section, f"sections[{number}]")

    def _learn(self, key: str, section: Object, path: str) -> None:
        if section.get("rows") is not None:
            self.tables.add(key)
        self.edges[key] = list(reads(section.get("when")))
        self.where[key] = f"{path}.when"
        for number, field in enumerate(_objects(section.get("fields"))):
            name = f"{key}.{field.get('key')}"
            self.fields[name] = field
            of = field.get("of")
            sums = [dotted(one) for one in of if isinstance(one, str)] if isinstance(of, list) else []
            self.edges[name] = [key, *reads(field.get("when")), *sums]
            self.where[name] = f"{path}.fields[{number}].{'of' if sums else 'when'}"

    def check(self, condition: object, path: str, table: str | None) -> Iterator[Fault]:
        """Yield the faults of an optional condition (or plain true or false) in a row section or outside."""
        if isinstance(condition, Object):
            yield from self.check_in(condition, path, Place(table))

    def check_in(self, condition: object, path: str, place: Place, depth: int = 1) -> Iterator[Fault]:
        """Yield the faults of a condition and of all inside it."""
        self.conditions += 1
        if not isinstance(condition, Object):
            if depth > 1:
                yield Fault(path, "not a condition", condition)
            return
        if depth > DEPTH_MAX:
            yield Fault(path, f"deeper than {DEPTH_MAX}", condition)
            return
        heads = [head for head in _HEADS if head in condition]
        if len(heads) != 1:
            yield Fault(path, "a condition begins with one of " + ", ".join(_HEADS), condition)
            return
        if depth > 1:
            yield from (Fault(f"{path}.{key}", "written twice", key) for key in condition.twice)
        for key in condition:
            if key != heads[0] and key not in _HEADS[heads[0]]:
                yield Fault(f"{path}.{key}", f"unknown key beside {heads[0]}", condition[key])
        yield from self._of_head(heads[0], condition, path, place, depth)

    def _of_head(self, head: str, condition: Object, path: str, place: Place, depth: int) -> Iterator[Fault]:
        if head in ("all", "any"):
            parts = condition[head]
            if not isinstance(parts, list) or not parts:
                yield Fault(f"{path}.{head}", "not a list of conditions", parts)
                return
            for index, part in enumerate(parts):
                yield from self.check_in(part, f"{path}.{head}[{index}]", place, depth + 1)
        elif head == "not":
            yield from self.check_in(condition["not"], f"{path}.not", place, depth + 1)
        else:
            questions = {
                "field": self._field,
                "age": self._age,
                "days": self._days,
                "count": self._count,
                "same": self._same,
                "id_fits": self._id_fits,
            }
            yield from questions[head](condition, path, place)

    def _age(self, condition: Object, path: str, place: Place) -> Iterator[Fault]:
        yield from self.path(condition["age"], f"{path}.age", place, _DATES)
        yield from self._moment(condition.get("on"), f"{path}.on", place)
        yield from _bounds(condition, path, wanted=True)

    def _days(self, condition: Object, path: str, place: Place) -> Iterator[Fault]:
        yield from _not_a_pair(condition, "days", path)
        for index, moment in enumerate(_pair_of(condition["days"])):
            yield from self._moment(moment, f"{path}.days[{index}]", place)
        yield from _bounds(condition, path, wanted=True)

    def _count(self, condition: Object, path: str, _: Place) -> Iterator[Fault]:
        if not isinstance(condition["count"], str) or condition["count"] not in self.tables:
            yield Fault(f"{path}.count", "not a section with rows", condition["count"])
        yield from _bounds(condition, path, wanted=True)

    def _same(self, condition: Object, path: str, place: Place) -> Iterator[Fault]:
        yield from _not_a_pair(condition, "same", path)
        for index, one in enumerate(_pair_of(condition["same"])):
            yield from self.path(one, f"{path}.same[{index}]", place, None)

    def _id_fits(self, condition: Object, path: str, place: Place) -> Iterator[Fault]:
        yield from self.path(condition["id_fits"], f"{path}.id_fits", place, ("citizen_id",))
        if "born" in condition:
            yield from self.path(condition["born"], f"{path}.born", place, _DATES)
        if "sex" in condition:
            yield from self.path(condition["sex"], f"{path}.sex", place, ("choice", "text"))

    def path(self, path: object, where: str, place: Place, kinds: tuple[str, ...] | None) -> Iterator[Fault]:
        """Yield what is wrong with a path written in a form: unknown, of another kind, or in rows out of reach."""
        field = self._find(path)
        if field is None or not isinstance(path, str):
            yield Fault(where, "no such field", path)
            return
        section = dotted(path).partition(".")[0]
        if section in self.tables and not place.wide and section != place.table:
            if not place.free or place.table is not None:
                yield Fault(where, "a field of rows that are not these", path)
                return
            place.table = section
        kind = field.get("kind")
        if kinds is not None and isinstance(kind, str) and kind not in kinds:
            yield Fault(where, f"its kind {kind} is not {' or '.join(kinds)}", path)

    def _find(self, path: object) -> Object | None:
        if not isinstance(path, str):
            return None
        name, _, option = dotted(path).partition("/")
        field = self.fields.get(name)
        return field if field is not None and (not option or option in (options(field) or ())) else None

    def _field(self, condition: Object, path: str, place: Place) -> Iterator[Fault]:
        asked = [key for key in condition if key in _HEADS["field"]]
        if len(asked) != 1 and set(asked) != _BOUNDS:
            if condition.keys() <= _HEADS["field"] | {"field"}:
                yield Fault(path, "one question a condition: is, in, filled, a date or a number", condition)
            return
        kinds = _DATES if asked[0] in COMPARISONS else _NUMBERS if asked[0] in _BOUNDS else None
        yield from self.path(condition["field"], f"{path}.field", place, kinds)
        if asked[0] in COMPARISONS:
            yield from self._moment(condition[asked[0]], f"{path}.{asked[0]}", place)
        elif asked[0] == "filled":
            if condition["filled"] is not True:
                yield Fault(f"{path}.filled", "only true; write not around it", condition["filled"])
        elif asked[0] == "in":
            yield from self._answers(condition, path)
        elif asked[0] == "is":
            yield from self._answer(condition["field"], condition["is"], f"{path}.is")
        else:
            yield from _bounds(condition, path, wanted=False)

    def _answers(self, condition: Object, path: str) -> Iterator[Fault]:
        answers = condition["in"]
        if not isinstance(answers, list) or not answers:
            yield Fault(f"{path}.in", "not a list of answers", answers)
            return
        for index, answer in enumerate(answers):
            yield from self._answer(condition["field"], answer, f"{path}.in[{index}]")

    def _answer(self, path: object, answer: object, where: str) -> Iterator[Fault]:
        field = self._find(path)
        if field is None or not isinstance(path, str):
            return
        known = options(field)
        if "/" in dotted(path) or field.get("kind") == "yes_no":
            if not isinstance(answer, bool):
                yield Fault(where, "not true or false", answer)
        elif known is not None:
            if answer not in known:
                yield Fault(where, "not an option", answer)
        elif not isinstance(answer, str | int) or isinstance(answer, bool):
            yield Fault(where, "not text or a whole number", answer)

    def _moment(self, moment: object, where: str, place: Place) -> Iterator[Fault]:
        if isinstance(moment, Object):
            shift = moment.get("today")
            if set(moment) != {"today"} or not _is_whole(shift) or abs(int(str(shift))) > DAYS_SHIFT_MAX:
                yield Fault(where, 'not {"today": days}', moment)
        elif not isinstance(moment, str):
            yield Fault(where, 'not a path, a date, "today" or {"today": days}', moment)
        elif moment != "today" and not is_date(moment):
            yield from self.path(moment, where, place, _DATES)


def options(field: Object) -> tuple[str, ...] | None:
    """Return the answers of a choice, or null for a field of another kind."""
    known = field.get("options")
    if field.get("kind") not in ("choice", "choices"):
        return None
    if isinstance(known, str):
        return tuple(option.value for option in shared_options(known))
    return tuple(str(option.get("value")) for option in _objects(known))


def reads(condition: object) -> Iterator[str]:
    """Yield every path and row section that a condition reads, whatever its shape."""
    if isinstance(condition, list):
        for part in condition:
            yield from reads(part)
    elif isinstance(condition, Object):
        for key, part in condition.items():
            if isinstance(part, str) and key not in ("is", "in"):
                yield dotted(part)
            elif key in ("days", "same") and isinstance(part, list):
                yield from (dotted(path) for path in part if isinstance(path, str))
            else:
                yield from reads(part)


def cycles(ground: Ground) -> Iterator[Fault]:
    """Yield a fault for each ring of fields that are shown, or computed, because of one another."""
    done: set[str] = set()
    for start in ground.edges:
        trail = _ring(ground, start, [], done)
        if trail:
            yield Fault(ground.where[trail[0]], "a cycle", trail)


def _ring(ground: Ground, name: str, trail: list[str], done: set[str]) -> list[str]:
    if name in trail:
        return trail[trail.index(name) :]
    if name in done:
        return []
    done.add(name)
    for path in ground.edges.get(name, ()):
        found = _ring(ground, path.partition("/")[0], [*trail, name], done)
        if found:
            return found
    return []


def _objects(items: object) -> Iterator[Object]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Object):
            yield item


def _not_a_pair(condition: Object, head: str, path: str) -> Iterator[Fault]:
    if not _pair_of(condition[head]):
        yield Fault(f"{path}.{head}", "not a pair", condition[head])


def _pair_of(items: object) -> list[Any]:
    return items if isinstance(items, list) and len(items) == _PAIR else []


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _bounds(condition: Object, path: str, *, wanted: bool) -> Iterator[Fault]:
    """Yield what is wrong with ``at_least`` and ``at_most``: whole numbers, or decimals as text."""
    if wanted and not _BOUNDS & condition.keys():
        yield Fault(path, "at_least or at_most is missing", condition)
    for key in sorted(_BOUNDS & condition.keys()):
        bound = condition[key]
        if not _is_whole(bound) and not (isinstance(bound, str) and is_decimal(bound)):
            yield Fault(f"{path}.{key}", "not a whole number or a decimal as text", bound)
    least, most = condition.get("at_least"), condition.get("at_most")
    if _is_whole(least) and _is_whole(most) and int(str(least)) > int(str(most)):
        yield Fault(path, "at_least above at_most", condition)
