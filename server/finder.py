"""Everything there is to be found, on one shelf: who it is for, how long it takes, whether it needs a network.

Rule 1. SQLite's full-text index (FTS5, kept by sqlite-utils in memory) says which records can be hits at all; their
order is `schemas/finding`'s, the same as on the phone. What the index leaves out is no hit by that order's own rule.
Rule 2. A shelf never changes: a new form or a new catalogue makes a new one.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, structs
from sqlite_utils import Database

from schemas.finding.events import events_of
from schemas.finding.ranking import COMMUNE, Index, Record
from schemas.finding.vocabulary import Idea, for_phones, ideas_of, vocabulary, words_of
from schemas.forms import Form
from server.offices import Offices, Place
from server.texts import text
from sync.ledger import Allowed

#: More than anybody reads; who wants fewer says more.
SHOWN_MAX: Final = 30
#: What a phone keeps for days without network.
ON_PHONES_MAX: Final = 60
LEVELS: Final = ("xa", "tinh", "bo", "khac")


class Listed(Struct, frozen=True):
    """A procedure as lists show it: ``time`` and ``unit`` are words for people, empty where nothing is known."""

    record: Record
    time: str = ""
    unit: str = ""

    @property
    def events(self) -> tuple[str, ...]:
        """Return the life events it belongs to."""
        return events_of(self.record)

    @property
    def is_at_commune(self) -> bool:
        """Return whether it is filed at the commune's own office; of that level are a branch's too, such as customs."""
        return text("find.at_xa") in self.unit.split("; ")


def listed_of(forms: Iterable[Form], times: Mapping[str, Allowed] = MappingProxyType({})) -> list[Listed]:
    """Return what is known of procedures by their forms alone: filed at the commune, done in the time allowed."""
    unit = text("find.at_xa")
    return [
        Listed(
            Record(form.procedure, form.title.vi, "", (COMMUNE,), form=True),
            in_few_words(times[form.procedure].count, times[form.procedure].unit) if form.procedure in times else "",
            unit,
        )
        for form in forms
    ]


def in_few_words(count: int, unit: str) -> str:
    """Return a time as a list has room for."""
    return text(f"find.time_{unit}" if count else "find.time_same_day", n=count)


def places_of() -> list[dict[str, str]]:
    """Return the words for places and times that lists show, in both languages, as labels."""
    keys = ("find.time_same_day", *(f"find.at_{level}" for level in LEVELS))
    return [{language: text(key, language) for language in ("vi", "en")} for key in keys]


class Narrowed(Struct, frozen=True):
    """What a list is narrowed to; an empty one narrows nothing. ``unit`` is a code, or a name of today or of before."""

    event: str = ""
    field: str = ""
    level: str = ""
    unit: str = ""

    def lets(self, listed: Listed) -> bool:
        """Return whether a procedure is among them."""
        record = listed.record
        return (
            (not self.event or self.event in listed.events)
            and (not self.field or self.field == record.field)
            and (not self.level or self.level in record.levels)
        )


class Finder:
    """All procedures that can be found."""

    def __init__(self, listed: Iterable[Listed], offices: Offices | None = None) -> None:
        self.offices = offices
        self.listed = {each.record.code: each for each in listed}
        self.index = Index(each.record for each in self.listed.values())
        self._codes = list(self.listed)
        db = Database(sqlite3.connect(":memory:", check_same_thread=False))
        rows = ({"n": n, "words": self._words(code)} for n, code in enumerate(self._codes))
        table = db.table("procedure")
        table.insert_all(rows, pk="n")
        table.enable_fts(["words"], tokenize="unicode61")
        self._conn = db.conn

    def _words(self, code: str) -> str:
        entry = self.index.entries[code]
        return " ".join(sorted(entry.words | entry.beside))

    def find(self, text: str, narrowed: Narrowed | None = None) -> list[Listed]:
        """Return the hits, best first; all in the order of lists where nothing was asked for in words."""
        narrowed = narrowed or Narrowed()
        at = self._handled_at(narrowed.unit)
        if not words_of(text):
            return [each for each in self.in_order() if narrowed.lets(each) and at(each)]
        ideas = ideas_of(text, self.index.counts)
        ranked = self.index.ranked(ideas, self._can_be(self.index.needed(ideas)))
        found = [self.listed[code] for code in ranked]
        return [each for each in found if narrowed.lets(each) and at(each)]

    def place(self, words: str) -> Place | None:
        """Return the office that words mean, or null."""
        return self.offices.find(words) if self.offices is not None and words.strip() else None

    def look(self, words: str, narrowed: Narrowed) -> tuple[list[Listed], Place | None]:
        """Return the hits, and the office that was asked for: words that find nothing may name one."""
        hits, place = self.find(words, narrowed), self.place(narrowed.unit)
        if not hits and not narrowed.unit and (place := self.place(words)) is not None:
            hits = self.find("", structs.replace(narrowed, unit=words))
        return hits, place

    def _handled_at(self, unit: str) -> Callable[[Listed], bool]:
        """Return what tells whether a procedure is handled at a unit, by its code or name; at any, where none is named.

        What the catalogue calls an office finds it as it is written, known or not.
        """
        if not unit:
            return lambda _: True
        place = self.place(unit)

        def handled(listed: Listed) -> bool:
            offices = listed.unit.split("; ")
            if place is None:
                return unit in offices
            return (place.is_commune and listed.is_at_commune) or any(map(place.handles, filter(None, offices)))

        return handled

    def _can_be(self, needed: list[Idea]) -> list[str]:
        groups = {" AND ".join(f'"{word}"' for word in group) for idea in needed for group in (*idea.any, idea.said)}
        match = " OR ".join(f"({group})" for group in sorted(groups) if group)
        found = self._conn.execute("SELECT rowid FROM procedure_fts WHERE procedure_fts MATCH ?", (match,))
        return [self._codes[n] for (n,) in found]

    def in_order(self) -> list[Listed]:
        """Return all: with a form, then what people have words of their own for, then the commune's, by name."""
        everyday = vocabulary().procedures

        def place(each: Listed) -> tuple[bool, bool, bool, tuple[str, ...]]:
            record = each.record
            return not record.form, record.code not in everyday, not each.is_at_commune, words_of(record.name)

        return sorted(self.listed.values(), key=place)

    def fields(self) -> list[str]:
        """Return the fields there are, as they are written, in order."""
        return sorted({each.record.field for each in self.listed.values() if each.record.field}, key=words_of)

    def units(self) -> list[str]:
        """Return the names of the offices that handle something, in order."""
        names = {name for each in self.listed.values() for name in each.unit.split("; ") if name}
        return sorted(names, key=words_of)

    def for_phones(self) -> dict[str, Any]:
        """Return what a phone keeps to search in without network: everyday words, and what is likeliest asked for."""
        kept = [each for each in self.in_order() if each.record.form or each.is_at_commune][:ON_PHONES_MAX]
        return {"total": len(self.listed), "words": for_phones(), "records": [row_of(each) for each in kept]}


def row_of(listed: Listed) -> dict[str, Any]:
    """Return a procedure as phones get it; what is empty is left out."""
    record = listed.record
    row = {
        "code": record.code,
        "name": record.name,
        "field": record.field,
        "levels": list(record.levels),
        "form": record.form,
        "beside": record.beside,
        "events": list(listed.events),
        "time": listed.time,
        "unit": listed.unit,
    }
    return {key: value for key, value in row.items() if value}
