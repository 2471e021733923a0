"""Sentences about fields, read as conditions: ``a >= b``, ``tuổi(a) >= 18``, ``a = Có``, ``a in (X, Y)``.

Rule 1. A field is meant only where its name, its key or its whole label stands there, and only one field has it.
Rule 2. An answer is meant only where the whole label of an option stands there, or a value of the field's kind.
Rule 3. Two numbers are not compared with one another: the language of conditions has no such question.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from schemas.forms import Condition
from schemas.tables.bounds import Interval, interval, plain
from schemas.values import is_date

_DATES: Final = ("date", "partial_date")
_WHOLES: Final = ("integer", "money")
_NUMBERS: Final = (*_WHOLES, "decimal")
_TODAY: Final = "today|hôm nay|ngày hôm nay|ngày hiện tại|hiện tại|ngày nộp|ngày nộp hồ sơ|filing day|filing date|now"
_YES: Final = ("có", "true", "yes", "1", "đúng", "checked")
_NO: Final = ("không", "false", "no", "0", "sai", "unchecked")
COMPARE: Final = {"<": "before", "<=": "not_after", ">": "after", ">=": "not_before"}
_MIRROR: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "==": "=="}
_WORDS: Final = {
    "không sau": "<=", "không muộn hơn": "<=", "not after": "<=", "không trước": ">=", "không sớm hơn": ">=",
    "not before": ">=", "trước hoặc bằng": "<=", "sau hoặc bằng": ">=", "trước": "<", "before": "<", "sau": ">",
    "after": ">", "phải bằng": "=", "bằng": "=", "trùng với": "=", "giống": "=", "equals": "=", "khác": "!=",
    "differs from": "!=", "không được trùng với": "!=", "không lớn hơn": "<=", "không nhỏ hơn": ">=",
    "nhỏ hơn hoặc bằng": "<=", "lớn hơn hoặc bằng": ">=", "nhỏ hơn": "<", "lớn hơn": ">",
}  # fmt: skip
_YEARS: Final = r"(?: ?(?:tuổi|years?(?: old| of age)?|full years?(?: old)?|năm tuổi))?"
_ON_TODAY: Final = rf"(?: ?(?:on|at|tại|vào|tính đến|at the) (?:{_TODAY}))?"
_ASKS: Final = r"(?P<sign><=|>=|==|!=|<>|=|<|>|là|is not|is|không phải là|khác)"


class Placed(Struct):
    """A field of a table where it now stands. ``answers`` are the values by label, for choices."""

    name: str
    path: str
    kind: str
    field: dict[str, Any]
    answers: dict[str, str]
    in_rows: bool = False

    @property
    def label(self) -> str:
        """Return the field's label in Vietnamese."""
        return str(self.field["label"]["vi"])


def same(words: str) -> str:
    """Return words as they are compared: one spelling, no case."""
    return plain(words).casefold()


class Sayings:
    """Reads sentences about the fields there are."""

    def __init__(self, fields: list[Placed]) -> None:
        self._names: dict[str, list[Placed]] = {}
        for one in fields:
            if not one.in_rows:
                for name in {same(one.name), same(one.field["key"]), same(one.label)}:
                    self._names.setdefault(name, []).append(one)

    def field(self, words: str) -> Placed | None:
        """Return the one field that words name, or null."""
        found = self._names.get(same(words).strip("'\"`"), [])
        return found[0] if len(found) == 1 else None

    def condition(self, words: str) -> Condition | None:
        """Return a sentence as a condition, or null where it is not understood."""
        text = plain(words).strip(" .")
        made = self._one(text)
        if made is not None:
            return made
        for joint, head in ((r" (?:và|and) | ?&& ?", "all"), (r" (?:hoặc|or) | ?\|\| ?", "any")):
            parts = re.split(joint, text, flags=re.IGNORECASE)
            if len(parts) > 1:
                found = [self._one(part.strip()) for part in parts]
                known = [part for part in found if part is not None]
                if len(known) == len(found):
                    return {head: known}
        return None

    def _one(self, text: str) -> Condition | None:
        for read in (
            self._filled,
            self._among,
            self._age,
            self._between_dates,
            self._ordered,
            self._answered,
            self._within,
            self._chained,
        ):
            made = read(text)
            if made is not None:
                return made
        return None

    def _filled(self, text: str) -> Condition | None:
        for ending, empty in (
            (r"(?:is |được |có |đã )?(?:filled|given|có giá trị|điền|khai|not empty|is not empty)", False),
            (r"(?:is |được |bị )?(?:empty|missing|để trống|bỏ trống|trống|not given)", True),
        ):
            match = re.fullmatch(rf"(.+?) {ending}", text, re.IGNORECASE)
            one = self.field(match[1]) if match is not None else None
            if one is not None:
                filled: Condition = {"field": one.path, "filled": True}
                return {"not": filled} if empty else filled
        match = re.fullmatch(r"(?:at least one of|ít nhất một trong(?: các mục)?):? \(?(.+?)\)?", text, re.IGNORECASE)
        parts = re.split(r", ?| (?:và|and|hoặc|or) ", match[1]) if match is not None else []
        fields = [self.field(part) for part in parts]
        if len(parts) > 1 and all(fields):
            return {"any": [{"field": one.path, "filled": True} for one in fields if one is not None]}
        return None

    def _among(self, text: str) -> Condition | None:
        match = re.fullmatch(
            r"(.+?) (not in|không thuộc|in|thuộc|là một trong) ?[\[({]?(.+?)[\])}]?", text, re.IGNORECASE
        )
        one = self.field(match[1]) if match is not None else None
        if match is None or one is None or one.kind not in ("choice", "choices"):
            return None
        values = list(_listed(one, match[3]))
        if not values or None in values:
            return None
        made: Condition = {"field": one.path, "in": values}
        return {"not": made} if match[2].lower().startswith(("not", "không")) else made

    def _age(self, text: str) -> Condition | None:
        age = r"(?:(?:age|tuổi)(?: of| của)? ?\(?(?P<of>.+?)\)?|(?P<of2>.+?) age|(?P<of3>.+?))"
        chained = re.fullmatch(
            rf"(?P<low>[0-9]+ ?<=?) ?{age} ?(?P<high><=? ?[0-9]+){_YEARS}{_ON_TODAY}", text, re.IGNORECASE
        )
        if chained is not None and "age" in text.lower() + " tuổi":
            one = self.field(chained["of"] or chained["of2"] or chained["of3"])
            return self._aged(
                one, f"{chained['low']} x {chained['high']}", text, named=bool(chained["of"] or chained["of2"])
            )
        match = re.fullmatch(rf"{age} ?(?P<bound>(?:<=|>=|<|>|==?) ?[0-9]+){_YEARS}{_ON_TODAY}", text, re.IGNORECASE)
        if match is not None:
            one = self.field(match["of"] or match["of2"] or match["of3"])
            return self._aged(one, match["bound"], text, named=bool(match["of"] or match["of2"]))
        match = re.fullmatch(r"(.+?) (?:phải )?(?:từ )?đủ ([0-9]+) tuổi(?: trở lên)?", text, re.IGNORECASE)
        return None if match is None else self._aged(self.field(match[1]), f">= {match[2]}", text, named=True)

    def _aged(self, one: Placed | None, bound: str, text: str, *, named: bool) -> Condition | None:
        """Return the question of an age; without the word in it, a number beside a date is no age."""
        said = named or re.search(r"tuổi|years? old|years? of age", text, re.IGNORECASE) is not None
        found = interval(bound)
        if one is None or one.kind not in _DATES or found is None or not said:
            return None
        return bounded({"age": one.path, "on": "today"}, found)

    def _between_dates(self, text: str) -> Condition | None:
        days = r"([0-9]+) ?(?:days?|ngày)"
        match = re.fullmatch(rf"(.+?) ?(<=|>=|<|>) ?(.+?) ?\+ ?{days}", text, re.IGNORECASE)
        later, earlier, sign, number = (
            (match[1], match[3], match[2], match[4]) if match is not None else ("", "", "", "")
        )
        if match is None:
            match = re.fullmatch(rf"(.+?) ?- ?(.+?) ?(<=|>=|<|>) ?{days}", text, re.IGNORECASE)
            if match is None:
                return None
            later, earlier, sign, number = match[1], match[2], match[3], match[4]
        first, second = self.moment(earlier), self.moment(later)
        found = interval(f"{sign} {number}")
        if first is None or second is None or found is None:
            return None
        return bounded({"days": [first, second]}, found)

    def _ordered(self, text: str) -> Condition | None:
        for one, sign, other in _comparisons(text):
            left, right = self.field(one), self.field(other)
            if left is not None and left.kind in _DATES:
                moment = self.moment(other)
                if moment is not None and sign in COMPARE:
                    return {"field": left.path, COMPARE[sign]: moment}
            elif left is None and right is not None and right.kind in _DATES and sign in COMPARE:
                moment = self.moment(one)
                if moment is not None:
                    return {"field": right.path, COMPARE[_MIRROR[sign]]: moment}
            if left is not None and right is not None and sign in ("=", "==", "!=", "<>") and _alike(left, right):
                equal: Condition = {"same": [left.path, right.path]}
                return equal if sign in ("=", "==") else {"not": equal}
        return None

    def _chained(self, text: str) -> Condition | None:
        """Read ``a <= b <= c`` as two comparisons of dates, or of what may be equal."""
        parts = re.split(r" ?(<=|>=|<|>|==?) ?", text)
        if len(parts) != 5:  # noqa: PLR2004 - three sides and the two signs between them
            return None
        first, second = self._ordered("".join(parts[:3])), self._ordered("".join(parts[2:]))
        return None if first is None or second is None else {"all": [first, second]}

    def moment(self, words: str) -> Any:
        """Return what a date is compared with: a path, a day, today; or null."""
        if re.fullmatch(_TODAY, words.strip(), re.IGNORECASE):
            return "today"
        one = self.field(words)
        if one is not None:
            return one.path if one.kind in _DATES else None
        return day_of(words)

    def _answered(self, text: str) -> Condition | None:
        match = re.fullmatch(rf"(.+?) ?{_ASKS} ?(.+)", text, re.IGNORECASE)
        for one, sign, words in _splits(text) if match is not None else ():
            field = self.field(one)
            if field is None or sign in ("<", ">", "<=", ">="):
                continue
            value = answer(field, words)
            if value is not None:
                made: Condition = {"field": field.path, "is": value}
                return {"not": made} if sign in ("!=", "<>", "is not", "không phải là", "khác") else made
        return None

    def _within(self, text: str) -> Condition | None:
        for end in range(len(text), 0, -1):
            one = self.field(text[:end].strip()) if end == len(text) or not text[end].isalnum() else None
            if one is not None and one.kind in _NUMBERS:
                found = interval(text[end:], whole=one.kind in _WHOLES)
                return None if found is None or found.unit else numeric(one, found)
        match = re.fullmatch(r"([-0-9.,]+ ?<=?|[-0-9.,]+ ?>=?) ?(.+?) ?((?:<|>)=? ?[-0-9.,]+)", text)
        one = self.field(match[2]) if match is not None else None
        if match is None or one is None or one.kind not in _NUMBERS:
            return None
        found = interval(f"{match[1]} x {match[3]}", whole=one.kind in _WHOLES)
        return None if found is None else numeric(one, found)


def numeric(one: Placed, found: Interval) -> Condition | None:
    """Return the question whether a number is in a range, open ends and all; null where no whole number is in it."""
    if one.kind in _WHOLES:
        return bounded({"field": one.path}, found)
    parts: list[Condition] = []
    for bound, open_, inside, outside in (
        (found.low, found.low_open, "at_least", "at_most"),
        (found.high, found.high_open, "at_most", "at_least"),
    ):
        if bound is not None:
            text = decimal_text(bound)
            parts.append({"not": {"field": one.path, outside: text}} if open_ else {"field": one.path, inside: text})
    return parts[0] if len(parts) == 1 else {"all": parts}


def bounded(question: Condition, found: Interval) -> Condition | None:
    """Return a question about whole numbers with its bounds; null where no whole number is between them."""
    low, high = found.integers()
    if low is not None and high is not None and low > high:
        return None
    return question | {key: bound for key, bound in (("at_least", low), ("at_most", high)) if bound is not None}


def decimal_text(bound: Any) -> str:
    """Return a decimal without zeros to spare."""
    text = format(bound.normalize(), "f")
    return "0" if text in ("-0", "") else text


def day_of(words: str) -> str | None:
    """Return a day, written 2026-11-24 or 24/11/2026, as ISO text; or null."""
    text = re.sub(r"\A(?:ngày|date) ", "", plain(words), flags=re.IGNORECASE)
    match = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text)
    iso = f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match is not None else text
    return iso if is_date(iso) else None


def answer(one: Placed, words: str) -> str | int | bool | None:
    """Return what words mean as an answer to a field, or null where they mean none."""
    text = plain(words).strip(" '\"`")
    if one.kind in ("choice", "choices"):
        return one.answers.get(same(text)) or next((v for v in one.answers.values() if v == text), None)
    if one.kind == "yes_no":
        return True if same(text) in _YES else False if same(text) in _NO else None
    if one.kind in _WHOLES:
        return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else None
    quoted = re.fullmatch(r"\s*(['\"“]).+['\"”]\s*", words)
    return text if one.kind in ("text", "name", "long_text") and quoted is not None else None


def _listed(one: Placed, words: str) -> Iterator[str | int | bool | None]:
    """Yield the answers in a list; a label may itself hold commas, so the longest that fits is taken."""
    parts = [part.strip() for part in re.split(r"[,;|]", words)]
    while parts:
        length, value = len(parts), answer(one, ", ".join(parts))
        while value is None and length > 1:
            length -= 1
            value = answer(one, ", ".join(parts[:length]))
        yield value
        parts = parts[length:]


def _alike(one: Placed, other: Placed) -> bool:
    return one is not other and (one.kind == other.kind or {one.kind, other.kind} <= {"text", "name", "long_text"})


def _comparisons(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield left, sign and right for each sign or comparing word in a sentence."""
    for match in re.finditer(r"<=|>=|==|!=|<>|(?<![<>=!])=(?!=)|<(?![=>])|(?<!<)>(?!=)", text):
        yield text[: match.start()].strip(), match[0], text[match.end() :].strip()
    for words, sign in _WORDS.items():
        for match in re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE):
            left = re.sub(
                r" (?:phải|must be|is|là|không được)\Z", "", text[: match.start()].strip(), flags=re.IGNORECASE
            )
            yield left, sign, text[match.end() :].strip()


def _splits(text: str) -> Iterator[tuple[str, str, str]]:
    for match in re.finditer(r"<=|>=|==|!=|<>|=| là | is not | is | không phải là | khác ", text, re.IGNORECASE):
        yield text[: match.start()].strip(), match[0].strip().lower(), text[match.end() :].strip()
