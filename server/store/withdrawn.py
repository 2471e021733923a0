"""What was taken back since a backup stays taken back after a restore: sessions, passwords, roles, slips used up.

A phone that was stolen and signed out, a password that was guessed and changed, an officer who left, a slip that opens
nothing any more: a backup from before knows nothing of it. The database that is replaced does, where it can still be
read.
"""

import sqlite3
from pathlib import Path
from typing import Final

from server.settings import DAY_MS, SESSION_DAYS, SESSION_DAYS_MAX
from server.store.database import FILE
from server.store.sessions import NEVER_MS

LONGER_MS: Final = (SESSION_DAYS_MAX - SESSION_DAYS) * DAY_MS
#: Only about people whom the replaced database knows: an empty one says nothing about anybody.
_STATEMENTS: Final = (
    """DELETE FROM session WHERE person IN (SELECT id FROM replaced.person)
       AND token_hash NOT IN (SELECT token_hash FROM replaced.session)""",
    """UPDATE person SET password_hash = known.password_hash FROM replaced.person AS known
       WHERE known.id = person.id AND known.password_hash IS NOT NULL""",
    """UPDATE role SET valid_to = known.valid_to FROM replaced.role AS known
       WHERE known.person = role.person AND known.unit = role.unit AND known.role = role.role
       AND known.valid_from = role.valid_from AND known.valid_to IS NOT NULL AND role.valid_to IS NULL""",
    """UPDATE assisted SET finished = known.finished FROM replaced.assisted AS known
       WHERE known.code = assisted.code AND known.person = assisted.person AND known.finished IS NOT NULL""",
    """UPDATE handover SET person = known.person, claimed = known.claimed FROM replaced.handover AS known
       WHERE known.code = handover.code AND known.secret = handover.secret AND known.person IS NOT NULL
       AND handover.person IS NULL""",
    # The secret that an account began with got an end with the password.
    f"""UPDATE session SET expires = known.expires, latest = known.expires + {LONGER_MS}
       FROM replaced.session AS known WHERE known.token_hash = session.token_hash
       AND session.expires = {NEVER_MS} AND known.expires < {NEVER_MS}""",  # noqa: S608 - constants
)


def keep_withdrawn(conn: sqlite3.Connection, data: Path, head: int) -> bool:
    """Take back in a restored database what the one in ``data`` took back after the backup's log position ``head``.

    Returns whether that one could be asked. One whose log is shorter than the backup's knows less, and is not asked.
    """
    if not (data / FILE).exists():
        return False
    try:
        conn.execute("ATTACH DATABASE ? AS replaced", ((data / FILE).resolve().as_uri() + "?mode=ro",))
        try:
            return _take_back(conn, head)
        finally:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            conn.execute("DETACH DATABASE replaced")
    except sqlite3.Error:  # damaged: that may be why it is restored
        return False


def _take_back(conn: sqlite3.Connection, head: int) -> bool:
    conn.execute("BEGIN IMMEDIATE")
    if conn.execute("SELECT head FROM replaced.tip").fetchone()[0] < head:
        return False
    for statement in _STATEMENTS:
        conn.execute(statement)
    conn.execute("COMMIT")
    return True
