"""The attachments of a table as slots of a form."""

import re
from collections.abc import Callable
from typing import Any, Final

from schemas.shapes import Object
from schemas.tables.reading import ATTACHMENT_KEYS, text_of
from schemas.tables.slugs import Keys, key_of

#: Takes the path in the definition, the place in the table, the words and why they are open.
Point = Callable[[str, str, str, str], None]

_IMAGES: Final = ("jpg", "jpeg", "png", "image")
_MEGABYTE: Final = 1_048_576
_BYTES_MAX: Final = 2**40


def slots_of(papers: list[Object], point: Point) -> list[dict[str, Any]]:
    """Return attachments as slots, in their order."""
    keys = Keys()
    return [_slot(paper, f"attachments[{index}]", keys, point) for index, paper in enumerate(papers)]


def _slot(paper: Object, at: str, keys: Keys, point: Point) -> dict[str, Any]:
    key = keys.take(key_of(paper["name"], "p"))
    path, required = f"slots.{key}", paper.get("required")
    if not isinstance(required, bool | None):
        point(path, f"{at}.required", text_of(required), "neither true nor false")
    made: dict[str, Any] = {"key": key, "title": {"vi": paper["name"]}, "required": required is True}
    made["kinds"] = _kinds(paper.get("kinds"), at, path, point)
    size = _bytes(paper.get("max_mb"))
    if size is not None:
        made["bytes_max"] = size
    elif paper.get("max_mb") is not None:
        point(path, f"{at}.max_mb", text_of(paper["max_mb"]), "not a size in MB")
    if paper.get("note"):
        point(path, f"{at}.note", text_of(paper["note"]), "a note: a condition, a help text, or neither")
    for extra in paper.keys() - ATTACHMENT_KEYS:
        if paper[extra] is not None:
            point(path, f"{at}.{extra}", text_of(paper[extra]), "a key that tables do not have")
    return made


def _kinds(kinds: Any, at: str, path: str, point: Point) -> list[str]:
    words = re.split(r"[\s,;/|]+", kinds) if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    found: list[str] = []
    for word in words:
        name = word.strip(" .").lower() if isinstance(word, str) else None
        kind = "image" if name in _IMAGES else "pdf" if name == "pdf" else None
        if kind is None and name != "":
            point(path, f"{at}.kinds", text_of(word), "a kind that slots do not take")
        elif kind is not None and kind not in found:
            found.append(kind)
    if not found:
        point(path, f"{at}.kinds", text_of(kinds), "no kind that slots take: image and pdf until somebody decides")
    return found or ["image", "pdf"]


def _bytes(size: Any) -> int | None:
    """Return a size in MB, a number or its text, as bytes; or null."""
    if isinstance(size, str):
        match = re.fullmatch(r"\s*([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*(?:mb)?\s*", size, re.IGNORECASE)
        size = float(f"{match[1]}.{match[2] or 0}") if match is not None else None
    if not isinstance(size, int | float) or isinstance(size, bool) or not 0 < size <= _BYTES_MAX / _MEGABYTE:
        return None
    return max(1, int(size * _MEGABYTE))
