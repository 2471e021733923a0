"""Numbers and ranges as officials write them: ``1-20``, ``0 < x <= 100``, ``tối đa 200``, ``từ 1 đến 24``, ``≥ 18``.

Rule 1. What is read is read whole: words left over beside a range make it not understood.
Rule 2. A dot may part thousands or be a decimal point. Where both could be meant (``1.500``) nothing is understood,
unless only a whole number can be meant.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from msgspec import Struct

_SIGNS: Final = {"≤": "<=", "≥": ">=", "≠": "!=", "–": "-", "—": "-", "−": "-", "…": "..", "＜": "<", "＞": ">"}
_NUMBER: Final = r"[-+]?[0-9]+(?:[.,][0-9]+)*"
_WHOLE: Final = re.compile(r"[-+]?[0-9]+\Z")
_GROUPS: Final = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*\Z")
_FRACTION: Final = re.compile(r"[-+]?[0-9]+[.,][0-9]+\Z")

_FROM: Final = (
    "tối thiểu|ít nhất|nhỏ nhất|không nhỏ hơn|không ít hơn|không dưới|không thấp hơn"
    "|at least|no less than|not less than|minimum|min"
)
_UP_TO: Final = (
    "tối đa|nhiều nhất|lớn nhất|không quá|không vượt quá|không lớn hơn|không nhiều hơn|không cao hơn|at most"
    "|no more than|not more than|up to|maximum|max"
)
_ABOVE: Final = "lớn hơn|nhiều hơn|trên|greater than|more than|above"
_BELOW: Final = "nhỏ hơn|ít hơn|dưới|less than|below|under"
_POSITIVE: Final = ("positive", "số dương", "dương")
_NOT_NEGATIVE: Final = ("non-negative", "nonnegative", "không âm", "số không âm")
_VARIABLES: Final = ("x", "n", "giá trị", "value", "số lượng")


class Interval(Struct, frozen=True):
    """A range; null is no bound, ``open`` bounds are not in it. ``unit`` is the word after its numbers."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str = ""

    @property
    def whole(self) -> bool:
        """Return whether all its bounds are whole numbers."""
        return all(bound is None or bound == bound.to_integral_value() for bound in (self.low, self.high))

    def integers(self) -> tuple[int | None, int | None]:
        """Return the least and the greatest whole number in it."""
        low = None if self.low is None else _ceiling(self.low) + (self.low_open and self.low == _ceiling(self.low))
        high = None if self.high is None else _floor(self.high) - (self.high_open and self.high == _floor(self.high))
        return low, high


def plain(words: str) -> str:
    """Return words in NFC with single spaces and one spelling of each sign."""
    text = unicodedata.normalize("NFC", words)
    for sign, usual in _SIGNS.items():
        text = text.replace(sign, usual)
    return " ".join(text.split())


def number(text: str, *, whole: bool) -> Decimal | None:
    """Return what a number says, or null where that is not sure."""
    if _WHOLE.match(text):
        return Decimal(text)
    groups = _GROUPS.match(text)
    if groups is not None:
        sign = groups[1]
        return Decimal(text.replace(sign, "")) if whole or text.count(sign) > 1 else None
    return Decimal(text.replace(",", ".")) if _FRACTION.match(text) and not whole else None


def interval(words: str, names: Iterable[str] = (), *, whole: bool = False) -> Interval | None:
    """Return the range that words give, for a variable of some names, or null where they give none."""
    text = plain(words).lower()
    if text in _POSITIVE:
        return Interval(low=Decimal(0), low_open=True)
    if text in _NOT_NEGATIVE:
        return Interval(low=Decimal(0))
    variable = "(?:" + "|".join(re.escape(name.lower()) for name in (*_VARIABLES, *names)) + ")"
    text, unit = _without_unit(text)
    for pattern, signs in _patterns(variable):
        match = pattern.match(text)
        if match is not None:
            return _made(match, signs, unit, whole=whole)
    return None


def _patterns(variable: str) -> Iterable[tuple[re.Pattern[str], str | None]]:
    sign = r"(?P<{}><=|>=|<|>|==|=)"
    low, high = rf"(?P<a>{_NUMBER})", rf"(?P<b>{_NUMBER})"
    yield (
        re.compile(rf"(?:từ|from|between|trong khoảng(?: từ)?)? ?{low} ?(?:-|\.\.+|đến|tới|to|and|và) ?{high}\Z"),
        ">= <=",
    )
    chain = rf"{low} ?{sign.format('first')} ?{variable} ?{sign.format('second')} ?{high}\Z"
    yield re.compile(chain), None
    yield re.compile(rf"(?:{variable} ?)?{sign.format('second')} ?{high}\Z"), None
    start, end = rf"(?:{variable} (?:phải |must be )?(?:là )?)?", " ?[:=]? ?"
    for words, one in ((_FROM, ">="), (_UP_TO, "<="), (_ABOVE, ">"), (_BELOW, "<")):
        yield re.compile(rf"{start}(?:{words}){end}{high}\Z"), one
    yield re.compile(rf"{start}(?:từ )?{high} (?:trở lên|or more|and above)\Z"), ">="
    yield re.compile(rf"{start}{high} (?:trở xuống|or less|and below)\Z"), "<="


def _without_unit(text: str) -> tuple[str, str]:
    """Part the word after the last number from the range; the same word after the first number goes too."""
    end = re.search(r" (?:trở lên|trở xuống|or more|or less|and above|and below)\Z", text)
    rest, tail = (text[: end.start()], end[0]) if end is not None else (text, "")
    match = re.match(r"(.*[0-9])\s*([^\d<>=.,-][^\d<>=]*)\Z", rest)
    if match is None:
        return text, ""
    unit = match[2].strip()
    return re.sub(rf"(?<=[0-9]) ?{re.escape(unit)}(?![^\W\d])", "", match[1]) + tail, unit


def _made(match: re.Match[str], signs: str | None, unit: str, *, whole: bool) -> Interval | None:
    found = match.groupdict()
    high = number(found["b"], whole=whole)
    low = None if found.get("a") is None else number(found["a"], whole=whole)
    if high is None or (found.get("a") is not None and low is None):
        return None
    if signs == ">= <=":
        return Interval(low, high, unit=unit) if low is not None and low <= high else None
    first, second = found.get("first"), signs or found["second"]
    if first is not None:
        return _chained(low, first, second, high, unit)
    made = _one_sided(second, high)
    return Interval(*made, unit=unit)


def _one_sided(sign: str, bound: Decimal) -> tuple[Decimal | None, Decimal | None, bool, bool]:
    """Return low, high and whether each is open, for ``x sign bound``."""
    if sign in ("=", "=="):
        return bound, bound, False, False
    return (bound, None, sign == ">", False) if sign[0] == ">" else (None, bound, False, sign == "<")


def _chained(low: Decimal | None, first: str, second: str, high: Decimal, unit: str) -> Interval | None:
    """Return the range of ``low first x second high``; both signs must look the same way."""
    if low is None or first[0] != second[0] or first[0] == "=":
        return None
    if first[0] == ">":
        low, high, first, second = high, low, second, first
    return Interval(low, high, "=" not in first, "=" not in second, unit) if low <= high else None


def _ceiling(bound: Decimal) -> int:
    return -int((-bound).__floor__())


def _floor(bound: Decimal) -> int:
    return int(bound.__floor__())
