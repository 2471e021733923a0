"""Life events: which procedures belong to "Sinh con", "Qua đời" and others, by field or by words of the name."""

from functools import cache

from msgspec import Struct

from schemas.finding.ranking import Record
from schemas.finding.vocabulary import Words, everyday, words_of


class Event(Struct, frozen=True):
    """A life event: its key in addresses, its names, the words and the fields of what belongs to it."""

    key: str
    vi: str
    en: str
    any: tuple[Words, ...]
    fields: frozenset[Words]


@cache
def events() -> tuple[Event, ...]:
    """Return the life events in the order they are shown."""
    return tuple(
        Event(
            each["key"],
            each["title"]["vi"],
            each["title"]["en"],
            tuple(words_of(said) for said in each["any"]),
            frozenset(words_of(field) for field in each["fields"]),
        )
        for each in everyday()["events"]
    )


def events_of(record: Record) -> tuple[str, ...]:
    """Return the keys of the life events that a procedure belongs to."""
    field, name = words_of(record.field), f" {' '.join(words_of(record.name))} "
    return tuple(
        event.key
        for event in events()
        if field in event.fields or any(f" {' '.join(said)} " in name for said in event.any)
    )
