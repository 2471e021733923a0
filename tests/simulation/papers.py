"""The office's files in the simulation: rows that a backup carries, and a disk on which only what was settled is sure.

The rules are the server's own (`sync/uploads.py`, `sync/files.py`). Modelled here is what `server/uploads` does around
them: parts that grow, writers that are sent away, a verdict that may have to wait, a sweep, and a stop between any two
steps.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from hashlib import sha256
from typing import Any

from msgspec import Struct

from schemas.problems import RequestProblem
from sync import files, uploads
from sync.dossier import Dossier
from sync.ledger import Actor, File
from sync.memory import MemoryLedger, MemoryWorld
from sync.rights import may_see
from sync.uploads import Upload

DAY_MS = 86_400_000
STRAY_MS = 60 * DAY_MS
#: What the first byte of a file of the simulation says it is.
KINDS = {b"J": "image", b"P": "pdf"}
BROKEN = b"B"


class ServerDied(Exception):
    """The server died before it answered."""


class Part(Struct):
    """Bytes of an upload on the disk; beyond ``settled`` they may be gone after a stop."""

    data: bytes = b""
    settled: int = 0


class Row(Struct):
    """A file in the tables."""

    bytes: int
    kind: str | None
    fault: str | None
    expires_ms: int
    looked: bool = False


class Rows(Struct):
    """What the tables know of uploads and files: it goes into a backup."""

    uploads: dict[str, Upload] = {}
    files: dict[str, Row] = {}


class Writer(Struct):
    """A request that adds bytes; ``sent_away`` once a newer one has come. With a checksum bytes wait ``aside``."""

    upload: Upload
    start: int
    checksum: str | None
    aside: bytes = b""
    taken: int = 0
    sent_away: bool = False


class Papers:
    """Uploads and files of one office. ``life_ms`` is how long an unfinished or unnamed one is kept."""

    def __init__(self, ledger: MemoryLedger, world: MemoryWorld, rng: random.Random, life_ms: int) -> None:
        self.ledger, self.world, self.rng, self.life_ms = ledger, world, rng, life_ms
        self.rows = Rows()
        self.parts: dict[str, Part] = {}
        self.blobs: dict[str, bytes] = {}
        self.kept_ms: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self.writers: dict[str, Writer] = {}
        self.may_die: Callable[[], None] = lambda: None
        self.busy = 0.0

    # ---- what phones ask

    def probe(self, person: str, digests: list[str], now: int) -> dict[str, Any]:
        return {digest: self._probe(self.ledger.actor(person), digest, now) for digest in digests}

    def create(self, person: str, upload: str, length: int, digest: str | None, now: int) -> str:
        self.rows.uploads[upload] = Upload(upload, person, length, "", digest, "open", now + self.life_ms)
        self.may_die()
        return f"/files/{upload}"

    def state(self, person: str, upload: str, now: int) -> int:
        """Return an upload's offset, after sending away whoever still writes."""
        self._mine(person, upload, now)
        self._send_away(upload, now)
        found = self._mine(person, upload, now)
        end = self.end(found)
        if end == found.length and found.state == "open":  # all came, and the server stopped there
            try:
                self._finish(found, now)
            except RequestProblem:
                raise RequestProblem("upload-gone") from None
        return end

    def write(self, person: str, upload: str, offset: int, announced: int, checksum: str | None, now: int) -> Writer:
        """Let a request add bytes; whoever writes now is sent away."""
        self._mine(person, upload, now)
        self._send_away(upload, now)
        found = self._mine(person, upload, now)
        uploads.may_add(found, self.end(found), offset, announced)
        writer = self.writers[upload] = Writer(found, offset, checksum)
        self.ends.pop(upload, None)  # until it is settled again nobody knows where it ends
        return writer

    def take(self, writer: Writer, piece: bytes) -> None:
        """Take bytes of a body as they come."""
        uploads.may_reach(writer.upload, writer.start + writer.taken + len(piece))
        writer.taken += len(piece)
        if writer.checksum is not None:
            writer.aside += piece
        else:
            self._part(writer).data += piece

    def close(self, writer: Writer, now: int, *, cut: bool) -> int:
        """End a request, at the end of its body or where it was cut; return the upload's offset."""
        upload = writer.upload
        if self.writers.get(upload.id) is writer:
            del self.writers[upload.id]
        part = self._part(writer)
        if writer.checksum is not None and not cut:
            if sha256(writer.aside).hexdigest() != writer.checksum:
                raise RequestProblem("checksum")
            part.data += writer.aside
        end = self.ends[upload.id] = self.settle(part)
        if upload.state == "open" and self.rows.uploads[upload.id].state == "open":
            if end == upload.length:
                self._finish(upload, now)
            elif upload.sha256 is not None and end > writer.start:
                self._arriving(upload, end, now)
        return end

    def end(self, upload: Upload) -> int:
        """Return where an upload ends, on the disk."""
        if upload.state == "done":
            return upload.length
        if upload.id not in self.ends:
            self.ends[upload.id] = self.settle(self.parts.get(upload.id, Part()))
        return self.ends[upload.id]

    def settle(self, part: Part) -> int:
        """Put a part on the disk."""
        part.settled = len(part.data)
        return part.settled

    # ---- what happens to the office

    def look(self, now: int) -> None:
        """Look at files that nobody could look at when they came."""
        for digest in [digest for digest, row in self.rows.files.items() if not row.looked]:
            self._look(digest, now)

    def sweep(self, now: int) -> None:
        """Let go of what has expired."""
        for name in [u.id for u in self.rows.uploads.values() if u.expires_ms <= now]:
            self._send_away(name, now)
            upload = self.rows.uploads[name]
            if upload.state == "open":
                self._move(upload, "gone", expires_ms=now + 30 * DAY_MS)
            else:
                del self.rows.uploads[upload.id]
            self._forget(upload.id)
        sent = {u.sha256 for u in self.rows.uploads.values() if u.state == "done"}
        named = {a.sha256 for dossier in self._dossiers() for a in dossier.attachments if uploads.keeps(a.status)}
        for digest in [digest for digest, row in self.rows.files.items() if row.expires_ms <= now]:
            if digest in sent or digest in named:
                self.rows.files[digest].expires_ms = now + self.life_ms
            else:
                del self.rows.files[digest]
                self.may_die()
                self.blobs.pop(digest, None)
        self._tell_ledger()

    def stop(self, now: int) -> None:
        """Stop without warning and start again: memory is gone, and what was not settled may be."""
        self.writers, self.ends = {}, {}
        for part in self.parts.values():
            part.data = part.data[: self.rng.randint(part.settled, len(part.data))]
            part.settled = len(part.data)
        for part in [p for p in self.parts if p not in self.rows.uploads or self.rows.uploads[p].state != "open"]:
            del self.parts[part]
        for digest in [d for d in self.blobs if d not in self.rows.files and self.kept_ms[d] < now - STRAY_MS]:
            del self.blobs[digest]

    def backup(self) -> Rows:
        return deepcopy(self.rows)

    def restore(self, rows: Rows, ledger: MemoryLedger, now: int, lost: set[str]) -> None:
        """Go back to the rows of a backup, the disk without what was ``lost``; wait for what is not here."""
        self.rows, self.ledger = deepcopy(rows), ledger
        for digest in lost:
            self.blobs.pop(digest, None)
        self.stop(now)
        for digest in [d for d, row in self.rows.files.items() if len(self.blobs.get(d, b"")) != row.bytes]:
            with self.ledger.transaction():
                for dossier in self._dossiers():
                    files.lost(self.ledger, self.world, dossier, digest, now)
            del self.rows.files[digest]
            for upload in [u for u in self.rows.uploads.values() if u.sha256 == digest and u.state == "done"]:
                self._move(upload, "gone")
        self._tell_ledger()

    # ---- within

    def _probe(self, actor: Actor, digest: str, now: int) -> Any:
        known = self._knows(actor, digest) and len(self.blobs.get(digest, b"")) == self.rows.files[digest].bytes
        mine = [u for u in self.rows.uploads.values() if u.person == actor.person and u.sha256 == digest]
        under_way = [(self.settle(self.parts.get(u.id, Part())), u) for u in mine if u.state == "open"]
        if known and digest in self.ledger.files:
            self._meet(digest, actor.person, now)
        return uploads.wanted(known=known, under_way=under_way, now_ms=now)

    def _knows(self, actor: Actor, digest: str) -> bool:
        if digest not in self.rows.files:
            return False
        done = [u for u in self.rows.uploads.values() if u.state == "done" and u.sha256 == digest]
        seen = any(
            a.sha256 == digest and a.status == "verified"
            for dossier in self._dossiers()
            if may_see(actor, dossier)
            for a in dossier.attachments
        )
        return uploads.is_known(sent=any(u.person == actor.person for u in done), seen=seen)

    def _mine(self, person: str, upload: str, now: int) -> Upload:
        return uploads.mine(self.rows.uploads.get(upload), person, now)

    def _send_away(self, upload: str, now: int) -> None:
        writer = self.writers.get(upload)
        if writer is not None:
            writer.sent_away = True
            with suppress(RequestProblem):  # told to the one who was sent away
                self.close(writer, now, cut=True)

    def _part(self, writer: Writer) -> Part:
        return self.parts.setdefault(writer.upload.id, Part())

    def _finish(self, upload: Upload, now: int) -> None:
        data = self.parts.get(upload.id, Part()).data
        digest = sha256(data).hexdigest()
        if not uploads.is_right(upload, digest):
            self._move(upload, "gone")
            self._forget(upload.id)
            raise RequestProblem("checksum")
        self._keep(digest if upload.sha256 is None else upload.sha256, data, upload, now)

    def _keep(self, digest: str, data: bytes, upload: Upload, now: int) -> None:
        self.may_die()
        self.blobs[digest] = data
        self.kept_ms[digest] = now
        self.may_die()
        head = data[:1]
        row = Row(len(data), KINDS.get(head), "unreadable" if head == BROKEN else None, upload.expires_ms)
        known = self.rows.files.setdefault(digest, row)
        known.expires_ms = max(known.expires_ms, row.expires_ms)
        self._move(upload, "done")
        self._tell_ledger()
        self.may_die()
        self._forget(upload.id)
        if known.looked or self.rng.random() >= self.busy:
            self._look(digest, now)

    def _look(self, digest: str, now: int) -> None:
        """Look at a file and let it meet what waits for it where one of its senders may see."""
        row = self.rows.files[digest]
        row.looked = True
        self._tell_ledger()
        for person in sorted(person for person, sent in self.ledger.senders if sent == digest):
            self._meet(digest, person, now)

    def _meet(self, digest: str, person: str, now: int) -> None:
        with self.ledger.transaction():
            for dossier in self._seen_by(person):
                files.settle(self.ledger, self.world, dossier, self.ledger.files[digest], now)

    def _arriving(self, upload: Upload, end: int, now: int) -> None:
        with self.ledger.transaction():
            for dossier in self._seen_by(upload.person):
                files.arriving(self.ledger, self.world, dossier, str(upload.sha256), end, now)

    def _seen_by(self, person: str) -> list[Dossier]:
        actor = self.ledger.actor(person)
        return [dossier for dossier in self._dossiers() if may_see(actor, dossier)]

    def _dossiers(self) -> list[Dossier]:
        found = map(self.ledger.find_dossier, sorted(self.ledger.dossiers))
        return [dossier for dossier in found if dossier is not None]

    def _move(self, upload: Upload, state: str, expires_ms: int | None = None) -> None:
        later = upload.expires_ms if expires_ms is None else expires_ms
        self.rows.uploads[upload.id] = Upload(
            upload.id, upload.person, upload.length, upload.metadata, upload.sha256, state, later
        )

    def _forget(self, upload: str) -> None:
        self.parts.pop(upload, None)
        self.ends.pop(upload, None)

    def _tell_ledger(self) -> None:
        """Let the engine's look-ups see what the rows say."""
        looked = {digest: row for digest, row in self.rows.files.items() if row.looked}
        self.ledger.files = {d: File(d, row.bytes, row.kind, row.fault) for d, row in looked.items()}
        done = (u for u in self.rows.uploads.values() if u.state == "done" and u.sha256 is not None)
        self.ledger.senders = {(u.person, str(u.sha256)) for u in done}
