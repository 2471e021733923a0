"""What the engine knows of the world: published forms, units and the key of proofs, kept in memory, re-read on change.

Any process may publish a form beside a running server: ``tip.catalogue`` is raised with it, in the same transaction,
and each batch and each pull compares that number first.
"""

import hmac
import json
import sqlite3
from datetime import date
from hashlib import sha256
from typing import Final

from msgspec import Struct

from schemas.forms import Form, decode_form
from schemas.slips import secret_of
from server.calendar import SHIPPED, calendar_of
from server.desk.overrides import Override
from server.store.keys import blob
from server.store.procedures import procedure
from server.units.succession import unit_for
from sync.deadlines import Unit as UnitOfTime
from sync.ledger import Allowed
from sync.workflow import numbers_of

CODE_PREFIX: Final = "LS-"
ANY_CHANNEL: Final = ""
_UNIT: Final = "id, kind, name, official_code, parent, valid_from, valid_to, agency, short, confirmed, demo, phone"


class Unit(Struct, frozen=True):
    """An organisation or a place that dossiers and figures name; ``official_code`` is null while none is known.

    ``valid_from`` is empty where nobody knows since when it was there, ``valid_to`` is its last day. ``agency`` is what
    the authority of a commune is called; ``confirmed`` is false while a source has to be found; ``demo`` marks an
    invented one. ``phone`` is whom people call there, null while nobody has said.
    """

    id: str
    kind: str
    name: str
    official_code: str | None = None
    parent: str | None = None
    valid_from: str = "2025-07-01"
    valid_to: str | None = None
    agency: str | None = None
    short: str | None = None
    confirmed: bool = True
    demo: bool = False
    phone: str | None = None

    def there(self, day: str) -> bool:
        """Return whether it is there on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Published(Struct, frozen=True):
    """A form version as it is served: its document and the digest that is its ETag."""

    form: Form
    doc: bytes
    digest: bytes


class Catalogue:
    """Forms and units as they stood when last refreshed. Immutable: a change makes a new one."""

    def __init__(self, conn: sqlite3.Connection, stamp: int) -> None:
        self.stamp = stamp
        rows = conn.execute("SELECT procedure, version, doc, digest FROM form ORDER BY procedure, version")
        self.forms = {(p, v): Published(decode_form(doc), doc, digest) for p, v, doc, digest in rows}
        self.latest: dict[str, int] = {procedure: version for procedure, version in self.forms}  # noqa: C416 - keys as pairs
        known = {code: procedure(conn, code) for code in self.latest}
        self.records = {code: found.procedure for code, found in known.items() if found is not None}
        self.units = units_of(conn)
        self.after: dict[str, list[str]] = {}
        for unit, successor in conn.execute("SELECT unit, successor FROM succession ORDER BY unit, successor"):
            self.after.setdefault(unit, []).append(successor)
        self.calendar = calendar_of([*SHIPPED, *overrides_of(conn)])
        times = conn.execute("SELECT procedure, channel, count, unit FROM allowed")
        self.times = {(procedure, channel): Allowed(count, unit) for procedure, channel, count, unit in times}
        self.epoch = epoch_of(conn)
        #: The last day that an earlier epoch may have counted, as in codes; empty where there was none.
        self._counted: str = conn.execute("SELECT coalesce(max(counted_to), '') FROM restoration").fetchone()[0]
        self._key: bytes = conn.execute("SELECT value FROM meta WHERE key = 'proof_key'").fetchone()[0]

    def form(self, procedure: str, version: int) -> Form | None:
        """Return a published version of a form, or null."""
        found = self.forms.get((procedure, version))
        return None if found is None else found.form

    def named(self, name: str) -> Form | None:
        """Return a form by ``procedure@version``, or null."""
        procedure, _, version = name.partition("@")
        return self.form(procedure, int(version)) if version.isascii() and version.isdigit() else None

    def newest(self, procedure: str) -> int | None:
        """Return the newest published version of a procedure's form, or null."""
        return self.latest.get(procedure)

    def in_force(self, procedure: str, today: str) -> Published | None:
        """Return the version in force on a date, or null where there is none yet, or none any more."""
        found = self.last(procedure, today)
        return None if found is None or _ended(found.form, today) else found

    def last(self, procedure: str, today: str) -> Published | None:
        """Return the newest version that has come into force by a date, also one that has ended since, or null.

        A version that has begun replaces the earlier ones for good: when it ends, the procedure is withdrawn.
        """
        begun = [v for p, v in self.forms if p == procedure and _begun(self.forms[p, v].form, today)]
        return self.forms[procedure, max(begun)] if begun else None

    def unit_code(self, unit: str) -> str | None:
        """Return how the unit is written in dossier codes: its official code, else ``LS-`` and its own id."""
        found = self.units.get(unit)
        return None if found is None else found.official_code or CODE_PREFIX + found.id

    def unit_name(self, unit: str) -> str:
        """Return a unit's name; its id where it is not known."""
        found = self.units.get(unit)
        return unit if found is None else found.name

    def title_of(self, procedure: str) -> str:
        """Return a procedure's own name, else what its form is called; its code where there is neither."""
        if procedure in self.records:
            return self.records[procedure].name
        version = self.latest.get(procedure)
        return procedure if version is None else self.forms[procedure, version].form.title.vi

    def takes_in(self, unit: str, day: date) -> bool:
        """Return whether a unit is known and there on a day."""
        found = self.units.get(unit)
        return found is not None and found.there(day.isoformat())

    def unit_for(self, unit: str, begun: date, today: date) -> str | None:
        """Return the unit that a dossier goes to which was begun on a day for a unit, or null where nobody knows it."""
        return unit_for(unit, self.after, self.units, begun, today)

    def level(self, procedure: str) -> str | None:
        """Return how far a procedure that has a form is served online now (``full``, ``partial`` …), or null."""
        found = self.records.get(procedure)
        return found.present.service if found is not None and found.present is not None else None

    def field_of(self, procedure: str) -> str | None:
        """Return the field (lĩnh vực) of a procedure that has a form, or null where the catalogue has none."""
        found = self.records.get(procedure)
        return (found.field or None) if found is not None else None

    @property
    def usual_times(self) -> dict[str, Allowed]:
        """Return how long the office may take over each procedure where its channels do not differ."""
        return {procedure: time for (procedure, channel), time in self.times.items() if channel == ANY_CHANNEL}

    def allowed(self, procedure: str, channel: str) -> Allowed | None:
        """Return how long the office may take over a procedure filed by a channel, or null where unknown."""
        return self.times.get((procedure, channel)) or self.times.get((procedure, ANY_CHANNEL))

    def numbers_from(self, day: str) -> int:
        """Return above which number a day's codes begin: epoch × 1,000 up to the day of the last restore, else 0."""
        return numbers_of(self.epoch) if day <= self._counted else 0

    def prove(self, dossier: str, code: str) -> str:
        """Return the MAC over a dossier and its code."""
        return hmac.digest(self._key, f"{dossier}\n{code}".encode(), "sha256").hex()

    def secret(self, dossier: str) -> str:
        """Return the eight characters with which the state of a dossier is asked for."""
        return secret_of(hmac.digest(self._key, f"secret\n{dossier}".encode(), "sha256"))


def epoch_of(conn: sqlite3.Connection) -> int:
    """Return the epoch's number."""
    return int(conn.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0].removeprefix("e"))


class Shelf:
    """Hands out the catalogue, read again when its stamp has moved."""

    def __init__(self) -> None:
        self._held: Catalogue | None = None

    def fresh(self, conn: sqlite3.Connection) -> Catalogue:
        """Return the catalogue as this transaction sees it."""
        stamp = conn.execute("SELECT catalogue FROM tip").fetchone()[0]
        held = self._held
        if held is None or held.stamp != stamp:
            held = self._held = Catalogue(conn, stamp)
        return held


def publish(conn: sqlite3.Connection, doc: bytes, now_ms: int) -> bool:
    """Keep a checked form document as its version; return whether it is new. Spaces and order of keys are no content.

    Raises:
        ValueError: that version was published with another content.
    """
    form, digest = decode_form(doc), sha256(doc).digest()
    known = published(conn, form)
    if known is not None:
        if json.loads(known) != json.loads(doc):
            raise ValueError(f"{form.id} is published with another content")
        return False
    conn.execute("INSERT INTO form VALUES (?, ?, ?, ?, ?)", (form.procedure, form.version, doc, digest, now_ms))
    raise_stamp(conn)
    return True


def allow(conn: sqlite3.Connection, procedure: str, count: int, unit: UnitOfTime, source: str) -> None:
    """Keep how long the office may take over a procedure, where nothing is known yet."""
    added = conn.execute(
        "INSERT INTO allowed VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (procedure, ANY_CHANNEL, count, unit, source),
    ).rowcount
    if added:
        raise_stamp(conn)


def decide_day(conn: sqlite3.Connection, override: Override, now_ms: int, person: str | None) -> None:
    """Make a day a day off or a working day from now on, by a decision; dossiers keep the calendar they were given.

    ``person`` is the id of who does, null for who does it on the server itself.
    """
    conn.execute(
        "INSERT INTO calendar_day (day, working, why, decision, verified, added, person) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            override.day.isoformat(), override.working, override.why, override.decision, override.verified, now_ms,
            blob(person) if person is not None else None,
        ),
    )  # fmt: skip
    raise_stamp(conn)


def overrides_of(conn: sqlite3.Connection) -> list[Override]:
    """Return what administrators decided over the calendar, in the order they did."""
    rows = conn.execute(
        """SELECT day, working, why, decision, verified, name, added FROM calendar_day
           LEFT JOIN person ON person.id = calendar_day.person ORDER BY n"""
    )
    return [
        Override(date.fromisoformat(day), bool(on), why, decision, bool(sure), by, at_ms)
        for day, on, why, decision, sure, by, at_ms in rows
    ]


def published(conn: sqlite3.Connection, form: Form) -> bytes | None:
    """Return the document under which a form's version was published, or null."""
    row = conn.execute(
        "SELECT doc FROM form WHERE procedure = ? AND version = ?", (form.procedure, form.version)
    ).fetchone()
    return None if row is None else row[0]


def units_of(conn: sqlite3.Connection) -> dict[str, Unit]:
    """Return all units by id, those that ended too."""
    rows = conn.execute(f"SELECT {_UNIT} FROM unit")  # noqa: S608 - constant
    return {row[0]: Unit(*row[:9], *map(bool, row[9:11]), *row[11:]) for row in rows}


def unit_named(conn: sqlite3.Connection, code: str) -> str | None:
    """Return the id of the unit with an id or an official code, or null."""
    found = conn.execute("SELECT id FROM unit WHERE ? IN (id, official_code)", (code,)).fetchone()
    return None if found is None else str(found[0])


def put_unit(conn: sqlite3.Connection, unit: Unit) -> bool:
    """Keep a unit where it is not known; return whether it is new. One from before there was a tree gets its place."""
    added = _insert(conn, unit, "DO NOTHING")
    if not added and unit.parent is not None:
        conn.execute("UPDATE unit SET parent = ? WHERE id = ? AND parent IS NULL", (unit.parent, unit.id))
    if added:
        raise_stamp(conn)
    return bool(added)


def change_unit(conn: sqlite3.Connection, unit: Unit) -> None:
    """Keep a unit as it is said to be now; whoever calls this has written down what it was."""
    _insert(
        conn,
        unit,
        """(id) DO UPDATE SET kind = excluded.kind, name = excluded.name, official_code = excluded.official_code,
           parent = excluded.parent, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
           agency = excluded.agency, short = excluded.short, confirmed = excluded.confirmed, demo = excluded.demo,
           phone = excluded.phone""",
    )
    raise_stamp(conn)


def _insert(conn: sqlite3.Connection, unit: Unit, known: str) -> int:
    return conn.execute(
        f"INSERT INTO unit ({_UNIT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT {known}",  # noqa: S608
        (
            unit.id, unit.kind, unit.name, unit.official_code, unit.parent, unit.valid_from, unit.valid_to,
            unit.agency, unit.short, unit.confirmed, unit.demo, unit.phone,
        ),
    ).rowcount  # fmt: skip


def raise_stamp(conn: sqlite3.Connection) -> None:
    """Have every process read the catalogue again."""
    conn.execute("UPDATE tip SET catalogue = catalogue + 1")


def _begun(form: Form, today: str) -> bool:
    return form.effective_from is None or form.effective_from <= today


def _ended(form: Form, today: str) -> bool:
    return form.effective_to is not None and form.effective_to < today
