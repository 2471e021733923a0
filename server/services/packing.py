"""A commune's pack: what an officer has along for a day without network, forms and dossiers aside.

Rule 1. Its ETag is made of one hash for each part, so that what somebody has is told by it alone, and a delta needs
nothing kept: the parts whose hashes differ.
Rule 2. The moment it was made is no content: the same parts have the same ETag.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any, Final

import msgspec

from schemas.catalogue import Procedure
from schemas.forms import Form, Slot
from server.catalogue.listing import listed_with
from server.catalogue.telling import told_of
from server.store.catalogue import Catalogue, Published
from sync.deadlines import OFFICE, Calendar

PARTS: Final = ("units", "calendar", "procedures", "forms")
HASH_LENGTH: Final = 12
_encoder = msgspec.json.Encoder(order="sorted")


def in_force(catalogue: Catalogue, today: str) -> list[Published]:
    """Return the forms that can be filled in on a day, in the order of their procedures."""
    return [found for name in sorted(catalogue.latest) if (found := catalogue.in_force(name, today)) is not None]


def parts_of(catalogue: Catalogue, today: str) -> dict[str, Any]:
    """Return the parts of every pack of a day."""
    forms = [found.form for found in in_force(catalogue, today)]
    there = sorted((unit for unit in catalogue.units.values() if unit.there(today)), key=lambda unit: unit.id)
    return {
        "units": [{"id": unit.id, "name": unit.name, "kind": unit.kind} for unit in there if not unit.demo],
        "calendar": calendar_part(catalogue.calendar, date.fromisoformat(today)),
        "procedures": procedures_of(forms, catalogue),
        "forms": [f"{form.procedure}@{form.version}" for form in forms],
    }


def procedures_of(forms: Iterable[Form], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return what is shown of procedures with no network: name, field, time, fee in words, papers."""
    known = list(forms)
    found = {each.record.code: each for each in listed_with(catalogue.records.values(), known, catalogue.usual_times)}
    return [
        {
            "code": form.procedure, "name": found[form.procedure].record.name,
            "field": catalogue.field_of(form.procedure) or "",
            "days_text": found[form.procedure].time, "times": _times(catalogue, form.procedure),
            "fee_text": _fee(catalogue.records.get(form.procedure)),
            "documents": [_paper(slot) for slot in form.slots],
        }
        for form in known
    ]  # fmt: skip


def _fee(known: Procedure | None) -> str:
    """Return what is paid, never without its conditions; empty where the catalogue has nothing."""
    return "" if known is None else "; ".join(line.words for line in told_of(known).fees)


def etag_of(parts: dict[str, Any]) -> str:
    """Return the ETag: the hashes of the parts, in their order."""
    hashes = (sha256(_encoder.encode(parts[name])).hexdigest()[:HASH_LENGTH] for name in PARTS)
    return f'"{"-".join(hashes)}"'


def pack_of(unit: str, parts: dict[str, Any], have: str | None, made_ms: int) -> dict[str, Any]:
    """Return the pack of a unit; or, for who has one with the ETag ``have``, only the parts that changed."""
    etag = etag_of(parts)
    had = (have or "").removeprefix("W/").strip('"').split("-")
    now = etag.strip('"').split("-")
    said = {"unit": unit, "etag": etag, "made": made_ms}
    if len(had) != len(now) or any(len(each) != HASH_LENGTH for each in had):
        return said | parts
    changed = {name: parts[name] for name, one, other in zip(PARTS, had, now, strict=True) if one != other}
    return said | {"base": have, "parts": changed}


def _paper(slot: Slot) -> dict[str, Any]:
    return {"key": slot.key, "name": slot.title.vi, "always": slot.required is True}


def calendar_part(calendar: Calendar, today: date) -> dict[str, Any]:
    """Return last year's, this year's and next year's days that are not as the week says, and the office's hours."""
    first = max(calendar.first, date(today.year - 1, 1, 1))
    last = min(calendar.last, date(today.year + 1, 12, 31))
    off = {day.isoformat(): {"off": True, "why": why} for day, why in calendar.days_off.items() if first <= day <= last}
    made_up = {
        day.isoformat(): {"off": False, "why": why}
        for day, why in calendar.make_up_days.items()
        if first <= day <= last
    }
    return {
        "version": calendar.version, "first": first.isoformat(), "last": last.isoformat(), "days": off | made_up,
        "hours": {"spans": OFFICE.spans, "cutoff": OFFICE.cutoff},
    }  # fmt: skip


def _times(catalogue: Catalogue, code: str) -> dict[str, Any]:
    """Return how long the office may take over a procedure, by channel; "" is any that is not named."""
    return {
        channel: {"count": time.count, "unit": time.unit}
        for (procedure, channel), time in sorted(catalogue.times.items())
        if procedure == code
    }
