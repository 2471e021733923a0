"""A checklist as it is written, and what answers make of it.

Rule 1. A condition is one that forms know: ``{"field": Q, "is": A}``, ``{"field": Q, "in": [A…]}``, ``all``, ``any``,
``not``, where a field is a question. It may name earlier questions only, so that nothing goes round.
Rule 2. Three values. A question that was answered "Không rõ" makes its conditions unknown; one that is not asked makes
them false. ``all``, ``any`` and ``not`` follow Kleene's tables.
Rule 3. A question is asked, and a paper listed, unless its ``when`` is false: who does not know gets the longer list,
each paper that may not be needed marked so.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from schemas.conditions import Truth, all_of, any_of, negated
from schemas.forms import Label

#: The answer that is always there, and never written down.
UNKNOWN: Final = "unknown"
Condition = dict[str, Any]
Answers = Mapping[str, str]


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """One of a question's answers; "Không rõ" comes by itself."""

    key: str
    label: Label


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One question on one page."""

    key: str
    ask: Label
    answers: list[Answer]
    help: Label | None = None
    when: Condition | None = None


class Paper(Struct, frozen=True, forbid_unknown_fields=True):
    """A paper of the list: how many originals and copies are handed in; ``shown`` ones are looked at and given back."""

    key: str
    name: Label
    how: Label
    original: int = 0
    copies: int = 0
    shown: bool = False
    when: Condition | None = None


class Checklist(Struct, frozen=True, forbid_unknown_fields=True):
    """What a procedure asks before it can say which papers it takes."""

    procedure: str
    version: int
    source: str
    questions: list[Question]
    papers: list[Paper]
    verified: bool = False
    checked_on: str | None = None


def decode_checklist(raw: bytes) -> Checklist:
    """Read a checklist.

    Raises:
        msgspec.DecodeError: it is none; the message says where.
    """
    return msgspec.json.decode(raw, type=Checklist)


def documents() -> dict[str, bytes]:
    """Return the checklists this project ships, by procedure."""
    return {path.stem: path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.json"))}


def truth(condition: Condition | None, answers: Answers) -> Truth:
    """Return what a condition says of the answers so far; null where that is not known."""
    if condition is None:
        return True
    if "not" in condition:
        return negated(truth(condition["not"], answers))
    if "all" in condition:
        return all_of(truth(each, answers) for each in condition["all"])
    if "any" in condition:
        return any_of(truth(each, answers) for each in condition["any"])
    said = answers.get(condition["field"])
    if said is None or said == UNKNOWN:
        return False if said is None else None
    return said in condition["in"] if "in" in condition else said == condition["is"]


def asked(checklist: Checklist, answers: Answers) -> Iterator[Question]:
    """Give the questions that are asked, in order, down to the first without an answer."""
    known: dict[str, str] = {}
    for question in checklist.questions:
        if truth(question.when, known) is False:
            continue
        yield question
        if question.key not in answers:
            return
        known[question.key] = answers[question.key]


def listed(checklist: Checklist, answers: Answers) -> list[tuple[Paper, bool]]:
    """Return the papers for the answers, and of each whether it is sure to be needed."""
    known = {question.key: answers[question.key] for question in asked(checklist, answers) if question.key in answers}
    told = [(paper, truth(paper.when, known)) for paper in checklist.papers]
    return [(paper, sure is True) for paper, sure in told if sure is not False]


def in_words(condition: Condition, checklist: Checklist, say: Callable[..., str]) -> str:
    """Return a condition as people read it; ``say`` has the words ``is``, ``or``, ``and`` and ``not``."""
    if "not" in condition:
        return say("not", what=in_words(condition["not"], checklist, say))
    for joined in ("all", "any"):
        if joined in condition:
            return say("and" if joined == "all" else "or").join(
                in_words(each, checklist, say) for each in condition[joined]
            )
    question = next(each for each in checklist.questions if each.key == condition["field"])
    wanted = condition.get("in") or [condition["is"]]
    labels = [each.label.vi for each in question.answers if each.key in wanted]
    return say("is", question=question.ask.vi, answer=say("or").join(labels))
