"""Checklists: who does not know gets the longer list, nothing leads nowhere, and the phone asks the same."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemas.checklists.checking import ASKED_MAX, check_checklist, ways
from schemas.checklists.definitions import UNKNOWN, asked, decode_checklist, documents, in_words, listed
from schemas.documents import check_files
from server.checklists import page_values
from server.cli import main
from tests.finding.samples import HERE


def sample(**changes: Any) -> dict[str, Any]:
    """Return a small checklist that is right, with changes."""
    yes_no = [{"key": "yes", "label": {"vi": "Có"}}, {"key": "no", "label": {"vi": "Không"}}]
    made = {
        "procedure": "9.000001", "version": 1, "source": "thử",
        "questions": [
            {"key": "one", "ask": {"vi": "Một?"}, "answers": yes_no},
            {"key": "two", "ask": {"vi": "Hai?"}, "answers": yes_no, "when": {"field": "one", "is": "yes"}},
        ],
        "papers": [
            {"key": "always", "name": {"vi": "Giấy A"}, "how": {"vi": "ở xã"}, "original": 1},
            {"key": "both", "name": {"vi": "Giấy B"}, "how": {"vi": "ở xã"}, "copies": 2,
             "when": {"all": [{"field": "one", "in": ["yes"]}, {"not": {"field": "two", "is": "no"}}]}},
            {"key": "either", "name": {"vi": "Giấy C"}, "how": {"vi": "ở xã"}, "shown": True,
             "when": {"any": [{"field": "one", "is": "no"}, {"field": "two", "is": "no"}]}},
        ],
    }  # fmt: skip
    return made | changes


def faults(document: Any) -> list[tuple[str, str]]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return [(fault.path, fault.reason) for fault in check_checklist(raw)]


def papers(answers: dict[str, str]) -> list[tuple[str, bool]]:
    checklist = decode_checklist(json.dumps(sample()).encode())
    return [(paper.key, sure) for paper, sure in listed(checklist, answers)]


def test_answers_end_in_the_exact_list() -> None:
    assert papers({"one": "no"}) == [("always", True), ("either", True)]
    assert papers({"one": "yes", "two": "yes"}) == [("always", True), ("both", True)]
    assert papers({"one": "yes", "two": "no"}) == [("always", True), ("either", True)]


def test_who_does_not_know_gets_the_longer_list_with_marks() -> None:
    assert papers({"one": UNKNOWN, "two": UNKNOWN}) == [("always", True), ("both", False), ("either", False)]
    assert papers({"one": "yes", "two": UNKNOWN}) == [("always", True), ("both", False), ("either", False)]


def test_an_answer_to_a_question_that_is_asked_no_more_counts_for_nothing() -> None:
    assert papers({"one": "no", "two": "yes"}) == papers({"one": "no"})


@pytest.mark.parametrize("procedure", list(documents()))
def test_what_is_shipped_has_no_fault_asks_little_and_never_shortens_the_list_for_not_knowing(procedure: str) -> None:
    raw = documents()[procedure]
    assert check_checklist(raw) == []
    checklist = decode_checklist(raw)
    assert checklist.procedure == procedure
    for answers, length in ways(checklist):
        assert length <= ASKED_MAX
        known = {paper.key for paper, _ in listed(checklist, answers)}
        for key in answers:
            unsure = {**{k: v for k, v in answers.items() if k != key}, key: UNKNOWN}
            if [each.key for each in asked(checklist, unsure)] == list(answers):
                assert known <= {paper.key for paper, _ in listed(checklist, unsure)}, (answers, key)


def test_the_phone_asks_and_lists_the_same_on_every_way() -> None:
    node = shutil.which("node")
    assert node is not None
    lines, expected = [], []
    for raw in [*documents().values(), json.dumps(sample()).encode()]:
        checklist = decode_checklist(raw)
        lines.append(json.dumps(json.loads(raw)))
        for answers, _ in ways(checklist):
            lines.append(json.dumps(answers))
            told = [[paper.key, sure] for paper, sure in listed(checklist, answers)]
            expected.append([[each.key for each in asked(checklist, answers)], told])
    script = str(HERE / "checklist.mjs")
    done = subprocess.run([node, script], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == expected
    assert len(expected) > 500


def test_a_sample_that_is_right_has_no_fault() -> None:
    assert faults(sample()) == []


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"version": 0}, "version", "counts from 1"),
        ({"checked_on": "gần đây"}, "checked_on", "is no date"),
        ({"questions": []}, "questions", "1 to 10 of them"),
        ({"papers": []}, "papers", "1 to 40 of them"),
    ],
)
def test_a_wrong_head_is_named(changes: dict[str, Any], path: str, reason: str) -> None:
    assert (path, reason) in faults(sample(**changes))


def changed(part: str, at: int, **changes: Any) -> dict[str, Any]:
    made = sample()
    made[part][at] |= changes
    return made


ONE = {"vi": "x"}
EARLIER, NO_CONDITION, NO_ANSWER = (
    "names no earlier question",
    "is no condition of a checklist",
    "names no answer of one",
)
YES, NO = {"field": "one", "is": "yes"}, {"field": "one", "is": "no"}


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        (changed("questions", 0, key="Một"), "questions[0].key", "is no key"),
        (changed("questions", 1, key="one"), "questions[1].key", "is there already"),
        (changed("questions", 0, answers=[{"key": "a", "label": ONE}]), "questions[0].answers", "2 to 6 of them"),
        (changed("questions", 0, answers=[{"key": UNKNOWN, "label": ONE}] * 2), "questions[0].answers[0].key",
         "is there already"),
        (changed("questions", 0, when={"field": "two", "is": "yes"}), "questions[0].when.field", EARLIER),
        (changed("questions", 1, when={"field": "two", "is": "yes"}), "questions[1].when.field", EARLIER),
        (changed("questions", 1, when={"field": 7, "is": "yes"}), "questions[1].when.field", EARLIER),
        (changed("questions", 1, when={"field": "one", "is": "maybe"}), "questions[1].when", NO_ANSWER),
        (changed("questions", 1, when={"field": "one", "in": "yes"}), "questions[1].when", NO_ANSWER),
        (changed("questions", 1, when={"field": "one", "in": []}), "questions[1].when", NO_ANSWER),
        (changed("questions", 1, when={"field": "one"}), "questions[1].when", NO_CONDITION),
        (changed("questions", 1, when={"not": None}), "questions[1].when.not", NO_CONDITION),
        (changed("questions", 1, when={"all": []}), "questions[1].when.all", "is no list of conditions"),
        (changed("questions", 1, when={"any": [3]}), "questions[1].when.any[0]", NO_CONDITION),
        (changed("papers", 0, original=-1), "papers[0]", "originals and copies are 0 to 20"),
        (changed("papers", 0, original=0), "papers[0]", "is neither handed in nor shown"),
        (changed("papers", 1, key="always"), "papers[1].key", "is there already"),
        (changed("papers", 1, when={"all": [NO, {"field": "two", "is": "no"}]}), "papers[1]",
         "is needed for sure in no case"),
        (changed("questions", 1, when={"all": [YES, NO]}), "questions[1]",
         "is asked nobody who knows the other answers"),
        (sample(papers=[sample()["papers"][0] | {"when": NO}]), "papers",
         "there is a way that ends in no paper at all"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(document: dict[str, Any], path: str, reason: str) -> None:
    assert (path, reason) in faults(document)


def test_conditions_are_not_nested_without_end() -> None:
    deep: dict[str, Any] = {"field": "one", "is": "yes"}
    for _ in range(9):
        deep = {"not": deep}
    assert faults(changed("questions", 1, when=deep))[0][1] == "is no condition of a checklist"


def many(count: int, answers: int) -> dict[str, Any]:
    options = [{"key": f"a{n}", "label": ONE} for n in range(answers)]
    return sample(
        questions=[{"key": f"q{n}", "ask": ONE, "answers": options} for n in range(count)],
        papers=sample()["papers"][:1],
    )


def test_nobody_is_asked_more_than_six_things_and_the_ways_can_be_looked_through() -> None:
    assert faults(many(6, 2)) == []
    assert faults(many(7, 2)) == [("questions", "ask one person more than 6 things")]
    assert faults(many(6, 6)) == [("questions", "lead too many ways to be looked through")]


def test_what_is_no_checklist_says_where() -> None:
    assert faults(b"{")
    assert "questions" in faults(sample(questions=3))[0][1]
    assert "unknown field" in faults(sample(more=1))[0][1]


def test_the_command_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(sample()))
    bad.write_text(json.dumps(sample(version=0)))
    assert main(["papers", "check", str(good)]) == 0
    assert main(["papers", "check", str(good), str(bad), str(tmp_path / "none.json")]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"{good}: ok"
    assert printed[2] == f"{bad}: version: counts from 1 (found 0)"
    assert "cannot be read" in printed[3]
    assert check_files([str(good)], check_checklist) == ([f"{good}: ok"], 0)


def test_cases_are_said_in_words_for_who_has_no_script() -> None:
    values = page_values(decode_checklist(json.dumps(sample()).encode()), "Việc thử")
    assert [paper.key for paper in values["always"]] == ["always"]
    assert [case["when"] for case in values["cases"]] == [
        "“Một?” – “Có”, và không phải “Hai?” – “Không”",
        "“Một?” – “Không” hoặc “Hai?” – “Không”",
    ]
    assert in_words({"field": "one", "in": ["yes", "no"]}, values["list"], lambda word, **_: word)
