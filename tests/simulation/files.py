"""The oracle of files: what was told of them, kept apart from what the wire says (protocol §7.8)."""

from collections.abc import Sequence
from hashlib import sha256

from sync.rights import may_see
from tests.simulation.lane import OVER, STOPPED, WAITING
from tests.simulation.office import Office
from tests.simulation.oracle import Broken
from tests.simulation.phones import Phone


class FilesOracle:
    """What phones were told of offsets and files, who sent what, and what was lost with a phone."""

    def __init__(self) -> None:
        self.offsets: dict[tuple[str, int], int] = {}
        self.senders: set[tuple[str, str]] = set()
        self.lost: set[str] = set()

    # ---- what is told to it

    def told(self, upload: str, offset: int, office: Office) -> None:
        """An offset was told: it never goes down but by a restore, which is named."""
        key = (upload, office.restores)
        if offset < self.offsets.get(key, 0):
            raise Broken(f"an offset fell: {upload} was at {self.offsets[key]}, is at {offset}")
        self.offsets[key] = offset

    def sent(self, person: str, digest: str) -> None:
        """A person's upload of a file was answered as whole."""
        self.senders.add((person, digest))

    def probed(self, person: str, said: dict[str, object], office: Office) -> None:
        """``have`` is only for who sent it whole or sees it verified in a dossier."""
        for digest in (digest for digest, answer in said.items() if answer == "have"):
            actor = office.actors[person]
            seen = any(
                a.sha256 == digest and a.status == "verified"
                for dossier in office.dossiers().values()
                if may_see(actor, dossier)
                for a in dossier.attachments
            )
            if not seen and (person, digest) not in self.senders:
                raise Broken(f"{person} was told of a file that only others have")

    def freed(self, phone: Phone, digest: str, office: Office) -> None:
        """A phone gave up its copy: what a pull has shown waits for it no more, or nothing names it."""
        shown = [(copy, a) for copy in phone.copies.values() for a in copy["attachments"] if a["sha256"] == digest]
        if any(a["status"] in WAITING and copy["state"] not in OVER for copy, a in shown):
            raise Broken(f"{phone.name} freed a file before it was verified")
        if not shown or phone.meta.get("epoch") != f"e{office.epoch}":
            self.lost.add(digest)  # or it was away for 30 days while a restore lost what it knew to be safe
        elif all(a["status"] == "verified" for _, a in shown) and digest in _named(office) - set(office.papers.blobs):
            raise Broken(f"{phone.name} freed a file that the office has not")

    # ---- what must hold

    def check(self, office: Office) -> None:
        """Check what is said to be verified against the bytes that are here."""
        for dossier in office.dossiers().values():
            for attachment in (a for a in dossier.attachments if a.status == "verified"):
                body = office.papers.blobs.get(attachment.sha256)
                if body is None:
                    raise Broken(f"{dossier.id}: a file that is named is gone")
                if sha256(body).hexdigest() != attachment.sha256 or len(body) != attachment.bytes:
                    raise Broken(f"{dossier.id}: a verified file is not what its name says")

    def check_all_sent(self, office: Office, phones: Sequence[Phone]) -> None:
        """Check that every file of a living dossier is verified, or stuck for a reason that a phone was told.

        One that its owner takes away, where the office has yet to say so, is not sent meanwhile.
        """
        ops = office.ops()
        for dossier in (d for d in office.dossiers().values() if d.state not in STOPPED):
            asked_back = {op for held in dossier.held for op in getattr(ops[held.op], "saw", ())}
            for attachment in (a for a in dossier.attachments if a.status != "verified" and a.op not in asked_back):
                if attachment.status == "bad":
                    if not attachment.why:
                        raise Broken(f"{dossier.id}: a bad file without a reason")
                    continue
                having = [p for p in phones if attachment.sha256 in p.files]
                able = [p for p in having if may_see(office.actors[p.person], dossier)]
                stuck = [p for p in able if p.files[attachment.sha256]["stuck"]]
                if len(stuck) < len(able):
                    raise Broken(f"{dossier.id}: {able[0].name} has a file that never arrived, and nothing stuck")
                if not having and attachment.sha256 not in self.lost:
                    raise Broken(f"{dossier.id}: a file that is waited for is nowhere any more")


def _named(office: Office) -> set[str]:
    return {a.sha256 for dossier in office.dossiers().values() for a in dossier.attachments if a.status != "bad"}
