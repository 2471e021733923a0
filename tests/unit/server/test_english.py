"""English apart from Vietnamese, and back again without a word changed."""

import json
from typing import Any

from server.english import english_of, without_english


def doc(*labels: dict[str, Any]) -> dict[str, Any]:
    """A document with labels somewhere in it."""
    return {"sections": [{"title": each} for each in labels], "values": {"vi": 1, "of": ["a"]}}


def parted(document: dict[str, Any], words: dict[str, str]) -> list[Any]:
    """Give the labels that a document keeps."""
    made = json.loads(without_english(json.dumps(document).encode(), words))
    assert made["values"] == document["values"], "what only looks like a label stays"
    return [section["title"] for section in made["sections"]]


def test_what_the_file_says_leaves_the_label() -> None:
    document = doc({"vi": "Họ tên", "en": "Full name"}, {"vi": "Khác", "en": "Other"})
    words = english_of([document])
    assert words == {"Họ tên": "Full name", "Khác": "Other"}
    assert parted(document, words) == [{"vi": "Họ tên"}, {"vi": "Khác"}]


def test_the_same_words_said_twice_differently_keep_their_own_english() -> None:
    first, second = doc({"vi": "Nơi", "en": "Place"}), doc({"vi": "Nơi", "en": "Where"})
    words = english_of([first, second])
    assert words == {"Nơi": "Place"}
    assert parted(first, words) == [{"vi": "Nơi"}]
    assert parted(second, words) == [{"vi": "Nơi", "en": "Where"}]


def test_a_label_without_english_is_not_given_that_of_another() -> None:
    first, second = doc({"vi": "Nơi", "en": "Place"}), doc({"vi": "Nơi"}, {"vi": "Nơi", "en": ""}, {"vi": "Ở đâu"})
    assert parted(second, english_of([first, second])) == [{"vi": "Nơi", "en": None}] * 2 + [{"vi": "Ở đâu"}]
