"""What is wrong with a checklist: every fault with its path; nobody meets a question or a paper that leads nowhere.

Every way through the questions is gone, "Không rõ" included, which the limits keep few.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from schemas.checklists.definitions import (
    UNKNOWN,
    Answers,
    Checklist,
    Condition,
    Question,
    asked,
    decode_checklist,
    listed,
)
from schemas.forms import Fault
from schemas.values import is_date, is_key

#: Questions that one person is asked.
ASKED_MAX: Final = 6
QUESTIONS_MAX: Final = 10
ANSWERS_MAX: Final = 6
ANSWERS_MIN: Final = 2
PAPERS_MAX: Final = 40
COUNT_MAX: Final = 20
DEPTH_MAX: Final = 8
WAYS_MAX: Final = 10_000
_FORMS: Final = ({"field", "is"}, {"field", "in"}, {"all"}, {"any"}, {"not"})


def check_checklist(raw: bytes) -> list[Fault]:
    """Return every fault of a checklist; none means that it can be used."""
    try:
        checklist = decode_checklist(raw)
    except (msgspec.DecodeError, RecursionError) as fault:
        return [Fault("", str(fault))]
    found = [*_head(checklist), *_questions(checklist), *_papers(checklist)]
    return found or list(_ways_faults(checklist))


def _head(checklist: Checklist) -> Iterator[Fault]:
    if checklist.version < 1:
        yield Fault("version", "counts from 1", checklist.version)
    if checklist.checked_on is not None and not is_date(checklist.checked_on):
        yield Fault("checked_on", "is no date", checklist.checked_on)
    if not 1 <= len(checklist.questions) <= QUESTIONS_MAX:
        yield Fault("questions", f"1 to {QUESTIONS_MAX} of them", len(checklist.questions))
    if not 1 <= len(checklist.papers) <= PAPERS_MAX:
        yield Fault("papers", f"1 to {PAPERS_MAX} of them", len(checklist.papers))


def _questions(checklist: Checklist) -> Iterator[Fault]:
    earlier: dict[str, Question] = {}
    for at, question in enumerate(checklist.questions):
        path = f"questions[{at}]"
        yield from _key(question.key, earlier, path)
        yield from _condition(question.when, earlier, f"{path}.when")
        if not ANSWERS_MIN <= len(question.answers) <= ANSWERS_MAX:
            yield Fault(f"{path}.answers", f"{ANSWERS_MIN} to {ANSWERS_MAX} of them", len(question.answers))
        seen: set[str] = {UNKNOWN}
        for n, answer in enumerate(question.answers):
            yield from _key(answer.key, seen, f"{path}.answers[{n}]")
            seen.add(answer.key)
        earlier[question.key] = question


def _papers(checklist: Checklist) -> Iterator[Fault]:
    questions = {question.key: question for question in checklist.questions}
    seen: set[str] = set()
    for at, paper in enumerate(checklist.papers):
        path = f"papers[{at}]"
        yield from _key(paper.key, seen, path)
        yield from _condition(paper.when, questions, f"{path}.when")
        seen.add(paper.key)
        if not (0 <= paper.original <= COUNT_MAX and 0 <= paper.copies <= COUNT_MAX):
            yield Fault(path, f"originals and copies are 0 to {COUNT_MAX}", [paper.original, paper.copies])
        elif not (paper.original or paper.copies or paper.shown):
            yield Fault(path, "is neither handed in nor shown")


def _key(key: str, seen: Any, path: str) -> Iterator[Fault]:
    if not is_key(key):
        yield Fault(f"{path}.key", "is no key", key)
    elif key in seen:
        yield Fault(f"{path}.key", "is there already", key)


def _condition(
    condition: Condition | None, questions: dict[str, Question], path: str, depth: int = 0
) -> Iterator[Fault]:
    if condition is None:
        return
    if set(condition) not in _FORMS or depth == DEPTH_MAX:
        yield Fault(path, "is no condition of a checklist", condition)
    elif "field" in condition:
        yield from _comparison(condition, questions, path)
    elif "not" in condition:
        yield from _condition(_dict(condition["not"]), questions, f"{path}.not", depth + 1)
    else:
        ((joined, parts),) = condition.items()
        if not isinstance(parts, list) or not parts:
            yield Fault(f"{path}.{joined}", "is no list of conditions", parts)
            return
        for at, each in enumerate(parts):
            yield from _condition(_dict(each), questions, f"{path}.{joined}[{at}]", depth + 1)


def _dict(value: Any) -> Condition:
    """Return a condition, or one that is none, which says so."""
    return value if isinstance(value, dict) else {}


def _comparison(condition: Condition, questions: dict[str, Question], path: str) -> Iterator[Fault]:
    question = questions.get(condition["field"]) if isinstance(condition["field"], str) else None
    if question is None:
        yield Fault(f"{path}.field", "names no earlier question", condition["field"])
        return
    known = [answer.key for answer in question.answers]
    wanted = condition["in"] if "in" in condition else [condition["is"]]
    if not isinstance(wanted, list) or not wanted or any(each not in known for each in wanted):
        yield Fault(path, f"names no answer of {question.key}", wanted)


def _ways_faults(checklist: Checklist) -> Iterator[Fault]:
    """Go every way; the first fault of each kind is enough."""
    met: set[str] = set()
    for n, (answers, length) in enumerate(ways(checklist)):
        papers = listed(checklist, answers)
        if n >= WAYS_MAX:
            yield Fault("questions", "lead too many ways to be looked through", WAYS_MAX)
            return
        if length > ASKED_MAX:
            yield Fault("questions", f"ask one person more than {ASKED_MAX} things", dict(answers))
            return
        if not papers:
            yield Fault("papers", "there is a way that ends in no paper at all", dict(answers))
            return
        met |= {f"questions.{key}" for key in answers} if UNKNOWN not in answers.values() else set()
        met |= {f"papers.{paper.key}" for paper, sure in papers if sure}
    yield from _never(checklist, met)


def _never(checklist: Checklist, met: set[str]) -> Iterator[Fault]:
    for at, question in enumerate(checklist.questions):
        if f"questions.{question.key}" not in met:
            yield Fault(f"questions[{at}]", "is asked nobody who knows the other answers", question.key)
    for at, paper in enumerate(checklist.papers):
        if f"papers.{paper.key}" not in met:
            yield Fault(f"papers[{at}]", "is needed for sure in no case", paper.key)


def ways(checklist: Checklist) -> Iterator[tuple[Answers, int]]:
    """Give the answers of every way through the questions, and how many were asked on it."""
    waiting: list[dict[str, str]] = [{}]
    while waiting:
        answers = waiting.pop()
        questions = list(asked(checklist, answers))
        last = questions[-1] if questions else None
        if last is None or last.key in answers or len(questions) > ASKED_MAX:
            yield answers, len(questions)
            continue
        keys = [answer.key for answer in last.answers]
        waiting += [answers | {last.key: key} for key in (UNKNOWN, *reversed(keys))]
