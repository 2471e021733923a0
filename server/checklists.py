"""The pages "Đủ giấy tờ chưa?": every case in words for who has no script, and the questions for who has."""

from typing import Any

from schemas.checklists.definitions import Checklist, Paper, in_words
from server.texts import text


def page_values(checklist: Checklist, title: str) -> dict[str, Any]:
    """Return what the page of a checklist says: papers that are always taken, and the others by their case in words."""
    cases: dict[str, list[Paper]] = {}
    for paper in checklist.papers:
        if paper.when is not None:
            words = in_words(paper.when, checklist, _say)
            cases.setdefault(words[:1].upper() + words[1:], []).append(paper)
    return {
        "title": title,
        "list": checklist,
        "always": [paper for paper in checklist.papers if paper.when is None],
        "cases": [{"when": when, "papers": papers} for when, papers in cases.items()],
    }


def _say(word: str, **values: str) -> str:
    return text(f"check.when_{word}", **values)
