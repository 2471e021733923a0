"""Demo data: the 65 communes, a few officers and citizens whose IDs begin with 999, a prefix that nobody has.

Everything here can be done again: what is there already stays as it is.
"""

import json
import secrets
import sqlite3
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from schemas import lists
from schemas.ids import id_from
from schemas.moments import MOMENT_MAX
from server.store.catalogue import Unit, publish, put_unit
from server.store.people import Person, add_person, find_user, give_role

PASSWORD: Final = "motcua-demo"  # noqa: S105 - printed for everybody who starts the demo
SHIPPED: Final = Path(lists.__file__).parent.parent / "procedures"
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


def new_id(at_ms: int) -> str:
    """Return a new UUIDv7 of a moment."""
    return id_from(min(at_ms, MOMENT_MAX), secrets.randbits(74))


def publish_shipped(conn: sqlite3.Connection, now_ms: int) -> list[str]:
    """Publish the forms this project ships; return those that are new, as ``procedure@version``."""
    added = []
    for path in sorted(SHIPPED.glob("*.json")):
        doc = path.read_bytes()
        if publish(conn, doc, now_ms):
            form = json.loads(doc)
            added.append(f"{form['procedure']}@{form['version']}")
    return added


def seed_units(conn: sqlite3.Connection) -> None:
    """Keep the 65 communes and wards of Lạng Sơn."""
    for commune in json.loads(lists.raw("communes")):
        kind, word = ("ward", "Phường") if commune["type"] == "ward" else ("commune", "Xã")
        put_unit(conn, Unit(commune["code"], kind, f"{word} {commune['name']}"))


def seed_people(conn: sqlite3.Connection, now_ms: int) -> None:
    """Keep the demo accounts: citizens, officers and heads of some communes, an inspector, an administrator."""
    if find_user(conn, "demo-1") is not None:
        return
    hashed = PasswordHasher().hash(PASSWORD)
    for number, name in enumerate(CITIZENS, 1):
        _person(conn, f"demo-{number}", name, hashed, now_ms, citizen_id=f"9991{number % 2}90{number:06d}"[:12])
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
    seed_units(conn)
    publish_shipped(conn, now_ms)
    seed_people(conn, now_ms)


def _person(
    conn: sqlite3.Connection, user: str, name: str, hashed: str, now_ms: int, *, citizen_id: str | None = None
) -> str:
    person = Person(new_id(now_ms), user, name, "verified", hashed)
    add_person(conn, person, now_ms, citizen_id=citizen_id)
    return person.id
