"""How often somebody may try to sign in: a few failures an account, then a pause."""

from collections import OrderedDict
from typing import Final

from schemas.problems import RequestProblem

FAILURES_MAX: Final = 10
PAUSE_MS: Final = 10 * 60_000
REMEMBERED_MAX: Final = 50_000


class Attempts:
    """The failures of the last minutes by account; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def admit(self, user: str, now_ms: int) -> None:
        """Let a try through.

        Raises:
            RequestProblem: ``slow-down``, after too many failures.
        """
        count, last = self._failures.get(user, (0, 0))
        left_ms = last + PAUSE_MS - now_ms
        if left_ms <= 0:
            self._failures.pop(user, None)
        elif count >= FAILURES_MAX:
            raise RequestProblem("slow-down", retry_after_s=left_ms // 1000 + 1)

    def failed(self, user: str, now_ms: int) -> None:
        """Count a failure."""
        count, _ = self._failures.pop(user, (0, 0))
        self._failures[user] = count + 1, now_ms
        while len(self._failures) > REMEMBERED_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, user: str) -> None:
        """Forget the failures."""
        self._failures.pop(user, None)
