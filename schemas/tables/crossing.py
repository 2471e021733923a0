"""Cross-field rules of a table: each becomes a rule or a field's ``required``, or is not understood (forms.md §3)."""

import re
from typing import Any

from msgspec import Struct

from schemas.conditions import paths_of
from schemas.forms import Condition
from schemas.tables.bounds import plain
from schemas.tables.sayings import Placed, Sayings

_REQUIRED = r"(?:is |are |là |phải )?(?:required|bắt buộc|phải có|phải khai|must be filled|must be given)"
_IF = r"(?:if|when|khi|nếu)"
LABEL_LETTERS_MAX = 80
_COMPARED = {"not_after": "không thể sau", "not_before": "không thể trước", "before": "phải trước", "after": "phải sau"}
_BOUNDED = {"at_least": ("ít nhất", "nhỏ hơn"), "at_most": ("nhiều nhất", "lớn hơn")}


class Need(Struct, frozen=True):
    """A field that must be filled in where a condition is true."""

    field: Placed
    when: Condition


def understood(words: str, sayings: Sayings) -> Condition | Need | None:
    """Return what a rule asks: a check that must hold, or a field that is needed; null where it is not understood."""
    text = plain(words).strip(" .")
    return _need(text, sayings) or _both_ways(text, sayings) or _implied(text, sayings) or sayings.condition(text)


def _need(text: str, sayings: Sayings) -> Need | None:
    for pattern, subject, condition, inverse in (
        (rf"(.+?) {_REQUIRED}(?: only)? {_IF} (.+)", 1, 2, False),
        (rf"(.+?) {_REQUIRED} (?:unless|trừ khi) (.+)", 1, 2, True),
        (rf"{_IF} (.+?),? (?:then|thì) (.+?) {_REQUIRED}", 2, 1, False),
        (rf"{_IF} (.+?), (.+?) {_REQUIRED}", 2, 1, False),
        (rf"(.+?) ?(?:=>|->|→|⇒) ?(.+?) {_REQUIRED}", 2, 1, False),
    ):
        match = re.fullmatch(pattern, text, re.IGNORECASE)
        if match is None:
            continue
        field, found = sayings.field(match[subject]), sayings.condition(match[condition])
        if field is not None and found is not None:
            return Need(field, {"not": found} if inverse else found)
    return None


def _both_ways(text: str, sayings: Sayings) -> Condition | None:
    match = re.fullmatch(r"(.+?) (?:iff|if and only if|khi và chỉ khi|<=>|⇔) (.+)", text, re.IGNORECASE)
    if match is None:
        return None
    one, other = sayings.condition(match[1]), sayings.condition(match[2])
    if one is None or other is None:
        return None
    return {"any": [{"all": [one, other]}, {"all": [{"not": one}, {"not": other}]}]}


def _implied(text: str, sayings: Sayings) -> Condition | None:
    for pattern, first, then in (
        (rf"{_IF} (.+?),? (?:then|thì) (.+)", 1, 2),
        (rf"{_IF} (.+?), (.+)", 1, 2),
        (r"(.+?) ?(?:=>|->|→|⇒) ?(.+)", 1, 2),
        (rf"(.+?),? {_IF} (.+)", 2, 1),
    ):
        match = re.fullmatch(pattern, text, re.IGNORECASE)
        if match is None:
            continue
        if_, so = sayings.condition(match[first]), sayings.condition(match[then])
        if if_ is not None and so is not None:
            return {"any": [{"not": if_}, so]}
    return None


def rule_of(check: Condition, id_: str, fields: dict[str, Placed]) -> dict[str, Any]:
    """Return a check as a rule, with words for the person: the labels of the fields it is about."""
    paths = list(dict.fromkeys(paths_of(check)))
    return {
        "id": id_,
        "check": check,
        "level": "error",
        "fields": paths,
        "message": {"vi": _words(check, [fields[path].label for path in paths if path in fields])},
    }


def _words(check: Condition, labels: list[str]) -> str:
    short = [label if len(label) <= LABEL_LETTERS_MAX else label[:LABEL_LETTERS_MAX] + "…" for label in labels]
    first, last = (short[0], short[-1]) if short else ("", "")
    for comparison, words in _COMPARED.items():
        if comparison in check:
            other = check[comparison]
            return f"{first}: {words} {'hôm nay' if other == 'today' else last if len(short) > 1 else other}."
    if check.get("is") is True and len(check) == 2:  # noqa: PLR2004 - a field and its answer
        return f"Anh/chị cần chọn: {first}"
    inner, turned = check.get("not", check), "not" in check
    bounds = [f"{words[turned]} {inner[key]}" for key, words in _BOUNDED.items() if key in inner]
    if bounds and len(short) == 1:
        return f"{first}: {'tuổi phải' if 'age' in inner else 'phải'} {' và '.join(bounds)}."
    return f"Anh/chị xem lại: {', '.join(short)}."


def weight(condition: Any) -> int:
    """Return how many conditions a condition is made of."""
    if not isinstance(condition, dict):
        return 0
    parts = [*condition.get("all", ()), *condition.get("any", ())]
    return 1 + sum(weight(part) for part in parts) + weight(condition.get("not"))
