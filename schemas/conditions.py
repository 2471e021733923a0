"""Conditions: the one small language of ``required``, ``when`` and ``check`` (forms.md §2).

Rule 1. Three values: true, false, and null for unknown, where a value is missing. ``all``, ``any`` and ``not`` follow
Kleene's tables. Unknown counts as false in ``when`` and ``required``, and as passed in ``check``.
Rule 2. A hidden field counts as missing, whatever its cell holds: ``filled`` is false and the rest unknown.
Rule 3. A partial date is the range of days it may be: a comparison is true if true for all of them, false if for none.
Rule 4. In a row section a path without a row id means the same row. ``members.name`` and ``members/name`` are one path.
Rule 5. `client/js/conditions.js` is the same evaluator, line by line; a differential test compares them. It must not
be "improved" on one side alone.

`Answers` is one reading of a form: its values on a day, with what is hidden and what is computed worked out once.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from schemas.figures import computed, fee_copies, total
from schemas.forms import Condition, Field, Form, Section
from schemas.ids import is_id
from schemas.places import BIRTH_PLACE_CODES, HOME_PROVINCE
from schemas.values import is_citizen_id, is_date, is_decimal, is_partial_date, trimmed

Days = tuple[date, date]
Truth = bool | None
Need = Condition | bool | None

CONNECTIVES: Final = ("all", "any", "not")
COMPARISONS: Final = ("before", "not_after", "after", "not_before")
MALE: Final = ("male", "nam")
FEMALE: Final = ("female", "nu")
DAYS_SHIFT_MAX: Final = 100_000

_DATE_KINDS: Final = ("date", "partial_date")
_FIRST_DAY: Final = date(1, 1, 1).toordinal()
_LAST_DAY: Final = date(9999, 12, 31).toordinal()


def dotted(path: str) -> str:
    """Return a path without a row id in its one spelling, ``section.field``."""
    return path.replace("/", ".", 1) if "." not in path else path


def days_of(text: object) -> Days | None:
    """Return the first and the last day that a date or partial date may be, or null for anything else."""
    if not isinstance(text, str) or not is_partial_date(text):
        return None
    year = int(text[:4])
    if len(text) == len("YYYY"):
        return date(year, 1, 1), date(year, 12, 31)
    month = int(text[5:7])
    if len(text) == len("YYYY-MM-DD"):
        day = date(year, month, int(text[8:]))
        return day, day
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def years_between(earlier: date, later: date) -> int:
    """Return the whole years from one day to another; below zero where the second comes first."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def is_filled(field: Field, value: object) -> bool:
    """Return whether there is a value: not null, not empty text, not an address without parts, not no choice at all."""
    if field.kind == "address" and isinstance(value, dict):
        return any(value.get(part) for part in ("commune", "detail", "old", "place"))
    return value is not None and value not in ("", ())


def is_plain(section: Section | None, field: Field | None) -> bool:
    """Return whether a field holds what its one cell holds: outside rows, always asked, not computed, not in parts."""
    if section is None or field is None or section.rows is not None:
        return False
    return section.when is None and field.when is None and field.kind not in ("computed", "choices")


class Answers:
    """The values of a form on a day, as conditions see them."""

    def __init__(self, form: Form, values: dict[str, Any], today: date) -> None:
        self.form = form
        self.values = values
        self.today = today
        self._hidden: dict[tuple[str, str | None], bool] = {}
        self._computed: dict[tuple[str, str | None], Any] = {}
        self._sections = form.plan.sections
        self._fields = form.plan.asked
        self._named = form.plan.named
        self._rows: dict[str, list[str]] = {table: [] for table in form.plan.tables}
        if self._rows:
            self._find_rows()

    def _find_rows(self) -> None:
        for path, value in self.values.items():
            if "/" not in path:
                continue
            section, _, rest = path.partition("/")
            row, _, name = rest.partition("/")
            rows = self._rows.get(section)
            if rows is not None and name and value is not None and row not in rows and is_id(row):
                rows.append(row)
        for rows in self._rows.values():
            rows.sort()

    def rows(self, section: str) -> list[str]:
        """Return the ids of a section's rows in the order of their making. A row without a value is no row."""
        return self._rows.get(section, [])

    def places(self, section: Section) -> list[str] | list[None]:
        """Return the rows in which a section's fields are asked: its row ids, or one null where it has no rows."""
        return [None] if section.rows is None else self.rows(section.key)

    def holds(self, condition: Need, row: str | None, *, default: bool) -> bool:
        """Return whether a condition is true, false counted for unknown; ``default`` stands for an absent one."""
        if condition is None or isinstance(condition, bool):
            return default if condition is None else condition
        return self.truth(condition, row) is True

    def section_hidden(self, section: Section) -> bool:
        """Return whether a whole section is not asked."""
        return section.when is not None and self._remember((section.key, None), section.when, None)

    def field_hidden(self, section: Section, field: Field, row: str | None) -> bool:
        """Return whether a field is not asked in this row (null outside row sections)."""
        if section.when is not None and self._remember((section.key, None), section.when, None):
            return True
        return field.when is not None and self._remember((f"{section.key}.{field.key}", row), field.when, row)

    def _remember(self, name: tuple[str, str | None], when: Condition, row: str | None) -> bool:
        """Work out once whether something is hidden. Meanwhile it counts as shown: sound forms have no cycles."""
        known = self._hidden.get(name)
        if known is not None:
            return known
        self._hidden[name] = False
        self._hidden[name] = hidden = not self.holds(when, row, default=True)
        return hidden

    def value(self, path: str, row: str | None) -> tuple[Field, Any] | None:
        """Return a field and what it holds (null: missing or hidden); or null where there is no such path here."""
        found = self._named.get(path)
        if found is None:
            found = self._named[path] = self._find(path)
        section, field, option, plain = found
        if section is None or field is None:
            return None
        if plain is not None:
            return field, self.values.get(plain)
        if section.rows is None:
            return field, self.held(section, field, None, option)
        return None if row is None else (field, self.held(section, field, row, option))

    def _find(self, path: str) -> tuple[Section | None, Field | None, str, str | None]:
        """Return the section, field and option that a path of a condition names, nulls for none.

        The last is the path of its value on the wire where that is all there is to it: always asked, never computed.
        """
        path, _, option = dotted(path).partition("/")
        section, field = self._fields.get(path, (None, None))
        return section, field, option, path if is_plain(section, field) else None

    def held(self, section: Section, field: Field, row: str | None, option: str = "") -> Any:
        """Return what a field, or one option of ``choices``, holds in a row: null where missing or hidden."""
        return None if self.field_hidden(section, field, row) else self.asked(section, field, row, option)

    def asked(self, section: Section, field: Field, row: str | None, option: str = "") -> Any:
        """Return what a field holds that is known to be asked."""
        if field.kind == "computed":
            return self.computed(section, field, row)
        start = f"{section.key}.{field.key}" if row is None else f"{section.key}/{row}/{field.key}"
        if field.kind != "choices":
            return self.values.get(start)
        start += "/"
        if option:
            return self.values.get(start + option)
        return (
            tuple(sorted(p[len(start) :] for p, v in self.values.items() if v is True and p.startswith(start))) or None
        )

    def computed(self, section: Section, field: Field, row: str | None) -> Any:
        """Return what a computed field holds, worked out once from the fields it names."""
        name = (f"{section.key}.{field.key}", row)
        if name not in self._computed:
            self._computed[name] = None
            self._computed[name] = self._compute(field, row)
        return self._computed[name]

    def _compute(self, field: Field, row: str | None) -> Any:
        paths = [dotted(path) for path in field.of or []]
        if field.compute == "total":
            return total([value for path in paths for value in self._column(path, row)])
        if field.compute == "fee_copies" and row is None:
            tables = sorted({path.partition(".")[0] for path in paths} & self._rows.keys())
            if tables:
                return total([fee_copies(*self._each(paths, one)) for one in self.rows(tables[0])])
        return computed(field.compute or "", self._each(paths, row))

    def _each(self, paths: list[str], row: str | None) -> list[Any]:
        return [self._single(path, row) for path in paths]

    def _column(self, path: str, row: str | None) -> list[Any]:
        section = path.partition(".")[0]
        rows = self._rows.get(section) if row is None else None
        return [self._single(path, row)] if rows is None else [self._single(path, one) for one in rows]

    def _single(self, path: str, row: str | None) -> Any:
        found = self.value(path, row)
        return None if found is None else found[1]

    # The language.

    def truth(self, condition: Condition, row: str | None) -> Truth:
        """Evaluate a condition in a row (null outside row sections)."""
        if "all" in condition:
            return all_of(self.truth(part, row) for part in condition["all"])
        if "any" in condition:
            return any_of(self.truth(part, row) for part in condition["any"])
        if "not" in condition:
            return negated(self.truth(condition["not"], row))
        if "field" in condition:
            return self._field(condition, row)
        if "age" in condition:
            return self._age(condition, row)
        if "days" in condition:
            return self._days_apart(condition, row)
        if "count" in condition:
            return self._count(condition)
        if "same" in condition:
            return self._same(condition["same"], row)
        return self._id_fits(condition, row)

    def _field(self, condition: Condition, row: str | None) -> Truth:
        found = self.value(condition["field"], row)
        filled = found is not None and is_filled(*found)
        if "filled" in condition:
            return filled
        if found is None or not filled:
            return None
        value = found[1]
        if "is" in condition or "in" in condition:
            wanted = condition["in"] if "in" in condition else (condition["is"],)
            if not isinstance(value, tuple):
                return _is_among(value, wanted)
            return any(_is_among(one, wanted) for one in value)
        for comparison in COMPARISONS:
            if comparison in condition:
                return _compare(comparison, days_of(value), self._day(condition[comparison], row))
        number = _number(value)
        return None if number is None else _within(number, number, condition)

    def _day(self, moment: Any, row: str | None) -> Days | None:
        """Return the days that an X of the language may be."""
        if moment == "today":
            return self.today, self.today
        if isinstance(moment, dict):
            ordinal = min(max(self.today.toordinal() + moment["today"], _FIRST_DAY), _LAST_DAY)
            return date.fromordinal(ordinal), date.fromordinal(ordinal)
        if is_date(moment):
            return days_of(moment)
        return days_of(self._single(moment, row))

    def _age(self, condition: Condition, row: str | None) -> Truth:
        born, on = days_of(self._single(condition["age"], row)), self._day(condition["on"], row)
        if born is None or on is None:
            return None
        return _within(years_between(born[1], on[0]), years_between(born[0], on[1]), condition)

    def _days_apart(self, condition: Condition, row: str | None) -> Truth:
        begin, end = (self._day(moment, row) for moment in condition["days"])
        if begin is None or end is None:
            return None
        return _within((end[0] - begin[1]).days, (end[1] - begin[0]).days, condition)

    def _count(self, condition: Condition) -> Truth:
        section = self._sections.get(condition["count"])
        if section is None or self.section_hidden(section):
            return None
        count = len(self.rows(section.key))
        return _within(count, count, condition)

    def _same(self, paths: list[str], row: str | None) -> Truth:
        found = [self.value(path, row) for path in paths]
        if not all(one is not None and is_filled(*one) for one in found):
            return None
        (one, left), (other, right) = cast("list[tuple[Field, Any]]", found)
        if one.kind in _DATE_KINDS and other.kind in _DATE_KINDS and not _equal(left, right):
            return False if _apart(days_of(left), days_of(right)) else None
        return _equal(left, right)

    def _id_fits(self, condition: Condition, row: str | None) -> Truth:
        number = self._single(condition["id_fits"], row)
        if not isinstance(number, str) or not is_citizen_id(number):
            return None
        parts: list[Truth] = [number[:3] in BIRTH_PLACE_CODES]
        if "born" in condition:
            born = days_of(self._single(condition["born"], row))
            year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
            parts.append(None if born is None else born[0].year == year)
        if "sex" in condition:
            sex = self._single(condition["sex"], row)
            known = sex in MALE or sex in FEMALE
            parts.append((sex in MALE) == (int(number[3]) % 2 == 0) if known else None)
        return all_of(iter(parts))


def paths_of(condition: Condition) -> Iterator[str]:
    """Yield the paths that a condition reads, in their one spelling."""
    for key in ("all", "any"):
        for part in condition.get(key, ()):
            yield from paths_of(part)
    if "not" in condition:
        yield from paths_of(condition["not"])
    moments = [condition.get(key) for key in ("field", "age", "id_fits", "born", "sex", *COMPARISONS, "on")]
    moments += [*condition.get("days", ()), *condition.get("same", ())]
    for moment in moments:
        if isinstance(moment, str) and ("." in moment or "/" in moment):
            yield dotted(moment)


def all_of(parts: Iterable[Truth]) -> Truth:
    """Return Kleene's "and"."""
    result: Truth = True
    for part in parts:
        if part is False:
            return False
        if part is None:
            result = None
    return result


def any_of(parts: Iterable[Truth]) -> Truth:
    """Return Kleene's "or"."""
    return negated(all_of(negated(part) for part in parts))


def negated(part: Truth) -> Truth:
    """Return Kleene's "not"."""
    return None if part is None else not part


def _is_among(value: Any, wanted: Iterable[Any]) -> bool:
    for other in wanted:  # noqa: SIM110 - a generator costs more than the comparison
        if _equal(value, other):
            return True
    return False


def _equal(left: Any, right: Any) -> bool:
    """Compare two values of the same JSON type: text after NFC and trim, an address part by part."""
    if isinstance(left, str) and isinstance(right, str):
        if left == right or (_is_word(left) and _is_word(right)):
            return left == right
        return trimmed(left) == trimmed(right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _address(left) == _address(right)
    return type(left) is type(right) and bool(left == right)


def _is_word(text: str) -> bool:
    """Return whether there is surely nothing to trim or compose, as in the answer of a choice."""
    return text.isascii() and text.isidentifier()


def _address(parts: dict[str, Any]) -> dict[str, Any]:
    """Return an address with its defaults written out and its empty parts left out."""
    home = {"country": "VN", "province": HOME_PROVINCE} if parts.get("country", "VN") == "VN" else {}
    whole = home | {key: value for key, value in parts.items() if value not in (None, "")}
    return {key: trimmed(value) if isinstance(value, str) else value for key, value in whole.items()}


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and is_decimal(value) else None


def _within(least: Decimal | int, most: Decimal | int, condition: Condition) -> Truth:
    """Compare a range of numbers with the bounds of a condition."""
    parts: list[Truth] = []
    if "at_least" in condition:
        bound = Decimal(condition["at_least"])
        parts.append(True if least >= bound else False if most < bound else None)
    if "at_most" in condition:
        bound = Decimal(condition["at_most"])
        parts.append(True if most <= bound else False if least > bound else None)
    return all_of(iter(parts))


def _compare(comparison: str, left: Days | None, right: Days | None) -> Truth:
    if left is None or right is None:
        return None
    if comparison == "before":
        return True if left[1] < right[0] else False if left[0] >= right[1] else None
    if comparison == "not_before":
        return negated(_compare("before", left, right))
    if comparison == "after":
        return _compare("before", right, left)
    return negated(_compare("before", right, left))


def _apart(left: Days | None, right: Days | None) -> bool:
    return left is not None and right is not None and (left[1] < right[0] or right[1] < left[0])
