r"""Canonical values: one spelling for each answer, made so on the phone and checked again by the server (forms.md §1).

Rule 1. Null is always allowed: the field is cleared. Empty text in ``text``, ``long_text``, ``name`` counts as empty.
Rule 2. A value may be incomplete, never misspelled: whether an address names a commune is for ``required`` to ask.
Rule 3. `client/js/values.js` gives the same verdicts; a differential test compares them. Hence the explicit sets of
characters: Python's ``\d``, ``\s`` and ``strip`` are not JavaScript's.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from schemas.forms import FieldSpec
from schemas.places import COMMUNES, HOME_PROVINCE, PROVINCE_CODES

INTEGER_MAX: Final = 2**53 - 1
NAME_MAX: Final = 100
TEXT_MAX: Final = 1_000
LONG_TEXT_MAX: Final = 20_000
ADDRESS_PART_MAX: Final = 300
DECIMAL_MAX: Final = 40
EMAIL_MAX: Final = 254

#: What JavaScript's ``trim`` takes away (ECMA-262, WhiteSpace and LineTerminator).
WHITE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f"
    "\u3000\ufeff"
)
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_NEWLINE: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_DATE: Final = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")
_MONTH: Final = re.compile(r"[1-9][0-9]{3}(?:-(?:0[1-9]|1[0-2]))?\Z")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]\Z")
_CITIZEN_ID: Final = re.compile(r"[0-9]{12}\Z")
_PHONE: Final = re.compile(r"0[0-9]{9,10}\Z")
_PASSPORT: Final = re.compile(r"[A-Z0-9]{6,9}\Z")
_UNIT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")
_DECIMAL: Final = re.compile(r"(?!-0\Z)-?(?:0|[1-9][0-9]*)(?:\.([0-9]*[1-9]))?\Z")
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+\Z")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")

_ADDRESS_TEXTS: Final = ("detail", "old", "place")
_ADDRESS_KEYS: Final = frozenset({"country", "province", "commune", *_ADDRESS_TEXTS})


def fault_of(field: FieldSpec, value: Any) -> str | None:
    """Return why a value is not the canonical spelling of an answer to this field, or null when it is."""
    return None if value is None else _FAULTS[field.kind](field, value)


def trimmed(text: str) -> str:
    """Return text in NFC without white space at its ends."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip(WHITE)


def is_date(text: str) -> bool:
    """Return whether text is YYYY-MM-DD and a day that was or will be."""
    match = _DATE.match(text)
    if match is None:
        return False
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    return day <= monthrange(year, month)[1]


def is_partial_date(text: str) -> bool:
    """Return whether text is YYYY, YYYY-MM or a date."""
    return _MONTH.match(text) is not None or is_date(text)


def is_citizen_id(text: str) -> bool:
    """Return whether text is 12 digits."""
    return _CITIZEN_ID.match(text) is not None


def is_phone(text: str) -> bool:
    """Return whether text is 10 or 11 digits beginning with 0."""
    return _PHONE.match(text) is not None


def is_name(text: str) -> bool:
    """Return whether text is a person's name, not empty."""
    return bool(text) and _text(text, NAME_MAX) is None


def is_decimal(text: str) -> bool:
    """Return whether text is a decimal without zeros to spare."""
    return len(text) <= DECIMAL_MAX and _DECIMAL.match(text) is not None


def is_key(text: str) -> bool:
    """Return whether text follows the grammar of keys."""
    return _KEY.match(text) is not None


def _text(text: object, length_max: int, control: re.Pattern[str] = _CONTROL) -> str | None:
    if not isinstance(text, str):
        return "not text"
    if control.search(text):
        return "control character"
    if trimmed(text) != text:
        return "not NFC or not trimmed"
    return f"longer than {length_max}" if len(text) > length_max else None


def _long(field: FieldSpec, value: Any, most: int, control: re.Pattern[str] = _CONTROL) -> str | None:
    fault = _text(value, most if field.length_max is None else field.length_max, control)
    if fault is None and field.length_min is not None and 0 < len(value) < field.length_min:
        return f"shorter than {field.length_min}"
    return fault


def _name_fault(field: FieldSpec, value: object) -> str | None:
    return _long(field, value, NAME_MAX)


def _text_fault(field: FieldSpec, value: object) -> str | None:
    return _long(field, value, TEXT_MAX)


def _long_text_fault(field: FieldSpec, value: object) -> str | None:
    return _long(field, value, LONG_TEXT_MAX, _CONTROL_BUT_NEWLINE)


def _shape(pattern: re.Pattern[str], reason: str) -> "Check":
    def check(_: FieldSpec, value: object) -> str | None:
        return None if isinstance(value, str) and pattern.match(value) else reason

    return check


def _date_fault(field: FieldSpec, value: object) -> str | None:
    if not isinstance(value, str) or not is_date(value):
        return "not a date YYYY-MM-DD"
    return _bounds(field, value, value)


def _partial_date_fault(field: FieldSpec, value: object) -> str | None:
    if not isinstance(value, str) or not is_partial_date(value):
        return "not YYYY, YYYY-MM or YYYY-MM-DD"
    return _bounds(field, value + "YYYY-12-31"[len(value) :], value)


def _bounds(field: FieldSpec, latest: str, earliest: str) -> str | None:
    """Compare ISO texts. What may be inside the bounds is not outside them."""
    if isinstance(field.min, str) and latest < field.min:
        return f"before {field.min}"
    return f"after {field.max}" if isinstance(field.max, str) and earliest > field.max else None


def _email_fault(_: FieldSpec, value: object) -> str | None:
    fits = isinstance(value, str) and len(value) <= EMAIL_MAX and _EMAIL.match(value)
    return None if fits else "not an e-mail address"


def _integer_fault(field: FieldSpec, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INTEGER_MAX:
        return "not a whole number"
    if isinstance(field.min, int) and value < field.min:
        return f"less than {field.min}"
    return f"more than {field.max}" if isinstance(field.max, int) and value > field.max else None


def _decimal_fault(field: FieldSpec, value: object) -> str | None:
    match = _DECIMAL.match(value) if isinstance(value, str) and len(value) <= DECIMAL_MAX else None
    if match is None:
        return "not a decimal without leading or trailing zeros"
    if field.places is not None and len(match[1] or "") > field.places:
        return f"more than {field.places} decimal places"
    if field.min is not None and Decimal(match[0]) < Decimal(field.min):
        return f"less than {field.min}"
    return f"more than {field.max}" if field.max is not None and Decimal(match[0]) > Decimal(field.max) else None


def _yes_no_fault(_: FieldSpec, value: object) -> str | None:
    return None if isinstance(value, bool) else "not true or false"


def _choice_fault(field: FieldSpec, value: object) -> str | None:
    return None if isinstance(value, str) and field.values is not None and value in field.values else "not an option"


def _address_fault(_: FieldSpec, value: object) -> str | None:
    if not isinstance(value, dict):
        return "not an address"
    for key in value:
        if key not in _ADDRESS_KEYS:
            return f"an address has no {key}"
    for key in _ADDRESS_TEXTS:
        text = value.get(key)
        fault = None if text is None else _text(text, ADDRESS_PART_MAX)
        if fault is not None:
            return f"{key}: {fault}"
    return _place_fault(value)


def _place_fault(address: dict[str, Any]) -> str | None:
    country = address.get("country", "VN")
    if not isinstance(country, str) or not _COUNTRY.match(country):
        return "country: not two capital letters"
    province = address.get("province", HOME_PROVINCE if country == "VN" else None)
    if country != "VN" and province is not None:
        return "province: only inside VN"
    if province is not None and (not isinstance(province, str) or province not in PROVINCE_CODES):
        return "province: unknown code"
    commune = address.get("commune")
    if commune is None:
        return None
    if province != HOME_PROVINCE:
        return "commune: only inside province 20"
    return None if isinstance(commune, str) and commune in COMMUNES else "commune: unknown code"


def _computed_fault(_: FieldSpec, __: object) -> str | None:
    return "computed here"


def _row_fault(_: FieldSpec, value: object) -> str | None:
    return None if value in ("gone", "here") else "not gone or here"


Check = Callable[[FieldSpec, Any], str | None]

_FAULTS: Final[dict[str, Check]] = {
    "text": _text_fault,
    "long_text": _long_text_fault,
    "name": _name_fault,
    "date": _date_fault,
    "partial_date": _partial_date_fault,
    "time": _shape(_TIME, "not HH:MM"),
    "citizen_id": _shape(_CITIZEN_ID, "not 12 digits"),
    "phone": _shape(_PHONE, "not 10 or 11 digits beginning with 0"),
    "email": _email_fault,
    "passport": _shape(_PASSPORT, "not 6 to 9 capital letters and digits"),
    "address": _address_fault,
    "unit": _shape(_UNIT, "not the id of a unit"),
    "choice": _choice_fault,
    "choices": _yes_no_fault,
    "integer": _integer_fault,
    "decimal": _decimal_fault,
    "money": _integer_fault,
    "yes_no": _yes_no_fault,
    "computed": _computed_fault,
    "row": _row_fault,
}
