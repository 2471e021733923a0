"""What the desk may count on, whoever keeps its dossiers."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.ops import Patch, decode_op
from server.desk.store import LISTS, PAGE, DeskStore, List, Machine
from sync.merge import conflicts
from sync.view import policy_of
from tests.contract.desks import FORM, MORNING, OTHER_UNIT, PROCEDURE, UNIT, Desk, Phone, desks

DAY_MS = 86_400_000
PHONE = "applicant.phone"


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Desk]]:
    yield from desks(tmp_path, monkeypatch)


@pytest.fixture(params=["memory", "sqlite"])
def desk(request: pytest.FixtureRequest, make: Callable[[str], Desk]) -> Desk:
    return make(request.param)


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk)


@pytest.fixture
def store(desk: Desk) -> DeskStore:
    return desk.at("counter")


def listed(desk: Desk, name: List, who: str = "counter") -> list[str]:
    return [row.id for row in desk.run(desk.at(who).listed(name, None)).rows]


def found(desk: Desk, words: str, who: str = "counter") -> list[str]:
    return [row.id for row in desk.run(desk.at(who).found(words)).rows]


def test_lists_say_what_is_to_be_done_first_things_first(desk: Desk, phone: Phone, store: DeskStore) -> None:
    first, second = phone.filed("Lý Văn Páo"), phone.filed("Nông Thị Sen")
    phone.draft()
    elsewhere = phone.filed(unit=OTHER_UNIT)
    assert listed(desk, "decide") == [first, second]
    assert listed(desk, "all") == [second, first]
    assert desk.run(store.counts()) == {
        "decide": 2, "due": 0, "overdue": 0, "files": 0, "two": 0, "held": 0, "all": 2,
    }  # fmt: skip
    assert listed(desk, "all", "elsewhere") == [elsewhere]
    row = desk.run(store.listed("all", None)).rows[0]
    assert (row.name, row.state, row.unit, row.procedure, row.due_ms) == ("Nông Thị Sen", "1", UNIT, PROCEDURE, None)
    assert re.fullmatch(r"LS-06154-261124-\d{4,}", row.code)
    assert row.submitted_ms == MORNING + 2000


def test_pages_follow_one_another_and_what_leads_nowhere_is_the_first(
    desk: Desk, phone: Phone, store: DeskStore
) -> None:
    made = [phone.filed() for _ in range(PAGE + 2)]
    for name, order in (("decide", made), ("all", made[::-1])):
        first = desk.run(store.listed(name, None))
        assert first.next is not None
        second = desk.run(store.listed(name, first.next))
        assert [row.id for row in first.rows + second.rows] == order
        assert (len(first.rows), second.next) == (PAGE, None)
        for nowhere in ("", "x", ".", "9.", "-1.2", "9" * 30):
            assert desk.run(store.listed(name, nowhere)) == first


def test_what_is_due_becomes_overdue(desk: Desk, phone: Phone) -> None:
    dossier = phone.filed()
    assert phone.receive(dossier).outcome == "applied"
    row = desk.run(desk.at("counter").listed("decide", None)).rows[0]
    assert row.due_ms is not None
    desk.clock.now = row.due_ms - 3 * DAY_MS
    assert (listed(desk, "due"), listed(desk, "overdue")) == ([], [])
    for moment, due, overdue in ((row.due_ms, [dossier], []), (row.due_ms + 1, [], [dossier])):
        desk.clock.now = moment
        assert (listed(desk, "due"), listed(desk, "overdue")) == (due, overdue)
        counts = desk.run(desk.at("counter").counts())
        assert (counts["due"], counts["overdue"]) == (len(due), len(overdue))


def test_words_find_without_marks_in_any_order_and_begun(desk: Desk, phone: Phone) -> None:
    first, second = phone.filed("Đặng Tài Phúc"), phone.filed("Đặng Thị Sen")
    assert found(desk, "dang") == [second, first]
    assert found(desk, "PHUC dang") == [first]
    assert found(desk, "phúc đặ") == [first]
    assert found(desk, "phuc sen") == []
    assert found(desk, "") == found(desk, "-- ·") == []
    assert found(desk, "hon nhan dang") == [second, first]
    assert found(desk, "dang", "elsewhere") == []
    code = desk.run(desk.at("counter").listed("all", None)).rows[1].code
    assert found(desk, code) == [first]


def test_numbers_find_whole_or_not_at_all(desk: Desk, phone: Phone) -> None:
    dossier = phone.filed(**{"applicant.citizen_id": "999088001299", PHONE: "0912345678"})
    assert found(desk, "999088001299") == found(desk, " 9990 8800 1299 ") == [dossier]
    assert found(desk, "0912.345.678") == found(desk, "+84912345678") == [dossier]
    assert found(desk, "99908800129") == found(desk, "091234567") == []
    assert found(desk, "999088001299", "elsewhere") == []


def test_reading_is_for_the_unit_and_leaves_a_record(desk: Desk, phone: Phone) -> None:
    dossier, draft = phone.filed(), phone.draft()
    nothing = [("elsewhere", dossier), ("counter", draft), ("counter", "x"), ("counter", desk.clock.draw(MORNING))]
    for who, what in nothing:
        assert desk.run(desk.at(who).dossier(what)) is None
        assert desk.run(desk.at(who).history(what)) == []
    assert desk.looks() == []
    read = desk.run(desk.at("counter").dossier(dossier))
    assert read is not None
    assert (read.id, read.state) == (dossier, "1")
    begun = desk.clock.now
    for later, who in ((59_999, "counter"), (59_999, "inspector"), (60_000, "counter")):
        desk.clock.now = begun + later
        assert desk.run(desk.at(who).dossier(dossier)) is not None
    people = desk.people
    assert desk.looks() == [
        (begun, people["counter"].person, dossier),
        (begun + 59_999, people["inspector"].person, dossier),
        (begun + 60_000, people["counter"].person, dossier),
    ]


def test_what_was_read_is_nobody_elses_to_change(desk: Desk, phone: Phone, store: DeskStore) -> None:
    dossier = phone.filed()
    read = desk.run(store.dossier(dossier))
    assert read is not None
    read.state, read.cells = "10", {}
    again = desk.run(store.dossier(dossier))
    assert again is not None
    assert (again.state, PHONE in again.cells) == ("1", True)


def test_ops_are_read_in_the_order_they_came(desk: Desk, phone: Phone, store: DeskStore) -> None:
    dossier = phone.filed()
    assert phone.write("an", dossier, PHONE, "0912345678").outcome == "applied"
    history = desk.run(store.history(dossier))
    assert [entry.type for entry in history] == ["create", "patch", "submit", "patch"]
    entry = desk.run(store.op(history[-1].op))
    assert entry == history[-1]
    assert entry.body is not None
    written = decode_op(entry.body)
    assert isinstance(written, Patch)
    assert written.set == {PHONE: "0912345678"}
    assert desk.run(desk.at("elsewhere").op(entry.op)) is None
    assert desk.run(store.op("x")) is desk.run(store.op(desk.clock.draw(MORNING))) is None


def test_a_step_is_taken_once(desk: Desk, phone: Phone, store: DeskStore) -> None:
    dossier = phone.filed()
    assert phone.receive(dossier).outcome == "applied"
    twice = phone.receive(dossier)
    assert twice.problem is not None
    assert (twice.outcome, twice.problem.code) == ("refused", "stale-state")
    read = desk.run(store.dossier(dossier))
    assert read is not None
    assert (read.state, len(read.steps)) == ("2", 2)


def test_two_versions_stand_in_their_list_until_settled(desk: Desk, phone: Phone, store: DeskStore) -> None:
    dossier, path = phone.filed(), "subject.other_paper"
    phone.write("an", dossier, path, "CMND 082123456")
    phone.write("counter", dossier, path, "CMND 082123465")
    assert listed(desk, "two") == [dossier]
    assert desk.run(store.listed("all", None)).rows[0].conflicts == 1
    read = desk.run(store.dossier(dossier))
    assert read is not None
    both = [read.by[sibling.mark].op for sibling in read.cells[path].siblings if sibling.mark is not None]
    settle = phone.op("patch", dossier, set={path: "CMND 082123456"}, saw={path: both}, reason="Theo giấy gốc")
    assert desk.run(store.push([msgspec.json.encode(settle)]))[0].outcome == "applied"
    assert listed(desk, "two") == []
    settled = desk.run(store.dossier(dossier))
    assert settled is not None
    assert not list(conflicts(settled, lambda each: policy_of(store.form(FORM), each)))


def test_late_edits_and_coming_files_stand_in_their_lists(desk: Desk, phone: Phone) -> None:
    late, files = phone.filed(), phone.filed()
    paper = {"slot": "authorisation", "page": 1, "sha256": "ab" * 32, "bytes": 200_000, "media": "image/jpeg"}
    assert desk.push("an", phone.op("attach", files, name="a.jpg", **paper))[0].outcome == "applied"
    announced = desk.clock.now
    phone.receive(late)
    phone.receive(files)
    store = desk.at("counter")
    read = desk.run(store.dossier(files))
    assert read is not None
    assert desk.run(store.files(read)) == {read.attachments[0].op: (None, announced)}
    assert phone.write("an", late, "subject.full_name", "Nông Thị Sen").outcome == "held"
    assert (listed(desk, "held"), listed(desk, "files")) == ([late], [files])
    rows = {row.id: row for row in desk.run(store.listed("all", None)).rows}
    assert (rows[late].held, rows[late].files, rows[files].held, rows[files].files) == (1, 0, 0, 1)


def test_names_of_units_procedures_people_and_options(desk: Desk, store: DeskStore) -> None:
    assert store.unit_name(UNIT) == "Xã Văn Lãng"
    assert store.unit_name("x") == "x"
    units = store.units()
    assert (UNIT, "Xã Văn Lãng") in units
    assert len(units) == 89
    assert all(one[1] <= other[1] for one, other in pairwise(units))
    form = store.form(FORM)
    assert form is not None
    assert store.title(PROCEDURE) == "Cấp Giấy xác nhận tình trạng hôn nhân", "its own name, not its form's"
    assert store.title("9.999999") == "9.999999"
    assert store.form("9.999999@1") is None
    assert {"value": "kinh"}.items() <= next(o for o in store.options("ethnic_groups") if o["value"] == "kinh").items()
    people = desk.people
    assert desk.run(store.officers(UNIT)) == [
        (people[who].person, people[who].name) for who in ("counter", "head")
    ]  # fmt: skip
    assert desk.run(store.officers(OTHER_UNIT)) == []
    assert store.officer.units_seen == (UNIT,)


def test_a_head_reads_of_the_devices_of_the_units_officers(desk: Desk) -> None:
    said = {"outbox": 17, "oldest_s": 93211.0, "blobs": 3, "free_mb": 410.0}
    desk.heard("counter", "d" * 8, "1.0.0", said)
    desk.clock.now += 1000
    desk.heard("counter", "d" * 8, "1.0.1", said)
    desk.heard("elsewhere", "e" * 8, "1.0.0", None)
    desk.heard("an", "f" * 8, "1.0.0", None)
    found = desk.run(desk.at("head").machines())
    name, at = desk.people["counter"].name, desk.clock.now
    assert found == [Machine(name, None, "d" * 8, "1.0.1", at, 17, 93211.0, 3, 410.0)]
    assert [desk.run(desk.at(who).machines()) for who in ("counter", "inspector")] == [None, None]


def everything(desk: Desk) -> dict[str, Any]:
    """Tell a life of dossiers on a desk and return all that its officers can read of it."""
    phone = Phone(desk)
    made = [phone.filed(name) for name in ("Đặng Tài Phúc", "Chu Văn Bế", "Lý Văn Páo")]
    for dossier in made[:2]:
        phone.receive(dossier)
    phone.write("an", made[0], PHONE, "0912345678")
    phone.write("counter", made[0], PHONE, "0987654321")
    phone.write("an", made[1], "subject.full_name", "Nông Thị Sen")
    phone.write("an", made[2], "subject.other_paper", "A")
    phone.write("counter", made[2], "subject.other_paper", "B")
    told: dict[str, Any] = {}
    for who in ("counter", "inspector", "elsewhere"):
        store = desk.at(who)
        told[who] = {name: desk.run(store.listed(name, None)).rows for name in LISTS}
        told[who]["counts"] = desk.run(store.counts())
        told[who]["found"] = [desk.run(store.found(words)) for words in ("ly", "0912345678", "0987654321")]
        told[who]["dossiers"] = [desk.run(store.dossier(dossier)) for dossier in made]
        told[who]["history"] = [desk.run(store.history(dossier)) for dossier in made]
    told["looked"] = desk.looks()
    return dict(_without_proofs(msgspec.to_builtins(told)))


def _without_proofs(value: Any) -> Any:
    """Leave out what hangs on a store's own secret."""
    if isinstance(value, dict):
        return {key: _without_proofs(each) for key, each in value.items() if key not in ("proof", "secret")}
    return [_without_proofs(each) for each in value] if isinstance(value, list) else value


def test_both_stores_tell_the_same(make: Callable[[str], Desk]) -> None:
    memory, sqlite = everything(make("memory")), everything(make("sqlite"))
    counts = memory["counter"]["counts"]
    assert (counts["held"], counts["two"], counts["due"]) == (2, 1, 0)
    assert memory == sqlite
