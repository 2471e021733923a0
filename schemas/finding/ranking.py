"""Records ranked by the ideas they hold, in whole numbers, so that every machine comes to the same order.

Rule 1. An idea weighs what its rarest word weighs, the bits of "one record in how many"; everyday words twice that.
Rule 2. It counts 4 where its words stand together in the name, 3 where all are in the name or in the everyday words of
the procedure, 1 where the field or the office's name is needed. A record is a hit when half the weight is met.
Rule 3. Of equal hits those with a form here come first, then those of the commune, then the shorter names, then the
lower code; a form and the commune also make up for a little.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from msgspec import Struct

from schemas.finding.vocabulary import Idea, Words, ideas_of, vocabulary, words_of

TOGETHER, IN_NAME, BESIDE = 4, 3, 1
FORM_COUNTS, COMMUNE_COUNTS, EVERYDAY_COUNTS = 14, 8, 6
TWICE: Final = 2
WHOLE: Final = 100
UNMATCHED_MAX: Final = 30
COMMUNE: Final = "xa"
#: They begin names and say nothing.
_SAYS_NOTHING: Final = words_of("thủ tục")


class Record(Struct, frozen=True):
    """What is known of a procedure when one looks for it."""

    code: str
    name: str
    field: str = ""
    levels: tuple[str, ...] = ()
    form: bool = False
    beside: str = ""


class Entry(Struct, frozen=True):
    """A record's words, made once."""

    record: Record
    groups: tuple[Words, ...]
    words: frozenset[str]
    beside: frozenset[str]
    bonus: int


def entry_of(record: Record) -> Entry:
    """Return the words of a record."""
    name = words_of(record.name)
    if name[:2] == _SAYS_NOTHING:
        name = name[2:]
    everyday = vocabulary().procedures.get(record.code, ())
    groups = (name, *everyday)
    bonus = FORM_COUNTS * record.form + COMMUNE_COUNTS * (COMMUNE in record.levels) + EVERYDAY_COUNTS * bool(everyday)
    beside = frozenset(words_of(f"{record.field} {record.beside}"))
    words = frozenset(word for group in (*groups, words_of(record.code)) for word in group)
    return Entry(record, groups, words, beside, bonus)


class Index:
    """All records there are, and how many have each word."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.entries = {record.code: entry_of(record) for record in records}
        self.counts = Counter(word for entry in self.entries.values() for word in entry.words | entry.beside)

    def weight(self, idea: Idea) -> int:
        """Return what an idea weighs: the bits of one in how many, by its rarest word; at least 1."""
        found = [self.counts[word] for group in idea.any for word in group if self.counts[word]]
        bits = (len(self.entries) // min(found)).bit_length() if found else 0
        return bits * TWICE if idea.said else bits

    def find(self, text: str, among: Collection[str] | None = None) -> list[str]:
        """Return the codes of the hits, best first; ``among`` are those that can be, all where it is null."""
        return self.ranked(ideas_of(text, self.counts), among)

    def ranked(self, ideas: list[Idea], among: Collection[str] | None = None) -> list[str]:
        """Return the codes of those that hold at least half of what was meant, best first."""
        weighed = [(idea, self.weight(idea)) for idea in ideas]
        entries = self.entries.values() if among is None else [self.entries[code] for code in among]
        keys = [key for entry in entries if (key := _key(entry, weighed)) is not None]
        return [key[-1] for key in sorted(keys)]

    def needed(self, ideas: list[Idea]) -> list[Idea]:
        """Return the weightiest ideas, of which every hit holds at least one."""
        left = sum(self.weight(idea) for idea in ideas)
        total, needed = left, list[Idea]()
        for idea in sorted(ideas, key=lambda each: (-self.weight(each), each.any)):
            if left * 2 < total:
                break
            needed.append(idea)
            left -= self.weight(idea)
        return needed


def _key(entry: Entry, weighed: list[tuple[Idea, int]]) -> tuple[int, int, str] | None:
    total = sum(weight for _, weight in weighed)
    held = [(idea, weight, _counts(entry, idea)) for idea, weight in weighed]
    met = sum(weight for _, weight, counts in held if counts)
    if not met or met * 2 < total:
        return None
    score = sum(weight * counts for _, weight, counts in held) * WHOLE // (total * TOGETHER)
    said = {word for idea, _ in weighed for group in (*idea.any, idea.said) for word in group}
    rest = min(UNMATCHED_MAX, *(sum(word not in said for word in group) for group in entry.groups))
    return -(score + entry.bonus - rest), len(entry.groups[0]), entry.record.code


def _counts(entry: Entry, idea: Idea) -> int:
    said = IN_NAME * (bool(idea.said) and any(_stands_in(idea.said, each) for each in entry.groups))
    return max(said, *(_group_counts(entry, group) for group in idea.any))


def _group_counts(entry: Entry, group: Words) -> int:
    if all(word in entry.words for word in group):
        return TOGETHER if _stands_in(group, entry.groups[0]) else IN_NAME
    return BESIDE if all(word in entry.words or word in entry.beside for word in group) else 0


def _stands_in(group: Words, words: Words) -> bool:
    return any(words[at : at + len(group)] == group for at in range(len(words) - len(group) + 1))
