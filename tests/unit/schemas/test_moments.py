"""A moment is milliseconds or RFC 3339 text, and its day is that of Asia/Ho_Chi_Minh."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from schemas.moments import local_day, to_ms


@pytest.mark.parametrize(
    ("moment", "ms"),
    [
        (1_795_485_404_137, 1_795_485_404_137),
        (datetime(1970, 1, 1, 7, tzinfo=timezone(timedelta(hours=7))), 0),
        (datetime(2026, 11, 24, 1, 2, 3, 999_999, tzinfo=UTC), 1_795_482_123_999),
    ],
)
def test_both_spellings_of_a_moment_are_milliseconds(moment: int | datetime, ms: int) -> None:
    assert to_ms(moment) == ms


def test_the_day_begins_at_midnight_in_ho_chi_minh() -> None:
    midnight = to_ms(datetime(2026, 11, 23, 17, tzinfo=UTC))
    assert local_day(midnight) == date(2026, 11, 24)
    assert local_day(midnight - 1) == date(2026, 11, 23)
