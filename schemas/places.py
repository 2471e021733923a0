"""Places: the communes of Lạng Sơn, the provinces, and the place codes inside citizen IDs.

Codes are those of the General Statistics Office's list after the reform of 1 July 2025. A commune often kept the code
of one of its predecessors, so a code alone does not tell old from new.
"""

from typing import Final

import msgspec
from msgspec import Struct

from schemas import lists

HOME_PROVINCE: Final = "20"


class Commune(Struct, frozen=True):
    """A commune or ward; ``former`` are the names of communes and districts it was made from."""

    code: str
    name: str
    type: str
    former: list[str]


class _Coded(Struct):
    code: str


COMMUNES: Final[dict[str, Commune]] = {
    commune.code: commune for commune in msgspec.json.decode(lists.raw("communes"), type=list[Commune])
}
PROVINCE_CODES: Final = frozenset(
    province.code for province in msgspec.json.decode(lists.raw("provinces"), type=list[_Coded])
)

#: The first three digits of a citizen ID: where the birth was registered. The 63 provinces before 2025 keep theirs.
BIRTH_PLACE_CODES: Final = frozenset(
    f"{number:03}"
    for number in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42),
        *(44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84),
        *(86, 87, 89, 91, 92, 93, 94, 95, 96),
    )
)
