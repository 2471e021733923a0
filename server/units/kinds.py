"""What kinds of units there are, on which tier each stands, and how a kind is written in files of agencies."""

from collections.abc import Mapping
from typing import Final

from server.store.catalogue import Unit

PROVINCE: Final = "province"
ONE_STOP: Final = "one_stop"
ROOM: Final = "room"
#: Kind → tier. A one-stop centre and a room stand where the unit above them stands.
TIERS: Final[dict[str, str]] = {
    PROVINCE: "province", "department": "province", "service": "province", "board": "province",
    "branch": "central", "district": "district", "commune": "commune", "ward": "commune", "town": "commune",
}  # fmt: skip
#: Units that people live in.
COMMUNES: Final = ("commune", "ward")
#: How agencies.json writes kinds. ``ubnd_xa`` names the authority of a commune or ward that is known by its code.
WRITTEN: Final[dict[str, str]] = {
    "ubnd_tinh": PROVINCE, "so": "department", "don_vi_su_nghiep": "service", "trung_tam_hcc": ONE_STOP,
    "ban": "board", "nganh_doc": "branch", "huyen": "district", "phong": ROOM,
}  # fmt: skip
COMMITTEE: Final = "ubnd_xa"


def tier_of(unit: Unit, units: Mapping[str, Unit]) -> str:
    """Return the tier: ``province``, ``central``, ``district`` or ``commune``."""
    while unit.kind not in TIERS:
        above = units.get(unit.parent or "")
        if above is None:
            return TIERS[PROVINCE]
        unit = above
    return TIERS[unit.kind]


def kind_of_place(name: str) -> str:
    """Return the kind that a place's full name says: Phường, Thị trấn, else Xã."""
    return {"Phường": "ward", "Thị": "town"}.get(name.partition(" ")[0], "commune")
