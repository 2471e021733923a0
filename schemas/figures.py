"""What a form computes by itself: fees, totals, and dates and sums of money in Vietnamese words.

The list is closed (forms.md §1): a province writes which fields a figure is made of, never how it is made.
`client/js/figures.js` gives the same figures.
"""

from typing import Any, Final

from schemas.values import INTEGER_MAX, is_decimal, is_partial_date

# Certified copies, by page (fee schedule of procedure 2.000815): two pages at the full price, the rest at half, a
# copy never above the cap.
PAGE_VND: Final = 2_000
FURTHER_PAGE_VND: Final = 1_000
FULL_PRICE_PAGES: Final = 2
COPY_MAX_VND: Final = 200_000

_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES: Final = ("", "nghìn", "triệu")
_BILLION: Final = 10**9
_APRIL: Final = 4  # said "tháng tư"
_FIVE: Final = 5  # said "lăm" after a ten


def computed(name: str, values: list[Any]) -> int | str | None:
    """Return a figure by its name, or null while something it needs is missing.

    ``total`` is not among them: it takes any number of values, those of all rows too.
    """
    if name == "fee_copies":
        return fee_copies(*values)
    value = values[0] if values else None
    if name == "date_in_words":
        return date_in_words(value)
    return money_in_words(value)


def fee_copies(pages: Any = None, copies: Any = None, *_: Any) -> int | None:
    """Return the fee in VND for certified copies of a paper with so many pages."""
    if not _is_whole(pages) or not _is_whole(copies) or pages < 0 or copies < 0:
        return None
    full = min(pages, FULL_PRICE_PAGES)
    fee = min(COPY_MAX_VND, PAGE_VND * full + FURTHER_PAGE_VND * (pages - full))
    return _safe(fee * copies)


def total(values: list[Any]) -> int | str | None:
    """Add whole numbers and decimals; what is missing counts for nothing. A decimal among them makes a decimal."""
    whole = [value for value in values if _is_whole(value)]
    decimals = [value for value in values if isinstance(value, str) and is_decimal(value)]
    if not decimals:
        return _safe(sum(whole)) if whole else None
    places = max(len(text.partition(".")[2]) for text in decimals)
    units = sum(value * 10**places for value in whole)
    units += sum(_units(text, places) for text in decimals)
    return _decimal_text(units, places)


def date_in_words(value: Any) -> str | None:
    """Return a date, or the part of it that is known, in words: ``Ngày mười lăm tháng tư năm …``."""
    if not isinstance(value, str) or not is_partial_date(value):
        return None
    words = [f"năm {in_words(int(value[:4]))}"]
    if len(value) > len("YYYY"):
        month = int(value[5:7])
        words.append(f"tháng {'tư' if month == _APRIL else in_words(month)}")
    if len(value) > len("YYYY-MM"):
        words.append(f"ngày {in_words(int(value[8:]))}")
    return _sentence(" ".join(reversed(words)))


def money_in_words(value: Any) -> str | None:
    """Return a sum in VND in words: ``Một trăm linh năm nghìn đồng``."""
    if not _is_whole(value) or abs(value) > INTEGER_MAX:
        return None
    return _sentence(f"{'âm ' if value < 0 else ''}{in_words(abs(value))} đồng")


def in_words(number: int) -> str:
    """Return a whole number from zero up in words, as said in the north: ``nghìn``, ``linh``, ``mốt``, ``lăm``."""
    return " ".join(_words(number, inner=False)) or _DIGITS[0]


def _words(number: int, *, inner: bool) -> list[str]:
    """Say a number; an ``inner`` one follows something greater, so that its empty hundreds are said too."""
    if number >= _BILLION:
        rest = number % _BILLION
        return [*_words(number // _BILLION, inner=inner), "tỷ", *_words(rest, inner=True)]
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1_000**power % 1_000
        if group:
            words += _group(group, inner=inner or bool(words))
            words += [_SCALES[power]] if power else []
    return words


def _group(group: int, *, inner: bool) -> list[str]:
    hundreds, tens, units = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or inner else []
    if tens == 0:
        if units and words:
            words.append("linh")
    elif tens == 1:
        words.append("mười")
    else:
        words += [_DIGITS[tens], "mươi"]
    if units == 1 and tens > 1:
        words.append("mốt")
    elif units == _FIVE and tens:
        words.append("lăm")
    elif units:
        words.append(_DIGITS[units])
    return words


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _safe(number: int) -> int | None:
    """Return a number that JavaScript can hold too, or null."""
    return number if abs(number) <= INTEGER_MAX else None


def _units(text: str, places: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(places, "0"))


def _decimal_text(units: int, places: int) -> str:
    digits = str(abs(units)).rjust(places + 1, "0")
    fraction = digits[len(digits) - places :].rstrip("0")
    text = digits[: len(digits) - places] + (f".{fraction}" if fraction else "")
    return f"-{text}" if units < 0 else text
