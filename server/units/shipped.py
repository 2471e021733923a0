"""The units that every installation knows: communes and wards, the province's bodies, and what was before 2025."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from schemas import lists
from server.store.catalogue import Unit, put_unit
from server.store.units import after_of, follow
from server.units.kinds import kind_of_place
from server.units.reading import former_id

_HERE: Final = Path(__file__).parent
PROVINCE_ID: Final = "ubnd-tinh"
#: All agencies and units of the province that dossiers go to, before the reform and in the demo.
ALL_UNITS: Final = 228
DEMO_MARK: Final = "(đơn vị mẫu)"


def keep_units(conn: sqlite3.Connection) -> None:
    """Keep what is shipped, in the caller's transaction; what is there already stays as it is."""
    for unit in (*bodies(), *communes(), *_former()):
        put_unit(conn, unit)
    known = after_of(conn)
    follow(conn, {unit: each for unit, each in _after().items() if unit not in known})


def keep_demo_units(conn: sqlite3.Connection) -> None:
    """Fill up to the 228 of the province with invented units, each marked as one, below those that are real."""
    places = [unit for unit in communes() if unit.valid_to is None]
    real = len(bodies()) + len(places)
    made = [
        Unit(f"mau-{place.id}-{key}", kind, f"{words} {place.name} {DEMO_MARK}", parent=place.id, demo=True)
        for key, kind, words in (
            ("hcc", "one_stop", "Trung tâm Phục vụ hành chính công"),
            ("vp", "room", "Văn phòng HĐND và UBND"),
        )
        for place in places
    ]
    rest = ALL_UNITS - real - len(made)
    made += [
        Unit(f"mau-{n}", "service", f"Đơn vị sự nghiệp số {n} {DEMO_MARK}", parent=PROVINCE_ID, demo=True)
        for n in range(1, rest + 1)
    ]
    for unit in made:
        put_unit(conn, unit)


def bodies() -> list[Unit]:
    """Return the province's bodies. Only four official codes are known; the others stay null."""
    return [Unit(**each, valid_from="") for each in _read("bodies.json")]


def communes() -> list[Unit]:
    """Return the communes and wards since 1 July 2025."""
    return [
        Unit(
            each["code"],
            each["type"],
            f"{'Phường' if each['type'] == 'ward' else 'Xã'} {each['name']}",
            parent=PROVINCE_ID,
        )
        for each in json.loads(lists.raw("communes"))
    ]


def _former() -> Iterator[Unit]:
    was = _read("former.json")
    for each in was["districts"]:
        yield Unit(each["code"], "district", each["name"], None, PROVINCE_ID, "", was["ended"])
    for each in was["communes"]:
        key = former_id(each["code"], was["ended"])
        yield Unit(key, kind_of_place(each["name"]), each["name"], None, each["district"], "", was["ended"])


def _after() -> dict[str, list[str]]:
    was = _read("former.json")
    after: dict[str, set[str]] = {}
    for each in was["communes"]:
        after.setdefault(former_id(each["code"], was["ended"]), set()).update(each["into"])
        after.setdefault(each["district"], set()).update(each["into"])
    return {unit: sorted(each) for unit, each in after.items()}


def _read(name: str) -> Any:
    return json.loads((_HERE / name).read_bytes())
