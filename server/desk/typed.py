"""What an officer types as a third version, made canonical; the engine judges it again like everybody's."""

import re
import unicodedata
from typing import Any, Final

from schemas.forms import FieldSpec

#: Kinds whose value fits into one box or one list. The others are chosen among what was written.
TYPABLE: Final = frozenset({
    "text", "long_text", "name", "date", "partial_date", "citizen_id", "phone", "email", "passport", "choice", "yes_no",
    "integer", "money", "decimal", "time", "unit",
})  # fmt: skip
_DAY: Final = re.compile(r"(?:(\d{1,2})[/.-])?(?:(\d{1,2})[/.-])?(\d{4})", re.ASCII)


def typed_value(field: FieldSpec, typed: str) -> Any:
    """Return the canonical value of what was typed; null for nothing. What is not one stays as it was typed."""
    text = unicodedata.normalize("NFC", typed).strip()
    if not text:
        return None
    if field.kind in ("date", "partial_date"):
        return _date(text)
    if field.kind in ("citizen_id", "phone", "integer", "money"):
        digits = re.sub(r"[\s.]", "", text)
        if field.kind == "phone":
            return re.sub(r"^\+84", "0", digits)
        return int(digits) if field.kind != "citizen_id" and re.fullmatch(r"-?\d{1,15}", digits, re.ASCII) else digits
    if field.kind == "decimal":
        return text.replace(",", ".")
    if field.kind == "yes_no":
        return {"true": True, "false": False}.get(text, text)
    return text.upper() if field.kind == "passport" else text


def as_typed(kind: str, value: str | int) -> str:
    """Return a canonical value as somebody would type it."""
    text = str(value)
    return "/".join(reversed(text.split("-"))) if kind in ("date", "partial_date") else text


def _date(text: str) -> str:
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    first, second, year = found.groups()
    day, month = (first, second) if second else (None, first)
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])
