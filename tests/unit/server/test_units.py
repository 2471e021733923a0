"""The tree of units: what is shipped, what files say, what an old name means, and what is refused."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.data_dir import transaction
from server.ids import new_id
from server.offices import Offices
from server.shipped import keep_shipped
from server.store.catalogue import Shelf, units_of
from server.store.database import connect, migrate
from server.store.people import Person, actor_of, add_person, give_role
from server.store.units import after_of, history_of
from server.units.importing import Report, import_units, lines_of
from server.units.kinds import tier_of
from server.units.reading import RECORDS_MAX, UnreadableFile
from server.units.shipped import keep_demo_units
from server.units.succession import successors, unit_for
from server.units.tree import meant

TODAY = "2026-11-24"
REAL = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    migrate(tmp_path)
    with transaction(tmp_path) as filled:
        keep_shipped(filled, 1)
    with closing(connect(tmp_path)) as opened:
        yield opened


def take(conn: sqlite3.Connection, said: Any, *, dry_run: bool = False) -> Report:
    return import_units(conn, json.dumps(said).encode(), 5, dry_run=dry_run)


def agencies(*records: dict[str, Any]) -> dict[str, Any]:
    return {"agencies": list(records)}


def agency(**said: Any) -> dict[str, Any]:
    return {
        "name": "Trung tâm Lưu trữ",
        "short": "TTLT",
        "kind": "don_vi_su_nghiep",
        "code": None,
        "parent": "H37",
        **said,
    }


def test_a_clone_alone_has_the_communes_the_bodies_and_what_was_before(conn: sqlite3.Connection) -> None:
    units = units_of(conn)
    there = [unit for unit in units.values() if unit.there(TODAY)]
    assert len([unit for unit in there if unit.kind in ("commune", "ward")]) == 65
    assert len(there) == 65 + 24
    assert {unit.official_code for unit in units.values()} == {None, "H37", "H37.07", "H37.08", "H37.08.05"}
    gone = [unit for unit in units.values() if not unit.there(TODAY)]
    assert (len([u for u in gone if u.kind == "district"]), len([u for u in gone if u.kind != "district"])) == (11, 194)
    assert not any(unit.demo for unit in units.values())
    keep_demo_units(conn)
    whole = [unit for unit in units_of(conn).values() if unit.there(TODAY)]
    assert len(whole) == 228
    assert all("mẫu" in unit.name and unit.official_code is None for unit in whole if unit.demo)
    known = units_of(conn)
    assert {tier_of(unit, known) for unit in known.values()} == {"province", "central", "district", "commune"}
    assert tier_of(known["mau-06154-hcc"], known) == "commune"
    assert tier_of(known["ttpvhcc"], known) == "province"


@pytest.mark.parametrize(
    ("address", "today"),
    [
        ("Bắc Việt, Văn Lãng", ["06154"]),
        ("xã bac viet, huyen van lang", ["06154"]),
        ("Hoàng Văn Thụ, Thành phố Lạng Sơn", ["06187"]),
        ("Hoàng Văn Thụ, Bình Gia", ["06112"]),
        ("Hoàng Văn Thụ, Văn Lãng", ["06172"]),
        ("Bính Xá, Đình Lập", ["06625", "06613"]),
    ],
)
def test_an_address_of_before_means_a_commune_of_today(
    conn: sqlite3.Connection, address: str, today: list[str]
) -> None:
    units, after = units_of(conn), after_of(conn)
    found = meant(address, units.values())
    assert [set(successors(unit.id, after, units, TODAY)) for unit in found] == [set(today)]


def test_a_district_has_successors_and_what_is_there_stands_for_itself(conn: sqlite3.Connection) -> None:
    units, after = units_of(conn), after_of(conn)
    assert [units[each].name for each in successors("184", after, units, TODAY)] == [
        "Xã Khánh Khê", "Xã Tri Lễ", "Xã Tân Đoàn", "Xã Văn Quan", "Xã Yên Phúc", "Xã Điềm He",
    ]  # fmt: skip
    assert successors("184", after, units, "2022-12-31") == ["184"], "a figure of 2022 is the district's own"
    assert successors("06154", after, units, TODAY) == ["06154"]
    assert successors("nobody", after, units, TODAY) == []
    assert meant(" , ", units.values()) == []
    assert [unit.id for unit in meant("văn lãng", units.values())] == ["06154", "182"], "what is there comes first"


@pytest.mark.parametrize(
    ("unit", "begun", "goes_to"),
    [
        ("06154", "2026-11-01", "06154"),
        ("06154", "2025-06-30", "06154"),  # Bắc Việt of then is in Văn Lãng, which has its code
        ("06622", "2025-06-30", "06622-2025"),  # Bính Xá was split
        ("06622", "2026-11-01", "06622-2025"),
        ("06625", "2025-06-30", "06625-2025"),  # so was Kiên Mộc, which is also what a new commune is called
        ("06625", "2025-07-01", "06625"),
        ("06157-2025", "2026-11-01", "06154"),
        ("182", "2022-05-05", "182"),
        ("no-such", "2022-05-05", None),
    ],
)
def test_where_a_dossier_goes_that_was_begun_for_a_unit(
    conn: sqlite3.Connection, unit: str, begun: str, goes_to: str | None
) -> None:
    units, after = units_of(conn), after_of(conn)
    after["06157-2025"] = ["06154"]
    units["06157-2025"] = msgspec.structs.replace(units["06622-2025"], id="06157-2025")
    day, today = date.fromisoformat(begun), date.fromisoformat(TODAY)
    assert unit_for(unit, after, units, day, today) == goes_to


def test_a_telephone_comes_with_a_file_and_stays(conn: sqlite3.Connection) -> None:
    assert take(conn, agencies(agency(phone="02053812345"))).in_force
    assert take(conn, agencies(agency(name="Trung tâm Lưu trữ mới"))).in_force
    units = units_of(conn)
    assert (units["ttlt"].phone, units["ttlt"].name) == ("02053812345", "Trung tâm Lưu trữ mới")
    assert len(take(conn, agencies(agency(phone="gọi tôi"))).refused) == 1
    place = Offices(units, after_of(conn), TODAY).find("Trung tâm lưu trữ mới")
    assert place is not None
    assert place.phones == [("Trung tâm Lưu trữ mới", "02053812345")]
    assert Offices(units, after_of(conn), TODAY).find("H37.07") is not None
    assert place.handles("Trung tâm Lưu trữ mới")
    assert not place.handles("Sở Xây dựng")


def test_heads_follow_what_ended_also_by_way_of_another(conn: sqlite3.Connection) -> None:
    people = [new_id(n) for n in (1, 2)]
    for person, role in zip(people, ("head", "handler"), strict=True):
        add_person(conn, Person(person, f"{role}-x", role, "verified"), 1)
        give_role(conn, person, "06613", role, 1)
    at_ms = 1_795_485_000_000
    heirs = {unit for unit, roles in actor_of(conn, people[0], at_ms).units.items() if roles == ("heir",)}
    assert {"06622-2025", "189"} <= heirs
    assert actor_of(conn, people[0], 1_735_689_600_000).units == {"06613": ("head",)}, "before they ended"
    assert actor_of(conn, people[1], at_ms).units == {"06613": ("handler",)}
    conn.execute("UPDATE unit SET valid_to = '2026-01-31' WHERE id = '06613'")
    conn.execute("INSERT INTO succession VALUES ('06613', '06154')")
    give_role(conn, people[1], "06154", "head", 1)
    assert {"06613", "06622-2025", "189"} <= actor_of(conn, people[1], at_ms).units.keys()


def test_a_file_goes_in_once_and_its_history_stays(conn: sqlite3.Connection) -> None:
    first = take(conn, agencies(agency()))
    assert (first.added, first.in_force) == (1, True)
    again = take(conn, agencies(agency()))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert take(conn, agencies(agency(name="Trung tâm Lưu trữ lịch sử")), dry_run=True).changed == 1
    assert history_of(conn, "ttlt") == []
    take(conn, agencies(agency(name="Trung tâm Lưu trữ lịch sử", code="H37.99")))
    assert units_of(conn)["ttlt"].official_code == "H37.99"
    take(conn, agencies(agency(name="Trung tâm Lưu trữ lịch sử")))
    assert units_of(conn)["ttlt"].official_code == "H37.99", "null is not known, which takes nothing away"
    assert [(each["until"], each["name"]) for each in history_of(conn, "ttlt")] == [(5, "Trung tâm Lưu trữ")]


def test_a_commune_ends_with_its_successor_and_stays_known(conn: sqlite3.Connection) -> None:
    said: dict[str, Any] = {
        "effective": "2030-01-01",
        "new_units": [{"code": "09999", "name": "Xã Mới"}],
        "old_districts": [],
        "old_communes": [
            {"code": "09998", "name": "Xã Cũ", "district_code": "182", "new": [{"code": "09999", "name": "Xã Mới"}]}
        ],
    }
    assert take(conn, said).added == 2
    assert take(conn, said).unchanged == 2
    units = units_of(conn)
    assert (units["09998-2029"].valid_to, units["09999"].valid_from) == ("2029-12-31", "2030-01-01")
    assert successors("09998-2029", after_of(conn), units, "2030-01-01") == ["09999"]
    shelf = Shelf()
    assert shelf.fresh(conn).after["09998-2029"] == ["09999"]
    said["old_communes"][0]["new"].append({"code": "06154", "name": "Xã Văn Lãng"})
    assert take(conn, said).unchanged == 2
    assert shelf.fresh(conn).after["09998-2029"] == ["06154", "09999"], "a server that runs follows it too"
    ends = {"effective": "2031-01-01", "new_units": [], "old_districts": [{"code": "182", "name": "Huyện Văn Lãng"}]}
    assert take(conn, ends).changed == 1, "it had ended before: corrected, not ended"


@pytest.mark.parametrize(
    ("records", "refused"),
    [
        ([agency(name="")], [0]),
        ([agency(name=7)], [0]),
        ([agency(name="<script>alert(1)</script>")], [0]),
        ([agency(name="x" * 9000)], [0]),
        ([agency(kind="planet")], [0]),
        ([agency(code="H37.invented")], [0]),
        ([agency(code="H37.07")], [0]),
        ([agency(), agency()], [1]),
        ([agency(), 7, None, []], [1, 2, 3]),
        ([agency(parent="H99")], [0]),
        ([agency(unit_code="06154")], [0]),
        ([agency(kind="ubnd_xa", unit_code="00001")], [0]),
        ([agency(kind="ubnd_xa")], [0]),
        ([agency(code="H37.91", parent="H37.92"), agency(short="B", code="H37.92", parent="H37.91")], [0, 1]),
        ([agency(code="H37.91", parent="H37.91")], [0]),
        ([{"name": "UBND tỉnh", "short": "UBND tỉnh", "kind": "ubnd_tinh", "code": "H37", "parent": "H37.07"}], [0]),
    ],
)
def test_one_bad_record_keeps_the_whole_file_out(
    conn: sqlite3.Connection, records: list[Any], refused: list[int]
) -> None:
    before = units_of(conn)
    good = agency(name="Ban Quản lý rừng", short="BQLR")
    report = take(conn, agencies(*records, good))
    assert [each.index for each in report.refused] == refused
    assert all(each.reason for each in report.refused)
    assert not report.in_force
    assert units_of(conn) == before
    assert "nothing was done" in list(lines_of(report))[-1]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"new_units": [{"code": "1", "name": "Xã A"}]}, [("new_units", 0)]),
        (
            {"old_communes": [{"code": "09998", "name": "Xã Cũ", "district_code": "182", "new": []}]},
            [("old_communes", 0)],
        ),
        (
            {
                "old_communes": [
                    {
                        "code": "09998",
                        "name": "Xã Cũ",
                        "district_code": "182",
                        "new": [{"code": "00001", "name": "Xã A"}],
                    }
                ]
            },
            [("old_communes", 0)],
        ),
        ({"old_districts": [{"code": "182", "name": "Huyện A"}] * 2}, [("old_districts", 1)]),
    ],
)
def test_a_file_of_places_is_read_as_strictly(
    conn: sqlite3.Connection, change: dict[str, Any], refused: list[tuple[str, int]]
) -> None:
    report = take(conn, {"effective": "2025-07-01", "new_units": [], **change})
    assert [(each.list, each.index) for each in report.refused] == refused


@pytest.mark.parametrize(
    "raw",
    [
        b"", b'{"agencies": [{"name": "S', b"[]", b"7", b"\xff\xfe", b'{"agencies": 7}', b"[" * 100_000,
        b'{"new_units": [], "effective": "2025-13-01"}',
        b'{"new_units": [], "effective": "2025-07-01", "old_districts": 7}',
        json.dumps({"agencies": [None] * (RECORDS_MAX + 1)}).encode(),
    ],
)  # fmt: skip
def test_what_is_no_file_of_units_is_said_to_be_none(conn: sqlite3.Connection, raw: bytes) -> None:
    with pytest.raises(UnreadableFile):
        import_units(conn, raw, 5, dry_run=False)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_the_real_files_go_in_whole_and_twice_the_same(conn: sqlite3.Connection) -> None:
    for _ in range(2):
        reports = [
            import_units(conn, (REAL / name).read_bytes(), 5, dry_run=False) for name in ("units.json", "agencies.json")
        ]
        assert [each.refused for each in reports] == [[], []]
    assert [each.added + each.changed for each in reports] == [0, 0]
    assert [each.unchanged for each in reports] == [270, 89]
