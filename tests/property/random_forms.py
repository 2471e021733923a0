"""Random forms, values and days: every kind of field, every head of a condition, rows, rings of rules, stray values."""

import random
from datetime import date, timedelta
from typing import Any

KINDS = [
    *("text", "name", "date", "partial_date", "citizen_id", "address", "choice", "choices", "integer", "decimal"),
    *("money", "yes_no", "date", "partial_date", "computed"),
]
OPTIONS = ("a", "b", "male", "female", "nu")
ROWS = [f"0192f0e0-0000-7000-8000-{n:012x}" for n in range(4)]
TEXTS = ["An", " An ", "A\u0302n", "\u00c2n", "", "ho\u0300a"]
COMMUNES = ["06154", "05977"]
DATES = ["1986-05-03", "2000-02-29", "2026-11-24", "1999-12-31", "2008-11-24", "2026-11-25", "1915-04-15", "2005-01-21"]
PARTIAL = [*DATES, "1986", "1986-05", "2000-02", "2026", "2026-11", "1900-02"]
NUMBERS = ["0", "1", "2.5", "-0.5", "10", "3.25", "9007199254740993.1"]
IDS = ["020186001234", "999086001234", "001299000001", "020386001234"]


class Maker:
    """Makes a form whose conditions read only what was asked before, then answers to it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.known: list[tuple[str, str, str | None]] = []  # path, kind, table
        self.tables: list[str] = []

    def pick(self, items: Any) -> Any:  # whatever the caller put in
        return self.random.choice(items)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def form(self) -> dict[str, Any]:
        sections = [self.section(f"s{n}") for n in range(self.random.randint(1, 4))]
        return {
            "procedure": "1.000001",
            "version": 1,
            "title": {"vi": "Thử"},
            "sections": sections,
            "rules": [self.rule(n) for n in range(self.random.randint(0, 4))],
            "slots": [
                {"key": f"p{n}", "title": {"vi": "Giấy"}, "required": self.need(None)}
                for n in range(self.random.randint(0, 2))
            ],
        }

    def need(self, table: str | None) -> Any:
        return self.chance(0.5) or self.condition(table, 2)

    def section(self, key: str) -> dict[str, Any]:
        section: dict[str, Any] = {"key": key, "title": {"vi": key}}
        if self.chance(0.3):
            section["when"] = self.condition(None, 2)
        table = None
        if self.chance(0.35):
            table = key
            self.tables.append(key)
            section["rows"] = self.pick([{}, {"min": 1, "max": 2}, {"min": 0, "max": 1}])
        section["fields"] = [self.field(key, table, f"f{n}") for n in range(self.random.randint(1, 5))]
        return section

    def field(self, section: str, table: str | None, key: str) -> dict[str, Any]:
        field: dict[str, Any] = {"key": key, "kind": self.pick(KINDS), "label": {"vi": key}}
        if self.chance(0.3):
            field["when"] = self.condition(table, 3)
        if field["kind"] in ("choice", "choices"):
            field["options"] = [{"value": value, "label": {"vi": value}} for value in OPTIONS]
        if field["kind"] == "computed":
            self.figure(field, table)
        elif self.chance(0.5):
            field["required"] = self.need(table)
        separator = self.pick("./") if table else "."
        self.known.append((f"{section}{separator}{key}", field["kind"], table))
        return field

    def figure(self, field: dict[str, Any], table: str | None) -> None:
        """Fill in a computation of what was asked before; where nothing fits, the field becomes text."""
        wide = [
            path
            for path, kind, where in self.known
            if kind in ("integer", "money", "decimal", "computed") and (table is None or where in (None, table))
        ]
        here = [(path, kind) for path, kind, where in self.known if where is None or where == table]
        whole = [path for path, kind in here if kind in ("integer", "money")]
        pages = [
            path for path, kind, where in self.known if kind == "integer" and where in (None, table or self.table())
        ]
        dates = [path for path, kind in here if kind in ("date", "partial_date")]
        ways = [
            ("total", wide, self.random.randint(1, 3)),
            ("fee_copies", pages, 2),
            ("money_in_words", whole, 1),
            ("date_in_words", dates, 1),
        ]
        ways = [way for way in ways if way[1]]
        if not ways:
            field["kind"] = "text"
            return
        name, paths, number = self.pick(ways)
        field["compute"] = name
        field["of"] = [self.pick(paths) for _ in range(number)]

    def table(self) -> str | None:
        return self.tables[0] if self.tables else None

    def rule(self, number: int) -> dict[str, Any]:
        table = self.pick([None, *self.tables])
        rule: dict[str, Any] = {
            "id": f"r{number}",
            "check": self.condition(table, 4),
            "level": self.pick(["error", "warn"]),
            "message": {"vi": f"Xem lại {number}"},
        }
        near = [path for path, _, where in self.known if where is None or where == table]
        if near and self.chance(0.8):
            rule["fields"] = [self.pick(near)]
        return rule

    def path(self, table: str | None, *kinds: str) -> str | None:
        near = [
            path
            for path, kind, where in self.known
            if (where is None or where == table) and (not kinds or kind in kinds)
        ]
        return self.pick(near) if near else None

    def condition(self, table: str | None, depth: int) -> dict[str, Any]:
        if depth > 1 and self.chance(0.45):
            head = self.pick(["all", "any", "not"])
            if head == "not":
                return {"not": self.condition(table, depth - 1)}
            return {head: [self.condition(table, depth - 1) for _ in range(self.random.randint(1, 3))]}
        return self.leaf(table)

    def leaf(self, table: str | None) -> dict[str, Any]:
        for _ in range(8):
            made: dict[str, Any] | None = self.pick(
                [
                    self.is_,
                    self.filled,
                    self.compares,
                    self.bounds,
                    self.age,
                    self.days,
                    self.count,
                    self.same,
                    self.id_fits,
                ]
            )(table)
            if made is not None:
                return made
        return {"field": "nowhere.none", "filled": True}

    def is_(self, table: str | None) -> dict[str, Any] | None:
        found = [(p, k) for p, k, where in self.known if where is None or where == table]
        if not found:
            return None
        path, kind = self.pick(found)
        if kind == "choices" and self.chance(0.4):
            return {"field": f"{path}/{self.pick(OPTIONS)}", "is": self.chance(0.5)}
        answers = {
            "yes_no": [True, False],
            "choice": OPTIONS,
            "choices": OPTIONS,
            "integer": [0, 1, 7],
            "money": [1],
            "decimal": NUMBERS,
            "date": DATES,
            "partial_date": PARTIAL,
        }.get(kind, TEXTS)
        if self.chance(0.5):
            return {"field": path, "is": self.pick(answers)}
        return {"field": path, "in": [self.pick(answers) for _ in range(2)]}

    def filled(self, table: str | None) -> dict[str, Any] | None:
        path = self.path(table)
        return None if path is None else {"field": path, "filled": True}

    def moment(self, table: str | None) -> Any:
        path = self.path(table, "date", "partial_date")
        return self.pick(["today", {"today": self.random.randint(-20000, 20000)}, self.pick(DATES), path or "today"])

    def compares(self, table: str | None) -> dict[str, Any] | None:
        path = self.path(table, "date", "partial_date")
        comparison = self.pick(["before", "not_after", "after", "not_before"])
        return None if path is None else {"field": path, comparison: self.moment(table)}

    def limits(self) -> dict[str, Any]:
        low = self.random.randint(-3, 40)
        bounds: dict[str, Any] = self.pick(
            [{"at_least": low}, {"at_most": low}, {"at_least": low, "at_most": low + 5}, {"at_least": "2.5"}]
        )
        return bounds

    def bounds(self, table: str | None) -> dict[str, Any] | None:
        path = self.path(table, "integer", "money", "decimal", "computed")
        return None if path is None else {"field": path} | self.limits()

    def age(self, table: str | None) -> dict[str, Any] | None:
        path = self.path(table, "date", "partial_date")
        return None if path is None else {"age": path, "on": self.moment(table)} | self.limits()

    def days(self, table: str | None) -> dict[str, Any]:
        return {"days": [self.moment(table), self.moment(table)]} | self.limits()

    def count(self, _: str | None) -> dict[str, Any] | None:
        return {"count": self.pick(self.tables), "at_least": self.random.randint(0, 3)} if self.tables else None

    def same(self, table: str | None) -> dict[str, Any] | None:
        kinds = self.pick([("date", "partial_date"), ("text", "name"), ("address",), ("integer",), ("choices",), ()])
        one, other = self.path(table, *kinds), self.path(table, *kinds)
        return None if one is None or other is None else {"same": [one, other]}

    def id_fits(self, table: str | None) -> dict[str, Any] | None:
        number = self.path(table, "citizen_id")
        born, sex = self.path(table, "date", "partial_date"), self.path(table, "choice", "text")
        if number is None:
            return None
        beside = {key: path for key, path in (("born", born), ("sex", sex)) if path is not None and self.chance(0.7)}
        return {"id_fits": number} | beside

    def values(self, form: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for section in form["sections"]:
            rows = self.random.sample(ROWS, self.random.randint(0, 3)) if "rows" in section else [None]
            for row in rows:
                for field in section["fields"]:
                    if self.chance(0.75):
                        start = f"{section['key']}." if row is None else f"{section['key']}/{row}/"
                        self.answer(values, start + field["key"], field["kind"])
        return values

    def answer(self, values: dict[str, Any], path: str, kind: str) -> None:
        if kind == "choices":
            for option in self.random.sample(OPTIONS, self.random.randint(0, 3)):
                values[f"{path}/{option}"] = self.chance(0.6)
        elif self.chance(0.04):
            values[path] = self.pick([None, True, 3, "stray", {"detail": "x"}])
        else:
            values[path] = self.fitting(kind)

    def fitting(self, kind: str) -> Any:
        match kind:
            case "integer" | "money":
                return self.pick([0, 1, 7, 15, 21, 40, -2, 250, 1_005_000, 20_000_115, 3_000_000_024, 2**53 - 1])
            case "address":
                place = self.pick(
                    [{"commune": self.pick(COMMUNES)}, {"province": "01", "place": "phường Hoàn Kiếm"}, {}]
                )
                spell = self.pick([{}, {"country": "VN"}, {"detail": self.pick(TEXTS)}, {"old": None}])
                return place | spell
            case _:
                return self.pick(
                    {
                        "date": DATES,
                        "partial_date": PARTIAL,
                        "citizen_id": IDS,
                        "choice": OPTIONS,
                        "decimal": NUMBERS,
                        "yes_no": [True, False],
                    }.get(kind, TEXTS)
                )

    def today(self) -> date:
        near: date = self.pick([date(2026, 11, 24), date(2024, 2, 29), date(1999, 12, 31)])
        return near + timedelta(days=self.random.randint(-400, 400))
