"""The devices of an account: one row a session, with its contacts, and the way to sign one out from afar.

Contacts are gathered in memory and written from time to time: a pull never waits for the disk.
"""

import re
import sqlite3
from typing import Final

from schemas.messages import Device, DeviceList
from schemas.problems import RequestProblem
from server.store.ledger import Tip
from server.store.people import seen_device
from server.store.sessions import NEVER_MS, Session, end_one, end_others, seen_session, sessions_of
from server.store.store import Store, now_ms

GATHERED_MAX: Final = 10_000
AGENT_LENGTH_MAX: Final = 1_000
#: What a program calls itself in ``User-Agent`` → what people call it; the first that fits. Nothing else is kept of it.
PROGRAMS: Final = (
    ("Zalo", "Zalo"), ("FBA[NV]", "Facebook"), ("SamsungBrowser", "Samsung Internet"), ("coc_coc_browser", "Cốc Cốc"),
    ("UCBrowser", "UC Browser"), ("Edg", "Edge"), ("OPR|Opera", "Opera"), ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X|Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class Devices:
    """The last word of each device since it was last written down."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[str | None, str | None, int]] = {}
        self._contacts: dict[str, tuple[str | None, int]] = {}

    def note(self, person: str, device: str, app: str | None, stats: str | None, at_ms: int) -> None:
        """Remember a device's word; beyond the limit new devices wait for the next writing."""
        if len(self._seen) < GATHERED_MAX or (person, device) in self._seen:
            self._seen[person, device] = app, stats, at_ms

    def contact(self, session: str, at_ms: int, device: str | None = None) -> None:
        """Remember that a session was used; beyond the limit others wait for their next contact."""
        if len(self._contacts) < GATHERED_MAX or session in self._contacts:
            before, _ = self._contacts.get(session, (None, 0))
            self._contacts[session] = device or before, at_ms

    async def write(self, store: Store) -> None:
        """Write down what was gathered."""
        seen, self._seen = self._seen, {}
        contacts, self._contacts = self._contacts, {}
        if not seen and not contacts:
            return

        def job(conn: sqlite3.Connection, tip: Tip) -> None:
            del tip
            for (person, device), (app, stats, at_ms) in seen.items():
                seen_device(conn, person, device, app, stats, at_ms)
            for session, (device_of, at_ms) in contacts.items():
                seen_session(conn, session, device_of, at_ms)

        await store.write(job)


def label_of(agent: str) -> str:
    """Return what people call a program and its system, "Chrome · Android"; empty where neither is known."""
    short = agent[:AGENT_LENGTH_MAX]
    found = (next((name for words, name in names if re.search(words, short)), "") for names in (PROGRAMS, SYSTEMS))
    return " · ".join(filter(None, found))


async def devices_of(store: Store, session: Session) -> DeviceList:
    """Return the devices that are signed in to the account that asks, the newest contact first."""
    rows = await store.read(lambda conn: sessions_of(conn, session.person, now_ms()))
    return DeviceList([
        Device(
            row.id, row.label, row.first, row.last,
            device=row.device, expires=None if row.expires >= NEVER_MS else row.expires, this=row.id == session.id,
        )
        for row in rows
    ])  # fmt: skip


async def sign_out_device(store: Store, session: Session, other: str) -> None:
    """End one session of the account that asks; harmless where there is none.

    Raises:
        RequestProblem: ``forbidden``: it is the only way in, a password comes first.
    """

    def job(conn: sqlite3.Connection, tip: Tip) -> bool:
        del tip
        return end_one(conn, session.person, other)

    if not await store.write(job):
        raise RequestProblem("forbidden", "without a password this phone is the only way in")


async def sign_out_others(store: Store, session: Session) -> int:
    """End every session of the account but the one that asks; return how many."""

    def job(conn: sqlite3.Connection, tip: Tip) -> int:
        del tip
        return end_others(conn, session.person, session.id)

    return await store.write(job)
