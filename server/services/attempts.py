"""How often somebody may try: the account first, the address last, since a whole commune may sit behind one address.

Rule 1. Failures are counted by account. After a few, each further one doubles the pause, up to an hour, from however
many addresses they come. Sessions that are open do not notice.
Rule 2. A device on which the account was signed in before has a count of its own (OWASP, "device cookies"): whoever
guesses elsewhere cannot lock its owner out of it.
Rule 3. An attempt is counted when it is let in and taken back when it fits, so that many at once count as many.
Rule 4. A code on a slip is locked after ten failures, for an hour and then twice as long each time; whoever asks
meanwhile hears what any mistake is told.
Rule 5. What is remembered is bounded; the oldest is forgotten first. Keys are hashes or ids: no word that was typed.
"""

import ipaddress
from collections import OrderedDict
from typing import Final, Generic, TypeVar

from schemas.problems import RequestProblem

FREE_FAILURES: Final = 5
PAUSE_FIRST_MS: Final = 30_000
PAUSE_MAX_MS: Final = 60 * 60_000
FORGOTTEN_AFTER_MS: Final = 24 * 60 * 60_000
REMEMBERED_MAX: Final = 50_000

HOUR_MS: Final = 60 * 60_000
ADDRESS_FAILURES_AN_HOUR: Final = 300
ADDRESS_ACCOUNTS_AN_HOUR: Final = 1_000
SECRET_REPEATS_AN_HOUR: Final = 120
SLIP_FAILURES: Final = 10
SLIP_LOCK_MAX_MS: Final = 7 * 24 * HOUR_MS
ADDRESS_SLIPS_AN_HOUR: Final = 300

V = TypeVar("V")


class _Remembered(Generic[V]):
    """A map that forgets its oldest entry beyond a number."""

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[str, V] = OrderedDict()
        self._most = most

    def get(self, key: str) -> V | None:
        return self._kept.get(key)

    def put(self, key: str, value: V) -> None:
        self._kept.pop(key, None)
        self._kept[key] = value
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def drop(self, key: str) -> None:
        self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)


class Pauses:
    """Growing pauses after failures, by key."""

    def __init__(self, remembered_max: int = REMEMBERED_MAX) -> None:
        self._failures: _Remembered[tuple[int, int]] = _Remembered(remembered_max)

    def admit(self, key: str, now_ms: int) -> None:
        """Let a try in and count it as a failure until it is said to be none.

        Raises:
            RequestProblem: ``slow-down``, during a pause.
        """
        count, last = self._failures.get(key) or (0, 0)
        if now_ms - last >= FORGOTTEN_AFTER_MS:
            count = 0
        left_ms = last + pause_ms(count) - now_ms
        if left_ms > 0:
            raise RequestProblem("slow-down", retry_after_s=-(-left_ms // 1000))
        self._failures.put(key, (count + 1, now_ms))

    def take_back(self, key: str) -> None:
        """Count the last try no more: it was not judged."""
        count, last = self._failures.get(key) or (0, 0)
        if count > 1:
            self._failures.put(key, (count - 1, last))
        else:
            self._failures.drop(key)

    def forget(self, key: str) -> None:
        """Forget all failures: a try fitted."""
        self._failures.drop(key)


def pause_ms(failures: int) -> int:
    """Return how long nobody may try after so many failures."""
    if failures < FREE_FAILURES:
        return 0
    return min(PAUSE_MAX_MS, PAUSE_FIRST_MS << min(failures - FREE_FAILURES, 20))


class Locks:
    """Locks after failures, by key: after every ten, for an hour, two, four."""

    def __init__(self, remembered_max: int = REMEMBERED_MAX) -> None:
        self._failures: _Remembered[tuple[int, int]] = _Remembered(remembered_max)

    def admit(self, key: str, now_ms: int) -> bool:
        """Let a try in and count it as a failure until it is said to be none; return false while it is locked."""
        count, last = self._failures.get(key) or (0, 0)
        if now_ms - last >= SLIP_LOCK_MAX_MS:
            count = 0
        if count and count % SLIP_FAILURES == 0 and now_ms - last < lock_ms(count):
            return False
        self._failures.put(key, (count + 1, now_ms))
        return True

    def forget(self, key: str) -> None:
        """Forget all failures: a try fitted."""
        self._failures.drop(key)


def lock_ms(failures: int) -> int:
    """Return for how long a key is locked after so many failures, ten or a multiple of it."""
    return min(SLIP_LOCK_MAX_MS, HOUR_MS << min(failures // SLIP_FAILURES - 1, 20))


class Budget:
    """So many an hour by key, all at once if need be; what was not used comes back evenly."""

    def __init__(self, an_hour: int, remembered_max: int = REMEMBERED_MAX) -> None:
        self._most = an_hour
        self._used: _Remembered[tuple[float, int]] = _Remembered(remembered_max)

    def take(self, key: str, now_ms: int) -> None:
        """Use one.

        Raises:
            RequestProblem: ``slow-down``, when none is left.
        """
        used, since = self._used.get(key) or (0.0, now_ms)
        used = max(0.0, used - (now_ms - since) * self._most / HOUR_MS)
        if used + 1 > self._most:
            wait_ms = (used + 1 - self._most) * HOUR_MS / self._most
            raise RequestProblem("slow-down", retry_after_s=int(wait_ms // 1000) + 1)
        self._used.put(key, (used + 1, now_ms))

    def give_back(self, key: str) -> None:
        """Use one less."""
        found = self._used.get(key)
        if found is not None:
            self._used.put(key, (max(0.0, found[0] - 1), found[1]))


class Limits:
    """All that is counted in one server process."""

    def __init__(self) -> None:
        self.sign_in = Pauses()
        self.password = Pauses()
        self.failures_by_address = Budget(ADDRESS_FAILURES_AN_HOUR)
        self.accounts_by_address = Budget(ADDRESS_ACCOUNTS_AN_HOUR)
        self.repeats_by_secret = Budget(SECRET_REPEATS_AN_HOUR)
        self.slips = Locks()
        self.slips_by_address = Budget(ADDRESS_SLIPS_AN_HOUR)


def network_of(host: str | None) -> str:
    """Return what counts as one address: an IPv4 address, or the 64 bits of IPv6 that one subscriber has."""
    try:
        address = ipaddress.ip_address((host or "").partition("%")[0])
    except ValueError:
        return "?"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
