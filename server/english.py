"""English apart: pages and lists say Vietnamese alone, and who reads English fetches one file more.

Rule 1. The file has the English of every label, by its Vietnamese words, beside the texts of the script.
Rule 2. A label keeps its own English, ``null`` where it has none, wherever the file would say something else.
Rule 3. Documents at ``/forms`` stay whole: this is how the phone's own pages carry them.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any


def labels_in(value: Any) -> Iterator[dict[str, Any]]:
    """Give the labels of a document, ``{"vi": …}`` with or without ``en``, in its order."""
    if isinstance(value, list):
        for each in value:
            yield from labels_in(each)
    elif isinstance(value, dict):
        if "vi" in value and value.keys() <= {"vi", "en"}:
            yield value
        else:
            yield from labels_in(list(value.values()))


def english_of(documents: Iterable[Any]) -> dict[str, str]:
    """Return English by Vietnamese words; of two that differ, that of the earlier document."""
    words: dict[str, str] = {}
    for document in documents:
        for label in labels_in(document):
            if label.get("en"):
                words.setdefault(label["vi"], label["en"])
    return words


def without_english(document: bytes, words: dict[str, str]) -> str:
    """Return a JSON document whose labels leave to ``words`` what those say alike."""
    read = json.loads(document)
    for label in labels_in(read):
        own = label.pop("en", None) or None
        if own != words.get(label["vi"]):
            label["en"] = own
    return json.dumps(read, ensure_ascii=False, separators=(",", ":"))
