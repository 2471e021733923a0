"""Recording which officer looked at which file; what is theirs by their own sending is no look."""

import sqlite3
from collections.abc import Sequence

from server.store.ledger import Tip
from server.store.looks import dossiers_shown, is_noted, note_look
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from sync.ledger import Actor


async def record_look(store: Store, actor: Actor, digest: str, *, whole: bool) -> None:
    """Record that an officer looks at a file, or at its small picture, in the dossiers where they see it.

    Raises:
        RequestProblem: it cannot be recorded; then the file is not to be shown.
    """
    file, now = (digest if whole else None), now_ms()
    new = _unrecorded(store, actor, digest, file, now)

    def job(conn: sqlite3.Connection, _: Tip) -> None:
        for dossier in new:
            note_look(conn, actor.person, dossier, now, file)

    if new:
        await store.write(job)


def _unrecorded(store: Store, actor: Actor, digest: str, file: str | None, now: int) -> Sequence[str]:
    try:
        shown = dossiers_shown(store.conn, digest, actor)
        return [each for each in shown if not is_noted(store.conn, actor.person, each, now, file)]
    except sqlite3.Error as fault:
        raise problem_of(fault) from fault
