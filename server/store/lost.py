"""The lost window: what was done after a backup was made, read from the database that a restore replaces.

What phones did heals by itself: they send it again. What officers did on the online desk does not, and neither do
changes of accounts, roles and forms: it is listed here so that somebody can do it again.
"""

import sqlite3
from typing import Any, Final

import msgspec

from server.store.backup import Manifest
from server.store.keys import text

LISTED_MAX: Final = 10_000

_OFFICE: Final = """
    SELECT log.at, log.type, log.dossier, log.person, dossier.code, person.user, op.body
    FROM log JOIN op ON op.id = log.op LEFT JOIN dossier ON dossier.id = log.dossier
        LEFT JOIN person ON person.id = log.person
    WHERE log.seq > ? AND log.kind = 'op' AND log.outcome IN ('applied', 'conflict')
        AND log.person IN (SELECT person FROM role) ORDER BY log.seq LIMIT ?"""
#: Rows made or ended after a moment: of accounts, roles and forms no phone sends again.
_OTHERS: Final = {
    "accounts": "SELECT count(*) FROM person WHERE created > ?",
    "roles": "SELECT count(*) FROM role WHERE valid_from > ?1 OR valid_to > ?1",
    "forms": "SELECT count(*) FROM form WHERE published > ?",
    "slips": "SELECT count(*) FROM handover WHERE made > ?",
    "claims": "SELECT count(*) FROM handover WHERE claimed > ?",
    "assisted": "SELECT count(*) FROM assisted WHERE made > ?",
    "finished": "SELECT count(*) FROM assisted WHERE finished > ?",
}


class OfficeStep(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something that an officer did: when (ms), who, to which dossier, and what (``command receive``, ``patch`` …)."""

    at: int
    user: str
    dossier: str
    code: str | None = None
    what: str


class Lost(msgspec.Struct, kw_only=True):
    """What the replaced database has after the backup. ``known`` is false, and all else empty, where none can be read.

    ``since`` and ``until`` are milliseconds since 1970. ``ops`` counts what was received, ``begun`` and ``submitted``
    dossiers; ``office`` is what officers did; ``slips`` were given out, ``claims`` made with them, ``assisted``
    accounts begun for others and ``finished`` by their owners. ``other_log`` is true where the replaced database does
    not go on from this backup: then all of it counts.
    """

    since: int
    known: bool = False
    until: int | None = None
    ops: int = 0
    begun: int = 0
    submitted: int = 0
    office: list[OfficeStep] = []
    accounts: int = 0
    roles: int = 0
    forms: int = 0
    slips: int = 0
    claims: int = 0
    assisted: int = 0
    finished: int = 0
    other_log: bool = False


def lost_since(replaced: sqlite3.Connection, backup: Manifest) -> Lost:
    """Return what a database has that a backup has not."""
    last = replaced.execute("SELECT at FROM log ORDER BY seq DESC LIMIT 1").fetchone()
    lost = Lost(since=backup.made, known=True, until=None if last is None else max(last[0], backup.made))
    lost.other_log = not _goes_on(replaced, backup)
    after = 0 if lost.other_log else backup.head
    counted = replaced.execute(
        """SELECT count(*), coalesce(sum(type = 'create' AND outcome = 'applied'), 0),
           coalesce(sum(type = 'submit' AND outcome = 'applied' AND state = '1'), 0) FROM log
           WHERE seq > ? AND kind = 'op'""",
        (after,),
    ).fetchone()
    lost.ops, lost.begun, lost.submitted = counted
    lost.office = [_step(row) for row in replaced.execute(_OFFICE, (after, LISTED_MAX))]
    for name, sql in _OTHERS.items():
        setattr(lost, name, replaced.execute(sql, (backup.made,)).fetchone()[0])
    return lost


def _goes_on(replaced: sqlite3.Connection, backup: Manifest) -> bool:
    """Return whether the backup's log is the beginning of this one: the chain has the same link at its end."""
    if backup.head == 0:
        return True
    row = replaced.execute("SELECT chain FROM log WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (backup.head,)).fetchone()
    return row is not None and row[0].hex() == backup.chain


def _step(row: tuple[Any, ...]) -> OfficeStep:
    at, kind, dossier, person, code, user, body = row
    content = msgspec.json.decode(body) if body is not None else {}
    what = f"{kind} {content['name']}" if "name" in content and kind == "command" else kind
    return OfficeStep(at=at, user=user or text(person), dossier=text(dossier), code=code, what=what)
