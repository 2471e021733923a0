"""Demo data beside what is shipped: a few officers, and citizens whose IDs begin with 999, a prefix that nobody has.

Everything here can be done again: what is there already stays as it is.
"""

import sqlite3
from typing import Final

from schemas.moments import local_day
from server.figures.targets import Target, decided, set_targets
from server.ids import new_id
from server.services.passwords import hash_of
from server.shipped import keep_shipped
from server.store.people import Person, add_person, find_user, give_role
from server.units.shipped import PROVINCE_ID, keep_demo_units

DEMO_DECISION: Final = "chỉ tiêu mẫu, không phải của tỉnh"
PASSWORD: Final = "motcua-demo"  # noqa: S105 - printed for everybody who starts the demo
#: Communes whose demo officers take in dossiers: Văn Lãng, Hội Hoan, Đông Kinh, Kỳ Lừa.
COMMUNES: Final = ("06154", "06151", "05977", "06187")
CITIZENS: Final = (
    "Hoàng Thị Ngân",
    "Lý Văn Páo",
    "Nông Thị Sen",
    "Triệu Mùi Ghến",
    "Vi Văn Thắng",
    "Lương Thị Hồng Nhung",
    "Đặng Tài Phúc",
    "Chu Văn Bế",
    "Nguyễn Hữu Đức",
)


def seed_people(conn: sqlite3.Connection, now_ms: int) -> None:
    """Keep the demo accounts: citizens, officers and heads of some communes, an inspector, an administrator."""
    if find_user(conn, "demo-1") is not None:
        return
    hashed = hash_of(PASSWORD)
    for number, name in enumerate(CITIZENS, 1):
        _person(conn, f"demo-{number}", name, hashed, now_ms, citizen_id=f"999{number % 2}90{number:06d}")
    for unit in COMMUNES:
        officer = _person(conn, f"officer-{unit}", f"Cán bộ một cửa {unit}", hashed, now_ms)
        for role in ("counter", "handler"):
            give_role(conn, officer, unit, role, now_ms)
        give_role(conn, _person(conn, f"head-{unit}", f"Lãnh đạo {unit}", hashed, now_ms), unit, "head", now_ms)
    inspector = _person(conn, "inspector-1", "Thanh tra thử", hashed, now_ms)
    admin = _person(conn, "admin-1", "Quản trị thử", hashed, now_ms)
    for unit in COMMUNES:
        give_role(conn, inspector, unit, "inspector", now_ms)
        give_role(conn, admin, unit, "admin", now_ms)


def seed(conn: sqlite3.Connection, now_ms: int) -> None:
    """Keep all demo data, in the caller's transaction."""
    keep_shipped(conn, now_ms)
    keep_demo_units(conn)
    year = f"{local_day(now_ms):%Y}"
    goals = [
        Target("online_dossiers", "kind:commune", year, 50, DEMO_DECISION),
        Target("online_dossiers", "kind:ward", year, 50, DEMO_DECISION),
        Target("online_procedures", "kind:province", year, 80, DEMO_DECISION),
    ]
    set_targets(conn, [each for each in goals if not decided(conn, each)], now_ms)
    seed_people(conn, now_ms)
    admin = find_user(conn, "admin-1")
    if admin is not None:  # the calendar, the units and the targets are the province's
        give_role(conn, admin.id, PROVINCE_ID, "admin", now_ms)


def _person(
    conn: sqlite3.Connection, user: str, name: str, hashed: str, now_ms: int, *, citizen_id: str | None = None
) -> str:
    person = Person(new_id(now_ms), user, name, "verified", hashed)
    add_person(conn, person, now_ms, citizen_id=citizen_id)
    return person.id
