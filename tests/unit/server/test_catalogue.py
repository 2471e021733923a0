"""A file of procedures goes in record by record, or not at all; what was there before stays readable."""

import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import Fee, Method, Procedure, Served, Time
from schemas.forms import decode_form
from server.catalogue.counting import counts_of
from server.catalogue.importing import Report, import_file, lines_of
from server.catalogue.listing import listed_with
from server.catalogue.reading import RECORD_LETTERS_MAX, UnreadableFileError
from server.catalogue.shipped import keep_procedures, shipped_procedures
from server.catalogue.telling import fee_words, time_words, told_of
from server.catalogue_commands import _bar
from server.cli import main
from server.shipped import documents
from server.store.database import connect, migrate
from server.store.procedures import changes_of, procedure, procedures
from server.texts import text

#: Where the province's real files lie beside the project, if they do.
DATA = Path(__file__).parents[4] / "shared" / "data"


def full(code: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "name_vi": f"Thủ tục {code}", "field": "Hộ tịch", "levels": ["xa"], "agency": [],
        "documents": [], "methods": [],
    } | more  # fmt: skip


def line(code: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "name_vi": f"Dòng {code}", "field": "Hộ tịch", "departments": [], "promulgator": "Bộ Tư pháp",
        "type": "STANDARD", "state": "ACTIVE", "portal_id": "019f",
    } | more  # fmt: skip


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    migrate(tmp_path)
    opened = connect(tmp_path)
    yield opened
    opened.close()


def taken(conn: sqlite3.Connection, *records: Any, raw: bytes | None = None, dry_run: bool = False) -> Report:
    body = json.dumps(records, ensure_ascii=False).encode() if raw is None else raw
    return import_file(conn, io.BytesIO(body), 1_000, dry_run=dry_run, progress=lambda _: None)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.withdrawn, report.unchanged


def kept(conn: sqlite3.Connection) -> list[tuple[Any, ...]]:
    tables = ("procedure_record", "procedure_change", "procedure_file", "tip")
    return [row for table in tables for row in conn.execute(f"SELECT * FROM {table}")]


def test_the_same_file_again_changes_nothing(conn: sqlite3.Connection) -> None:
    records = [full("1.001193"), full("1.004873", days=3, days_unit="ngày làm việc")]
    assert counts(taken(conn, *records)) == (2, 0, 0, 0)
    before = kept(conn)
    assert counts(taken(conn, *records)) == (0, 0, 0, 2)
    assert kept(conn) == before


def test_changes_and_withdrawals_are_remembered(conn: sqlite3.Connection) -> None:
    taken(conn, full("1.001193"), full("1.004873"))
    assert counts(taken(conn, full("1.001193", name_vi="Khai sinh"))) == (0, 1, 1, 0)
    gone = procedure(conn, "1.004873")
    assert gone is not None
    assert gone.withdrawn == 1_000
    assert [each.code for each in procedures(conn)] == ["1.001193"]
    assert [each.what for each in changes_of(conn, "1.004873")] == ["added", "withdrawn"]
    was = changes_of(conn, "1.001193")[1].was
    assert was is not None
    assert was.name == "Thủ tục 1.001193"
    assert counts(taken(conn, full("1.004873"))) == (0, 1, 1, 0)  # it is back, and the other is gone
    back = procedure(conn, "1.004873")
    assert back is not None
    assert back.withdrawn is None


def test_files_of_two_shapes_withdraw_nothing_of_each_other(conn: sqlite3.Connection) -> None:
    taken(conn, full("1.001193", decision="1/QĐ"))
    assert counts(taken(conn, line("1.001193"), line("2.000635"))) == (2, 0, 0, 0)
    known = procedure(conn, "1.001193")
    assert known is not None
    assert (known.procedure.name, known.procedure.published, known.procedure.decision, known.procedure.portal_id) == (
        "Thủ tục 1.001193", True, "1/QĐ", "019f",
    )  # fmt: skip
    assert counts(taken(conn, line("2.000635"))) == (0, 0, 1, 1)
    still = procedure(conn, "1.001193")
    assert still is not None
    assert still.withdrawn is None


def test_a_trial_changes_nothing(conn: sqlite3.Connection) -> None:
    before = kept(conn)
    assert counts(taken(conn, full("1.001193"), dry_run=True)) == (1, 0, 0, 0)
    assert kept(conn) == before


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (7, "no record"),
        (full("1.1"), "code"),
        (full("../../x"), "code"),
        (line("1.001194"), "other shape"),
        (full("1.001194", days="3"), "days"),
        (full("1.001194", days=10**30), "days"),
        (full("1.001194", levels=["huyen"]), "levels"),
        (full("1.001194", name_vi=" "), "no name"),
        (full("1.001194", name_vi="a" * 10_001), "name_vi"),
        (full("1.001194", name_vi="a\x00b"), "letters"),
        (full("1.001194", result=["\ud800"]), "letters"),
        (full("1.001194", service_level="mức 9"), "service level"),
        (full("1.001194", methods=[{"channel": "bồ câu"}]), "channel"),
        (full("1.001193", name_vi="Lại nữa"), "record 0"),
    ],
)
def test_a_record_is_refused_with_its_reason_and_the_others_go_in(
    conn: sqlite3.Connection, record: Any, reason: str
) -> None:
    body = json.dumps([full("1.001193"), record, full("1.004873")]).encode()
    report = taken(conn, raw=body)
    assert counts(report) == (2, 0, 0, 0)
    assert [each.index for each in report.refused] == [1]
    assert reason in report.refused[0].reason
    assert any("refused: 1" in said for said in lines_of(report, dry_run=True))


def test_what_was_known_stays_where_its_new_record_is_refused(conn: sqlite3.Connection) -> None:
    taken(conn, full("1.001193"), full("1.004873"))
    report = taken(conn, full("1.001193", days=-1), full("1.004873"))
    assert counts(report) == (0, 0, 0, 1)
    assert counts(taken(conn, full("1.001193", days=-1))) == (
        0,
        0,
        0,
        0,
    )  # nothing of it was taken: nothing is withdrawn
    assert [each.code for each in procedures(conn)] == ["1.001193", "1.004873"]


def test_odd_records_are_kept_as_they_are(conn: sqlite3.Connection) -> None:
    name = "<script>alert(1)</script> & " + "dài " * 2_200
    odd = full("1.001193", name_vi=name, days=5, days_unit="không ghi đơn vị", fee_vnd=None, fee_text=None)
    odd["methods"] = [{"channel": "trực tiếp", "time": 1, "unit": ".5 giờ", "fees": [{"vnd": 0, "note": "Miễn…"}]}]
    assert counts(taken(conn, odd | {"new_key": 1})) == (1, 0, 0, 0)
    found = next(procedures(conn))
    assert found.name == name
    assert found.fee is None
    assert found.time is not None
    assert (found.time.count, found.time.unit) == (5, "unknown")
    method = found.methods[0]
    assert method.time is not None
    assert (method.time.count, method.time.text) == (None, "1.5 giờ")
    assert method.fees[0].note == "Miễn…"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"[]", b"[", b"[1]", b"\xff\xfe[", b"[NaN]", b"[1e", b'["abc',
        json.dumps([full("1.001193"), full("1.004873")]).encode()[:-30],
        json.dumps([full("1.001193")]).encode() + b"]",
        json.dumps([full("1.001193")]).encode()[:-1] + b";",
        b"[" + b"[" * 200_000,
        b'["' + b"a" * (2 * RECORD_LETTERS_MAX),
        b"[" + b"1," * 50_001 + b"1]",
    ],
)  # fmt: skip
def test_an_unreadable_file_changes_nothing(conn: sqlite3.Connection, raw: bytes) -> None:
    before = kept(conn)
    with pytest.raises(UnreadableFileError):
        taken(conn, raw=raw)
    assert kept(conn) == before


class Endless(io.RawIOBase):
    """A text without an end, of which only what was asked for is ever in memory."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return (b'["' if self.given == size else b"") + b"a" * size


def test_a_file_without_an_end_is_given_up_within_a_record(conn: sqlite3.Connection) -> None:
    file = Endless()
    with pytest.raises(UnreadableFileError, match="too large"):
        import_file(conn, file, 1, dry_run=False, progress=lambda _: None)  # type: ignore[arg-type]
    assert file.given < 2 * RECORD_LETTERS_MAX


def test_a_file_that_does_not_say_its_size_is_read_to_the_limit_alone(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.catalogue.importing.FILE_MB_MAX", 1)
    with pytest.raises(UnreadableFileError, match="larger than"):
        taken(conn, raw=b"[" + b" " * 1024 * 1024 + b"]")
    assert not kept(conn)[:-1]


def test_a_stop_in_the_middle_leaves_what_was(conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(conn, full("1.001193"))
    before = kept(conn)
    monkeypatch.setattr("server.catalogue.importing.withdraw", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        taken(conn, full("1.001193", name_vi="Khác"), full("1.004873"))
    assert kept(conn) == before
    assert not conn.in_transaction


def test_what_is_linked_can_be_counted(conn: sqlite3.Connection) -> None:
    levels = ["không có kênh trực tuyến"] * 368 + ["một phần"] * 397 + ["toàn trình"] * 1_051
    ours = [
        full(f"1.{n:06}", provided=True, published=n % 2 == 0, linked=n < 1_755, service_level=level)
        for n, level in enumerate(levels)
    ]
    taken(conn, *ours, full("3.000001", service_since="2025-13-40"))
    found = counts_of(procedures(conn))
    assert (found["provided"], found["linked"], found["linked_percent"]) == (1_816, 1_755, 96.64)
    assert len(found["not_linked"]) == 61
    assert found["levels"] == {"2": 368, "3": 397, "4": 1_051}
    assert found["services"] == {"full": 1_051, "information": 368, "partial": 397}
    assert found["published"] == found["provided_and_published"] == 908
    assert counts_of([])["linked_percent"] is None


def test_a_service_level_has_the_day_that_its_source_names(conn: sqlite3.Connection) -> None:
    taken(conn, full("1.001193", service_level="toàn trình", source="crawl 2026-99, then 2026-10"))
    served = next(procedures(conn)).served[0]
    assert (served.service, served.level, served.since) == ("full", 4, "2026-10")


@pytest.mark.skipif(not DATA.is_dir(), reason="the province's files are not beside the project")
@pytest.mark.parametrize(("name", "count"), [("procedures", 1_143), ("catalogue", 4_071)])
def test_the_real_files_go_in_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, count: int) -> None:
    migrate(tmp_path)
    command = ["catalogue", "import", str(DATA / f"{name}.json"), "--data", str(tmp_path), "--json"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == {
        "added": count, "changed": 0, "withdrawn": 0, "unchanged": 0, "refused": [],
    }  # fmt: skip
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == count


def test_the_commands_say_what_they_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = tmp_path / "data", tmp_path / "file.json"
    migrate(data)
    file.write_text(json.dumps([full("1.001193", provided=True), 7]))
    assert main(["catalogue", "import", str(file), "--data", str(data)]) == 0
    assert "1 added" in capsys.readouterr().out
    assert main(["catalogue", "counts", "--data", str(data)]) == 0
    assert "provided: 1" in capsys.readouterr().out
    assert main(["catalogue", "show", "1.001193", "--data", str(data)]) == 0
    assert "Thủ tục 1.001193" in capsys.readouterr().out
    file.write_text("[{")
    for command in (["import", str(file)], ["import", str(tmp_path / "none")], ["show", "9.999999"]):
        assert main(["catalogue", *command, "--data", str(data)]) == 1
    assert "nothing was changed" in capsys.readouterr().err


def test_progress_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    draw = _bar(100)
    for count in (50, 0, 50, 0):
        draw(count)
    assert "50 %" in (said := capsys.readouterr().err)
    assert "100 %" in said


def test_the_procedures_written_here_are_of_communes_and_kept_once(conn: sqlite3.Connection) -> None:
    conn.execute("BEGIN")
    keep_procedures(conn, 1)
    before = kept(conn)
    keep_procedures(conn, 2)
    assert kept(conn) == before
    found = list(procedures(conn))
    assert len(found) >= 20
    assert all("xa" in each.levels and each.papers and each.legal and each.checked for each in found)
    forms = {decode_form(doc).procedure for doc in documents()}
    assert forms <= {each.code for each in found}


def test_what_is_written_here_stands_before_what_is_imported(conn: sqlite3.Connection) -> None:
    conn.execute("BEGIN")
    keep_procedures(conn, 1)
    conn.execute("COMMIT")
    taken(conn, full("1.001193", name_vi="KHAI SINH", decision="163/QĐ-BTP"))
    known = procedure(conn, "1.001193")
    assert known is not None
    assert (known.procedure.name, known.procedure.decision) == ("Đăng ký khai sinh", "163/QĐ-BTP")


@pytest.mark.parametrize("record", shipped_procedures(), ids=lambda each: each.code)
def test_no_amount_stands_alone(record: Procedure) -> None:
    told = told_of(record)
    assert told.fees
    assert all(re.sub(r"[0-9.]+ đ(ồng)?", "", line.words).strip(" .:") for line in told.fees)


@pytest.mark.parametrize(
    ("fee", "words"),
    [
        (Fee(0, "Không"), text("catalogue.fee_none")),
        (Fee(8_000), f"8.000 đ: {text('catalogue.fee_ask')}"),
        (Fee(None, "Miễn…", "lệ phí"), f"Lệ phí: Miễn… {text('catalogue.fee_cut')}"),
        (Fee(8_000, "8.000 đồng một bản"), "8.000 đồng một bản"),
    ],
)
def test_a_fee_is_told_with_its_conditions(fee: Fee, words: str) -> None:
    assert fee_words(fee) == words


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (Time(3, "working_day"), "3 ngày làm việc"),
        (Time(3, "working_day", "3 ngày làm việc"), "3 ngày làm việc"),
        (Time(5, "unknown"), text("catalogue.time_unknown", n=5)),
        (Time(None, "unknown", "1.5 giờ"), "1.5 giờ"),
        (Time(0, "working_day"), "Trong ngày"),
        (Time(0, "working_day", "Ngay."), "Ngay."),
        (Time(3, "working_day", "3 ngày làm việc, thêm 5 ngày"), "3 ngày làm việc, thêm 5 ngày"),
    ],
)
def test_a_time_is_told_with_its_doubt(time: Time, words: str) -> None:
    assert time_words(time) == words


def test_times_and_fees_by_channel_are_told_by_channel() -> None:
    counter = Method("counter", Time(3, "working_day"), (Fee(15_000),))
    told = told_of(
        Procedure("1.004194", "Tạm trú", methods=(counter, Method("online", Time(2, "working_day"), (Fee(7_000),))))
    )
    assert [line.channels for line in told.times] == [("counter",), ("online",)]
    assert [line.channels for line in told.fees] == [("counter",), ("online",)]
    alone = told_of(Procedure("1.004194", "Tạm trú", fee=Fee(0, "Miễn cho hộ nghèo.")))
    assert [line.words for line in alone.fees] == ["Miễn cho hộ nghèo."]
    assert told_of(Procedure("1.004194", "Tạm trú")).fees[0].words == text("catalogue.fee_unknown")


def test_lists_say_who_and_how_long() -> None:
    form = decode_form(documents()[0])
    known = [
        Procedure(form.procedure, "Đăng ký khai sinh", "Hộ tịch", ("xa",), time=Time(5, "hour")),
        Procedure("1.000005", "Hải quan", levels=("tinh",), agencies=("Chi cục",), time=Time(5)),
        Procedure("1.000006", "Khác", agencies=("A", "B", "C")),
        Procedure("1.000007", "Khác", levels=("tinh",)),
        Procedure("1.000008", "Khác", levels=("xa",), agency_kind="ubnd_xa", agencies=("Ủy ban nhân dân xã",)),
    ]
    listed = {each.record.code: each for each in listed_with(known, [form], {})}
    assert listed[form.procedure].record.form
    assert listed[form.procedure].time == "5 giờ làm việc"
    assert (listed["1.000005"].unit, listed["1.000005"].time) == ("Chi cục", "")
    assert [listed[f"1.00000{n}"].unit for n in (6, 7, 8)] == ["A; B", "Cơ quan cấp tỉnh", "Xã, phường"]
    assert [each.record.code for each in listed_with([], [form], {})] == [form.procedure]


def test_how_it_is_served_now_is_the_latest_that_is_known_whatever_the_order() -> None:
    served = (Served("full", 4, "2026-06"), Served("partial", 3, "2024-01"), Served("information"))
    assert Procedure("1.000001", "Tên", served=served).present == served[0]
    assert Procedure("1.000001", "Tên").present is None
