"""Values, moments and days as an officer reads them."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Protocol

from schemas.forms import Field
from schemas.moments import HO_CHI_MINH
from sync.ledger import Entry
from sync.merge import APPLICANT


class Names(Protocol):
    """Where units and shared options get their names."""

    def unit_name(self, unit: str) -> str:
        """Return what a unit is called."""

    def options(self, name: str) -> list[dict[str, Any]]:
        """Return a shared list of options."""


Say = Callable[..., str]


def in_words(field: Field | None, value: Any, names: Names, say: Say) -> str:
    """Return a value as a person reads it; empty for none."""
    if value is None:
        return ""
    kind = field.kind if field is not None else "text"
    if field is not None and kind in ("choice", "choices"):
        return option_label(field, value, names)
    if kind in ("date", "partial_date") and isinstance(value, str):
        return "/".join(reversed(value.split("-")))
    if isinstance(value, bool):
        return say("desk.yes" if value else "desk.no")
    if isinstance(value, dict):
        return _address(value, names, say)
    if kind == "unit" and isinstance(value, str):
        return names.unit_name(value)
    counts_money = kind == "money" or (field is not None and field.compute == "fee_copies")
    if counts_money and isinstance(value, int):
        return f"{value:,} đ".replace(",", ".")
    return plain(value)


def options_of(field: Field, names: Names) -> list[tuple[str, str]]:
    """Return a field's options by value and label, also where they are a shared list."""
    if isinstance(field.options, str):
        return [(each["value"], each["label"]["vi"]) for each in names.options(field.options)]
    return [(option.value, option.label.vi) for option in field.options or []]


def option_label(field: Field, value: Any, names: Names) -> str:
    """Return the label of an option; the value itself where there is none."""
    return next((label for each, label in options_of(field, names) if each == value), plain(value))


def device_words(entry: Entry, say: Say) -> str:
    """Return which device an op came from: the end of what it calls itself, enough to tell devices apart."""
    if entry.device is None:
        return "" if (entry.role or APPLICANT) == APPLICANT else say("desk.device_desk")
    return say("desk.device", mark=entry.device[-4:])


def plain(value: Any) -> str:
    """Return text as it is and anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def moment(at_ms: int | None) -> str:
    """Return ``09:14, 24/11/2026`` in Ho Chi Minh City, empty for none."""
    return "" if at_ms is None else f"{local(at_ms):%H:%M, %d/%m/%Y}"


def day(text: str | None) -> str:
    """Return the day of an RFC 3339 moment or ISO date as ``24/11/2026``, empty for none."""
    return "" if not text else f"{date.fromisoformat(text[:10]):%d/%m/%Y}"


def local(at_ms: int) -> datetime:
    """Return a moment in Ho Chi Minh City."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(HO_CHI_MINH)


def _address(value: dict[str, Any], names: Names, say: Say) -> str:
    commune, old = value.get("commune"), value.get("old")
    parts = [value.get("detail"), names.unit_name(commune) if commune else None, value.get("place")]
    if commune:
        parts.append(say("desk.province"))
    shown = ", ".join(str(part) for part in parts if part)
    return f"{shown} ({say('desk.formerly')} {old})" if old else shown
