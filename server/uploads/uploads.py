"""Uploads from their creation to a file in the store: what the tus routes, the probe and the sweep all use.

Rule 1. An offset is told only once that much is on the disk, and it never goes down.
Rule 2. Who comes later for an upload sends a stale writer away (`server.uploads.locker`).
Rule 3. The tables say what there is: a blob that no row names is nothing, and a row is written after its blob.
"""

import asyncio
import errno
import logging
import shutil
import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from schemas.ids import is_id
from schemas.problems import RequestProblem
from server.ids import new_id
from server.services.files import meet_waiting, note_arriving, note_looked
from server.settings import DAY_MS
from server.store.attached import waiting_for
from server.store.files import (
    Found,
    Stored,
    add_upload,
    ask_soon,
    end_upload,
    find_stored,
    find_upload,
    keep_file,
    knows_file,
    open_uploads,
    senders_of,
    unlooked,
    usage,
)
from server.store.ledger import Tip
from server.store.people import actor_of
from server.store.store import Store, now_ms
from server.store.writer import problem_of
from server.uploads import tus
from server.uploads.blobs import BlobStore
from server.uploads.intake import Aside, Cut, Intake, Receive, Tail, body, empty_tail
from server.uploads.limits import Limits
from server.uploads.locker import Hold, Locker
from server.uploads.looking import HEAD_BYTES, Looker, sniffed
from server.uploads.reader import NoAnswer
from server.uploads.scan import NoScanner
from sync import uploads as rules
from sync.ledger import Actor
from sync.uploads import Upload

THREADS: Final = 8
TAILS_MAX: Final = 2_000
RETRY_AFTER_S: Final = 60
#: An answer waits at most this long for the verdict on its file, so that the next pull usually has it.
VERDICT_S: Final = 2.0
LOOKED_A_ROUND: Final = 100
WAITING_MAX: Final = 10_000
#: Failures that end a round: the scanner, or this machine, is not well.
FAILED_A_ROUND: Final = 3
#: Whoever opens files may die over one, or be late with it, so often before that is the file's fault: ten minutes.
UNANSWERED_MAX: Final = 10
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

log = logging.getLogger("motcua.files")
T = TypeVar("T")


class Uploads:
    """All uploads of one data directory."""

    def __init__(self, store: Store, blobs: BlobStore, looker: Looker, limits: Limits, folder: Path) -> None:
        """Take the tables, the bytes, who looks at files, the limits, and the folder whose disk must keep room."""
        self.store, self.blobs, self.looker, self.limits = store, blobs, looker, limits
        self.locker, self.contents = Locker(), Locker()
        self._folder = folder
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="files")
        self._tails: OrderedDict[str, Tail] = OrderedDict()
        self._looking: set[asyncio.Task[bool]] = set()
        #: How often a file could not be looked at, for whatever reason, and how often whoever opens files gave no
        #: answer about it. Since this start: a file that is too much for every process is tried anew after the next.
        self._failed: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()

    async def create(self, actor: Actor, asked: tus.Creation) -> Upload:
        """Begin an upload; when this returns, it is on the disk.

        Raises:
            RequestProblem: ``slow-down`` (too much of this person is open or kept) or ``storage-full``.
        """
        self._admit(asked.length)
        now = now_ms()
        expires = now + self.limits.days * DAY_MS
        upload = Upload(new_id(now), actor.person, asked.length, asked.metadata, asked.sha256, "open", expires)
        officer = bool(actor.units)
        open_max = self.limits.officer_open_max if officer else self.limits.open_max
        bytes_max = self.limits.officer_bytes_max if officer else self.limits.person_bytes_max

        def job(conn: sqlite3.Connection, tip: Tip) -> None:
            del tip
            count, size = usage(conn, actor.person)
            if count >= open_max or size + asked.length > bytes_max:
                raise RequestProblem("slow-down", "too many files are on their way", retry_after_s=RETRY_AFTER_S)
            add_upload(conn, upload, now)

        await self.store.write(job)
        self._remember(upload.id, empty_tail())
        return upload

    async def state(self, person: str, identifier: str) -> tuple[Upload, int]:
        """Return an upload and its offset, after sending away whoever still writes.

        Raises:
            RequestProblem: ``not-found`` or ``upload-gone``.
        """
        self.mine(person, identifier)  # before anything: nobody sends away another person's writer
        async with self.locker.hold(identifier):
            upload = self.mine(person, identifier)
            tail = await self._tail(upload)
            if tail.offset == upload.length and upload.state == "open":  # all came, and the server stopped there
                try:
                    await self._finish(upload, tail)
                except RequestProblem as fault:
                    raise fault if fault.problem.code != "checksum" else RequestProblem("upload-gone") from fault
            return upload, tail.offset

    async def write(
        self, person: str, identifier: str, offset: int, checksum: tus.Checksum | None, announced: int | None,
        receive: Receive,
    ) -> tuple[Upload, int]:  # fmt: skip
        """Add a request's bytes to an upload; return it with its new offset.

        Raises:
            RequestProblem: ``not-found``, ``upload-gone``, ``upload-offset`` (also for who was sent away by a newer
                request), ``too-large``, ``checksum`` or ``storage-full``; then nothing of a refused body counts.
        """
        upload = self.mine(person, identifier)  # before anything: nobody sends away another person's writer
        return await self.fill(upload, offset, checksum, announced, receive)

    async def fill(
        self, upload: Upload, offset: int, checksum: tus.Checksum | None, announced: int | None, receive: Receive
    ) -> tuple[Upload, int]:
        """Add a request's bytes to an upload that was just looked up or begun, as ``write`` does.

        Raises:
            RequestProblem: as ``write``.
        """
        async with self.locker.hold(upload.id) as hold:
            if hold.waited:
                upload = self.mine(upload.person, upload.id)
            tail = await self._tail(upload)
            rules.may_add(upload, tail.offset, offset, announced)
            if upload.state == "done":
                return upload, tail.offset
            tail, cut = await self._take(upload, tail, checksum, receive, hold)
            await self._after(upload, tail, offset)
            if cut is not None and cut.why != "gone":
                raise RequestProblem("upload-offset", f"the request was {cut.why}")
            return upload, tail.offset

    async def end(self, person: str, identifier: str) -> None:
        """End an upload before its time. What became a file stays where something names it.

        Raises:
            RequestProblem: ``not-found`` or ``upload-gone``.
        """
        self.mine(person, identifier)  # before anything: nobody sends away another person's writer
        async with self.locker.hold(identifier):
            if self.mine(person, identifier).state == "done":  # its bytes count for nobody from now on
                await self.store.write(lambda conn, _: ask_soon(conn, identifier, now_ms()))
            await self._drop(identifier)

    async def probe(self, actor: Actor, digests: list[str]) -> dict[str, Any]:
        """Return what is to be sent of each file. Nothing here depends on what others have."""
        return {digest: await self._probe(actor, digest) for digest in digests}

    def mine(self, person: str, identifier: str) -> Upload:
        """Return an upload of this person.

        Raises:
            RequestProblem: ``not-found``, also where it is somebody else's; ``upload-gone``.
        """
        found = self._look_up(lambda conn: find_upload(conn, identifier) if is_id(identifier) else None)
        return rules.mine(found, person, now_ms())

    async def visible(self, actor: Actor, digest: str) -> Stored:
        """Return a file that the actor may see and that is whole and clean.

        Raises:
            RequestProblem: ``not-found``.
        """
        stored = self._look_up(lambda conn: find_stored(conn, digest) if knows_file(conn, digest, actor) else None)
        if stored is None or not stored.looked or stored.fault is not None:
            raise RequestProblem("not-found")
        if await self.run(self.blobs.length, digest) != stored.bytes:
            raise RequestProblem("not-found")
        return stored

    async def resume_looking(self) -> None:
        """Look at files that nobody could look at when they came.

        Those that failed most often come last, and a few failures end the round: a file that the scanner will never
        take, or that kills whoever opens it, holds up none of the others.
        """
        waiting, failures = self._look_up(lambda conn: unlooked(conn, WAITING_MAX)), 0
        for counted in (self._failed, self._unanswered):
            for digest in counted.keys() - set(waiting):
                del counted[digest]
        for digest in sorted(waiting, key=self._failed.__getitem__)[:LOOKED_A_ROUND]:
            failures += not await self._look(digest)
            if failures == FAILED_A_ROUND:
                return

    async def run(self, call: Callable[..., T], *arguments: Any) -> T:
        """Run a blocking call on a thread of the store's own.

        Raises:
            RequestProblem: ``storage-full``, or ``unavailable`` for another fault of the disk.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call, *arguments)
        except OSError as fault:
            raise disk_problem(fault) from fault

    async def close(self) -> None:
        """Let go of threads and of the worker."""
        for task in list(self._looking):
            task.cancel()
        await self.looker.close()
        self._pool.shutdown()

    async def _take(
        self, upload: Upload, tail: Tail, checksum: tus.Checksum | None, receive: Receive, hold: Hold
    ) -> tuple[Tail, Cut | None]:
        """Take a body as far as it comes; return where the part ends, and why the body ended early, if it did.

        What came is settled, unless all of it is here: then it becomes a file at once, and that settles it.
        """
        self._tails.pop(upload.id, None)  # until it is settled again nobody knows where it ends
        intake = Intake(self.blobs, self.run, upload.id, tail, lambda: self._admit(0))
        aside = Aside(self.run, checksum, self._folder) if checksum is not None else None
        whole = False
        try:
            cut = await self._read(upload, intake, aside, receive, hold)
            whole = intake.end == upload.length
        finally:
            if aside is not None:
                aside.close()
            if not whole:
                self._remember(upload.id, await intake.settle() if intake.end > tail.offset else tail)
        return (await intake.flush() if whole else await self._tail(upload)), cut

    async def _read(
        self, upload: Upload, intake: Intake, aside: Aside | None, receive: Receive, hold: Hold
    ) -> Cut | None:
        try:
            async for piece in body(receive, hold, self.limits.idle_s):
                taken = intake.end + (aside.size if aside is not None else 0)
                rules.may_reach(upload, taken + len(piece))
                await (aside if aside is not None else intake).take(piece)
        except Cut as fault:
            return fault
        if aside is not None:
            if not aside.right():
                raise RequestProblem("checksum")
            await aside.pour(intake)
        return None

    async def _after(self, upload: Upload, tail: Tail, before: int) -> None:
        if tail.offset == upload.length:
            await self._finish(upload, tail)
        elif upload.sha256 is not None and tail.offset > before:
            await self._note_arriving(upload.sha256, upload.person, tail.offset)

    async def _note_arriving(self, digest: str, person: str, received: int) -> None:
        if self._waited_for(digest, person):
            await self.store.write(
                lambda conn, tip: note_arriving(conn, tip, self.store.shelf, digest, person, received)
            )

    def _waited_for(self, digest: str, person: str) -> bool:
        key = bytes.fromhex(digest)
        return bool(self._look_up(lambda conn: waiting_for(conn, key, actor_of(conn, person, now_ms()))))

    async def _finish(self, upload: Upload, tail: Tail) -> None:
        """Check all bytes and make them a file.

        Raises:
            RequestProblem: ``checksum``; the upload is gone and begins again as another.
        """
        digest = tail.digest.hexdigest()
        if not rules.is_right(upload, digest):
            await self._drop(upload.id)
            raise RequestProblem("checksum", "the file is not the one that was announced")
        async with self.contents.hold(digest):  # not while the sweep removes the same content
            media = await self.run(self._keep, upload.id, digest)
            plain = self.looker.plain(media)

            def job(conn: sqlite3.Connection, tip: Tip) -> None:
                end_upload(conn, upload.id, "done", digest)
                keep_file(conn, digest, upload.length, media, now_ms(), upload.expires_ms)
                if plain:
                    note_looked(conn, tip, self.store.shelf, digest, Found(media))

            await self.store.write(job)
        await self.run(self.blobs.drop, upload.id)
        self._tails.pop(upload.id, None)
        if not plain:  # also where the content was known: the time taken must not tell
            looking = asyncio.create_task(self._look(digest))
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)
            await asyncio.wait({looking}, timeout=VERDICT_S)
            if not looking.done() or not looking.result():  # all of it is here, and the verdict comes later
                await self._note_arriving(digest, upload.person, upload.length)

    def _keep(self, upload: str, digest: str) -> str:
        head = b""
        for piece in self.blobs.pieces(upload):
            head = piece[:HEAD_BYTES]
            break
        self.blobs.keep(upload, digest)
        return sniffed(head)

    async def _look(self, digest: str) -> bool:
        """Look at a file and say what it is; return whether that could be done now. Else it waits for a next round."""
        stored = self._look_up(lambda conn: find_stored(conn, digest))
        if stored is None:
            return True
        try:
            found = await self.looker.look(digest, stored.media)
        except (NoAnswer, NoScanner, RequestProblem, OSError) as fault:
            log.warning("a file waits to be looked at: %s", fault)
            if stored.looked:  # it was, for somebody else
                shelf = self.store.shelf
                await self.store.write(
                    lambda conn, tip: meet_waiting(conn, tip, shelf, stored, senders_of(conn, digest))
                )
                return False
            self._failed[digest] += 1
            self._unanswered[digest] += isinstance(fault, NoAnswer)
            if self._unanswered[digest] < UNANSWERED_MAX:
                return False
            found = Found(stored.media, fault="unreadable")
        await self.store.write(lambda conn, tip: note_looked(conn, tip, self.store.shelf, digest, found))
        return True

    async def _probe(self, actor: Actor, digest: str) -> Any:
        stored = self._look_up(lambda conn: find_stored(conn, digest) if knows_file(conn, digest, actor) else None)
        known = stored is not None and await self.run(self.blobs.length, digest) == stored.bytes
        uploads = self._look_up(lambda conn: open_uploads(conn, actor.person, digest)) if not known else []
        under_way = [(await self.run(self.blobs.settle, each.id), each) for each in uploads]
        if known and stored is not None and stored.looked and self._waited_for(digest, actor.person):
            # it came by another road, into a dossier that its sender sees and not this one
            shelf, persons = self.store.shelf, [actor.person]
            await self.store.write(lambda conn, tip: meet_waiting(conn, tip, shelf, stored, persons))
        return rules.wanted(known=known, under_way=under_way, now_ms=now_ms())

    async def _tail(self, upload: Upload) -> Tail:
        """Return where an upload ends, on the disk."""
        if upload.state == "done":
            return Tail(upload.length, None)
        known = self._tails.get(upload.id)
        if known is None:
            known = await self.run(self._read_tail, upload.id)
            self._remember(upload.id, known)
        return Tail(known.offset, known.digest.copy())

    def _read_tail(self, upload: str) -> Tail:
        offset, digest = self.blobs.settle(upload), sha256()
        for piece in self.blobs.pieces(upload):
            digest.update(piece)
        return Tail(offset, digest)

    def _remember(self, upload: str, tail: Tail) -> None:
        self._tails[upload] = tail
        self._tails.move_to_end(upload)
        while len(self._tails) > TAILS_MAX:
            self._tails.popitem(last=False)

    async def _drop(self, upload: str) -> None:
        await self.store.write(lambda conn, _: end_upload(conn, upload, "gone"))
        self._tails.pop(upload, None)
        await self.run(self.blobs.drop, upload)

    def _admit(self, length: int) -> None:
        """Let bytes in while there is room.

        Raises:
            RequestProblem: ``storage-full``.
        """
        if shutil.disk_usage(self._folder).free - length < self.limits.room_bytes_min:
            raise RequestProblem("storage-full", retry_after_s=RETRY_AFTER_S)

    def _look_up(self, look: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return look(self.store.conn)
        except sqlite3.Error as fault:
            raise problem_of(fault) from fault


def disk_problem(fault: OSError) -> RequestProblem:
    """Return what a fault of the disk is for whoever asked."""
    if fault.errno in FULL:
        return RequestProblem("storage-full", retry_after_s=RETRY_AFTER_S)
    log.error("the disk: %s", errno.errorcode.get(fault.errno or 0, type(fault).__name__))
    return RequestProblem("unavailable", retry_after_s=RETRY_AFTER_S)
