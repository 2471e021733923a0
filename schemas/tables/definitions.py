"""Form definitions made from field tables, and what of them a person still has to decide (forms.md §3).

Rule 1. What a table says becomes a key or a rule of the definition, or an open point. Nothing is dropped or guessed.
Rule 2. Every definition made here passes `schemas.documents.check_document`.
"""

import json
import re
from typing import Any, Final

from msgspec import Struct

from schemas.forms import KINDS
from schemas.grammar import CONDITIONS_MAX
from schemas.shapes import Object
from schemas.tables.bounds import interval
from schemas.tables.choosing import options_of
from schemas.tables.constraints import is_of_whole_numbers, meaning, parts_of
from schemas.tables.crossing import Need, rule_of, understood, weight
from schemas.tables.papers import slots_of
from schemas.tables.reading import FIELD_KEYS, TABLE_KEYS, Open, read_tables, text_of
from schemas.tables.sayings import Placed, Sayings
from schemas.tables.slugs import Keys, key_of, label_of, slug

_KINDS: Final = {
    "text": "text", "textarea": "long_text", "select": "choice", "radio": "choice", "tel": "phone",
    "unit_select": "unit",
}  # fmt: skip
#: A longer constraint or rule is nothing that a form can say, and would take long to read.
SENTENCE_LETTERS_MAX: Final = 1_000
_NO_GROUP: Final = "Nội dung khai"
_COLUMN: Final = "Nội dung"


class Definition(Struct):
    """A definition document, and its open points."""

    document: dict[str, Any]
    open: list[Open]


def definitions(raw: bytes) -> list[Definition]:
    """Return the definitions that a file of tables makes.

    Raises:
        FormFault: the file's shape is wrong; every fault has its path.
    """
    tables = read_tables(raw)
    alone = len(tables) == 1 and raw.lstrip()[:1] == b"{"
    return [_Maker(table, "" if alone else f"[{number}].").made() for number, table in enumerate(tables)]


def written(document: dict[str, Any]) -> bytes:
    """Return a definition as the file that a person goes on working with."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


class _Maker:
    """One table on its way to a definition."""

    def __init__(self, table: Object, start: str) -> None:
        self.table, self.start = table, start
        self.open: list[Open] = []
        self.sections: list[dict[str, Any]] = []
        self.groups: dict[str, tuple[dict[str, Any], Keys]] = {}
        self.section_keys = Keys()
        self.tables: dict[int, str] = {}
        self.fields: list[tuple[Placed, Object, str]] = []
        self.rules: list[dict[str, Any]] = []
        self.conditions = 0

    def made(self) -> Definition:
        for field in self.table["fields"]:
            if field.get("type") == "table":
                self.tables[id(field)] = self.section_keys.take(key_of(field["name"], "s"))
        for index, field in enumerate(self.table["fields"]):
            self._field(field, f"fields[{index}]")
        sayings = Sayings([placed for placed, _, _ in self.fields])
        for placed, field, at in self.fields:
            self._constraint(placed, field, at, sayings)
        for index, rule in enumerate(self.table.get("cross_field_rules") or []):
            self._rule(rule, f"cross_field_rules[{index}]", sayings)
        slots = slots_of(self.table.get("attachments") or [], self._point)
        document = self._head() | {"sections": self.sections, "rules": self.rules, "slots": slots}
        self._unknown(self.table, TABLE_KEYS, "", "")
        return Definition(document, sorted(self.open, key=_in_order))

    def _head(self) -> dict[str, Any]:
        code, title, english = self.table["procedure_code"], self.table.get("title_vi"), self.table.get("title_en")
        if not title:
            self._point("", "title_vi", text_of(english or code), "the form has no title in Vietnamese")
        head: dict[str, Any] = {"procedure": code, "version": 1, "effective_from": None, "effective_to": None}
        head["title"] = label_of(title or english or code, english)
        if self.table.get("form_ref"):
            head["source"] = self.table["form_ref"]
        return head | {"verified": False}

    def _point(self, path: str, at: str, text: str, why: str) -> None:
        self.open.append(Open(path, self.start + at, text, why))

    def _unknown(self, thing: Object, known: frozenset[str], at: str, path: str) -> None:
        for key, value in thing.items():
            if key not in known and value is not None:
                self._point(path, f"{at}.{key}".lstrip("."), text_of(value), "a key that tables do not have")

    # Fields.

    def _group(self, field: Object, at: str) -> tuple[dict[str, Any], Keys]:
        title = (field.get("group") or "").strip()
        if title not in self.groups:
            words = title.lstrip("0123456789.,)- ") or title
            section: dict[str, Any] = {
                "key": self.section_keys.take(slug(words, "s")),
                "title": {"vi": title or _NO_GROUP},
                "fields": [],
            }
            self.sections.append(section)
            self.groups[title] = section, Keys()
            if not title:
                self._point(section["key"], f"{at}.group", field["name"], "the field is in no group")
        return self.groups[title]

    def _field(self, field: Object, at: str) -> None:
        if field.get("type") == "table":
            self._rows(field, at)
            return
        section, keys = self._group(field, at)
        wanted = key_of(field["name"], "f")
        key = keys.take(wanted)
        if key != wanted:
            self._point(f"{section['key']}.{key}", f"{at}.name", field["name"], "a second field of this name")
        section["fields"] += self._asked(field, at, section["key"], key, keys)

    def _asked(
        self, field: Object, at: str, section: str, key: str, keys: Keys, *, in_rows: bool = False
    ) -> list[dict[str, Any]]:
        """Return a field of the definition, a date and its time apart; what it cannot say is an open point."""
        path = f"{section}.{key}"
        label = field.get("label_vi")
        if not label:
            self._point(path, f"{at}.label_vi", field["name"], "the field has no label in Vietnamese")
        made: dict[str, Any] = {"key": key, "kind": ""}
        made["label"] = label_of(label or field.get("label_en") or field["name"], field.get("label_en"))
        required = field.get("required")
        if not isinstance(required, bool | None):
            self._point(path, f"{at}.required", text_of(required), "neither true nor false")
        made["required"] = required is True
        answers = self._kind(field, made, at, path)
        self._unknown(field, FIELD_KEYS, at, path)
        if field.get("columns") is not None:
            self._point(path, f"{at}.columns", text_of(field["columns"]), "columns of a field that is no table")
        self.fields.append((Placed(field["name"], path, made["kind"], made, answers, in_rows), field, at))
        if field.get("type") != "datetime":
            return [made]
        words = {name: f"{text} ({'giờ' if name == 'vi' else 'time'})" for name, text in made["label"].items()}
        time = {"key": keys.take(slug(f"{key[:34]}_time", "f")), "kind": "time", "label": words}
        return [made, time | {"required": made["required"]}]

    def _kind(self, field: Object, made: dict[str, Any], at: str, path: str) -> dict[str, str]:
        """Fill in kind and options; return the options' values by label."""
        type_, options = field.get("type"), field.get("options")
        constraint = field.get("constraint")
        if type_ == "checkbox":
            kind = "yes_no" if options in (None, []) else "choices"
        elif type_ == "number":
            names = (field["name"], field.get("label_vi") or field["name"])
            whole = isinstance(constraint, str) and is_of_whole_numbers(constraint, names)
            kind = "integer" if whole else "decimal"
        elif type_ == "datetime":
            kind = "date"
        else:
            kind = _KINDS.get(type_, type_) if isinstance(type_, str) else ""
        if kind not in KINDS or kind == "computed":
            self._point(path, f"{at}.type", text_of(type_), "an unknown type; it is text until somebody decides")
            kind = "text"
        answers: dict[str, str] = {}
        if kind in ("choice", "choices"):
            made_options = options_of(options, at, path, answers, self._point) if isinstance(options, list) else []
            if made_options:
                made["options"] = made_options
            else:
                kind = "text"
                self._point(
                    path, f"{at}.options", text_of(options), "no list of options; it is text until there is one"
                )
        elif options not in (None, []):
            self._point(path, f"{at}.options", text_of(options), f"a field of kind {kind} has no options")
        made["kind"] = kind
        return answers

    # Tables inside the table.

    def _rows(self, field: Object, at: str) -> None:
        key = self.tables[id(field)]
        if key != key_of(field["name"], "s"):
            self._point(key, f"{at}.name", field["name"], "a second table of this name")
        section: dict[str, Any] = {
            "key": key,
            "title": label_of(field.get("label_vi") or field["name"], field.get("label_en")),
        }
        if not field.get("label_vi"):
            self._point(key, f"{at}.label_vi", field["name"], "the table has no label in Vietnamese")
        rows: dict[str, int] = {"min": 1} if field.get("required") is True else {}
        if not isinstance(field.get("required"), bool | None):
            self._point(key, f"{at}.required", text_of(field["required"]), "neither true nor false")
        section["rows"] = rows
        section["fields"] = []
        self.sections.append(section)
        columns = self._row_constraint(field, at, key, rows)
        keys = Keys()
        for index, column in enumerate(field.get("columns") or columns):
            where = f"{at}.columns[{index}]" if field.get("columns") else f"{at}.constraint"
            section["fields"] += self._column(column, where, key, keys, field.get("constraint") or column)
        if not section["fields"]:
            section["fields"].append({"key": slug(_COLUMN, "f"), "kind": "text", "label": {"vi": _COLUMN}})
            self._point(f"{key}.{slug(_COLUMN, 'f')}", at, field["name"], "the table names no columns")
        if field.get("options") not in (None, []):
            self._point(key, f"{at}.options", text_of(field["options"]), "a table has no options")
        self._unknown(field, FIELD_KEYS, at, key)

    def _row_constraint(self, field: Object, at: str, key: str, rows: dict[str, int]) -> list[str]:
        """Read how many rows there may be and the names of the columns; the rest is open."""
        constraint = field.get("constraint")
        columns: list[str] = []
        unclear = [] if isinstance(constraint, str | None) else [text_of(constraint)]
        for part in parts_of(constraint) if isinstance(constraint, str) else ():
            match = re.fullmatch(
                r"(?:(.*?) ?(?:rows?|dòng|hàng)|(?:columns?|cột)) ?: ?(.+)", part, re.IGNORECASE | re.DOTALL
            )
            count = match[1] if match is not None else part
            if count and not _count(count, rows):
                unclear.append(count)
            if match is not None:
                columns += [column.strip() for column in re.split(r",(?![^(]*\))", match[2]) if column.strip()]
        if unclear:
            self._point(key, f"{at}.constraint", text_of(constraint), f"not understood: {'; '.join(unclear)}")
        if columns and field.get("columns"):
            self._point(key, f"{at}.constraint", text_of(constraint), "it names columns, and there is a list of them")
        return columns

    def _column(self, column: Object | str, at: str, section: str, keys: Keys, words: Any) -> list[dict[str, Any]]:
        if isinstance(column, str):
            key = keys.take(slug(column.partition("(")[0], "f"))
            why = f"the column {column!r} is text until somebody decides"
            self._point(f"{section}.{key}", at, text_of(words), why)
            return [{"key": key, "kind": "text", "label": {"vi": column}}]
        wanted = key_of(column["name"], "f")
        key = keys.take(wanted)
        if key != wanted:
            self._point(f"{section}.{key}", f"{at}.name", column["name"], "a second column of this name")
        return self._asked(column, at, section, key, keys, in_rows=True)

    # Constraints, rules and papers.

    def _constraint(self, one: Placed, field: Object, at: str, sayings: Sayings) -> None:
        constraint = field.get("constraint")
        if constraint is None or constraint == "":
            return
        if not isinstance(constraint, str):
            self._point(one.path, f"{at}.constraint", text_of(constraint), "not text")
            return
        if len(constraint) > SENTENCE_LETTERS_MAX:
            self._point(one.path, f"{at}.constraint", constraint, f"longer than {SENTENCE_LETTERS_MAX} letters")
            return
        found = meaning(constraint, one, sayings)
        cost = weight(found.keys.get("required")) + sum(weight(check) for check in found.checks)
        if self.conditions + cost > CONDITIONS_MAX:
            self._point(one.path, f"{at}.constraint", constraint, f"a form has at most {CONDITIONS_MAX} conditions")
            return
        self.conditions += cost
        one.field.update(found.keys)
        for check in found.checks:
            self._add(check)
        if found.unclear:
            why = "not understood" if found.unclear == [constraint] else f"not understood: {'; '.join(found.unclear)}"
            self._point(one.path, f"{at}.constraint", constraint, why)

    def _rule(self, rule: Any, at: str, sayings: Sayings) -> None:
        found = understood(rule, sayings) if isinstance(rule, str) and len(rule) <= SENTENCE_LETTERS_MAX else None
        why = "not understood"
        if isinstance(found, Need):
            required = found.field.field["required"]
            if required is True:
                why = "the field is required already, whatever else is written"
            elif self._affords(found.when):
                found.field.field["required"] = found.when if required is False else {"any": [required, found.when]}
                self.conditions += required is not False
                return
        elif found is not None and self._affords(found):
            self._add(found)
            return
        self._point("", at, text_of(rule), why)

    def _affords(self, condition: dict[str, Any]) -> bool:
        cost = weight(condition)
        if self.conditions + cost >= CONDITIONS_MAX:
            return False
        self.conditions += cost
        return True

    def _add(self, check: dict[str, Any]) -> None:
        if any(rule["check"] == check for rule in self.rules):
            return
        fields = {placed.path: placed for placed, _, _ in self.fields}
        self.rules.append(rule_of(check, f"r{len(self.rules) + 1}", fields))


def _count(words: str, rows: dict[str, int]) -> bool:
    """Read how many rows there may be; return whether that was understood."""
    found = interval(words)
    if found is None or found.unit not in ("", "row", "rows", "dòng", "hàng"):
        return False
    low, high = found.integers()
    if (low or 0) < 0 or (high is not None and high < max(low or 0, rows.get("min", 0), 1)):
        return False
    rows.update({key: bound for key, bound in (("min", low), ("max", high)) if bound is not None})
    return True


def _in_order(point: Open) -> tuple[int, list[int]]:
    """Return where a point stands in its table: fields, rules, attachments, and what is said of the whole."""
    parts = ("fields", "cross_field_rules", "attachments")
    place = next((number for number, part in enumerate(parts) if part in point.at), len(parts))
    return place, [int(number) for number in re.findall(r"\[([0-9]+)\]", point.at)]
