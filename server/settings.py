"""What whoever runs the server may choose."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from server.uploads.limits import Limits

#: A session ends this long after its last contact, and never later than the second after it began.
SESSION_DAYS: Final = 30
SESSION_DAYS_MAX: Final = 180
DAY_MS: Final = 86_400_000


class Settings(Struct, frozen=True, kw_only=True):
    """How one server process runs. ``demo`` shows that nothing in it is real.

    ``scanner`` is where a clamd listens: ``host:port``, or the path of a socket.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    scanner: str | None = None
    uploads: Limits = Limits()
