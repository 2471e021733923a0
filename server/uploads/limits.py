"""How much is taken: of one upload, of one person, and of the disk."""

from typing import Final

from msgspec import Struct

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB
#: Digests one probe may name.
PROBE_MAX: Final = 1_000


class Limits(Struct, frozen=True, kw_only=True):
    """Limits of uploads; ``days`` is how long an unfinished or unnamed one is kept.

    ``room_bytes_min`` is what uploads leave free on the disk, so that applications, which are small, still get in.
    """

    upload_bytes_max: int = 256 * MIB
    open_max: int = 200
    person_bytes_max: int = 2 * GIB
    officer_open_max: int = 2_000
    officer_bytes_max: int = 64 * GIB
    days: int = 30
    idle_s: float = 120
    room_bytes_min: int = 256 * MIB
