"""People find a procedure by the words they use: without marks, in any order, short, misspelt."""

import json
import shutil
import subprocess

import pytest

from schemas.finding.events import events, events_of
from schemas.finding.ranking import Index, Record
from schemas.finding.vocabulary import everyday, for_phones, ideas_of, near, vocabulary, words_of
from server.finder import Finder, Listed, Narrowed
from tests.finding.samples import HERE, NATIONAL, QUERIES, RECORDS, national

#: Among thousands, an answer is still seen without scrolling far.
SEEN = 3


@pytest.fixture(scope="module")
def few() -> Index:
    return Index(RECORDS)


@pytest.mark.parametrize("asked", QUERIES, ids=[each["q"] for each in QUERIES])
def test_the_right_answer_comes_first(few: Index, asked: dict[str, object]) -> None:
    found = few.find(str(asked["q"]))
    assert found, "nothing was found"
    assert found[0] in asked["want"], found[:3]  # type: ignore[operator]


def test_at_least_fifty_questions_were_written_down() -> None:
    assert len({each["q"] for each in QUERIES}) >= 50


@pytest.mark.skipif(not NATIONAL.is_dir(), reason="the national files are not on this machine")
def test_the_right_answer_is_among_the_first_of_all_procedures_and_the_full_text_index_leaves_none_out() -> None:
    finder = Finder(Listed(each) for each in national())
    assert len(finder.listed) > 4_000
    for asked in QUERIES:
        found = [each.record.code for each in finder.find(asked["q"])]
        assert set(found[:SEEN]) & set(asked["want"]), (asked, found[:SEEN])
        assert found == finder.index.find(asked["q"]), asked


@pytest.mark.parametrize("whole", [False, True], ids=["few", "all"])
def test_server_and_phone_rank_alike(*, whole: bool) -> None:
    if whole and not NATIONAL.is_dir():
        pytest.skip("the national files are not on this machine")
    records = national() if whole else RECORDS
    asked = [each["q"] for each in QUERIES] + ["", "khong co gi", "dkk", "kha", "z z", "12 34", "004873", "giấy tờ"]
    node = shutil.which("node")
    assert node is not None
    first = {"words": for_phones(), "records": [as_told(each) for each in records]}
    lines = "\n".join(json.dumps(each) for each in [first, *asked]) + "\n"
    done = subprocess.run([node, str(HERE / "find.mjs")], input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    index = Index(records)
    for question, line in zip(asked, done.stdout.splitlines(), strict=True):
        assert json.loads(line) == [index.find(question), near(question)], question


def as_told(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def test_what_no_record_can_mean_finds_nothing(few: Index) -> None:
    assert few.find("xyzzyq") == []
    assert few.find("") == []
    assert few.find("?!") == []


def test_words_that_say_nothing_are_looked_for_where_nothing_else_was_typed(few: Index) -> None:
    assert ideas_of("giấy tờ", few.counts)
    assert few.find("giay to")


def test_a_code_finds_its_procedure_and_a_wrong_digit_none_else(few: Index) -> None:
    assert few.find("1.004873")[0] == "1.004873"
    assert few.find("004873")[0] == "1.004873"
    assert few.find("004875") == []


def test_words_half_typed_find_what_they_begin(few: Index) -> None:
    assert "2.002096" in few.find("hoa gi")
    assert few.find("tạm v")[0] == "1.003677"
    assert few.find("h") == []


def test_form_and_commune_come_first_among_equals() -> None:
    name = "Cấp giấy gì đó"
    records = [Record("1.000003", name, "", ("tinh",)), Record("1.000002", name, "", ("xa",)), Record("1.000001", name)]
    assert Index([*records, Record("1.000009", name, form=True)]).find("cap giay do") == [
        "1.000009", "1.000002", "1.000001", "1.000003"
    ]  # fmt: skip


def test_a_field_or_an_office_finds_too_but_names_come_first() -> None:
    records = [
        Record("1.000001", "Cấp phép", "Hàng hải"),
        Record("1.000002", "Hàng hải quốc tế"),
        Record("1.000003", "X"),
    ]
    assert Index(records).find("hang hai") == ["1.000002", "1.000001"]


def test_an_unsure_word_is_read_with_its_neighbours(few: Index) -> None:
    assert [idea.said for idea in ideas_of("ket hno", few.counts)] == [("ket", "hon")]
    assert [idea.said for idea in ideas_of("hno hno", few.counts)] == [()]


def test_everyday_words_are_data_without_slips() -> None:
    read = everyday()
    assert len({words_of(each) for each in read["near"]}) == len(read["near"])
    assert all(meant and all(meant) for meant in vocabulary().phrases.values())
    keys = [event.key for event in events()]
    assert len(keys) == len(set(keys))
    assert {"sinh-con", "ket-hon", "qua-doi", "nha-dat", "kinh-doanh", "cu-tru", "chung-thuc", "bao-tro"} <= set(keys)


def test_near_words_look_like_what_was_typed() -> None:
    assert near("khaisin")[0] == "khai sinh"
    assert len(near("")) == 3


def test_life_events_take_by_field_and_by_name() -> None:
    birth = next(each for each in RECORDS if each.code == "1.001193")
    assert set(events_of(birth)) == {"sinh-con", "ho-tich"}
    assert events_of(Record("1.000001", "Cấp phép bay")) == ()


def test_a_list_is_narrowed_by_event_field_level_and_unit() -> None:
    listed = [
        Listed(each, "Trong ngày", "Xã, phường; Sở Tư pháp" if "tinh" in each.levels else "Xã, phường")
        for each in RECORDS
    ]
    finder = Finder(listed)

    def codes(text: str = "", **narrowed: str) -> set[str]:
        return {each.record.code for each in finder.find(text, Narrowed(**narrowed))}

    assert codes(unit="Sở Tư pháp") == codes(level="tinh") == {"2.000635"}
    assert "1.000656" in codes(event="qua-doi")
    assert codes("khai", event="qua-doi") >= {"1.000656"}
    assert codes(field="Giảm nghèo") == {"1.011606"}
    assert codes() == {each.code for each in RECORDS}
    assert finder.units() == ["Sở Tư pháp", "Xã, phường"]
    assert finder.fields()[0] == "Bảo trợ xã hội"
    first = finder.in_order()[0].record
    assert first.form
    customs = Listed(Record("1.013658", "Báo cáo biên lai", "Hải quan", ("xa",)), unit="Chi cục Hải quan khu vực")
    asked_for = Listed(Record("1.000656", "Đăng ký khai tử", "Hộ tịch", ("xa",)), unit="Xã, phường")
    rare = Listed(Record("1.000111", "Bán nhà", "Nhà ở", ("xa",)), unit="Xã, phường")
    order = [each.record.code for each in Finder([customs, rare, asked_for]).in_order()]
    assert order == ["1.000656", "1.000111", "1.013658"], "what people ask for, the commune's, a branch's"
    kept = finder.for_phones()
    assert kept["total"] == len(RECORDS)
    assert {each["code"] for each in kept["records"]} == codes(level="xa")
