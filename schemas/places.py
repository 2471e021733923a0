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
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 "
    "044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 "
    "089 091 092 093 094 095 096".split()
)
