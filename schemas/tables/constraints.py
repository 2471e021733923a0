"""A field's constraint: each of its parts becomes a key of the field or a rule, or is not understood (forms.md §3).

Parts are separated by ``;``. A part is understood whole or not at all; where it is not, it may be a list joined by
commas or "và", of which again every piece must be understood.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from schemas.forms import Condition
from schemas.tables.bounds import Interval, interval, plain
from schemas.tables.sayings import COMPARE, Placed, Sayings, answer, bounded, day_of, decimal_text, numeric, same

_TEXTS: Final = ("text", "long_text", "name")
_DATES: Final = ("date", "partial_date")
_WHOLES: Final = ("integer", "money")
_LETTERS: Final = ("ký tự", "kí tự", "chars", "char", "characters", "character")
_DIGITS: Final = ("chữ số", "digits", "digit", "số")
_MONEY: Final = ("đồng", "đ", "vnd", "vnđ")
_NOT_FUTURE: Final = (
    "date_not_future", "not_future", "not in the future", "không ở tương lai", "không trong tương lai",
    "không được ở tương lai", "ngày trong quá khứ hoặc hôm nay", "past or today",
)  # fmt: skip
_NOT_PAST: Final = ("date_not_past", "not_past", "not in the past", "không ở quá khứ", "không trong quá khứ")
_CHECKED: Final = (
    "must be checked", "must be true", "phải chọn", "phải đánh dấu", "phải tích", "bắt buộc chọn", "bắt buộc đánh dấu",
    "phải đồng ý", "phải có",
)  # fmt: skip
_ITSELF: Final = {
    "email": ("email", "e-mail"),
    "phone": ("phone", "phone_vn", "tel"),
    "citizen_id": ("^[0-9]{12}$", "12 chữ số", "12 digits"),
    "date": ("date",),
    "time": ("time", "hh:mm"),
}
_WHOLE: Final = re.compile(r"(?:integers?|whole numbers?|số nguyên)(?: |\Z)", re.IGNORECASE)
_CONDITION: Final = re.compile(
    r"(?:required|bắt buộc|phải có|phải khai)(?: only)? (?P<word>if|when|khi|nếu|unless|trừ khi|chỉ khi) (?P<rest>.+)",
    re.IGNORECASE,
)
_PLACES: Final = re.compile(
    r"(?:tối đa |up to |max )?([0-9]{1,2}) (?:chữ số (?:thập phân|sau dấu phẩy)|decimals?|decimal places?)",
    re.IGNORECASE,
)


class Meaning(Struct):
    """What a constraint comes to: keys for the field, rules to be checked, and the parts not understood."""

    keys: dict[str, Any]
    checks: list[Condition]
    unclear: list[str]


def parts_of(constraint: str) -> list[str]:
    """Return the parts of a constraint; a ``;`` inside brackets parts nothing."""
    found, depth, start = [], 0, 0
    for index, letter in enumerate(constraint):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == ";" and depth <= 0:
            found.append(constraint[start:index])
            start = index + 1
    return [part.strip() for part in [*found, constraint[start:]] if part.strip()]


def is_of_whole_numbers(constraint: str | None, names: tuple[str, ...]) -> bool:
    """Return whether a constraint gives a range of whole numbers, so that its number is an ``integer``."""
    least: list[int] = []
    most: list[int] = []
    for part in parts_of(constraint or ""):
        if _WHOLE.match(part):
            return True
        whole = interval(part, names)
        for found in [whole] if whole is not None else [interval(piece, names) for piece in _pieces(part)]:
            if found is None or (found.unit and None in (found.low, found.high)):
                continue  # one bound in some unit may be of something else: ``tối đa 2 chữ số thập phân``
            if not found.whole:
                return False
            low, high = found.integers()
            least += [] if low is None else [low]
            most += [] if high is None else [high]
    return bool(least and most) and max(least) <= min(most)


def _pieces(part: str) -> list[str]:
    return [piece.strip() for piece in re.split(r", | (?:và|and) ", part) if piece.strip()]


def meaning(constraint: str, one: Placed, sayings: Sayings) -> Meaning:
    """Return what a constraint of a field comes to."""
    made = Meaning({}, [], [])
    for part in parts_of(constraint):
        pieces = _pieces(part)
        if not _understood(part, one, sayings, made):
            trial = Meaning(dict(made.keys), list(made.checks), list(made.unclear))
            if len(pieces) > 1 and all(_understood(piece, one, sayings, trial) for piece in pieces):
                made = trial
            else:
                made.unclear.append(part)
    return made


def _understood(part: str, one: Placed, sayings: Sayings, made: Meaning) -> bool:
    readers: list[Callable[[str, Placed, Sayings, Meaning], bool]] = [_plain_words, _condition, _default]
    if one.kind in _TEXTS:
        readers.append(_length)
    elif one.kind in _DATES:
        readers += [_day, _age]
    elif one.kind in (*_WHOLES, "decimal"):
        readers.append(_number)
    return any(read(part, one, sayings, made) for read in readers)


def _plain_words(part: str, one: Placed, _: Sayings, made: Meaning) -> bool:
    said = same(part)
    if said in _ITSELF.get(one.kind, ()) or (one.kind == "integer" and _WHOLE.fullmatch(said)):
        return True
    if said in ("required", "bắt buộc"):
        return _key(made, "required", True, one)
    if said in ("optional", "không bắt buộc"):
        return one.field.get("required", False) is False
    if one.kind == "yes_no" and said in _CHECKED:
        made.checks.append({"field": one.path, "is": True})
        return True
    return False


def _condition(part: str, one: Placed, sayings: Sayings, made: Meaning) -> bool:
    match = _CONDITION.fullmatch(plain(part))
    if match is None or one.field.get("required") is True or one.in_rows:
        return False
    found = sayings.condition(match["rest"])
    if found is None:
        return False
    inverse = match["word"].lower() in ("unless", "trừ khi")
    return _key(made, "required", {"not": found} if inverse else found, one)


def _default(part: str, one: Placed, _: Sayings, made: Meaning) -> bool:
    match = re.fullmatch(r"(?:default|mặc định)(?: is| là)? ?[:=]? ?(.+)", plain(part), re.IGNORECASE)
    value = answer(one, match[1]) if match is not None else None
    if value is None or one.kind == "choices":
        return False
    return _key(made, "default", value, one)


def _length(part: str, one: Placed, _: Sayings, made: Meaning) -> bool:
    text = plain(part)
    dots = re.fullmatch(r"\^\.\{([0-9]+),([0-9]+)\}\$", text)
    if dots is not None:
        return _lengths(made, one, int(dots[1]), int(dots[2]))
    shape = re.fullmatch(r"\^?(?:\[0-9\]|\\d)\{([0-9]+)(?:,([0-9]+))?\}\$?", text)
    if shape is not None:
        _lengths(made, one, int(shape[1]), int(shape[2] or shape[1]))
        return False  # the length is kept, that they are digits stays open
    exact = re.fullmatch(r"(?:đúng |exactly |gồm |phải có )?([0-9]+) ?(.+)", text, re.IGNORECASE)
    unit = same(exact[2]) if exact is not None else ""
    if exact is not None and unit in (*_LETTERS, *_DIGITS):
        return _lengths(made, one, int(exact[1]), int(exact[1])) and unit in _LETTERS
    named = re.fullmatch(r"(?:độ dài|chiều dài|length|len|(max|min)[ _-]?length) ?[:=]? ?(.+)", text, re.IGNORECASE)
    found = interval(f"{named[1] or ''} {named[2]}".strip() if named is not None else text, whole=True)
    if found is None or (found.unit not in (*_LETTERS, *_DIGITS) and (named is None or found.unit)):
        return False
    return _lengths(made, one, *found.integers()) and found.unit not in _DIGITS


def _lengths(made: Meaning, one: Placed, low: int | None, high: int | None) -> bool:
    if (low is not None and low < 0) or (high is not None and (high < 0 or (low or 0) > high)):
        return False
    return _keys(made, {"length_min": low, "length_max": high}, one)


def _number(part: str, one: Placed, _: Sayings, made: Meaning) -> bool:
    places = _PLACES.fullmatch(plain(part)) if one.kind == "decimal" else None
    if places is not None:
        return _key(made, "places", int(places[1]), one)
    found = interval(_WHOLE.sub("", plain(part)), (one.name, one.label), whole=one.kind in _WHOLES)
    if found is None or not _fits(found.unit, one):
        return False
    if one.kind in _WHOLES:
        low, high = found.integers()
        if low is not None and high is not None and low > high:
            return False
        return _keys(made, {"min": low, "max": high}, one)
    closed = {
        "min": None if found.low is None or found.low_open else _bound(found.low),
        "max": None if found.high is None or found.high_open else _bound(found.high),
    }
    opened = Interval(
        found.low if found.low_open else None, found.high if found.high_open else None, found.low_open, found.high_open
    )
    check = numeric(one, opened) if found.low_open or found.high_open else None
    made.checks += [] if check is None else [check]
    return _keys(made, closed, one)


def _bound(bound: Decimal) -> int | str:
    return int(bound) if bound == bound.to_integral_value() else decimal_text(bound)


def _fits(unit: str, one: Placed) -> bool:
    """Return whether the unit beside a number is that of the field: money in đồng, or a word of its label."""
    if not unit or (one.kind == "money" and unit in _MONEY):
        return True
    return re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", same(one.label)) is not None


def _day(part: str, one: Placed, sayings: Sayings, made: Meaning) -> bool:
    said = same(part)
    check: Condition | None = None
    if said in _NOT_FUTURE:
        check = {"field": one.path, "not_after": "today"}
    elif said in _NOT_PAST:
        check = {"field": one.path, "not_before": "today"}
    else:
        for sign, rest in _compared(plain(part)):
            day = day_of(rest)
            if day is not None and sign in ("<=", ">="):
                return _key(made, "max" if sign == "<=" else "min", day, one)
            moment = sayings.moment(rest)
            if moment is not None:
                check = {"field": one.path, COMPARE[sign]: moment}
                break
    if check is None:
        return False
    made.checks.append(check)
    return True


def _compared(text: str) -> Iterator[tuple[str, str]]:
    """Yield sign and rest of ``<= hôm nay``, ``ngày <= hôm nay``, ``không sau hôm nay``."""
    start = r"(?:ngày |date |x |giá trị )?(?:phải |must be )?"
    match = re.fullmatch(rf"{start}(<=|>=|<|>) ?(.+)", text, re.IGNORECASE)
    if match is not None:
        yield match[1], match[2]
    for words, sign in (
        (
            "không sau|not after|không muộn hơn|không lớn hơn|không được sau|không được lớn hơn|trước hoặc bằng",
            "<=",
        ),
        (
            "không trước|not before|không sớm hơn|không nhỏ hơn|không được trước|không được nhỏ hơn|sau hoặc bằng|từ",
            ">=",
        ),
        ("trước|before|nhỏ hơn|earlier than", "<"),
        ("sau|after|lớn hơn|later than", ">"),
    ):
        match = re.fullmatch(rf"(?:ngày |date )?(?:phải |must be )?(?:{words}) (.+)", text, re.IGNORECASE)
        if match is not None:
            yield sign, re.sub(r" (?:trở đi|trở lại)\Z", "", match[1])


def _age(part: str, one: Placed, _: Sayings, made: Meaning) -> bool:
    text = plain(part)
    enough = re.fullmatch(r"(?:phải )?(?:từ )?đủ ([0-9]+) tuổi(?: trở lên)?", text, re.IGNORECASE)
    aged = re.fullmatch(r"(?:age|tuổi) ?(.+)", text, re.IGNORECASE)
    found = interval(
        f">= {enough[1]}" if enough is not None else aged[1] if aged is not None else text, ("age", "tuổi")
    )
    if found is None or not (enough or aged or found.unit in ("tuổi", "years old", "years of age")):
        return False
    if found.unit not in ("", "tuổi", "years old", "years of age", "years"):
        return False
    check = bounded({"age": one.path, "on": "today"}, found)
    made.checks += [check] if check is not None else []
    return check is not None


def _key(made: Meaning, key: str, value: Any, one: Placed) -> bool:
    """Keep a key; one that says something else already is not written over."""
    before = made.keys.get(key, one.field.get(key))
    if before is not None and before is not False and before != value:
        return False
    made.keys[key] = value
    return True


def _keys(made: Meaning, keys: dict[str, Any], one: Placed) -> bool:
    """Keep the keys that have a value, all or none."""
    before = dict(made.keys)
    for key, value in keys.items():
        if value is not None and not _key(made, key, value, one):
            made.keys = before
            return False
    return True
