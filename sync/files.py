"""What becomes of an attachment when its file comes, or is found not to be there any more (protocol §5).

Rule 1. A file is met only where its giver may see: an ``attach`` by somebody who has had the bytes in hand, or bytes
        from somebody who may see the dossier. Naming a hash opens nothing.
Rule 2. ``verified`` and ``bad`` are verdicts on a file against its slot; only bytes that were lost undo them.
Rule 3. A change of status is a line of the log and an entry in each scope that sees the dossier; it raises no rev.
"""

from schemas.forms import Slot
from sync.dossier import Attachment, Dossier
from sync.ledger import Event, File, Ledger, World

KINDS = ("image", "pdf")


def judged(attachment: Attachment, slot: Slot | None, file: File) -> str | None:
    """Return why a file does not do for its slot, or null. A slot that the form no longer has takes what slots take."""
    if file.fault is not None:
        return file.fault
    if file.bytes != attachment.bytes:
        return "size"
    if file.kind not in (slot.kinds if slot is not None else KINDS):
        return "type"
    if slot is not None and file.bytes > slot.bytes_max:
        return "too-large"
    return None


def meet(attachment: Attachment, slot: Slot | None, file: File) -> None:
    """Give an attachment the verdict on its file."""
    attachment.why = judged(attachment, slot, file)
    attachment.status = "verified" if attachment.why is None else "bad"
    attachment.received = file.bytes


def settle(ledger: Ledger, world: World, dossier: Dossier, file: File, now_ms: int) -> bool:
    """Let a file meet all that wait for it in a dossier; return whether any did."""
    waiting = [a for a in dossier.attachments if a.sha256 == file.sha256 and a.status in ("awaited", "arriving")]
    for attachment in waiting:
        meet(attachment, _slot(world, dossier, attachment), file)
    return _tell(ledger, world, dossier, waiting, now_ms)


def arriving(ledger: Ledger, world: World, dossier: Dossier, sha256: str, received: int, now_ms: int) -> bool:
    """Say how much of a file is here; return whether that is news: its first bytes are, further ones are not told."""
    waiting = [a for a in dossier.attachments if a.sha256 == sha256 and a.status in ("awaited", "arriving")]
    news = [a for a in waiting if a.status == "awaited"]
    for attachment in waiting:
        attachment.status, attachment.received = "arriving", max(attachment.received, received)
    if waiting and not news:
        ledger.save_dossier(dossier)
    return _tell(ledger, world, dossier, news, now_ms)


def lost(ledger: Ledger, world: World, dossier: Dossier, sha256: str, now_ms: int) -> bool:
    """Wait again for a file whose bytes are no longer here; return whether any attachment had it."""
    had = [a for a in dossier.attachments if a.sha256 == sha256 and a.status != "awaited"]
    for attachment in had:
        attachment.status, attachment.received, attachment.why = "awaited", 0, None
    return _tell(ledger, world, dossier, had, now_ms)


def _slot(world: World, dossier: Dossier, attachment: Attachment) -> Slot | None:
    procedure, _, version = dossier.form.partition("@")
    form = world.form(procedure, int(version))
    return form.plan.slot(attachment.slot) if form is not None else None


def _tell(ledger: Ledger, world: World, dossier: Dossier, changed: list[Attachment], now_ms: int) -> bool:
    for attachment in changed:
        seq = ledger.next_seq()
        ledger.record(
            Event(
                seq=seq,
                kind="status",
                at_ms=now_ms,
                person=None,
                op=attachment.op,
                dossier=dossier.id,
                type="attach",
                outcome=attachment.status,
                digest=bytes.fromhex(attachment.sha256),
                state=dossier.state,
                channel=dossier.channel,
                assisted=dossier.on_behalf is not None,
                level=world.level(dossier.procedure),
                receiving_unit=dossier.unit,
                handling_unit=dossier.unit,
                due=dossier.due,
            )
        )
        for scope in dossier.scopes:
            ledger.enter(scope, seq, dossier.id, "changed")
    if changed:
        ledger.save_dossier(dossier)
    return bool(changed)
