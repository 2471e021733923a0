"""The tables, as a list of migrations that only ever grows.

Ids are UUIDv7 as 16-byte BLOBs: written in the order they were made, they keep the B-trees' right edge warm. Times are
milliseconds since 1970. Bodies of ops may be erased (null) without breaking the chain, which runs over their digests.
"""

import time
from typing import Final

from sqlite_utils import Database, Migrations

from server.ids import new_id
from server.store import figures, look_chain, procedures, worklist
from server.store.keys import blob

migrations: Final = Migrations("motcua")

_FIRST: Final = (
    """CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID""",
    # One row: the last log position given out, the end of the hash chain, and a count raised by each new form or unit.
    """CREATE TABLE tip (
        id INTEGER PRIMARY KEY CHECK (id = 1), head INTEGER NOT NULL, chain BLOB NOT NULL,
        floor INTEGER NOT NULL, catalogue INTEGER NOT NULL) STRICT""",
    """CREATE TABLE person (
        id BLOB PRIMARY KEY, user TEXT NOT NULL UNIQUE, name TEXT NOT NULL, status TEXT NOT NULL,
        citizen_id TEXT, citizen_id_hash BLOB, phone TEXT, phone_hash BLOB,
        secret_hash BLOB UNIQUE, password_hash TEXT, created INTEGER NOT NULL) STRICT""",
    """CREATE INDEX person_citizen_id ON person (citizen_id_hash) WHERE citizen_id_hash IS NOT NULL""",
    """CREATE TABLE session (
        token_hash BLOB PRIMARY KEY, person BLOB NOT NULL REFERENCES person, expires INTEGER NOT NULL)
        STRICT, WITHOUT ROWID""",
    """CREATE INDEX session_expires ON session (expires)""",
    """CREATE TABLE device (
        person BLOB NOT NULL REFERENCES person, id TEXT NOT NULL, app TEXT, last_seen INTEGER NOT NULL, stats TEXT,
        PRIMARY KEY (person, id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE unit (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, official_code TEXT,
        parent TEXT REFERENCES unit, valid_from TEXT NOT NULL, valid_to TEXT) STRICT, WITHOUT ROWID""",
    """CREATE TABLE role (
        person BLOB NOT NULL REFERENCES person, unit TEXT NOT NULL REFERENCES unit, role TEXT NOT NULL,
        valid_from INTEGER NOT NULL, valid_to INTEGER, PRIMARY KEY (person, unit, role, valid_from))
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE form (
        procedure TEXT NOT NULL, version INTEGER NOT NULL, doc BLOB NOT NULL, digest BLOB NOT NULL,
        published INTEGER NOT NULL, PRIMARY KEY (procedure, version)) STRICT""",
    """CREATE TABLE op (
        n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, dossier BLOB, person BLOB NOT NULL, type TEXT NOT NULL,
        body BLOB, digest BLOB NOT NULL, received INTEGER NOT NULL, made INTEGER NOT NULL, seq INTEGER NOT NULL,
        outcome TEXT NOT NULL, reason TEXT, role TEXT, rev INTEGER, was TEXT, rest BLOB) STRICT""",
    """CREATE INDEX op_held_dossier ON op (dossier, received, n) WHERE outcome = 'held'""",
    """CREATE INDEX op_held_reason ON op (reason, received, n) WHERE outcome = 'held'""",
    """CREATE INDEX op_held_unseen ON op (person) WHERE outcome = 'held' AND role IS NULL""",
    """CREATE TABLE log (
        seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, person BLOB, op BLOB, dossier BLOB,
        type TEXT, outcome TEXT, digest BLOB NOT NULL, state TEXT, channel TEXT, assisted INTEGER NOT NULL,
        level TEXT, receiving_unit TEXT, handling_unit TEXT, due TEXT, done INTEGER, chain BLOB NOT NULL) STRICT""",
    """CREATE TABLE dossier (
        n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, code TEXT UNIQUE, applicant BLOB NOT NULL, unit TEXT NOT NULL,
        state TEXT NOT NULL, procedure TEXT NOT NULL, rev INTEGER NOT NULL, submitted INTEGER, blob BLOB NOT NULL)
        STRICT""",
    """CREATE INDEX dossier_applicant ON dossier (applicant, id)""",
    """CREATE INDEX dossier_unit ON dossier (unit, id) WHERE submitted IS NOT NULL""",
    """CREATE INDEX dossier_newest ON dossier (unit, submitted, id) WHERE submitted IS NOT NULL""",
    """CREATE TABLE feed (
        scope BLOB NOT NULL, seq INTEGER NOT NULL, dossier BLOB NOT NULL, kind TEXT NOT NULL,
        PRIMARY KEY (scope, seq, dossier)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE outcome_feed (
        person BLOB NOT NULL, seq INTEGER NOT NULL, op BLOB NOT NULL, PRIMARY KEY (person, seq, op))
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE named (
        dossier BLOB NOT NULL, op BLOB NOT NULL, path TEXT NOT NULL, by_office INTEGER NOT NULL,
        PRIMARY KEY (dossier, op, path)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE counter (
        unit TEXT NOT NULL, day TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (unit, day)) STRICT, WITHOUT ROWID""",
    """INSERT INTO tip VALUES (1, 0, zeroblob(32), 0, 1)""",
    """INSERT INTO meta VALUES ('epoch', 'e1'), ('proof_key', randomblob(32)), ('hash_key', randomblob(32))""",
)


@migrations()
def first_tables(db: Database) -> None:
    """Create what the first dossier needs: people, units, forms, ops, the log and its feeds."""
    for statement in _FIRST:
        db.execute(statement)


@migrations()
def restorations(db: Database) -> None:
    """Remember each restore: the epoch it began, what it was made from, and the last day counted before it."""
    db.execute(
        """CREATE TABLE restoration (
            epoch INTEGER PRIMARY KEY, restored INTEGER NOT NULL, backup_made INTEGER NOT NULL,
            backup_head INTEGER NOT NULL, counted_to TEXT NOT NULL, lost TEXT NOT NULL) STRICT"""
    )


@migrations()
def sessions_are_devices(db: Database) -> None:
    """Give each session an id, contacts and a latest end; the secret that an account began with becomes one too."""
    now_ms = time.time_ns() // 1_000_000
    known = db.execute("SELECT token_hash, person, expires, expires FROM session").fetchall()
    # Without a password the secret is the only way in, and has no end (the year 9999).
    known += db.execute(
        """SELECT secret_hash, id, 253370764800000, 253370764800000 FROM person
           WHERE secret_hash IS NOT NULL AND password_hash IS NULL"""
    ).fetchall()
    db.execute("DROP TABLE session")
    db.execute(
        """CREATE TABLE session (
            token_hash BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, person BLOB NOT NULL REFERENCES person,
            label TEXT NOT NULL, device TEXT, begun INTEGER NOT NULL, seen INTEGER NOT NULL,
            expires INTEGER NOT NULL, latest INTEGER NOT NULL) STRICT, WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX session_expires ON session (expires)")
    db.execute("CREATE INDEX session_person ON session (person)")
    for token_hash, person, expires, latest in known:
        db.execute(
            "INSERT INTO session VALUES (?, ?, ?, '', NULL, ?, ?, ?, ?)",
            (token_hash, blob(new_id(now_ms)), person, now_ms, now_ms, expires, latest),
        )


@migrations()
def times_and_calendar(db: Database) -> None:
    """Keep how long each procedure may take, and the days that an administrator decided over the calendar."""
    db.execute(
        """CREATE TABLE allowed (
            procedure TEXT NOT NULL, channel TEXT NOT NULL, count INTEGER NOT NULL, unit TEXT NOT NULL,
            source TEXT NOT NULL, PRIMARY KEY (procedure, channel)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE calendar_day (
            n INTEGER PRIMARY KEY, day TEXT NOT NULL, working INTEGER NOT NULL, why TEXT NOT NULL,
            decision TEXT NOT NULL, verified INTEGER NOT NULL, added INTEGER NOT NULL) STRICT"""
    )


@migrations()
def uploads_and_files(db: Database) -> None:
    """Keep uploads under way, the files whose bytes are here, and which scope sees which file in which dossier."""
    for statement in (
        # ``state``: open, done (all bytes came; for as long as it lasts its person may use the file), gone.
        """CREATE TABLE upload (
            id BLOB NOT NULL PRIMARY KEY, person BLOB NOT NULL, length INTEGER NOT NULL, metadata TEXT NOT NULL,
            sha256 BLOB, state TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT""",
        """CREATE INDEX upload_person ON upload (person, state, length)""",
        """CREATE INDEX upload_content ON upload (person, sha256, state)""",
        """CREATE INDEX upload_sent ON upload (sha256, person) WHERE state = 'done'""",
        """CREATE INDEX upload_expires ON upload (expires)""",
        # ``looked`` is 0 until it was scanned and read; ``expires`` is when to ask whether anything still names it.
        """CREATE TABLE file (
            sha256 BLOB NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL, media TEXT NOT NULL, kind TEXT, fault TEXT,
            pages INTEGER, looked INTEGER NOT NULL, stored INTEGER NOT NULL, expires INTEGER NOT NULL)
            STRICT, WITHOUT ROWID""",
        """CREATE INDEX file_unlooked ON file (stored) WHERE looked = 0""",
        """CREATE INDEX file_expires ON file (expires)""",
        """CREATE TABLE attached (
            scope BLOB NOT NULL, sha256 BLOB NOT NULL, dossier BLOB NOT NULL, op BLOB NOT NULL, status TEXT NOT NULL,
            PRIMARY KEY (scope, sha256, dossier, op)) STRICT, WITHOUT ROWID""",
        """CREATE INDEX attached_dossier ON attached (dossier)""",
        """CREATE INDEX attached_file ON attached (sha256, dossier)""",
    ):
        db.execute(statement)


@migrations()
def worklists(db: Database) -> None:
    """List submitted dossiers for the desk, make them findable, and record who looked at them."""
    for statement in worklist.TABLES:
        db.execute(statement)
    if db.execute("SELECT 1 FROM dossier WHERE submitted IS NOT NULL LIMIT 1").fetchone() is not None:
        db.execute("INSERT INTO meta VALUES (?, '1')", (worklist.UNLISTED,))


@migrations()
def ops_by_dossier(db: Database) -> None:
    """Find a dossier's ops in the order they came without reading everybody's."""
    db.execute("CREATE INDEX op_dossier ON op (dossier, n)")
    db.execute("DROP INDEX dossier_newest")  # the lists of the desk have their own order


@migrations()
def looks_at_files(db: Database) -> None:
    """Record who looked at a file of a dossier, not only at its page."""
    db.execute("ALTER TABLE looked ADD COLUMN file BLOB")


@migrations()
def looks_in_a_chain(db: Database) -> None:
    """Chain the records of who looked at what, those from before too."""
    db.execute("ALTER TABLE looked ADD COLUMN chain BLOB")
    look_chain.chain_all(db.conn)


@migrations()
def units_among_the_words(db: Database) -> None:
    """Make every dossier's words anew before the next search: the unit is one of them now."""
    db.execute("UPDATE work SET stale = 1")


@migrations()
def who_decided_days(db: Database) -> None:
    """Record who decided over a day of the calendar; null for decisions of before, and for those by command."""
    db.execute("ALTER TABLE calendar_day ADD COLUMN person BLOB")


@migrations()
def a_tree_of_units(db: Database) -> None:
    """Keep which unit came after which, what a unit was before a file changed it, and how an agency is called."""
    for column in (
        "agency TEXT",
        "short TEXT",
        "confirmed INTEGER NOT NULL DEFAULT 1",
        "demo INTEGER NOT NULL DEFAULT 0",
    ):
        db.execute(f"ALTER TABLE unit ADD COLUMN {column}")
    db.execute(
        """CREATE TABLE succession (
            unit TEXT NOT NULL REFERENCES unit, successor TEXT NOT NULL REFERENCES unit,
            PRIMARY KEY (unit, successor)) STRICT, WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE unit_before (
            n INTEGER PRIMARY KEY, unit TEXT NOT NULL, until INTEGER NOT NULL, was TEXT NOT NULL) STRICT"""
    )


@migrations()
def figures_from_the_log(db: Database) -> None:
    """Keep what figures are made of; the log is read into it when they are first asked for."""
    for statement in figures.TABLES:
        db.execute(statement)


@migrations()
def a_catalogue_of_procedures(db: Database) -> None:
    """Keep what is known of procedures by source, what it was before, and the files it came from."""
    for statement in procedures.TABLES:
        db.execute(statement)


@migrations()
def hand_overs_and_claims(db: Database) -> None:
    """Keep what slips are claimed with, accounts that officers began, and who goes on with a draft that was claimed."""
    for statement in (
        # ``person``: to whom it was given, ``claimed`` when; ``account``: the account begun with it.
        """CREATE TABLE handover (
            code TEXT PRIMARY KEY, dossier BLOB NOT NULL, secret BLOB NOT NULL, officer BLOB NOT NULL, account BLOB,
            made INTEGER NOT NULL, person BLOB, claimed INTEGER) STRICT, WITHOUT ROWID""",
        """CREATE INDEX handover_dossier ON handover (dossier)""",
        """CREATE INDEX handover_account ON handover (account) WHERE account IS NOT NULL""",
        """CREATE INDEX handover_officer ON handover (officer, made)""",
        """CREATE TABLE assisted (
            code TEXT PRIMARY KEY, secret BLOB NOT NULL, person BLOB NOT NULL UNIQUE REFERENCES person,
            officer BLOB NOT NULL, made INTEGER NOT NULL, finished INTEGER) STRICT, WITHOUT ROWID""",
        """ALTER TABLE dossier ADD COLUMN beginner BLOB""",
        """CREATE INDEX dossier_beginner ON dossier (beginner, id) WHERE beginner IS NOT NULL""",
    ):
        db.execute(statement)


@migrations()
def accounts_begun_by_officers(db: Database) -> None:
    """Keep under which id a tablet began an account, which the slips of its dossiers name."""
    db.execute("ALTER TABLE assisted ADD COLUMN account BLOB")
    db.execute("CREATE UNIQUE INDEX assisted_account ON assisted (account)")


@migrations()
def targets_as_data(db: Database) -> None:
    """Keep which share is to be reached by whom in which year, every decision over it."""
    db.execute(
        """CREATE TABLE target (
            n INTEGER PRIMARY KEY, kpi TEXT NOT NULL, scope TEXT NOT NULL, period TEXT NOT NULL, percent REAL NOT NULL,
            most REAL, decision TEXT NOT NULL, added INTEGER NOT NULL) STRICT"""
    )


@migrations()
def telephones_of_units(db: Database) -> None:
    """Keep whom people call at a unit."""
    db.execute("ALTER TABLE unit ADD COLUMN phone TEXT")


@migrations()
def procedures_by_their_own_names(db: Database) -> None:
    """Make dossiers findable by what their procedure is called, not by their form's title alone."""
    db.execute("UPDATE work SET stale = 1")
