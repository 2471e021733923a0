"""The papers of a dossier: what came for each, how far it is, and one page at a time beside the values.

What a file shows is drawn by the browser as a picture only; the file itself is handed over, never opened here.
"""

from typing import Any, Final

from msgspec import Struct

from server.desk.sheet import Reader, Sheet
from server.desk.store import DeskStore
from server.desk.words import Say
from server.desk.work import waits_days
from sync.dossier import Attachment

KIB: Final = 1024
#: After so many days without all of its bytes a file is stuck: somebody should call.
STUCK_DAYS: Final = 3
COMING: Final = ("awaited", "arriving")
#: So many pages of a PDF are drawn beside the values; the file itself has them all.
DRAWN_MAX: Final = 30
#: What ``bad`` may mean; a reason from a later version is said as the last.
REASONS: Final = ("type", "size", "too-large", "unreadable", "locked", "too-many-pixels", "infected", "other")
#: Symbol and colour of ux.md §3 by how far a file is.
LOOKS: Final = {
    "verified": ("file_ok", "ok"), "bad": ("file_stuck", "need"), "stuck": ("stale", "need"),
    "awaited": ("waiting", "wait"), "arriving": ("partly", "wait"), "checking": ("partly", "wait"),
}  # fmt: skip


class Page(Struct):
    """One file: how far it is (a key of ``LOOKS``) and its words; ``percent`` counts bytes that are here."""

    op: str
    sha256: str
    number: int
    stand: str
    words: str
    percent: int
    pages: int | None
    pdf: bool
    symbol: str
    tone: str


async def pages_by_paper(store: DeskStore, reader: Reader, sheet: Sheet) -> list[dict[str, Any]]:
    """Return each paper that the form asks for, with the pages that came or are to come for it."""
    known = await store.files(reader.dossier)
    now = store.now_ms()
    found = []
    for paper in sheet.papers:
        pages = []
        for file in paper.files:
            pages_in, since = known.get(file.op, (None, now))
            pages.append(page_of(file, pages_in, waits_days(since, now), reader.say))
        found.append({"key": paper.key, "title": paper.title, "pages": pages})
    return found


def page_of(file: Attachment, pages: int | None, days: int, say: Say) -> Page:
    """Return how a file stands that has been known of for some days; ``pages`` is null where nobody has counted."""
    stand = _stand(file, days)
    symbol, tone = LOOKS[stand]
    percent = 100 if stand == "verified" else min(100, 100 * file.received // max(1, file.bytes))
    return Page(
        file.op, file.sha256, file.page, stand, _words(file, stand, days, say), percent, pages,
        file.media == "application/pdf", symbol, tone,
    )  # fmt: skip


def _stand(file: Attachment, days: int) -> str:
    if file.status not in COMING:
        return file.status
    if file.status == "arriving" and file.received >= file.bytes:
        return "checking"
    return "stuck" if days >= STUCK_DAYS else file.status


def _words(file: Attachment, stand: str, days: int, say: Say) -> str:
    if stand == "bad":
        why = file.why if file.why in REASONS else "other"
        return say(f"desk.paper.bad.{why}")
    came, whole = kilobytes(file.received), kilobytes(file.bytes)
    return say(f"desk.paper.{stand}", came=came, whole=whole, days=days)


def kilobytes(count: int) -> str:
    """Return a number of bytes as a person reads it, rounded up, so that something is never nothing."""
    if count < KIB * KIB:
        return f"{-(-count // KIB)} KB"
    return f"{count / (KIB * KIB):.1f} MB".replace(".", ",")


def opened(papers: list[dict[str, Any]], op: str) -> dict[str, Any] | None:
    """Return a page that can be opened, with the ones before and after it and its paper's title; null where none."""
    whole = [(paper, page) for paper in papers for page in paper["pages"] if page.stand == "verified"]
    for at, (paper, page) in enumerate(whole):
        if page.op == op:
            before = whole[at - 1][1].op if at else None
            after = whole[at + 1][1].op if at + 1 < len(whole) else None
            drawn = list(range(1, min(page.pages or 0, DRAWN_MAX) + 1)) if page.pdf else []
            return {"page": page, "title": paper["title"], "before": before, "after": after, "drawn": drawn}
    return None
