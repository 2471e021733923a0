"""Moments on the wire: milliseconds since 1970, or RFC 3339 text with an offset.

The dates of the law are those of Asia/Ho_Chi_Minh, which has kept UTC+7 without daylight saving since 1975.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Final

from msgspec import Meta

MOMENT_MAX: Final = 253_402_300_799_999  # the last millisecond of the year 9999
HO_CHI_MINH: Final = timezone(timedelta(hours=7))

Milliseconds = Annotated[int, Meta(ge=0, le=MOMENT_MAX)]
Moment = Milliseconds | Annotated[datetime, Meta(tz=True)]


def to_ms(moment: int | datetime) -> int:
    """Return a moment as milliseconds since 1970."""
    if isinstance(moment, int):
        return moment
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def local_day(at_ms: int) -> date:
    """Return the date in Asia/Ho_Chi_Minh at a moment."""
    return datetime.fromtimestamp(at_ms // 1000, HO_CHI_MINH).date()
