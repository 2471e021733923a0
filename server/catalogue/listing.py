"""The catalogue as lists show it: what is filed here comes with its form, all else with who handles it and how long.

A procedure is called by its own name everywhere; what its form is called stands in the form, and finds it too.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from schemas.catalogue import Procedure, Time
from schemas.finding.ranking import COMMUNE, Record
from schemas.forms import Form
from server.finder import LEVELS, Listed, in_few_words, listed_of
from server.texts import text
from sync.ledger import Allowed

#: Whose procedures are filed at the commune, as sources call them; what is written here needs no word for it.
OF_COMMUNES: Final = ("", "ubnd_xa", "cong_an")
NAMED_MAX: Final = 2


def listed_with(procedures: Iterable[Procedure], forms: Iterable[Form], times: Mapping[str, Allowed]) -> list[Listed]:
    """Return all that can be found: the forms in force, and every procedure beside them."""
    by_form = {each.record.code: each for each in listed_of(forms, times)}
    by_code = {each.code: each for each in procedures}
    with_form = [_joined(each, by_code.get(code)) for code, each in by_form.items()]
    return with_form + [_listed(each) for code, each in by_code.items() if code not in by_form]


def _joined(listed: Listed, known: Procedure | None) -> Listed:
    if known is None:
        return listed
    record = listed.record
    beside = f"{record.name} {known.beside}"
    return Listed(
        Record(record.code, known.name, known.field, known.levels or record.levels, form=True, beside=beside),
        listed.time or short_time(known.time),
        listed.unit,
    )


def _listed(known: Procedure) -> Listed:
    record = Record(
        known.code, known.name, known.field, known.levels, beside=f"{known.beside} {' '.join(known.agencies)}"
    )
    return Listed(record, short_time(known.time), _office(known))


def _office(known: Procedure) -> str:
    """Return who handles it: the commune in one word, another body by its name, else the level alone."""
    where = next((level for level in LEVELS if level in known.levels), None)
    if where == COMMUNE and known.agency_kind in OF_COMMUNES:
        return text("find.at_xa")
    named = "; ".join(known.agencies[:NAMED_MAX])
    return named or (text(f"find.at_{where}") if where else "")


def short_time(time: Time | None) -> str:
    """Return a time in a few words; empty where its number or its unit is not known."""
    if time is None or time.count is None or time.unit == "unknown":
        return ""
    return in_few_words(time.count, time.unit)
